"""How a chord is spread over an instrument: near to the chord before, clear, under the melody."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from composer_app.music.harmony.chords import Chord
from composer_app.music.pitch import OCTAVE

Voicing = tuple[int, ...]
# Below C3 two notes are a fourth apart at least.
_CLEAR, _LEAST_BELOW = 48, 5
_LEAST_ROOM: Final = 8
# Costs: of a semitone that a note moves, of the distance from the middle, of a semitone above the
# melody, of a semitone under it, and of a note fewer than the chord has tones.
_MOTION, _MIDDLE, _ABOVE, _RUB, _MISSING = 1.0, 0.7, 12.0, 7.0, 9.0
# Chords have no more notes than two hands spread over a band.
MOST_NOTES: Final = 4


@lru_cache(4096)
def voicings(tones: tuple[int, ...], low: int, high: int) -> tuple[Voicing, ...]:
    """All close and open positions of pitch classes ``tones`` from ``low`` to ``high``.

    What would be muddy is left out. Where nothing is left the tones are taken alone, two and two.
    """
    found: set[Voicing] = set()
    for bottom in range(low, high + 1):
        if bottom % OCTAVE not in tones:
            continue
        close = [bottom]
        rest = sorted((tone - bottom) % OCTAVE for tone in tones if tone != bottom % OCTAVE)
        close += [bottom + interval for interval in rest]
        if len(close) == 2:
            close.append(bottom + OCTAVE)
        found.add(tuple(close))
        if len(close) >= 3:
            # The second from the top an octave lower: open position, "drop two".
            found.add(tuple(sorted([*close[:-2], close[-2] - OCTAVE, close[-1]])))
    clear = tuple(sorted(v for v in found if v[0] >= low and v[-1] <= high and _is_clear(v)))
    if clear:
        return clear
    pairs = {
        (one, other)
        for one in range(low, high + 1)
        for other in range(one + 3, high + 1)
        if one % OCTAVE in tones and other % OCTAVE in tones and _is_clear((one, other))
    }
    return tuple(sorted(pairs)) or tuple(
        (pitch,) for pitch in range(low, high + 1) if pitch % OCTAVE in tones
    )


def _is_clear(voicing: Voicing) -> bool:
    return all(
        lower >= _CLEAR or upper - lower >= _LEAST_BELOW for lower, upper in pairwise(voicing)
    )


def barre(chord: Chord, low: int, high: int) -> tuple[Voicing, ...]:
    """``chord`` as a hand across a guitar takes it: root, fifth, and the other tones above.

    Three notes are the chord without its third, which players call a power chord: the lowest ones
    of a triad, and what is left under a low melody. Empty where none lies between ``low`` and
    ``high``.
    """
    second, *others = chord.quality.intervals[1:]
    fifth, *sevenths = others or (second,)
    upper = [OCTAVE + second] if others else []
    shapes: list[tuple[int, ...]] = [(0, fifth, OCTAVE), (0, fifth, OCTAVE, *upper)]
    if sevenths:
        shapes += [(0, fifth, OCTAVE + second, OCTAVE + sevenths[0])]
        shapes += [(0, fifth, sevenths[0], OCTAVE + second)]
    found = (
        tuple(sorted(root + interval for interval in shape))
        for root in range(low, high + 1)
        if root % OCTAVE == chord.root
        for shape in shapes
    )
    return tuple(sorted(v for v in found if v[-1] <= high and _is_clear(v)))


def next_voicing(
    chord: Chord,
    before: Voicing | None,
    bounds: tuple[int, int],
    melody: Sequence[int],
    middle: float,
    kind: str = "close",
    *,
    afresh: bool = False,
) -> Voicing:
    """The voicing of ``chord`` that moves least from the one ``before``.

    ``bounds`` are the instrument's, ``melody`` the pitches that sound meanwhile, and ``middle``
    the pitch around which it lies if nothing else speaks. It stays below the melody where that
    leaves room, and where it does not it takes no notice of it. ``kind`` is one of
    :data:`~composer_app.generation.bands.style_file.VOICINGS`. What is voiced ``afresh`` is another
    one than before, where there is one.
    """
    low, high = bounds
    lowest = min(melody, default=high + 1)
    under = lowest - 1 >= low + _LEAST_ROOM
    tones = tuple(dict.fromkeys(chord.chord_tones))[:MOST_NOTES]

    def cost(voicing: Voicing) -> float:
        mean = sum(voicing) / len(voicing)
        value = _MIDDLE * abs(mean - middle)
        if before is not None:
            value += _MOTION * _distance(before, voicing)
        if under:
            value += _ABOVE * max(0, voicing[-1] - lowest + 1)
        value += _RUB * any(pitch - note == 1 for note in voicing for pitch in melody)
        sounding = {pitch % OCTAVE for pitch in voicing}
        return value + _MISSING * max(0, len(tones) - len(sounding))

    options = voicings(tones, low, high)
    if under:
        limited = voicings(tones, low, min(high, lowest - 1))
        options = tuple(dict.fromkeys((*options, *limited)))
    if kind == "barre":
        taken = barre(chord, low, high)
        fits = [v for v in taken if v[-1] < lowest and len({p % OCTAVE for p in v}) >= len(tones)]
        # Where the melody is so low that no whole one fits under it, others may.
        options = taken if taken and (fits or not under) else (*taken, *options)
    elif kind == "inverted":
        without = tuple(v for v in options if v[0] % OCTAVE != chord.root and len(v) >= len(tones))
        options = without or options
    if afresh:
        options = tuple(voicing for voicing in options if voicing != before) or options
    return min(options, key=lambda voicing: (cost(voicing), voicing))


def _distance(before: Voicing, after: Voicing) -> float:
    """Semitones that the notes move: each goes to the nearest one, both ways."""
    there = sum(min(abs(one - other) for other in after) for one in before)
    back = sum(min(abs(one - other) for other in before) for one in after)
    return (there + back) / 2
