"""The one-pass technique: a U-Net trained against a critic writes all three voices at once.

Two layouts of network are known, told apart by the metadata of the file. "roll" is the published
design (AWS's DeepComposer sample): piano rolls of two bars in 4/4, a pixel for each pitch. "voices"
is ours: any length, and one pitch for each voice at each step.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from composer_app.errors import ModelError
from composer_app.generation.generator import (
    Generated,
    GenerationCancelledError,
    GenerationSettings,
    Given,
    Progress,
)
from composer_app.generation.models.model_file import file_sha256, read_metadata
from composer_app.generation.models.model_metadata import known_styles, pitch_range, positive_number
from composer_app.generation.models.onnx_session import open_session, run_watched
from composer_app.generation.noise import NoiseVector
from composer_app.generation.one_pass.chord_plan import plans_chords
from composer_app.generation.one_pass.layout import Answer, Feeds, Layout, Ports, Request
from composer_app.generation.one_pass.rolls import Rolls
from composer_app.generation.one_pass.voices import Voices
from composer_app.music.meter_map import MeterMap
from composer_app.music.piano_roll import PianoRoll
from composer_app.translation import _

# From this length on (32 bars) a run takes long enough for somebody to wait for its end.
_LONG_STEPS: Final = 512


class UNetGenerator:
    """A :class:`~composer_app.generation.generator.Generator` around one ONNX file."""

    def __init__(
        self, path: Path, threads: int | None = None, *, style: str = "bach", name: str = ""
    ) -> None:
        """Load ``path``; :class:`ModelError` if it is not a model of this technique.

        ``style`` is one of those the model knows; ``name`` is the file's unless it is given.
        """
        metadata = read_metadata(path)
        self.name = name or path.stem
        self.style = style
        self.sha256 = file_sha256(path)
        self._file = path.name
        self._layout = _layout(metadata, style, path.name)
        self._session = open_session(path, threads)
        self._inputs = self._check_ports(self._session.get_inputs(), self._layout.inputs)
        self._outputs = self._check_ports(self._session.get_outputs(), self._layout.outputs)

    def generate(
        self,
        roll: PianoRoll,
        meters: MeterMap,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Generated:
        """From a melody's roll (T, 128, 1) to four voices (T, 128, 4), voice 0 the melody.

        The network cannot be told what is ``given``: that is laid over its answer. ``progress``
        is asked from another thread while a long run lasts.
        """
        if noise.steps < roll.steps:
            raise ValueError(f"the noise vector covers {noise.steps} steps, not {roll.steps}")

        done = 0.0

        def goes_on() -> bool:
            return progress is None or progress(done)

        def tick(share: float) -> None:
            nonlocal done
            done = share
            if not goes_on():
                raise GenerationCancelledError

        def run(feeds: Feeds) -> Answer:
            watch = progress is not None and roll.steps >= _LONG_STEPS
            return self._run(feeds, (lambda: not goes_on()) if watch else None)

        tick(0.0)
        result = self._layout.sound(Request(roll, meters, noise, settings, tick), run)
        if given is not None:
            confidence = np.where(given.locked, np.float32(1), result.confidence)
            result = Generated(given.paste(result.roll), confidence, result.chords)
        tick(1.0)
        return result

    def _run(self, feeds: Feeds, stop: Callable[[], bool] | None) -> Answer:
        """The outputs by name; broken off, with GenerationCancelledError, if ``stop`` says so."""
        taken = {name: feeds[name] for name in self._inputs}
        try:
            if stop is None:
                answers = self._session.run(self._outputs, taken)
            else:
                answers = run_watched(self._session, self._outputs, taken, stop)
        except Exception:
            # onnxruntime's own errors have no common base and speak to programmers.
            raise ModelError(
                _(
                    "{file} cannot be run: it is damaged or was not made for Composer",
                    file=self._file,
                ),
                _("install Composer again, or choose another model"),
            ) from None
        if answers is None:
            raise GenerationCancelledError
        return dict(zip(self._outputs, answers, strict=True))

    def _check_ports(self, found: Sequence[Any], required: Ports) -> list[str]:
        """The names of ``found``; :class:`ModelError` unless they are what the layout asks for."""
        allowed = required | self._layout.optional
        types = {each.name: each.type for each in found}
        if not required.keys() <= types.keys() or any(
            name not in allowed or kind != allowed[name][0] for name, kind in types.items()
        ):
            raise ModelError(
                _("{file} has not the inputs and outputs of a Composer model", file=self._file)
            )
        for each in found:
            shape, dimensions = list(each.shape), allowed[each.name][1]
            if len(shape) != len(dimensions) or any(
                isinstance(size, int) if dimension is None else size != dimension
                for size, dimension in zip(shape, dimensions, strict=True)
            ):
                wanted = ["any" if dimension is None else dimension for dimension in dimensions]
                raise ModelError(
                    _(
                        "{file} has the wrong shape: its {tensor} is {shape}, not {wanted}",
                        file=self._file,
                        tensor=each.name,
                        shape=shape,
                        wanted=wanted,
                    )
                )
        return list(types)


def _layout(metadata: dict[str, str], style: str, file: str) -> Layout:
    try:
        styles = known_styles(metadata)
        layout = metadata["layout"]
        if layout == "roll":
            return Rolls(positive_number(metadata, "noise_limit"))
        if layout == "voices":
            return Voices(
                *pitch_range(metadata), style, styles.index(style), file, plans_chords(metadata)
            )
    except (KeyError, ValueError):
        raise ModelError(_("{file} lacks the metadata of a Composer model", file=file)) from None
    raise ModelError(
        _(
            "{file} has a layout, {layout!r}, of another version of Composer",
            file=file,
            layout=layout,
        )
    )
