import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.live.note_sink import DRUM_CHANNEL
from composer_app.live.playback.metronome import Metronome, click_event
from composer_app.music.timing import Meter


@pytest.mark.parametrize(
    ("bpm", "meter", "times", "accents"),
    [
        (120, Meter(4, 4), [0, 0.5, 1, 1.5, 2], [0, 4]),
        (60, Meter(3, 4), [0, 1, 2, 3], [0, 3]),
        (60, Meter(2, 4), [0, 1, 2], [0, 2]),
        (90, Meter(6, 8), [0, 1, 2], [0, 2]),
        (60, Meter(5, 8), [0, 0.5, 1, 1.5, 2, 2.5], [0, 5]),
    ],
)
def test_one_bar_and_the_next_downbeat(
    bpm: float, meter: Meter, times: list[float], accents: list[int]
) -> None:
    metronome = Metronome(bpm, meter)
    bar = metronome.count_in_seconds(1)
    clicks = metronome.clicks_between(0.0, bar + metronome.seconds_per_pulse / 2)
    assert [click.time for click in clicks] == pytest.approx(times)
    assert [index for index, click in enumerate(clicks) if click.accent] == accents


def test_count_in_leads_to_the_downbeat_at_zero() -> None:
    metronome = Metronome(120, Meter(3, 4))
    assert metronome.count_in_seconds(2) == 3.0
    clicks = metronome.clicks_between(-metronome.count_in_seconds(2), 0.0)
    assert [click.time for click in clicks] == [-3.0, -2.5, -2.0, -1.5, -1.0, -0.5]
    assert [click.accent for click in clicks] == [True, False, False, True, False, False]


def test_no_count_in_and_no_time_have_no_clicks() -> None:
    metronome = Metronome(100, Meter())
    assert metronome.count_in_seconds(0) == 0.0
    assert metronome.clicks_between(0.0, 0.0) == []
    assert metronome.clicks_between(1.0, -1.0) == []


@given(
    st.floats(20, 300),
    st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(7, 16)]),
    st.lists(st.floats(0, 0.5), min_size=1, max_size=40),
    st.floats(-10, 10),
)
def test_adjoining_stretches_give_every_click_once(
    bpm: float, meter: Meter, lengths: list[float], start: float
) -> None:
    metronome = Metronome(bpm, meter)
    found = []
    time = start
    for length in lengths:
        found += metronome.clicks_between(time, time + length)
        time += length
    assert found == metronome.clicks_between(start, time)


@given(st.floats(20, 300), st.integers(-1000, 1000))
def test_a_click_belongs_to_the_stretch_that_starts_with_it(bpm: float, index: int) -> None:
    metronome = Metronome(bpm, Meter())
    time = index * metronome.seconds_per_pulse
    assert metronome.clicks_between(time - 0.01, time) == []
    assert [click.time for click in metronome.clicks_between(time, time + 0.01)] == [time]


@pytest.mark.parametrize("bpm", [0, -1, 3.9, 1001, float("nan")])
def test_tempo_must_be_playable(bpm: float) -> None:
    with pytest.raises(ValueError, match="BPM"):
        Metronome(bpm, Meter())


def test_clicks_differ_and_are_as_loud_as_they_are_told() -> None:
    accent, click = click_event(True), click_event(False)
    assert {accent.channel, click.channel} == {DRUM_CHANNEL}
    assert accent.data1 != click.data1
    assert accent.data2 > click.data2
    assert click_event(True, 0.5).data2 == accent.data2 // 2
    assert click_event(False, 0.0).data2 == 1, "a velocity of 0 would be a release"
