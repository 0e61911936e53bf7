"""Counts what the ends of phrases look like in the training chorales, and tries hearing them.

Run with ``.venv/bin/python scripts/measure_phrase_ends.py build/bach.npz``: it writes
phrase_ends_tables.py. With ``--measure`` it prints precision, recall and
F1 on the validation split: of whole chorales, and of the excerpts that models are judged by. The
last note, which always ends a phrase, is not counted.
"""

import sys
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from measure_bar_phase import soprano
from numpy.typing import NDArray

from composer_app.evaluation.excerpts import excerpts_of
from composer_app.generation.hearing.bar_phase import detect_upbeat
from composer_app.generation.hearing.phrase_ends import (
    BEAT,
    LENGTHS,
    MOST_BEATS,
    TENTHS,
    Features,
    features,
    hear_phrase_ends,
    segment,
)
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import TICKS_PER_STEP, Meter
from composer_app.training.corpora.corpus import Piece, load_corpus

TABLES: Final = (
    Path(__file__).resolve().parents[1] / "composer_app/generation/hearing/phrase_ends_tables.py"
)
METERS: Final = {16: Meter(4, 4), 12: Meter(3, 4)}
# So many notes more of each kind, ends among them as often as among all or among those of its
# length, and so many phrases more of each length keep what was never seen possible.
_SMOOTHING_NOTES: Final = 1.0
_SMOOTHING_PHRASES: Final = 0.3
# Phrases that are a beat longer or shorter are so much seen, too.
_SMOOTHING_NEAR: Final = 0.04
_MOST_ODDS: Final = 5.0
_LEAST_ENDS: Final = 3
_LINE_WIDTH: Final = 88
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Marked(NamedTuple):
    """A melody, and which of its notes are last of a phrase: ``ends`` (N,)."""

    melody: list[Note]
    ends: Mask
    bar: int
    upbeat: int


def chorales(pieces: list[Piece]) -> list[Marked]:
    """Whole sopranos in regular bars of 12 or 16 steps, with at least three fermatas."""
    found = []
    for piece in pieces:
        bar = int(piece.bar_length[0])
        upbeat = -int(piece.position[0]) % bar
        regular = np.array_equal(piece.position, (np.arange(piece.steps) - upbeat) % bar)
        if bar not in METERS or not regular or piece.bad.any():
            continue
        melody = soprano(piece)
        ends = np.array([piece.fermata[note.start] for note in melody])
        if ends.sum() >= _LEAST_ENDS:
            found.append(Marked(melody, ends, bar, upbeat))
    return found


def excerpted(pieces: list[Piece]) -> list[Marked]:
    """The melodies of the excerpts, from a downbeat on, that have a fermata but at their end."""
    found = []
    for each in excerpts_of(pieces):
        melody, stops = list(each.melody.notes), each.passage.phrase_ends
        ends = np.array([any(n.start <= stop < n.end for stop in stops) for n in melody])
        if each.passage.bar_steps in METERS and ends[:-1].any():
            found.append(Marked(melody, ends, each.passage.bar_steps, 0))
    return found


def log_odds(rows: Integers, ends: Mask, size: int, alike: Floats | None = None) -> Floats:
    """(size,): how much likelier each of ``rows`` (N,) is for the end of a phrase.

    ``alike`` (size,) is the share of ends among notes like those of a row; else that of all.
    """
    counts = np.array([np.bincount(rows[ends == kind], minlength=size) for kind in (False, True)])
    total = counts.sum(axis=1, keepdims=True)
    share = np.full(size, ends.mean()) if alike is None else alike
    smooth = counts + _SMOOTHING_NOTES * np.array([1 - share, share])
    odds = np.diff(np.log(smooth / total), axis=0)[0]
    return np.asarray(np.clip(odds, -_MOST_ODDS, _MOST_ODDS))


def beat_odds(heard: list[Features], found: list[Marked]) -> dict[int, Floats]:
    """The table of beats for each bar; places that were not seen count as others do there."""
    bars = np.concatenate([np.full(len(each.ends) - 1, each.bar) for each in found])
    ends, rows = inner([each.ends for each in found]), inner([each.beat for each in heard])
    places = bars // BEAT + 1
    kinds = len(LENGTHS)
    length = rows // places
    seen = np.bincount(length, minlength=kinds)
    share = (np.bincount(length[ends], minlength=kinds) + ends.mean()) / (seen + 1)
    return {
        bar: log_odds(
            rows[bars == bar],
            ends[bars == bar],
            kinds * (bar // BEAT + 1),
            np.repeat(share, bar // BEAT + 1),
        )
        for bar in METERS
    }


def inner(parts: list[NDArray[Any]]) -> NDArray[Any]:
    """All of each melody's notes but its last."""
    return np.concatenate([part[:-1] for part in parts])


def log_lengths(found: list[Marked]) -> Floats:
    """(MOST_BEATS + 1,): log-probabilities of a phrase's number of beats."""
    counts = np.zeros(MOST_BEATS + 1)
    for each in found:
        starts = np.array([*(note.start for note in each.melody), each.melody[-1].end])
        edges = starts[[0, *(np.flatnonzero(each.ends) + 1).tolist()]]
        for beats in np.round(np.diff(edges) / BEAT).astype(int).tolist():
            counts[min(beats, MOST_BEATS)] += beats <= MOST_BEATS
    smooth = np.convolve(counts, [_SMOOTHING_NEAR, 1, _SMOOTHING_NEAR], "same")
    smooth += _SMOOTHING_PHRASES
    return np.asarray(np.log(smooth / smooth.sum()))


def literal(table: Floats, depth: int) -> str:
    """``table`` in tenths as a tuple, lines broken, its numbers ``depth`` levels deep."""
    margin = " " * (4 * depth - 1)
    lines, line = [], margin
    for value in np.round(table * TENTHS).astype(int).tolist():
        if len(line) + len(f" {value},") > _LINE_WIDTH:
            lines.append(line)
            line = margin
        line += f" {value},"
    return "\n".join(["(", *lines, line, f"{margin[3:]})"])


def places(melody: list[Note], bar: int, upbeat: int) -> NDArray[np.int64]:
    """The place in the bar of each step of ``melody``, with the first downbeat at ``upbeat``."""
    return (np.arange(melody[-1].end) - upbeat) % bar


def write(found: list[Marked]) -> None:
    """Write the module of tables."""
    heard = [
        features(each.melody, each.bar, places(each.melody, each.bar, each.upbeat))
        for each in found
    ]
    ends = inner([each.ends for each in found])
    text = [
        '"""What the ends of phrases look like; see phrase_ends.py.',
        "",
        "Written by scripts/measure_phrase_ends.py from the training chorales, in tenths of a",
        "natural logarithm: log-odds, but of PHRASES, by a phrase's beats, log-probabilities.",
        '"""',
        "",
        "from typing import Final",
        "",
        "# fmt: off",
    ]
    beats = beat_odds(heard, found)
    lengths = {bar: log_lengths([each for each in found if each.bar == bar]) for bar in METERS}
    for name, tables in (("BEATS", beats), ("PHRASES", lengths)):
        rows = [f"    {bar}: {literal(table, 2)}," for bar, table in tables.items()]
        text += [f"{name}: Final = {{", *rows, "}"]
    for name, size, kinds in (
        ("LINES", 25, [each.line for each in heard]),
        ("RHYTHMS", 9, [each.rhythm for each in heard]),
        ("RESTS", 2, [each.rest for each in heard]),
    ):
        text.append(f"{name}: Final = {literal(log_odds(inner(kinds), ends, size), 1)}")
    TABLES.write_text("\n".join([*text, "# fmt: on", ""]), encoding="utf-8")


def measure(found: list[Marked], *, told: bool) -> None:
    """Print how well ends are heard: all, and where that is sure; ``told`` the upbeat or not."""
    for bar, meter in METERS.items():
        own = [each for each in found if each.bar == bar]
        always, sure = [], []
        for each in own:
            upbeat = each.upbeat if told else detect_upbeat(each.melody, meter)
            chosen, _ = segment(features(each.melody, bar, places(each.melody, bar, upbeat)), bar)
            always.append((chosen[:-1], each.ends[:-1]))
            if (
                hear_phrase_ends(each.melody, MeterMap.constant(meter, upbeat * TICKS_PER_STEP))
                is not None
            ):
                sure.append(always[-1])
        print(f"  {meter}: all {len(own)}: {figures(always)}; {len(sure)} sure: {figures(sure)}")


def figures(pairs: list[tuple[Mask, Mask]]) -> str:
    """Precision, recall and F1 over all notes."""
    if not pairs:
        return "none"
    heard, true = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    hits = int((heard & true).sum())
    precision, recall = hits / max(1, heard.sum()), hits / max(1, true.sum())
    f1 = 2 * hits / max(1, heard.sum() + true.sum())
    return f"P {precision:.3f} R {recall:.3f} F1 {f1:.3f}"


def main() -> int:
    """Count and write, or measure; returns 0."""
    corpus = Path(sys.argv[1])
    if "--measure" not in sys.argv:
        write(chorales(load_corpus(corpus, "train", "extra")))
        return 0
    pieces = load_corpus(corpus, "valid")
    print("whole chorales, upbeat told")
    measure(chorales(pieces), told=True)
    print("whole chorales, upbeat heard")
    measure(chorales(pieces), told=False)
    print("excerpts, upbeat heard")
    measure(excerpted(pieces), told=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
