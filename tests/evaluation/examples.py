"""A corpus of made-up chorales, and generators that need no network."""

from pathlib import Path

import numpy as np

from composer_app.generation.generator import Generated, GenerationSettings, Given, Progress
from composer_app.generation.noise import NoiseVector
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.training.corpora.chord_row import NO_CHORD
from composer_app.training.corpora.corpus import Piece, save_corpus


class Shadow:
    """Doubles the melody at fixed intervals below it; the seed decides nothing."""

    style = "bach"
    sha256 = "0" * 64

    def __init__(self, *below: int) -> None:
        self.below = below
        self.name = "shadow"

    def generate(
        self,
        roll: PianoRoll,
        meters: MeterMap,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Generated:
        melody = roll.notes(0)
        voices = [
            [Note(n.start, n.pitch - interval, n.duration) for n in melody]
            for interval in (0, *self.below)
        ]
        return generated(voices, roll.steps)


class Dice(Shadow):
    """Throws the lower voices: one pitch for each melody note, anew for each seed."""

    def generate(
        self,
        roll: PianoRoll,
        meters: MeterMap,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Generated:
        random = np.random.default_rng(settings.seed)
        voices = [list(roll.notes(0))]
        for lowest in (60, 48, 36):
            voices.append(
                [Note(n.start, lowest + int(random.integers(12)), n.duration) for n in voices[0]]
            )
        return generated(voices, roll.steps)


def generated(voices: list[list[Note]], steps: int) -> Generated:
    """``voices`` as a generator's answer."""
    return Generated(PianoRoll.from_notes(voices, steps), np.ones((steps, 4), np.float32))


def chorale(name: str = "a", split: str = "valid", steps: int = 160, shift: int = 0) -> Piece:
    """Quarter chords on the steps of C major (and ``shift``), with an upbeat of a quarter.

    A fermata stands on every eighth quarter, the first of them ending at step 28 of a 4/4 bar.
    """
    quarter = np.arange(steps) // 4
    soprano = np.array([72, 74, 76, 74, 72, 71, 72, 67])[quarter % 8] + shift
    pitch = np.stack([soprano, soprano - 4, soprano - 9, soprano - 24], axis=1)
    onset = np.zeros((steps, 4), np.bool_)
    onset[::4] = True
    return Piece(
        name,
        split,
        pitch.astype(np.int16),
        onset,
        ((np.arange(steps) + 12) % 16).astype(np.int16),
        np.full(steps, 16, np.int16),
        quarter % 8 == 7,
        np.zeros(steps, np.bool_),
        np.full(steps, 4, np.int16),
        np.full((steps, 3), NO_CHORD, np.int8),
    )


def chorale_corpus(path: Path) -> Path:
    """Four chorales in valid, two in train, one in test."""
    pieces = [chorale(str(i), "valid", shift=i) for i in range(4)]
    pieces += [chorale("t1", "train"), chorale("t2", "train", shift=3), chorale("x", "test")]
    save_corpus(pieces, path)
    return path
