"""Names the chord of each beat by matching templates: notes in, root, quality and bass out.

Every chord of ten qualities on twelve roots is scored against the pitch classes of a beat,
weighted by how long they sound, and the best one is its label. Only the notes of the beat count: a
passing note or a suspension is taken at face value. The corpora in ``assets/corpora`` carry labels
that were made by the same rule.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.voice_grid import REST
from composer_app.music.harmony.chord_qualities import HEARD_QUALITIES, QUALITIES, QUALITY_TONES
from composer_app.music.pitch import OCTAVE

NO_CHORD: Final = -1
_FIFTH: Final = 7
_MISSING_TONE: Final = 0.16
_MISSING_FIFTH: Final = 0.064
_FIFTH_MAY_BE_MISSING: Final = ("maj", "min", "7", "m7", "maj7")
_MISSING_ROOT: Final = 0.25
_ROOT_IN_BASS: Final = 0.08


@dataclass(frozen=True, slots=True, eq=False)
class ChordLabels:
    """The chords of B beats, each array (B,).

    ``start`` is the step where the beat begins. ``root`` and ``bass`` are pitch classes,
    ``quality`` an index into :data:`~composer_app.music.harmony.chord_qualities.QUALITIES`; all are
    -1 in a beat that is silent. ``confidence``, 0 to 1, is how well the template fits, and
    ``classes`` the number of pitch classes that sound: with one or two of them the label is a
    guess.
    """

    start: NDArray[np.int64]
    root: NDArray[np.int8]
    quality: NDArray[np.int8]
    bass: NDArray[np.int8]
    confidence: NDArray[np.float32]
    classes: NDArray[np.int8]

    def at_steps(self, values: NDArray[np.int8], steps: int) -> NDArray[np.int8]:
        """(T,): ``values``, one of the arrays (B,), on every one of ``steps`` steps."""
        lengths = np.diff(self.start, append=steps)
        return np.repeat(values, lengths)


def beat_starts(position: NDArray[np.int16], beat: NDArray[np.int16] | int) -> NDArray[np.int64]:
    """(B,): the steps where beats begin, and where the position in the bar jumps.

    ``position`` (T,) is the step within the bar, ``beat`` the steps of a beat, of all steps or of
    each (T,).
    """
    begins = position % beat == 0
    begins[1:] |= position[1:] != position[:-1] + 1
    begins[:1] = True
    return np.flatnonzero(begins)


def label_chords(pitch: NDArray[np.int16], start: NDArray[np.int64]) -> ChordLabels:
    """The chords of ``pitch`` (T, voices), MIDI or -1, whose beats begin at ``start`` (B,)."""
    weight, bass = _weights(pitch, start)
    total = weight.sum(axis=1)
    silent = total == 0
    sounds = weight > 0
    scores = (
        weight @ _TEMPLATES.T / np.maximum(total, 1)[:, None]
        - (~sounds) @ _MISSING.T
        + _ROOT_IN_BASS * (bass[:, None] == _ROOTS)
        + _PRIORS
    )
    # Rounded, so that equals are equal on every machine; the lowest root is taken then.
    best = scores.round(9).argmax(axis=1)
    fit = np.take_along_axis(scores, best[:, None], axis=1)[:, 0]
    return ChordLabels(
        start,
        np.where(silent, NO_CHORD, _ROOTS[best]).astype(np.int8),
        np.where(silent, NO_CHORD, _KINDS[best]).astype(np.int8),
        bass.astype(np.int8),
        np.where(silent, 0, fit.clip(0, 1)).astype(np.float32),
        sounds.sum(axis=1).astype(np.int8),
    )


def _weights(
    pitch: NDArray[np.int16], start: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(B, 12), how long each pitch class sounds in each beat, the bass double; and (B,), the bass.

    The bass of a beat is the lowest pitch of its first step with any.
    """
    steps, beats = len(pitch), len(start)
    beat = np.repeat(np.arange(beats), np.diff(start, append=steps))
    sounding = pitch != REST
    lowest = np.where(sounding, pitch, np.iinfo(np.int16).max).min(
        axis=1, initial=np.iinfo(np.int16).max
    )
    bass_pitch = np.full(beats, REST, np.int64)
    heard = np.flatnonzero(sounding.any(axis=1))
    # The first step of each beat stays: later ones are written before it.
    bass_pitch[beat[heard][::-1]] = lowest[heard][::-1]
    weight = np.zeros((beats, OCTAVE))
    for voice in range(pitch.shape[1]):
        at = sounding[:, voice]
        np.add.at(weight, (beat[at], pitch[at, voice] % OCTAVE), 1)
    doubled = (pitch == bass_pitch[beat][:, None]).any(axis=1) & sounding.any(axis=1)
    np.add.at(weight, (beat[doubled], bass_pitch[beat[doubled]] % OCTAVE), 1)
    return weight, np.where(bass_pitch == REST, NO_CHORD, bass_pitch % OCTAVE)


def _templates() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(120, 12) each: which pitch classes belong to a chord, and what missing them costs."""
    inside = np.zeros((OCTAVE, len(HEARD_QUALITIES), OCTAVE))
    missing = np.zeros_like(inside)
    for kind, name in enumerate(HEARD_QUALITIES):
        for root in range(OCTAVE):
            for tone in QUALITY_TONES[name]:
                spare = tone == _FIFTH and name in _FIFTH_MAY_BE_MISSING
                inside[root, kind, (root + tone) % OCTAVE] = 1
                missing[root, kind, (root + tone) % OCTAVE] = (
                    _MISSING_FIFTH if spare else _MISSING_TONE
                )
            missing[root, kind, root] += _MISSING_ROOT
    return inside.reshape(-1, OCTAVE), missing.reshape(-1, OCTAVE)


_TEMPLATES, _MISSING = _templates()
_ROOTS: Final = np.repeat(np.arange(OCTAVE), len(HEARD_QUALITIES))
_KINDS: Final = np.tile([QUALITIES.index(name) for name in HEARD_QUALITIES], OCTAVE)
_PRIORS: Final = np.tile(list(HEARD_QUALITIES.values()), OCTAVE)
