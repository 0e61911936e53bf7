"""Count which chord follows which in the training pieces: the tables of melodies' chords.

``python -m scripts.count_chord_changes > composer_app/generation/melodies/chord_tables.py``, from
the corpora in build/ (``composer-app corpus bach``, hymn, leadsheet, song). Chords are counted
above the tonic at half bars, for voices (chorales and hymns) and for songs (lead sheets and songs
with piano).
"""

from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.music.pitch import OCTAVE
from composer_app.training.corpora.corpus import Piece, load_corpus
from composer_app.training.trainers.melody_windows import key_of

_GROUPS: Final = {"voices": ("bach", "hymn"), "songs": ("leadsheet", "song")}
# Richer chords count as these, which a band colours again.
_PLAIN: Final = {"maj7": "maj", "6": "maj", "m7": "min", "m6": "min", "sus4": "maj", "5": "maj"}
_KEPT: Final = ("maj", "min", "7", "dim", "m7b5", "dim7")
_CHORDS: Final = 14
State = tuple[int, str]


def slots(piece: Piece) -> list[tuple[bool, bool, State | None]]:
    """At half bars: whether the key is minor, whether a bar begins, and the chord, if known."""
    key = key_of(piece, slice(0, piece.steps))
    found: list[tuple[bool, bool, State | None]] = []
    half = piece.bar_length.astype(np.int64) // 2
    for step in np.flatnonzero(piece.position % np.maximum(half, 1) == 0).tolist():
        root, quality, _bass = piece.chord[step].tolist()
        name = "" if root < 0 else _PLAIN.get(QUALITIES[quality], QUALITIES[quality])
        state = ((root - key.tonic) % OCTAVE, name) if name in _KEPT else None
        found.append((key.minor, bool(piece.position[step] == 0), state))
    return found


def main() -> None:
    """Print the module."""
    print('"""How often a chord follows another; scripts/count_chord_changes.py counted it.')
    print()
    print("For each group of styles, and major and minor: the chords, by root above the tonic and")
    print(
        "quality, and of each the per mille of what follows, where a bar begins and in its middle."
    )
    print('"""')
    print()
    print("from typing import Final")
    print()
    print("Table = tuple[str, tuple[str, ...], tuple[str, ...]]")
    print("TABLES: Final[dict[tuple[str, bool], Table]] = {")
    for group, styles in _GROUPS.items():
        pieces = [
            p
            for style in styles
            for p in load_corpus(Path("build") / f"{style}.npz", "train", "extra")
        ]
        # Four styles of very different size: each weighs alike.
        weight = {s: 1.0 / sum(p.steps for p in pieces if p.style == s) for s in styles}
        rows = [(weight[p.style], slots(p)) for p in pieces]
        for minor in (False, True):
            use: dict[State, float] = defaultdict(float)
            change: dict[bool, dict[tuple[State, State], float]] = {
                True: defaultdict(float),
                False: defaultdict(float),
            }
            for heavy, row in rows:
                if not row or row[0][0] != minor:
                    continue
                for (_, _, state), (_, begins, after) in pairwise(row):
                    if state and after:
                        use[after] += heavy
                        change[begins][state, after] += heavy
            states = sorted(use, key=lambda state: -use[state])[:_CHORDS]
            print(f'    ("{group}", {minor}): (')
            print(f'        "{" ".join(f"{r}:{q}" for r, q in states)}",')
            for begins in (True, False):
                print("        (")
                for one in states:
                    counts = [change[begins][one, other] for other in states]
                    total = sum(counts) or 1.0
                    mille = " ".join(str(round(1000 * c / total)) for c in counts)
                    print(f'            "{mille}",')
                print("        ),")
            print("    ),")
    print("}")


if __name__ == "__main__":
    main()
