"""The mixer's panel, what plays, and what is remembered: one mix for all three."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer

from composer_app.live.playback.mixing import Mix
from composer_app.music.composition import Composition
from composer_app.music.edits import with_melody_track
from composer_app.studio.document.document import Document
from composer_app.studio.mixer.panel import MixerPanel
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.playback_controller import PlaybackController

# A drag changes the mix a hundred times a second, a file need not know of each.
_STORE_MS: Final = 500
# States whose mutes and solos are kept: as many as anybody goes back to.
_REMEMBERED: Final = 64


class MixController(QObject):
    """Keeps panel and player at the same mix.

    Volumes, pans and the master are remembered in the settings, by the place of a track: a
    balance suits the room, the loudspeakers and the instruments of the four voices, whichever
    piece they play; MIDI files that others open are not to carry it. Mute and solo are for the
    moment: they end with their track, its notes and the piece, so that nothing is silent for a
    reason that has been forgotten or cannot be seen. Undo and redo bring them back with the track.
    """

    def __init__(
        self,
        panel: MixerPanel,
        playback: PlaybackController,
        document: Document,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._panel = panel
        self._playback = playback
        self._document = document
        self._settings = settings
        self._piece = document.piece_number
        self._composition = document.composition
        # Mixes that ended when a state of a piece was left, by the piece and the state's identity.
        self._left: dict[tuple[int, int], tuple[Composition, Mix]] = {}
        self._store_later = QTimer(self)
        self._store_later.setSingleShot(True)
        self._store_later.setInterval(_STORE_MS)
        self._store_later.timeout.connect(self.store)
        playback.set_mix(settings.mix)
        panel.set_mix(playback.mix)
        panel.trackMixEdited.connect(playback.set_track_mix)
        panel.masterEdited.connect(playback.set_master)
        panel.programChosen.connect(self._choose_program)
        panel.melodyChosen.connect(self._choose_melody)
        playback.mixChanged.connect(self._show)
        document.compositionChanged.connect(self._take_composition)

    def store(self) -> None:
        """Remember the mix now."""
        self._store_later.stop()
        self._settings.mix = self._playback.mix

    def _show(self, mix: Mix) -> None:
        self._panel.set_mix(mix)
        self._store_later.start()

    def _take_composition(self) -> None:
        document, mix = self._document, self._playback.mix
        before, after = self._composition, document.composition
        same_piece = document.piece_number == self._piece
        self._remember(mix)
        self._piece, self._composition = document.piece_number, after
        _, left = self._left.get((self._piece, id(after)), (after, Mix()))
        tracks = []
        for index in range(max(len(mix.tracks), len(left.tracks))):
            track, again = mix.track(index), left.track(index)
            if not _sounds(after, index):
                track = replace(track, mute=False, solo=False)
            elif not (same_piece and _sounds(before, index)):
                track = replace(track, mute=again.mute, solo=again.solo)
            tracks.append(track)
        self._playback.set_mix(replace(mix, tracks=tuple(tracks)))
        self._panel.set_composition(after)

    def _remember(self, mix: Mix) -> None:
        """Keep what is muted and soloed in the state that is left, should it come back."""
        key = self._piece, id(self._composition)
        self._left.pop(key, None)
        if any(track.mute or track.solo for track in mix.tracks):
            # With the composition itself, whose identity nobody else can have meanwhile.
            self._left[key] = self._composition, mix
        while len(self._left) > _REMEMBERED:
            del self._left[next(iter(self._left))]

    def _choose_program(self, track: int, program: int) -> None:
        changed = self._document.composition.with_program(track, program)
        self._document.replace(changed, "Change Instrument")

    def _choose_melody(self, track: int) -> None:
        changed = with_melody_track(self._document.composition, track)
        self._document.replace(changed, "Choose Melody")


def _sounds(composition: Composition, index: int) -> bool:
    """Whether there is a track of that index, with notes."""
    return index < len(composition.tracks) and bool(composition.tracks[index].notes)
