"""Recording: the count-in, the clicks, and what was played."""

from enum import Enum, auto
from typing import Final, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from composer_app.live.note_sink import Clock
from composer_app.live.playback.count_in import Downbeat
from composer_app.live.playback.metronome import Metronome
from composer_app.live.recording.journal import Journal
from composer_app.live.recording.recorder import Recorder
from composer_app.music.performing.performance import Performance, PerformedNote, Quantization
from composer_app.music.performing.quantization import melody_notes
from composer_app.music.timing import Meter, seconds_per_step
from composer_app.studio.sound.live_input import LiveInput

_TICK_MS: Final = 10
_DRAW_SECONDS: Final = 0.03


class RecordingState(Enum):
    """What the recorder is doing."""

    IDLE = auto()
    COUNTING_IN = auto()
    RECORDING = auto()


class Clicks(Protocol):
    """What this controller needs of :class:`composer_app.live.playback.player.Player`."""

    def count_in(
        self, metronome: Metronome, bars: int, *, go_on: bool = False, volume: float = 1.0
    ) -> Downbeat:
        """Click through ``bars`` bars, and perhaps on; says when the downbeat will be heard."""
        ...

    def end_clicks(self) -> None:
        """Click no more."""


class Journals(Protocol):
    """Keeps what is being recorded safe from a crash."""

    def open_journal(self, empty: Performance) -> Journal:
        """Begin a journal of a recording that is as ``empty`` says and has no notes yet."""
        ...

    def end_journal(self, journal: Journal) -> None:
        """Its music is in the document now, or there is none."""


class RecordingController(QObject):
    """Records what :class:`LiveInput` announces; the clock is the one it stamps with.

    Tempo, metre, count-in, clicks and latency are fixed when a recording starts. The clicks are
    the engine's, and times count from the downbeat as it is heard: see
    :mod:`composer_app.live.recording.recorder` on latency.
    """

    stateChanged = Signal(RecordingState)
    # Steps since the downbeat; negative while counting in.
    positionChanged = Signal(float)
    # What has been played so far, to be drawn: tuples (pitch, start, end) in steps.
    notesChanged = Signal(tuple)
    # The same, to be measured: tuples (pitch, velocity, start, end).
    playedChanged = Signal(tuple)
    recorded = Signal(Performance)
    # The recording ended without a note.
    nothingPlayed = Signal()

    def __init__(
        self,
        live: LiveInput,
        clicks: Clicks,
        clock: Clock,
        parent: QObject | None = None,
        journals: Journals | None = None,
    ) -> None:
        super().__init__(parent)
        self._clicks = clicks
        self._clock = clock
        self._journals = journals
        self._journal: Journal | None = None
        self._recorder = Recorder()
        self._quantization = Quantization()
        self._state = RecordingState.IDLE
        self._metronome = Metronome(100.0, Meter())
        # How many events of the recorder have been drawn.
        self._drawn = 0
        self._drawn_at = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        live.struck.connect(self._hear_strike)
        live.released.connect(self._hear_release)

    @property
    def state(self) -> RecordingState:
        """What the recorder is doing."""
        return self._state

    @property
    def active(self) -> bool:
        """Whether it counts in or records."""
        return self._state is not RecordingState.IDLE

    @property
    def bpm(self) -> float:
        """Tempo of the recording."""
        return self._metronome.bpm

    @property
    def origin(self) -> float:
        """Time of the clock at which the downbeat of the last recording was heard."""
        return self._recorder.origin

    @property
    def position(self) -> float:
        """Steps since the downbeat as it is heard; negative while counting in."""
        return self._step(self._clock())

    def start(
        self,
        bpm: float,
        meter: Meter,
        count_in_bars: int,
        *,
        clicks: bool,
        volume: float = 1.0,
        quantization: Quantization | None = None,
        correction: float = 0.0,
    ) -> None:
        """Count in and record. A count-in is always heard; ``clicks`` says whether it goes on.

        ``volume`` of the clicks is 0 to 1. ``quantization`` is how the recording will be seen.
        ``correction`` is by how many seconds more than the sound's latency notes come late.
        """
        self._metronome = Metronome(bpm, meter)
        self._quantization = quantization or Quantization()
        downbeat = self._clicks.count_in(
            self._metronome, count_in_bars, go_on=clicks, volume=volume
        )
        if self._journals is not None:
            self._journal = self._journals.open_journal(self._performance(()))
        self._recorder.start(
            downbeat.clock, correction, self._journal.hear if self._journal is not None else None
        )
        self._drawn = 0
        self._enter(RecordingState.COUNTING_IN)
        self._timer.start()
        self.tick()

    def stop(self) -> bool:
        """End the recording; ``recorded`` or ``nothingPlayed`` follows. Whether there was one."""
        if not self.active:
            return False
        self._timer.stop()
        self._clicks.end_clicks()
        performance = self._performance(self._recorder.stop(self._clock()))
        journal, self._journal = self._journal, None
        self.notesChanged.emit(())
        self.playedChanged.emit(())
        self._enter(RecordingState.IDLE)
        if melody_notes(performance):
            self.recorded.emit(performance)
        else:
            self.nothingPlayed.emit()
        if self._journals is not None and journal is not None:
            self._journals.end_journal(journal)
        return True

    def _performance(self, notes: tuple[PerformedNote, ...]) -> Performance:
        return Performance(notes, self._metronome.bpm, self._metronome.meter, self._quantization)

    def tick(self) -> None:
        """Say where we are; the timer calls it every few milliseconds."""
        if not self.active:
            return
        now = self._clock()
        if self._state is RecordingState.COUNTING_IN and now >= self._recorder.origin:
            self._enter(RecordingState.RECORDING)
        self.positionChanged.emit(self._step(now))
        if not 0 <= now - self._drawn_at < _DRAW_SECONDS:
            self._drawn_at = now
            self._draw(now)

    def _draw(self, now: float) -> None:
        """Show what the recorder has heard, from the downbeat on, if it has changed."""
        if self._drawn == self._recorder.events and not self._recorder.holding:
            return
        self._drawn = self._recorder.events
        step = seconds_per_step(self._metronome.bpm)
        notes = tuple(
            (note.pitch, note.velocity, max(0.0, note.start / step), note.end / step)
            for note in self._recorder.notes(now)
            if note.end > 0
        )
        self.notesChanged.emit(tuple((pitch, start, end) for pitch, _, start, end in notes))
        self.playedChanged.emit(notes)

    def _step(self, time: float) -> float:
        return (time - self._recorder.origin) / seconds_per_step(self._metronome.bpm)

    def _enter(self, state: RecordingState) -> None:
        self._state = state
        self.stateChanged.emit(state)

    # The recorder alone hears what is played: journal and drawing have it from there. By methods of
    # this object, since MIDI notes are announced on a thread of their own.

    def _hear_strike(self, pitch: int, velocity: int, at: float) -> None:
        self._recorder.note_on(pitch, velocity, at)

    def _hear_release(self, pitch: int, at: float) -> None:
        self._recorder.note_off(pitch, at)
