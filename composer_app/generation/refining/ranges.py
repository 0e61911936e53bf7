"""How low and how high the voices may go, where a person says so, in a network's classes."""

from dataclasses import dataclass

import numpy as np

from composer_app.generation.refining.sampling import VOICES, Grid, Mask
from composer_app.generation.steering import PerVoice
from composer_app.music.pitch import OCTAVE


@dataclass(frozen=True, slots=True, eq=False)
class Ranges:
    """``limits`` (4, classes) are true for what a voice may sing; None where anything may be.

    ``open`` (4,) is true for voices without a range. A voice whose range lies beyond the network's
    pitches is written within them and sounds ``octaves`` (4,) semitones higher.
    """

    limits: Mask | None
    open: Mask
    octaves: Grid

    @classmethod
    def of(cls, ranges: PerVoice[tuple[int, int] | None], below: int, classes: int) -> "Ranges":
        """``ranges`` of alto, tenor and bass in MIDI pitches; class c is pitch ``below + c``."""
        limits = np.ones((VOICES, classes), np.bool_)
        open_, octaves = np.ones(VOICES, np.bool_), np.zeros(VOICES, np.int64)
        for voice, limit in enumerate(ranges, 1):
            if limit is None:
                continue
            open_[voice] = False
            low, high = limit[0] - below, limit[1] - below
            # As many of its pitches as can be, moved as little as can be.
            octaves[voice] = max(
                range(-10 * OCTAVE, 11 * OCTAVE, OCTAVE),
                key=lambda up: (min(high - up, classes - 1) - max(low - up, 1), -abs(up)),
            )
            pitch = np.arange(classes) + octaves[voice]
            # Where nothing is played a rest is as good as ever.
            limits[voice] = ((pitch >= low) & (pitch <= high)) | (np.arange(classes) == 0)
        return cls(None if open_.all() else limits, open_, octaves)
