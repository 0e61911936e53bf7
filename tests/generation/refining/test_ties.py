"""Passages that repeat are drawn together."""

import numpy as np

from composer_app.generation.refining.ties import Ties
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter

METERS = MeterMap.constant(Meter(4, 4), 0)
PHRASE = [60, 62, 64, 65, 67, 67, 69, 67]
CLOSE = [67, 65, 64, 62, 60, 60, 60, 60]


def notes(*pitches: int) -> list[Note]:
    return [Note(4 * index, pitch, 4) for index, pitch in enumerate(pitches)]


def test_a_repeated_phrase_goes_back_to_its_first_time() -> None:
    tune = notes(*PHRASE, *CLOSE, *PHRASE, *CLOSE)
    ties = Ties.of_melody(tune, METERS, 128, 144)
    assert ties.bind
    assert ties.source[64:112].tolist() == list(range(48))
    # The last bar is free to close, and what is padded stands alone.
    assert ties.source[112:].tolist() == list(range(112, 144))
    assert not Ties.of_melody(notes(*PHRASE), METERS, 32).bind


def test_beats_are_tied_as_their_steps_are() -> None:
    ties = Ties(np.array([0, 1, 2, 3, 0, 1, 2, 3]), np.array([0] * 4 + [2] * 4))
    first, shift = ties.of_beats(np.array([0, 4]))
    assert first.tolist() == [0, 0]
    assert shift.tolist() == [0, 2]
    # A beat that is tied to the middle of another stands alone.
    first, shift = ties.of_beats(np.array([0, 6]))
    assert first.tolist() == [0, 1]
    assert shift.tolist() == [0, 0]


def test_cells_that_go_together_say_the_same_at_their_own_heights() -> None:
    ties = Ties(np.array([0, 0]), np.array([0, 2]))
    cells = (np.array([0, 1]), np.array([3, 3]))
    scores = np.zeros((2, 10))
    scores[0, 4], scores[1, 8] = 4.0, 4.0
    allowed = np.ones((2, 10), np.bool_)
    allowed[1, 6] = False
    told, may = ties.averaged(cells, scores, allowed)
    # The first hears its own 4 and the other's 8, which is its 6; the other the same, 2 higher.
    assert sorted(np.argsort(told[0])[-2:].tolist()) == [4, 6]
    assert sorted(np.argsort(told[1])[-2:].tolist()) == [6, 8]
    # What the one must not, the other is not.
    assert not may[0, 4]
    assert not may[1, 6]
    noise = np.arange(20.0).reshape(2, 10)
    moved = ties.noise(cells, noise)
    assert moved[0].tolist() == noise[0].tolist()
    assert moved[1, 3:].tolist() == noise[1, 1:8].tolist()


def test_cells_without_company_stay_as_they_are() -> None:
    ties = Ties(np.array([0, 1, 0]), np.zeros(3, np.int64))
    cells = (np.array([0, 1, 2]), np.array([1, 1, 2]))
    scores, allowed = np.random.default_rng(1).random((3, 5)), np.ones((3, 5), np.bool_)
    told, may = ties.averaged(cells, scores, allowed)
    assert told is scores
    assert may is allowed
