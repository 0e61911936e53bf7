"""From a checkpoint to one self-describing ONNX file.

Large weights are stored as int8 with a scale for each output channel, a quarter of their size;
the graph multiplies them out when it is loaded, so that inference runs in float32. Whatever else
depends on weights alone, such as the folded kernels of an upsampling convolution, is worked out at
that moment too: it is larger than what it is made of.
"""

import inspect
import io
import json
import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from torch import Tensor, nn

from composer_app import __version__
from composer_app.errors import SettingError
from composer_app.file_arguments import input_name, write_output
from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.music.instrumentation import styles as known_styles
from composer_app.training.checkpoint import drum_network, load_checkpoint, refining_network
from composer_app.training.config import (
    BEATS,
    DRUM_NOTES,
    DRUM_TECHNIQUE,
    HIGHEST_PITCH,
    LOWEST_PITCH,
    MELODY_DENSITY_EDGES,
    MELODY_LOWEST,
    MELODY_NEIGHBOURS,
    NETWORK_STYLES,
    VOICES,
    MelodyConfig,
    OnePassConfig,
    config_from_dict,
)
from composer_app.training.corpora.groove_corpus import FEATURES
from composer_app.training.networks.classic_gan import ClassicGenerator
from composer_app.training.networks.drum_unet import (
    CONTEXT,
    MOST_PLACE,
    DrumUNet,
    DrumWriter,
)
from composer_app.training.networks.melody_unet import MelodyUNet
from composer_app.training.networks.one_pass_networks import OnePassGenerator
from composer_app.training.networks.refining_unet import RefiningUNet
from composer_app.translation import _

FORMAT_VERSION: Final = 1
REFINING_INPUTS: Final = (
    "pitch",
    "onset",
    "pitch_known",
    "onset_known",
    "position",
    "fermata",
    "valid",
    "style",
    "beat",
    "begin",
    "chord",
    "chord_known",
)
REFINING_OUTPUTS: Final = ("pitch_logits", "onset_logits", "chord_logits", "bass_logits")
CLASSIC_INPUTS: Final = ("condition", "noise")
GAN_INPUTS: Final = (
    "melody",
    "melody_onset",
    "position",
    "fermata",
    "valid",
    "noise",
    "temperature",
)
# Of a network that plans chords, all of them together.
GAN_ROW_INPUTS: Final = (
    "beat",
    "begin",
    "chord",
    "chord_known",
    "beat_start",
    "same_as",
    "shift",
    "rooted",
)
GAN_OUTPUTS: Final = ("pitch", "onset", "confidence", "plan")
# Of the network that writes melodies, each (B, T), neighbours and chords with an axis more.
MELODY_INPUTS: Final = (
    "state",
    "degree",
    "state_known",
    "degree_known",
    "neighbour",
    "position",
    "beat",
    "place",
    "ending",
    "begin",
    "valid",
    "style",
    "minor",
    "density",
    "chord",
    "chord_known",
)
MELODY_OUTPUTS: Final = ("state_logits", "degree_logits")
NOISE_SHAPE: Final = (8, 512)
# Standard deviations beyond which the published design draws its noise again.
_CLASSIC_NOISE_LIMIT: Final = 2
_CLASSIC_STEPS: Final = 32
_CELL: Final = 16
_SMALLEST_QUANTIZED: Final = 4096
_OPSET: Final = 18

# What exports a network, which takes long, and what there is to know of it.
Part = tuple[Callable[[], onnx.ModelProto], dict[str, str]]


def export_checkpoint(
    checkpoint: Path,
    path: Path,
    title: str = "",
    description: str = "",
    styles: Sequence[str] = (),
) -> int:
    """Write the model of ``checkpoint`` to ``path``; returns its size in bytes.

    ``title`` and ``description`` are what people see; without them, the technique's own.
    ``styles``, for a network that knows several, are those to be offered, each as an entry of its
    own. Raises :class:`SettingError`, at once, for something that is not a checkpoint, or cannot
    be exported.
    """
    state = load_checkpoint(checkpoint)
    technique = str(state["technique"])
    if technique not in _TECHNIQUES:
        raise SettingError(
            _("Models of the technique {technique} are not exported yet", technique=technique)
        )
    try:
        export, metadata = _TECHNIQUES[technique](state)
    except (KeyError, RuntimeError, TypeError, ValueError) as error:
        raise SettingError(
            _(
                "{file} was made by another version of Composer, with another network",
                file=input_name(checkpoint),
            )
        ) from error
    if title:
        metadata["title"] = title
    if description:
        metadata["description"] = description
    if styles:
        metadata["entries"] = json.dumps(entries(styles, json.loads(metadata["styles"])))
    metadata |= {
        "iterations": str(state["iteration"]),
        "training_seconds": str(round(state["seconds"])),
        "config": json.dumps(state["config"]),
    }
    return save_model(export(), metadata, path)


def save_model(model: onnx.ModelProto, metadata: Mapping[str, str], path: Path) -> int:
    """Write ``model``, its weights quantized, with ``metadata``; returns the size in bytes.

    Raises :class:`SettingError` where that is not possible.
    """
    model = quantize_weights(model)
    versions = {"format": str(FORMAT_VERSION), "composer_version": __version__}
    helper.set_model_props(model, {**versions, **metadata})
    data = model.SerializeToString()
    write_output(path, data, make_folder=True)
    return len(data)


def entries(styles: Sequence[str], known: Sequence[str]) -> list[dict[str, object]]:
    """What the catalog lists for a file of several ``styles``, as plain data.

    Raises :class:`SettingError` for a style that is not among those the network knows.
    """
    rows: list[dict[str, object]] = []
    for name in styles:
        if name not in known:
            raise SettingError(
                _(
                    "This network does not know the style {name!r}: it knows {known}",
                    name=name,
                    known=", ".join(known),
                )
            )
        style = known_styles.style_named(name)
        tempo = style.tempo
        rows.append(
            {
                "name": name,
                "title": style.title,
                "description": style.description,
                "style": name,
                "programs": list(style.programs),
                "tempo": [tempo.lowest, tempo.usual, tempo.highest],
            }
        )
    return rows


def _refining(state: Mapping[str, Any]) -> Part:
    network = refining_network(state)
    knows_styles = network.stem.weight.shape == state["average"]["stem.weight"].shape
    config = network.config
    return partial(export_refining, network), {
        "technique": "refining",
        "title": known_styles.BACH.title,
        "description": known_styles.BACH.description,
        "lowest_pitch": str(config.lowest_pitch),
        "highest_pitch": str(config.highest_pitch),
        "steps_multiple": str(2 ** len(network.downs)),
        "styles": json.dumps(list(NETWORK_STYLES) if knows_styles else ["bach"]),
        "beats": json.dumps(list(BEATS)),
        "qualities": json.dumps(list(QUALITIES)),
    }


def _classic(state: Mapping[str, Any]) -> Part:
    network = ClassicGenerator()
    network.load_state_dict(state["generator"])
    return partial(export_classic, network), {
        "technique": "gan",
        "layout": "roll",
        "title": "Bach chorale, 2019",
        "description": "The published one-pass design, trained as published: two bars at a time,"
        " chords where single notes should be.",
        "noise_limit": str(_CLASSIC_NOISE_LIMIT),
        "styles": json.dumps(["bach"]),
    }


def _one_pass(state: Mapping[str, Any]) -> Part:
    network = OnePassGenerator(config_from_dict(OnePassConfig, state["config"]))
    network.load_state_dict(state["average"])
    return partial(export_gan, network), voices_metadata() | {
        "beats": json.dumps(list(BEATS)),
        "qualities": json.dumps(list(QUALITIES)),
    }


def _melody(state: Mapping[str, Any]) -> Part:
    config = config_from_dict(MelodyConfig, state["config"])
    network = MelodyUNet(config)
    network.load_state_dict(state["average"])
    return partial(export_melody, network), {
        "technique": "melody",
        "title": "Melodies",
        "description": "Writes melodies over chords: what a piece is continued and composed with.",
        "lowest_degree": str(MELODY_LOWEST),
        "steps_multiple": str(2 ** len(network.downs)),
        "neighbours": json.dumps(list(MELODY_NEIGHBOURS)),
        "density_edges": json.dumps(list(MELODY_DENSITY_EDGES)),
        "styles": json.dumps(list(NETWORK_STYLES)),
        "beats": json.dumps(list(BEATS)),
        "qualities": json.dumps(list(QUALITIES)),
    }


def _drums(state: Mapping[str, Any]) -> Part:
    """The drum network of a checkpoint, as it is used."""
    network = drum_network(state)
    return partial(export_drums, network), {
        "technique": DRUM_TECHNIQUE,
        "title": "Drums",
        "description": "Writes the drums of bands in 4/4, with velocities and timing.",
        "drums": json.dumps(list(DRUM_NOTES.values())),
        "styles": json.dumps(state["styles"]),
        "substyles": json.dumps(state["substyles"]),
        "most_place": str(MOST_PLACE),
    }


# Each makes the network of a checkpoint and says what there is to know of it.
_TECHNIQUES: Final = {
    "refining": _refining,
    "gan-classic": _classic,
    "gan": _one_pass,
    "melody": _melody,
    "drums": _drums,
}


def voices_metadata(styles: Sequence[str] = ("bach",)) -> dict[str, str]:
    """What a file must say of a network that :func:`export_gan` exported."""
    return {
        "technique": "gan",
        "layout": "voices",
        "title": "Bach chorale, one pass",
        "description": "Writes all three voices at once, fast enough to follow what you play.",
        "lowest_pitch": str(LOWEST_PITCH),
        "highest_pitch": str(HIGHEST_PITCH),
        "styles": json.dumps(list(styles)),
    }


def example_inputs(batch: int, steps: int, lines: int = VOICES) -> tuple[torch.Tensor, ...]:
    """Inputs of the right types with nothing known; shapes as in :class:`RefiningUNet`."""
    cells, row = (batch, steps, lines), (batch, steps)
    return (
        torch.zeros(cells, dtype=torch.int64),
        torch.zeros(cells),
        torch.zeros(cells),
        torch.zeros(cells),
        torch.arange(steps).remainder(16).expand(row).clone(),
        torch.zeros(row, dtype=torch.int64),
        torch.ones(row),
        torch.zeros(row, dtype=torch.int64),
        torch.zeros(row, dtype=torch.int64),
        torch.zeros(row),
        torch.zeros((*row, 3), dtype=torch.int64),
        torch.zeros((*row, 2)),
    )


def export_refining(network: RefiningUNet) -> onnx.ModelProto:
    """The network as ONNX, in float32; batch and steps (a multiple of 16) are free."""
    batch, cells = torch.export.Dim("batch", max=64), torch.export.Dim("cells", max=8192)
    shape = {0: batch, 1: _CELL * cells}
    return _to_onnx(
        network,
        dict(zip(REFINING_INPUTS, example_inputs(2, 64, network.lines), strict=True)),
        dict.fromkeys(REFINING_INPUTS, shape),
        REFINING_OUTPUTS,
    )


def example_melody_inputs(batch: int, steps: int) -> dict[str, Tensor]:
    """Inputs of :class:`MelodyUNet` with nothing known."""
    row = (batch, steps)
    whole = ("state", "degree", "beat", "place", "ending", "style", "density")
    inputs = {name: torch.zeros(row) for name in MELODY_INPUTS}
    inputs |= {name: torch.zeros(row, dtype=torch.int64) for name in whole}
    inputs["position"] = torch.arange(steps).remainder(_CELL).expand(row).clone()
    inputs["neighbour"] = -torch.ones((*row, len(MELODY_NEIGHBOURS)), dtype=torch.int64)
    inputs["chord"] = torch.zeros((*row, 2), dtype=torch.int64)
    inputs["valid"] = torch.ones(row)
    return inputs


def export_melody(network: MelodyUNet) -> onnx.ModelProto:
    """The network that writes melodies as ONNX, in float32; batch and steps are free."""
    multiple = 2 ** len(network.downs)
    batch, cells = torch.export.Dim("batch", max=64), torch.export.Dim("cells", max=8192)
    inputs = example_melody_inputs(2, 4 * multiple)
    shape = {0: batch, 1: multiple * cells}
    return _to_onnx(network, inputs, dict.fromkeys(inputs, shape), MELODY_OUTPUTS)


def export_classic(network: ClassicGenerator) -> onnx.ModelProto:
    """The published generator as ONNX, in float32; the number of two-bar windows is free."""
    shape = {0: torch.export.Dim("batch", max=1024)}
    inputs = {
        "condition": -torch.ones(2, _CLASSIC_STEPS, 128, 1),
        "noise": torch.randn(2, _CLASSIC_STEPS // _CELL, *NOISE_SHAPE),
    }
    return _to_onnx(network, inputs, dict.fromkeys(inputs, shape), ("roll",))


def example_gan_inputs(batch: int, steps: int) -> dict[str, Tensor]:
    """Inputs of the layout "voices": (B, T), the noise (B, T/16, 8, 512), temperature (B,)."""
    row = (batch, steps)
    return {
        "melody": torch.arange(steps).div(4, rounding_mode="floor").remainder(12).expand(row) + 30,
        "melody_onset": (torch.arange(steps) % 4 == 0).float().expand(row).clone(),
        "position": torch.arange(steps).remainder(_CELL).expand(row).clone(),
        "fermata": torch.zeros(row, dtype=torch.int64),
        "valid": torch.ones(row),
        "noise": torch.randn(batch, steps // _CELL, *NOISE_SHAPE),
        "temperature": torch.ones(batch),
        "style": torch.zeros(row, dtype=torch.int64),
        "beat": torch.zeros(row, dtype=torch.int64),
        "begin": torch.zeros(row),
        "chord": torch.zeros((*row, 3), dtype=torch.int64),
        "chord_known": torch.zeros((*row, 2)),
        "beat_start": torch.arange(steps).div(4, rounding_mode="floor").mul(4).expand(row).clone(),
        "same_as": torch.arange(steps).div(4, rounding_mode="floor").mul(4).expand(row).clone(),
        "shift": torch.zeros(row, dtype=torch.int64),
        "rooted": torch.zeros(row),
    }


def export_gan(network: nn.Module) -> onnx.ModelProto:
    """A one-pass network of the layout "voices" as ONNX; batch and steps are free.

    Its ``forward`` takes :data:`GAN_INPUTS` by these names, ``style`` if it knows styles, and
    :data:`GAN_ROW_INPUTS` if it plans chords; it gives pitch classes (B, T, 4) int64, probabilities
    of onsets (B, T, 4), and if it can the probability (B, T, 4) that it gave to each pitch chosen,
    and the chords (B, T, 3) that it has planned.
    """
    network.eval()
    takes = inspect.signature(network.forward).parameters
    inputs = {name: x for name, x in example_gan_inputs(2, 64).items() if name in takes}
    wanted = [*takes, *GAN_INPUTS, *(GAN_ROW_INPUTS if "chord" in takes else ())]
    missing = [name for name in wanted if name not in inputs]
    if missing:
        raise ValueError(f"a one-pass network takes {', '.join(GAN_INPUTS)}: {missing} differ")
    inputs = {name: inputs[name] for name in takes}
    with torch.no_grad():
        outputs = len(network(**inputs))
    batch, cells = torch.export.Dim("batch", max=64), torch.export.Dim("cells", max=8192)
    shapes: dict[str, dict[int, Any]] = {name: {0: batch, 1: _CELL * cells} for name in inputs}
    shapes |= {"noise": {0: batch, 1: cells}, "temperature": {0: batch}}
    return _to_onnx(network, inputs, shapes, GAN_OUTPUTS[:outputs])


def example_drum_inputs(batch: int) -> dict[str, Tensor]:
    """Inputs of :class:`DrumWriter` for bars of which nothing is known."""
    row = torch.zeros(batch)
    return {
        "context": torch.zeros(batch, CONTEXT, _CELL, FEATURES),
        "present": torch.zeros(batch, CONTEXT),
        "before": torch.zeros(batch, FEATURES),
        "noise": torch.randn(batch, NOISE_SHAPE[1]),
        "temperature": row + 1,
        "given": torch.zeros(batch, _CELL, FEATURES),
        "given_known": torch.zeros(batch, _CELL),
        "style": row.long(),
        "substyle": row.long(),
        "tempo": row + 100,
        "swing": row + 0.5,
        "amounts": torch.zeros(batch, 2),
        "amounts_known": torch.zeros(batch, 2),
        "fill": row.long(),
        "place": torch.zeros(batch, 2, dtype=torch.int64),
        "place_known": row.clone(),
        "kit": torch.zeros(batch, len(DRUM_NOTES)),
        "kit_known": row.clone(),
        "accents": torch.zeros(batch, _CELL),
        "accents_known": row.clone(),
    }


def export_drums(network: DrumUNet) -> onnx.ModelProto:
    """The drum network as ONNX, in float32: one bar a run, of any number of pieces."""
    inputs = example_drum_inputs(2)
    batch = torch.export.Dim("batch", max=4096)
    shapes = {name: {0: batch} for name in inputs}
    return _to_onnx(DrumWriter(network), inputs, shapes, ("bar",))


def _to_onnx(
    network: nn.Module,
    inputs: dict[str, Tensor],
    shapes: dict[str, dict[int, Any]],
    outputs: Sequence[str],
) -> onnx.ModelProto:
    network.eval()
    # The exporter talks about itself: nothing in that is for the person who exports.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            network,
            tuple(inputs.values()),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_shapes=tuple(shapes[name] for name in inputs),
            opset_version=_OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    program.optimize()
    model: onnx.ModelProto = program.model_proto
    _strip_provenance(model)
    return model


def _strip_provenance(model: onnx.ModelProto) -> None:
    """Leave out stack traces and paths of the machine that exported."""
    model.doc_string = ""
    model.graph.doc_string = ""
    del model.graph.value_info[:]
    for item in (*model.graph.node, *model.graph.input, *model.graph.output):
        item.doc_string = ""
        del item.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.metadata_props[:]


def quantize_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store each large weight as int8 with a scale for each output channel."""
    graph = model.graph
    # A transposed convolution, and the right factor of a product, have their outputs on axis 1.
    kinds = ("ConvTranspose", "MatMul")
    transposed = {node.input[1] for node in graph.node if node.op_type in kinds}
    nodes: list[Any] = []
    weights: list[Any] = []
    for initializer in graph.initializer:
        weight = numpy_helper.to_array(initializer)
        if weight.dtype != np.float32 or weight.ndim < 2 or weight.size < _SMALLEST_QUANTIZED:
            weights.append(initializer)
            continue
        axis = 1 if initializer.name in transposed else 0
        quantized, scale = _to_int8(weight, axis)
        name = initializer.name
        weights.append(numpy_helper.from_array(quantized, name + "_int8"))
        weights.append(numpy_helper.from_array(scale, name + "_scale"))
        nodes.append(
            helper.make_node("Cast", [name + "_int8"], [name + "_cast"], to=onnx.TensorProto.FLOAT)
        )
        nodes.append(helper.make_node("Mul", [name + "_cast", name + "_scale"], [name]))
    nodes.extend(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(weights)
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def _to_int8(
    weight: NDArray[np.float32], axis: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    others = tuple(a for a in range(weight.ndim) if a != axis)
    largest = np.abs(weight).max(axis=others, keepdims=True)
    scale = np.maximum(largest / 127.0, 1e-12).astype(np.float32)
    return np.rint(weight / scale).astype(np.int8), scale
