"""Keeps the message bar with the present: its hint, what stops being true, devices, the sound."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QKeySequence

from composer_app.studio.document.document import Document
from composer_app.studio.generate.choices import GenerationChoices
from composer_app.studio.messages.bar import MessageAction, MessageBar, Tone
from composer_app.studio.messages.hints import Situation, next_step
from composer_app.studio.midi.midi_controller import MidiController
from composer_app.studio.recording.recording_tools import RecordingTools
from composer_app.studio.sound.playback_controller import PlaybackController
from composer_app.studio.sound.sound import Sound
from composer_app.studio.widgets.commands.actions import Actions
from composer_app.studio.widgets.number_field import NumberField

_SOUND: Final = "sound"
_MIDI: Final = "midi"


class News(QObject):
    """Has the bar look again whenever something that messages are about may have changed."""

    def __init__(
        self,
        bar: MessageBar,
        document: Document,
        actions: Actions,
        choices: GenerationChoices,
        playback: PlaybackController,
        tools: RecordingTools,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bar = bar
        self._document = document
        self._actions = actions
        self._choices = choices
        self._playback = playback
        self._tools = tools
        bar.set_subject(document.moment)
        for changed in (
            document.compositionChanged,
            document.stateChanged,
            document.locksChanged,
            choices.changed,
            playback.playingChanged,
            tools.recording.stateChanged,
            tools.steps.toggled,
            QGuiApplication.clipboard().dataChanged,
        ):
            changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say what to do next, and take back what does not hold any more."""
        situation = Situation(
            self._document.composition,
            self._choices.reason,
            generating=self._choices.busy,
            recording=self._tools.recording.active,
            entering_steps=self._tools.steps.on,
            playing=self._playback.playing,
        )
        keys = self._actions.play.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self._bar.set_idle_text(next_step(situation, keys))
        self._bar.review()

    def follow_sound(self, sound: Sound, open_settings: Callable[[], None]) -> None:
        """Say when there is none, as long as there is none."""
        self._sound, self._open_settings = sound, open_settings
        sound.problemFound.connect(self._say_silent)
        sound.restored.connect(self._say_audible)

    def follow_midi(self, midi: MidiController) -> None:
        """Say what comes, goes and fails, as long as it is so."""
        self._midi = midi
        midi.told.connect(self._tell_midi)
        midi.failed.connect(self._warn_midi)
        midi.choicesChanged.connect(self._bar.review)

    def follow_numbers(self, fields: Iterable[NumberField]) -> None:
        """Say where another number was taken than the one typed, as long as it is there."""
        for field in fields:
            field.corrected.connect(partial(self._say_corrected, field))

    def _say_corrected(self, field: NumberField, sentence: str) -> None:
        self._bar.tell(sentence, about=lambda: (self._document.moment(), field.value()))

    def _say_silent(self, sentence: str) -> None:
        # Stays when its button has been pressed: it is true until there is sound.
        action = MessageAction("Sound Settings…", self._open_settings, keeps=True)
        self._bar.show_persistent(_SOUND, sentence, Tone.WARNING, action)

    def _say_audible(self, sentence: str) -> None:
        self._bar.clear(_SOUND)
        self._bar.tell(sentence, Tone.SUCCESS, about=lambda: self._sound.synthesizer)

    def _tell_midi(self, sentence: str) -> None:
        self._bar.clear(_MIDI)
        self._bar.tell(sentence, about=self._midi.situation, names=self._midi.device_names)

    def _warn_midi(self, sentence: str) -> None:
        self._bar.show_persistent(
            _MIDI,
            sentence,
            Tone.WARNING,
            about=self._midi.situation,
            names=self._midi.device_names,
        )
