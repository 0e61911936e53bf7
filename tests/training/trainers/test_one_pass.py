"""The one-pass generator keeps its rules whatever its weights are, and learns from its teacher."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from torch import Tensor  # noqa: E402

from composer_app.errors import SettingError  # noqa: E402
from composer_app.generation.noise import NoiseVector  # noqa: E402
from composer_app.generation.refining.sampling import NoiseSource  # noqa: E402
from composer_app.training.checkpoint import load_checkpoint, save_checkpoint  # noqa: E402
from composer_app.training.config import OnePassConfig  # noqa: E402
from composer_app.training.networks.one_pass_networks import (  # noqa: E402
    STAGES,
    NoiseDraws,
    OnePassGenerator,
    VoicesCritic,
    draw,
    known_cells,
    level_cells,
    one_hot,
)
from composer_app.training.trainers.one_pass_trainer import OnePassTrainer  # noqa: E402
from composer_app.training.trainers.trainer import RefiningTrainer  # noqa: E402
from tests.training.pieces import TINY, chord_piece  # noqa: E402

SMALL = OnePassConfig(
    channels=(16, 16, 16, 16, 16),
    down_blocks=(1, 1, 1, 1, 1),
    up_blocks=(1, 1, 1, 1),
    critic_channels=(16, 16),
    window=32,
    distill_batch=4,
    batch=2,
    distill_iterations=4,
    iterations=8,
    critic_start=1,
    warmup=1,
    bfloat16=False,
)
TRAIN = [chord_piece(), chord_piece("b", steps=96)]


def inputs(batch: int = 2, steps: int = 64, seed: int = 3) -> dict[str, Tensor]:
    """A melody of random quarters, four steps of padding at the end."""
    random = torch.Generator().manual_seed(seed)
    quarters = torch.randint(26, 46, (batch, steps // 4), generator=random)
    row = (batch, steps)
    valid = torch.ones(row)
    valid[:, -4:] = 0
    return {
        "melody": quarters.repeat_interleave(4, dim=1) * valid.long(),
        "melody_onset": (torch.arange(steps) % 4 == 0).float().expand(row) * valid,
        "position": torch.arange(steps).remainder(16).expand(row).clone(),
        "fermata": torch.full(row, 2),
        "valid": valid,
        "noise": torch.randn(batch, steps // 16, 8, 512, generator=random),
        "temperature": torch.ones(batch),
    }


def generator(seed: int = 1) -> OnePassGenerator:
    torch.manual_seed(seed)
    return OnePassGenerator(SMALL).eval()


def test_stages_write_every_cell_and_know_what_was_written() -> None:
    position, valid = torch.arange(64)[None] % 16, torch.ones(1, 64)
    written = torch.zeros(64, 4, dtype=torch.bool)
    written[:, 0] = True
    for number, stage in enumerate(STAGES):
        known = torch.stack(known_cells(number, position, valid), dim=2)[0] > 0
        cells = torch.zeros(64, 4, dtype=torch.bool)
        cells[:, list(stage.voices)] = level_cells(stage.level, position)[0, :, None]
        assert not (cells & known).any()
        assert not (known & ~written).any(), "a stage knows what nobody has written"
        written |= cells
    assert written.all()


def test_the_noise_is_drawn_as_the_refining_technique_draws_it() -> None:
    noise = NoiseVector.from_seed(5, 32)
    uniform = NoiseDraws()(torch.from_numpy(noise.z[None].astype(np.float32)))
    source = NoiseSource(noise, 32)
    for number in (0, 3):
        ours = draw(uniform, 147, number)[0].numpy()
        assert np.allclose(ours, source.uniform(147, number), atol=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_voices_keep_their_order_and_the_melody_is_untouched(seed: int) -> None:
    given = inputs(seed=seed)
    pitch, onset, chance = generator(seed)(**given)
    assert torch.equal(pitch[..., 0], given["melody"])
    assert torch.equal(onset[..., 0], given["melody_onset"])
    assert ((chance > 0) & (chance <= 1)).all()
    assert (pitch[:, -4:] == 0).all(), "voices go on past the end"
    for upper in range(4):
        for lower in range(upper + 1, 4):
            both = (pitch[..., upper] > 0) & (pitch[..., lower] > 0)
            # Untrained weights jump about: still no voice crosses another.
            assert (pitch[..., upper] >= pitch[..., lower])[both].all()


@pytest.mark.parametrize("seed", range(6))
def test_no_parallels_from_step_to_step(seed: int) -> None:
    pitch = generator(seed)(**inputs(seed=seed))[0]
    before, after = pitch[:, :-1], pitch[:, 1:]
    odd = torch.arange(1, 64) % 2 == 1
    for upper in range(4):
        for lower in range(upper + 1, 4):
            sounds = (before[..., [upper, lower]] > 0).all(2) & (
                after[..., [upper, lower]] > 0
            ).all(2)
            first = (before[..., upper] - before[..., lower]) % 12
            second = (after[..., upper] - after[..., lower]) % 12
            moves = (before[..., upper] != after[..., upper]) & (
                before[..., lower] != after[..., lower]
            )
            parallel = sounds & moves & (first == second) & ((first == 0) | (first == 7))
            # Sixteenths are written last, next to neighbours that stand.
            assert not parallel[:, odd].any()


def test_a_piece_depends_on_its_own_noise_alone() -> None:
    network, given = generator(), inputs(batch=3)
    whole = network(**given)
    for row in range(3):
        alone = network(**{name: value[row : row + 1] for name, value in given.items()})
        assert torch.equal(alone[0][0], whole[0][row])
    again = network(**given)
    assert torch.equal(again[0], whole[0])
    other = network(**(given | {"noise": -given["noise"]}))
    assert (other[0][..., 1:] != whole[0][..., 1:]).float().mean() > 0.3


def test_gradients_reach_the_first_stage() -> None:
    network = generator().train()
    given = inputs()
    context = (given["position"], given["fermata"], given["valid"])
    codes, struck, _ = network.write(
        given["melody"], given["melody_onset"], context, given["noise"], given["temperature"]
    )
    assert torch.allclose(codes.sum(dim=3), torch.ones(2, 64, 4), atol=1e-5)
    critic = VoicesCritic(SMALL)
    critic(codes, torch.sigmoid(struck), given["position"]).sum().backward()
    # It says nothing of chords.
    used = [p for name, p in network.named_parameters() if "row_head" not in name]
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in used)


def test_the_critic_hears_intervals_the_same_in_every_key() -> None:
    critic = VoicesCritic(SMALL)
    # Without the pitches themselves only the intervals are left.
    with torch.no_grad():
        critic.stem.weight[:, : 4 * 49] = 0
    pitch = torch.randint(20, 40, (2, 32, 4))
    struck, position = torch.zeros(2, 32, 4), torch.zeros(2, 32, dtype=torch.long)
    first = critic(one_hot(pitch), struck, position)
    assert torch.allclose(critic(one_hot(pitch + 3), struck, position), first, atol=1e-5)
    pitch[:, :, 2] += 1
    assert not torch.allclose(critic(one_hot(pitch), struck, position), first, atol=1e-5)


def teacher() -> dict[str, object]:
    return RefiningTrainer(TINY, TRAIN, [chord_piece("v", "valid")]).state()


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path: Path) -> None:
    """Through both parts: six iterations, the last two against the critic."""
    whole = OnePassTrainer(SMALL, TRAIN)
    whole.start_from(teacher())
    for _ in range(3):
        whole.step()
    save_checkpoint(tmp_path / "c.pt", whole.state())
    for _ in range(3):
        metrics = whole.step()
    assert {"wasserstein", "penalty", "generator_loss", "anchor_kl"} <= set(metrics)
    second = OnePassTrainer(SMALL, TRAIN)
    second.restore(load_checkpoint(tmp_path / "c.pt"))
    for _ in range(3):
        second.step()
    for name, value in whole.generator.state_dict().items():
        assert torch.equal(value, second.generator.state_dict()[name]), name
    assert second.iteration == 6


@pytest.mark.slow
def test_distillation_brings_the_generator_near_its_teacher() -> None:
    config = replace(SMALL, distill_iterations=60, iterations=60, distill_learning_rate=5e-3)
    trainer = OnePassTrainer(config, TRAIN)
    trainer.start_from(teacher())
    divergence = [trainer.step()["distill_kl"] for _ in range(60)]
    assert np.mean(divergence[-10:]) < 0.5 * np.mean(divergence[:5])


def test_without_a_teacher_there_is_a_sentence() -> None:
    trainer = OnePassTrainer(SMALL, TRAIN)
    with pytest.raises(SettingError, match="--start-from"):
        trainer.step()
    with pytest.raises(SettingError, match="teacher"):
        trainer.start_from({"technique": "gan"})
