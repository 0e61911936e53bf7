"""How loud each note of a part is: the rules, each in decibels at full depth.

docs/phrasing.md names the sources: the rules of KTH (A. Friberg, R. Bresin and J. Sundberg,
"Overview of the KTH rule system for musical performance", Advances in Cognitive Psychology 2,
2006) as far as they are about loudness, with quantities of our own.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

from composer_app.generation.phrasing.phrases import Phrase
from composer_app.generation.phrasing.scene import Role, Scene, Strength, level
from composer_app.music.note import Note
from composer_app.music.pitch import OCTAVE

# A phrase begins soft, swells up to its peak and dies away.
ARCH_START, ARCH_PEAK, ARCH_END = -3.0, 2.5, -4.5
# The piece as a whole does so, too, a little.
_LONG_START, _LONG_PEAK, _LONG_END = -0.8, 0.8, 0.0
_LONG_PLACE: Final = 0.7
_LONG_PHRASES: Final = 3
METER: Final = {
    Strength.BAR: 1.2,
    Strength.HALF: 0.4,
    Strength.PULSE: 0.0,
    Strength.OFF_BEAT: -0.8,
    Strength.WEAK: -1.4,
}
# An octave higher is so much louder, up to this much.
_HIGH: Final = 1.5
_MOST_HIGH: Final = 1.0
# Notes shorter than so many seconds are softer, the shortest by so much.
_SHORT: Final = 0.6
_SHORTEST: Final = 0.15
_SOFTER: Final = 0.8
# How far a note is from a chord's root, or a chord's from the tonic, by the number of semitones
# above it: the melodic charge of Sundberg, Askenfelt and Frydén (1983), by fifths.
CHARGES: Final = (0.0, 6.5, 2.0, 4.5, 4.0, 2.5, 6.0, 1.0, 5.5, 3.0, 3.5, 5.0)
_MELODIC: Final = 0.12
_HARMONIC: Final = 0.4
_MOST_HARMONIC: Final = 1.2
# How much softer than the melody parts are, beside how loud they are anyway.
BALANCE: Final = {Role.MELODY: 0.0, Role.OUTER: -1.0, Role.INNER: -2.0}
_ABOVE_MELODY: Final = -1.0
# No note of theirs comes nearer to the melody's than so many decibels.
_BELOW: Final = {Role.OUTER: 1.0, Role.INNER: 1.5}
# What chance adds at most.
NOISE: Final = 0.5


def loudness(notes: Sequence[Note], role: Role, scene: Scene) -> list[float]:
    """By how many decibels each of ``notes``, a part, is louder or softer than it stands there.

    On average over the part that is nothing but its :data:`BALANCE`. What is no melody stays below
    the melody.
    """
    mean = sum(note.pitch * note.duration for note in notes) / sum(note.duration for note in notes)
    shapes = [sum(rule(note, scene) for rule in RULES) + _high(note, mean) for note in notes]
    if role is not Role.MELODY:
        shapes = [
            shape + scene.swell_at(note.start) for shape, note in zip(shapes, notes, strict=True)
        ]
    middle = sum(shapes) / len(shapes)
    return [
        _within(shape - middle + BALANCE[role], note, role, scene)
        for shape, note in zip(shapes, notes, strict=True)
    ]


def phrase_arch(note: Note, scene: Scene) -> float:
    """Crescendo to the peak of the phrase and diminuendo after it, as parabolas.

    N. P. Todd, "The dynamics of dynamics" (1992); A. Friberg's phrase arch (1995).
    """
    phrase = scene.phrase_at(note.start)
    return 0.0 if phrase is None else arch(phrase, note.start)


def arch(phrase: Phrase, step: float) -> float:
    """The arch of ``phrase`` at ``step``, in decibels."""
    peak = phrase.place(phrase.peak)
    return _parabolas(phrase.place(step), peak, (ARCH_START, ARCH_PEAK, ARCH_END))


def long_arch(note: Note, scene: Scene) -> float:
    """The arch of the whole piece, where it has several phrases."""
    if len(scene.phrases) < _LONG_PHRASES:
        return 0.0
    place = min(1.0, note.start / scene.phrases[-1].end)
    return _parabolas(place, _LONG_PLACE, (_LONG_START, _LONG_PEAK, _LONG_END))


def metrical_accent(note: Note, scene: Scene) -> float:
    """Strong places are louder (C. Drake and C. Palmer, "Accent structures", 1993)."""
    return METER[scene.strength(note.onset_ticks)]


def duration_contrast(note: Note, scene: Scene) -> float:
    """Short notes are softer (KTH: duration contrast)."""
    begin, end = (scene.tempo.seconds_at(step) for step in (note.onset, note.release))
    share = (_SHORT - (end - begin)) / (_SHORT - _SHORTEST)
    return -_SOFTER * max(0.0, min(1.0, share))


def melodic_charge(note: Note, scene: Scene) -> float:
    """Notes far from the root of their chord are louder (KTH: melodic charge)."""
    chord = scene.chord_at(note.start)
    return 0.0 if chord is None else _MELODIC * CHARGES[(note.pitch - chord.root) % OCTAVE]


def harmonic_charge(note: Note, scene: Scene) -> float:
    """Chords far from the tonic are louder (KTH: harmonic charge)."""
    chord = scene.chord_at(note.start)
    if chord is None:
        return 0.0
    tones = [CHARGES[(tone - scene.tonic) % OCTAVE] for tone in chord.chord_tones]
    home = sum(CHARGES[tone] for tone in (0, 4, 7)) / 3
    return max(0.0, min(_MOST_HARMONIC, _HARMONIC * (sum(tones) / len(tones) - home)))


RULES: Final[tuple[Callable[[Note, Scene], float], ...]] = (
    phrase_arch,
    long_arch,
    metrical_accent,
    duration_contrast,
    melodic_charge,
    harmonic_charge,
)


def _high(note: Note, mean: float) -> float:
    """The higher, the louder (KTH: high loud), around the middle of the part."""
    return max(-_MOST_HIGH, min(_MOST_HIGH, (note.pitch - mean) / OCTAVE * _HIGH))


def _within(decibels: float, note: Note, role: Role, scene: Scene) -> float:
    """``decibels``, bent so that the note stays below the melody."""
    if role is Role.MELODY:
        return decibels
    if scene.is_above_melody(note):
        decibels += _ABOVE_MELODY
    room = scene.level_at(note.start) - _BELOW[role] - level(note.velocity)
    if room <= 0:
        return min(decibels, room)
    return decibels if decibels <= 0 else room * (1 - math.exp(-decibels / room))


def _parabolas(place: float, peak: float, decibels: tuple[float, float, float]) -> float:
    """From the first of ``decibels`` at 0 to the second at ``peak`` and the last at 1."""
    start, top, end = decibels
    if place < peak:
        return top - (top - start) * ((peak - place) / peak) ** 2
    return top - (top - end) * ((place - peak) / (1 - peak)) ** 2
