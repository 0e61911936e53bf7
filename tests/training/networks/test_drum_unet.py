"""The network that writes drums: what it draws is what it was taught to say."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from composer_app.training.config import DrumConfig
from composer_app.training.export import example_drum_inputs
from composer_app.training.networks.drum_unet import (
    BINS,
    COUNT,
    TOUCHES,
    Conditions,
    DrumUNet,
    DrumWriter,
    drawn_evenly,
    timing_bins,
    velocity_bins,
)

SMALL = DrumConfig(channels=(8, 8, 8, 8, 8), bottleneck=16, hidden=12, dropout=0.0)


def _network() -> DrumUNet:
    torch.manual_seed(1)
    return DrumUNet(SMALL, 3, 2, torch.rand(12, COUNT) < 0.3).eval()


@torch.no_grad()
def test_what_is_drawn_step_by_step_is_what_whole_bars_say() -> None:
    network, inputs = _network(), example_drum_inputs(3)
    bar = DrumWriter(network)(**inputs)
    asked = Conditions(*(inputs[name] for name in Conditions.__dataclass_fields__))
    strokes, touches = network(inputs["context"], inputs["present"], asked, bar, inputs["before"])
    chance = 0.5 * (1 + torch.erf(inputs["noise"].reshape(-1, 16, 32) / math.sqrt(2)))
    drawn = (strokes.softmax(-1).cumsum(-1) < chance[..., :1]).sum(-1)
    hits, velocity, timing = bar.split(COUNT, dim=-1)
    assert torch.equal(network.combinations[drawn], hits)
    bins = drawn_evenly(touches, chance[..., 1 : 1 + TOUCHES])[..., :COUNT].floor()
    struck = hits > 0
    # A velocity of a half between two bins may round into the other.
    assert (velocity_bins(velocity)[struck] - bins[struck]).abs().max() <= 1
    assert velocity[struck].min() >= 1 / 127
    assert velocity.max() <= 1
    assert timing.abs().max() <= 0.5
    assert not velocity[~struck].any()
    assert not timing[~struck].any()


@torch.no_grad()
def test_what_is_given_stays_and_is_listened_to() -> None:
    writer, inputs = DrumWriter(_network()), example_drum_inputs(2)
    alone = writer(**inputs)
    given = inputs | {"given": torch.rand_like(inputs["given"]), "given_known": torch.ones(2, 16)}
    assert torch.equal(writer(**given), given["given"])
    given["given_known"] = (torch.arange(16) < 8).float().expand(2, 16)
    half = writer(**given)
    assert torch.equal(half[:, :8], given["given"][:, :8])
    assert not torch.equal(half[:, 8:], alone[:, 8:])


@given(chance=st.floats(0.001, 0.999), index=st.integers(0, BINS - 1))
def test_a_draw_falls_into_the_bin_that_is_sure(chance: float, index: int) -> None:
    scores = torch.full((1, BINS), -30.0)
    scores[0, index] = 30.0
    value = drawn_evenly(scores, torch.tensor([chance])).item()
    assert value == pytest.approx(index + chance, abs=0.01)


@given(velocity=st.integers(1, 127), timing=st.floats(-0.5, 0.499))
def test_bins_hold_every_velocity_and_timing(velocity: int, timing: float) -> None:
    bin_ = velocity_bins(torch.tensor(velocity / 127)).item()
    assert (bin_ == BINS - 1) == (velocity == 127)
    assert abs(bin_ * 127 / (BINS - 1) - velocity) < 127 / (BINS - 1)
    assert 0 <= timing_bins(torch.tensor(timing)).item() < BINS
