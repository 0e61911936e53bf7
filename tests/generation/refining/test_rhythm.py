"""When notes begin and end, as it is said before their pitches are drawn."""

from dataclasses import replace

import numpy as np
import pytest

from composer_app.generation.refining.rhythm import (
    Draft,
    chosen_rhythm,
    kept_rhythm,
    thinned_rhythm,
)
from composer_app.generation.refining.ties import Ties

STEPS = 32
FREE = np.ones((STEPS, 4), np.bool_)
FREE[:, 0] = False


def draft(*every: int, seed: int = 1) -> Draft:
    """Voices that are struck at every so many steps, in bars of 4/4."""
    struck = np.zeros((STEPS, 4), np.bool_)
    for voice, distance in enumerate(every):
        struck[::distance, voice] = True
    place = np.arange(STEPS)
    chance = np.random.default_rng(seed).random((STEPS, 4))
    return Draft(struck, np.ones_like(struck), FREE, place % 4, place % 16, chance)


def test_a_note_lasts_until_the_next_or_a_rest() -> None:
    rhythm = kept_rhythm((((0, 4), (4, 6), (8, 32)), None, None), FREE)
    assert list(rhythm.notes()) == [(0, 4, 1), (4, 6, 1), (8, 32, 1)]
    assert np.flatnonzero(rhythm.rests[:, 1]).tolist() == [6, 7]
    assert rhythm.head[:10, 1].tolist() == [0, 0, 0, 0, 4, 4, 6, 7, 8, 8]
    assert rhythm.end[:10, 1].tolist() == [4, 4, 4, 4, 6, 6, 7, 8, 32, 32]
    assert not rhythm.planned[:, 2:].any(), "the others are free"
    assert rhythm.has_note(4, 6, 1)
    assert not rhythm.has_note(4, 5, 1)
    assert not rhythm.has_note(5, 6, 1)


def test_only_free_cells_are_planned() -> None:
    locked = FREE.copy()
    locked[:8] = False
    rhythm = kept_rhythm((((0, 16), (16, 32)), None, None), locked)
    assert list(rhythm.notes()) == [(8, 16, 1), (16, 32, 1)]


@pytest.mark.parametrize("density", [0.25, 0.5, 1, 2, 4])
def test_there_are_as_many_notes_as_are_asked_for(density: float) -> None:
    rhythm = chosen_rhythm(draft(4, 4, 2, 4), (density, None, None), (0.0, 0.0, 0.0))
    assert rhythm.begins[:, 1].sum() == density * STEPS / 4
    assert rhythm.planned[:, 1].all()
    assert not rhythm.planned[:, 2:].any()


def test_strong_places_come_first() -> None:
    few = chosen_rhythm(draft(4, 2, 2, 2), (0.25, 0.5, 1), (0.0, 0.0, 0.0))
    assert np.flatnonzero(few.begins[:, 1]).tolist() == [0, 16]
    assert np.flatnonzero(few.begins[:, 2]).tolist() == [0, 8, 16, 24]
    assert np.flatnonzero(few.begins[:, 3]).tolist() == list(range(0, 32, 4))


def test_a_voice_that_leans_to_the_melody_is_struck_with_it_and_one_that_does_not_beside() -> None:
    here = draft(8, 4, 4, 4)
    shares = []
    for leaning in (-1.0, -0.5, 0.0, 0.5, 1.0):
        begins = chosen_rhythm(here, (1, None, None), (leaning, 0.0, 0.0)).begins[:, 1]
        shares.append((begins & here.struck[:, 0]).sum() / begins.sum())
        assert begins.sum() == 8, "the number stays"
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1]
    follows = chosen_rhythm(here, (None, None, None), (-1.0, 0.0, 0.0))
    assert np.array_equal(follows.begins[:, 1], here.struck[:, 0])


@pytest.mark.parametrize("most", [0, 1, 2, 3, 7, 20])
def test_what_is_thinned_is_joined_until_a_voice_has_one_note(most: int) -> None:
    rhythm, gone = thinned_rhythm(draft(4, 4, 4, 2), most, np.zeros_like(FREE))
    assert rhythm.begins.sum() == most
    assert gone.any() == (most < 3)
    assert rhythm.sounds[:, 1:].any(axis=0).sum() == min(most, 3)


def test_nothing_is_joined_to_what_stands() -> None:
    free = FREE.copy()
    free[8:12] = False
    rhythm, gone = thinned_rhythm(replace(draft(4, 4, 4, 4), free=free), 6, np.zeros_like(FREE))
    assert not gone.any()
    assert list(rhythm.notes()) == [
        (start, end, voice) for voice in (1, 2, 3) for start, end in ((0, 8), (12, 32))
    ]


def test_what_replaces_something_goes_last() -> None:
    first = np.zeros_like(FREE)
    first[22:24, 2] = True
    rhythm, _gone = thinned_rhythm(draft(4, 2, 2, 2), 4, first)
    assert rhythm.begins[22, 2]


def test_a_note_is_drawn_as_one_and_with_the_one_it_repeats() -> None:
    passages = np.concatenate([np.arange(16), np.arange(16)])
    ties = Ties(passages, np.repeat([0, 2], 16))
    rhythm = kept_rhythm((((0, 4), (4, 16), (16, 20), (20, 24), (24, 32)), None, None), FREE)
    told = ties.of_notes(rhythm)
    assert (told.cell[0:4, 1] == 1).all()
    assert (told.cell[16:20, 1] == 1).all(), "as long, and in the same place"
    assert (told.cell[20:24, 1] == 20 * 4 + 1).all(), "another note stands in its place"
    assert told.cell_shift[18, 1] == 2
    assert told.cell_shift[22, 1] == 0
    assert np.array_equal(told.cell[:, 2:], ties.cell[:, 2:])


def test_what_a_draft_has_so_already_is_not_written_again() -> None:
    rhythm = kept_rhythm((((0, 4), (4, 12), (12, 28)), None, None), FREE)
    here = draft(4, 4, 4, 4)
    again = rhythm.other_notes(here.struck, here.sounds)
    assert np.flatnonzero(~again[:, 1]).tolist() == [0, 1, 2, 3]
    assert not again[:, 2:].any()


def test_two_plans_are_joined() -> None:
    one = kept_rhythm((((0, 32),), None, None), FREE)
    other = kept_rhythm((((0, 8), (8, 32)), ((0, 8), (8, 32)), None), FREE)
    assert list(one.joined(other).notes()) == [(0, 32, 1), (0, 8, 2), (8, 32, 2)]


def test_cells_are_made_whole_notes() -> None:
    rhythm = kept_rhythm((((0, 4), (4, 12), (12, 28)), None, None), FREE)
    cells = np.zeros_like(FREE)
    cells[5, 1] = cells[30, 1] = cells[3, 2] = True
    whole = rhythm.whole(cells)
    assert np.flatnonzero(whole[:, 1]).tolist() == [*range(4, 12), 30]
    assert np.flatnonzero(whole[:, 2]).tolist() == [3]
