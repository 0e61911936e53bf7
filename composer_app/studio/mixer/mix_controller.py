"""The mixer's panel, what plays, and the mix of the piece: one mix for all three."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer

from composer_app.live.playback.mixing import Mix
from composer_app.music.editing.edits import with_melody_track
from composer_app.music.mix import order_with_first
from composer_app.studio.document.document import Document
from composer_app.studio.mixer.panel import MixerPanel
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.playback_controller import PlaybackController

# A drag changes the volume a hundred times a second, a file need not know of each.
_STORE_MS: Final = 500


class MixController(QObject):
    """Keeps panel and player at the mix of the piece.

    Volumes, pans, mute and solo belong to the piece, and are the document's. The master volume is
    the person's, suits the room and the loudspeakers, and is remembered in the settings.
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
        self._store_later = QTimer(self)
        self._store_later.setSingleShot(True)
        self._store_later.setInterval(_STORE_MS)
        self._store_later.timeout.connect(self.store)
        playback.set_mix(Mix(document.mix.tracks, settings.master_volume))
        panel.set_mix(playback.mix)
        panel.trackMixEdited.connect(document.set_track_mix)
        panel.masterEdited.connect(self._set_master)
        panel.programChosen.connect(self._choose_program)
        panel.melodyChosen.connect(self._choose_melody)
        playback.mixChanged.connect(panel.set_mix)
        document.mixChanged.connect(self._take_mix)
        document.compositionChanged.connect(self._take_composition)

    def store(self) -> None:
        """Remember the master volume now."""
        self._store_later.stop()
        self._settings.master_volume = self._playback.mix.master

    def _set_master(self, volume: int) -> None:
        self._playback.set_master(volume)
        self._store_later.start()

    def _take_mix(self) -> None:
        self._playback.set_mix(replace(self._playback.mix, tracks=self._document.mix.tracks))

    def _take_composition(self) -> None:
        self._panel.set_composition(self._document.composition)

    def _choose_program(self, track: int, program: int) -> None:
        changed = self._document.composition.with_program(track, program)
        self._document.replace(changed, "Change Instrument")

    def _choose_melody(self, track: int) -> None:
        before = self._document.composition
        changed = with_melody_track(before, track)
        order = order_with_first(track, len(before.tracks))
        self._document.replace(changed, "Choose Melody", order=order)
