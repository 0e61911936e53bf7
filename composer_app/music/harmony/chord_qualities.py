"""The qualities a chord can have, as a chart of chord symbols and the corpora number them."""

from typing import Final

# Name, and the semitones of its tones above the root. A chord of the ninth and above counts as the
# seventh chord or the sixth chord below it.
QUALITY_TONES: Final[dict[str, tuple[int, ...]]] = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "sus4": (0, 5, 7),
    "7sus4": (0, 5, 7, 10),
    "aug7": (0, 4, 8, 10),
    "mMaj7": (0, 3, 7, 11),
    "sus2": (0, 2, 7),
    "5": (0, 7),
}
# The number of a quality is its place here.
QUALITIES: Final = tuple(QUALITY_TONES)
# What a quality is worth by itself where chords are heard in notes: among chords that fit equally
# well the commoner one is meant. What is not named is not heard.
HEARD_QUALITIES: Final = {
    "maj": 0.06,
    "min": 0.05,
    "7": 0.03,
    "m7": 0.02,
    "dim": 0.0,
    "m7b5": 0.0,
    "dim7": 0.0,
    "aug": -0.05,
    "maj7": -0.06,
    "sus4": -0.08,
}
