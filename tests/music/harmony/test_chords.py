"""Chords, their symbols, and where these stand."""

from dataclasses import replace

import pytest

from composer_app.music.composition import Composition
from composer_app.music.harmony.chords import (
    CHORD_QUALITIES,
    Chord,
    ChordSymbol,
    in_order,
    quality_named,
    symbol_at,
)
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.pitch import Key

G7_OVER_B = Chord.of_name(7, "7", 11)


def test_the_qualities_are_those_of_the_training_data() -> None:
    names = "maj min dim aug 7 m7 maj7 m7b5 dim7 6 m6 sus4 7sus4 aug7 mMaj7 sus2 5"
    assert " ".join(quality.name for quality in CHORD_QUALITIES) == names
    assert [quality.index for quality in CHORD_QUALITIES] == list(range(17))
    assert len({quality.intervals for quality in CHORD_QUALITIES}) == 17
    with pytest.raises(ValueError, match="no quality 'blue'"):
        quality_named("blue")


def test_the_notes_of_a_chord() -> None:
    assert G7_OVER_B.chord_tones == (7, 11, 2, 5)
    assert G7_OVER_B.inversion == 1
    over_d = Chord.of_name(0, "maj", 2)
    assert (over_d.inversion, over_d.pitch_classes) == (None, {0, 2, 4, 7})
    assert Chord.of_name(9, "min").bass == 9
    assert G7_OVER_B.transposed(6) == Chord.of_name(1, "7", 5)
    assert quality_named("m6").is_minor
    assert not quality_named("m6").has_seventh
    assert quality_named("7sus4").has_seventh


@pytest.mark.parametrize(("root", "bass"), [(12, 0), (-2, 0), (0, 12), (0, -2)])
def test_what_is_no_pitch_class_makes_no_chord(root: int, bass: int) -> None:
    with pytest.raises(ValueError, match="is no pitch class"):
        Chord.of_name(root, "maj", bass)


def test_a_symbol_keeps_its_extensions_in_order() -> None:
    symbol = ChordSymbol(0, G7_OVER_B, ("13", "b9"))
    assert symbol.extensions == ("b9", "13")
    higher = symbol.transposed(1)
    assert higher.chord == Chord.of_name(8, "7", 0)
    assert higher.extensions == ("b9", "13")
    assert ChordSymbol(5, None).transposed(1) == ChordSymbol(5, None)
    assert symbol.same_harmony(ChordSymbol(99, G7_OVER_B, ("13", "b9")))
    assert not symbol.same_harmony(ChordSymbol(0, G7_OVER_B))
    for wrong in (("14",), ("9", "x")):
        with pytest.raises(ValueError, match="extend no chord"):
            ChordSymbol(0, G7_OVER_B, wrong)
    with pytest.raises(ValueError, match="extend no chord"):
        ChordSymbol(0, None, ("9",))
    with pytest.raises(ValueError, match="before the start"):
        ChordSymbol(-1, G7_OVER_B)


def test_a_composition_has_them_in_order() -> None:
    first, second = ChordSymbol(0, G7_OVER_B), ChordSymbol(960, Chord.of_name(0, "maj"))
    other = ChordSymbol(960, None)
    piece = Composition(chords=(second, other, first))
    assert piece.chords == (first, other) == in_order([second, first, other])
    assert symbol_at(piece.chords, 959) == first
    assert symbol_at(piece.chords, 960) == other
    assert symbol_at((other,), 959) is None


def test_the_key_at_a_tick_is_the_last_that_is_said() -> None:
    piece = Composition(keys=(KeyChange(0, Key(2)), KeyChange(960, Key(9, minor=True))))
    symbols = tuple(ChordSymbol(tick, G7_OVER_B) for tick in (0, 959, 960))

    def keys(piece: Composition) -> list[Key]:
        return [key for _, key in replace(piece, chords=symbols).chords_in_keys()]

    assert keys(piece) == [Key(2), Key(2), Key(9, minor=True)]
    assert keys(Composition(keys=(KeyChange(960, Key(2)),))) == [Key(2)] * 3
    assert keys(Composition()) == [Key(0)] * 3
    assert piece.chords_in_keys() == []
