"""A network from a model file: what a new training may begin with, or a teacher.

A model file holds what inference needs. In files of the refining technique batch norms are folded
into the convolutions before them, and weights are rounded to int8; :func:`network_of` makes a
network that gives the same answers, and :func:`restore_norms` gives it batch norms that training
can go on with. Files of the one-pass technique have their batch norms as they are.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from composer_app.errors import SettingError
from composer_app.music.pitch import OCTAVE
from composer_app.training.config import RefiningConfig
from composer_app.training.networks.refining_unet import RefiningUNet
from composer_app.translation import _

_FOLDED: Final = ".weight_bias"


def network_of(path: Path) -> RefiningUNet:
    """The network of the model file ``path``, for use; what it did not know has no influence.

    Raises :class:`SettingError` for a file that holds no network of the refining technique.
    """
    return _read(path, "")


def one_pass_network_of(path: Path) -> RefiningUNet:
    """As :func:`network_of`, the network that writes the voices of a one-pass model file."""
    return _read(path, "network.")


def _read(path: Path, prefix: str) -> RefiningUNet:
    """The network of ``path`` whose weights there have names that begin with ``prefix``."""
    try:
        model = onnx.load(path)
        metadata = {each.key: each.value for each in model.metadata_props}
        config = _config(json.loads(metadata["config"]))
        network = RefiningUNet(config).eval()
        network.load_state_dict(_weights(model, network, prefix))
    except FileNotFoundError:
        raise SettingError(_("There is no model at {file}", file=path)) from None
    except Exception as error:
        # onnx and protobuf answer damage with errors of their own.
        raise SettingError(
            _("{file} holds no network that training can begin with", file=path)
        ) from error
    return network


def _config(saved: dict[str, Any]) -> RefiningConfig:
    """What shapes the network; the rest of its recipe is of other times."""
    usual = RefiningConfig()
    return RefiningConfig(
        channels=tuple(saved["channels"]),
        down_blocks=tuple(saved["down_blocks"]),
        up_blocks=tuple(saved["up_blocks"]),
        lines=saved.get("lines", usual.lines),
        lowest_pitch=saved.get("lowest_pitch", usual.lowest_pitch),
        highest_pitch=saved.get("highest_pitch", usual.highest_pitch),
        side_channels=tuple(saved.get("side_channels", ())),
    )


def _weights(model: onnx.ModelProto, network: RefiningUNet, prefix: str) -> dict[str, Tensor]:
    arrays = {
        each.name.removeprefix(prefix): numpy_helper.to_array(each)
        for each in model.graph.initializer
        if each.name.startswith(prefix)
    }
    if not {"stem.weight", "stem.weight_int8"} & arrays.keys():
        raise ValueError(f"no stem has a name that begins with {prefix!r}")
    result = dict(network.state_dict())
    for name, value in result.items():
        array = arrays.get(name)
        if array is None and f"{name}_int8" in arrays:
            array = arrays[f"{name}_int8"].astype(np.float32) * arrays[f"{name}_scale"]
        if array is not None:
            result[name] = widened(torch.from_numpy(array.copy()), value)
        elif name.startswith("row_head."):
            # A model from before there was a chord row has nothing to say of it.
            result[name] = torch.zeros_like(value)
    for folded, conv in ((name, name.removesuffix(_FOLDED)) for name in arrays):
        if folded.endswith(_FOLDED):
            norm = conv.replace("conv", "norm")
            _set_norm(result, norm, torch.from_numpy(arrays[folded].copy()))
    return result


def _set_norm(weights: dict[str, Tensor], norm: str, bias: Tensor) -> None:
    """A batch norm that does nothing while it is not trained but add ``bias``."""
    weights[f"{norm}.weight"] = torch.full_like(bias, (1.0 + _epsilon()) ** 0.5)
    weights[f"{norm}.bias"] = bias
    weights[f"{norm}.running_mean"] = torch.zeros_like(bias)
    weights[f"{norm}.running_var"] = torch.ones_like(bias)


def _epsilon() -> float:
    return nn.BatchNorm1d(1).eps


def widened(weight: Tensor, like: Tensor) -> Tensor:
    """``weight`` with further inputs (axis 1) of no influence, as many as ``like`` has."""
    if weight.ndim < 2 or weight.shape[1] == like.shape[1]:
        return weight
    result = torch.zeros_like(like)
    result[:, : weight.shape[1]] = weight
    return result


@torch.no_grad()
def with_other_lines(network: RefiningUNet, config: RefiningConfig) -> dict[str, Tensor]:
    """The weights of ``network`` for one of ``config``, which has other lines or pitches.

    Each line begins as the one of ``network`` in about the same place between melody and bass, a
    pitch that ``network`` does not have as the nearest of its octaves. A side network is left out,
    and what names chords begins at nothing.
    """
    own = network.config
    weights = {name: w for name, w in network.state_dict().items() if not name.startswith("side.")}
    places = torch.arange(config.lines) * (own.lines - 1) / (config.lines - 1)
    lines = places.round().long()
    pitches = torch.arange(config.lowest_pitch, config.highest_pitch + 1)
    up = (own.lowest_pitch - pitches + OCTAVE - 1).clamp(min=0) // OCTAVE
    down = (pitches - own.highest_pitch + OCTAVE - 1).clamp(min=0) // OCTAVE
    classes = torch.cat(
        [torch.zeros(1).long(), pitches + OCTAVE * (up - down) - own.lowest_pitch + 1]
    )
    cells = (lines[:, None] * own.pitch_classes + classes).flatten()
    marks = own.lines * own.pitch_classes + torch.cat([lines + i * own.lines for i in range(3)])
    rest = torch.arange(own.lines * (own.pitch_classes + 3), weights["stem.weight"].shape[1])
    weights["stem.weight"] = weights["stem.weight"][:, torch.cat([cells, marks, rest])]
    said = torch.cat([classes, torch.tensor([own.pitch_classes])])
    heads = (lines[:, None] * (own.pitch_classes + 1) + said).flatten()
    for name in ("head.weight", "head.bias"):
        weights[name] = weights[name][heads]
    for name, like in RefiningUNet(config).row_head.named_parameters():
        weights[f"row_head.{name}"] = torch.zeros_like(like)
    return weights


@torch.no_grad()
def restore_norms(network: RefiningUNet, batches: Sequence[tuple[Tensor, ...]]) -> None:
    """Give each batch norm of ``network`` the statistics of ``batches``, its answers unchanged.

    ``batches`` are what :meth:`RefiningUNet.forward` takes. Training normalizes by its own
    batches, so that the weights have to allow for what the norm takes away.
    """
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm1d)]
    seen: dict[nn.Module, list[Tensor]] = {norm: [] for norm in norms}

    def watch(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        x = inputs[0].transpose(0, 1).flatten(1)
        seen[norm].append(torch.stack([x.mean(1), x.square().mean(1)]))

    hooks = [norm.register_forward_pre_hook(watch) for norm in norms]
    network.eval()
    for batch in batches:
        network(*batch)
    for hook in hooks:
        hook.remove()
    for norm in norms:
        _restore(norm, *torch.stack(seen[norm]).mean(0))


def _restore(norm: nn.BatchNorm1d, mean: Tensor, mean_square: Tensor) -> None:
    assert norm.running_mean is not None
    assert norm.running_var is not None
    variance = (mean_square - mean.square()).clamp(min=1e-8)
    # As it stands, y = (x - running mean) * gain + bias; it is to stay that.
    gain = norm.weight / (norm.running_var + norm.eps).sqrt()
    bias = norm.bias + (mean - norm.running_mean) * gain
    norm.weight.copy_(gain * (variance + norm.eps).sqrt())
    norm.bias.copy_(bias)
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
