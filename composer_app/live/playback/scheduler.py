"""Notes on their way to a scheduled sink, such that none is left hanging."""

from typing import Final

from composer_app.live.note_sink import ScheduledSink, SinkEvent
from composer_app.live.playback.note_events import Key
from composer_app.music.note import Note

# No note is shorter: a release must not overtake its own strike.
_SHORTEST_SECONDS: Final = 0.005
# The sink renders in bursts, and its clock may be this far ahead of what has been rendered.
_RENDERING_BEHIND_SECONDS: Final = 0.5


class Scheduler:
    """Remembers what it has scheduled on ``sink``: every strike gets its release.

    Times are seconds of the sink's clock. Calls come in the order of their times. Unlike keys that
    somebody plays, what is held here lies ahead: a release waits for its strike, and may be
    withdrawn.
    """

    def __init__(self, sink: ScheduledSink) -> None:
        self._sink = sink
        self._held: dict[Key, tuple[Note, float]] = {}
        # When each pitch was, or will be, released last.
        self._released: dict[Key, float] = {}

    @property
    def held(self) -> dict[Key, Note]:
        """Notes that have been struck, or will be, and whose release is not scheduled yet."""
        return {key: note for key, (note, _) in self._held.items()}

    def holds(self, key: Key, note: Note) -> bool:
        """Whether this very note is among :attr:`held`."""
        held = self._held.get(key)
        return held is not None and held[0] == note

    def strike(self, at: float, channel: int, note: Note) -> None:
        """Strike ``note``, whose pitch is not held."""
        key = channel, note.pitch
        at = max(at, self._released.get(key, at))
        self._sink.schedule(at, SinkEvent("note_on", channel, note.pitch, note.velocity))
        self._held[key] = note, at

    def release(self, at: float, key: Key) -> None:
        """Release a pitch that is held."""
        _, struck = self._held.pop(key)
        at = max(at, struck + _SHORTEST_SECONDS)
        self._sink.schedule(at, SinkEvent("note_off", *key))
        self._released[key] = at

    def tap(self, at: float, event: SinkEvent, seconds: float) -> None:
        """A strike and its release together, as of a drum."""
        self._sink.schedule(at, event)
        self._sink.schedule(at + seconds, SinkEvent("note_off", event.channel, event.data1))
        self._released[event.channel, event.data1] = at + seconds

    def forget_before(self, time: float) -> None:
        """Forget releases that happened long before ``time``, which is now."""
        past = time - _RENDERING_BEHIND_SECONDS
        self._released = {key: at for key, at in self._released.items() if at > past}

    def halt(self) -> None:
        """Unschedule everything and release whatever may sound, now."""
        self._sink.unschedule()
        self.forget_before(self._sink.time)
        for key in sorted({*self._held, *self._released}):
            self._sink.note_off(*key)
        self._held.clear()
        self._released.clear()
