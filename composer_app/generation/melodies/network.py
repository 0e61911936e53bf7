"""The network that writes melodies, in onnxruntime: what each step does, and each note's pitch."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from composer_app.errors import ModelError
from composer_app.generation.generator import GenerationCancelledError
from composer_app.generation.models.model_file import file_sha256, read_metadata
from composer_app.generation.models.model_info import WRITES_MELODIES
from composer_app.generation.models.model_metadata import json_list, known_styles, whole_number
from composer_app.generation.models.onnx_session import open_session, run_watched
from composer_app.resources import resource_folder
from composer_app.translation import _

MELODY_MODEL: Final = "melody"
STRUCK, HELD, SILENT = 0, 1, 2
STATES: Final = 3
# Of the bar of a phrase of eight, an upbeat; of the bars to the last one, many and unknown.
PHRASE_BARS: Final = 8
UPBEAT_PLACE: Final = 8
ENDING_FAR, ENDING_UNKNOWN = 8, 9
_INPUTS: Final = {
    "state": "tensor(int64)",
    "degree": "tensor(int64)",
    "state_known": "tensor(float)",
    "degree_known": "tensor(float)",
    "neighbour": "tensor(int64)",
    "position": "tensor(int64)",
    "beat": "tensor(int64)",
    "place": "tensor(int64)",
    "ending": "tensor(int64)",
    "begin": "tensor(float)",
    "valid": "tensor(float)",
    "style": "tensor(int64)",
    "minor": "tensor(float)",
    "density": "tensor(int64)",
    "chord": "tensor(int64)",
    "chord_known": "tensor(float)",
}
_OUTPUTS: Final = ("state_logits", "degree_logits")
_MOST_MULTIPLE: Final = 256
_LOWEST_DEGREES: Final = (-48, 0)
_MOST_DEGREES: Final = 128
_MOST_NEIGHBOURS: Final = 64
# From this length on a pass takes long enough for somebody to wait for its end.
_LONG_STEPS: Final = 1024

Feeds = dict[str, NDArray[Any]]


class MelodyNetwork:
    """One ONNX file of the technique "melody"."""

    def __init__(self, path: Path, threads: int | None = None) -> None:
        """Load ``path``; :class:`ModelError` if it is not a model of this technique."""
        metadata = read_metadata(path)
        self.sha256 = file_sha256(path)
        self._session = open_session(path, threads)
        try:
            self.steps_multiple = whole_number(metadata, "steps_multiple", 1, _MOST_MULTIPLE)
            self.lowest_degree = whole_number(metadata, "lowest_degree", *_LOWEST_DEGREES)
            self.styles = tuple(known_styles(metadata))
            away = [int(each) for each in json_list(metadata, "neighbours", "[]")]
            edges = [float(each) for each in json_list(metadata, "density_edges", "[]")]
            if not away or max(map(abs, away)) > _MOST_NEIGHBOURS or edges != sorted(edges):
                raise ValueError("it does not say what it is shown")
        except (TypeError, ValueError):
            raise ModelError(
                _("{file} lacks the metadata of a model that writes melodies", file=path.name),
                _("install Composer again"),
            ) from None
        self.neighbours = tuple(away)
        self.density_edges = tuple(edges)
        inputs = {each.name: each.type for each in self._session.get_inputs()}
        outputs = {each.name: each.shape for each in self._session.get_outputs()}
        degrees = outputs.get("degree_logits", [0])[-1]
        known = inputs == _INPUTS and set(outputs) == set(_OUTPUTS)
        if (
            metadata.get("technique") != WRITES_MELODIES
            or not known
            or outputs["state_logits"][-1] != STATES
            or not isinstance(degrees, int)
            or not 0 < degrees <= _MOST_DEGREES
        ):
            raise ModelError(
                _("{file} is no model that writes melodies", file=path.name),
                _("install Composer again"),
            )
        self.degrees = degrees

    def infer(
        self, feeds: Feeds, stop: Callable[[], bool] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Logits (T, 3) of what steps do, and (T, degrees) of the pitches of their notes.

        A long pass is broken off as soon as ``stop`` says so, with
        :class:`GenerationCancelledError`.
        """
        batch = {name: value[None] for name, value in feeds.items()}
        if stop is None or len(feeds["state"]) < _LONG_STEPS:
            answer = self._session.run(list(_OUTPUTS), batch)
        else:
            answer = run_watched(self._session, list(_OUTPUTS), batch, stop)
        if answer is None:
            raise GenerationCancelledError
        states, degrees = (each[0].astype(np.float64) for each in answer)
        return states, degrees


def load_melody_network(threads: int | None = None) -> MelodyNetwork:
    """The network that ships with Composer; ModelError where it is missing or damaged."""
    path = resource_folder("models") / f"{MELODY_MODEL}.onnx"
    if not path.is_file():
        raise ModelError(
            _("The model that writes melodies is missing: {file}", file=path),
            _("install Composer again"),
        )
    return MelodyNetwork(path, threads)
