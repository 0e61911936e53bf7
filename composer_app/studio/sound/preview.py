"""Hearing something else than the piece for a moment: a part that may become its melody."""

from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from composer_app.live.playback.mixing import Mix
from composer_app.live.playback.player import Player
from composer_app.music.composition import Composition
from composer_app.studio.sound.playback_controller import PlaybackController

_TICK_MS: Final = 30


class Preview(QObject):
    """Borrows the player: the piece rests meanwhile, and takes the player back when it is played.

    ``moved(step)`` follows the music, ``ended`` its end, whatever that has brought about.
    """

    moved = Signal(float)
    ended = Signal()

    def __init__(self, playback: PlaybackController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._playback = playback
        self._player: Player | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def playing(self) -> bool:
        """Whether anything is heard."""
        return self._player is not None

    def play(self, composition: Composition, step: float) -> None:
        """Let ``composition`` be heard from ``step`` on, in place of what was heard before."""
        self.stop()
        self._player = self._playback.lend(self._taken_back)
        self._player.set_mix(Mix(master=self._playback.mix.master))
        self._player.load(composition)
        self._player.play(step)
        self._timer.start()
        self.moved.emit(step)

    def stop(self) -> None:
        """Be silent."""
        if self._player is not None:
            self._playback.take_back()

    def tick(self) -> None:
        """Look where the music is; the timer calls it meanwhile."""
        if self._player is None:
            return
        if self._player.playing:
            self.moved.emit(self._player.position)
        else:
            self.stop()

    def _taken_back(self) -> None:
        self._player = None
        self._timer.stop()
        self.ended.emit()
