"""A model file says the same as the network it came from."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")
onnx = pytest.importorskip("onnx", reason="the extra [train] is not installed")
onnxruntime = pytest.importorskip("onnxruntime")

from torch import Tensor, nn  # noqa: E402

from composer_app import cli  # noqa: E402
from composer_app.errors import SettingError  # noqa: E402
from composer_app.generation.composing import compose  # noqa: E402
from composer_app.generation.generator import GenerationSettings  # noqa: E402
from composer_app.generation.models.catalog import load_generator  # noqa: E402
from composer_app.generation.models.model_file import read_metadata  # noqa: E402
from composer_app.music.files.sample_melodies import load_sample  # noqa: E402
from composer_app.music.harmony.chord_qualities import QUALITIES  # noqa: E402
from composer_app.training import export  # noqa: E402
from composer_app.training.checkpoint import save_checkpoint  # noqa: E402
from composer_app.training.config import (  # noqa: E402
    ClassicGanConfig,
    OnePassConfig,
    config_to_dict,
)
from composer_app.training.export import (  # noqa: E402
    GAN_INPUTS,
    REFINING_INPUTS,
    example_gan_inputs,
    export_checkpoint,
    export_classic,
    export_gan,
    export_refining,
    quantize_weights,
    save_model,
    voices_metadata,
)
from composer_app.training.networks import one_pass_networks, one_pass_stages  # noqa: E402
from composer_app.training.networks.classic_gan import ClassicGenerator  # noqa: E402
from composer_app.training.networks.one_pass_networks import OnePassGenerator  # noqa: E402
from composer_app.training.networks.one_pass_stages import STAGES  # noqa: E402
from composer_app.training.networks.refining_unet import RefiningUNet  # noqa: E402
from composer_app.training.trainers.dataset import WindowSampler  # noqa: E402
from composer_app.training.trainers.trainer import RefiningTrainer  # noqa: E402
from composer_app.training.trainers.window_feed import to_tensors  # noqa: E402
from tests.streams import give_input, take_output  # noqa: E402
from tests.training.pieces import SHALLOW, SMALL, TINY, chord_piece  # noqa: E402

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def refining() -> RefiningUNet:
    """Random weights."""
    torch.manual_seed(2)
    return RefiningUNet(SHALLOW).eval()


@pytest.fixture(scope="module")
def refining_model(refining: RefiningUNet) -> Any:
    """What it is exported as, which takes seconds."""
    return export_refining(refining)


@pytest.fixture
def exported(refining_model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the weights of a checkpoint, this is its model: for what is said around it."""
    monkeypatch.setattr(export, "export_refining", lambda network: copy_of(refining_model))


def test_onnx_says_what_torch_says_at_every_length(
    refining: RefiningUNet, refining_model: Any
) -> None:
    plain, small = sessions(refining_model)
    for batch, window in ((3, 32), (1, 96)):
        config = replace(SHALLOW, window=window)
        inputs = to_tensors(WindowSampler([chord_piece(steps=128)], config, 1).batch(batch))
        with torch.no_grad():
            expected = refining(*inputs[: len(REFINING_INPUTS)])
        feeds = {
            name: tensor.numpy() for name, tensor in zip(REFINING_INPUTS, inputs, strict=False)
        }
        for want, got, quantized in zip(
            expected, plain.run(None, feeds), small.run(None, feeds), strict=True
        ):
            assert np.allclose(want.numpy(), got, atol=1e-4)
            # int8 weights: close, not equal.
            assert np.abs(want.numpy() - quantized).max() < 0.1 * np.abs(want.numpy()).max()


def sessions(model: Any) -> tuple[Any, Any]:
    """The model with its weights as they are, and quantized."""
    return tuple(
        onnxruntime.InferenceSession(m.SerializeToString(), providers=["CPUExecutionProvider"])
        for m in (model, quantize_weights(copy_of(model)))
    )


@pytest.fixture(scope="module")
def classic() -> ClassicGenerator:
    """Random weights, and norms that have seen something."""
    torch.manual_seed(3)
    network = ClassicGenerator()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2.0)
    return network


@pytest.fixture(scope="module")
def classic_model(classic: ClassicGenerator) -> Any:
    """What it is exported as, which takes seconds."""
    return export_classic(classic)


def copy_of(model: Any) -> Any:
    return onnx.ModelProto.FromString(model.SerializeToString())


def test_the_published_generator_says_the_same_as_onnx(
    classic: ClassicGenerator, classic_model: Any, tmp_path: Path
) -> None:
    model = copy_of(classic_model)
    plain, small = sessions(model)
    torch.manual_seed(4)
    for batch in (1, 5):
        condition = torch.where(torch.rand(batch, 32, 128, 1) < 0.02, 1.0, -1.0)
        noise = torch.randn(batch, 2, 8, 512)
        with torch.no_grad():
            want = classic.eval()(condition, noise).numpy()
        feeds = {"condition": condition.numpy(), "noise": noise.numpy()}
        assert np.allclose(plain.run(None, feeds)[0], want, atol=1e-4)
        quantized = small.run(None, feeds)[0]
        # int8 weights: close, and nearly always on the same side of 0.
        assert np.abs(quantized - want).max() < 0.1 * np.abs(want).max()
        assert ((quantized > 0) != (want > 0)).mean() < 0.005
    # Kernels are made from the weights when the file is loaded, not each time it runs: what the
    # runtime is left with has no operator that makes them.
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "loaded.onnx")
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    onnxruntime.InferenceSession(
        quantize_weights(model).SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    left = {node.op_type for node in onnx.load(tmp_path / "loaded.onnx").graph.node}
    assert left <= {
        "BatchNormalization",
        "Concat",
        "Conv",
        "DepthToSpace",
        "LeakyRelu",
        "Relu",
        "Tanh",
        "Transpose",
    }


def test_a_checkpoint_of_the_published_gan_becomes_a_model(
    classic: ClassicGenerator,
    classic_model: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(export, "export_classic", lambda network: copy_of(classic_model))
    state = {
        "technique": "gan-classic",
        "generator": classic.state_dict(),
        "config": config_to_dict(ClassicGanConfig()),
        "iteration": 1000,
        "seconds": 1234.5,
    }
    save_checkpoint(tmp_path / "c.pt", state)
    path = tmp_path / "bach-gan-classic.onnx"
    size = export_checkpoint(tmp_path / "c.pt", path)
    assert size == path.stat().st_size < 15e6
    metadata = read_metadata(path)
    assert {name: metadata[name] for name in ("technique", "layout", "noise_limit", "format")} == {
        "technique": "gan",
        "layout": "roll",
        "noise_limit": "2",
        "format": "1",
    }
    assert (metadata["iterations"], metadata["training_seconds"]) == ("1000", "1234")
    assert json.loads(metadata["config"])["update_ratio"] == 5
    assert metadata["title"]
    assert metadata["description"]
    piece = compose(load_sample("twinkle"), load_generator(str(path)), GenerationSettings(1))
    assert piece.tracks[0].notes == load_sample("twinkle").notes
    assert str(Path(__file__).parents[2]).encode() not in path.read_bytes()


class TinyVoices(nn.Module):
    """A one-pass network of our layout, with as little in it as will do."""

    def __init__(self) -> None:
        super().__init__()
        self.cells = nn.Linear(512, 8)
        self.mix = nn.Conv1d(49 + 8 + 4, 4 * 50, 3, padding=1)

    def forward(
        self,
        melody: Tensor,
        melody_onset: Tensor,
        position: Tensor,
        fermata: Tensor,
        valid: Tensor,
        noise: Tensor,
        temperature: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """As :func:`export_gan` asks."""
        code = nn.functional.one_hot(melody, 49).float()
        chance = self.cells(noise).mean(2).repeat_interleave(16, dim=1)
        row = torch.stack([melody_onset, position / 16, fermata.float(), valid], dim=2)
        x = torch.cat([code, chance * temperature[:, None, None], row], dim=2)
        out = self.mix(x.transpose(1, 2)).transpose(1, 2).unflatten(2, (4, 50))
        return out[..., :-1].argmax(3), torch.sigmoid(out[..., -1])


def test_a_one_pass_network_of_our_own_becomes_a_model(tmp_path: Path) -> None:
    torch.manual_seed(5)
    network = TinyVoices().eval()
    model = export_gan(network)
    plain, small = sessions(model)
    for batch, steps in ((1, 16), (3, 96)):
        inputs = {n: x for n, x in example_gan_inputs(batch, steps).items() if n in GAN_INPUTS}
        with torch.no_grad():
            pitch, onset = network(**inputs)
        feeds = {name: x.numpy() for name, x in inputs.items()}
        got = plain.run(None, feeds)
        assert np.array_equal(got[0], pitch.numpy())
        assert np.allclose(got[1], onset.numpy(), atol=1e-5)
        assert np.allclose(small.run(None, feeds)[1], onset.numpy(), atol=0.05)
    path = tmp_path / "own.onnx"
    metadata = {**voices_metadata(), "title": "Own", "iterations": "7"}
    assert save_model(model, metadata, path) == path.stat().st_size
    assert read_metadata(path)["title"] == "Own"
    generator = load_generator(str(path))
    piece = compose(load_sample("twinkle"), generator, GenerationSettings(1))
    assert piece.tracks[0].notes == load_sample("twinkle").notes


@pytest.mark.slow
def test_the_one_pass_generator_becomes_a_model_that_plans(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With weights at random: in a batch of another size and length, with chords asked for."""
    torch.manual_seed(6)
    # The exporter takes as long as there are stages: one that writes, and one that writes again.
    few = (STAGES[1], STAGES[2])
    monkeypatch.setattr(one_pass_networks, "STAGES", few)
    monkeypatch.setattr(one_pass_stages, "STAGES", few)
    shallow = OnePassConfig(
        channels=(8, 8),
        down_blocks=(1, 1),
        up_blocks=(1,),
        critic_channels=(8,),
        planner_channels=(8, 8),
    )
    network = OnePassGenerator(shallow).eval()
    model = export_gan(network)
    plain, _ = sessions(model)
    inputs = example_gan_inputs(3, 96)
    del inputs["style"]
    inputs["chord_known"][1, :32] = 1
    inputs["chord"][1, :32] = torch.tensor([7, 4, 11])
    inputs["same_as"][2, 48:] -= 48
    inputs["shift"][2, 48:] = 5
    inputs["valid"][:, 90:] = 0
    with torch.no_grad():
        wanted = network(**inputs)
    got = plain.run(None, {name: x.numpy() for name, x in inputs.items()})
    for one, other in zip(got, wanted, strict=True):
        if one.dtype == np.int64:
            assert np.array_equal(one, other.numpy())
        else:
            assert np.allclose(one, other.numpy(), atol=1e-4)
    path = tmp_path / "planned.onnx"
    qualities = json.dumps(list(QUALITIES))
    save_model(model, {**voices_metadata(), "qualities": qualities}, path)
    assert compose(load_sample("twinkle"), load_generator(str(path)), GenerationSettings(1)).chords


def test_a_one_pass_network_with_other_inputs_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="melody_onset"):
        export_gan(nn.Identity())


def test_an_exported_checkpoint_is_a_model_that_describes_itself(
    exported: None, tmp_path: Path
) -> None:
    trainer = RefiningTrainer(SHALLOW, [chord_piece()], [chord_piece("v", "valid")])
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


def test_styles_become_entries(
    exported: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = RefiningTrainer(SHALLOW, [chord_piece()], [chord_piece("v", "valid")])
    save_checkpoint(tmp_path / "c.pt", trainer.state())
    path = tmp_path / "three.onnx"
    export_checkpoint(tmp_path / "c.pt", path, styles=["bach", "hymn"])
    rows = json.loads(read_metadata(path)["entries"])
    assert [(row["name"], row["style"], row["title"]) for row in rows] == [
        ("bach", "bach", "Bach chorale"),
        ("hymn", "hymn", "Hymn"),
    ]
    assert rows[1]["programs"] == [19, 19, 19, 19]
    assert rows[1]["tempo"] == sorted(rows[1]["tempo"])
    # A mistake is told before the work begins.
    monkeypatch.setattr(export, "export_refining", lambda network: pytest.fail("it has begun"))
    with pytest.raises(SettingError, match="does not know the style 'polka'"):
        export_checkpoint(tmp_path / "c.pt", path, styles=["polka"])


def test_a_network_from_before_there_were_styles_is_exported_all_the_same(
    exported: None, tmp_path: Path
) -> None:
    trainer = RefiningTrainer(SHALLOW, [chord_piece()], [chord_piece("v", "valid")])
    state = trainer.state()
    state["average"] = dict(state["average"])
    state["average"]["stem.weight"] = state["average"]["stem.weight"][:, :-3]
    save_checkpoint(tmp_path / "c.pt", state)
    path = tmp_path / "old.onnx"
    export_checkpoint(tmp_path / "c.pt", path)
    assert json.loads(read_metadata(path)["styles"]) == ["bach"]
    assert load_generator(str(path)).style == "bach"


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ({"technique": "magic"}, "technique magic are not exported"),
        ({"technique": "gan-classic"}, "another version"),
        ({"technique": "gan-classic", "generator": {}}, "another version"),
        ({"technique": "refining", "config": {"hats": 3}}, "another version"),
    ],
)
def test_checkpoints_that_cannot_be_exported(
    tmp_path: Path, state: dict[str, object], why: str
) -> None:
    save_checkpoint(tmp_path / "c.pt", state)
    with pytest.raises(SettingError, match=why):
        export_checkpoint(tmp_path / "c.pt", tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()


def test_train_and_export(
    exported: None,
    corpus: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = ["train", "--corpus", str(corpus), "--out", str(tmp_path / "run"), *SMALL]
    assert cli.main(run) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["event"] == "finished"
    # Again: the run is resumed, and has nothing left to do.
    assert cli.main(run) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (first["event"], first["iteration"]) == ("started", TINY.iterations - 4)
    checkpoint, model = tmp_path / "run" / "checkpoint.pt", tmp_path / "models" / "mine.onnx"
    assert cli.main(["export", str(checkpoint), "-o", str(model)]) == 0
    assert "mine.onnx" in capsys.readouterr().out
    # The same through the standard streams.
    with monkeypatch.context() as streams:
        written = take_output(streams)
        give_input(streams, checkpoint.read_bytes())
        assert cli.main(["export", "-", "-o", "-"]) == 0
        assert written.getvalue() == model.read_bytes()
        give_input(streams, b"nonsense")
        assert cli.main(["export", "-", "-o", str(model)]) == 2
    assert "standard output: 0." in (said := capsys.readouterr().err)
    assert "standard input is not a checkpoint that Composer wrote" in said
    # The other technique does not take this run for its own.
    other = ["train", "--technique", "gan-classic", "--set", "batch=1"]
    assert cli.main([*other, "--corpus", str(corpus), "--out", str(tmp_path / "run")]) == 2
    assert "belongs to the technique refining" in capsys.readouterr().err
