"""Pedals, bends and the like: in time, as they were where playing begins, and at rest after it."""

import pytest

from composer_app.live.playback.mixing import Mix
from composer_app.live.playback.transport import Loop, Transport
from composer_app.music.composition import Composition, Track
from composer_app.music.controls import Control
from composer_app.music.mix import TrackMix
from composer_app.music.note import Note
from composer_app.music.timing import TempoMap
from tests.live.doubles import ListeningSink, SetClock

LEAD = 0.01
# 240 ticks are a step, which lasts a tenth of a second at 150 BPM.
STEP = 240
NOTES = (Note(0, 60, 8), Note(8, 62, 8))


def bend(step: float, value: int) -> Control:
    return Control(round(step * STEP), "bend", 0, value)


def controller(step: float, number: int, value: int) -> Control:
    return Control(round(step * STEP), "controller", number, value)


class Desk:
    """A transport that plays one track with ``controls``, and the sink it plays into."""

    def __init__(self, *controls: Control, notes: tuple[Note, ...] = NOTES) -> None:
        self.clock = SetClock()
        self.sink = ListeningSink(self.clock)
        self.transport = Transport(self.sink)
        self.piece = Composition((Track("", 5, notes, controls),), TempoMap.constant(150))
        self.transport.load(self.piece)
        self.sink.settings.clear()

    def play(self, start: float, seconds: float) -> None:
        """Play from step ``start`` for so long."""
        self.transport.play(start)
        self.began = self.clock.now + LEAD
        self.wait(seconds)

    def wait(self, seconds: float) -> None:
        end = self.clock.now + seconds
        while self.clock.now < end:
            self.clock.now = min(self.clock.now + 0.02, end)
            self.sink.render()
            self.transport.advance()

    def said(self) -> list[tuple[float, str, int, int]]:
        """What was set since the last time: (seconds since the first note, kind, number, value)."""
        taken, self.sink.settings = self.sink.settings, []
        return [
            (round(time - self.began, 3), kind, number, value)
            for time, kind, _, number, value in taken
        ]


def test_controls_are_said_in_time_and_rest_at_the_end() -> None:
    desk = Desk(bend(2, 4096), controller(2.5, 64, 127), Control(4 * STEP, "program", 0, 9))
    desk.play(0, 2)
    assert desk.said() == [
        (0.2, "bend", 0, 4096),
        (0.25, "controller", 64, 127),
        (0.4, "program", 0, 9),
        (1.6, "program", 0, 5),
        (1.6, "bend", 0, 0),
        (1.6, "controller", 64, 0),
    ]


def test_pressure_reaches_the_sink() -> None:
    desk = Desk(Control(0, "pressure", 0, 70), Control(0, "key pressure", 60, 80))
    desk.play(0, 0.1)
    assert desk.sink.pressures == {(0, None): 70, (0, 60): 80}
    desk.transport.stop()
    assert desk.sink.pressures == {(0, None): 0, (0, 60): 0}


def test_what_was_said_before_holds_where_playing_begins() -> None:
    desk = Desk(bend(0, 99), bend(2, 4096), Control(4 * STEP, "program", 0, 9), bend(9, 1))
    desk.play(6, 0.1)
    assert desk.said() == [(-0.01, "program", 0, 9), (-0.01, "bend", 0, 4096)]
    desk.transport.stop()
    stopped = [(kind, number, value) for _, kind, number, value in desk.said()]
    assert stopped == [("program", 0, 5), ("bend", 0, 0)]
    desk.play(0, 0.05)
    assert desk.said()[0][1:] == ("bend", 0, 99)


def test_what_had_been_scheduled_when_it_stops_comes_to_rest_too() -> None:
    desk = Desk(bend(1, 4096))
    desk.play(0, 0.02)
    assert desk.sink.scheduled, "the bend is on its way"
    desk.transport.stop()
    desk.wait(0.5)
    assert desk.sink.bends == {0: 0}


def test_what_comes_too_late_to_bring_it_to_rest_is_made_up_for() -> None:
    desk = Desk(bend(1, 4096), bend(2, 0))
    desk.play(0, 0.13)
    assert desk.sink.bends == {0: 4096}
    desk.transport.stop()
    assert desk.sink.bends == {0: 0}


def test_a_pedal_that_is_down_at_the_end_is_waited_for() -> None:
    desk = Desk(controller(0, 64, 127), controller(20, 64, 0))
    desk.play(0, 1.9)
    assert desk.transport.playing
    assert desk.sink.controls[0, 64] == 127
    desk.wait(0.2)
    assert not desk.transport.playing
    assert desk.sink.controls[0, 64] == 0


def test_a_loop_begins_with_what_holds_at_its_start() -> None:
    desk = Desk(bend(0, 7), bend(6, 4096))
    desk.transport.set_loop(Loop(4, 8))
    desk.play(4, 1.0)
    assert desk.said() == [
        (-0.01, "bend", 0, 7),
        (0.2, "bend", 0, 4096),
        (0.4, "bend", 0, 7),
        (0.6, "bend", 0, 4096),
        (0.8, "bend", 0, 7),
    ]


def test_a_parameter_is_said_as_it_stands_where_playing_begins() -> None:
    bend_range = [controller(1, n, value) for n, value in ((101, 0), (100, 0), (6, 12), (38, 5))]
    nothing = [controller(2, n, 127) for n in (101, 100)]
    desk = Desk(*bend_range, *nothing)
    desk.play(4, 0.05)
    assert [(n, value) for _, _, n, value in desk.said()] == [
        *((101, 0), (100, 0), (6, 12), (38, 5)),
        *((98, 127), (99, 127), (100, 127), (101, 127)),
    ]
    desk.transport.stop()
    # Two semitones.
    assert (6, 2) in [(number, value) for _, _, number, value in desk.said()]


def test_of_a_maker_s_parameter_only_the_last_value_is_said() -> None:
    said = [controller(1, n, v) for n, v in ((99, 1), (98, 8), (6, 3), (6, 4), (96, 0))]
    desk = Desk(*said)
    desk.play(4, 0.05)
    assert [(number, value) for _, _, number, value in desk.said()][:4] == [
        *((99, 1), (98, 8), (6, 4), (38, 1)),
    ]


UP, DOWN = 96, 97
BEND_RANGE = ((101, 0), (100, 0))


@pytest.mark.parametrize(
    ("said", "value"),
    [
        # Semitones and hundredths; the range is two semitones where nothing is said.
        pytest.param((*BEND_RANGE, (6, 12), (38, 99), (UP, 0)), (13, 0), id="a cent more"),
        pytest.param((*BEND_RANGE, (DOWN, 127)), (1, 99), id="a cent less than at rest"),
        pytest.param((*BEND_RANGE, (6, 0), (38, 0), (DOWN, 0)), (0, 0), id="no less than nothing"),
        pytest.param(((101, 0), (100, 1), (UP, 0), (UP, 0)), (64, 2), id="fine tuning"),
        pytest.param(((101, 0), (100, 2), (DOWN, 0), (DOWN, 0)), (62, 0), id="coarse tuning"),
        pytest.param(((101, 0), (100, 2), (6, 127), (UP, 0)), (127, 0), id="the highest"),
        pytest.param(((99, 1), (98, 8), (6, 3), (38, 127), (UP, 0)), (4, 0), id="a maker's"),
    ],
)
def test_steps_of_a_parameter_are_values(
    said: tuple[tuple[int, int], ...], value: tuple[int, int]
) -> None:
    controls = [controller(1, *each) for each in said]
    coarse, fine = value
    # Where playing begins behind them, and where it comes by.
    behind, by = Desk(*controls), Desk(*controls)
    behind.play(4, 0.05)
    assert [(n, v) for *_, n, v in behind.said()][2:4] == [(6, coarse), (38, fine)]
    by.play(0, 0.2)
    assert [(n, v) for *_, n, v in by.said()][-2:] == [(6, coarse), (38, fine)]


def test_steps_of_nothing_known_are_left_to_the_synthesizer() -> None:
    makers = [controller(1, n, v) for n, v in ((99, 1), (98, 8), (UP, 0))]
    none = [controller(2, n, v) for n, v in ((101, 127), (100, 127), (DOWN, 0))]
    desk = Desk(*makers, *none)
    desk.play(0, 0.3)
    assert [(n, v) for *_, n, v in desk.said()] == [
        *((99, 1), (98, 8), (UP, 0)),
        *((101, 127), (100, 127)),
    ]


def test_a_fader_moves_all_volumes_that_follow() -> None:
    desk = Desk(controller(0, 7, 80), controller(4, 7, 40), controller(12, 7, 80))
    # As it was read.
    desk.transport.set_mix(Mix((TrackMix(80),)))
    desk.play(0, 0.3)
    desk.transport.set_mix(Mix((TrackMix(40),)))
    assert desk.sink.controls[0, 7] in (40, 20), "at once"
    desk.wait(0.5)
    assert desk.sink.controls[0, 7] == 20
    desk.wait(0.6)
    assert desk.sink.controls[0, 7] == 40
    desk.transport.set_mix(Mix((TrackMix(80, mute=True),)))
    assert desk.sink.controls[0, 7] == 0
    desk.transport.stop()
    desk.transport.set_mix(Mix((TrackMix(80),), master=64))
    assert desk.sink.controls[0, 7] == 40


def test_other_controls_begin_where_the_schedule_ends() -> None:
    desk = Desk(bend(0, 4096))
    desk.play(0, 0.2)
    desk.transport.load(Composition((Track("", 5, NOTES),), TempoMap.constant(150)))
    desk.wait(0.3)
    assert desk.sink.bends == {0: 0}
    assert desk.transport.playing


@pytest.mark.parametrize("start", [0.0, 3.0])
def test_without_controls_nothing_is_said_while_it_plays(start: float) -> None:
    desk = Desk()
    desk.play(start, 3)
    assert desk.said() == []
