"""What a composition says besides notes, in the order in which it is sent."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Final, Literal, NamedTuple

from composer_app.live.note_sink import SinkEvent
from composer_app.live.playback.channels import channels_of
from composer_app.live.playback.mixing import Mix
from composer_app.music.composition import Composition
from composer_app.music.controls import PARAMETER_CONTROLLERS, Control, ControlKind, Subject
from composer_app.music.mix import PAN_CONTROLLER, VOLUME_CONTROLLER, mixed
from composer_app.music.timing import TICKS_PER_STEP

_DATA: Final = 6
_DATA_FINE: Final = 38
_STEP_UP: Final = 96
_STEP_DOWN: Final = 97
# Which parameter is meant: two controllers for the registered ones, two for those of a maker.
_SELECTORS: Final = (98, 99, 100, 101)
_OF_A_MAKER: Final = frozenset({98, 99})
_NONE_SELECTED: Final = 127
# The range of the bend, in semitones and hundredths, and the tuning, fine and coarse.
_PARAMETERS_AT_REST: Final = {0: 2 << 7, 1: 64 << 7, 2: 64 << 7}
_NO_PARAMETER: Final = (127 << 7) + 127
_HIGHEST_VALUE: Final = (127 << 7) + 127
# A step is one of the fine values, but for the coarse tuning and the programs and banks of tunings,
# which have coarse values only; hundredths of the bend's range are a semitone (MMA, RP-018, 1998).
_COARSE_STEPS: Final = frozenset({2, 3, 4})
_BEND_RANGE: Final = 0


ParameterKind = Literal["parameter", "maker's parameter"]
_KINDS_OF_PARAMETER: Final[tuple[tuple[ParameterKind, int, int], ...]] = (
    ("parameter", 100, 101),
    ("maker's parameter", 98, 99),
)


class Place(NamedTuple):
    """What has a value: something on a channel.

    Of a parameter, ``number`` is what selects it, 14 bits, and its value has 14 bits too.
    """

    channel: int
    kind: ControlKind | ParameterKind
    number: int

    @property
    def is_setting(self) -> bool:
        """Whether the mixer shows it: an instrument, a volume, a pan."""
        return self.kind == "program" or (
            self.kind == "controller" and self.number in (VOLUME_CONTROLLER, PAN_CONTROLLER)
        )

    @property
    def at_rest(self) -> int | None:
        """The value where nothing has been said; None where that is not to be known."""
        if self.kind == "parameter":
            return _PARAMETERS_AT_REST.get(self.number)
        if self.kind == "program" or self.kind == "maker's parameter":
            return None
        if self.kind == "controller" and self.number in _SELECTORS:
            return _NONE_SELECTED
        return Subject(self.kind, self.number).at_rest


# What things are, as far as anything has been said of them.
State = Mapping[Place, int]


class ControlEvent(NamedTuple):
    """From a step on, a place has a value. Of a parameter, each message stands for itself."""

    step: float
    place: Place
    value: int

    @property
    def event(self) -> SinkEvent:
        """What a sink is told."""
        return _sink_event(self.place, self.value)


class ControlEvents:
    """What the tracks of a composition say besides notes, as ``mix`` has them sound.

    Each speaks on its channel (:func:`channels_of`).
    """

    def __init__(self, composition: Composition, mix: Mix) -> None:
        channels = channels_of(composition)
        balance = mix.controls(channels)
        first: dict[Place, int] = {
            Place(channel, "controller", controller): value
            for (channel, controller), value in balance.items()
        }
        events: list[ControlEvent] = []
        for channel, track in zip(channels, composition.tracks, strict=True):
            first[Place(channel, "program", 0)] = track.program
            volume, pan = balance[channel, VOLUME_CONTROLLER], balance[channel, PAN_CONTROLLER]
            events += _on_channel(channel, mixed(track.controls, volume, pan))
        self._first = first
        self._events = _with_values(sorted(events, key=attrgetter("step")))
        self._moving = frozenset(event.place for event in events)
        if any(_is_of_a_parameter(place) for place in self._moving):
            self._moving |= state_after(self._events, {}).keys()

    @property
    def at_rest(self) -> State:
        """Instruments, volumes and pans while nothing plays."""
        return self._first

    @property
    def moving(self) -> frozenset[Place]:
        """What changes in the course of the music."""
        return self._moving

    def between(self, start: float, end: float) -> list[ControlEvent]:
        """Those at steps with ``start <= step < end``, in order."""
        first = bisect_left(self._events, start, key=attrgetter("step"))
        last = bisect_left(self._events, end, key=attrgetter("step"))
        return self._events[first:last]

    def state_before(self, step: float) -> State:
        """What has been said before ``step``, and holds there."""
        end = bisect_left(self._events, step, key=attrgetter("step"))
        return state_after(self._events[:end], self._first)


def state_after(events: Iterable[ControlEvent], first: State) -> dict[Place, int]:
    """The state after ``events``, where it was ``first`` before."""
    state = dict(first)
    for event in events:
        _heed(event, state)
    return state


def _heed(event: ControlEvent, state: dict[Place, int]) -> None:
    """Bring ``state`` to what it is after ``event``."""
    _, place, value = event
    if not _is_of_a_parameter(place):
        state[place] = value
    elif place.number in _SELECTORS:
        # The one kind of parameter that was selected last is meant.
        makers = place.number in _OF_A_MAKER
        for number in (100, 101) if makers else (98, 99):
            state.pop(Place(place.channel, "controller", number), None)
        state[place] = value
    elif place.number in (_DATA, _DATA_FINE):
        meant = _selected(state, place.channel)
        if meant is not None:
            before = state.get(meant, meant.at_rest or 0)
            coarse = place.number == _DATA
            high, low = (value, before & 127) if coarse else (before >> 7, value)
            state[meant] = (high << 7) + low


def telling(state: State, before: State) -> list[tuple[Place, SinkEvent]]:
    """What to tell a sink, in order, for which things are as ``before``, so that ``state`` holds.

    What ``state`` says nothing of comes to rest.
    """
    wanted: dict[Place, int] = {}
    for place in {*state, *before}:
        value = state.get(place, place.at_rest)
        if value is not None and before.get(place) != value:
            wanted[place] = value
    # A parameter is selected to be set; so what is selected comes after them.
    parameters = [place for place in wanted if place.kind.endswith("parameter")]
    for channel in {place.channel for place in parameters}:
        for number in _SELECTORS:
            place = Place(channel, "controller", number)
            wanted[place] = state.get(place, _NONE_SELECTED)
    return [
        (place, event)
        for place in sorted(wanted, key=_order_of_telling)
        for event in _sink_events(place, wanted[place])
    ]


def _with_values(events: list[ControlEvent]) -> list[ControlEvent]:
    """``events`` in which steps up and down of a parameter are the values that they lead to.

    So they can be looked up where playing begins, and are heard from synthesizers that know no
    steps, as FluidSynth. A step from a value that is not to be known stays one.
    """
    if not any(_is_step(event.place) for event in events):
        return events
    state: dict[Place, int] = {}
    result: list[ControlEvent] = []
    for event in events:
        said = _valued(event, state) if _is_step(event.place) else [event]
        for each in said:
            _heed(each, state)
        result += said
    return result


def _valued(step: ControlEvent, state: State) -> list[ControlEvent]:
    """What sets the parameter that is selected to the value that ``step`` brings it to."""
    channel = step.place.channel
    meant = _selected(state, channel)
    if meant is None:
        # Steps of nothing.
        return []
    before = state.get(meant, meant.at_rest)
    if before is None:
        return [step]
    up = 1 if step.place.number == _STEP_UP else -1
    registered = meant.kind == "parameter"
    if registered and meant.number == _BEND_RANGE:
        cents = max(0, 100 * (before >> 7) + (before & 127) + up)
        value = min((cents // 100 << 7) + cents % 100, _HIGHEST_VALUE)
    else:
        size = 1 << 7 if registered and meant.number in _COARSE_STEPS else 1
        value = before + up * size
        value = value if 0 <= value <= _HIGHEST_VALUE else before
    data = ((_DATA, value >> 7), (_DATA_FINE, value & 127))
    return [
        ControlEvent(step.step, Place(channel, "controller", number), said) for number, said in data
    ]


def _is_step(place: Place) -> bool:
    return place.kind == "controller" and place.number in (_STEP_UP, _STEP_DOWN)


def _order_of_telling(place: Place) -> tuple[bool, bool, bool, Place]:
    """Banks before programs, then the rest; parameters before what selects them."""
    bank = place.kind == "controller" and place.number in (0, 32)
    return not bank, place.kind != "program", not place.kind.endswith("parameter"), place


def _on_channel(channel: int, controls: Iterable[Control]) -> Iterator[ControlEvent]:
    # There may be ten thousands of a few places.
    places: dict[tuple[ControlKind, int], Place] = {}
    for control in controls:
        subject = control.kind, control.number
        place = places.get(subject)
        if place is None:
            place = places[subject] = Place(channel, *subject)
        yield ControlEvent(control.tick / TICKS_PER_STEP, place, control.value)


def _is_of_a_parameter(place: Place) -> bool:
    """Whether it is one of the messages that say a parameter together."""
    return place[2] in PARAMETER_CONTROLLERS and place[1] == "controller"


def _selected(state: State, channel: int) -> Place | None:
    """The parameter that is selected, if one is."""
    for kind, fine, coarse in _KINDS_OF_PARAMETER:
        low = state.get(Place(channel, "controller", fine))
        high = state.get(Place(channel, "controller", coarse))
        if low is not None and high is not None and (high << 7) + low != _NO_PARAMETER:
            return Place(channel, kind, (high << 7) + low)
    return None


def _sink_events(place: Place, value: int) -> list[SinkEvent]:
    if not place.kind.endswith("parameter"):
        return [_sink_event(place, value)]
    fine, coarse = (100, 101) if place.kind == "parameter" else (98, 99)
    said = (
        (coarse, place.number >> 7),
        (fine, place.number & 127),
        (_DATA, value >> 7),
        (_DATA_FINE, value & 127),
    )
    return [SinkEvent("control_change", place.channel, number, data) for number, data in said]


def _sink_event(place: Place, value: int) -> SinkEvent:
    channel = place.channel
    match place.kind:
        case "bend":
            return SinkEvent("pitch_bend", channel, value)
        case "pressure":
            return SinkEvent("channel_pressure", channel, value)
        case "key pressure":
            return SinkEvent("key_pressure", channel, place.number, value)
        case "program":
            return SinkEvent("program_change", channel, value)
        case _:
            return SinkEvent("control_change", channel, place.number, value)
