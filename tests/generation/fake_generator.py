"""A generator without a network, for tests of everything around it."""

from dataclasses import dataclass, field

import numpy as np

from composer_app.generation.generator import (
    GenerationCancelledError,
    GenerationSettings,
    Progress,
)
from composer_app.generation.noise import NoiseVector
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.timing import Meter


@dataclass
class FakeGenerator:
    """Three voices that follow the melody, at distances that only the noise decides."""

    name: str = "fake"
    calls: list[tuple[PianoRoll, Meter, NoiseVector, GenerationSettings]] = field(
        default_factory=list
    )

    def generate(
        self,
        roll: PianoRoll,
        meter: Meter,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
    ) -> PianoRoll:
        self.calls.append((roll, meter, noise, settings))
        for share in (0.0, 0.5, 1.0):
            if progress is not None and not progress(share):
                raise GenerationCancelledError
        down = [0, *(3 + int(abs(10 * value)) % 12 for value in noise.z[0, :3, 0])]
        velocity = np.concatenate([np.roll(roll.velocity, -d, axis=1) for d in down], axis=2)
        onset = np.concatenate([np.roll(roll.onset, -d, axis=1) for d in down], axis=2)
        return PianoRoll(velocity, onset)
