"""Checkpoints: all that a training run needs to go on, in one file, and the networks in them."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional

from composer_app.errors import SettingError, StreamError
from composer_app.file_arguments import input_name, read_input
from composer_app.music.files.safe_file import cannot_write, whole_file
from composer_app.training.config import DrumConfig, RefiningConfig, config_from_dict
from composer_app.training.networks.drum_unet import DrumUNet
from composer_app.training.networks.refining_unet import RefiningUNet
from composer_app.translation import _

_MOST_CHECKPOINT_BYTES: Final = 4_000_000_000


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write ``state`` so that a crash leaves either the old file or the new one.

    Raises :class:`SettingError` where that is not possible.
    """
    buffer = io.BytesIO()
    torch.save(state, buffer)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # From memory: torch would hide why a disk takes no more.
        with whole_file(path) as file:
            file.write(buffer.getbuffer())
    except OSError as error:
        raise SettingError(*cannot_write(path, error)) from error


def load_checkpoint(path: Path) -> dict[str, Any]:
    """A checkpoint of this program; :class:`SettingError` if it is not one."""
    try:
        packed = io.BytesIO(read_input(path, _MOST_CHECKPOINT_BYTES))
        state = torch.load(packed, map_location="cpu", weights_only=True)
    except StreamError:
        raise
    except FileNotFoundError:
        raise SettingError(
            _("There is no checkpoint at {file}", file=path), _("train a model first")
        ) from None
    except Exception as error:
        raise SettingError(
            _("{file} is not a checkpoint that Composer wrote", file=input_name(path))
        ) from error
    if not isinstance(state, dict) or "technique" not in state:
        raise SettingError(
            _("{file} is not a checkpoint that Composer wrote", file=input_name(path))
        )
    return state


def average_weights(state: Mapping[str, Any], network: RefiningUNet) -> dict[str, Tensor]:
    """The averaged weights of a refining checkpoint, as ``network`` takes them.

    Networks from before there were styles: the new input has no influence.
    """
    weights: dict[str, Tensor] = dict(state["average"])
    stem = weights["stem.weight"]
    missing = network.stem.weight.shape[1] - stem.shape[1]
    weights["stem.weight"] = functional.pad(stem, (0, 0, 0, max(0, missing)))
    return weights


def refining_network(state: Mapping[str, Any]) -> RefiningUNet:
    """The network of a refining checkpoint, for use."""
    network = RefiningUNet(config_from_dict(RefiningConfig, state["config"]))
    network.load_state_dict(average_weights(state, network))
    return network.eval()


def one_pass_network(state: Mapping[str, Any]) -> RefiningUNet:
    """The network that writes the voices of a one-pass checkpoint, for use."""
    recipe = state["config"]
    network = RefiningUNet(
        RefiningConfig(
            channels=tuple(recipe["channels"]),
            down_blocks=tuple(recipe["down_blocks"]),
            up_blocks=tuple(recipe["up_blocks"]),
        )
    )
    prefix = "network."
    weights = state["average"].items()
    network.load_state_dict({n.removeprefix(prefix): w for n, w in weights if n.startswith(prefix)})
    return network.eval()


def drum_network(state: Mapping[str, Any]) -> DrumUNet:
    """The network of a checkpoint of drums, for use."""
    weights = state["average"]
    config = config_from_dict(DrumConfig, state["config"])
    network = DrumUNet(
        config, len(state["styles"]), len(state["substyles"]), weights["combinations"]
    )
    network.load_state_dict(weights)
    return network.eval()
