"""Bands that are phrased, and melodies that swing along with them."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from composer_app.generation.composing import melody_of
from composer_app.generation.generator import GenerationSettings
from composer_app.generation.hearing.feel import Feel
from composer_app.generation.phrasing.swing import is_straight, swung
from composer_app.music.melody import Melody
from composer_app.music.note import Note
from tests.generation.bands.melodies import MELODIES
from tests.generation.bands.playing import BANDS, played

SWINGING = GenerationSettings(seed=3, phrasing=0.5, swing_melody=True)
EIGHTHS = Melody(
    tuple(Note(2 * place, 60 + place % 5, 2) for place in range(64)),
    meters=MELODIES["plain"].meters.with_upbeat(0),
)


@pytest.mark.parametrize("name", BANDS)
def test_a_deeper_phrasing_leaves_the_notes_and_the_drums(name: str) -> None:
    even, deep = (
        played(name, MELODIES["plain"], GenerationSettings(seed=1, phrasing=depth))
        for depth in (0.0, 1.0)
    )
    pitches = [
        [sorted(n.pitch for n in track.notes) for track in piece.tracks] for piece in (even, deep)
    ]
    assert pitches[0] == pitches[1]
    assert even.tracks[0] == deep.tracks[0]
    assert even.tracks[3] == deep.tracks[3]
    spread = [
        np.std([n.velocity for track in piece.tracks[1:3] for n in track.notes])
        for piece in (even, deep)
    ]
    assert spread[1] > spread[0]


@pytest.mark.parametrize("name", BANDS)
def test_no_pitch_is_struck_before_it_is_let_go(name: str) -> None:
    piece = played(name, MELODIES["plain"], GenerationSettings(seed=2, phrasing=1.0))
    for track in piece.tracks[1:3]:
        for pitch in {note.pitch for note in track.notes}:
            alike = [note for note in track.notes if note.pitch == pitch]
            for before, after in pairwise(alike):
                assert before.release_ticks <= after.onset_ticks


def test_a_straight_melody_swings_along_where_it_may() -> None:
    lead = played("swing", EIGHTHS, SWINGING).tracks[0].notes
    assert [note.on_grid for note in lead] == list(EIGHTHS.notes)
    assert {note.onset_ticks % 960 for note in lead} == {0, 576}
    for settings in (
        replace(SWINGING, swing_melody=False),
        replace(SWINGING, feel=Feel.STRAIGHT),
    ):
        assert played("swing", EIGHTHS, settings).tracks[0].notes == EIGHTHS.notes
    assert played("rock", EIGHTHS, SWINGING).tracks[0].notes == EIGHTHS.notes


def test_what_was_played_with_timing_stays() -> None:
    notes = (replace(EIGHTHS.notes[0], onset_shift=30, end_shift=-10), *EIGHTHS.notes[1:])
    melody = replace(EIGHTHS, notes=notes)
    assert played("swing", melody, SWINGING).tracks[0].notes == notes


def test_another_band_gets_the_melody_as_it_was() -> None:
    piece = played("swing", EIGHTHS, SWINGING)
    assert not is_straight(piece.melody().notes)
    assert melody_of(piece).notes == EIGHTHS.notes
    # What has been changed since is a melody of its own.
    changed = (*EIGHTHS.notes[:-1], Note(126, 79, 2))
    own = replace(piece.tracks[0], notes=(*piece.tracks[0].notes[:-1], changed[-1]))
    assert melody_of(replace(piece, tracks=(own, *piece.tracks[1:]))).notes == changed
    by_hand = swung(EIGHTHS.notes, EIGHTHS.meters, 0.6)
    nobodys = replace(piece, tracks=(replace(own, notes=by_hand),), origin=None)
    assert melody_of(nobodys).notes == by_hand
