"""Notes that are chosen or moved are heard, briefly, as their track sounds."""

from collections.abc import Collection
from typing import Final

from PySide6.QtCore import QObject, QTimer

from composer_app.live.playback.channels import channel_of
from composer_app.music.editing.note_edits import NoteKey
from composer_app.studio.document.document import Document
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.playback_controller import PlaybackController
from composer_app.studio.sound.sound import Sound

_HEARD_MS: Final = 350
# Of more notes that begin together nobody hears single ones.
_MOST: Final = 8


class Audition(QObject):
    """Strikes notes on the channels of their tracks, whose instrument and mix the player has set.

    While the music plays it says itself how it sounds, and this is silent.
    """

    def __init__(
        self,
        document: Document,
        playback: PlaybackController,
        sound: Sound,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._playback = playback
        self._sound = sound
        self._settings = settings
        # By channel and pitch; they begin and end together, so that nobody holds one of them.
        self._sounding: set[tuple[int, int]] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_HEARD_MS)
        self._timer.timeout.connect(self.silence)
        playback.playingChanged.connect(self.silence)
        document.compositionChanged.connect(self.silence)

    def strike(self, note: NoteKey) -> None:
        """Let one note be heard."""
        self.strike_all({note})

    def strike_all(self, notes: Collection[NoteKey]) -> None:
        """Let those of ``notes`` be heard that begin first."""
        self.silence()
        if not notes or self._playback.playing or not self._settings.audition:
            return
        first = min(note.start for _, note in notes)
        together = sorted(key for key in notes if key[1].start == first)
        for track, note in together[:_MOST]:
            place = channel_of(self._document.composition, track), note.pitch
            # Of many tracks some share a channel.
            if self._playback.mix.audible(track) and place not in self._sounding:
                self._sounding.add(place)
                self._sound.synthesizer.note_on(*place, note.velocity)
        self._timer.start()

    def silence(self) -> None:
        """Release whatever sounds."""
        self._timer.stop()
        while self._sounding:
            self._sound.synthesizer.note_off(*self._sounding.pop())
