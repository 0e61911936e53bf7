"""Tries finding repeats on lead sheets, songs and hymns, whose chords are known.

Run with ``.venv/bin/python scripts/measure_repeats.py``; with ``--split test`` on the pieces that
were not looked at while the rules were chosen. For each corpus it prints how much of the melodies
repeats, how much does after their bars were shuffled, and how often the chord under a repeat has
the root of the chord under what it repeats, by kind. Chance is how often a chord has the root of
another one at the same place in a bar of the same piece.

Bars of lead sheets that are written once and played twice say how many repeats are found. They are
left out where chords are compared, since they have the same chord by definition.
"""

import argparse
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.hearing.repeats import find_repeats, tied
from composer_app.music.files.array_file import read_arrays
from composer_app.music.meter_map import MeterChange, MeterMap, meter_of_ticks
from composer_app.music.note import Note
from composer_app.music.pitch import OCTAVE
from composer_app.music.timing import TICKS_PER_STEP, Meter
from composer_app.resources import resource_folder
from composer_app.training.corpora.annotated_corpora import (
    ChordRows,
    read_annotated,
    read_chord_labels,
)
from composer_app.training.corpora.style_corpora import read_style

KINDS: Final = ("exact", "varied", "transposed")
Integers = NDArray[np.int64]


class Tune(NamedTuple):
    """A melody with chords. ``bar`` (T,) counts bars, ``position`` (T,) steps within each.

    ``written`` (T,) is the number of the bar in the score, where it is known.
    """

    name: str
    pitch: NDArray[np.int16]
    onset: NDArray[np.bool_]
    bar: Integers
    position: Integers
    meter: list[Meter]
    chords: ChordRows
    written: Integers | None = None

    @property
    def notes(self) -> list[Note]:
        """One after the other."""
        edges = np.flatnonzero(self.onset | (np.diff(self.pitch, prepend=-1) != 0))
        ends = np.append(edges[1:], len(self.pitch))
        return [
            Note(start, int(self.pitch[start]), end - start)
            for start, end in zip(edges.tolist(), ends.tolist(), strict=True)
            if self.pitch[start] >= 0
        ]

    @property
    def meters(self) -> MeterMap:
        """Bars as they are; one of another length than before is a change."""
        starts = np.flatnonzero(np.diff(self.bar, prepend=-1)).tolist()
        ends = [*starts[1:], len(self.bar)]
        # Only what is cut off at the end, and what begins late in its bar, has the bar's metre.
        upbeat = starts[1] if len(starts) > 2 and self.position[0] > 0 else 0
        wholes = [self.meter[start] for start in starts]
        if len(starts) > 2 and ends[1] - starts[1] != wholes[0].steps_per_bar:
            upbeat = 0
        changes: list[MeterChange] = []
        for start, end, whole in zip(starts, ends, wholes, strict=True):
            fits = end - start == whole.steps_per_bar or end == len(self.bar) or end == upbeat
            meter = whole if fits else meter_of_ticks((end - start) * TICKS_PER_STEP) or whole
            if not changes or changes[-1].meter != meter:
                changes.append(MeterChange(start * TICKS_PER_STEP, meter))
        return MeterMap(tuple(changes)).with_upbeat(upbeat * TICKS_PER_STEP)

    def shuffled(self, rng: np.random.Generator) -> "Tune":
        """The same bars in another order; short and long ones stay where they are."""
        starts = np.flatnonzero(np.diff(self.bar, prepend=-1))
        ends = np.append(starts[1:], len(self.bar))
        usual = np.bincount(ends - starts).argmax()
        movable = np.flatnonzero(ends - starts == usual)
        order = np.arange(len(starts))
        order[movable] = rng.permutation(movable)
        steps = np.concatenate([np.arange(starts[bar], ends[bar]) for bar in order])
        rows = (self.chords.root, self.chords.quality, self.chords.bass)
        chords = ChordRows(*(row[steps] for row in rows))
        # What was held over a bar line begins anew.
        onset = self.onset[steps] | (np.diff(steps, prepend=-2) != 1) & (self.pitch[steps] >= 0)
        return self._replace(pitch=self.pitch[steps], onset=onset, chords=chords, written=None)


def tunes(corpus: str, split: str) -> Iterator[Tune]:
    """The melodies of "leadsheets", "lieder" or "hymn" that belong to ``split``; "" is for all."""
    path = resource_folder("assets") / "corpora" / f"{corpus}.npz"
    names = ("pitch", "onset", "bar", "pos", "num", "den", "start", "name")
    arrays = read_arrays(path, [*names, *(["written_bar"] if corpus == "leadsheets" else [])])
    if corpus == "hymn":
        labels = read_chord_labels(corpus)
        pieces = [(p.name, p.split, labels[p.name]) for p in read_style(corpus)]
    else:
        pieces = [(p.name, p.split, p.chords) for p in read_annotated(corpus)]
    bounds = zip(arrays["start"][:-1].tolist(), arrays["start"][1:].tolist(), strict=True)
    for (name, where, chords), (begin, end) in zip(pieces, bounds, strict=True):
        if split and where != split:
            continue
        row = {key: arrays[key][begin:end] for key in arrays if key not in ("start", "name")}
        melody = [row[key] if row[key].ndim == 1 else row[key][:, 0] for key in ("pitch", "onset")]
        meters = [Meter(int(n), int(d)) for n, d in zip(row["num"], row["den"], strict=True)]
        bar, position = (row[key].astype(np.int64) for key in ("bar", "pos"))
        written = row.get("written_bar")
        yield Tune(name, melody[0], melody[1], bar, position, meters, chords, written)


class Counts(NamedTuple):
    """Sums over melodies, in steps; of chords (kinds, 3): equal, by chance, compared."""

    steps: int
    repeated: int
    shuffled: int
    written_twice: int
    found: int
    kinds: Integers


def measured(tune: Tune, rng: np.random.Generator) -> Counts:
    """What is counted of one melody."""
    steps = len(tune.pitch)
    repeats = find_repeats(tune.notes, tune.meters, steps)
    source, shift = tied(steps, repeats)
    again = np.zeros(steps, np.int64)
    for repeat in repeats:
        kind = 3 if repeat.shift else 1 if repeat.exact else 2
        again[repeat.again : repeat.again + repeat.length] = kind
    mixed = tune.shuffled(rng)
    by_chance = find_repeats(mixed.notes, mixed.meters, steps)
    twice, found = np.zeros(steps, np.bool_), np.zeros(steps, np.bool_)
    if tune.written is not None:
        place = tune.written.astype(np.int64) * 1000 + tune.position
        order = np.argsort(place, kind="stable")
        twice[order[1:]] = place[order][1:] == place[order][:-1]
        found = twice & (source != np.arange(steps)) & (tune.pitch == tune.pitch[source])
        again[place == place[source]] = 0
    return Counts(
        steps,
        int((source != np.arange(steps)).sum()),
        sum(repeat.length for repeat in by_chance),
        int(twice.sum()),
        int(found.sum()),
        np.array([agreement(tune, source, shift, again == kind + 1, rng) for kind in range(3)]),
    )


def agreement(
    tune: Tune,
    source: Integers,
    shift: Integers,
    chosen: NDArray[np.bool_],
    rng: np.random.Generator,
) -> tuple[int, int, int]:
    """``(equal, by chance, compared)`` roots of the steps that are ``chosen`` (T,)."""
    root = tune.chords.root.astype(np.int64)
    at = np.flatnonzero(chosen & (root >= 0) & (root[source] >= 0))
    equal = int((root[at] == (root[source[at]] + shift[at]) % OCTAVE).sum())
    random = np.zeros(len(at), np.int64)
    for position in np.unique(tune.position[at]):
        here = tune.position[at] == position
        others = np.flatnonzero((tune.position == position) & (root >= 0))
        random[here] = rng.choice(others, int(here.sum()))
    return equal, int((root[at] == root[random]).sum()), len(at)


def main() -> None:
    """Print a table for each corpus."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--split", default="", choices=("", "train", "valid", "test"))
    split = parser.parse_args().split
    for corpus in ("leadsheets", "lieder", "hymn"):
        rng = np.random.default_rng(1)
        rows = [measured(tune, rng) for tune in tunes(corpus, split)]
        steps, repeated, shuffled, twice, found = np.sum([row[:5] for row in rows], axis=0)
        print(f"{corpus}: {len(rows)} melodies, {steps} steps, repeated {repeated / steps:.3f}")
        print(f"  bars shuffled: {shuffled / steps:.3f}")
        if twice:
            print(f"  written once, played again: {found / twice:.3f} of {twice} steps found")
        counts = np.sum([row.kinds for row in rows], axis=0)
        for kind, (equal, chance, compared) in zip(KINDS, counts.tolist(), strict=True):
            if compared:
                print(
                    f"  {kind}: root the same in {equal / compared:.3f} of {compared} steps,"
                    f" by chance {chance / compared:.3f}"
                )


if __name__ == "__main__":
    main()
