"""What a command says: on standard output, on standard error, and on a line that goes again.

Everything goes through here, so that nothing reaches a terminal that it would obey: each line is
one line of visible letters (:mod:`composer_app.plain_text`), whatever it quotes. JSON is written in
ASCII, with the texts as they are.

Standard streams may be closed, full, or lead to somebody who has left. The latter is no error: see
:data:`NO_READER`.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, TextIO

from composer_app.errors import StreamError
from composer_app.plain_text import one_line
from composer_app.translation import _

# The exit status after a sentence that says what is wrong.
FAILED: Final = 2
# The exit status where whoever read our output has left, as in "composer-app models | head -1";
# shells report so a program that SIGPIPE has ended.
NO_READER: Final = 141
_MOST_STATUS_LETTERS: Final = 100


def prepare_streams() -> None:
    """See to it that there are three standard streams, whoever has started us.

    Where one is closed, the next file that is opened would take its number, and get what is
    printed.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # It lives as long as the process does.
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        elif hasattr(stream, "reconfigure"):
            # A letter that the terminal cannot show must not stop a command.
            stream.reconfigure(errors="backslashreplace")


def say(*lines: str, aside: bool = False) -> None:
    """Print ``lines`` on standard output; ``aside``, where that has something else to carry, on
    standard error.

    Raises :class:`StreamError` where it cannot be written, and BrokenPipeError where nobody reads.
    """
    if aside:
        warn(*lines)
        return
    with _writing():
        for line in lines:
            print(one_line(line))
        sys.stdout.flush()


def say_json(data: Any, *, aside: bool = False) -> None:
    """Print ``data`` as JSON, as :func:`say` prints lines."""
    text = json.dumps(data, indent=2)
    if aside:
        with _unheard():
            print(text, file=sys.stderr, flush=True)
        return
    with _writing():
        print(text, flush=True)


def warn(*lines: str) -> None:
    """Print ``lines`` on standard error, if anybody can hear it."""
    with _unheard():
        for line in lines:
            print(one_line(line), file=sys.stderr, flush=True)


def flush_output() -> None:
    """Have everything said reach its reader; errors as of :func:`say`."""
    with _writing():
        sys.stdout.flush()


def abandon_output() -> None:
    """Print nothing more on standard output, of which somebody has had enough."""
    _abandon(sys.stdout)


@contextmanager
def status_line() -> Iterator[Callable[[str], None] | None]:
    """Shows a text on a line of the terminal that changes, and goes in the end.

    None where standard error leads elsewhere.
    """
    if not sys.stderr.isatty():
        yield None
        return

    def show(text: str) -> None:
        _control(f"\r{one_line(text, _MOST_STATUS_LETTERS)}\x1b[K")

    try:
        yield show
    finally:
        _control("\r\x1b[K")


def _control(text: str) -> None:
    """Let the terminal obey ``text``, which is our own."""
    with _unheard():
        print(text, end="", file=sys.stderr, flush=True)


def _abandon(stream: TextIO) -> None:
    """Let what is still to be written go nowhere: Python would complain of it at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


@contextmanager
def _unheard() -> Iterator[None]:
    """Write on standard error, whether or not that can be done."""
    try:
        yield
    except (OSError, ValueError):
        _abandon(sys.stderr)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StreamError(
            _("Standard output cannot be written ({reason})", reason=error.strerror),
            _("send it elsewhere"),
        ) from error
