"""Reads the tunes that music21 brings along: their notes, and where their bars begin.

Run with ``nice .venv/bin/python scripts/folk_tunes.py`` it writes build/folk_tunes/BOOK.npz for
each of the books below, in a minute or two; scripts/measure_bar_phase.py learns from them. A tune
is kept as far as it keeps to one metre and its bars follow each other whole: short bars at a
repeat sign are allowed where they fill each other up.
"""

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from composer_app.music.timing import TICKS_PER_BEAT

FOLDER: Final = Path(__file__).resolve().parents[1] / "build/folk_tunes"
BOOKS: Final = ("airdsAirs", "ryansMammoth", "oneills1850", "essenFolksong")
_LEAST_BARS: Final = 4


class FolkTune(NamedTuple):
    """``notes`` (N, 3) are onset, release (in ticks, 960 a quarter) and pitch.

    ``upbeat`` is in ticks, less than a bar.
    """

    book: str
    name: str
    numerator: int
    denominator: int
    upbeat: int
    notes: Any


def tunes_of(book: str) -> Iterator[FolkTune]:
    """The tunes of one of music21's ``BOOKS`` that it can read, in one metre and one voice."""
    import music21

    library: Any = music21
    for path in sorted((library.common.getCorpusFilePath() / book).glob("*.abc")):
        reader = library.abcFormat.ABCFile()
        reader.open(path)
        handler = reader.read()
        reader.close()
        numbered = handler.definesReferenceNumbers()
        each = handler.splitByReferenceNumber() if numbered else {1: handler}
        for number, tune in each.items():
            try:
                found = regular(*_read(tune.tokens, library.abcFormat))
            except (library.exceptions21.Music21Exception, AttributeError, TypeError, ValueError):
                continue  # what music21 cannot read, and what has no metre or several
            if found is not None:
                yield FolkTune(book, f"{path.stem}#{number}", *found)


def _read(tokens: list[Any], abc: Any) -> tuple[int, int, list[int], list[list[int]]]:
    """Metre, bar lines in ticks, and notes as onset, release and pitch, of music21's tokens.

    A score in music21's sense takes ten times longer to make. Of chords the top note is kept, of
    grace notes none.
    """
    (meter,) = {
        token.getTimeSignatureObject().ratioString
        for token in tokens
        if isinstance(token, abc.ABCMetadata) and token.isMeter()
    }
    if any(isinstance(token, abc.ABCMetadata) and token.isVoice() for token in tokens):
        raise ValueError("several voices")
    now, lines, notes = 0.0, [0], list[list[int]]()
    for token in tokens:
        if isinstance(token, abc.ABCBar):
            lines.append(_ticks(now))
        if not isinstance(token, abc.ABCNote) or token.inGrace:
            continue
        lasts = float(token.quarterLength)
        if token.activeTuplet is not None:
            lasts *= float(token.activeTuplet.tupletMultiplier())
        parts = token.subTokens if isinstance(token, abc.ABCChord) else [token]
        names = [part.pitchName for part in parts if part.pitchName]
        onset, now = now, now + lasts
        if names and lasts:
            pitch = max(_pitch(name) for name in names)
            if token.tie in ("stop", "continue") and notes and notes[-1][2] == pitch:
                notes[-1][1] = _ticks(now)
            else:
                notes.append([_ticks(onset), _ticks(now), pitch])
    numerator, denominator = (int(part) for part in meter.split("/"))
    return numerator, denominator, [*lines, _ticks(now)], notes


def _pitch(name: str) -> int:
    """The number of music21's ``name`` such as F#4 or B-3."""
    sharps = name.count("#") - name.count("-")
    return 12 * (int(name[-1]) + 1) + "C D EF G A B".index(name[0]) + sharps


def regular(
    numerator: int, denominator: int, lines: list[int], notes: list[list[int]]
) -> tuple[int, int, int, Any] | None:
    """As in :class:`FolkTune`, up to the first odd bar; None where there is too little."""
    length = 4 * TICKS_PER_BEAT * numerator // denominator
    bars = [(a, b) for a, b in pairwise(lines) if a < b]
    first = bars[0][1]
    upbeat, end = first % length, first
    for start, stop in bars[1:]:
        within = (start - upbeat) % length
        # The Essen songs have no bar line where a whole bar ends a line.
        if within + stop - start > length and (within or (stop - start) % length):
            break
        end = stop
    if end < _LEAST_BARS * length:
        return None
    rows = np.array([note for note in notes if note[0] < end], dtype=np.int64)
    # Rests before an upbeat say nothing.
    rest = int(rows[0, 0]) if upbeat else 0
    rows[:, :2] -= rest
    if upbeat and upbeat <= rest:
        return None
    return numerator, denominator, upbeat - rest, rows


def _ticks(quarters: float) -> int:
    return round(TICKS_PER_BEAT * quarters)


def load(book: str) -> list[FolkTune]:
    """The tunes of a book that has been read."""
    with np.load(FOLDER / f"{book}.npz", allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    notes = np.split(arrays["notes"], arrays["start"][1:-1])
    return [
        FolkTune(book, str(name), int(top), int(below), int(upbeat), rows)
        for name, (top, below, upbeat), rows in zip(
            arrays["name"], arrays["facts"], notes, strict=True
        )
    ]


def main() -> int:
    """Write the archives and say what is in them; returns 0."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for book in sys.argv[1:] or BOOKS:
        tunes = list(tunes_of(book))
        np.savez_compressed(
            FOLDER / f"{book}.npz",
            name=np.array([tune.name for tune in tunes]),
            facts=np.array([(t.numerator, t.denominator, t.upbeat) for t in tunes]),
            start=np.cumsum([0] + [len(tune.notes) for tune in tunes]),
            notes=np.concatenate([tune.notes for tune in tunes]),
        )
        print(f"{book}: {len(tunes)} tunes, {sum(t.upbeat > 0 for t in tunes)} with an upbeat")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
