"""The one-pass technique: a U-Net trained against a critic writes all three voices at once.

Two layouts of network are known, told apart by the metadata of the file. "roll" is the published
design (AWS's DeepComposer sample): piano rolls of two bars in 4/4, a pixel for each pitch. "voices"
is ours: any length, and one pitch for each voice at each step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from composer_app.errors import ModelError
from composer_app.generation.generator import (
    Generated,
    GenerationCancelledError,
    GenerationSettings,
    Given,
    Progress,
    accompaniment_velocity,
)
from composer_app.generation.hearing.phrase_ends import phrase_marks
from composer_app.generation.models.model_file import file_sha256, read_metadata
from composer_app.generation.models.model_metadata import known_styles, pitch_range, positive_number
from composer_app.generation.models.onnx_session import open_session, run_watched
from composer_app.generation.noise import CHANNELS, ROWS, STEPS_PER_CELL, NoiseVector
from composer_app.generation.placement import (
    BASS_FLOOR,
    bar_positions,
    crowding_shift,
    to_piano_roll,
    with_melody,
)
from composer_app.generation.refining.sampling import VOICES, Grid, Mask
from composer_app.generation.settling import lift_bass, settle, uncross
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.pitch import PITCH_COUNT, fold_into_range
from composer_app.translation import _

WINDOW_STEPS: Final = 32
_WINDOW_CELLS: Final = WINDOW_STEPS // STEPS_PER_CELL
# Windows to a run: few enough that a person who cancels does not wait.
_WINDOWS_PER_RUN: Final = 8
# From this length on (32 bars) a run takes long enough for somebody to wait for its end.
_LONG_STEPS: Final = 512
_STRUCK: Final = 0.5
# (4,): false for the melody.
_WRITTEN: Final = np.arange(VOICES) > 0

Feeds = dict[str, NDArray[Any]]
# Runs the network on one batch: its outputs by name.
Run = Callable[[Feeds], dict[str, NDArray[Any]]]
# Name to ("tensor(float)", dimensions), with None where a dimension is free.
Ports = dict[str, tuple[str, tuple[int | None, ...]]]


@dataclass(frozen=True, slots=True)
class _Request:
    """What :meth:`UNetGenerator.generate` is asked; ``tick`` says how far it is."""

    roll: PianoRoll
    meters: MeterMap
    noise: NoiseVector
    settings: GenerationSettings
    tick: Callable[[float], None]


class _Layout(Protocol):
    """How a network is fed, and how its answer is read."""

    @property
    def inputs(self) -> Ports:
        """What every network of this layout takes."""

    @property
    def outputs(self) -> Ports:
        """What every network of this layout gives."""

    @property
    def optional(self) -> Ports:
        """Inputs and outputs that a network may have."""

    def sound(self, request: _Request, run: Run) -> Generated:
        """Four voices to the melody of the request's roll (T, 128, 1)."""
        ...


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

        def run(feeds: Feeds) -> dict[str, NDArray[Any]]:
            watch = progress is not None and roll.steps >= _LONG_STEPS
            return self._run(feeds, (lambda: not goes_on()) if watch else None)

        tick(0.0)
        result = self._layout.sound(_Request(roll, meters, noise, settings, tick), run)
        if given is not None:
            confidence = np.where(given.locked, np.float32(1), result.confidence)
            result = Generated(given.paste(result.roll), confidence)
        tick(1.0)
        return result

    def _run(self, feeds: Feeds, stop: Callable[[], bool] | None) -> dict[str, NDArray[Any]]:
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


def _layout(metadata: dict[str, str], style: str, file: str) -> _Layout:
    try:
        styles = known_styles(metadata)
        layout = metadata["layout"]
        if layout == "roll":
            return _Rolls(positive_number(metadata, "noise_limit"))
        if layout == "voices":
            return _Voices(*pitch_range(metadata), style, styles.index(style), file)
    except (KeyError, ValueError):
        raise ModelError(_("{file} lacks the metadata of a Composer model", file=file)) from None
    raise ModelError(
        _(
            "{file} has a layout, {layout!r}, of another version of Composer",
            file=file,
            layout=layout,
        )
    )


class _Rolls:
    """The published layout: windows of two bars, each drawn for itself.

    Where the published design trains on notes that begin at a downbeat, so do the windows.
    Pitches are those of the melody: nothing is moved by octaves.
    """

    inputs: Final[Ports] = {
        "condition": ("tensor(float)", (None, WINDOW_STEPS, PITCH_COUNT, 1)),
        "noise": ("tensor(float)", (None, _WINDOW_CELLS, ROWS, CHANNELS)),
    }
    outputs: Final[Ports] = {
        "roll": ("tensor(float)", (None, WINDOW_STEPS, PITCH_COUNT, VOICES)),
    }
    optional: Final[Ports] = {}

    def __init__(self, noise_limit: float | None) -> None:
        """``noise_limit``: in standard deviations; the network has seen no noise beyond."""
        self._limit = noise_limit

    def sound(self, request: _Request, run: Run) -> Generated:
        """One run for every eight windows; as published, a roll has no onsets."""
        roll = request.roll
        before = -request.meters.upbeat_steps % STEPS_PER_CELL
        windows = -(-(before + roll.steps) // WINDOW_STEPS)
        melody = np.full((windows * WINDOW_STEPS, PITCH_COUNT, 1), -1.0, np.float32)
        melody[before : before + roll.steps][roll.sounding] = 1.0
        condition = melody.reshape(windows, WINDOW_STEPS, PITCH_COUNT, 1)
        z = request.noise.extended(windows * WINDOW_STEPS).z[: windows * _WINDOW_CELLS]
        if self._limit is not None:
            z = truncated(z, self._limit)
        noise = z.reshape(windows, _WINDOW_CELLS, ROWS, CHANNELS)
        sounding = np.zeros((windows, WINDOW_STEPS, PITCH_COUNT, VOICES), np.bool_)
        for start in range(0, windows, _WINDOWS_PER_RUN):
            request.tick(start / windows)
            span = slice(start, start + _WINDOWS_PER_RUN)
            sounding[span] = run({"condition": condition[span], "noise": noise[span]})["roll"] > 0
        notes = sounding.reshape(-1, PITCH_COUNT, VOICES)[before : before + roll.steps]
        confidence = np.ones((roll.steps, VOICES), np.float32)
        return Generated(_joined(roll, notes), confidence)


def _joined(roll: PianoRoll, sounding: NDArray[np.bool_]) -> PianoRoll:
    """``sounding`` (T, 128, 4) as notes as long as they can be, and voice 0 the melody's own."""
    velocity = np.where(sounding, np.uint8(accompaniment_velocity(roll)), np.uint8(0))
    onset = sounding.copy()
    onset[1:] &= ~sounding[:-1]
    return with_melody(PianoRoll(velocity, onset), roll)


def truncated(z: NDArray[np.float32], limit: float) -> NDArray[np.float32]:
    """Standard normal ``z`` (T/16, 8, 512) with none beyond ``limit`` standard deviations.

    As TensorFlow does it, numbers beyond are drawn again: here from their neighbours on the
    last axis, so that bars stay independent of each other.
    """
    result = z.copy()
    for shift in range(1, z.shape[-1]):
        outside = np.abs(result) > limit
        if not outside.any():
            break
        result[outside] = np.roll(z, shift, axis=-1)[outside]
    return np.clip(result, -limit, limit)


class _Voices:
    """Our layout: a pitch class for each voice at each step, at any length, in one run."""

    inputs: Final[Ports] = {
        "melody": ("tensor(int64)", (None, None)),
        "melody_onset": ("tensor(float)", (None, None)),
        "position": ("tensor(int64)", (None, None)),
        "fermata": ("tensor(int64)", (None, None)),
        "valid": ("tensor(float)", (None, None)),
        "noise": ("tensor(float)", (None, None, ROWS, CHANNELS)),
        "temperature": ("tensor(float)", (None,)),
    }
    outputs: Final[Ports] = {
        "pitch": ("tensor(int64)", (None, None, VOICES)),
        "onset": ("tensor(float)", (None, None, VOICES)),
    }
    optional: Final[Ports] = {
        "style": ("tensor(int64)", (None, None)),
        "confidence": ("tensor(float)", (None, None, VOICES)),
    }

    def __init__(self, lowest: int, highest: int, style: str, index: int, file: str) -> None:
        """MIDI pitches of classes 1 and the last; ``style`` has ``index``, ``file`` for errors."""
        self._lowest, self._highest, self._file = lowest, highest, file
        self._style_name, self._style = style, index
        # Raises ValueError for a range that cannot hold a melody.
        fold_into_range(lowest, lowest, highest)

    def sound(self, request: _Request, run: Run) -> Generated:
        """One run; the melody is moved to where the network knows it, its voices back with it.

        Then the last chord is set, and a bass that is too low is raised.
        """
        roll = request.roll
        melody = roll.notes(0)
        shift = crowding_shift(melody)
        feeds = self._feeds(request, melody, shift)
        answer = run(feeds)
        cells = answer["pitch"][0, : roll.steps]
        if cells.size and not 0 <= cells.min() <= cells.max() <= self._highest - self._lowest + 1:
            raise ModelError(_("{file} gives pitches that it should not know", file=self._file))
        begins = np.ones(cells.shape, np.bool_)
        begins[1:] = cells[1:] != cells[:-1]
        struck = begins | (answer["onset"][0, : roll.steps] >= _STRUCK)
        cells = np.where(_WRITTEN, cells, feeds["melody"][0, : roll.steps, None])
        below = self._lowest - 1 - shift
        last = melody[-1].start if melody else 0
        cells, struck = self._polished(cells, struck & (cells > 0), last, BASS_FLOOR - below)
        levels = [accompaniment_velocity(roll)] * VOICES
        written = to_piano_roll(np.where(_WRITTEN, cells, 0), struck, below, levels)
        confidence = np.ones((roll.steps, VOICES), np.float32)
        if "confidence" in answer:
            confidence[:, 1:] = np.clip(answer["confidence"][0, : roll.steps, 1:], 0, 1)
        return Generated(with_melody(written, roll), confidence)

    def _polished(self, cells: Grid, struck: Mask, last: int, floor: int) -> tuple[Grid, Mask]:
        """``(cells, struck)`` (T, 4) with an ending, and a bass not much below class ``floor``."""
        free = np.broadcast_to(_WRITTEN, cells.shape)
        highest = self._highest - self._lowest + 1
        cells, struck = settle(cells, struck, last, highest, floor)
        cells, struck = uncross(cells, struck, free)
        return lift_bass(cells, struck, free, floor), struck

    def _feeds(self, request: _Request, notes: tuple[Note, ...], shift: int) -> Feeds:
        """The network's inputs, for a batch of one; T is padded to whole cells of the noise."""
        roll = request.roll
        cells = -(-roll.steps // STEPS_PER_CELL)
        length = cells * STEPS_PER_CELL
        valid = np.arange(length) < roll.steps
        melody = np.zeros(length, np.int64)
        onset = np.zeros(length, np.float32)
        for note in notes:
            pitch = fold_into_range(note.pitch + shift, self._lowest, self._highest)
            melody[note.start : note.end] = pitch - self._lowest + 1
            onset[note.start] = 1.0
        fermata = np.zeros(length, np.int64)
        fermata[: roll.steps] = phrase_marks(notes, roll.steps, request.meters, self._style_name)
        feeds: Feeds = {
            "melody": melody,
            "melody_onset": onset,
            "position": np.where(valid, bar_positions(length, request.meters), 0),
            "fermata": fermata,
            "valid": valid.astype(np.float32),
            "noise": request.noise.z[:cells],
            "style": np.full(length, self._style, np.int64),
        }
        batch = {name: value[None] for name, value in feeds.items()}
        return {**batch, "temperature": np.array([request.settings.temperature], np.float32)}
