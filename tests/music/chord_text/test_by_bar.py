"""Chords bar by bar, as they are printed."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from composer_app.music.chord_text.by_bar import chord_bars, chord_list, row_of_chords
from composer_app.music.chord_text.progression import parse_progression
from composer_app.music.composition import Composition, Track
from composer_app.music.harmony.chord_wishes import wishes_of_progression
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter
from tests.music.chord_symbols import symbol

PIECE = Composition(
    (Track("", 0, (Note(0, 60, 64),)),), keys=(KeyChange(0, Key(0)),), meters=MeterMap()
)


def rows(piece: Composition) -> list[tuple[int, str, str]]:
    return [(bar.bar.number, bar.shown, bar.numerals) for bar in chord_bars(piece)]


def test_each_bar_says_its_chords_and_numerals() -> None:
    chords = (
        symbol("C", 0),
        symbol("G7/B", 3840),
        symbol("Am", 7680),
        symbol("F#m7b5", 10560),
    )
    assert rows(replace(PIECE, chords=chords)) == [
        (1, "C", "I"),
        (2, "G7/B", "V6/5"),
        (3, "Am . . F♯m7♭5", "vi . . viiø7/V"),
        (4, "F♯m7♭5", "viiø7/V"),
    ]
    assert row_of_chords(replace(PIECE, chords=chords)) == "C | G7/B | Am . . F#m7b5 | F#m7b5"


def test_bars_before_the_first_chord_are_free() -> None:
    late = replace(PIECE, chords=(symbol("C", 5760), symbol("N.C.", 7680)))
    assert [shown for _, shown, _ in rows(late)] == ["", "? C", "N.C.", "N.C."]
    assert row_of_chords(late) == "? | ? C | N.C. | N.C."
    odd = replace(PIECE, chords=(symbol("C", 0), symbol("F", 1001)))
    assert rows(odd)[0] == (1, "C F", "I IV")


def test_an_upbeat_is_bar_0_and_keys_change() -> None:
    piece = replace(
        PIECE,
        meters=MeterMap.constant(Meter(3, 4), 960),
        keys=(KeyChange(0, Key(0)), KeyChange(3840, Key(7))),
        chords=(symbol("G7", 0), symbol("C", 960), symbol("D7", 3840)),
    )
    assert rows(piece)[:3] == [(0, "G7", "V7"), (1, "C", "I"), (2, "D7", "V7")]
    assert [(row["bar"], row["beat"]) for row in chord_list(piece)] == [(0, 3.0), (1, 1), (2, 1)]


def test_json_has_everything() -> None:
    piece = replace(PIECE, chords=(symbol("G13/B", 4320, given=False), symbol("N.C.", 5760)))
    assert chord_list(piece) == [
        {
            "bar": 2,
            "beat": 1.5,
            "name": "G13/B",
            "numeral": "V6/5",
            "root": 7,
            "quality": "7",
            "bass": 11,
            "extensions": ["9", "13"],
            "given": False,
        },
        {
            "bar": 2,
            "beat": 3.0,
            "name": "N.C.",
            "numeral": "N.C.",
            "root": None,
            "quality": None,
            "bass": None,
            "extensions": [],
            "given": True,
        },
    ]


@given(
    st.lists(
        st.lists(st.sampled_from(["C", "G7/B", "Am", ".", "N.C."]), min_size=1, max_size=4),
        min_size=4,
        max_size=4,
    ),
    st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(5, 4)]),
)
def test_what_is_printed_can_be_typed_again(bars: list[list[str]], meter: Meter) -> None:
    bars[0][0] = "C"
    meters = MeterMap.constant(meter)
    steps = 4 * meter.steps_per_bar
    text = " | ".join(" ".join(bar) for bar in bars) + " |"
    wishes = wishes_of_progression(parse_progression(text), meters, steps)
    piece = Composition(
        (Track("", 0, (Note(0, 60, steps),)),), meters=meters, chords=wishes.symbols
    )
    again = parse_progression(f"{row_of_chords(piece)} |")
    assert wishes_of_progression(again, meters, steps) == wishes
