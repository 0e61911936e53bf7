"""Generation in a thread of its own: requests in, the newest result out."""

import itertools
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QThread, Signal

from composer_app.errors import ComposerError
from composer_app.generation.composing import Composed, compose_with_confidence
from composer_app.generation.generator import (
    GenerationCancelledError,
    GenerationSettings,
    Generator,
    Given,
    Progress,
)
from composer_app.music.composition import DEFAULT_PROGRAMS
from composer_app.music.melody import Melody

if TYPE_CHECKING:
    from composer_app.generation.melodies.pieces import Extended

_log = logging.getLogger(__name__)
_UNEXPECTED: Final = (
    "Something unexpected went wrong while generating, and your melody is untouched: try again,"
    " or choose another model."
)

LoadGenerator = Callable[[str], Generator]
# What is to be written with generators that are loaded when they are asked for.
Task = Callable[[LoadGenerator, Progress], "Extended"]


@dataclass(frozen=True)
class GenerationRequest:
    """What to generate; ``number`` tells a current result from a stale one."""

    number: int
    melody: Melody
    model: str
    settings: GenerationSettings
    programs: tuple[int, ...]
    given: Given | None
    cancelled: threading.Event


@dataclass(frozen=True)
class TaskRequest:
    """A :data:`Task`, with its number as :class:`GenerationRequest` has it."""

    number: int
    task: Task
    cancelled: threading.Event


class _Worker(QObject):
    """Lives in the worker thread and keeps the models it has loaded."""

    progressed = Signal(int, float)
    finished = Signal(int, object)
    failed = Signal(int, str)
    cancelled = Signal(int)

    def __init__(self, load: LoadGenerator) -> None:
        super().__init__()
        self._load = load
        self._loaded: dict[str, Generator] = {}

    def preload(self, model: str) -> None:
        """Load ``model`` so that the first generation need not; a failure will show itself."""
        try:
            self._generator(model)
        except Exception:
            _log.warning("The model %s could not be loaded ahead.", model, exc_info=True)

    def work(self, request: GenerationRequest | TaskRequest) -> None:
        """Generate, and emit exactly one of finished, failed and cancelled."""

        def progress(done: float) -> bool:
            self.progressed.emit(request.number, done)
            return not request.cancelled.is_set()

        try:
            if request.cancelled.is_set():
                raise GenerationCancelledError
            result = self._result(request, progress)
        except GenerationCancelledError:
            self.cancelled.emit(request.number)
        except ComposerError as error:
            self.failed.emit(request.number, str(error))
        except Exception:
            _log.exception("Generating failed: %s", request)
            self.failed.emit(request.number, _UNEXPECTED)
        else:
            self.finished.emit(request.number, result)

    def _result(
        self, request: GenerationRequest | TaskRequest, progress: Progress
    ) -> "Composed | Extended":
        if isinstance(request, TaskRequest):
            return request.task(self._generator, progress)
        return compose_with_confidence(
            request.melody,
            self._generator(request.model),
            request.settings,
            progress,
            request.programs,
            request.given,
        )

    def _generator(self, model: str) -> Generator:
        if model not in self._loaded:
            self._loaded[model] = self._load(model)
        return self._loaded[model]


class GenerationWorker(QObject):
    """Generates one request at a time; a newer request makes the older one stale.

    Every request that is not overtaken ends in exactly one of ``finished`` (of a task:
    ``extended``), ``failed`` and ``cancelled``, emitted on the thread this object lives in.
    """

    progressed = Signal(float)
    finished = Signal(Composed)
    extended = Signal(object)
    failed = Signal(str)
    cancelled = Signal()
    _requested = Signal(object)
    _preload_requested = Signal(str)

    def __init__(self, load: LoadGenerator, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = itertools.count(1)
        self._current: GenerationRequest | TaskRequest | None = None
        self._thread = QThread(self)
        self._thread.setObjectName("generation")
        self._worker = _Worker(load)
        self._worker.moveToThread(self._thread)
        queued = Qt.ConnectionType.QueuedConnection
        self._requested.connect(self._worker.work, queued)
        self._preload_requested.connect(self._worker.preload, queued)
        self._worker.progressed.connect(self._on_progressed, queued)
        self._worker.finished.connect(self._on_finished, queued)
        self._worker.failed.connect(self._on_failed, queued)
        self._worker.cancelled.connect(self._on_cancelled, queued)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether a request is being worked on."""
        return self._current is not None

    def preload(self, model: str) -> None:
        """Load ``model`` in the worker thread, ahead of its first use."""
        self._preload_requested.emit(model)

    def generate(
        self,
        melody: Melody,
        model: str,
        settings: GenerationSettings,
        programs: tuple[int, ...] = DEFAULT_PROGRAMS,
        given: Given | None = None,
    ) -> None:
        """Begin generating; what was being generated is given up."""
        if self._current is not None:
            self._current.cancelled.set()
        self._current = GenerationRequest(
            next(self._numbers), melody, model, settings, programs, given, threading.Event()
        )
        self._requested.emit(self._current)

    def carry_out(self, task: Task) -> None:
        """Begin ``task``; what was being generated is given up."""
        if self._current is not None:
            self._current.cancelled.set()
        self._current = TaskRequest(next(self._numbers), task, threading.Event())
        self._requested.emit(self._current)

    def cancel(self) -> None:
        """Ask the running generation to stop; ``cancelled`` follows as soon as it has."""
        if self._current is not None:
            self._current.cancelled.set()

    def close(self) -> None:
        """Stop the thread; waits for the step of the network that is being computed."""
        self.cancel()
        self._current = None
        self._thread.quit()
        self._thread.wait()

    def _is_current(self, number: int) -> bool:
        return self._current is not None and self._current.number == number

    def _on_progressed(self, number: int, done: float) -> None:
        if self._is_current(number):
            self.progressed.emit(done)

    def _on_finished(self, number: int, result: "Composed | Extended") -> None:
        if self._is_current(number) and self._current is not None:
            late, is_task = self._current.cancelled.is_set(), isinstance(self._current, TaskRequest)
            self._current = None
            # Cancelled after the last step of the network: the person has given it up.
            if late:
                self.cancelled.emit()
            elif is_task:
                self.extended.emit(result)
            else:
                self.finished.emit(result)

    def _on_failed(self, number: int, sentence: str) -> None:
        if self._is_current(number):
            self._current = None
            self.failed.emit(sentence)

    def _on_cancelled(self, number: int) -> None:
        if self._is_current(number):
            self._current = None
            self.cancelled.emit()
