"""Profiles of a corpus, worked out from its pieces: the same pieces give the same profile."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.analysis.features import FEATURES, POLYPHONY, VELOCITY, measure
from composer_app.analysis.histograms import Histogram
from composer_app.analysis.likeness.profiles import ALL_VOICES, QUANTILES, Profile, Spread, rounded
from composer_app.analysis.material import Material
from composer_app.analysis.metrics.metrics import (
    METRICS,
    measure_distances,
    measure_passage,
    passage_histograms,
)
from composer_app.analysis.voice_grid import REST, VOICES, Passage, VoiceGrid
from composer_app.music.composition import VOICE_NAMES, Composition, Track
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter

# Passages of these lengths in bars are measured, where the corpus has enough of them.
LENGTHS: Final = (2, 4, 8, 16, 32)
_LEAST_PASSAGES: Final = 40
_LEAST_PIECES: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A piece of T steps: ``position`` (T,) is the step in the bar, ``bar_length`` (T,) its steps.

    ``bad`` (T,) marks steps at which the score leaves the grid of sixteenths.
    """

    name: str
    grid: VoiceGrid
    position: NDArray[np.int16]
    bar_length: NDArray[np.int16]
    bad: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Section:
    """Bars of one length, from a downbeat on; only the last may be cut off.

    None has a bad step, and in each the melody sounds: some chorales have orchestral interludes.
    """

    piece: int
    grid: VoiceGrid
    bar_steps: int

    @property
    def bars(self) -> int:
        return -(-self.grid.steps // self.bar_steps)

    def passage(self, first: int, bars: int) -> tuple[VoiceGrid, Passage]:
        grid = _cut(self.grid, first * self.bar_steps, (first + bars) * self.bar_steps)
        return grid, Passage.regular(grid, self.bar_steps)


def build_profile(style: str, title: str, source: str, pieces: Iterable[Reference]) -> Profile:
    """The profile of ``pieces``; ValueError where they are too few for any spread."""
    rows = list(pieces)
    sections = [part for index, piece in enumerate(rows) for part in _sections(index, piece)]
    whole = [part.passage(0, part.bars) for part in sections]
    own = [passage_histograms(*each) for each in whole]
    references = {name: Histogram.sum(each[name] for each in own) for name in (own or [{}])[0]}
    by_piece = [
        {
            name: Histogram.sum(
                each[name] for each, part in zip(own, sections, strict=True) if part.piece == index
            )
            for name in references
        }
        for index in range(len(rows))
    ]
    spreads = tuple(
        spread
        for bars in LENGTHS
        if (spread := _spread(bars, sections, references, by_piece)) is not None
    )
    if not spreads:
        raise ValueError(f"{len(rows)} pieces are too few for a profile")
    return Profile(
        style,
        title,
        source,
        len(rows),
        sum(part.bars for part in sections),
        _histograms(sections),
        references,
        spreads,
    )


def _sections(index: int, piece: Reference) -> Iterator[_Section]:
    starts = np.flatnonzero(piece.position == 0).tolist()
    bars = list(zip(starts, [*starts[1:], len(piece.position)], strict=True))
    run: list[tuple[int, int]] = []
    for start, end in bars:
        length = int(piece.bar_length[start])
        sounds = (piece.grid.pitch[start:end, 0] != REST).any()
        clean = sounds and not piece.bad[start:end].any() and end - start <= length
        if run and (not clean or length != int(piece.bar_length[run[0][0]])):
            yield _section(index, piece, run)
            run = []
        if clean:
            run.append((start, end))
            if end - start < length:
                # A bar that is cut off ends a section: what follows does not keep its beat.
                yield _section(index, piece, run)
                run = []
    if run:
        yield _section(index, piece, run)


def _section(index: int, piece: Reference, run: Sequence[tuple[int, int]]) -> _Section:
    grid = _cut(piece.grid, run[0][0], run[-1][1])
    return _Section(index, grid, int(piece.bar_length[run[0][0]]))


def _cut(grid: VoiceGrid, start: int, end: int) -> VoiceGrid:
    """What was struck before ``start`` is struck with it."""
    pitch, onset = grid.pitch[start:end], grid.onset[start:end].copy()
    onset[:1] = pitch[:1] != REST
    return VoiceGrid(pitch, onset)


def _spread(
    bars: int,
    sections: Sequence[_Section],
    references: dict[str, Histogram],
    by_piece: Sequence[dict[str, Histogram]],
) -> Spread | None:
    """Of passages that overlap by half; None where there are too few."""
    values: dict[str, list[tuple[float, int]]] = {metric.id: [] for metric in METRICS}
    passages, pieces = 0, set()
    others = [
        {name: total.without(own[name]) for name, total in references.items()} for own in by_piece
    ]
    for section in sections:
        for first in range(0, section.bars - bars + 1, max(1, bars // 2)):
            grid, passage = section.passage(first, bars)
            passages += 1
            pieces.add(section.piece)
            found = measure_passage(grid, passage)
            # A passage is compared with the other pieces: it must not be like itself.
            found |= measure_distances(passage_histograms(grid, passage), others[section.piece])
            for name, value in found.items():
                values[name].append((value, section.piece))
    if passages < _LEAST_PASSAGES or len(pieces) < _LEAST_PIECES:
        return None
    return Spread(bars, passages, {name: _table(rows) for name, rows in values.items() if rows})


def _table(rows: Sequence[tuple[float, int]]) -> NDArray[np.float64]:
    """(101,): percentiles of values, each with its piece; all pieces weigh the same."""
    values, pieces = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    weights = 1 / np.bincount(pieces)[pieces]
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    # Each value stands in the middle of its weight.
    places = (np.cumsum(weights) - weights / 2) / weights.sum()
    table = np.interp(np.linspace(0, 1, QUANTILES), places, values)
    return np.array([rounded(number) for number in table])


def _histograms(sections: Sequence[_Section]) -> dict[str, dict[str, Histogram]]:
    compositions = [composition_of(part.grid, part.bar_steps) for part in sections]
    # They keep what several features are made of.
    parts = {
        name: [Material.of(c, [voice]) for c in compositions]
        for voice, name in enumerate(VOICE_NAMES)
    }
    found: dict[str, dict[str, Histogram]] = {}
    for feature in FEATURES:
        if feature == VELOCITY:
            continue
        voices = {
            name: _total(measure(part, feature).values for part in materials)
            for name, materials in parts.items()
        }
        if feature == POLYPHONY:
            whole = _total(measure(Material.of(c), feature).values for c in compositions)
        else:
            whole = Histogram.sum(voices.values())
        # The melody has no consonance with itself, for example.
        found[feature.id] = {
            name: each for name, each in (voices | {ALL_VOICES: whole}).items() if each.total
        }
    return found


def _total(values: Iterable[NDArray[np.float64]]) -> Histogram:
    return Histogram.of(np.concatenate(list(values)))


def composition_of(grid: VoiceGrid, bar_steps: int) -> Composition:
    """``grid`` as four tracks in a metre of quarters where the bar allows it."""
    unit = next(unit for unit in (4, 2, 1) if bar_steps % unit == 0)
    tracks = tuple(
        Track(
            VOICE_NAMES[voice], 0, tuple(Note(s, pitch, e - s) for s, e, pitch in grid.notes(voice))
        )
        for voice in range(VOICES)
    )
    return Composition(tracks, meters=MeterMap.constant(Meter(bar_steps // unit, 16 // unit)))
