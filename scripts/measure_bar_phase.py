"""Counts where a bar's notes begin in the training pieces, and tries the upbeat's detection.

Run with ``.venv/bin/python scripts/measure_bar_phase.py build/bach.npz build/hymn.npz`` it writes
composer_app/generation/bar_phase_tables.py; with ``--measure`` it prints the accuracy on the
validation splits, with ``--folk`` that on folk songs which music21 brings along.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from composer_app.generation.bar_phase import (
    COMPOUND,
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
_SIX_EIGHTHS, _NINE_EIGHTHS = 12, 18
METERS: Final = ((16, Meter(4, 4)), (12, Meter(3, 4)), (COMPOUND, Meter(6, 8)))
FOLK: Final = ("lot.abc", "ballad20.abc", "dva0.abc", "fink0.abc")
Phrase = tuple[list[Note], int, int]


def phrases(pieces: list[Piece]) -> list[Phrase]:
    """``(melody, bar, upbeat)`` of each piece whose bars all have the same 12, 16 or 18 steps.

    Of 6/8 and 9/8 the bar is the dotted quarter.
    """
    found = []
    for piece in pieces:
        bar = int(piece.bar_length[0])
        upbeat = -int(piece.position[0]) % bar
        regular = np.array_equal(piece.position, (np.arange(piece.steps) - upbeat) % bar)
        if bar in (12, 16, _NINE_EIGHTHS) and regular and not piece.bad.any():
            melody = soprano(piece)
            unit = COMPOUND if bar == _NINE_EIGHTHS or in_six(melody, bar, upbeat) else bar
            found.append((melody, unit, upbeat % unit))
    return found


def in_six(melody: list[Note], bar: int, upbeat: int) -> bool:
    """Whether bars of 12 steps are 6/8: many notes begin in the middle, few on later quarters.

    The corpora count the steps of a bar, not its beats.
    """
    place = [(note.start - upbeat) % bar for note in melody]
    return bar == _SIX_EIGHTHS and 2 * place.count(6) > place.count(4) + place.count(8)


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
    rows = ["".join(chr(ord("A") + level) for level in row) for row in levels.tolist()]
    return [row.replace("\\", "\\\\") for row in rows]


def write(found: list[Phrase]) -> None:
    """Write the module of tables."""
    lines = [
        '"""How probable each place of a bar is for a kind of note; see bar_phase.py.',
        "",
        "Written by scripts/measure_bar_phase.py from the training chorales and hymns. Rows are",
        "lengths by kinds of interval, columns steps of the bar (of a dotted quarter: 6); letters",
        "are negative logarithms, from A on.",
        '"""',
        "",
        "from typing import Final",
        "",
        "TABLES: Final = {",
    ]
    for bar in (16, 12, COMPOUND):
        rows = [f'        "{row}",' for row in count(found, bar)]
        lines += [f"    {bar}: (", *rows, "    ),"]
    TABLES.write_text("\n".join([*lines, "}", ""]), encoding="utf-8")


def measure(found: list[Phrase], most: int) -> None:
    """Print how often the upbeat of the first ``most`` steps is found."""
    for bar, meter in METERS:
        right: dict[str, list[bool]] = {"with upbeat": [], "without": [], "cut to downbeat": []}
        for melody, length, upbeat in found:
            if length == bar:
                heard = detect_upbeat([n for n in melody if n.start < most], meter)
                right["with upbeat" if upbeat else "without"].append(heard == upbeat)
                cut = begun_later(melody, upbeat)
                right["cut to downbeat"].append(
                    detect_upbeat([n for n in cut if n.start < most], meter) == 0
                )
        text = ", ".join(f"{name} {sum(hits)} of {len(hits)}" for name, hits in right.items())
        print(f"{meter}, first {most} steps: {text}")


def begun_later(melody: list[Note], steps: int) -> list[Note]:
    """What begins from step ``steps`` on, which becomes step 0."""
    return [Note(n.start - steps, n.pitch, n.duration) for n in melody if n.start >= steps]


def measure_folk() -> None:
    """Print how often the upbeats of folk songs are found; takes a minute."""
    songs = [song for file in FOLK for song in folk_songs(file)]
    for text in ("2/4", "3/4", "6/8"):
        meter = Meter(*(int(part) for part in text.split("/")))
        found = [(melody, upbeat) for melody, of, upbeat in songs if of == text and len(melody) > 6]
        starts = {
            "with upbeat": [detect_upbeat(m, meter) == up for m, up in found if up],
            "without": [detect_upbeat(m, meter) == 0 for m, up in found if not up],
            "cut to downbeat": [detect_upbeat(begun_later(m, up), meter) == 0 for m, up in found],
        }
        says = ", ".join(f"{name} {sum(hits)} of {len(hits)}" for name, hits in starts.items())
        print(f"folk songs in {text}: {says}")


def folk_songs(file: str) -> Iterator[tuple[list[Note], str, int]]:
    """``(melody, metre, upbeat)`` of each song of ``file`` that keeps to one metre and the grid."""
    import music21

    library: Any = music21
    reader = library.abcFormat.ABCFile()
    reader.open(library.common.getCorpusFilePath() / "essenFolksong" / file)
    handler = reader.read()
    reader.close()
    for tune in handler.splitByReferenceNumber().values():
        try:
            part = library.abcFormat.translate.abcToStreamScore(tune).parts[0]
            bars = list(part.getElementsByClass("Measure"))
            (meter,) = [bar.timeSignature for bar in bars if bar.timeSignature]
            lengths = [_steps(bar.duration.quarterLength) for bar in bars]
            melody = folk_melody(part)
        except Exception:  # what music21 cannot read, and what is not on the grid
            continue
        whole = _steps(meter.barDuration.quarterLength)
        if all(length == whole for length in lengths[1:-1]):
            yield melody, meter.ratioString, lengths[0] % whole


def folk_melody(part: Any) -> list[Note]:
    """The notes of music21's ``part``, tied ones as one; :class:`ValueError` off the grid."""
    melody: list[Note] = []
    for each in part.flatten().notes:
        start, length = _steps(each.offset), _steps(each.duration.quarterLength)
        if each.tie is not None and each.tie.type != "start":
            melody[-1] = replace(melody[-1], duration=melody[-1].duration + length)
        else:
            melody.append(Note(start, each.pitch.midi, length))
    return melody


def _steps(quarters: float) -> int:
    steps = 4 * quarters
    if steps != int(steps):
        raise ValueError(f"{quarters} quarters are no whole sixteenths")
    return int(steps)


def main() -> int:
    """Count, write and measure; returns 0."""
    corpora = [Path(name) for name in sys.argv[1:] if not name.startswith("-")]
    if "--folk" in sys.argv:
        measure_folk()
    elif "--measure" in sys.argv:
        for corpus in corpora:
            print(corpus)
            for most in (10**6, _EIGHT_BARS, _EIGHT_BARS // 2):
                measure(phrases(load_corpus(corpus, "valid")), most)
    else:
        write([each for corpus in corpora for each in phrases(load_corpus(corpus, "train"))])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
