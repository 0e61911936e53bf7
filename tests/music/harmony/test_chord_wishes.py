"""Wishes for chords, by ticks, steps and beats."""

import pytest

from composer_app.music.chord_text.progression import parse_progression
from composer_app.music.composition import Composition, Track
from composer_app.music.harmony.chord_wishes import (
    ChordWishes,
    wishes_of_piece,
    wishes_of_progression,
)
from composer_app.music.harmony.chords import Chord, ChordSpan, ChordSymbol
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter

C, G, F = Chord.of_name(0, "maj"), Chord.of_name(7, "7", 11), Chord.of_name(5, "maj")
FOUR = MeterMap.constant(Meter())


def test_a_row_says_the_chord_of_each_beat() -> None:
    wishes = wishes_of_progression(parse_progression("C | G7/B F | ? | N.C."), FOUR, 64)
    assert wishes.on_beats(range(0, 64, 4), 64) == (*[C] * 4, G, G, F, F, *[None] * 8)
    assert wishes.at(3839) == C
    assert wishes.at(3840) == G
    assert [symbol.tick for symbol in wishes.symbols] == [0, 3840, 5760, 11520]
    assert wishes.on_steps(18)[15:] == (C, G, G)


def test_the_longest_chord_of_a_beat_is_its_chord() -> None:
    def span(step: int, end: int, chord: Chord) -> ChordSpan:
        return ChordSpan(ChordSymbol(step * 240, chord), end * 240)

    wishes = ChordWishes((span(0, 1, C), span(1, 4, G), span(4, 6, C), span(6, 8, G)))
    assert wishes.on_beats([0, 4, 8], 12) == (G, C, None)
    assert ChordWishes((span(3, 4, C),)).on_beats([0], 4) == (None,)
    with pytest.raises(ValueError, match="at one time"):
        ChordWishes((span(0, 5, C), span(4, 8, G)))
    with pytest.raises(ValueError, match="no chord lasts"):
        span(4, 4, C)


def test_beats_of_other_metres_after_an_upbeat() -> None:
    meters = MeterMap.constant(Meter(6, 8), 480)
    wishes = wishes_of_progression(parse_progression("C G7/B | F"), meters, 26)
    assert wishes.on_beats([0, 2, 8, 14, 20], 26) == (None, C, G, F, F)


def test_the_given_symbols_of_a_piece_are_wishes() -> None:
    piece = Composition(
        (Track("Melody", notes=(Note(0, 60, 32),)),),
        chords=(
            ChordSymbol(960, C),
            ChordSymbol(1920, G, given=False),
            ChordSymbol(2880, F),
            ChordSymbol(99_999, C),
        ),
    )
    wishes = wishes_of_piece(piece)
    assert [(span.start, span.end) for span in wishes.spans] == [(960, 1920), (2880, 7680)]
    assert wishes.on_beats(range(0, 32, 4), 32) == (None, C, None, F, F, F, F, F)
    assert wishes_of_piece(piece, 13).spans[-1].end == 13 * 240
    assert wishes
    assert not wishes_of_piece(Composition())
    assert not ChordWishes((ChordSpan(ChordSymbol(0, None), 9),))
