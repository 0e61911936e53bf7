"""Transposing windows and predictions, and training towards the same prediction in every key."""

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")

from composer_app.training.checkpoint import load_checkpoint, save_checkpoint  # noqa: E402
from composer_app.training.config import PITCH_CLASSES  # noqa: E402
from composer_app.training.trainers.consistency import (  # noqa: E402
    consistency_loss,
    consistent_target,
    moved_back,
    transposed,
)
from composer_app.training.trainers.trainer import INPUTS, RefiningTrainer  # noqa: E402
from composer_app.training.trainers.window_feed import to_tensors  # noqa: E402
from tests.training.pieces import SHALLOW, TINY, chord_piece  # noqa: E402

TRAIN = [chord_piece(), chord_piece("b", steps=96)]
VALID = [chord_piece("v", "valid")]


def test_rests_stay_and_notes_stay_in_range_when_transposed() -> None:
    pitch = torch.tensor([0, 1, 20, PITCH_CLASSES - 1])
    assert transposed(pitch, 3).tolist() == [0, 4, 23, PITCH_CLASSES - 1]
    assert transposed(pitch, -3).tolist() == [0, 1, 17, PITCH_CLASSES - 4]


@pytest.mark.parametrize("shift", [-3, -1, 0, 2])
def test_a_prediction_is_moved_back_to_the_original_key(shift: int) -> None:
    pitch = torch.tensor([0, 5, 20, 44])
    certain = torch.log(torch.eye(PITCH_CLASSES)[transposed(pitch, shift)] + 1e-9)
    back = moved_back(certain, shift)
    assert back.shape == certain.shape
    assert back.argmax(-1).tolist() == pitch.tolist()


def test_a_network_that_hears_all_keys_alike_is_its_own_target() -> None:
    trainer = RefiningTrainer(replace(TINY, dropout=0.0), TRAIN, VALID)
    tensors = to_tensors(trainer.sampler.batch(4))
    network = trainer.network.eval()
    alone, _ = consistent_target([network], tensors[:INPUTS], (0,))
    with torch.no_grad():
        logits, *_ = network(*tensors[:INPUTS])
    assert torch.allclose(alone, logits.softmax(-1), atol=1e-5)
    assert consistency_loss(logits, alone, tensors[2]).item() == pytest.approx(0.0, abs=1e-5)
    several, _ = consistent_target([network], tensors[:INPUTS], (0, -2, 3))
    assert several.sum(-1).allclose(torch.ones_like(several[..., 0]), atol=1e-5)
    assert consistency_loss(logits, several, tensors[2]).item() > 1e-4


def test_known_cells_do_not_count() -> None:
    logits = torch.randn(1, 2, 4, PITCH_CLASSES)
    target = torch.randn(1, 2, 4, PITCH_CLASSES).softmax(-1)
    assert consistency_loss(logits, target, torch.ones(1, 2, 4)).item() == 0.0


def test_teachers_are_averaged() -> None:
    trainer = RefiningTrainer(TINY, TRAIN, VALID)
    tensors = to_tensors(trainer.sampler.batch(4))
    one, two = trainer.network.eval(), RefiningTrainer(replace(TINY, seed=2), TRAIN, VALID).network
    together, struck = consistent_target([one, two.eval()], tensors[:INPUTS], (0,))
    with torch.no_grad():
        answers = [network(*tensors[:INPUTS])[:2] for network in (one, two)]
    mean = torch.stack([logits.log_softmax(-1) for logits, _ in answers]).mean(0).softmax(-1)
    assert torch.allclose(together, mean, atol=1e-5)
    assert torch.allclose(struck, torch.stack([x.sigmoid() for _, x in answers]).mean(0))


@pytest.mark.slow
def test_a_teacher_is_followed() -> None:
    """Without a look at the answers: they are those of other pieces."""
    config = replace(SHALLOW, iterations=200, learning_rate=3e-3, warmup=10, dropout=0.0)
    # What shows chords is not taught: teachers may know of none.
    config = replace(config, row_hidden_share=1.0, plan_share=0.0)
    teacher = RefiningTrainer(config, TRAIN, VALID)
    for _ in range(40):
        teacher.step()
    said = teacher.average.eval()
    tensors = to_tensors(teacher.sampler.batch(16))
    target, _ = consistent_target([said], tensors[:INPUTS], (0,))
    distances = []
    for teachers in ([], [said]):
        pupil = RefiningTrainer(
            replace(config, seed=2, consistency=10.0, renamed_share=1.0, transpositions=0),
            TRAIN,
            VALID,
            teachers,
        )
        for _ in range(40):
            pupil.step()
        with torch.no_grad():
            logits, *_ = pupil.network.eval()(*tensors[:INPUTS])
        distances.append(consistency_loss(logits, target, tensors[2]).item())
    assert distances[1] < 0.5 * distances[0]


@pytest.mark.slow
def test_the_network_comes_nearer_to_hearing_all_keys_alike() -> None:
    config = replace(SHALLOW, iterations=200, learning_rate=3e-3, warmup=10, dropout=0.0)

    def apart(consistency: float) -> float:
        trainer = RefiningTrainer(replace(config, consistency=consistency), TRAIN, VALID)
        for _ in range(100):
            trainer.step()
        tensors = to_tensors(trainer.sampler.batch(16))
        network = trainer.network.eval()
        with torch.no_grad():
            logits, *_ = network(*tensors[:INPUTS])
        target, _ = consistent_target([network], tensors[:INPUTS], (-3, 0, 3))
        return consistency_loss(logits, target, tensors[2]).item()

    assert apart(6.0) < 0.7 * apart(0.0)


def test_a_run_with_consistency_resumes(tmp_path: Path) -> None:
    config = replace(TINY, iterations=4, consistency=1.0, renamed_share=0.5)
    whole = RefiningTrainer(config, TRAIN, VALID)
    whole.step()
    save_checkpoint(tmp_path / "c.pt", whole.state())
    expected = whole.step()
    other = RefiningTrainer(config, TRAIN, VALID)
    other.restore(load_checkpoint(tmp_path / "c.pt"))
    assert other.step() == expected
