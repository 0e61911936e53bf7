"""What a training begins with: a model file, and a side network beside it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")
pytest.importorskip("onnx", reason="the extra [train] is not installed")
onnxruntime = pytest.importorskip("onnxruntime")

from torch import Tensor, nn  # noqa: E402

from composer_app.errors import SettingError  # noqa: E402
from composer_app.training.base_model import (  # noqa: E402
    network_of,
    one_pass_network_of,
    restore_norms,
    with_other_lines,
)
from composer_app.training.checkpoint import save_checkpoint  # noqa: E402
from composer_app.training.export import REFINING_INPUTS, export_checkpoint  # noqa: E402
from composer_app.training.networks.refining_unet import RefiningUNet  # noqa: E402
from composer_app.training.trainers.dataset import WindowSampler  # noqa: E402
from composer_app.training.trainers.trainer import INPUTS, RefiningTrainer  # noqa: E402
from composer_app.training.trainers.window_feed import to_tensors  # noqa: E402
from tests.training.pieces import SHALLOW, chord_piece  # noqa: E402

pytestmark = pytest.mark.slow

BESIDE = replace(SHALLOW, side_channels=(16, 16, 16))
PIECES = [chord_piece()], [chord_piece("valid", "valid")]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model file of a network that has been trained a little."""
    folder = tmp_path_factory.mktemp("base")
    trainer = RefiningTrainer(SHALLOW, *PIECES)
    for _ in range(4):
        trainer.step()
    save_checkpoint(folder / "checkpoint.pt", trainer.state())
    export_checkpoint(folder / "checkpoint.pt", folder / "base.onnx")
    return folder / "base.onnx"


@pytest.fixture(scope="module")
def windows() -> tuple[Tensor, ...]:
    """Inputs that show some of everything."""
    return to_tensors(WindowSampler([chord_piece()], SHALLOW, 3).batch(6))[:INPUTS]


def asked_of(path: Path, windows: tuple[Tensor, ...]) -> list[NDArray[np.float32]]:
    session = onnxruntime.InferenceSession(path)
    feeds = dict(zip(REFINING_INPUTS, (each.numpy() for each in windows), strict=True))
    answers: list[NDArray[np.float32]] = session.run(None, feeds)
    return answers


def test_a_model_file_becomes_its_network_again(base: Path, windows: tuple[Tensor, ...]) -> None:
    with torch.no_grad():
        answers = network_of(base)(*windows)
    for answer, told in zip(answers, asked_of(base, windows), strict=True):
        np.testing.assert_allclose(answer.numpy(), told, atol=2e-4)


def test_the_voices_of_a_one_pass_file_become_their_network_again(repository: Path) -> None:
    models = repository / "models"
    network = one_pass_network_of(models / "bach-gan.onnx")
    session = onnxruntime.InferenceSession(models / "bach-gan.onnx")
    assert {each.name for each in session.get_inputs()} >= {"chord", "chord_known"}
    assert network.side is None
    assert all(value.abs().sum() > 0 for value in (network.stem.weight, network.head.weight))
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm1d)]
    assert all(norm.running_var is not None and norm.running_var.std() > 0 for norm in norms)
    with pytest.raises(SettingError, match="no network"):
        one_pass_network_of(models / "bach.onnx")
    with pytest.raises(SettingError, match="no network"):
        network_of(models / "bach-gan.onnx")


def test_norms_that_can_be_trained_change_no_answer(
    base: Path, windows: tuple[Tensor, ...]
) -> None:
    network = network_of(base)
    with torch.no_grad():
        before = network(*windows)
        restore_norms(network, [windows])
        after = network(*windows)
    for one, other in zip(before, after, strict=True):
        torch.testing.assert_close(one, other, atol=1e-3, rtol=1e-3)
    # A norm of use alone passes everything on as it comes.
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm1d)]
    variances = [norm.running_var for norm in norms if norm.running_var is not None]
    assert any(variance.std() > 0 for variance in variances)


def test_a_side_network_changes_nothing_at_first(base: Path, windows: tuple[Tensor, ...]) -> None:
    trainer = RefiningTrainer(BESIDE, *PIECES)
    trainer.start_from_model(base)
    with torch.no_grad():
        joined, alone = trainer.network.eval()(*windows), network_of(base)(*windows)
    for one, other in zip(joined[:2], alone[:2], strict=True):
        torch.testing.assert_close(one, other)


def test_a_side_network_begins_beside_a_checkpoint(windows: tuple[Tensor, ...]) -> None:
    plain = RefiningTrainer(SHALLOW, *PIECES)
    plain.step()
    trainer = RefiningTrainer(BESIDE, *PIECES)
    trainer.start_from(plain.state())
    with torch.no_grad():
        joined, alone = trainer.network.eval()(*windows), plain.average.eval()(*windows)
    for one, other in zip(joined[:2], alone[:2], strict=True):
        torch.testing.assert_close(one, other)


def test_a_side_network_alone_is_trained(base: Path, windows: tuple[Tensor, ...]) -> None:
    trainer = RefiningTrainer(BESIDE, *PIECES)
    trainer.start_from_model(base)
    before = {name: value.clone() for name, value in trainer.network.state_dict().items()}
    for _ in range(4):
        trainer.step()
    after = trainer.network.state_dict()
    moved = {name for name in after if not torch.equal(before[name], after[name])}
    assert moved == {name for name in after if name.startswith(("side.", "row_head."))}
    with torch.no_grad():
        taught, untaught = trainer.network.eval()(*windows), network_of(base)(*windows)
    assert not torch.allclose(taught[0], untaught[0])


def test_a_network_with_a_side_network_is_a_model_and_a_base(
    base: Path, windows: tuple[Tensor, ...], tmp_path: Path
) -> None:
    trainer = RefiningTrainer(BESIDE, *PIECES)
    trainer.start_from_model(base)
    for _ in range(4):
        trainer.step()
    save_checkpoint(tmp_path / "checkpoint.pt", trainer.state())
    export_checkpoint(tmp_path / "checkpoint.pt", tmp_path / "beside.onnx")
    with torch.no_grad():
        answers = trainer.average.eval()(*windows)
        again = network_of(tmp_path / "beside.onnx")(*windows)
    told = asked_of(tmp_path / "beside.onnx", windows)
    for answer, same, exported in zip(answers, again, told, strict=True):
        # Large weights are rounded to int8.
        np.testing.assert_allclose(answer.numpy(), exported, atol=0.1)
        np.testing.assert_allclose(same.numpy(), exported, atol=2e-4)
    trainer.start_from_model(tmp_path / "beside.onnx")


def test_a_side_network_that_goes_on_is_the_one_that_stopped(base: Path) -> None:
    def begun() -> RefiningTrainer:
        trainer = RefiningTrainer(BESIDE, *PIECES)
        trainer.start_from_model(base)
        return trainer

    whole = begun()
    for _ in range(4):
        whole.step()
    first = begun()
    for _ in range(2):
        first.step()
    state = first.state()
    second = RefiningTrainer(BESIDE, *PIECES)
    second.restore(state)
    for _ in range(2):
        second.step()
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[name]), name


def test_what_is_no_base_is_refused_in_a_sentence(base: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(base.read_bytes()[:1000])
    with pytest.raises(SettingError, match="holds no network that training can begin with"):
        network_of(broken)
    with pytest.raises(SettingError, match="There is no model at"):
        network_of(tmp_path / "nowhere.onnx")
    with pytest.raises(SettingError, match="network of another size"):
        RefiningTrainer(replace(SHALLOW, channels=(24, 16, 16)), *PIECES).start_from_model(base)


def test_a_side_network_needs_a_width_for_each_level() -> None:
    with pytest.raises(ValueError, match="side_channels has a number for each of channels"):
        replace(SHALLOW, side_channels=(16, 16))
    assert RefiningUNet(SHALLOW).side is None


def test_a_network_with_more_lines_begins_with_what_the_base_knows(
    base: Path, windows: tuple[Tensor, ...]
) -> None:
    more = replace(SHALLOW, lines=6, lowest_pitch=28, highest_pitch=91)
    known = network_of(base)
    network = RefiningUNet(more).eval()
    network.load_state_dict(with_other_lines(known, more))
    # Of the lines 2 and 4, which begin as copies of their neighbours, nothing is known.
    cells = tuple(torch.zeros(*windows[0].shape[:2], 6, dtype=each.dtype) for each in windows[:4])
    for wide, narrow in zip(cells, windows[:4], strict=True):
        wide[..., [0, 1, 3, 5]] = narrow
    # 28 is eight pitches below 36.
    pitch = torch.where(cells[0] > 0, cells[0] + 8, 0)
    with torch.no_grad():
        said = known(*windows)[0]
        found = network(pitch, *cells[1:], *windows[4:])[0]
    assert torch.allclose(found[:, :, 0, 9:57], said[:, :, 0, 1:], atol=1e-4)
    assert torch.allclose(found[:, :, 5, 9:57], said[:, :, 3, 1:], atol=1e-4)


def test_all_weights_are_trained_where_the_side_network_is_not_alone(base: Path) -> None:
    config = replace(BESIDE, side_alone=False)
    trainer = RefiningTrainer(config, *PIECES)
    trainer.start_from_model(base)
    before = {name: value.clone() for name, value in trainer.network.named_parameters()}
    trainer.step()
    moved = {
        n for n, value in trainer.network.named_parameters() if not torch.equal(value, before[n])
    }
    assert {"stem.weight", "side.stem.weight", "head.weight"} <= moved
