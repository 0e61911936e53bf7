"""Edits of a whole composition."""

import pytest

from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.edits import with_melody_track, with_meter, with_tempo
from composer_app.music.instruments import INSTRUMENT_FAMILIES, INSTRUMENT_NAMES
from composer_app.music.note import Note
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
        (((0, 100), (16, 500)), 200, ((0, 200), (16, 600))),
        (((0, 100), (16, 20)), 20, ((0, 20), (16, 10))),
    ],
)
def test_another_tempo_keeps_the_proportions(
    changes: tuple[tuple[int, float], ...],
    bpm: float,
    expected: tuple[tuple[int, float], ...],
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
