"""Playing the document: play, pause, stop, seek, loop, the mix, and where the music is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from composer_app.live.playback.mixing import Mix
from composer_app.live.playback.player import Loop, Player
from composer_app.studio.document.document import Document
from composer_app.studio.sound.sound import Sound

_TICK_MS: Final = 16


class PlaybackController(QObject):
    """Adapts the player's thread to the GUI: it is asked where it is, about 60 times a second."""

    playingChanged = Signal(bool)
    positionChanged = Signal(float)
    # While playing: frozenset of (track, pitch) that sound now.
    soundingChanged = Signal(frozenset)
    # The region that is looped, a Loop, or None.
    loopChanged = Signal(object)
    # A Mix.
    mixChanged = Signal(object)

    def __init__(
        self, document: Document, player: Player, sound: Sound, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._player = player
        self._sound = sound
        self._mix = Mix()
        self._loop: Loop | None = None
        self._clicks: float | None = None
        self._taken_back: Callable[[], None] | None = None
        self._position = 0.0
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

    @property
    def mix(self) -> Mix:
        """How loud and where each track sounds."""
        return self._mix

    @property
    def loop(self) -> Loop | None:
        """The region that is played over and over."""
        return self._loop

    def set_mix(self, mix: Mix) -> None:
        """Sound like this from now on, also while playing."""
        if mix != self._mix:
            self._mix = mix
            if self._taken_back is None:
                self._player.set_mix(mix)
            self.mixChanged.emit(mix)

    def set_master(self, volume: int) -> None:
        """The volume of everything that sounds, 0 to 127."""
        self.set_mix(replace(self._mix, master=volume))

    def set_loop(self, start: float, end: float) -> None:
        """Play the steps from ``start`` up to ``end`` over and over; raises as :class:`Loop`."""
        self._use_loop(Loop(start, end))

    def clear_loop(self) -> None:
        """Play through to the end."""
        self._use_loop(None)

    def set_metronome(self, on: bool, volume: float = 1.0) -> None:
        """Click on every pulse while playing, ``volume`` from 0 to 1."""
        self._clicks = volume if on else None
        if self._taken_back is None:
            self._player.set_clicks(self._clicks)

    def lend(self, taken_back: Callable[[], None]) -> Player:
        """The player, for something else than the piece, without its mix, loop and metronome.

        Until :meth:`take_back`, which the piece's own playing calls; ``taken_back`` follows.
        """
        self.take_back()
        self.pause()
        self._taken_back = taken_back
        self._player.set_loop(None)
        self._player.set_clicks(None)
        return self._player

    def take_back(self) -> None:
        """Let the player have the piece again, if it was lent."""
        taken_back, self._taken_back = self._taken_back, None
        if taken_back is not None:
            self._player.stop()
            self._player.load(self._document.composition)
            self._player.set_mix(self._mix)
            self._player.set_loop(self._loop)
            self._player.set_clicks(self._clicks)
            taken_back()

    def play(self) -> None:
        """Play from the position, from the start if that is the end."""
        composition = self._document.composition
        if not composition.note_count:
            return
        self.take_back()
        start = 0.0 if self._position >= composition.steps else self._position
        self._player.play(start)
        self._set_playing(True)
        self.tick()

    def pause(self) -> None:
        """Stop where the music is: :meth:`play` goes on from there."""
        if self._playing:
            self._player.stop()
            self.tick()

    def stop(self) -> None:
        """As :meth:`pause`."""
        self.pause()

    def toggle(self) -> None:
        """Play or pause."""
        if self._playing:
            self.pause()
        else:
            self.play()

    def return_to_start(self) -> None:
        """Go to the start of the loop, or of the music; it runs on from there if it runs."""
        self.seek(self._loop.start if self._loop is not None else 0.0)

    def seek(self, step: float) -> None:
        """Go to ``step``; the music runs on from there if it runs."""
        step = min(max(0.0, step), float(self._document.composition.steps))
        if self._playing:
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
            self._show_sounding()
        else:
            self._set_playing(False)

    def _use_loop(self, loop: Loop | None) -> None:
        if loop != self._loop:
            self._loop = loop
            if self._taken_back is None:
                self._player.set_loop(loop)
            self.loopChanged.emit(loop)

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

    def _show_sounding(self) -> None:
        step = self._position
        self._set_sounding(
            frozenset(
                (index, note.pitch)
                for index, track in enumerate(self._document.composition.tracks)
                if self._mix.audible(index) and not track.drums
                for note in track.notes
                if note.onset <= step < note.release
            )
        )

    def _set_sounding(self, sounding: frozenset[tuple[int, int]]) -> None:
        if sounding != self._sounding:
            self._sounding = sounding
            self.soundingChanged.emit(sounding)

    def _load(self) -> None:
        self.take_back()
        composition = self._document.composition
        self._player.load(composition)
        if self._position > composition.steps:
            self._set_position(float(composition.steps))
        if self._playing:
            self.tick()

    def _take_synthesizer(self) -> None:
        self._player.set_sink(self._sound.synthesizer)
