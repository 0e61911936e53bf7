"""Rows of chords: bars, shares of bars, repeats, what is left free, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.errors import ChordError
from composer_app.music.chord_text.naming import plain_name
from composer_app.music.chord_text.progression import laid_out, parse_progression
from composer_app.music.meter_map import MeterChange, MeterMap
from composer_app.music.timing import TICKS_PER_STEP, Meter

FOUR = MeterMap.constant(Meter())


def bars(text: str) -> str:
    """The row with its bars, ? for what is free."""
    return " | ".join(
        " ".join(plain_name(slot.symbol) if slot.symbol else "?" for slot in bar)
        for bar in parse_progression(text).bars
    )


def spans(text: str, meters: MeterMap = FOUR, steps: int = 64) -> list[tuple[float, float, str]]:
    """(first beat, beat after, name) of what stands in a piece of 64 steps; a beat is a quarter."""
    found = laid_out(parse_progression(text), meters, steps)
    return [(span.start / 960, span.end / 960, plain_name(span.symbol)) for span in found]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("C | G7/B | Am F | C", "C | G7/B | Am F | C"),
        ("| C | G |", "C | G"),
        ("C || G |]", "C | G"),
        ("C|G|Am", "C | G | Am"),
        ("C | % | G | %", "C | C | G | G"),
        ("C G | %", "C G | C G"),
        ("C G | | F", "C G | G | F"),
        ("C . . G | . F", "C C C G | G F"),
        ("C - . G |", "C C C G"),
        ("C / / G | F", "C C C G | F"),
        ("C | ? | ? G", "C | ? | ? G"),
        ("|: C | G :| F", "C | G | C | G | F"),
        ("|: C :||: G :|", "C | C | G | G"),
        ("C | G :| F", "C | G | C | G | F"),
        ("C G Am F", "C | G | Am | F"),
        ("C - G - Am – F", "C | G | Am | F"),
        ("C, G, Am", "C | G | Am"),
        ("[Verse]\nC | G\n[Chorus]\nF | C", "C | G | F | C"),
        ("C | G |\r\n| F | C |", "C | G | F | C"),
        ("C\nG Am", "C | G | Am"),
        ("C7(b9,#11) | N.C. | H7", "C7(b9,#11) | N.C. | B7"),
        ("H | Bb", "B | Bb"),
    ],
)
def test_rows(text: str, row: str) -> None:
    assert bars(text) == row


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "No chords are given: write them bar by bar, as in C | G7/B | Am F | C."),
        ("? | ?", "No chords are given: write them bar by bar, as in C | G7/B | Am F | C."),
        ("% | C", "“%” in bar 1 of the chords repeats nothing: begin with a chord."),
        (". C | C", "“.” in bar 1 of the chords repeats nothing: begin with a chord."),
        (
            "C | G7/B | Xm F",
            "“Xm” in bar 3 of the chords is no chord: "
            "write it as in C, Am, G7/B, Bbmaj7, F#m7b5, Csus4 or N.C.",
        ),
        ("C | g7", "“g7” in bar 2 of the chords is no chord: write G7 or Gm7."),
        (
            "H7 | Em | B",
            "With H beside it, B may be meant as B flat or as B: write Bb and B, or Bb and H.",
        ),
        (
            "C | " + "G " * 33,
            "Bar 2 has more than 32 chords: put | between the bars.",
        ),
        ("C |" * 4001, "A row of chords has at most 4,000 bars."),
        ("|: C :|" * 2001, "A row of chords has at most 4,000 bars."),
        ("C" * 100_001, "A row of chords has at most 100,000 letters."),
    ],
)
def test_what_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ChordError) as caught:
        parse_progression(text)
    assert str(caught.value) == sentence


def test_chords_of_a_bar_share_its_beats() -> None:
    assert spans("C | G7/B | Am F | C") == [
        (0, 4, "C"),
        (4, 8, "G7/B"),
        (8, 10, "Am"),
        (10, 12, "F"),
        (12, 16, "C"),
    ]
    assert spans("C F G") == [(0, 4, "C"), (4, 8, "F"), (8, 12, "G")]
    assert spans("C F G |") == [(0, 2, "C"), (2, 3, "F"), (3, 4, "G")]
    assert spans("C . . G |") == [(0, 3, "C"), (3, 4, "G")]
    five = spans("C D E F G |")
    assert [span[1] - span[0] for span in five] == [1, 1, 1, 0.5, 0.5]


@pytest.mark.parametrize(
    ("meter", "text", "edges"),
    [
        (Meter(3, 4), "C G |", [0, 2, 3]),
        (Meter(6, 8), "C G |", [0, 1.5, 3]),
        (Meter(6, 8), "C F G |", [0, 1, 2, 3]),
        (Meter(12, 8), "C F G |", [0, 3, 4.5, 6]),
        (Meter(2, 2), "C F G |", [0, 2, 3, 4]),
        (Meter(5, 4), "C G |", [0, 3, 5]),
        (Meter(7, 8), "C G |", [0, 2, 3.5]),
        (Meter(3, 8), "C G |", [0, 1, 1.5]),
    ],
)
def test_shares_are_beats_of_the_metre(meter: Meter, text: str, edges: list[float]) -> None:
    found = spans(text, MeterMap.constant(meter))
    assert [found[0][0], *(span[1] for span in found)] == edges


def test_an_upbeat_is_left_free_and_the_metre_may_change() -> None:
    assert spans("C | G", FOUR.with_upbeat(960)) == [(1, 5, "C"), (5, 9, "G")]
    changing = MeterMap((MeterChange(0, Meter()), MeterChange(3840, Meter(3, 4))))
    assert spans("C | F G | C", changing) == [(0, 4, "C"), (4, 6, "F"), (6, 7, "G"), (7, 10, "C")]


def test_what_is_free_or_beyond_the_piece_is_left_out() -> None:
    assert spans("C | ? | G") == [(0, 4, "C"), (8, 12, "G")]
    assert spans("C | C . . ? | G", steps=20) == [(0, 5, "C")]


chart = st.lists(
    st.lists(st.sampled_from(["C", "G7/B", "Am", "?", ".", "N.C.", "F#m7b5"]), max_size=9),
    min_size=1,
    max_size=6,
)


@given(
    chart,
    st.sampled_from(
        [Meter(4, 4), Meter(6, 8), Meter(7, 8), Meter(3, 32), Meter(1, 4), Meter(5, 16)]
    ),
    st.integers(0, 4000),
    st.integers(1, 200),
)
def test_spans_never_overlap_nor_leave_the_piece(
    rows: list[list[str]], meter: Meter, upbeat: int, steps: int
) -> None:
    text = "C | " + " | ".join(" ".join(row) for row in rows)
    meters = MeterMap.constant(meter).with_upbeat(upbeat)
    found = laid_out(parse_progression(text), meters, steps)
    edges = [edge for span in found for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(span.start < span.end for span in found)
    assert not edges or edges[0] >= (meters.upbeat or 0)
    assert not edges or edges[-1] <= steps * TICKS_PER_STEP
