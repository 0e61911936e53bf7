"""From noise to choices, and the faults of part-writing on hand-made voices."""

import numpy as np
import pytest

from composer_app.generation.noise import NoiseVector
from composer_app.generation.refining.sampling import (
    Cells,
    NoiseSource,
    faults,
    groups,
    normal_cdf,
    order_mask,
    parallel_mask,
    passing_mask,
    spread_order,
    whole_notes,
)


def every_cell(cells: np.ndarray) -> Cells:
    """All cells, a row of masks for each: reshaped, they are (T, 4, classes) again."""
    return np.nonzero(np.ones(cells.shape, np.bool_))


def orders(cells: np.ndarray, known: np.ndarray) -> np.ndarray:
    return order_mask(cells, known, every_cell(cells), 49).reshape(*cells.shape, 49)


def parallels(cells: np.ndarray, known: np.ndarray, stride: int) -> np.ndarray:
    return parallel_mask(cells, known, every_cell(cells), 49, stride).reshape(*cells.shape, 49)


def grid(*rows: tuple[int, int, int, int]) -> np.ndarray:
    return np.array(rows, np.int64)


def test_the_normal_distribution_function() -> None:
    stats = pytest.importorskip("scipy.stats")
    x = np.linspace(-5, 5, 101)
    assert np.abs(normal_cdf(x) - stats.norm.cdf(x)).max() < 2e-7


def test_noise_becomes_fair_uniform_numbers() -> None:
    source = NoiseSource(NoiseVector.from_seed(3, 64), 60)
    uniform = source.uniform(256, 0)
    assert uniform.shape == (60, 256)
    assert 0 < uniform.min() < 0.01
    assert 0.99 < uniform.max() < 1
    assert abs(uniform.mean() - 0.5) < 0.01
    assert not np.array_equal(source.uniform(4, 0), source.uniform(4, 1))
    assert source.gumbel(every_cell(np.zeros((60, 4))), 49, 2).shape == (240, 49)


def test_noise_must_cover_the_piece() -> None:
    with pytest.raises(ValueError, match="covers 16 steps, not 17"):
        NoiseSource(NoiseVector.from_seed(0, 16), 17)


@pytest.mark.parametrize("passes", [3, 9, 18])
def test_cells_that_are_drawn_together_are_far_apart(passes: int) -> None:
    steps = 128
    uniform = np.random.default_rng(passes).random((steps, 4))
    cells = np.zeros((steps, 4), np.bool_)
    cells[::4, 1:] = True
    order = spread_order(cells, uniform)
    assert order[cells].min() >= 0
    assert order[cells].max() < 1
    portion = np.where(cells, (order * passes).astype(int), -1)
    for index in range(passes):
        together = portion == index
        assert together.sum(axis=1).max() <= 1, "the voices of a step take turns"
    # As many in each pass as in any other, and every voice first somewhere.
    sizes = np.bincount(portion[cells], minlength=passes)
    assert sizes.max() - sizes.min() <= 4
    assert {1, 2, 3} == set(order[::4, 1:].argmin(axis=1) + 1)
    gaps = [np.diff(np.flatnonzero((portion == index).any(axis=1))) for index in range(passes)]
    drawn_at_once = cells.sum() / passes
    assert np.concatenate(gaps).min() >= min(4, steps / drawn_at_once / 3)


def test_cells_that_are_not_drawn_take_no_turn() -> None:
    uniform = np.random.default_rng(1).random((8, 4))
    cells = np.zeros((8, 4), np.bool_)
    cells[:, 2] = True
    alone = spread_order(cells, uniform)[:, 2]
    assert np.unique(np.floor(alone * 8)).size >= 6, "a single voice is spread over all passes"


def test_drawing_with_gumbel_noise_follows_the_probabilities() -> None:
    source = NoiseSource(NoiseVector.from_seed(1, 4096), 4096)
    logits = np.log(np.array([0.7, 0.2, 0.1]))
    altos = (np.arange(4096), np.ones(4096, np.intp))
    drawn = (logits + source.gumbel(altos, 3, 0)).argmax(axis=1)
    assert np.abs(np.bincount(drawn, minlength=3) / 4096 - [0.7, 0.2, 0.1]).max() < 0.03


def test_pitches_that_would_cross_a_known_voice_are_ruled_out() -> None:
    cells = grid((40, 0, 20, 0))
    known = np.array([[True, False, True, False]])
    allowed = orders(cells, known)
    assert np.flatnonzero(allowed[0, 1]).tolist() == [0, *range(20, 41)]
    assert np.flatnonzero(allowed[0, 3]).tolist() == list(range(21))
    # The voice itself does not bind itself: the tenor may go anywhere below the soprano.
    assert np.flatnonzero(allowed[0, 2]).tolist() == list(range(41))


def test_where_nothing_is_left_everything_is_allowed() -> None:
    # The melody lies below the tenor: no alto fits between them.
    allowed = orders(grid((5, 0, 20, 0)), np.array([[True, False, True, False]]))
    assert allowed[0, 1].all()


@pytest.mark.parametrize(
    ("voices", "expected"),
    [
        pytest.param([(30, 25, 18, 10)] * 4, [], id="nothing moves"),
        pytest.param(
            [(30, 25, 18, 10)] * 2 + [(31, 27, 20, 9)] * 2,
            [(2, 1), (2, 2)],
            id="parallel fifths",
        ),
        pytest.param(
            [(30, 25, 18, 6)] * 2 + [(32, 25, 18, 8)] * 2,
            [(2, 3)],
            id="parallel octaves with the melody",
        ),
        pytest.param([(30, 16, 18, 10)] * 2, [(0, 1), (1, 1), (0, 2), (1, 2)], id="crossing"),
        pytest.param(
            [(30, 25, 21, 4)] * 2 + [(30, 25, 21, 17)] * 2, [(2, 3)], id="leap of a ninth"
        ),
        pytest.param(
            [(30, 25, 21, 10)] * 2 + [(30, 25, 20, 10)] + [(30, 25, 21, 10)] * 2,
            [(2, 2)],
            id="single step",
        ),
        pytest.param(
            [(30, 25, 21, 10)] * 2 + [(30, 25, 20, 10), (30, 25, 19, 10)] + [(30, 25, 21, 10)] * 2,
            [],
            id="a run of sixteenths",
        ),
        pytest.param([(30, 25, 18, 10)], [], id="one step"),
    ],
)
def test_faults(voices: list[tuple[int, int, int, int]], expected: list[tuple[int, int]]) -> None:
    if len(voices) == 1:
        assert not faults(grid(*voices)).any()
        return
    found = {(int(s), int(v)) for s, v in np.argwhere(faults(grid(*voices)))}
    assert found == set(expected)


def test_pitches_that_would_make_parallels_are_ruled_out() -> None:
    # The bass stands an octave (and a fifth) below the others and has moved up by two.
    cells = grid((34, 29, 22, 10), (0, 0, 0, 0), (36, 0, 0, 12))
    known = np.zeros(cells.shape, np.bool_)
    known[0] = True
    known[2, [0, 3]] = True
    allowed = parallels(cells, known, 2)
    # Tenor: an octave above the bass would follow an octave, at any height.
    assert np.flatnonzero(~allowed[2, 2]).tolist() == [12, 24, 36, 48]
    # Alto: a fifth above the bass would follow the twelfth, 29 - 10 = 7 + 12.
    assert np.flatnonzero(~allowed[2, 1]).tolist() == [7, 19, 31, 43]
    # Where the neighbour at that distance is not known, nothing is ruled out.
    assert parallels(cells, known, 1).all()


def test_a_fourth_may_be_followed_by_a_fourth() -> None:
    cells = grid((34, 29, 22, 10), (36, 0, 0, 10))
    known = np.ones(cells.shape, np.bool_)
    known[1, 1:3] = False
    # The soprano stands a fourth above the alto: it binds the tenor alone, by an octave.
    allowed = parallels(cells, known, 1)
    assert allowed[1, 1].all()
    assert np.flatnonzero(~allowed[1, 2]).tolist() == [12, 24, 36, 48]


def test_a_voice_may_stay_on_the_pitch_of_either_neighbour() -> None:
    # Tenor and bass move from one octave to another between the second and the third step.
    cells = grid((36, 30, 22, 10), (36, 30, 0, 10), (36, 30, 24, 12))
    known = np.ones(cells.shape, np.bool_)
    known[1, 2] = False
    allowed = parallels(cells, known, 1)[1, 2]
    assert allowed[22], "held from before, though what follows is a parallel"
    cells[1, 3] = 12
    allowed = parallels(cells, known, 1)[1, 2]
    assert allowed[24], "held until after, though it comes by a parallel"
    assert not allowed[36], "in another octave it is one all the same"


def test_the_note_after_is_looked_at_too() -> None:
    cells = grid((36, 0, 0, 0), (34, 22, 0, 0))
    known = np.array([[True, False, False, False], [True, True, False, False]])
    allowed = parallels(cells, known, 1)
    assert np.flatnonzero(~allowed[0, 1]).tolist() == [12, 24, 36, 48]


def test_between_eighths_voices_stay_or_pass_by_a_step() -> None:
    cells = grid((30, 20, 15, 5), (0, 0, 0, 0), (30, 22, 0, 5), (30, 0, 0, 0))
    known = np.ones(cells.shape, np.bool_)
    known[[1, 3]] = known[2, 2] = False
    allowed = passing_mask(cells, known, every_cell(cells), 49).reshape(*cells.shape, 49)
    # The alto goes on to 22, which it must not come to early; the bass comes back to its 5.
    assert np.flatnonzero(allowed[1, 1]).tolist() == [0, 18, 19, 20, 21]
    assert np.flatnonzero(allowed[1, 3]).tolist() == [0, 3, 4, 5, 6, 7]
    # Nobody knows where the tenor goes, nor what comes after the end.
    assert np.flatnonzero(allowed[1, 2]).tolist() == [0, 13, 14, 15, 16, 17]
    assert np.flatnonzero(allowed[3, 1]).tolist() == [0, 20, 21, 22, 23, 24]
    # Nor where it comes from, nor what was before the beginning.
    assert allowed[3, 2].all()
    assert allowed[0].all()


def test_a_rest_of_one_step_within_a_line_is_a_fault() -> None:
    start, rest, end = [(30, 20, 15, 5)] * 2, (30, 20, 15, 0), [(30, 20, 15, 5)] * 2
    pause = [(30, 0, 15, 5)] * 2
    assert np.argwhere(faults(grid(*start, rest, *pause, *end))).tolist() == [[2, 3]]


def test_cells_grow_to_whole_notes() -> None:
    cells = grid(*[(1, 1, 1, 1)] * 2, *[(1, 2, 1, 1)] * 3, (1, 1, 1, 1))
    marked = np.zeros(cells.shape, np.bool_)
    marked[3, 1] = True
    grown = whole_notes(cells, marked)
    assert np.argwhere(grown).tolist() == [[2, 1], [3, 1], [4, 1]]


def test_groups_are_runs_of_steps() -> None:
    hidden = np.zeros((12, 4), np.bool_)
    assert groups(hidden) == []
    hidden[[1, 2, 4, 9], 1] = True
    assert groups(hidden) == [slice(1, 5), slice(9, 10)]
