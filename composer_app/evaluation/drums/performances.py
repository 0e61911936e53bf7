"""Who plays what held-out performances had: the network, and floors that need no learning."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.evaluation.drums.measures import Played
from composer_app.generation.bands.chance import Chance, Row
from composer_app.generation.bands.drum_network import DrumBar, DrumNetwork
from composer_app.generation.bands.drums_part import play_drums
from composer_app.generation.bands.form import Form, Phrase
from composer_app.generation.bands.style_file import Band
from composer_app.generation.bands.touch import Clock, as_notes
from composer_app.generation.noise import NoiseVector
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import DEFAULT_VELOCITY
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter
from composer_app.training.config import DRUM_NOTES, DRUMS
from composer_app.training.corpora.groove_corpus import (
    BAR,
    Groove,
    densities,
    features,
)

# Whose patterns stand for the styles of human drumming; of the others those of pop.
BANDS: Final = {
    "jazz": "swing",
    "blues": "swing",
    "latin": "bossa",
    "afrocuban": "bossa",
    "rock": "rock",
    "punk": "rock",
    "country": "folk",
}
USUAL_BAND: Final = "pop"
# Of so many training performances, the nearest in tempo, one is taken.
_NEAREST: Final = 3


def as_it_was(groove: Groove) -> Played:
    """The performance itself."""
    return Played(groove.style, groove.velocity, groove.timing, groove.fill)


# For each performance, by its name, how busy and how loud its bars are: (bars, 2).
Conditions = Mapping[str, NDArray[np.float32]]


def conditions_of(every: tuple[Groove, ...]) -> Conditions:
    """What is asked of each of ``every`` performance, besides its fills."""
    return dict(zip((each.name for each in every), densities(every), strict=True))


def written(
    network: DrumNetwork,
    groove: Groove,
    conditions: Conditions,
    seed: int,
    temperature: float,
    given: int = 0,
) -> Played:
    """What ``network`` plays as ``groove``'s conditions ask, after its first ``given`` bars."""
    noise = NoiseVector.from_seed(seed, groove.bars * BAR).z[:, Row.DRUMS]
    own = features(groove)
    everywhere = np.ones(BAR, np.bool_)
    bars = [
        DrumBar(
            noise[index],
            bool(groove.fill[index]),
            float(busy),
            float(loud),
            None,
            own[index] if index < given else None,
            everywhere if index < given else None,
        )
        for index, (busy, loud) in enumerate(conditions[groove.name])
    ]
    style = f"{groove.style}/{groove.substyle}"
    style = style if network.knows(style) else groove.style
    kit = () if groove.only_fill else np.array(network.pitches)[groove.kit].tolist()
    made = network.write(bars, style, groove.tempo, groove.swing, temperature, kit)
    rows = made.reshape(-1, made.shape[-1])
    count = len(DRUMS)
    velocity = np.rint(rows[:, count : 2 * count] * 127).clip(0, 127).astype(np.uint8)
    return Played(groove.style, velocity, rows[:, 2 * count :], groove.fill)


def retrieved(train: Sequence[Groove], groove: Groove, random: np.random.Generator) -> Played:
    """Bars of a training performance of the style, near in tempo, repeated where it is shorter."""
    options = [each for each in train if each.style == groove.style and not each.only_fill]
    if groove.only_fill or not options:
        options = [each for each in train if each.only_fill is groove.only_fill]
    same = [each for each in options if each.substyle == groove.substyle]
    long = [each for each in same or options if each.bars >= groove.bars] or same or options
    nearest = sorted(long, key=lambda each: abs(each.tempo - groove.tempo))[:_NEAREST]
    chosen = nearest[int(random.integers(len(nearest)))]
    first = int(random.integers(max(1, chosen.bars - groove.bars + 1)))
    steps = (first * BAR + np.arange(groove.bars * BAR)) % len(chosen.velocity)
    return Played(groove.style, chosen.velocity[steps], chosen.timing[steps], groove.fill)


def from_patterns(band: Band, groove: Groove, conditions: Conditions, seed: int) -> Played:
    """What ``band`` plays from its patterns in as many bars, with as many phrases."""
    form = _form(groove)
    chance = Chance(NoiseVector.from_seed(seed, groove.bars * BAR))
    busy = float(conditions[groove.name][:, 0].mean())
    clock = Clock(form, groove.swing)
    sounds = play_drums(form, band.patterns["drums"], band.fills, chance, busy)
    velocity = np.zeros((groove.bars * BAR, len(DRUMS)), np.uint8)
    timing = np.zeros(velocity.shape, np.float32)
    pitches = list(DRUM_NOTES.values())
    for note in as_notes(sounds, "drums", form, clock, chance, DEFAULT_VELOCITY, 1.0):
        place = clock.place(note.onset_ticks)
        step = round(place)
        if step < len(velocity):
            drum = pitches.index(note.pitch)
            velocity[step, drum], timing[step, drum] = note.velocity, place - step
    return Played(groove.style, velocity, timing, groove.fill)


def _form(groove: Groove) -> Form:
    bars = tuple(MeterMap.constant(Meter(4, 4)).bars_of(groove.bars * BAR))
    starts = [0, *(index + 1 for index in np.nonzero(groove.fill[:-1])[0].tolist())]
    phrases = tuple(
        Phrase(index, start, end, index, 0)
        for index, (start, end) in enumerate(zip(starts, [*starts[1:], len(bars)], strict=True))
    )
    steps = groove.bars * BAR
    sources = tuple(bar.first_step for bar in bars)
    return Form(bars, phrases, 0, steps, steps, steps, sources, Key(0))
