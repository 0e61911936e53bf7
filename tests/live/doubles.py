"""Stand-ins for what is real, slow or absent: a clock that is set and a sink that listens."""

from dataclasses import dataclass, field

from composer_app.live.note_sink import SinkEvent

# The controller of the sustain pedal.
SUSTAIN = 64


@dataclass
class SetClock:
    """Shows the time it was set to, in seconds."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class ListeningSink:
    """A scheduled sink that writes down every call with its time, and knows which notes sound.

    Its engine's time is the clock's, less ``epoch``. What is scheduled plays when :meth:`render`
    is called, up to the last whole ``period`` of seconds. Calls are (seconds of the clock, on or
    off, channel, pitch).
    """

    clock: SetClock = field(default_factory=SetClock)
    calls: list[tuple[float, str, int, int]] = field(default_factory=list)
    programs: dict[int, int] = field(default_factory=dict)
    sounding: set[tuple[int, int]] = field(default_factory=set)
    controls: dict[tuple[int, int], int] = field(default_factory=dict)
    bends: dict[int, int] = field(default_factory=dict)
    pressures: dict[tuple[int, int | None], int] = field(default_factory=dict)
    # What is set, in order: (seconds of the clock, kind, channel, number, value).
    settings: list[tuple[float, str, int, int, int]] = field(default_factory=list)
    epoch: float = 0.0
    latency: float = 0.0
    period: float = 0.0
    alive: bool = True
    scheduled: list[tuple[float, SinkEvent]] = field(default_factory=list)
    _rendering: float | None = None

    @property
    def time(self) -> float:
        return self._engine_time

    @property
    def _engine_time(self) -> float:
        return self.clock.now - self.epoch

    def schedule(self, at: float, event: SinkEvent) -> None:
        self.scheduled.append((at, event))

    def unschedule(self) -> None:
        self.render()
        self.scheduled.clear()

    def render(self) -> None:
        """Play what is due, each event with the time it was scheduled for."""
        done = self._engine_time
        if self.period:
            done = done // self.period * self.period
        due = [entry for entry in self.scheduled if entry[0] <= done]
        self.scheduled = [entry for entry in self.scheduled if entry[0] > done]
        for at, event in sorted(due, key=lambda e: (e[0], e[1].rank)):
            self._rendering = at + self.epoch
            event.send(self)
        self._rendering = None

    @property
    def _now(self) -> float:
        return self.clock.now if self._rendering is None else self._rendering

    def program_change(self, channel: int, program: int) -> None:
        self.programs[channel] = program
        self.settings.append((self._now, "program", channel, 0, program))

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        assert 1 <= velocity <= 127
        assert (channel, pitch) not in self.sounding, "struck again without a release"
        self.sounding.add((channel, pitch))
        self.calls.append((self._now, "on", channel, pitch))

    def note_off(self, channel: int, pitch: int) -> None:
        self.sounding.discard((channel, pitch))
        self.calls.append((self._now, "off", channel, pitch))

    def control_change(self, channel: int, controller: int, value: int) -> None:
        assert 0 <= value <= 127
        self.controls[channel, controller] = value
        self.settings.append((self._now, "controller", channel, controller, value))

    def pitch_bend(self, channel: int, value: int) -> None:
        assert -8192 <= value <= 8191
        self.bends[channel] = value
        self.settings.append((self._now, "bend", channel, 0, value))

    def channel_pressure(self, channel: int, value: int) -> None:
        assert 0 <= value <= 127
        self.pressures[channel, None] = value

    def key_pressure(self, channel: int, pitch: int, value: int) -> None:
        assert 0 <= value <= 127
        self.pressures[channel, pitch] = value

    def all_notes_off(self) -> None:
        self.sounding.clear()
        self.bends.clear()
        for channel, controller in self.controls:
            if controller == SUSTAIN:
                self.controls[channel, controller] = 0

    def taken(self) -> list[tuple[float, str, int, int]]:
        """The calls since the last time this was asked."""
        calls, self.calls = self.calls, []
        return calls
