"""The other end of the process that engraves: started when it is wanted, called in threads."""

import os
import pickle
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final

import composer_app
from composer_app.errors import ComposerError, ScoreFileError
from composer_app.music.composition import Composition
from composer_app.notation.writing.engraving_process import Drawing, Drawn, Layout
from composer_app.translation import _

# Not as a module to be run: there would be two of what is pickled.
_PROGRAM: Final = "from composer_app.notation.writing import engraving_process as it; it.main()"
_COMMAND: Final = (sys.executable, "-P", "-c", _PROGRAM)
_PATIENCE_SECONDS: Final = 5.0


class Engraver:
    """Engraves in a process of its own, one request after another.

    Called in threads, but for :meth:`close`. Each request raises :class:`ScoreFileError` where
    verovio is missing, refuses or ends its process; the next one begins another.
    """

    def __init__(self, command: tuple[str, ...] = _COMMAND) -> None:
        self._command: Final = command
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._loaded: Composition | None = None
        self._closed = False

    def lay_out(self, composition: Composition, width: float) -> list[int]:
        """The index of the first bar in each system of ``width`` staff spaces."""
        with self._lock:
            known = composition is self._loaded and self._process is not None
            self._loaded = None
            firsts: list[int] = self._ask(Layout(None if known else composition, width))
            self._loaded = composition
            return firsts

    def draw(self, systems: list[int]) -> Drawn:
        """What is drawn of some systems of what was laid out last."""
        with self._lock:
            drawn: Drawn = self._ask(Drawing(systems))
            return drawn

    def close(self) -> None:
        """End the process at once; whoever waits for it is told so. Nothing begins any more."""
        self._closed = True
        if self._lock.acquire(blocking=False):
            self._end()
            self._lock.release()
        elif self._process is not None:
            # Whoever has the lock waits for it, and ends it.
            self._process.kill()

    def _ask(self, request: object) -> Any:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            pickle.dump(request, process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            answer = pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self._end()
            raise ScoreFileError(_("The score cannot be drawn: what engraves it ended")) from error
        if isinstance(answer, ComposerError):
            raise answer
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            package = str(Path(composer_app.__file__).resolve().parents[1])
            paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
            try:
                self._process = subprocess.Popen(
                    self._command,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            except OSError as error:
                raise ScoreFileError(
                    _("The score cannot be drawn: no process can be started")
                ) from error
        if self._closed:
            self._process.kill()
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(_PATIENCE_SECONDS)
            for pipe in (process.stdin, process.stdout):
                # What is left in it nobody reads any more.
                with suppress(OSError):
                    if pipe is not None:
                        pipe.close()
