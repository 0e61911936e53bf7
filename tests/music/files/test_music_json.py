import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.controls import Control
from composer_app.music.files.music_json import (
    compact,
    composition_from_json,
    composition_to_json,
    melody_from_json,
    melody_to_json,
    notes_from_json,
    notes_to_json,
    spans_from_json,
    spans_to_json,
)
from composer_app.music.harmony.chords import Chord, ChordSymbol
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.performing.performance import Grid, Performance, PerformedNote, Quantization
from composer_app.music.pitch import Key
from composer_app.music.texts import Text
from composer_app.music.timing import Meter, TempoChange, TempoMap
from tests.odd_json import ODD_TEXTS, places, with_text_at

PLAYED = Note.at_ticks(950, 2001, 64, 99)
TEMPO = TempoMap((TempoChange(0, 96.25), TempoChange(32, 120.0)))
EVERYTHING = Composition(
    (
        Track(
            "Söprano",
            40,
            (Note(0, 72, 4, 90), PLAYED),
            (Control(7, "controller", 64, 127), Control(9, "bend", 0, -8192)),
            (Text(0, "lyrics", " Löve\r"),),
        ),
        Track("", 127),
        Track("Bass", 0),
    ),
    TEMPO,
    MeterMap.constant(Meter(6, 8)),
    "Toccata",
    Origin("bach", 2**32 - 1, 0.1),
    Performance((PerformedNote(60, 80, -0.1, 0.5),), 96.25, Meter(3, 4), Quantization(Grid.OFF)),
    keys=(KeyChange(0, Key(6, respelled=True)), KeyChange(960, Key(9, minor=True))),
    texts=(Text(5, "marker", "Verse"),),
    chords=(
        ChordSymbol(0, Chord.of_name(7, "7", 11), ("9", "#11")),
        ChordSymbol(960, None),
        ChordSymbol(1920, Chord.of_name(0, "maj"), given=False),
    ),
)

notes = st.builds(
    lambda on, length, pitch, velocity: Note.at_ticks(on, on + length, pitch, velocity),
    st.integers(0, 10**6),
    st.integers(1, 10**4),
    st.integers(0, 127),
    st.integers(1, 127),
)


def through(value: object) -> object:
    return json.loads(compact(value))


@given(st.lists(notes))
def test_notes_come_back_as_they_sound(some: list[Note]) -> None:
    assert notes_from_json(through(notes_to_json(tuple(some)))) == tuple(some)


def test_a_note_on_the_grid_takes_four_numbers() -> None:
    assert notes_to_json((Note(8, 60, 4, 80), PLAYED)) == [
        [8, 60, 4, 80],
        [4, 64, 4, 99, -10, 81],
    ]


def test_a_melody_and_a_composition_come_back() -> None:
    melody = Melody((Note(0, 72, 3), PLAYED), TEMPO, MeterMap.constant(Meter(3, 4)), "Tune")
    assert melody_from_json(through(melody_to_json(melody))) == melody
    for piece in (EVERYTHING, Composition()):
        assert composition_from_json(through(composition_to_json(piece))) == piece


@given(st.lists(st.booleans()))
def test_spans_are_where_cells_are_true(cells: list[bool]) -> None:
    again = np.zeros(len(cells), np.bool_)
    for span in spans_from_json(through(spans_to_json(np.array(cells, np.bool_))), len(cells)):
        again[span] = True
    assert again.tolist() == cells


@pytest.mark.parametrize("spans", [[[3, 3]], [[-1, 2]], [[0, 9]], [[1]], [[0.0, 1.0]], 5, [5]])
def test_spans_that_make_no_sense_are_refused(spans: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        spans_from_json(spans, 8)


def test_whatever_is_odd_is_refused_or_means_music() -> None:
    sound = composition_to_json(EVERYTHING)
    refused = 0
    for path in places(sound):
        for odd in ODD_TEXTS:
            try:
                composition_from_json(json.loads(with_text_at(sound, path, odd)))
            except (ValueError, RecursionError):
                refused += 1
    assert refused > 1000
