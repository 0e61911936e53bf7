"""The published layout of a one-pass network: piano rolls of two bars, a pixel for each pitch."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.generator import Generated, accompaniment_velocity
from composer_app.generation.noise import CHANNELS, ROWS, STEPS_PER_CELL
from composer_app.generation.one_pass.layout import Ports, Request, Run
from composer_app.generation.placement import with_melody
from composer_app.generation.refining.sampling import VOICES
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.pitch import PITCH_COUNT

WINDOW_STEPS: Final = 32
_WINDOW_CELLS: Final = WINDOW_STEPS // STEPS_PER_CELL
# Windows to a run: few enough that a person who cancels does not wait.
_WINDOWS_PER_RUN: Final = 8


class Rolls:
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

    def sound(self, request: Request, run: Run) -> Generated:
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
