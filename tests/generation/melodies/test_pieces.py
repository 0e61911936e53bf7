"""Pieces that are continued, whose gaps are filled, and that are written from nothing."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer_app.errors import MelodyError, SettingError
from composer_app.generation.bands.style_list import find_style
from composer_app.generation.composing import compose, make_again
from composer_app.generation.generator import GenerationSettings, Generator
from composer_app.generation.melodies.pieces import (
    Continuation,
    Extended,
    NewPiece,
    compose_piece,
    continue_piece,
    melody_style,
)
from composer_app.generation.models.catalog import band_info, find_model
from composer_app.music.chord_text.progression import parse_progression
from composer_app.music.composition import Composition, Track
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterChange, MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter, TempoMap
from tests.generation.bands.playing import band
from tests.generation.fake_generator import FakeGenerator
from tests.generation.melodies.fake_network import FakeMelodyNetwork

NETWORK: Final = FakeMelodyNetwork()
TWINKLE: Final = load_sample("twinkle")
USUAL: Final = Continuation()
ANYTHING: Final = NewPiece()


def continued(
    piece: Composition,
    asked: Continuation = USUAL,
    generator: Generator | None = None,
    seed: int = 1,
    *,
    around: bool = False,
    **more: object,
) -> Extended:
    wish = GenerationSettings(seed, **more)  # type: ignore[arg-type]
    return continue_piece(NETWORK, generator, piece, asked, wish, around=around)


def alone(melody: Melody = TWINKLE) -> Composition:
    return Composition.from_melody(melody)


@settings(max_examples=20)
@given(
    st.integers(1, 24),
    st.sampled_from([(2, 4), (3, 4), (4, 4), (6, 8)]),
    st.integers(0, 4),
    st.booleans(),
    st.integers(0, 1000),
)
def test_a_melody_goes_on_for_the_bars_asked_for(
    bars: int, meter: tuple[int, int], upbeat: int, closed: bool, seed: int
) -> None:
    meters = MeterMap.constant(Meter(*meter), upbeat * 240)
    length = Meter(*meter).steps_per_bar
    starts = range(0, upbeat + 4 * length, 2)
    melody = Melody(tuple(Note(s, 60 + (s * 7) % 12, 2) for s in starts), meters=meters)
    piece = alone(melody)
    made = continued(piece, Continuation(bars, closed), seed=seed)
    assert made.piece.bars == piece.bars + bars
    notes = made.piece.tracks[0].notes
    assert notes[: len(melody.notes)] == melody.notes
    assert all(note.start >= made.first >= melody.steps for note in notes[len(melody.notes) :])
    assert made.composed is None


def test_it_ends_on_the_tonic_of_the_piece_or_stays_open() -> None:
    piece = replace(alone(), keys=(KeyChange(0, Key(7)),))
    assert continued(piece).piece.tracks[0].notes[-1].pitch % 12 == 7
    open_end = continued(piece, Continuation(closed=False)).piece.tracks[0].notes[-1]
    assert open_end.pitch % 12 in (2, 6, 9)
    in_f = continued(piece, keys=(KeyChange(0, Key(5)),)).piece.tracks[0].notes[-1]
    assert in_f.pitch % 12 == 5


def test_micro_timing_stays_and_nothing_overlaps_it() -> None:
    *most, last = TWINKLE.notes
    late = Note.at_ticks(last.onset_ticks + 60, last.release_ticks + 90, last.pitch, 99)
    melody = replace(TWINKLE, notes=(*most, late))
    notes = continued(alone(melody)).piece.tracks[0].notes
    assert notes[: len(melody.notes)] == melody.notes
    assert notes[len(melody.notes)].onset_ticks >= late.release_ticks
    Melody(notes)


def test_the_same_seed_goes_on_alike_and_others_otherwise() -> None:
    assert continued(alone()).piece == continued(alone()).piece
    assert len({continued(alone(), seed=seed).piece.tracks[0].notes for seed in range(8)}) == 8


@pytest.mark.parametrize("style", ["voices", "swing"])
def test_an_accompaniment_goes_on_and_what_stood_is_as_it_was(style: str) -> None:
    generator: Generator = FakeGenerator() if style == "voices" else band(style)
    piece = compose(TWINKLE, generator, GenerationSettings(3))
    first = piece.tracks[1].notes[3]
    swayed = Note.at_ticks(first.onset_ticks + 20, first.release_ticks, first.pitch, 101)
    notes = tuple(swayed if note == first else note for note in piece.tracks[1].notes)
    piece = replace(piece, tracks=(piece.tracks[0], replace(piece.tracks[1], notes=notes),
                                   *piece.tracks[2:]))  # fmt: skip
    made = continued(piece, Continuation(4), generator, around=True)
    for old, new in zip(piece.tracks, made.piece.tracks, strict=True):
        assert set(old.notes) <= set(new.notes)
        assert all(note.start >= TWINKLE.steps for note in set(new.notes) - set(old.notes))
        assert new.end > made.end - 16
    assert made.composed is not None
    again = make_again(made.composed.recipe, generator).composition
    assert [track.notes for track in again.tracks] == [t.notes for t in made.piece.tracks]


def test_a_melody_alone_can_get_an_accompaniment_beside_its_other_tracks() -> None:
    other = Track("Piano", 0, (Note(0, 40, 8),))
    piece = replace(alone(), tracks=(*alone().tracks, other))
    made = continued(piece, Continuation(2), FakeGenerator())
    assert [track.name for track in made.piece.tracks][1:] == ["Alto", "Tenor", "Bass", "Piano"]
    assert made.piece.tracks[1].notes[0].start == 0
    assert made.piece.tracks[4] == other


def test_a_gap_between_two_passages_is_filled() -> None:
    kept = tuple(n for n in TWINKLE.notes if not 64 <= n.start < 128)
    melody = replace(TWINKLE, notes=kept)
    generator = FakeGenerator()
    piece = compose(melody, generator, GenerationSettings(3))
    made = continued(piece, Continuation(gap=(0, melody.steps)), generator, around=True)
    new = set(made.piece.tracks[0].notes) - set(kept)
    assert new
    assert all(note.start >= 64 and note.end <= 128 for note in new)
    assert (made.first, made.end) == (64, 128)
    assert made.piece.bars == piece.bars
    for old, track in zip(piece.tracks, made.piece.tracks, strict=True):
        assert set(old.notes) <= set(track.notes)
    with pytest.raises(MelodyError, match="no gap"):
        continued(alone(), Continuation(gap=(0, 64)))


def test_what_is_new_is_phrased_and_what_stood_is_not() -> None:
    made = continued(alone(), phrasing=1.0).piece.tracks[0].notes
    assert made[: len(TWINKLE.notes)] == TWINKLE.notes
    new = made[len(TWINKLE.notes) :]
    assert len({note.velocity for note in new}) > 2
    even = continued(alone()).piece.tracks[0].notes[len(TWINKLE.notes) :]
    assert [(n.start, n.pitch) for n in new] == [(n.start, n.pitch) for n in even]
    whole = compose_piece(NETWORK, None, None, ANYTHING, GenerationSettings(2, phrasing=0.5)).piece
    assert len({note.velocity for note in whole.tracks[0].notes}) > 2


def test_chords_that_stand_stay_and_new_ones_follow() -> None:
    piece = compose(TWINKLE, band("folk"), GenerationSettings(3))
    made = continued(piece, Continuation(4), band("folk"), around=True).piece
    old = [s for s in piece.chords if s.tick < piece.tracks[0].end * 240]
    assert [s for s in made.chords if s.tick < TWINKLE.steps * 240] == old
    assert any(symbol.tick >= TWINKLE.steps * 240 for symbol in made.chords)


@pytest.mark.parametrize(("bars", "words"), [(0, "1 to 200 bars"), (201, "1 to 200 bars")])
def test_too_many_bars_are_refused(bars: int, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        continued(alone(), Continuation(bars))


def test_no_piece_becomes_longer_than_pieces_can_be() -> None:
    far = Melody((*TWINKLE.notes, Note(990 * 16, 60, 16)))
    with pytest.raises(SettingError, match="longer than 999"):
        continued(alone(far), Continuation(20))
    with pytest.raises(MelodyError, match="no notes"):
        continued(Composition())


# from nothing ---------------------------------------------------------------------------------


def composed(asked: NewPiece = ANYTHING, style: str = "bach", seed: int = 0) -> Extended:
    model = find_model("bach") if style == "bach" else band_info(find_style(style))
    generator: Generator = FakeGenerator() if style == "bach" else band(style)
    return compose_piece(NETWORK, generator, model, asked, GenerationSettings(seed))


@settings(max_examples=15)
@given(
    st.integers(1, 40),
    st.sampled_from([(2, 4), (3, 4), (4, 4), (6, 8)]),
    st.integers(0, 4),
    st.integers(0, 1000),
)
def test_a_piece_has_the_bars_metre_and_key_asked_for(
    bars: int, meter: tuple[int, int], upbeat: int, seed: int
) -> None:
    asked = NewPiece(bars, Meter(*meter), Key(2), 100.0, upbeat)
    piece = composed(asked, seed=seed).piece
    assert piece.meter == Meter(*meter)
    assert piece.meters.upbeat_steps == upbeat
    assert piece.bars == bars + (upbeat > 0)
    assert piece.key_signature == Key(2)
    assert piece.tracks[0].notes[-1].pitch % 12 == 2
    assert piece.tempo == TempoMap.constant(100.0)


def test_the_seed_alone_decides_and_the_style_fills_in() -> None:
    first = composed()
    assert composed().piece == first.piece
    keys = {composed(seed=seed).piece.key_signature for seed in range(12)}
    assert len(keys) > 3
    assert first.piece.bars == 16
    assert first.piece.tempo.initial_bpm == find_model("bach").tempo.usual
    assert first.composed is not None
    again = make_again(first.composed.recipe, FakeGenerator()).composition
    assert [track.notes for track in again.tracks] == [t.notes for t in first.piece.tracks]


def test_a_row_of_chords_is_played_over_and_over() -> None:
    row = parse_progression("C Am F G")
    piece = composed(NewPiece(10, chords=row), "swing").piece
    roots = [symbol.chord.root for symbol in piece.chords if symbol.chord]
    assert roots == [0, 9, 5, 7, 0, 9, 5, 7, 0, 9]
    assert piece.key_signature == Key(0)
    long = parse_progression(" ".join(["C", "F"] * 20))
    assert composed(NewPiece(chords=long), "swing").piece.bars == 40
    free = parse_progression("? | C")
    assert composed(NewPiece(4, chords=free), "swing").piece.bars == 4


def test_voices_follow_the_chords_that_are_typed() -> None:
    generator = FakeGenerator()
    row = parse_progression("D | A7")
    asked = NewPiece(8, chords=row)
    compose_piece(NETWORK, generator, find_model("bach"), asked, GenerationSettings(1))
    wishes = generator.calls[0][3].chords
    assert [wishes.at(bar * 16 * 240) for bar in range(2)] == [
        slot.symbol.chord for bar in row.bars for slot in bar if slot.symbol
    ]


def test_a_melody_may_stand_alone_with_its_chords() -> None:
    made = compose_piece(NETWORK, None, None, NewPiece(8), GenerationSettings(2))
    assert len(made.piece.tracks) == 1
    assert made.piece.chords
    assert made.composed is None


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (NewPiece(201), "too long"),
        (NewPiece(8, Meter(2, 4), upbeat=8), "no part of a bar"),
    ],
)
def test_what_cannot_be_is_said(asked: NewPiece, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        composed(asked)


def test_melodies_of_bands_are_songs() -> None:
    assert melody_style(find_model("hymn")) == "hymn"
    assert melody_style(band_info(find_style("swing"))) == "leadsheet"
    assert melody_style(None) == "leadsheet"


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 2000), st.integers(60, 4000), st.integers(0, 127)),
        min_size=1,
        max_size=20,
    ),
    st.builds(Meter, st.integers(1, 32), st.sampled_from([1, 2, 4, 8, 16, 32])),
    st.sampled_from([None, (3, 4), (5, 8)]),
    st.booleans(),
)
def test_whatever_is_played_goes_on_or_it_is_said_why_not(
    played: list[tuple[int, int, int]], meter: Meter, later: tuple[int, int] | None, fills: bool
) -> None:
    notes, tick = [], 0
    for pause, length, pitch in played:
        notes.append(Note.at_ticks(tick + pause, tick + pause + length, pitch))
        tick += pause + length
    changes = [MeterChange(0, meter)]
    if later is not None:
        changes.append(MeterChange(2 * meter.ticks_per_bar, Meter(*later)))
    piece = alone(Melody(tuple(notes), meters=MeterMap(tuple(changes))))
    asked = Continuation(gap=(0, piece.steps)) if fills else Continuation(3)
    try:
        made = continued(piece, asked, phrasing=1.0).piece.tracks[0].notes
    except MelodyError:
        assert fills
        return
    assert set(notes) <= set(made)
    Melody(made)
