"""How somebody who waits for a file to be read or written breaks that off, from another thread."""

from collections.abc import Callable

# Asked again and again while a file is read or written; returns False to break that off.
Wanted = Callable[[], bool]


class FileCancelledError(Exception):
    """What is read or written is not wanted any more. Not an error a person is told of."""


def always_wanted() -> bool:
    """What is asked where nobody can break it off."""
    return True


def check(wanted: Wanted) -> None:
    """Raise :class:`FileCancelledError` unless the file is still ``wanted``."""
    if not wanted():
        raise FileCancelledError
