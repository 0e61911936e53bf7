"""What was played without Record: how much of it is kept, and where its downbeat is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.live.recording.capture import CaptureBuffer
from composer_app.music.performing.performance import Grid, Performance, Quantization
from composer_app.music.performing.quantization import melody_notes
from composer_app.music.timing import Meter

# At 150 BPM a step lasts a tenth of a second, a bar of 4/4 1.6 s.
BPM = 150
# A clock that has run for weeks.
LONG_AGO = 5e6


def buffer(meter: Meter | None = None) -> CaptureBuffer:
    made = CaptureBuffer()
    made.set_time(BPM, meter or Meter())
    return made


def play(captured: CaptureBuffer, pitch: int, at: float, length: float = 0.2) -> None:
    captured.note_on(pitch, 80, LONG_AGO + at)
    captured.note_off(pitch, LONG_AGO + at + length)


def capture(captured: CaptureBuffer, now: float) -> Performance:
    performance = captured.capture(LONG_AGO + now)
    assert performance is not None
    return performance


def starts(performance: Performance) -> list[tuple[int, int]]:
    return [(note.pitch, note.start) for note in melody_notes(performance)]


def test_the_first_note_is_the_downbeat() -> None:
    captured = buffer(Meter(3, 4))
    for index, pitch in enumerate((60, 62, 64)):
        play(captured, pitch, 7.03 + 0.4 * index)
    performance = capture(captured, 20)
    assert starts(performance) == [(60, 0), (62, 4), (64, 8)]
    assert (performance.bpm, performance.meter) == (BPM, Meter(3, 4))
    assert performance.notes[0].start == pytest.approx(0.0, abs=1e-6)


def test_nothing_played_is_nothing_captured() -> None:
    captured = buffer()
    assert captured.capture(5.0) is None
    captured.note_off(60, 1.0)
    captured.note_on(60, 0, 2.0)
    assert captured.empty
    play(captured, 60, 3.0)
    assert not captured.empty
    captured.clear()
    assert captured.capture(5.0) is None


def test_a_key_that_is_still_down_ends_now() -> None:
    captured = buffer()
    captured.note_on(60, 80, LONG_AGO)
    (note,) = capture(captured, 1.5).notes
    assert note.end == pytest.approx(1.5, abs=1e-6)


def test_what_the_window_ends_with_is_the_last_thing_played() -> None:
    captured = buffer()
    play(captured, 60, 0.0)
    assert starts(capture(captured, 10_000)) == [(60, 0)]


def test_a_key_that_was_held_for_longer_than_the_window_is_none_of_the_last_bars() -> None:
    captured = buffer()
    play(captured, 60, 0.0, length=60.0)
    assert captured.capture(LONG_AGO + 60) is None


def test_what_is_forgotten_takes_the_runs_of_its_time_along() -> None:
    captured = buffer()
    captured.transport_runs(LONG_AGO, 0.0, 60)
    captured.transport_stops(LONG_AGO + 1)
    play(captured, 60, 0.5)
    play(captured, 62, 500.0)
    assert starts(capture(captured, 501)) == [(62, 0)]
    assert not captured._runs
    assert len(captured._heard.notes) == 1


@pytest.mark.parametrize(
    ("why", "run_from", "step", "played", "notes"),
    [
        ("on the downbeat of a bar", 0.0, 0.0, (1.6, 2.0), [0, 4]),
        ("in the middle of a bar", 0.0, 0.0, (2.4, 2.8), [8, 12]),
        ("an upbeat", 0.0, 0.0, (1.2, 1.6), [12, 16]),
        ("a little before the bar line", 0.0, 0.0, (1.57, 2.0), [0, 4]),
        ("begun in the middle of a bar", 0.0, 8.0, (0.0, 0.8), [8, 16]),
    ],
)
def test_beside_a_transport_that_ran_bars_are_its_bars(
    why: str, run_from: float, step: float, played: tuple[float, ...], notes: list[int]
) -> None:
    captured = buffer()
    captured.transport_runs(LONG_AGO + run_from, step, BPM)
    for pitch, at in enumerate(played, 60):
        play(captured, pitch, at)
    captured.transport_stops(LONG_AGO + 100)
    assert [start for _, start in starts(capture(captured, 200))] == notes, why


def test_the_transport_counts_only_while_it_ran() -> None:
    captured = buffer()
    captured.transport_runs(LONG_AGO, 0.0, 60)
    captured.transport_stops(LONG_AGO + 1.0)
    play(captured, 60, 1.3)
    performance = capture(captured, 2)
    assert starts(performance) == [(60, 0)]
    assert performance.bpm == BPM


def test_the_tempo_is_that_of_the_transport_then() -> None:
    captured = buffer()
    captured.transport_runs(LONG_AGO, 0.0, 60)
    captured.transport_runs(LONG_AGO + 4.0, 0.0, 75)
    play(captured, 60, 4.0)
    play(captured, 62, 4.8)
    performance = capture(captured, 9)
    assert performance.bpm == 75
    assert starts(performance) == [(60, 0), (62, 4)]


def test_it_is_read_as_asked_for() -> None:
    captured = buffer()
    play(captured, 60, 0.0)
    view = Quantization(Grid.EIGHTH, 50)
    performance = captured.capture(LONG_AGO + 1, view)
    assert performance is not None
    assert performance.quantization == view


@given(
    st.lists(st.tuples(st.floats(0, 30), st.floats(0, 5)), min_size=1, max_size=40),
    st.sampled_from((Meter(4, 4), Meter(3, 4), Meter(6, 8))),
)
def test_the_last_32_bars_are_kept_and_nothing_older(
    gaps: list[tuple[float, float]], meter: Meter
) -> None:
    captured, at = buffer(meter), 0.0
    strikes: list[float] = []
    for gap, length in gaps:
        at += gap
        play(captured, len(strikes), at, length)
        strikes.append(at)
        at += length
    window = 32 * meter.steps_per_bar * 0.1
    expected = {pitch for pitch, strike in enumerate(strikes) if strike > at - window + 1e-6}
    kept = captured.capture(LONG_AGO + at)
    seen = {note.pitch for note in kept.notes} if kept else set()
    assert expected <= seen
    oldest = min(strikes[pitch] for pitch in seen) if seen else at
    assert oldest >= at - window - 1e-6
