"""Leading a plan: plainer or richer chords, fewer or more of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from composer_app.generation.generator import GenerationSettings
from composer_app.generation.noise import NoiseVector
from composer_app.generation.refining.canvas import Canvas, Schedule
from composer_app.generation.refining.harmony import (
    Heard,
    InKeys,
    Leading,
    Led,
    bars_of_beats,
    fitting_chords,
    keys_of_beats,
    sevenths,
    sounding_classes,
)
from composer_app.generation.refining.planning import (
    CHORD_CLASSES,
    ChordRow,
    Frame,
    Harmony,
    plan,
    row_of,
)
from composer_app.generation.refining.refining_run import Run
from composer_app.generation.refining.sampling import NoiseSource
from composer_app.generation.refining.ties import Ties
from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.music.harmony.chords import CHORD_QUALITIES
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.meter_map import MeterMap
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter

STEPS = 128
METERS = MeterMap.constant(Meter(4, 4), 0)
HARMONY = Harmony((0,), 0.5, plans_bass=True, hears_key=0.0)
ROW = row_of(STEPS, METERS, Ties.none(STEPS))
BARS = bars_of_beats(ROW.starts, METERS)
C_MAJOR = Key(0)


class Undecided:
    """Says little of any chord; its noise depends on the seed."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        # Triads of the key are the likeliest, as they are in any style.
        logits = np.zeros((12, len(QUALITIES)))
        for quality in CHORD_QUALITIES:
            for root in range(12):
                tones = {(root + tone) % 12 for tone in quality.intervals}
                logits[root, quality.index] = 2.0 * (tones <= C_MAJOR.pitch_classes)
                logits[root, quality.index] += quality.name in ("maj", "min")
        self.chords = np.tile(logits.ravel(), (ROW.beats, 1))

    def row_logits(self, chord: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.chords, np.zeros((ROW.beats, 12))

    def row_gumbel(self, classes: int) -> np.ndarray:
        return np.asarray(self.random.gumbel(size=(ROW.beats, classes)))


def planned(seed: int, richness: float = 0.0, rate: float | None = None) -> np.ndarray:
    leading = Leading(richness, rate)
    row = leading.row(ROW, BARS)
    return plan(Led(Undecided(seed), row, leading, [C_MAJOR] * row.beats), row, (8, 4), 0.5)


def test_without_a_wish_harmony_is_left_alone() -> None:
    assert Leading.of(GenerationSettings()) is None
    assert Leading.of(GenerationSettings(richness=0.1)) == Leading(0.1, None)
    assert Leading.of(GenerationSettings(chord_rate=1)) == Leading(0.0, 1)
    assert not Leading(0.0, 1).bias(C_MAJOR).any()
    assert Leading(0.5, None).row(ROW, BARS) is ROW
    for seed in range(3):
        alone = plan(Undecided(seed), ROW, (8, 4), 0.5)
        assert np.array_equal(planned(seed), alone)


@pytest.mark.parametrize("seed", range(3))
def test_richness_goes_from_triads_of_the_key_to_sevenths_and_beyond(seed: int) -> None:
    triads, fours, beyond = [], [], []
    for richness in (-1.0, -0.5, 0.0, 0.5, 1.0):
        chord = planned(seed, richness)
        quality = [CHORD_QUALITIES[index] for index in chord[:, 1]]
        triads.append(np.mean([each.name in ("maj", "min") for each in quality]))
        fours.append(np.mean([each.has_seventh for each in quality]))
        tones = [
            {(root + tone) % 12 for tone in each.intervals}
            for root, each in zip(chord[:, 0].tolist(), quality, strict=True)
        ]
        beyond.append(np.mean([not each <= C_MAJOR.pitch_classes for each in tones]))
    assert triads == sorted(triads, reverse=True)
    assert fours == sorted(fours)
    assert beyond[0] == 0
    assert beyond[-1] > beyond[0]
    assert triads[0] == 1
    assert fours[-1] > 0.6


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("rate", "most"), [(0.5, 4), (1, 8), (2, 16), (4, 32)])
def test_there_are_about_as_many_chords_as_are_asked_for(seed: int, rate: float, most: int) -> None:
    chord = planned(seed, rate=rate)
    stretches = np.diff(chord[:, 0]) != 0
    assert 0.5 * most <= stretches.sum() <= most - 1
    # Chords begin where their stretch does.
    length = 32 // most
    assert not stretches[np.arange(31) % length != length - 1].any()


def test_three_chords_in_a_bar_of_four_beats_and_four_in_one_of_three() -> None:
    three = Leading(0.0, 3).row(ROW, BARS)
    assert three.same_as[:4].tolist() == [0, 0, 2, 3]
    waltz = MeterMap.constant(Meter(3, 4), 0)
    row = row_of(48, waltz, Ties.none(48))
    many = Leading(0.0, 4).row(row, bars_of_beats(row.starts, waltz))
    assert many.same_as.tolist() == list(range(12))


def test_what_is_given_stays_and_repeats_stay_alike() -> None:
    given = ROW.given.copy()
    given[1] = 7, QUALITIES.index("maj"), 7
    row = Leading(0.0, 1).row(replace(ROW, given=given), BARS)
    assert row.same_as[:4].tolist() == [0, 1, 0, 0]
    half = np.where(np.arange(32) < 16, np.arange(32), np.arange(32) - 16)
    tied = ChordRow(ROW.starts, ROW.given, half, np.where(np.arange(32) < 16, 0, 5))
    row = Leading(0.0, 1).row(tied, BARS)
    assert row.same_as[:8].tolist() == [0, 0, 0, 0, 4, 4, 4, 4]
    assert row.same_as[16:24].tolist() == [0, 0, 0, 0, 4, 4, 4, 4]
    assert row.shift[16:].tolist() == [5] * 16
    # A passage that begins within what has one chord stands alone there.
    late = np.arange(32)
    late[16:20] = np.arange(2, 6)
    row = Leading(0.0, 1).row(replace(ROW, same_as=late), BARS)
    assert row.same_as[row.same_as].tolist() == row.same_as.tolist()


def test_the_chords_of_a_draft_are_heard() -> None:
    # C, F, G and C, a bar each, as pitch classes above C = 1.
    chords = ((13, 8, 5, 1), (18, 10, 6, 6), (20, 12, 3, 8), (17, 13, 8, 1))
    grid = np.repeat(np.array(chords * 2), 16, axis=0)
    heard = Heard(grid, ROW, 0, Undecided(1))
    assert heard.key == C_MAJOR
    logits, _ = heard.row_logits(np.zeros((32, 3), np.int64), np.zeros((32, 2), np.bool_))
    assert logits.shape == (32, CHORD_CLASSES)
    best = logits.argmax(axis=1)
    names = [(int(each) // 17, QUALITIES[each % 17]) for each in best[::4]]
    assert names == [(0, "maj"), (5, "maj"), (7, "maj"), (0, "maj")] * 2
    chord = np.array([[0, QUALITIES.index("7"), 0]] * 32)
    _, basses = heard.row_logits(chord, np.ones((32, 2), np.bool_))
    assert np.argsort(-basses[0])[:4].tolist() == [0, 4, 7, 10]


def test_sevenths_of_chords() -> None:
    names = ("maj", "7", "m7", "maj7", "6", "m7b5")
    quality = np.array([QUALITIES.index(name) for name in names])
    assert sevenths(np.full(6, 2), quality).tolist() == [-1, 0, 0, 1, -1, 0]


class KnowsChords:
    """A network that has a row: it says the same of each beat, and nothing of the voices."""

    classes = 49

    def __init__(self) -> None:
        self.chords = np.zeros((12, len(QUALITIES)), np.float32)
        self.chords[:, [QUALITIES.index("maj"), QUALITIES.index("m7")]] = 3

    def infer(
        self, feeds: dict[str, NDArray[Any]], stop: Callable[[], bool] | None = None
    ) -> tuple[NDArray[np.float32], ...]:
        steps = len(feeds["position"])
        return (
            np.zeros((steps, 4, self.classes), np.float32),
            np.zeros((steps, 4), np.float32),
            np.tile(self.chords.ravel(), (steps, 1)),
            np.zeros((steps, 12), np.float32),
        )


def row_planned(
    leading: Leading | None, seed: int, keys: tuple[Key | None, ...] = ()
) -> NDArray[np.int64]:
    """(B, 3): what a run plans over a C major scale, with a network that has a row."""
    grid = np.zeros((STEPS, 4), np.int64)
    # Classes of a scale whose class 1 is a C.
    grid[:, 0] = np.repeat(np.tile([25, 27, 29, 30, 32, 34, 36, 37], 4), 4)
    free = np.ones((STEPS, 4), np.bool_)
    free[:, 0] = False
    place = np.arange(STEPS)
    frame = Frame(
        ROW,
        BARS,
        np.zeros(STEPS, np.int64),
        np.zeros(STEPS, np.float32),
        HARMONY,
        0,
        True,
        keys or (None,) * ROW.beats,
    )
    canvas = Canvas(
        STEPS,
        grid,
        grid > 0,
        free,
        place % 16,
        np.zeros(STEPS, np.int64),
        place % 4,
        STEPS - 4,
        frame,
        Ties.none(STEPS),
        leading,
    )
    run = Run(KnowsChords(), canvas, NoiseSource(NoiseVector.from_seed(seed, STEPS), STEPS))
    run.plan(Schedule())
    assert run.chords is not None
    assert not run.hears_plan
    return run.chords


@pytest.mark.parametrize("seed", range(3))
def test_a_network_that_has_a_row_is_led_while_it_plans(seed: int) -> None:
    def sevenths_of(richness: float) -> float:
        chord = row_planned(Leading.of(GenerationSettings(richness=richness)), seed)
        return float(np.mean([CHORD_QUALITIES[each].has_seventh for each in chord[:, 1]]))

    assert sevenths_of(-1) == 0
    assert sevenths_of(-1) < sevenths_of(0) < sevenths_of(1)
    changes = []
    for rate in (0.5, 1.0, 2.0, 4.0):
        chord = row_planned(Leading.of(GenerationSettings(chord_rate=rate)), seed)
        changes.append(int((np.diff(chord[:, 0]) != 0).sum()))
    assert changes == sorted(changes)
    assert changes[0] <= 3
    assert changes[-1] >= 28


class Indifferent(Undecided):
    """Thinks all chords alike."""

    def row_logits(self, chord: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros((ROW.beats, 204)), np.zeros((ROW.beats, 12))


@pytest.mark.parametrize("key", [Key(0), Key(9, minor=True), Key(7)])
def test_a_key_that_is_set_speaks_for_its_chords(key: Key) -> None:
    keys = (None, *[key] * (ROW.beats - 1))
    asked = InKeys(Indifferent(0), keys, 4, ROW.beats - 2, (key, 0.25))
    chords, basses = asked.row_logits(ROW.given, ROW.given[:, :2] > 0)
    # What is heard counts less than what is set.
    assert np.allclose(chords[0], 0.25 * chords[1])
    for quality in CHORD_QUALITIES:
        for root in range(12):
            tones = {(root + tone) % 12 for tone in quality.intervals}
            worth = chords[1, root * len(QUALITIES) + quality.index]
            assert (worth < 0) == (not tones <= key.pitch_classes)
    triad = key.tonic * len(QUALITIES) + QUALITIES.index("min" if key.minor else "maj")
    assert (chords[1:].argmax(axis=1) == triad).all()
    deaf = InKeys(Indifferent(0), keys, 4, ROW.beats - 2, (key, 0.0))
    assert not deaf.row_logits(ROW.given, ROW.given[:, :2] > 0)[0][0].any()
    worth_of_tonic = chords[:, triad]
    assert 0 < worth_of_tonic[1] < worth_of_tonic[4] < worth_of_tonic[-1] == worth_of_tonic[-2]
    assert np.flatnonzero(basses.any(axis=1)).tolist() == [4, ROW.beats - 2, ROW.beats - 1]
    assert set(basses[[4, -2, -1]].argmax(axis=1)) == {key.tonic}


def test_a_signature_without_a_mode_may_mean_the_relative_minor() -> None:
    major, minor = Key(0), Key(9, minor=True)

    def asked(key: Key, heard: Key) -> np.ndarray:
        planner = InKeys(Indifferent(0), (key,) * ROW.beats, 0, ROW.beats - 1, (heard, 0.5))
        return planner.row_logits(ROW.given, ROW.given[:, :2] > 0)[0]

    def worth(chords: np.ndarray, beat: int, root: int, quality: str) -> float:
        return float(chords[beat, root * len(QUALITIES) + QUALITIES.index(quality)])

    either = asked(major, minor)
    assert worth(either, 4, 4, "7") > 0, "the dominant of the minor"
    assert worth(either, -1, 9, "min") == worth(either, -1, 0, "maj") > worth(either, -1, 7, "7")
    # A mode that is said, and any key that is not its relative's, counts alone.
    assert (asked(minor, major) == asked(minor, minor)).all()
    assert worth(asked(major, Key(7)), 4, 4, "7") < 0


@pytest.mark.parametrize("seed", range(3))
def test_a_run_plans_in_the_keys_that_are_set(seed: int) -> None:
    free = row_planned(None, seed)
    assert (row_planned(None, seed, (None,) * ROW.beats) == free).all()
    sharp = row_planned(None, seed, (Key(0),) * 16 + (Key(4),) * (ROW.beats - 16))
    inside = [
        {(root + tone) % 12 for tone in CHORD_QUALITIES[quality].intervals} <= Key(4).pitch_classes
        for root, quality in sharp[:, :2].tolist()
    ]
    assert np.mean(inside[16:]) > np.mean(inside[:16])


def test_keys_are_those_of_their_beats_as_the_network_sees_them() -> None:
    starts = np.arange(0, 32, 4)
    changes = (KeyChange(960, Key(11)), KeyChange(3840, Key(2, minor=True)))
    assert keys_of_beats(starts, changes, 3) == (
        None,
        *[Key(2)] * 3,
        *[Key(5, minor=True)] * 4,
    )
    assert keys_of_beats(starts, (), 3) == (None,) * 8


def test_chords_fit_whose_root_and_third_sound() -> None:
    grid = np.zeros((8, 4), np.int64)
    grid[:4] = [1, 5, 8, 13]
    grid[5, 2] = 10
    row = row_of(8, MeterMap(), Ties.none(8))
    sounding = sounding_classes(grid, row, 0)
    assert sounding[0, [0, 4, 7]].tolist() == [8, 4, 4]
    assert sounding[1].sum() == sounding[1, 9] == 1
    fitting = fitting_chords(sounding).reshape(2, 12, len(QUALITIES))
    names = {
        (root, CHORD_QUALITIES[quality].name) for root, quality in np.argwhere(fitting[0]).tolist()
    }
    assert {(0, "maj"), (0, "7"), (0, "5"), (4, "min")} <= names
    assert not {(0, "min"), (9, "min"), (7, "maj")} & names
    assert not fitting[1].any()
