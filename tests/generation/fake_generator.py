"""A generator without a network, for tests of everything around it."""

from dataclasses import dataclass, field

import numpy as np

from composer_app.generation.generator import (
    Generated,
    GenerationCancelledError,
    GenerationSettings,
    Given,
    Progress,
)
from composer_app.generation.noise import NoiseVector
from composer_app.music.meter_map import MeterMap
from composer_app.music.piano_roll import PianoRoll


@dataclass
class FakeGenerator:
    """Three voices that follow the melody, at distances that only the noise decides."""

    name: str = "fake"
    style: str = "bach"
    sha256: str = "0" * 64
    calls: list[tuple[PianoRoll, MeterMap, NoiseVector, GenerationSettings]] = field(
        default_factory=list
    )

    def generate(
        self,
        roll: PianoRoll,
        meters: MeterMap,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Generated:
        self.calls.append((roll, meters, noise, settings))
        for share in (0.0, 0.5, 1.0):
            if progress is not None and not progress(share):
                raise GenerationCancelledError
        down = [0, *(3 + int(abs(10 * value)) % 12 for value in noise.z[0, :3, 0])]
        velocity = np.concatenate([np.roll(roll.velocity, -d, axis=1) for d in down], axis=2)
        onset = np.concatenate([np.roll(roll.onset, -d, axis=1) for d in down], axis=2)
        result = PianoRoll(velocity, onset)
        if given is not None:
            result = given.paste(result)
        confidence = np.full((roll.steps, 4), 0.5, np.float32)
        confidence[:, 0] = 1.0
        return Generated(result, confidence)
