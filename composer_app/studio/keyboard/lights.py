"""Which keys of the keyboard are lit: by what plays, and by who plays on a MIDI keyboard."""

from PySide6.QtCore import QObject

from composer_app.studio.keyboard.widget import KeyboardWidget
from composer_app.studio.sound.live_input import LiveInput
from composer_app.studio.sound.playback_controller import PlaybackController
from composer_app.studio.widgets.theme import voice_color


class KeyLights(QObject):
    """Lights keys in the colour of the track that sounds, and those of a MIDI keyboard.

    Which tracks sound is told whole, so that it is compared with what is lit; nothing is held here.
    """

    def __init__(
        self,
        keyboard: KeyboardWidget,
        playback: PlaybackController,
        live: LiveInput,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._keyboard = keyboard
        self._lit: frozenset[tuple[int, int]] = frozenset()
        playback.soundingChanged.connect(self._light_tracks)
        live.midiStruck.connect(self._light_midi)
        live.midiReleased.connect(self._unlight_midi)

    @property
    def lit(self) -> frozenset[tuple[int, int]]:
        """(track, pitch) of what plays and is lit."""
        return self._lit

    def _light_tracks(self, sounding: frozenset[tuple[int, int]]) -> None:
        for keys, on in ((self._lit - sounding, False), (sounding - self._lit, True)):
            for track, pitch in keys:
                self._keyboard.set_lit(pitch, on, voice_color(track), f"track {track}")
        self._lit = sounding

    def _light_midi(self, pitch: int) -> None:
        self._keyboard.set_lit(pitch, True, source="midi")

    def _unlight_midi(self, pitch: int) -> None:
        self._keyboard.set_lit(pitch, False, source="midi")
