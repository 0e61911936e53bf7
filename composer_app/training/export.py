"""From a checkpoint to one self-describing ONNX file.

Large weights are stored as int8 with a scale for each output channel, a quarter of their size;
the graph multiplies them out when it is loaded, so that inference runs in float32.
"""

import io
import json
import logging
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from composer_app import __version__
from composer_app.errors import SettingError
from composer_app.training.config import (
    HIGHEST_PITCH,
    LOWEST_PITCH,
    STYLES,
    VOICES,
    RefiningConfig,
)
from composer_app.training.networks import RefiningUNet
from composer_app.training.trainer import load_checkpoint

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
)
REFINING_OUTPUTS: Final = ("pitch_logits", "onset_logits")
_SMALLEST_QUANTIZED: Final = 4096
_OPSET: Final = 18


def export_checkpoint(checkpoint: Path, path: Path, title: str, description: str) -> int:
    """Write the model of ``checkpoint`` to ``path``; returns its size in bytes.

    Raises :class:`SettingError` for something that is not a checkpoint, or cannot be exported.
    """
    state = load_checkpoint(checkpoint)
    if state["technique"] != "refining":
        raise SettingError(f"Models of the technique {state['technique']} are not exported yet.")
    saved: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in state["config"].items()
    }
    config = RefiningConfig(**saved)
    network = RefiningUNet(config)
    network.load_state_dict(state["average"])
    model = quantize_weights(export_refining(network))
    metadata = {
        "format": str(FORMAT_VERSION),
        "technique": "refining",
        "title": title,
        "description": description,
        "lowest_pitch": str(LOWEST_PITCH),
        "highest_pitch": str(HIGHEST_PITCH),
        "steps_multiple": str(2 ** (len(config.channels) - 1)),
        "styles": json.dumps(STYLES),
        "iterations": str(state["iteration"]),
        "training_seconds": str(round(state["seconds"])),
        "config": json.dumps(state["config"]),
        "composer_version": __version__,
    }
    helper.set_model_props(model, metadata)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    onnx.save(model, temporary)
    temporary.replace(path)
    return path.stat().st_size


def example_inputs(batch: int, steps: int) -> tuple[torch.Tensor, ...]:
    """Inputs of the right types with nothing known; shapes as in :class:`RefiningUNet`."""
    cells, row = (batch, steps, VOICES), (batch, steps)
    return (
        torch.zeros(cells, dtype=torch.int64),
        torch.zeros(cells),
        torch.zeros(cells),
        torch.zeros(cells),
        torch.arange(steps).remainder(16).expand(row).clone(),
        torch.zeros(row, dtype=torch.int64),
        torch.ones(row),
        torch.zeros(row, dtype=torch.int64),
    )


def export_refining(network: RefiningUNet) -> onnx.ModelProto:
    """The network as ONNX, in float32; batch and steps (a multiple of 16) are free."""
    network.eval()
    batch, cells = torch.export.Dim("batch", max=64), torch.export.Dim("cells", max=8192)
    shape = {0: batch, 1: 16 * cells}
    # The exporter talks about itself: nothing in that is for the person who exports.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            network,
            example_inputs(2, 64),
            input_names=list(REFINING_INPUTS),
            output_names=list(REFINING_OUTPUTS),
            dynamic_shapes=tuple(shape for _ in REFINING_INPUTS),
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
    # A transposed convolution has its output channels on axis 1.
    transposed = {node.input[1] for node in graph.node if node.op_type == "ConvTranspose"}
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
