"""The clicks that one records to, with clocks that are set."""

import pytest

from composer_app.live.playback.count_in import CountIn
from composer_app.live.playback.metronome import ACCENT_PITCH, CLICK_PITCH, Metronome
from composer_app.music.timing import Meter
from tests.live.doubles import ListeningSink, SetClock

METRONOME = Metronome(120, Meter(4, 4))
LATENCY = 0.04


class Desk:
    """A count-in into a sink whose clock shows something else, and may drift."""

    def __init__(self, latency: float = LATENCY) -> None:
        self.clock = SetClock(100.0)
        self.sink = ListeningSink(self.clock, epoch=60.0, latency=latency)
        self.count_in = CountIn(self.sink, self.clock)

    def wait_until(self, time: float) -> None:
        while self.clock.now < time:
            self.clock.now = min(self.clock.now + 0.02, time)
            self.sink.render()
            self.count_in.advance()

    def clicks(self) -> list[tuple[float, int]]:
        """(when it is heard, pitch)."""
        return [
            (round(time + LATENCY, 6), pitch)
            for time, call, _, pitch in self.sink.taken()
            if call == "on"
        ]


def test_a_bar_is_counted_and_no_more() -> None:
    desk = Desk()
    downbeat = desk.count_in.start(METRONOME, 1, go_on=False, volume=1.0)
    desk.wait_until(downbeat.clock + 3)
    assert desk.clicks() == [
        (pytest.approx(downbeat.clock - 2.0), ACCENT_PITCH),
        (pytest.approx(downbeat.clock - 1.5), CLICK_PITCH),
        (pytest.approx(downbeat.clock - 1.0), CLICK_PITCH),
        (pytest.approx(downbeat.clock - 0.5), CLICK_PITCH),
    ]
    assert not desk.sink.sounding
    assert not desk.count_in.active


@pytest.mark.parametrize("bars", [0, 1, 2])
@pytest.mark.parametrize(
    ("meter", "pulses", "seconds"),
    [
        (Meter(4, 4), 4, 0.5),
        (Meter(3, 4), 3, 0.5),
        (Meter(2, 4), 2, 0.5),
        (Meter(6, 8), 2, 0.75),
    ],
    ids=str,
)
def test_every_metre_is_counted_in_its_pulses(
    meter: Meter, pulses: int, seconds: float, bars: int
) -> None:
    desk = Desk()
    downbeat = desk.count_in.start(Metronome(120, meter), bars, go_on=False, volume=1.0)
    begun = downbeat.clock - bars * pulses * seconds
    assert begun == pytest.approx(100.0 + LATENCY + 0.1)
    desk.wait_until(downbeat.clock + 1)
    assert desk.clicks() == [
        (pytest.approx(begun + pulse * seconds), CLICK_PITCH if pulse % pulses else ACCENT_PITCH)
        for pulse in range(bars * pulses)
    ]


def test_clicks_are_scheduled_before_they_have_to_be_rendered() -> None:
    desk = Desk(latency=0.5)
    downbeat = desk.count_in.start(METRONOME, 1, go_on=False, volume=1.0)
    while desk.count_in.active:
        desk.clock.now += 0.02
        desk.sink.render()
        desk.count_in.advance()
        assert all(at > desk.sink.time for at, _ in desk.sink.scheduled)
    assert downbeat.clock == pytest.approx(100.0 + 0.5 + 0.1 + 2.0)


def test_the_clicks_go_on_until_they_are_stopped() -> None:
    desk = Desk()
    downbeat = desk.count_in.start(METRONOME, 0, go_on=True, volume=1.0)
    assert downbeat.clock == pytest.approx(100.0 + LATENCY + 0.1)
    desk.wait_until(downbeat.clock + 2.2)
    assert [pitch for _, pitch in desk.clicks()] == [ACCENT_PITCH, *[CLICK_PITCH] * 3, ACCENT_PITCH]
    desk.count_in.stop()
    desk.wait_until(downbeat.clock + 5)
    assert desk.clicks() == []


def test_the_clicks_keep_to_the_clock_that_recordings_are_stamped_with() -> None:
    desk = Desk()
    downbeat = desk.count_in.start(METRONOME, 2, go_on=True, volume=1.0)
    heard = []
    for beat in range(-8, 40):
        # The engine loses 5 ms with each beat, as after short gaps.
        desk.sink.epoch += 0.005
        desk.wait_until(downbeat.clock + beat * 0.5 + 0.25)
        heard += [time + LATENCY for time, call, _, _ in desk.sink.taken() if call == "on"]
    errors = [time - (downbeat.clock + beat * 0.5) for beat, time in enumerate(heard, -8)]
    assert max(abs(error) for error in errors) <= 0.0051, "the errors do not add up"


def test_another_sink_takes_over_in_time() -> None:
    desk = Desk()
    downbeat = desk.count_in.start(METRONOME, 0, go_on=True, volume=1.0)
    desk.wait_until(downbeat.clock + 0.6)
    old, desk.sink = desk.sink, ListeningSink(desk.clock, epoch=-5.0, latency=LATENCY)
    desk.count_in.set_sink(desk.sink)
    assert not old.scheduled
    assert not old.sounding
    desk.wait_until(downbeat.clock + 1.6)
    assert desk.clicks() == [
        (pytest.approx(downbeat.clock + 1.0), CLICK_PITCH),
        (pytest.approx(downbeat.clock + 1.5), CLICK_PITCH),
    ]


@pytest.mark.parametrize(("volume", "share"), [(1.0, 1.0), (0.5, 0.5), (0.0, 0.0)])
def test_the_volume_is_that_of_the_clicks(volume: float, share: float) -> None:
    desk = Desk()
    desk.count_in.start(METRONOME, 1, go_on=False, volume=volume)
    (_, event), *_ = desk.sink.scheduled
    assert event.data2 == max(1, round(110 * share))
