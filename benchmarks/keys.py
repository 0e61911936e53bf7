"""How often the key of a chorale is found, with each set of profiles.

The truth is the key that the score is written in: a key signature and, from the encoder, major or
minor. Some chorales are modal, and written with a signature that no profile could find.

Needs the extra [train], for the chorales of music21. Profiles were chosen by the training and
validation pieces (``choosing``); the test pieces are for reporting alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from composer_app.music.pitch import (
    ALBRECHT_SHANAHAN,
    KRUMHANSL_KESSLER,
    OCTAVE,
    Key,
    KeyProfiles,
    estimate_key,
)
from composer_app.training.corpora.corpus import REST, Piece, bach_split, read_score

PROFILES: Final = {
    "Albrecht-Shanahan": ALBRECHT_SHANAHAN,
    "Krumhansl-Kessler": KRUMHANSL_KESSLER,
}
# music21 has these, but not ours.
_OTHERS: Final = ("BellmanBudge", "TemperleyKostkaPayne", "AardenEssen")
SPLITS: Final = {"choosing": ("train", "valid"), "test": ("test",)}
_FIFTH: Final = 7
_BARS_OF_EIGHT: Final = 128
# Voices and steps of each passage, from the beginning.
PASSAGES: Final = {
    "whole chorales": (4, None),
    "their first eight bars": (4, _BARS_OF_EIGHT),
    "their melodies": (1, None),
    "eight bars of melody": (1, _BARS_OF_EIGHT),
}


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A chorale and the key it is written in."""

    piece: Piece
    key: Key


def written_chorales(*splits: str) -> Iterator[Written]:
    """The chorales of ``splits`` whose score says what key it is in: all but one."""
    from music21 import corpus

    for entry in bach_split():
        if entry.split in splits:
            score = corpus.parse(f"bach/{entry.name}")
            key = _written_key(score)
            if key is not None:
                yield Written(read_score(score, entry.name, entry.split), key)


def shares(
    chorales: list[Written], profiles: KeyProfiles, voices: int, steps: int | None
) -> tuple[float, float]:
    """How often the signature is found, and how often the key itself, 0 to 1."""
    found = [(_estimate(each.piece, profiles, voices, steps), each.key) for each in chorales]
    signature = np.mean([_relative_major(key) == _relative_major(truth) for key, truth in found])
    return float(signature), float(np.mean([key == truth for key, truth in found]))


def main() -> None:
    """Print the shares."""
    profiles = {**PROFILES, **_music21_profiles()}
    for title, splits in SPLITS.items():
        chorales = list(written_chorales(*splits))
        print(f"keys of {len(chorales)} chorales ({title}): signature, key")
        for passage, (voices, steps) in PASSAGES.items():
            for name, each in profiles.items():
                signature, key = shares(chorales, each, voices, steps)
                print(f"  {passage:24} {name:22} {signature:7.1%} {key:7.1%}")


def _written_key(score: Any) -> Key | None:
    signatures = list(score.parts[0].flatten().getElementsByClass("KeySignature"))
    mode = getattr(signatures[0], "mode", None) if signatures else None
    if mode not in ("major", "minor"):
        return None
    major = signatures[0].sharps * _FIFTH
    minor = mode == "minor"
    return Key((major - 3 * minor) % OCTAVE, minor)


def _estimate(piece: Piece, profiles: KeyProfiles, voices: int, steps: int | None) -> Key:
    cells = piece.pitch[:steps, :voices]
    return estimate_key(cells[cells != REST].tolist(), profiles=profiles)


def _relative_major(key: Key) -> int:
    return (key.tonic + 3 * key.minor) % OCTAVE


def _music21_profiles() -> dict[str, KeyProfiles]:
    from music21.analysis import discrete

    found = {}
    for name in _OTHERS:
        weights = getattr(discrete, name)()
        found[name] = KeyProfiles(
            tuple(weights.getWeights("major")), tuple(weights.getWeights("minor"))
        )
    return found


if __name__ == "__main__":
    main()
