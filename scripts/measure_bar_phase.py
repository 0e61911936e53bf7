"""Counts where a bar's notes begin in the training chorales, and tries the upbeat's detection.

Run with ``.venv/bin/python scripts/measure_bar_phase.py build/bach.npz``: it writes
composer_app/generation/bar_phase_tables.py and prints the accuracy on the validation split.
"""

import sys
from pathlib import Path
from typing import Final

import numpy as np

from composer_app.generation.bar_phase import (
    INTERVALS,
    LENGTHS,
    LETTER_NATS,
    detect_upbeat,
    note_kinds,
)
from composer_app.music.note import Note
from composer_app.music.timing import Meter
from composer_app.training.corpus import Piece, load_corpus

TABLES: Final = Path(__file__).resolve().parents[1] / "composer_app/generation/bar_phase_tables.py"
# So many notes more, spread over the bar, keep what was never seen possible.
_SMOOTHING_NOTES: Final = 4.0
_EIGHT_BARS: Final = 128
_LETTERS: Final = 58  # from A to z
Phrase = tuple[list[Note], int, int]


def phrases(pieces: list[Piece]) -> list[Phrase]:
    """``(melody, bar, upbeat)`` of each piece whose bars all have the same 12 or 16 steps."""
    found = []
    for piece in pieces:
        bar = int(piece.bar_length[0])
        upbeat = -int(piece.position[0]) % bar
        regular = np.array_equal(piece.position, (np.arange(piece.steps) - upbeat) % bar)
        if bar in (12, 16) and regular and not piece.bad.any():
            found.append((soprano(piece), bar, upbeat))
    return found


def soprano(piece: Piece) -> list[Note]:
    """The notes of voice 0."""
    pitch, onset = piece.pitch[:, 0], piece.onset[:, 0].copy()
    onset[0] = pitch[0] >= 0
    starts = np.flatnonzero(onset)
    breaks = np.flatnonzero(np.append(onset | (pitch < 0), True))
    ends = breaks[np.searchsorted(breaks, starts, side="right")]
    return [Note(int(a), int(pitch[a]), int(b - a)) for a, b in zip(starts, ends, strict=True)]


def count(found: list[Phrase], bar: int) -> list[str]:
    """A row of letters for each kind of note: how improbable each place of the bar is."""
    counts = np.full((len(LENGTHS) * INTERVALS, bar), _SMOOTHING_NOTES / bar)
    for melody, length, upbeat in found:
        if length == bar:
            for kind, note in zip(note_kinds(melody), melody[1:], strict=True):
                counts[kind, (note.start - upbeat) % bar] += 1
    nats = -np.log(counts / counts.sum(axis=1, keepdims=True))
    levels = np.minimum(np.round(nats / LETTER_NATS), _LETTERS - 1).astype(int)
    return ["".join(chr(ord("A") + level) for level in row) for row in levels.tolist()]


def write(found: list[Phrase]) -> None:
    """Write the module of tables."""
    lines = [
        '"""How probable each place of a bar is for a kind of note; see bar_phase.py.',
        "",
        "Written by scripts/measure_bar_phase.py from the training chorales. Rows are lengths by",
        "kinds of interval, columns steps of the bar; letters are negative logarithms, from A on.",
        '"""',
        "",
        "from typing import Final",
        "",
        "TABLES: Final = {",
    ]
    for bar in (16, 12):
        rows = [f'        r"{row}",' for row in count(found, bar)]
        lines += [f"    {bar}: (", *rows, "    ),"]
    TABLES.write_text("\n".join([*lines, "}", ""]), encoding="utf-8")


def measure(found: list[Phrase], most: int) -> None:
    """Print how often the upbeat of the first ``most`` steps is found."""
    for bar, meter in ((16, Meter(4, 4)), (12, Meter(3, 4))):
        right: dict[str, list[bool]] = {"with upbeat": [], "without": [], "cut to downbeat": []}
        for melody, length, upbeat in found:
            if length == bar:
                heard = detect_upbeat([n for n in melody if n.start < most], meter)
                right["with upbeat" if upbeat else "without"].append(heard == upbeat)
                cut = [
                    Note(n.start - upbeat, n.pitch, n.duration)
                    for n in melody
                    if upbeat <= n.start < upbeat + most
                ]
                right["cut to downbeat"].append(detect_upbeat(cut, meter) == 0)
        text = ", ".join(f"{name} {sum(hits)} of {len(hits)}" for name, hits in right.items())
        print(f"{meter}, first {most} steps: {text}")


def main() -> int:
    """Count, write and measure; returns 0."""
    corpus = Path(sys.argv[1])
    if "--measure" not in sys.argv:
        write(phrases(load_corpus(corpus, "train")))
    else:
        for most in (10**6, _EIGHT_BARS, _EIGHT_BARS // 2):
            measure(phrases(load_corpus(corpus, "valid")), most)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
