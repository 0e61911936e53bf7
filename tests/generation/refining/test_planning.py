"""The plan: chords are drawn before the notes, obey what is given, and repeat with the melody."""

import numpy as np
import pytest

from composer_app.generation.refining.planning import (
    CHORD_CLASSES,
    NO_CHORD,
    ChordRow,
    plan,
    row_of,
    tone_bias,
    tones_of,
)
from composer_app.generation.refining.ties import Ties
from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.music.meter_map import MeterMap
from composer_app.music.timing import TICKS_PER_STEP, Meter

PASSES = (3, 2)
MAJOR = QUALITIES.index("maj")


class Scripted:
    """Says the same of each beat whatever is known, and remembers what it was shown."""

    def __init__(self, chords: np.ndarray, basses: np.ndarray, seed: int = 1) -> None:
        self.chords, self.basses = chords, basses
        self.random = np.random.default_rng(seed)
        self.shown: list[tuple[np.ndarray, np.ndarray]] = []

    def row_logits(self, chord: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.shown.append((chord.copy(), known.copy()))
        return self.chords, self.basses

    def row_gumbel(self, classes: int) -> np.ndarray:
        return np.asarray(self.random.gumbel(size=(len(self.chords), classes)))


def sure(roots: list[int]) -> Scripted:
    """A network that knows the root of each beat, and that it is the bass of a major chord."""
    chords, basses = np.zeros((len(roots), CHORD_CLASSES)), np.zeros((len(roots), 12))
    beats = np.arange(len(roots))
    chords[beats, np.array(roots) * len(QUALITIES) + MAJOR] = 60
    basses[beats, roots] = 60
    return Scripted(chords, basses)


def free(beats: int) -> ChordRow:
    given = np.full((beats, 3), NO_CHORD)
    return ChordRow(np.arange(beats) * 4, given, np.arange(beats), np.zeros(beats, np.int64))


def test_what_the_network_is_sure_of_is_planned() -> None:
    roots = [0, 5, 7, 0, 9, 2]
    chord = plan(sure(roots), free(6), PASSES)
    assert chord.tolist() == [[root, MAJOR, root] for root in roots]


def test_chords_come_before_their_basses_and_what_is_known_is_shown() -> None:
    network = sure([0, 5, 7, 0, 9, 2])
    plan(network, free(6), PASSES)
    assert len(network.shown) == sum(PASSES)
    for _, known in network.shown[: PASSES[0]]:
        assert not known[:, 1].any()
    for _, known in network.shown[PASSES[0] :]:
        assert known[:, 0].all()
    counts = [int(known.sum()) for _, known in network.shown]
    assert counts == sorted(counts)


def test_what_is_given_stays_and_a_bass_alone_may_be_free() -> None:
    row = free(4)
    row.given[1] = (8, QUALITIES.index("m7"), 3)
    row.given[2] = (4, MAJOR, NO_CHORD)
    network = sure([0, 5, 7, 0])
    chord = plan(network, row, PASSES)
    assert chord[1].tolist() == [8, QUALITIES.index("m7"), 3]
    assert chord[2].tolist() == [4, MAJOR, 7]
    assert network.shown[0][1].tolist() == [[False] * 2, [True] * 2, [True, False], [False] * 2]


def test_beats_that_go_together_get_one_draw_each_at_its_own_height() -> None:
    # The network has no opinion: only ties make beats alike.
    network = Scripted(np.zeros((6, CHORD_CLASSES)), np.zeros((6, 12)), seed=4)
    row = free(6)
    same, shift = np.array([0, 1, 2, 0, 1, 2]), np.array([0, 0, 0, 5, 5, 5])
    tied = ChordRow(row.starts, row.given, same, shift)
    chord = plan(network, tied, PASSES)
    assert chord[3:, 1].tolist() == chord[:3, 1].tolist()
    assert ((chord[3:, 0] - chord[:3, 0]) % 12 == 5).all()
    assert ((chord[3:, 2] - chord[:3, 2]) % 12 == 5).all()
    loose = plan(network, free(6), PASSES)
    assert not np.array_equal((loose[3:, 0] - loose[:3, 0]) % 12, [5, 5, 5])


def test_of_beats_that_go_together_what_is_said_is_averaged() -> None:
    chords = np.zeros((2, CHORD_CLASSES))
    # One wants C or G, the other G or D: both can have G.
    chords[0, [0, 7 * len(QUALITIES)]] = 40
    chords[1, [7 * len(QUALITIES), 2 * len(QUALITIES)]] = 40
    row = free(2)
    tied = ChordRow(row.starts, row.given, np.array([0, 0]), np.zeros(2, np.int64))
    chord = plan(Scripted(chords, np.zeros((2, 12))), tied, PASSES)
    assert chord[:, 0].tolist() == [7, 7]


@pytest.mark.parametrize(
    ("meter", "starts"),
    [
        (Meter(4, 4), [0, 3, 7, 11, 15, 19]),
        (Meter(6, 8), [0, 3, 9, 15, 21]),
    ],
    ids=str,
)
def test_a_chord_stands_on_each_beat_after_an_upbeat(meter: Meter, starts: list[int]) -> None:
    meters = MeterMap.constant(meter, 3 * TICKS_PER_STEP)
    row = row_of(22, meters, Ties.none(22))
    assert row.starts.tolist() == starts
    assert row.beat_of_steps(5).tolist() == [0, 0, 0, 1, 1]
    assert (row.given == NO_CHORD).all()


def test_the_plan_leans_to_its_tones_and_to_its_bass() -> None:
    row = free(2)
    row.given[1] = (0, MAJOR, 4)
    chord = np.array([[0, MAJOR, 4], [0, MAJOR, 4]])
    assert np.flatnonzero(tones_of(chord)[0]).tolist() == [0, 4, 7]
    # Class 1 is a C.
    bias = tone_bias(chord, row, 25, 0, (0.5, 1.5))
    assert bias.shape == (2, 2, 25)
    assert (np.flatnonzero(bias[0, 0]) - 1).tolist() == [0, 4, 7, 12, 16, 19]
    assert (np.flatnonzero(bias[0, 1]) - 1).tolist() == [4, 16]
    assert bias[1, 1].max() > bias[0, 1].max(), "what somebody asks for is to be heard"
