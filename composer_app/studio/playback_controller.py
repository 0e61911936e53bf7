"""Playing the document: play, stop, seek, where the music is, and the metronome beside it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from composer_app.live.metronome import Click, play_click
from composer_app.live.player import Player
from composer_app.music.composition import Composition
from composer_app.studio.document import Document
from composer_app.studio.sound import Sound

_TICK_MS: Final = 16


class PlaybackController(QObject):
    """Adapts the player's thread to the GUI: it is asked where it is, about 60 times a second."""

    playingChanged = Signal(bool)
    positionChanged = Signal(float)
    # While playing: frozenset of (track, pitch) that sound now.
    soundingChanged = Signal(frozenset)

    def __init__(
        self, document: Document, player: Player, sound: Sound, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._player = player
        self._sound = sound
        self._muted: frozenset[int] = frozenset()
        self._metronome_on = False
        self._position = 0.0
        self._clicked_pulse = -1
        self._sounding: frozenset[tuple[int, int]] = frozenset()
        self._playing = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        document.compositionChanged.connect(self._load)
        sound.opened.connect(self._take_synthesizer)

    @property
    def playing(self) -> bool:
        """Whether the music runs."""
        return self._playing

    @property
    def position(self) -> float:
        """Where the music is, or will start, in steps."""
        return self._position

    def set_muted(self, tracks: Iterable[int]) -> None:
        """Let the tracks with these indices rest."""
        self._muted = frozenset(tracks)
        self._load()

    def set_metronome(self, on: bool) -> None:
        """Click on every pulse while playing."""
        self._metronome_on = on

    def play(self) -> None:
        """Play from the position, from the start if that is the end."""
        composition = self._document.composition
        if not composition.note_count:
            return
        start = 0.0 if self._position >= composition.steps else self._position
        self._clicked_pulse = -1
        self._player.play(start)
        self._set_playing(True)
        self.tick()

    def stop(self) -> None:
        """Stop where the music is."""
        if self._playing:
            self._player.stop()
            self.tick()

    def toggle(self) -> None:
        """Play or stop."""
        if self._playing:
            self.stop()
        else:
            self.play()

    def seek(self, step: float) -> None:
        """Go to ``step``; the music runs on from there if it runs."""
        step = min(max(0.0, step), float(self._document.composition.steps))
        if self._playing:
            self._clicked_pulse = -1
            self._player.play(step)
        self._set_position(step)

    def tick(self) -> None:
        """Look where the player is; the timer calls it while the music runs."""
        if not self._playing:
            return
        playing = self._player.playing
        position = self._player.position
        ended = not playing and position >= self._document.composition.steps
        self._set_position(0.0 if ended else position)
        if playing:
            self._click()
            self._show_sounding()
        else:
            self._set_playing(False)

    def _set_playing(self, playing: bool) -> None:
        if playing == self._playing:
            return
        self._playing = playing
        if playing:
            self._timer.start()
        else:
            self._timer.stop()
            self._set_sounding(frozenset())
        self.playingChanged.emit(playing)

    def _set_position(self, step: float) -> None:
        self._position = step
        self.positionChanged.emit(step)

    def _click(self) -> None:
        meter = self._document.composition.meter
        pulse = int(self._position // meter.steps_per_pulse)
        if pulse == self._clicked_pulse:
            return
        on_time = self._clicked_pulse >= 0 or self._position % meter.steps_per_pulse < 1
        self._clicked_pulse = pulse
        if self._metronome_on and on_time:
            accent = pulse * meter.steps_per_pulse % meter.steps_per_bar == 0
            play_click(self._sound.synthesizer, Click(0.0, accent))

    def _show_sounding(self) -> None:
        step = int(self._position)
        self._set_sounding(
            frozenset(
                (index, note.pitch)
                for index, track in enumerate(self._document.composition.tracks)
                if index not in self._muted
                for note in track.notes
                if note.start <= step < note.end
            )
        )

    def _set_sounding(self, sounding: frozenset[tuple[int, int]]) -> None:
        if sounding != self._sounding:
            self._sounding = sounding
            self.soundingChanged.emit(sounding)

    def _load(self) -> None:
        composition = self._document.composition
        self._player.load(_without(composition, self._muted))
        if self._position > composition.steps:
            self._set_position(float(composition.steps))
        if self._playing:
            self.tick()

    def _take_synthesizer(self) -> None:
        self._player.set_sink(self._sound.synthesizer)


def _without(composition: Composition, muted: frozenset[int]) -> Composition:
    """``composition`` with the notes of the ``muted`` tracks taken out."""
    tracks = tuple(
        replace(track, notes=()) if index in muted else track
        for index, track in enumerate(composition.tracks)
    )
    return replace(composition, tracks=tracks)
