"""Which key sounds which pitch: of several keys on one pitch, the last to go up silences it.

So it is with the keys of several MIDI keyboards and channels
(:class:`~composer_app.live.midi.keyboard_input.KeyboardInput`), and with the mouse and the
computer's letters on the painted keyboard
(:class:`~composer_app.studio.keyboard.widget.KeyboardWidget`). A key keeps the pitch it was struck
with, whatever is shifted meanwhile.
"""

from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class HeldPitches(Generic[Key]):
    """Keys that are down, each with its pitch. Not thread-safe."""

    def __init__(self) -> None:
        self._pitches: dict[Key, int] = {}

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys that are down, in the order in which they were struck."""
        return tuple(self._pitches)

    @property
    def sounding(self) -> frozenset[int]:
        """The pitches whose keys are down."""
        return frozenset(self._pitches.values())

    def pitch_of(self, key: Key) -> int | None:
        """What ``key`` sounds; None while it is up."""
        return self._pitches.get(key)

    def strike(self, key: Key, pitch: int) -> bool:
        """``key``, which is up, goes down; whether ``pitch`` was silent before."""
        silent = pitch not in self._pitches.values()
        self._pitches[key] = pitch
        return silent

    def let_go(self, key: Key) -> int | None:
        """``key`` goes up; the pitch that falls silent by it, None where none does."""
        pitch = self._pitches.pop(key, None)
        return None if pitch in self._pitches.values() else pitch

    def clear(self) -> None:
        """All keys are up."""
        self._pitches.clear()
