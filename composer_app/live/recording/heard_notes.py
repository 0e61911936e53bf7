"""Keys that go down and up become notes: the one place where that is decided.

The recorder, the journal, what is drawn of a recording and what is captured all hear a performance
through :class:`HeardNotes`, so that none of them can hear another one than the rest. The rules:

- A key that goes down again without having gone up is struck anew; the note before ends there.
- A strike of velocity 0 is a release.
- A release of what is not held means nothing. A release that seems older than its strike, for
  events of two devices may come in the wrong order, ends the note at once.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """The key of ``pitch`` went down with a ``velocity`` of 1-127, or up with one of 0.

    ``at`` is in seconds, of the clock or from the downbeat of whoever hears it.
    """

    pitch: int
    velocity: int
    at: float


@dataclass(slots=True)
class HeardNote:
    """A note with the times at which its key went down and up (None: it is still down)."""

    pitch: int
    velocity: int
    down: float
    up: float | None = None

    def end(self, now: float) -> float:
        """When it ended, or ``now`` while it is held; never before it began."""
        return max(now if self.up is None else self.up, self.down)


class HeardNotes:
    """Notes in the order in which they were struck. All calls come from one thread.

    At most ``most`` notes are kept, the newest. ``tell`` is told each event that means something:
    with it, another :class:`HeardNotes` would come to the same notes.
    """

    def __init__(
        self, most: int | None = None, tell: Callable[[KeyEvent], None] | None = None
    ) -> None:
        self._notes: deque[HeardNote] = deque(maxlen=most)
        self._held: dict[int, HeardNote] = {}
        self._tell = tell
        self._events = 0

    @property
    def notes(self) -> Sequence[HeardNote]:
        """What has been heard."""
        return self._notes

    @property
    def holding(self) -> bool:
        """Whether a key is down, so that its note grows."""
        return bool(self._held)

    @property
    def events(self) -> int:
        """How many events have meant something so far: another number says that notes differ."""
        return self._events

    def note_on(self, pitch: int, velocity: int, at: float) -> None:
        """A key went down."""
        self.note_off(pitch, at)
        if velocity > 0:
            note = self._held[pitch] = HeardNote(pitch, velocity, at)
            self._notes.append(note)
            self._note(KeyEvent(pitch, velocity, at))

    def note_off(self, pitch: int, at: float) -> None:
        """A key went up."""
        note = self._held.pop(pitch, None)
        if note is not None:
            note.up = note.end(at)
            self._note(KeyEvent(pitch, 0, note.up))

    def release_all(self, at: float) -> None:
        """Every key that is down goes up."""
        for pitch in list(self._held):
            self.note_off(pitch, at)

    def forget_before(self, time: float) -> None:
        """Forget the notes struck before ``time``."""
        while self._notes and self._notes[0].down < time:
            self._notes.popleft()

    def clear(self) -> None:
        """Forget everything, and which keys are down."""
        self._notes.clear()
        self._held.clear()
        self._events += 1

    def _note(self, event: KeyEvent) -> None:
        self._events += 1
        if self._tell is not None:
            self._tell(event)
