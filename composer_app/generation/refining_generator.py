"""The refining technique: a masked U-Net fills three voices in, from coarse to fine.

The network gives, for every hidden cell, the probabilities of its pitches given all known
cells. A few passes reveal cells in an order and with choices that the noise vector decides:
quarters, then eighths, then sixteenths (after Coconet, Huang et al. 2017, and MaskGIT, Chang
et al. 2022). Then cells at faults of part-writing are drawn again, and last comes which of the
notes that stay on a pitch are struck anew.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

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
from composer_app.generation.model_file import read_metadata
from composer_app.generation.noise import NoiseVector
from composer_app.generation.onnx_session import open_session
from composer_app.generation.sampling import (
    Grid,
    Mask,
    NoiseSource,
    faults,
    groups,
    lone_steps,
    order_mask,
    parallel_mask,
    whole_notes,
)
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.pitch import OCTAVE
from composer_app.music.timing import Meter

VOICES: Final = 4
FERMATA_UNKNOWN: Final = 2
# Where the sopranos of the training data lie; a melody outside is moved by octaves.
_MELODY_LOW, _MELODY_HIGH = 60, 81
_MAX_POSITION: Final = 15
_INPUTS: Final = {
    "pitch": "tensor(int64)",
    "onset": "tensor(float)",
    "pitch_known": "tensor(float)",
    "onset_known": "tensor(float)",
    "position": "tensor(int64)",
    "fermata": "tensor(int64)",
    "valid": "tensor(float)",
}
_OUTPUTS: Final = ("pitch_logits", "onset_logits")
_FINEST_TEMPERATURE: Final = 0.4
# Single sixteenths come from an unlucky draw: the second one takes what is likely.
_CALM_TEMPERATURE: Final = 0.3
_ONSET_PASSES: Final = 2


@dataclass(frozen=True, slots=True)
class Schedule:
    """Passes over quarters, eighths and sixteenths, and how often faults are drawn again."""

    passes: tuple[int, int, int] = (12, 6, 4)
    repairs: int = 10

    @property
    def total(self) -> int:
        """Number of times the network runs."""
        return sum(self.passes) + self.repairs + _ONSET_PASSES


class RefiningGenerator:
    """A :class:`~composer_app.generation.generator.Generator` around one ONNX file."""

    def __init__(
        self,
        path: Path,
        threads: int | None = None,
        schedule: Schedule | None = None,
        *,
        style: str = "bach",
        name: str = "",
    ) -> None:
        """Load ``path``; :class:`ModelError` if it is not a model of this technique.

        ``style`` is one of those the model knows; ``name`` is the file's unless it is given.
        """
        metadata = read_metadata(path)
        self.name = name or path.stem
        self.style = style
        self.schedule = schedule or Schedule()
        self._session = open_session(path, threads)
        try:
            self._lowest = int(metadata["lowest_pitch"])
            self._highest = int(metadata["highest_pitch"])
            self._multiple = int(metadata["steps_multiple"])
            styles = json.loads(metadata.get("styles", '["bach"]'))
        except (KeyError, ValueError):
            raise ModelError(f"{path.name} lacks the metadata of a Composer model.") from None
        self._classes = self._highest - self._lowest + 2
        if style not in styles:
            raise ModelError(f"{path.name} knows no style {style!r}: {', '.join(styles)}.")
        self._style_index = styles.index(style)
        self._takes_style = self._check_shapes(path)

    def _check_shapes(self, path: Path) -> bool:
        """Whether the network asks for a style; :class:`ModelError` for another network."""
        inputs = {each.name: each.type for each in self._session.get_inputs()}
        outputs = {each.name: each.shape for each in self._session.get_outputs()}
        takes_style = bool(inputs.pop("style", "") == "tensor(int64)")
        if inputs != _INPUTS or set(outputs) != set(_OUTPUTS):
            raise ModelError(f"{path.name} has not the inputs and outputs of a Composer model.")
        if outputs["pitch_logits"][2:] != [VOICES, self._classes]:
            raise ModelError(
                f"{path.name} has the wrong shape: its voices and pitches are"
                f" {outputs['pitch_logits'][2:]}, not {[VOICES, self._classes]}."
            )
        return takes_style

    def generate(
        self,
        roll: PianoRoll,
        meter: Meter,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Generated:
        """From a melody's roll (T, 128, 1) to four voices (T, 128, 4), voice 0 the melody."""
        melody = roll.notes(0)
        shift = octave_shift(melody)
        run = _Run(self, melody, roll.steps, shift, meter, noise, settings, progress)
        grid, onset = run.sample()
        velocity = accompaniment_velocity(roll)
        voices: list[Sequence[Note]] = [melody]
        for voice in range(1, VOICES):
            lowest = self._lowest - 1 - shift
            voices.append(voice_notes(grid[:, voice], onset[:, voice], lowest, velocity))
        result = PianoRoll.from_notes(voices, roll.steps)
        if given is not None:
            result = given.paste(result)
        return Generated(result, np.ones((roll.steps, VOICES), np.float32))

    def melody_classes(self, pitch: int, shift: int) -> int:
        """The network's class of a melody note, brought into its range by octaves."""
        moved = pitch + shift
        while moved > self._highest:
            moved -= OCTAVE
        while moved < self._lowest:
            moved += OCTAVE
        return moved - self._lowest + 1

    def padded(self, steps: int) -> int:
        """``steps`` rounded up to what the network's levels need."""
        return -(-steps // self._multiple) * self._multiple

    @property
    def classes(self) -> int:
        """Number of pitch classes of the network, the rest included."""
        return self._classes

    def infer(
        self, feeds: dict[str, NDArray[Any]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Pitch logits (T, 4, classes) and onset logits (T, 4) of one piece."""
        batch = {name: value[None] for name, value in feeds.items()}
        if self._takes_style:
            batch["style"] = np.full_like(batch["position"], self._style_index)
        pitch_logits, onset_logits = self._session.run(list(_OUTPUTS), batch)
        return pitch_logits[0], onset_logits[0]


class _Run:
    """One piece being filled in: what stands so far, and what comes next."""

    def __init__(
        self,
        generator: RefiningGenerator,
        melody: Sequence[Note],
        steps: int,
        shift: int,
        meter: Meter,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None,
    ) -> None:
        self.generator = generator
        self.settings = settings
        self.progress = progress
        self.steps = steps
        self.source = NoiseSource(noise, steps)
        length = generator.padded(steps)
        self.grid: Grid = np.zeros((length, VOICES), np.int64)
        self.onset = np.zeros((length, VOICES), np.bool_)
        self.known: Mask = np.ones((length, VOICES), np.bool_)
        self.known[:steps, 1:] = False
        self.onset_known: Mask = self.known.copy()
        self.valid = np.arange(length) < steps
        self.position = np.where(self.valid, bar_positions(length, meter), 0)
        self.fermata = np.where(self.valid, FERMATA_UNKNOWN, 0)
        for note in melody:
            self.grid[note.start : note.end, 0] = generator.melody_classes(note.pitch, shift)
            self.onset[note.start, 0] = True
        # The piece ends where the melody ends: its last note is held as under a fermata.
        self.fermata[melody[-1].start : steps] = 1
        self.draws = 0
        self.passes_done = 0

    def sample(self) -> tuple[Grid, Mask]:
        """``(grid, onset)``, each (steps, 4); the grid in the network's pitch classes."""
        step = np.arange(len(self.grid))[:, None]
        # Cells, their distance, and how adventurous the choice is at each level.
        levels = (
            (step % 4 == 0, 4, 1.0),
            (step % 4 == 2, 2, 1.0),
            (step % 2 == 1, 1, _FINEST_TEMPERATURE),
        )
        for (cells, stride, factor), passes in zip(
            levels, self.generator.schedule.passes, strict=True
        ):
            self._fill(cells & ~self.known, passes, stride, factor)
        for turn in range(self.generator.schedule.repairs):
            if not self._repair(turn):
                break
        self._strike()
        self._tick(1.0)
        return self.grid[: self.steps], self.onset[: self.steps]

    def _fill(self, cells: Mask, passes: int, stride: int, factor: float) -> None:
        """Reveal ``cells`` in ``passes`` portions; the noise decides which come first."""
        priority = np.ones(cells.shape)
        priority[: self.steps] = self._uniform(VOICES)
        for index in range(passes):
            portion = cells & (priority < (index + 1) / passes) & ~self.known
            if index == passes - 1:
                portion = cells & ~self.known
            if portion.any():
                self._draw(portion, stride, np.full(cells.shape, factor))
            self.passes_done += 1

    def _draw(self, cells: Mask, stride: int, factor: NDArray[np.float64]) -> None:
        """Choose the pitches of ``cells``; ``factor`` (T, 4) scales the temperature."""
        logits, _ = self._infer()
        classes = self.generator.classes
        allowed = order_mask(self.grid, self.known, classes)
        allowed &= parallel_mask(self.grid, self.known, classes, stride)
        temperature = (self.settings.temperature * factor)[:, :, None]
        scores = np.where(allowed, logits.astype(np.float64) / temperature, -np.inf)
        scores[: self.steps, 1:] += self.source.gumbel(
            VOICES - 1, self.generator.classes, self._next_draw()
        )
        self.grid[cells] = scores.argmax(axis=2)[cells]
        self.known |= cells

    def _repair(self, turn: int) -> bool:
        """Draw the faulty notes of one voice again; False when there are no faults left.

        One voice at a time, because two that are drawn together do not know of each other.
        What has not become better is put back.
        """
        before = faults(self.grid[: self.steps])
        self.passes_done += 1
        if not before.any():
            return False
        voice = 1 + turn % (VOICES - 1)
        hidden = np.zeros_like(self.known)
        hidden[: self.steps, voice] = before[:, voice]
        hidden = whole_notes(self.grid, hidden)
        hidden[self.steps :] = False
        if not hidden.any():
            return True
        lone = np.zeros_like(self.known)
        lone[: self.steps] = lone_steps(self.grid[: self.steps])
        kept = self.grid.copy()
        self.known &= ~hidden
        self._draw(hidden, 1, np.where(lone, _CALM_TEMPERATURE, 1.0))
        after = faults(self.grid[: self.steps])
        for group in groups(hidden):
            # A fault is marked at the step after its cause as well.
            near = slice(max(group.start - 1, 0), group.stop + 1)
            if after[near].sum() >= before[near].sum():
                self.grid[group] = kept[group]
        return True

    def _strike(self) -> None:
        """Choose which cells are struck: beats first, then the rest."""
        previous = np.vstack([np.zeros((1, VOICES), np.int64), self.grid[:-1]])
        stays = (self.grid == previous) & (self.grid > 0)
        struck = ~stays & (self.grid > 0)
        self.onset[:, 1:] = struck[:, 1:]
        on_beat = (np.arange(len(self.grid)) % 4 == 0)[:, None]
        for level in (on_beat, ~on_beat):
            cells = level & ~self.onset_known
            _, logits = self._infer()
            uniform = self._uniform(VOICES)
            chance = 1.0 / (1.0 + np.exp(-logits[: self.steps].astype(np.float64)))
            chosen = np.zeros_like(stays)
            chosen[: self.steps] = uniform < chance
            self.onset |= cells & stays & chosen
            self.onset_known |= cells
            self.passes_done += 1

    def _uniform(self, count: int) -> NDArray[np.float64]:
        return self.source.uniform(count, self._next_draw())

    def _next_draw(self) -> int:
        self.draws += 1
        return self.draws

    def _infer(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        self._tick(self.passes_done / self.generator.schedule.total)
        return self.generator.infer(
            {
                "pitch": self.grid,
                "onset": self.onset.astype(np.float32),
                "pitch_known": self.known.astype(np.float32),
                "onset_known": self.onset_known.astype(np.float32),
                "position": self.position,
                "fermata": self.fermata,
                "valid": self.valid.astype(np.float32),
            }
        )

    def _tick(self, share: float) -> None:
        if self.progress is not None and not self.progress(share):
            raise GenerationCancelledError


def octave_shift(melody: Sequence[Note]) -> int:
    """Semitones, a multiple of 12, that bring most of ``melody`` to where sopranos sing.

    0 for a melody that lies there already; the smallest shift among equals.
    """

    def outside(shift: int) -> tuple[int, int]:
        steps = sum(
            note.duration
            for note in melody
            if not _MELODY_LOW <= note.pitch + shift <= _MELODY_HIGH
        )
        return steps, abs(shift)

    return min(range(-5 * OCTAVE, 6 * OCTAVE, OCTAVE), key=outside)


def bar_positions(steps: int, meter: Meter) -> NDArray[np.int64]:
    """(steps,): the step within the bar, 0-15, as the network knows bars: of 16 or 12 steps.

    Two bars of 2/4 look like one of 4/4, two of 3/8 like one of 3/4; a bar of 6/4 or 12/8 like
    two of 3/4. Other bars are cut off at the sixteenth step.
    """
    bar = meter.steps_per_bar
    known = {4: 16, 8: 16, 6: 12, 24: 12, 32: 16}.get(bar, bar)
    return np.minimum(np.arange(steps) % known, _MAX_POSITION)


def voice_notes(
    cells: NDArray[np.int64], onset: NDArray[np.bool_], lowest: int, velocity: int
) -> list[Note]:
    """Notes of one voice; class c is the pitch ``lowest + c``, kept in 0-127 by octaves."""
    starts = np.flatnonzero(onset)
    silent = np.flatnonzero(np.append(cells, 0) == 0)
    notes = []
    # The last note has no follower but the end; a voice may also rest throughout.
    for start, following in zip(starts, np.append(starts, len(cells))[1:], strict=True):
        end = min(int(following), int(silent[np.searchsorted(silent, start)]))
        pitch = lowest + int(cells[start])
        while pitch < 0:
            pitch += OCTAVE
        while pitch > 127:
            pitch -= OCTAVE
        notes.append(Note(int(start), pitch, end - int(start), velocity))
    return notes
