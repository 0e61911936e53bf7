"""Composer's own sound as the settings have it, and changes of these settings."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from composer_app.errors import DeviceError
from composer_app.live.note_sink import LIVE_CHANNEL, SilentSynthesizer, Synthesizer
from composer_app.live.synth.audio_drivers import AudioDriver, audio_drivers
from composer_app.live.synth.synthesizer import FluidSynthesizer, SoundSettings
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.sound import Sound

OpenSound = Callable[[SoundSettings], tuple[Synthesizer, DeviceError | None]]

# A chord of C major, one note after the other.
_TEST_PITCHES: Final = (60, 64, 67, 72)
_TEST_GAP_MS: Final = 180
_TEST_LENGTH_MS: Final = 900
_TEST_VELOCITY: Final = 96


class SoundController(QObject):
    """Opens :class:`Sound` with the stored settings, and anew when they change."""

    # What plays, or why nothing does, may have changed.
    changed = Signal()

    def __init__(
        self, settings: Settings, open_sound: OpenSound, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._open_sound = open_sound
        # Read by the threads that open the sound, in which QSettings may not be asked.
        self._wanted = settings.sound
        self._problem: str | None = None
        self.sound = Sound(self._open, self)
        self.sound.opened.connect(self.changed)
        self.sound.problemFound.connect(self._take_problem)
        self.sound.restored.connect(self._forget_problem)

    @property
    def wanted(self) -> SoundSettings:
        """How the sound is to be made."""
        return self._wanted

    @property
    def problem(self) -> str | None:
        """Why there is no sound, or not the one that is wanted."""
        return self._problem

    @property
    def audible(self) -> bool:
        """Whether something plays that can be heard."""
        return not isinstance(self.sound.synthesizer, SilentSynthesizer)

    @property
    def description(self) -> str:
        """What plays and where to."""
        return self.sound.synthesizer.description

    @property
    def driver(self) -> AudioDriver:
        """The way to the sound device: the one in use, or else the one that was chosen."""
        synthesizer = self.sound.synthesizer
        if isinstance(synthesizer, FluidSynthesizer):
            return synthesizer.driver
        chosen = (one for one in audio_drivers() if one.name == self._wanted.driver)
        return next(chosen, audio_drivers()[0])

    def want(self, wanted: SoundSettings) -> None:
        """Make the sound like this from now on, at once unless a MIDI output plays."""
        if wanted == self._wanted:
            return
        self._wanted = self._settings.sound = wanted
        if not self._settings.midi_output:
            self.sound.reopen(self._open)
        self.changed.emit()

    def try_again(self) -> None:
        """Look for a device once more."""
        if not self._settings.midi_output:
            self.sound.reopen(self._open)

    def play_test(self) -> None:
        """Four notes through whatever plays, as the keyboard sounds."""
        # Not scheduled on the engine: music that begins meanwhile would take the releases along.
        for index, pitch in enumerate(_TEST_PITCHES):
            for delay, velocity in ((0, _TEST_VELOCITY), (_TEST_LENGTH_MS, 0)):
                timer = QTimer(self)
                timer.setSingleShot(True)
                timer.timeout.connect(partial(self._sound_test, pitch, velocity))
                timer.timeout.connect(timer.deleteLater)
                timer.start(index * _TEST_GAP_MS + delay)

    def _sound_test(self, pitch: int, velocity: int) -> None:
        if velocity:
            self.sound.synthesizer.note_on(LIVE_CHANNEL, pitch, velocity)
        else:
            self.sound.synthesizer.note_off(LIVE_CHANNEL, pitch)

    def _open(self) -> tuple[Synthesizer, DeviceError | None]:
        return self._open_sound(self._wanted)

    def _take_problem(self, sentence: str) -> None:
        self._problem = sentence
        self.changed.emit()

    def _forget_problem(self) -> None:
        self._problem = None
        self.changed.emit()
