"""How somebody who waits for a file to be read breaks that off, from another thread."""

from collections.abc import Callable

# Asked again and again while a file is read; returns False to break that off.
Wanted = Callable[[], bool]


class ReadingCancelledError(Exception):
    """A file that is being read is not wanted any more. Not an error a person is told of."""


def always_wanted() -> bool:
    """What is asked where nobody can break it off."""
    return True


def check(wanted: Wanted) -> None:
    """Raise :class:`ReadingCancelledError` unless the file is still ``wanted``."""
    if not wanted():
        raise ReadingCancelledError
