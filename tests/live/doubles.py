"""Stand-ins for what is real, slow or absent: a clock that is set and a sink that listens."""

from dataclasses import dataclass, field


@dataclass
class SetClock:
    """Shows the time it was set to, in seconds."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class ListeningSink:
    """Writes down every call with its time, and knows which notes sound."""

    clock: SetClock = field(default_factory=SetClock)
    calls: list[tuple[float, str, int, int]] = field(default_factory=list)
    programs: dict[int, int] = field(default_factory=dict)
    sounding: set[tuple[int, int]] = field(default_factory=set)

    def program_change(self, channel: int, program: int) -> None:
        self.programs[channel] = program

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        assert 1 <= velocity <= 127
        assert (channel, pitch) not in self.sounding, "struck again without a release"
        self.sounding.add((channel, pitch))
        self.calls.append((self.clock.now, "on", channel, pitch))

    def note_off(self, channel: int, pitch: int) -> None:
        self.sounding.discard((channel, pitch))
        self.calls.append((self.clock.now, "off", channel, pitch))

    def all_notes_off(self) -> None:
        self.sounding.clear()

    def taken(self) -> list[tuple[float, str, int, int]]:
        """The calls since the last time this was asked."""
        calls, self.calls = self.calls, []
        return calls
