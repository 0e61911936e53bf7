"""The ways to get notes in: recording, capture and step input, with what they share."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject

from composer_app.live.note_sink import Clock
from composer_app.live.playback.player import Player
from composer_app.studio.document.document import Document
from composer_app.studio.document.recovery import Recovery
from composer_app.studio.messages.bar import MessageBar, Tone
from composer_app.studio.recording.capture_controller import CaptureController
from composer_app.studio.recording.performance_controller import PerformanceController
from composer_app.studio.recording.quantize_menu import QuantizeMenu
from composer_app.studio.recording.recording_controller import RecordingController
from composer_app.studio.recording.step_input_bar import StepInputBar
from composer_app.studio.recording.step_input_controller import StepInputController
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.live_input import LiveInput
from composer_app.studio.sound.playback_controller import PlaybackController
from composer_app.studio.widgets.commands.actions import Actions

_JOURNAL: Final = "journal"


class RecordingTools(QObject):
    """Puts the controllers together; ``step_bar`` is the one above the keyboard."""

    def __init__(
        self,
        actions: Actions,
        document: Document,
        settings: Settings,
        live: LiveInput,
        player: Player,
        clock: Clock,
        recovery: Recovery,
        playback: PlaybackController,
        quantize_menu: QuantizeMenu,
        messages: MessageBar,
        set_playhead: Callable[[float | None], None],
        step_bar: StepInputBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._messages = messages
        self.step_bar = step_bar
        self.recording = RecordingController(live, player, clock, self, recovery)
        # Another piece that begins, or undo, must not lose what is being played.
        document.settle_with(self.recording.stop)
        self.performances = PerformanceController(document, settings, quantize_menu, messages, self)
        self.recording.recorded.connect(self.performances.take_recording)
        self.capture = CaptureController(
            actions,
            document,
            live,
            playback,
            self.recording,
            self.performances,
            clock,
            messages,
            self,
        )
        self.steps = StepInputController(
            actions,
            self.step_bar,
            document,
            live,
            playback,
            self.recording,
            messages,
            set_playhead,
            self,
        )
        self.steps.toggled.connect(self._listen)
        recovery.journalChanged.connect(self._say_unsafe)

    def _listen(self, stepping: bool) -> None:
        self.capture.set_listening(not stepping)

    def _say_unsafe(self, sentence: str) -> None:
        if not sentence:
            self._messages.clear(_JOURNAL)
        # Over with the recording, which is then kept like any piece.
        elif self.recording.active:
            recording = self.recording
            self._messages.show_persistent(
                _JOURNAL, sentence, Tone.WARNING, about=lambda: recording.active
            )
