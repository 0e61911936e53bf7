"""Our layout of a one-pass network: one pitch for each voice at each step, at any length."""

from typing import Final

import numpy as np

from composer_app.errors import ModelError
from composer_app.generation.generator import Generated, accompaniment_velocity
from composer_app.generation.hearing.phrase_ends import phrase_marks
from composer_app.generation.noise import CHANNELS, ROWS, STEPS_PER_CELL
from composer_app.generation.one_pass.chord_plan import ROW_INPUTS, ROW_OUTPUTS, ChordPlan
from composer_app.generation.one_pass.layout import Answer, Feeds, Ports, Request, Run
from composer_app.generation.placement import (
    BASS_FLOOR,
    bar_positions,
    crowding_shift,
    to_piano_roll,
    with_melody,
)
from composer_app.generation.refining.sampling import VOICES, Grid, Mask
from composer_app.generation.settling import lift_bass, settle, uncross
from composer_app.music.harmony.chords import ChordSymbol
from composer_app.music.note import Note
from composer_app.music.pitch import fold_into_range
from composer_app.translation import _

_STRUCK: Final = 0.5
# (4,): false for the melody.
_WRITTEN: Final = np.arange(VOICES) > 0


class Voices:
    """Our layout: a pitch class for each voice at each step, at any length, in one run."""

    _inputs: Final[Ports] = {
        "melody": ("tensor(int64)", (None, None)),
        "melody_onset": ("tensor(float)", (None, None)),
        "position": ("tensor(int64)", (None, None)),
        "fermata": ("tensor(int64)", (None, None)),
        "valid": ("tensor(float)", (None, None)),
        "noise": ("tensor(float)", (None, None, ROWS, CHANNELS)),
        "temperature": ("tensor(float)", (None,)),
    }
    _outputs: Final[Ports] = {
        "pitch": ("tensor(int64)", (None, None, VOICES)),
        "onset": ("tensor(float)", (None, None, VOICES)),
    }
    optional: Final[Ports] = {
        "style": ("tensor(int64)", (None, None)),
        "confidence": ("tensor(float)", (None, None, VOICES)),
    }

    def __init__(
        self, lowest: int, highest: int, style: str, index: int, file: str, plans: bool
    ) -> None:
        """MIDI pitches of classes 1 and the last; ``style`` has ``index``, ``file`` for errors.

        ``plans`` says whether the network knows of chords.
        """
        self._lowest, self._highest, self._file = lowest, highest, file
        self._style_name, self._style, self._plans = style, index, plans
        self.inputs = {**self._inputs, **ROW_INPUTS} if plans else self._inputs
        self.outputs = {**self._outputs, **ROW_OUTPUTS} if plans else self._outputs
        # Raises ValueError for a range that cannot hold a melody.
        fold_into_range(lowest, lowest, highest)

    def sound(self, request: Request, run: Run) -> Generated:
        """One run; the melody is moved to where the network knows it, its voices back with it.

        Then the last chord is set, unless it is wished, and a bass that is too low is raised.
        """
        roll = request.roll
        melody = roll.notes(0)
        shift = crowding_shift(melody)
        last = melody[-1].start if melody else 0
        plan = ChordPlan.of(request, melody, shift) if self._plans else None
        feeds = self._feeds(request, melody, shift, plan)
        answer = run(feeds)
        cells = answer["pitch"][0, : roll.steps]
        if cells.size and not 0 <= cells.min() <= cells.max() <= self._highest - self._lowest + 1:
            raise ModelError(_("{file} gives pitches that it should not know", file=self._file))
        begins = np.ones(cells.shape, np.bool_)
        begins[1:] = cells[1:] != cells[:-1]
        struck = begins | (answer["onset"][0, : roll.steps] >= _STRUCK)
        cells = np.where(_WRITTEN, cells, feeds["melody"][0, : roll.steps, None])
        below = self._lowest - 1 - shift
        settles = plan is None or not plan.ends_as_wished
        cells, struck = self._polished(
            cells, struck & (cells > 0), last if settles else None, BASS_FLOOR - below
        )
        levels = [accompaniment_velocity(roll)] * VOICES
        written = to_piano_roll(np.where(_WRITTEN, cells, 0), struck, below, levels)
        confidence = np.ones((roll.steps, VOICES), np.float32)
        if "confidence" in answer:
            confidence[:, 1:] = np.clip(answer["confidence"][0, : roll.steps, 1:], 0, 1)
        chords = () if plan is None else self._chords(plan, answer, cells)
        return Generated(with_melody(written, roll), confidence, chords)

    def _chords(self, plan: ChordPlan, answer: Answer, cells: Grid) -> tuple[ChordSymbol, ...]:
        try:
            return plan.chords(answer, cells, self._lowest)
        except ValueError:
            raise ModelError(
                _("{file} gives chords that it should not know", file=self._file)
            ) from None

    def _polished(
        self, cells: Grid, struck: Mask, last: int | None, floor: int
    ) -> tuple[Grid, Mask]:
        """``(cells, struck)`` (T, 4) with a bass not much below class ``floor``.

        And with an ending, if the step ``last`` is said at which the melody's last note begins.
        """
        free = np.broadcast_to(_WRITTEN, cells.shape)
        highest = self._highest - self._lowest + 1
        if last is not None:
            cells, struck = settle(cells, struck, last, highest, floor)
        cells, struck = uncross(cells, struck, free)
        return lift_bass(cells, struck, free, floor), struck

    def _feeds(
        self, request: Request, notes: tuple[Note, ...], shift: int, plan: ChordPlan | None
    ) -> Feeds:
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
        if plan is not None:
            feeds |= plan.feeds(length, notes[-1].start if notes else 0)
            feeds["noise"] = plan.tied_noise(feeds["noise"])
        batch = {name: value[None] for name, value in feeds.items()}
        return {**batch, "temperature": np.array([request.settings.temperature], np.float32)}
