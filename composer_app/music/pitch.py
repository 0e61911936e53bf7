"""Pitches are MIDI numbers: middle C is C4 = 60."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from composer_app.late_numpy import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PITCH_COUNT: Final = 128
KEYBOARD_LOWEST: Final = 41
KEYBOARD_HIGHEST: Final = 72
OCTAVE: Final = 12

_SHARP_NAMES: Final = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
_FLAT_NAMES: Final = ("C", "D♭", "D", "E♭", "E", "F", "G♭", "G", "A♭", "A", "B♭", "B")
# Of a key signature: every note of the scale is sharpened, or flattened.
MOST_SHARPS: Final = 7
_MAJOR_SCALE: Final = (0, 2, 4, 5, 7, 9, 11)
_MINOR_SCALE: Final = (0, 2, 3, 5, 7, 8, 10)


@dataclass(frozen=True)
class KeyProfiles:
    """Twelve weights of the degrees of ``major``, and twelve of ``minor``."""

    major: tuple[float, ...]
    minor: tuple[float, ...]

    @cached_property
    def of_keys(self) -> NDArray[np.float64]:
        """(24, 12), the major keys from C on, then the minor ones; mean 0 and length 1 each."""
        kinds = (self.major, self.minor)
        turned = np.array([np.roll(each, tonic) for each in kinds for tonic in range(OCTAVE)])
        centred = turned - turned.mean(axis=1, keepdims=True)
        return np.asarray(centred / np.linalg.norm(centred, axis=1, keepdims=True), np.float64)


# How often each degree sounds in 982 pieces of the common practice: J. Albrecht and D. Shanahan,
# "The Use of Large Corpora to Train a New Type of Key-Finding Algorithm", Music Perception 31
# (2013). The tonic is the highest in major and in minor, so that a single note is its own key.
ALBRECHT_SHANAHAN: Final = KeyProfiles(
    (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
)
# Probe-tone ratings of Krumhansl and Kessler (1982), as listed in C. L. Krumhansl,
# "Cognitive Foundations of Musical Pitch" (1990), p. 30: the classic choice.
KRUMHANSL_KESSLER: Final = KeyProfiles(
    (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
)


def is_black_key(pitch: int) -> bool:
    """Whether ``pitch`` is one of the piano's black keys."""
    return pitch % OCTAVE in (1, 3, 6, 8, 10)


def pitch_name(pitch: int, *, flats: bool = False) -> str:
    """Name with octave, such as ``C4`` for 60 or ``F♯3`` for 54."""
    names = _FLAT_NAMES if flats else _SHARP_NAMES
    return f"{names[pitch % OCTAVE]}{pitch // OCTAVE - 1}"


def fold_into_range(pitch: int, lowest: int, highest: int) -> int:
    """Move ``pitch`` by whole octaves into ``lowest..highest`` (at least an octave wide)."""
    if highest - lowest < OCTAVE - 1:
        raise ValueError(f"the range {lowest}-{highest} is narrower than an octave")
    if pitch < lowest:
        pitch += OCTAVE * -((pitch - lowest) // OCTAVE)
    if pitch > highest:
        pitch -= OCTAVE * -((highest - pitch) // OCTAVE)
    return pitch


@dataclass(frozen=True, slots=True)
class Key:
    """A major or natural minor key; ``tonic`` is a pitch class, 0 = C.

    Keys of five to seven sharps can be written with flats, and the other way round. ``respelled``
    is such a key in the spelling that is not the usual one, such as G♭ major. Raises ValueError for
    a tonic that is no pitch class, and where there is no other spelling.
    """

    tonic: int
    minor: bool = False
    respelled: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.tonic < OCTAVE:
            raise ValueError(f"a tonic is a pitch class 0-11, not {self.tonic}")
        if self.respelled and abs(self._usual_sharps) < OCTAVE - MOST_SHARPS:
            raise ValueError(f"{replace(self, respelled=False).name} has but one spelling")

    @classmethod
    def of_signature(cls, sharps: int, *, minor: bool = False) -> Key:
        """The key with that many sharps, or flats below 0.

        Beyond seven, which no signature has, it is the key that sounds the same: eight sharps, G♯
        major, are four flats, A♭ major.
        """
        tonic = (7 * sharps + (9 if minor else 0)) % OCTAVE
        key = cls(tonic, minor)
        return key if abs(sharps) > MOST_SHARPS or key.sharps == sharps else cls(tonic, minor, True)

    @property
    def sharps(self) -> int:
        """How many sharps its signature has, -7 to 7; flats count below 0."""
        usual = self._usual_sharps
        return usual - OCTAVE * (1 if usual > 0 else -1) if self.respelled else usual

    @property
    def _usual_sharps(self) -> int:
        # A fifth up is a sharp more; five flats come to six sharps.
        return (7 * self._relative_major + 5) % OCTAVE - 5

    @property
    def _relative_major(self) -> int:
        return (self.tonic + 3) % OCTAVE if self.minor else self.tonic

    @property
    def uses_flats(self) -> bool:
        """Whether the key's signature is written with flats."""
        return self.sharps < 0

    @property
    def name(self) -> str:
        """Such as ``C major`` or ``F♯ minor``."""
        names = _FLAT_NAMES if self.uses_flats else _SHARP_NAMES
        # The one tonic on a white key that seven flats make a flat of.
        tonic = "C♭" if self.sharps == -MOST_SHARPS and not self.minor else names[self.tonic]
        return f"{tonic} {'minor' if self.minor else 'major'}"

    @property
    def pitch_classes(self) -> frozenset[int]:
        """The scale; in minor with the raised sixth and seventh that its music uses too."""
        scale = (*_MINOR_SCALE, 9, 11) if self.minor else _MAJOR_SCALE
        return frozenset((self.tonic + degree) % OCTAVE for degree in scale)

    def contains(self, pitch: int) -> bool:
        """Whether ``pitch`` belongs to the key."""
        return pitch % OCTAVE in self.pitch_classes


def estimate_key(
    pitches: Iterable[int],
    weights: Iterable[float] | None = None,
    profiles: KeyProfiles = ALBRECHT_SHANAHAN,
) -> Key:
    """Key of a piece by correlation with key profiles (Krumhansl 1990, chapter 4).

    The histogram of pitch classes, weighted by ``weights`` (durations in steps; 1 each when
    omitted), is correlated with the profile of each of the 24 keys. Without its minor third a key
    counts as major, and no pitches at all as C major. The profiles of Albrecht and Shanahan find
    the key of chorales, and of their melodies alone, much more often than the classic ones do
    (``python -m benchmarks.keys``).
    """
    pitch_list = list(pitches)
    weight_list = [1.0] * len(pitch_list) if weights is None else list(weights)
    if len(pitch_list) != len(weight_list):
        raise ValueError(f"{len(pitch_list)} pitches cannot have {len(weight_list)} weights")
    classes = np.array(pitch_list, np.int64) % OCTAVE
    histogram = np.bincount(classes, weight_list, OCTAVE)
    if np.ptp(histogram) == 0.0:
        return Key(0)
    # The profiles have been centred and scaled, so the products rank as the correlations do.
    scores = profiles.of_keys @ (histogram - histogram.mean()) / float(histogram.std())
    # Keys that tie but for the last bits: the first, major before minor.
    best = int(np.argmax(scores > scores.max() - 1e-9))
    tonic = best % OCTAVE
    # A number of numpy's would not do for files of JSON.
    return Key(tonic, minor=bool(best >= OCTAVE and histogram[(tonic + 3) % OCTAVE] > 0))
