"""A hymn-like piece of four parts in which every rule has something to do."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

from composer_app.generation.bands.chance import Chance
from composer_app.generation.noise import NoiseVector
from composer_app.generation.phrasing.performing import Part, phrased
from composer_app.generation.phrasing.scene import Role, Scene
from composer_app.music.harmony.chords import Chord, ChordSymbol
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import TICKS_PER_BEAT, Meter, TempoMap

# Ode to Joy, its first eight bars.
TUNE = "64 64 65 67 67 65 64 62 60 60 62 64 64.6 62.2 62.8"
TUNE_AGAIN = "64 64 65 67 67 65 64 62 60 60 62 64 62.6 60.2 60.8"
FOUR_FOUR = MeterMap.constant(Meter(4, 4), 0)


def line(text: str, velocity: int = 80, start: int = 0) -> tuple[Note, ...]:
    """Notes one after the other: pitches, each with its length in steps if that is not 4."""
    pairs = [(each.partition(".")) for each in text.split()]
    lengths = [int(length or 4) for _pitch, _dot, length in pairs]
    starts = list(accumulate(lengths, initial=start))
    return tuple(
        Note(at, int(pitch), after - at, velocity)
        for (pitch, _dot, _length), (at, after) in zip(pairs, pairwise(starts), strict=True)
    )


MELODY = line(f"{TUNE} {TUNE_AGAIN}")
ALTO = line("60.8 60.4 60.4 62.2 60.2 59.4 60.8 55.4 67.4 60.8 59.8 " * 2, 68)
TENOR = line("55.4 55 57 55 55 53 55 55 52.8 55.8 55.16 " * 2, 68)
BASS = line("48.2 50.2 52 53 52 55 50 48 43 48.8 43 48 43.8 43.8 " * 2, 68)
CHORDS = tuple(
    ChordSymbol(4 * TICKS_PER_BEAT * bar, Chord.of_name(root, quality))
    for bar, (root, quality) in enumerate([(0, "maj"), (7, "7"), (9, "min"), (2, "7")] * 2)
)
PARTS = (Part(ALTO, Role.INNER), Part(TENOR, Role.INNER), Part(BASS, Role.OUTER))
SCENE = Scene(MELODY, FOUR_FOUR, TempoMap.constant(120), CHORDS)


def chance(seed: int = 3) -> Chance:
    return Chance(NoiseVector.from_seed(seed, 128))


def play(depth: float, parts: Sequence[Part] = PARTS, scene: Scene = SCENE, seed: int = 3):  # type: ignore[no-untyped-def]
    return phrased(parts, scene, depth, chance(seed))
