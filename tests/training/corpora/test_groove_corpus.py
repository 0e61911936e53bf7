"""Human drumming: read whole, brought to a grid that swings as it does."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.errors import CorpusError
from composer_app.training.config import DRUMS
from composer_app.training.corpora.groove_corpus import (
    BAR,
    FEATURES,
    Groove,
    densities,
    features,
    heard_fills,
    heard_lateness,
    heard_swing,
    on_grid,
    phrase_places,
    read_grooves,
)
from tests.training.drumming import groove


@pytest.fixture(scope="module")
def grooves() -> tuple[Groove, ...]:
    return read_grooves()


@pytest.mark.slow
def test_every_performance_in_common_time_is_read(grooves: tuple[Groove, ...]) -> None:
    assert Counter(each.split for each in grooves) == {"train": 887, "valid": 122, "test": 129}
    assert len({each.name for each in grooves}) == len(grooves)
    for each in grooves:
        assert each.velocity.shape == each.timing.shape == (each.bars * BAR, len(DRUMS))
        assert len(each.fill) == each.bars
        assert each.velocity.max() <= 127
        assert (np.abs(each.timing) <= 0.5).all()
        assert 0.5 <= each.swing <= 0.75


@pytest.mark.slow
def test_shuffles_swing_and_the_rest_is_straight(grooves: tuple[Groove, ...]) -> None:
    beats = [each for each in grooves if not each.only_fill]
    shuffles = [each.swing for each in beats if "shuffle" in each.substyle]
    assert np.median(shuffles) > 0.6
    assert np.mean([each.swing == 0.5 for each in beats if each.style == "funk"]) > 0.8


@pytest.mark.slow
def test_in_rock_the_kick_stands_on_one_and_the_snare_on_two_and_four(
    grooves: tuple[Groove, ...],
) -> None:
    rock = [each.hits.sum(axis=0) for each in grooves if each.style == "rock"]
    places = np.sum(rock, axis=0)
    assert places[:, DRUMS.index("kick")].argmax() == 0
    assert set(places[:, DRUMS.index("snare")].argsort()[-2:].tolist()) == {4, 12}


def test_a_missing_and_a_damaged_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no corpus at"):
        read_grooves(tmp_path)
    (tmp_path / "grooves.npz").write_bytes(b"nothing")
    with pytest.raises(CorpusError, match="damaged"):
        read_grooves(tmp_path)


@given(swing=st.sampled_from((0.5, 0.58, 0.6, 0.64, 0.67, 0.7)))
def test_swing_is_heard_and_stands_on_the_grid(swing: float) -> None:
    beats = np.sort(np.concatenate([np.arange(16.0), np.arange(16.0) + swing]))
    assert heard_swing(beats) == pytest.approx(swing, abs=0.011)
    drums = np.zeros(len(beats), np.intp)
    velocity, timing = on_grid(beats, drums, np.full(len(beats), 80, np.uint8), 64, swing)
    assert np.nonzero(velocity[:, 0])[0].tolist() == list(range(0, 64, 2))
    assert np.abs(timing).max() < 1e-6


def test_triplets_stand_on_the_first_three_sixteenths() -> None:
    beats = np.arange(24) / 3
    swing = heard_swing(beats)
    assert swing == pytest.approx(2 / 3, abs=0.011)
    velocity, timing = on_grid(beats, np.zeros(24, np.intp), np.full(24, 80, np.uint8), 32, swing)
    assert set((np.nonzero(velocity[:, 0])[0] % 4).tolist()) == {0, 1, 2}
    assert np.abs(timing).max() < 0.05


def test_of_two_strokes_on_a_step_the_louder_one_stays() -> None:
    velocity, timing = on_grid(
        np.array([1.0, 1.05]), np.zeros(2, np.intp), np.array([90, 30], np.uint8), 16, 0.5
    )
    assert (velocity[4, 0], timing[4, 0]) == (90, 0.0)


def test_what_is_late_as_a_whole_is_heard_as_such() -> None:
    assert heard_lateness(np.arange(16.0) + 0.03) == pytest.approx(0.03)
    assert heard_lateness(np.arange(16.0) + 0.5) == 0.0
    assert heard_swing(np.zeros(0)) == 0.5


def test_fills_and_phrases_are_heard() -> None:
    drummed = groove(bars=16)
    assert np.array_equal(heard_fills(drummed.velocity), drummed.fill)
    places = phrase_places(drummed.fill, 8)
    assert places[:5].tolist() == [[0, 3], [1, 2], [2, 1], [3, 0], [0, 3]]
    assert phrase_places(np.zeros(12, np.bool_), 8)[-1].tolist() == [8, 8]


def test_how_busy_and_loud_is_told_among_the_style() -> None:
    drummed = groove()
    quiet = replace(drummed, name="quiet", velocity=drummed.velocity // 2)
    sparse = replace(drummed, name="sparse", velocity=drummed.velocity * (np.arange(11) < 2))
    usual, soft, few = (each.mean(axis=0) for each in densities((drummed, quiet, sparse)))
    assert few[0] < usual[0]
    assert soft[1] < usual[1]
    foreign = densities((replace(drummed, split="valid"),))[0]
    assert (foreign == -1).all()


def test_the_kit_leaves_out_what_only_fills_have() -> None:
    drummed = groove()
    assert {DRUMS[i] for i in np.nonzero(drummed.kit)[0]} == {"kick", "snare", "closed"}
    seen = features(drummed)
    assert seen.shape == (8, BAR, FEATURES)
    assert seen[0, 0, [0, 11, 22]].tolist() == pytest.approx([1, 100 / 127, 0.1])
