"""Capture: what was played without Record becomes the melody with one command."""

from typing import Final

from PySide6.QtCore import QObject

from composer_app.live.note_sink import Clock
from composer_app.live.recording.capture import CaptureBuffer
from composer_app.music.timing import seconds_per_step
from composer_app.studio.document.document import Document
from composer_app.studio.messages.bar import MessageBar
from composer_app.studio.recording.performance_controller import PerformanceController
from composer_app.studio.recording.recording_controller import RecordingController, RecordingState
from composer_app.studio.sound.live_input import LiveInput
from composer_app.studio.sound.playback_controller import PlaybackController
from composer_app.studio.widgets.commands.actions import Actions

# A playhead farther than this from where it was expected, in sixteenths, was moved.
_JUMP_STEPS: Final = 0.5


class CaptureController(QObject):
    """Tells a :class:`CaptureBuffer` what is played and when the transport ran."""

    def __init__(
        self,
        actions: Actions,
        document: Document,
        live: LiveInput,
        playback: PlaybackController,
        recording: RecordingController,
        performances: PerformanceController,
        clock: Clock,
        messages: MessageBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._playback = playback
        self._recording = recording
        self._performances = performances
        self._clock = clock
        self._messages = messages
        self._buffer = CaptureBuffer()
        self._listening = True
        # (time, step, bpm) at which the playhead was last known to have been set.
        self._anchor: tuple[float, float, float] | None = None
        actions.capture.triggered.connect(self.capture)
        live.struck.connect(self._note_on)
        live.released.connect(self._note_off)
        playback.playingChanged.connect(self._follow_playing)
        playback.positionChanged.connect(self._follow_position)
        recording.stateChanged.connect(self._follow_recording)
        document.compositionChanged.connect(self._take_time)
        self._take_time()

    def set_listening(self, on: bool) -> None:
        """Whether what is played is kept: not while keys enter notes one by one."""
        self._listening = on

    def capture(self) -> None:
        """Make the last 32 bars played the melody."""
        if self._recording.active:
            self._recording.stop()
            return
        performance = self._buffer.capture(self._clock(), self._performances.quantization)
        if performance is None:
            self._messages.tell(
                "Nothing was played yet: play something first, and capture it afterwards.",
                about=lambda: (self._document.moment(), self._buffer.empty),
            )
            return
        self._playback.stop()
        self._performances.take_capture(performance)

    def _note_on(self, pitch: int, velocity: int, at: float) -> None:
        if self._listening:
            was_empty = self._buffer.empty
            self._buffer.note_on(pitch, velocity, at)
            if was_empty:
                self._messages.review()

    def _note_off(self, pitch: int, at: float) -> None:
        self._buffer.note_off(pitch, at)

    def _take_time(self) -> None:
        composition = self._document.composition
        self._buffer.set_time(composition.tempo.initial_bpm, composition.meter)

    def _follow_playing(self, playing: bool) -> None:
        self._anchor = None
        if playing:
            self._follow_position(self._playback.position)
        else:
            self._buffer.transport_stops(self._clock())

    def _follow_position(self, step: float) -> None:
        if not self._playback.playing:
            return
        now = self._clock()
        bpm = self._document.composition.tempo.bpm_at(step)
        if self._anchor is not None:
            time, at, before = self._anchor
            expected = at + (now - time) / seconds_per_step(before)
            if before == bpm and abs(step - expected) <= _JUMP_STEPS:
                return
        self._anchor = (now, step, bpm)
        self._buffer.transport_runs(now, step, bpm)

    def _follow_recording(self, state: RecordingState) -> None:
        now = self._clock()
        if state is RecordingState.COUNTING_IN:
            self._buffer.transport_runs(now, self._recording.position, self._recording.bpm)
        elif state is RecordingState.IDLE:
            self._buffer.transport_stops(now)
