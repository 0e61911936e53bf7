"""Lines of letters, and how they are laid over bars."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.generation.bands.patterns import (
    COMMON,
    COMPOUND,
    TRIPLE,
    Level,
    Pattern,
    Stroke,
    in_every_meter,
    parse_line,
    pieces,
    strokes,
)
from composer_app.music.timing import Meter


def test_a_line_is_read_without_what_is_for_the_eye() -> None:
    assert parse_line("x--- .... | x-.. ..p-", "chords", COMMON) == "x---....x-....p-"


@pytest.mark.parametrize(
    ("text", "part", "says"),
    [
        ("x---", "chords", "no whole bars"),
        ("", "chords", "no whole bars"),
        ("z--- .... .... ....", "chords", "none of"),
        ("x--- .... .... ....", "bass", "none of"),
    ],
)
def test_what_is_no_line_says_why(text: str, part: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_line(text, part, COMMON)


def test_strokes_begin_and_are_held() -> None:
    assert strokes("-x--.o.X", 4) == [Stroke(5, 3, "x"), Stroke(9, 1, "o"), Stroke(11, 1, "X")]


@given(st.integers(1, 32), st.sampled_from([1, 2, 4, 8, 16, 32]))
def test_every_bar_is_filled_with_pieces(numerator: int, denominator: int) -> None:
    meter = Meter(numerator, denominator)
    steps = meter.steps_per_bar
    found = pieces(meter, steps)
    assert sum(end - start for _, start, end in found) == steps
    lengths = {COMMON: 16, TRIPLE: 12, COMPOUND: 12}
    assert all(0 <= start < end <= lengths[each] for each, start, end in found)


def test_odd_metres_are_put_together_as_they_are_counted() -> None:
    assert pieces(Meter(5, 4), 20) == [(TRIPLE, 0, 12), (COMMON, 8, 16)]
    assert pieces(Meter(7, 8), 14) == [(COMMON, 0, 8), (COMPOUND, 6, 12)]
    assert pieces(Meter(12, 8), 24) == [(COMPOUND, 0, 12), (COMPOUND, 0, 12)]


def test_a_metre_without_patterns_takes_those_of_another() -> None:
    only = Pattern(TRIPLE, Level.SIMPLE, {"": "R---5---3---"})
    found = in_every_meter([only])
    assert found[COMMON][0].lines == {"": "R---5---3---3---"}
    assert found[TRIPLE] == (only,)
    assert len(found[COMPOUND][0].lines[""]) == 12
