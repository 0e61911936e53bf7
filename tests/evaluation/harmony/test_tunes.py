"""The tunes that models are judged on: cut at the right place, in one metre, in their key."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from composer_app.analysis.voice_grid import REST
from composer_app.evaluation.harmony.tunes import METERS, Tune, held_out_tunes, tune_of
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter
from composer_app.training.corpora.annotated_corpora import AnnotatedPiece, held_out
from tests.evaluation.harmony.made import C, chord_rows, piece, tune


def cut(made: AnnotatedPiece) -> Tune:
    found = tune_of(made)
    assert found is not None
    return found


def test_a_tune_keeps_its_upbeat_and_its_end() -> None:
    found = cut(piece())
    assert (found.meter, found.upbeat, found.steps, found.ends) == (Meter(4, 4), 4, 160, True)
    assert found.position[:6].tolist() == [12, 13, 14, 15, 0, 1]
    assert found.melody.meters.upbeat_steps == 4
    assert [note.pitch for note in found.melody.notes[:4]] == [60, 62, 64, 65]
    assert (found.grid.pitch[:, 1:] == REST).all()
    assert found.beats.tolist()[:3] == [0, 4, 8]
    assert found.bars.tolist()[:3] == [0, 4, 20]


def test_a_song_begins_with_the_bar_in_which_it_is_sung_and_keeps_its_voices() -> None:
    made = piece(voices=4, upbeat=0, corpus="lieder")
    made.pitch[:36, 0], made.onset[:36, 0] = REST, False
    found = cut(made)
    assert found.steps == 160 - 32
    assert found.melody.notes[0].start == 4
    assert (found.grid.pitch[:, 1:] != REST).all()
    # What sounds on into the tune is struck where it begins.
    assert found.grid.onset[0].tolist() == [False, True, True, True]


def test_a_long_piece_ends_with_a_long_note() -> None:
    made = piece(1600, upbeat=0)
    made.onset[228:240] = False
    made.pitch[224:240] = 60
    found = cut(made)
    assert (found.steps, found.ends) == (240, False)
    assert len(cut(piece(544, upbeat=0)).melody.notes) == 136


@pytest.mark.parametrize(
    ("change", "value"),
    [("numerator", 5), ("bar_length", 20), ("bad", 1), ("pitch", REST)],
)
def test_what_makes_no_tune(change: str, value: int) -> None:
    made = piece()
    getattr(made, change)[:] = value
    assert tune_of(made) is None
    assert tune_of(piece(32)) is None


def test_a_tune_stops_where_its_bars_break_off() -> None:
    made = piece(upbeat=0)
    made.position[104:] += 8
    found = cut(made)
    assert (found.steps, found.ends) == (100, False)


def test_the_key_is_that_of_the_last_chord_where_the_signature_allows_it() -> None:
    made = tune()
    assert made.key == Key(0)
    minor = chord_rows([(9, "min"), (2, "min"), (4, "7"), (9, "min")] * 2, 16)
    assert replace(made, chords=minor).key == Key(9, minor=True)
    # A turnaround: the last chord leads back to the beginning.
    turned = chord_rows([C, (5, "maj"), (7, "maj"), C, C, (5, "maj"), C, (7, "7")], 16)
    assert replace(made, chords=turned).key == Key(0)
    # A signature that is missing.
    flat = chord_rows([(5, "maj"), (10, "maj"), (0, "7"), (5, "maj")] * 2, 16)
    assert replace(made, chords=flat).key == Key(5)


@pytest.mark.parametrize("split", ["valid", "test"])
def test_held_out_tunes_are_held_out_and_whole(split: str) -> None:
    tunes = held_out_tunes("leadsheets", split)
    assert len(tunes) >= 17
    assert {tune.meter for tune in tunes} <= set(METERS)
    for each in tunes:
        assert held_out(each.name, shared_tune=each.shared_tune) == split
        assert 64 <= each.steps <= 544
        assert each.grid.pitch[each.steps - 1, 0] != REST
        assert each.chords.root.shape == (each.steps,)
    assert sum(tune.ends for tune in tunes) >= 12


def test_songs_are_the_same_number_in_each_metre() -> None:
    tunes = held_out_tunes("lieder", "valid")
    assert Counter(tune.meter for tune in tunes) == dict.fromkeys(METERS, 8)
    assert all((tune.grid.pitch[:, 1:] != REST).any() for tune in tunes)
    assert np.mean([(tune.grid.pitch[:, 0] != REST).mean() for tune in tunes]) > 0.8
