"""``composer-app``: without a command the studio opens.

A command returns its exit status. What a person did wrong arrives here as a
:class:`ComposerError` and leaves as one sentence on stderr with status 2. The commands themselves
are those of :mod:`composer_app.commands`, imported when one is asked for.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from composer_app.errors import ComposerError, SettingError, StreamError
from composer_app.plain_text import one_line
from composer_app.terminal import (
    FAILED,
    NO_READER,
    abandon_output,
    flush_output,
    prepare_streams,
    warn,
)
from composer_app.translation import _

INTERRUPTED: Final = 130  # as shells report a program that was stopped by Ctrl-C
# Set by those who work on Composer: a defect then shows its traceback.
_DEBUG_VARIABLE: Final = "COMPOSER_DEBUG"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command ``argv`` (the process's own when omitted); the exit status."""
    prepare_streams()
    try:
        arguments = sys.argv[1:] if argv is None else argv
        status = _run(arguments)
        flush_output()
    except StreamError as error:
        abandon_output()
        warn(str(error))
        return FAILED
    except ComposerError as error:
        warn(str(error))
        return FAILED
    except KeyboardInterrupt:
        warn("Stopped.")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left, as in "composer-app models | head -1".
        abandon_output()
        return NO_READER
    except MemoryError:
        warn("There is not enough memory for this: choose a shorter piece.")
        return FAILED
    except Exception as error:
        if os.environ.get(_DEBUG_VARIABLE):
            raise
        what = one_line(f"{type(error).__name__}: {error}").rstrip(": ")
        warn(
            f"Something unexpected went wrong in Composer ({what}): set {_DEBUG_VARIABLE}=1 to see"
            " where."
        )
        return FAILED
    return status


def _run(arguments: Sequence[str]) -> int:
    if not arguments:
        # As below, without the time that a parser of all commands takes.
        return open_studio([])
    from composer_app.commands import command_parser

    args = command_parser(arguments, open_studio).parse_args(arguments)
    return int(args.run(args))


def open_studio(files: Sequence[Path]) -> int:
    """Open the studio with ``files``; the exit status once it is closed."""
    try:
        from composer_app.studio.app import run
    except ImportError as error:
        raise SettingError(
            _("The studio's window cannot be opened ({error})", error=error),
            _('install what is missing, in a source folder with "{command}"', command="make run"),
        ) from error
    return run([str(file) for file in files])
