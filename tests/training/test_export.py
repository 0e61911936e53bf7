"""A model file says the same as the network it came from."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")
onnxruntime = pytest.importorskip("onnxruntime")

from composer_app.errors import SettingError  # noqa: E402
from composer_app.generation.catalog import load_generator  # noqa: E402
from composer_app.generation.model_file import read_metadata  # noqa: E402
from composer_app.training.dataset import WindowSampler  # noqa: E402
from composer_app.training.export import (  # noqa: E402
    REFINING_INPUTS,
    export_checkpoint,
    export_refining,
    quantize_weights,
)
from composer_app.training.networks import RefiningUNet  # noqa: E402
from composer_app.training.trainer import (  # noqa: E402
    RefiningTrainer,
    save_checkpoint,
    to_tensors,
)
from tests.training.pieces import TINY, chord_piece  # noqa: E402

pytestmark = pytest.mark.slow


def test_onnx_says_what_torch_says_at_every_length() -> None:
    torch.manual_seed(2)
    network = RefiningUNet(TINY).eval()
    model = export_refining(network)
    plain = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    small = onnxruntime.InferenceSession(
        quantize_weights(model).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    for batch, window in ((3, 32), (1, 96)):
        config = replace(TINY, window=window)
        inputs = to_tensors(WindowSampler([chord_piece(steps=128)], config, 1).batch(batch))
        with torch.no_grad():
            expected = network(*inputs)
        feeds = {name: tensor.numpy() for name, tensor in zip(REFINING_INPUTS, inputs, strict=True)}
        for want, got, quantized in zip(
            expected, plain.run(None, feeds), small.run(None, feeds), strict=True
        ):
            assert np.allclose(want.numpy(), got, atol=1e-4)
            # int8 weights: close, not equal.
            assert np.abs(want.numpy() - quantized).max() < 0.1 * np.abs(want.numpy()).max()


def test_an_exported_checkpoint_is_a_model_that_describes_itself(tmp_path: Path) -> None:
    trainer = RefiningTrainer(TINY, [chord_piece()], [chord_piece("v", "valid")])
    trainer.step()
    save_checkpoint(tmp_path / "c.pt", trainer.state())
    path = tmp_path / "tiny.onnx"
    size = export_checkpoint(tmp_path / "c.pt", path, "Tiny", "A test.")
    assert size == path.stat().st_size
    metadata = read_metadata(path)
    assert metadata["title"] == "Tiny"
    assert metadata["iterations"] == "1"
    assert load_generator(str(path)).name == "tiny"
    # Nothing of the exporting machine stays in the file.
    assert str(Path(__file__).parents[2]).encode() not in path.read_bytes()


def test_the_gan_is_not_exported_yet(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "c.pt", {"technique": "gan-classic"})
    with pytest.raises(SettingError, match="gan-classic"):
        export_checkpoint(tmp_path / "c.pt", tmp_path / "m.onnx", "", "")
