"""Learns where the bars of melodies begin, and measures how often their upbeats are heard.

Run ``.venv/bin/python scripts/folk_tunes.py`` once, then with ``scripts/measure_bar_phase.py
build/bach.npz build/hymn.npz`` it writes bar_phase_tables.py in a minute;
with ``--measure valid`` (or ``fit``, or ``test``, which is for looking at once) it prints how often
upbeats are heard. Folk tunes are split by the pitches on their first five downbeats, so
that what stands in several books, ornamented otherwise, stays together; chorales and hymns as
for the training of models.
"""

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from folk_tunes import BOOKS, load
from numpy.typing import NDArray
from scipy.optimize import minimize

from composer_app.generation.hearing.bar_phase import (
    COMPOUND,
    LETTER_NATS,
    ROWS,
    ZERO,
    detect_upbeat,
    edges,
    heard_unit,
    heard_upbeats,
    note_kinds,
)
from composer_app.music.note import Note
from composer_app.music.timing import TICKS_PER_STEP, Meter
from composer_app.training.corpora.corpus import Piece, load_corpus

TABLES: Final = (
    Path(__file__).resolve().parents[1] / "composer_app/generation/hearing/bar_phase_tables.py"
)
UNITS: Final = (16, 12, 8, COMPOUND)
METERS: Final = {16: Meter(4, 4), 12: Meter(3, 4), COMPOUND: Meter(6, 8)}
# The Essen songs are many and slow, and would drown the dances; the chorales are few.
_BOOK_WEIGHTS: Final = {"essenFolksong": 0.5, "bach": 1.5, "hymn": 1.5}
# Beside each whole tune: from its first downbeat on, and its first eight bars.
_PART_WEIGHT: Final = 0.5
_EIGHT_BARS: Final = 8
_LEAST_NOTES: Final = 8
# Of the Gaussian priors of the table's weights, and of the others.
_PRECISION, _LOOSE_PRECISION = 8.0, 0.1
_MOST_ITERATIONS: Final = 150
_LETTERS: Final = ("A", "z")
_SIX_EIGHTHS, _NINE_EIGHTHS = 12, 18
Floats = NDArray[np.float64]
Phrase = tuple[list[Note], int, int]


class Tune(NamedTuple):
    """``upbeat`` is in steps, perhaps a fraction; ``split`` is "fit", "valid" or "test"."""

    book: str
    melody: list[Note]
    meter: Meter
    upbeat: float
    split: str


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


def sung(corpora: Sequence[Path]) -> list[Tune]:
    """The sopranos of chorales and hymns."""
    return [
        Tune(corpus.stem, melody, METERS[unit], upbeat, "fit" if split == "train" else split)
        for corpus in corpora
        for split in ("train", "valid", "test")
        for melody, unit, upbeat in phrases(load_corpus(corpus, split))
    ]


def folk() -> list[Tune]:
    """The tunes of music21's books, on the grid; of notes in one step the last."""
    found = []
    for book in BOOKS:
        for each in load(book):
            if (each.numerator * 16) % each.denominator or each.denominator > 16:
                continue
            meter = Meter(each.numerator, each.denominator)
            notes = [Note.at_ticks(*row) for row in each.notes.tolist()]
            melody = list({note.start: note.on_grid for note in notes}.values())
            upbeat = each.upbeat / TICKS_PER_STEP
            found.append(Tune(book, melody, meter, upbeat, split_of(melody, upbeat, meter)))
    return found


def split_of(melody: list[Note], upbeat: float, meter: Meter) -> str:
    """By a hash of the intervals between the notes that sound on the first five downbeats."""
    bars = [upbeat + bar * meter.steps_per_bar for bar in range(5)]
    pitch = [[n.pitch for n in melody if n.start <= bar] or [melody[0].pitch] for bar in bars]
    intervals = tuple(each[-1] - pitch[0][-1] for each in pitch)
    tenth = hashlib.sha256(repr(intervals).encode()).digest()[0] % 10
    return "test" if tenth < 2 else "valid" if tenth < 4 else "fit"


def begun_later(melody: list[Note], steps: int) -> list[Note]:
    """What begins from step ``steps`` on, which becomes step 0."""
    return [Note(n.start - steps, n.pitch, n.duration) for n in melody if n.start >= steps]


def usable(tunes: list[Tune], unit: int) -> list[Tune]:
    """Those in ``unit`` that begin without a rest and whose upbeat can be heard, in the unit."""
    return [
        tune._replace(upbeat=int(tune.upbeat % unit))
        for tune in tunes
        if heard_unit(tune.meter) == unit
        and tune.melody[0].start == 0
        and len(tune.melody) >= _LEAST_NOTES
        and tune.upbeat % unit in heard_upbeats(unit)
    ]


def examples(tunes: list[Tune], unit: int) -> tuple[list[list[Note]], list[int], Floats]:
    """Melodies, their upbeats and their weights: whole tunes and parts of them."""
    found: list[tuple[list[Note], int, float]] = []
    for tune in tunes:
        weight, upbeat = _BOOK_WEIGHTS.get(tune.book, 1.0), int(tune.upbeat)
        found.append((tune.melody, upbeat, weight))
        first = [n for n in tune.melody if n.start < upbeat + _EIGHT_BARS * max(unit, 8)]
        if len(first) < len(tune.melody):
            found.append((first, upbeat, weight * _PART_WEIGHT))
        if upbeat:
            found.append((begun_later(tune.melody, upbeat), 0, weight * _PART_WEIGHT))
    kept = [each for each in found if len(each[0]) >= _LEAST_NOTES]
    return [each[0] for each in kept], [each[1] for each in kept], np.array([e[2] for e in kept])


def learn(tunes: list[Tune], unit: int) -> tuple[Floats, Floats, Floats]:
    """Weights of the table (ROWS, unit), of the upbeats (U,) and of the edges (3,).

    They make the upbeats of ``tunes`` most probable, under Gaussian priors.
    """
    melodies, upbeat, weight = examples(tunes, unit)
    upbeats = heard_upbeats(unit)
    size = ROWS * unit
    counts = np.zeros((len(melodies), size))
    for row, melody in zip(counts, melodies, strict=True):
        kinds, starts = note_kinds(melody)
        np.add.at(row, kinds * unit + starts % unit, 1)
    edge = np.array([edges(melody, unit) for melody in melodies])
    truth = np.array(upbeat)[:, None] == upbeats
    # Where a cell of the counts finds its weight, if the upbeat is so long.
    place = (np.arange(unit) - upbeats[:, None]) % unit
    cells = (np.arange(ROWS)[:, None] * unit + place[:, None, :]).reshape(len(upbeats), size)
    back = np.argsort(cells, axis=1)
    precision = np.full(size + len(upbeats) + edge.shape[2], _LOOSE_PRECISION)
    precision[:size] = _PRECISION

    def loss(weights: Floats) -> tuple[float, Floats]:
        prior, ends = weights[size : size + len(upbeats)], weights[size + len(upbeats) :]
        scores = counts @ weights[:size][cells].T + prior + edge @ ends
        scores -= scores.max(axis=1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        wrong = weight[:, None] * (np.exp(scores) - truth)
        slope = (
            np.take_along_axis(wrong.T @ counts, back, 1).sum(axis=0),
            wrong.sum(axis=0),
            np.einsum("tu,tue->e", wrong, edge),
        )
        total = -(weight * scores[truth]).sum() + 0.5 * (precision * weights**2).sum()
        return float(total), np.concatenate(slope) + precision * weights

    options = {"maxiter": _MOST_ITERATIONS}
    start = np.zeros(len(precision))
    best: Any = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    table, prior, ends = np.split(best.x, [size, size + len(upbeats)])
    return table.reshape(ROWS, unit), prior, ends


def write(tunes: list[Tune]) -> None:
    """Learn from what is there to fit, and write the module of tables."""
    learned = {}
    for unit in UNITS:
        fit = usable([tune for tune in tunes if tune.split == "fit"], unit)
        learned[unit] = learn(fit, unit)
        print(f"{unit} steps: {len(fit)} tunes, largest weight {abs(learned[unit][0]).max():.2f}")
    lines = [
        '"""How much each kind of note speaks for each place of a bar; see bar_phase.py.',
        "",
        "Written by scripts/measure_bar_phase.py from folk tunes, chorales and hymns. Rows of",
        "TABLES are kinds of notes, columns steps of the bar (of a dotted quarter: 6); letters are",
        "nats. PRIORS are of the upbeats that are told apart, EDGES of beginning and end.",
        '"""',
        "",
        "from typing import Final",
        "",
        "TABLES: Final = {",
    ]
    for unit in UNITS:
        lines += [f"    {unit}: (", *_letters(learned[unit][0]), "    ),"]
    for at, name in ((1, "PRIORS"), (2, "EDGES")):
        lines += ["}", f"{name}: Final = {{"]
        lines += [f"    {unit}: {tuple(learned[unit][at].round(2).tolist())}," for unit in UNITS]
    TABLES.write_text("\n".join([*lines, "}", ""]), encoding="utf-8")


def _letters(table: Floats) -> list[str]:
    least, most = (ord(letter) - ord(ZERO) for letter in _LETTERS)
    levels = np.clip(np.round(table / LETTER_NATS), least, most).astype(int) + ord(ZERO)
    rows = ["".join(chr(level) for level in row) for row in levels.tolist()]
    return ['        "{}",'.format(row.replace("\\", "\\\\")) for row in rows]


def measure(tunes: list[Tune]) -> None:
    """Print, for each book and metre, how often upbeats are heard, and heard where none are."""
    books = {tune.book for tune in tunes}
    for book in [*sorted(books), ""]:
        for unit in (*UNITS, 0):
            of = [
                tune
                for tune in tunes
                if heard_unit(tune.meter) in ({unit} if unit else set(UNITS))
                and book in ("", tune.book)
                and tune.melody[0].start == 0
                and len(tune.melody) >= _LEAST_NOTES
            ]
            if of:
                print(f"{book or 'all'}, {unit or 'all'}: {'; '.join(_rates(of))}", flush=True)


def _rates(tunes: list[Tune]) -> list[str]:
    """How often upbeats are heard, and heard on a downbeat, after rests and from a downbeat on."""
    up = [tune for tune in tunes if tune.upbeat]
    whole = [tune for tune in up if tune.upbeat == int(tune.upbeat)]
    padded = [
        ([n.moved(t.meter.steps_per_bar - int(t.upbeat)) for n in t.melody], t.meter) for t in whole
    ]
    cut = [(begun_later(t.melody, int(t.upbeat)), t.meter) for t in whole]
    down = [(tune.melody, tune.meter) for tune in tunes if not tune.upbeat]
    # The upbeat of 6/8 and its like is less than a dotted quarter.
    heard = [detect_upbeat(tune.melody, tune.meter) == tune.upbeat for tune in up]
    return [
        f"heard {sum(heard)} of {len(up)} ({_percent(heard)})",
        *(
            f"{name} {sum(wrong)} of {len(wrong)} ({_percent(wrong)})"
            for name, wrong in (
                ("wrong on the downbeat", [detect_upbeat(*each) != 0 for each in down]),
                ("after rests", [detect_upbeat(*each) != 0 for each in padded]),
                ("cut to the downbeat", [detect_upbeat(*each) != 0 for each in cut]),
            )
        ),
    ]


def _percent(hits: list[bool]) -> str:
    return f"{100 * sum(hits) / len(hits):.1f} %" if hits else "-"


def main() -> int:
    """Learn and write, or measure; returns 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpora", nargs="+", type=Path, help="such as build/bach.npz")
    parser.add_argument("--measure", choices=("fit", "valid", "test"))
    arguments = parser.parse_args()
    tunes = [*sung(arguments.corpora), *folk()]
    if arguments.measure:
        measure([tune for tune in tunes if tune.split == arguments.measure])
    else:
        write(tunes)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
