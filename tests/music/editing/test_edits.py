"""Edits of a whole composition."""

import pytest

from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.controls import Control
from composer_app.music.editing.edits import (
    with_key,
    with_melody_line,
    with_melody_track,
    with_meter,
    with_tempo,
    with_the_rest,
)
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.instrumentation.instruments import INSTRUMENT_FAMILIES, INSTRUMENT_NAMES
from composer_app.music.note import Note
from composer_app.music.performing.melody_line import Line
from composer_app.music.pitch import Key
from composer_app.music.texts import Text
from composer_app.music.timing import Meter, TempoChange, TempoMap
from composer_app.music.voices import find_melody

EMPTY = Track("Title")
HIGH = Track("High", 1, (Note(0, 72, 4),))
LOW = Track("Low", 2, (Note(0, 48, 4),))


@pytest.mark.parametrize(
    ("changes", "bpm", "expected"),
    [
        (((0, 100),), 90, ((0, 90),)),
        (((0, 100), (16, 50)), 120, ((0, 120), (16, 60))),
        (((0, 100), (16, 600)), 200, ((0, 200), (16, 1000))),
        (((0, 100), (16, 10)), 20, ((0, 20), (16, 4))),
        (((0, 100), (0.1, 50)), 50, ((0, 50), (0.1, 25))),
    ],
)
def test_another_tempo_keeps_the_proportions(
    changes: tuple[tuple[float, float], ...],
    bpm: float,
    expected: tuple[tuple[float, float], ...],
) -> None:
    before = Composition((HIGH,), TempoMap(tuple(TempoChange(*change) for change in changes)))
    after = with_tempo(before, bpm)
    assert after.tempo == TempoMap(tuple(TempoChange(*change) for change in expected))
    assert after.tracks == before.tracks


def test_another_metre_keeps_the_notes() -> None:
    after = with_meter(Composition((HIGH,)), Meter(3, 4))
    assert (after.meter, after.tracks) == (Meter(3, 4), (HIGH,))


def test_a_track_becomes_the_melody() -> None:
    before = Composition((HIGH, LOW), origin=Origin("bach", 1, 1.0))
    after = with_melody_track(before, 1)
    assert (after.tracks, after.origin) == ((LOW, HIGH), None)
    assert with_melody_track(before, 0) == before


@pytest.mark.parametrize(
    ("tracks", "expected"),
    [
        ((EMPTY, LOW, HIGH), (HIGH, EMPTY, LOW)),
        ((HIGH, LOW), (HIGH, LOW)),
        ((EMPTY,), (EMPTY,)),
        ((), ()),
    ],
)
def test_the_track_that_has_the_melody_goes_first(
    tracks: tuple[Track, ...], expected: tuple[Track, ...]
) -> None:
    piece = Composition(tracks)
    assert with_melody_track(piece, find_melody(piece)).tracks == expected


def test_general_midi_has_sixteen_families_of_eight() -> None:
    assert [len(names) for _, names in INSTRUMENT_FAMILIES] == [8] * 16
    assert len(set(INSTRUMENT_NAMES)) == 128
    assert [INSTRUMENT_NAMES[program] for program in (0, 19, 40, 73)] == [
        "Grand piano",
        "Church organ",
        "Violin",
        "Flute",
    ]


def test_a_key_that_is_set_holds_throughout() -> None:
    piece = Composition(keys=(KeyChange(0, Key(0)), KeyChange(960, Key(5))))
    assert with_key(piece, Key(3)).keys == (KeyChange(0, Key(3)),)
    assert with_key(piece, None).key_signature is None


def test_what_is_made_of_a_melody_says_what_the_melody_says() -> None:
    bend, other = Control(3, "bend", 0, 7), Control(9, "program", 0, 7)
    words = (Text(0, "lyrics", "La"),)
    note = Note(0, 60, 4)
    source = Composition(
        (Track("Bass", 2), Track("Tune", 40, (note,), (bend, other), words)),
        keys=(KeyChange(0, Key(3)),),
        texts=(Text(0, "marker", "A"),),
    )
    made = Composition((Track("Soprano", 40, (note,)), Track("Alto", 5, (note,))))
    whole = with_the_rest(made, source, 1)
    assert (whole.keys, whole.texts) == (source.keys, source.texts)
    assert whole.tracks == (
        Track("Soprano", 40, (note,), (bend, other), words),
        made.tracks[1],
    )
    (violin, _) = with_the_rest(made.with_program(0, 41), source, 1).tracks
    assert violin.controls == (bend,)
    assert with_the_rest(made, source, 5).tracks == made.tracks


def test_one_part_of_several_is_the_melody_and_the_rest_follows() -> None:
    upper = tuple(Note(4 * i, 72 + i, 4) for i in range(8))
    lower = tuple(Note(4 * i, 48 + i, 4) for i in range(8))
    harp = Track("Harp", 46, (*upper, *lower))
    piece = with_melody_line(Composition((harp, HIGH)), Line.LOWER)
    assert [(track.name, track.notes) for track in piece.tracks] == [
        ("Harp", lower),
        ("High", HIGH.notes),
        ("Harp (other notes)", upper),
    ]
    assert piece.melody_chosen
    assert with_melody_line(piece, Line.LOWER) == piece
