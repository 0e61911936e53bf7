"""A composition's piano roll as a PNG picture, for the command line and for printing.

Everything is placed in pixels on one canvas: a header, then as many systems of bars below each
other as the piece needs, each with its keyboard at the left.
"""

import io
import math
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from composer_app.music.chord_text.naming import symbol_name
from composer_app.music.chord_text.numerals import roman_numeral
from composer_app.music.composition import Composition
from composer_app.music.meter_map import Bar
from composer_app.music.pitch import is_black_key, pitch_name
from composer_app.music.timing import TICKS_PER_STEP
from composer_app.palette import DARK

_DPI: Final = 100
_POINT: Final = 72 / _DPI  # a pixel, in the points that matplotlib measures type in
_WIDTH: Final = 1600
_MARGIN: Final = 40
_KEYS: Final = 56
_HEADER: Final = 104
_RULER: Final = 26
_GAP: Final = 24
# Under a system, of a piece that has chords: their names, and their Roman numerals.
_CHORDS: Final = 40
_CHORD_LETTER: Final = 7.5
_ROLL: Final = _WIDTH - 2 * _MARGIN - _KEYS
_LEGEND_TRACKS: Final = 5
# A comfortable system: eight bars of 4/4. A long piece gets longer systems instead of more.
_SYSTEM_STEPS: Final = 128
_MOST_SYSTEMS: Final = 16
# Beyond so many notes neither their names nor round corners can be seen.
_MOST_NAMES: Final = 2000

_Box = tuple[float, float, float, float]  # x, y, width, height
_Line = tuple[tuple[float, float], tuple[float, float]]


def draw_roll(composition: Composition) -> bytes:
    """The piano roll of ``composition`` as the bytes of a PNG file, 1600 pixels wide."""
    layout = _Layout(composition)
    figure = Figure(
        figsize=(_WIDTH / _DPI, layout.height / _DPI), dpi=_DPI, facecolor=DARK.background
    )
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0, _WIDTH), ylim=(layout.height, 0))
    axes.set_axis_off()
    _draw_header(axes, composition)
    for system in range(layout.systems):
        _draw_grid(axes, layout, system)
        _draw_keyboard(axes, layout, system)
    _draw_chords(axes, layout)
    # The melody is drawn last, so that nothing hides it.
    for index in reversed(range(len(composition.tracks))):
        _draw_notes(axes, layout, index)
    if composition.note_count <= _MOST_NAMES:
        _draw_note_names(axes, layout)
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # A title may hold letters that the font lacks: they show as boxes.
        warnings.simplefilter("ignore", UserWarning)
        figure.savefig(buffer, format="png")
    return buffer.getvalue()


@dataclass(frozen=True)
class _Layout:
    """Where steps and pitches of ``composition`` are on the canvas, in pixels."""

    composition: Composition

    @cached_property
    def bars(self) -> list[Bar]:
        """All of them, at least one."""
        return self.composition.meters.bars_of(max(1, self.composition.steps))

    @cached_property
    def rows(self) -> list[list[Bar]]:
        """The bars of each system: about as many in each, the upbeat beside them in the first."""
        comfortable = max(1, _SYSTEM_STEPS // self.composition.meter.steps_per_bar)
        short = [bar for bar in self.bars if bar.number == 0]
        whole = self.bars[len(short) :]
        systems = min(_MOST_SYSTEMS, -(-len(whole) // comfortable)) or 1
        each = max(1, -(-len(whole) // systems))
        rows = [whole[first : first + each] for first in range(0, len(whole), each)] or [[]]
        return [[*short, *rows[0]], *rows[1:]]

    @cached_property
    def firsts(self) -> list[float]:
        """The step with which each system begins."""
        return [row[0].start / TICKS_PER_STEP for row in self.rows]

    @property
    def systems(self) -> int:
        return len(self.rows)

    @cached_property
    def steps(self) -> float:
        """Steps in the longest system."""
        return max(row[-1].end - row[0].start for row in self.rows) / TICKS_PER_STEP

    def place(self, step: float) -> tuple[int, float]:
        """The system that ``step`` is in, and the step counted from its beginning."""
        system = max(bisect_right(self.firsts, step) - 1, 0)
        return system, step - self.firsts[system]

    def length(self, system: int) -> float:
        """Steps in ``system``."""
        row = self.rows[system]
        return (row[-1].end - row[0].start) / TICKS_PER_STEP

    @cached_property
    def pitches(self) -> range:
        """Two rows more than sound, at least two octaves."""
        sounding = [note.pitch for track in self.composition.tracks for note in track.notes]
        lowest, highest = min(sounding, default=60) - 2, max(sounding, default=72) + 2
        missing = max(0, 24 - (highest - lowest))
        lowest, highest = lowest - missing // 2, highest + (missing + 1) // 2
        return range(max(0, lowest), min(127, highest) + 1)

    @cached_property
    def row(self) -> int:
        """Height of a pitch."""
        return 14 if len(self.pitches) <= 48 else 8

    @property
    def system_height(self) -> int:
        chords = _CHORDS if self.composition.chords else 0
        return _RULER + len(self.pitches) * self.row + chords + _GAP

    @property
    def height(self) -> int:
        return _HEADER + self.systems * self.system_height + _MARGIN - _GAP

    def top(self, system: int) -> int:
        """Upper edge of the highest pitch's row."""
        return _HEADER + system * self.system_height + _RULER

    def bottom(self, system: int) -> int:
        return self.top(system) + len(self.pitches) * self.row

    def y(self, system: int, pitch: int) -> int:
        """Upper edge of a pitch's row."""
        return self.top(system) + (self.pitches[-1] - pitch) * self.row

    def x(self, step: float) -> float:
        """Of a step counted from the beginning of its system."""
        return _MARGIN + _KEYS + step * _ROLL / self.steps


def _text(axes: Axes, x: float, y: float, text: str, size: float, color: str, **more: Any) -> None:
    """Text of ``size`` pixels, never read as a formula; line breaks become spaces."""
    more.setdefault("va", "center")
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    axes.text(x, y, plain, fontsize=size * _POINT, color=color, parse_math=False, **more)


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1] + "…"


def _draw_header(axes: Axes, composition: Composition) -> None:
    title = composition.title or "Untitled"
    _text(axes, _MARGIN, 42, _short(title, 60), 26, DARK.text, weight="bold")
    bars = composition.bars
    facts = [
        composition.key().name if composition.note_count else "no notes",
        str(composition.meters),
        f"{composition.tempo.initial_bpm:g} BPM",
        f"{bars} bar" if bars == 1 else f"{bars} bars",
    ]
    if composition.origin:
        facts.append(f"{_short(composition.origin.model, 16)}, seed {composition.origin.seed}")
    _text(axes, _MARGIN, 76, "   ·   ".join(facts), 15, DARK.muted)
    _draw_legend(axes, composition)


def _draw_legend(axes: Axes, composition: Composition) -> None:
    """Track names with their colours, from the right edge to the left."""
    names = [track.name or f"Track {i}" for i, track in enumerate(composition.tracks, 1)]
    entries = [
        (_short(name, 12), DARK.track(index)) for index, name in enumerate(names[:_LEGEND_TRACKS])
    ]
    if len(names) > _LEGEND_TRACKS:
        entries.append((f"and {len(names) - _LEGEND_TRACKS} more", DARK.background))
    x = float(_WIDTH - _MARGIN)
    for name, color in reversed(entries):
        x -= 9.0 * len(name)
        _text(axes, x, 76, name, 15, DARK.text)
        axes.add_patch(_rounded([(x - 24, 69, 16, 14)], color))
        x -= 48


def _fill(axes: Axes, boxes: Iterable[_Box], color: str, *, zorder: float = 0.5) -> None:
    corners = [[(x, y), (x + w, y), (x + w, y + h), (x, y + h)] for x, y, w, h in boxes]
    axes.add_collection(
        PolyCollection(corners, facecolors=color, linewidths=0, antialiased=False, zorder=zorder),
        autolim=False,
    )


def _rule(axes: Axes, lines: Iterable[_Line], color: str, width: float) -> None:
    """Lines of ``width`` points, above what is filled and below the notes."""
    axes.add_collection(
        LineCollection(list(lines), colors=color, linewidths=width, zorder=1), autolim=False
    )


def _draw_grid(axes: Axes, layout: _Layout, system: int) -> None:
    row_of_bars = layout.rows[system]
    origin, steps = row_of_bars[0].start, layout.length(system)
    left, right = layout.x(0), layout.x(steps)
    top, bottom = layout.top(system), layout.bottom(system)

    def row(pitch: int) -> _Box:
        return (left, layout.y(system, pitch), right - left, layout.row)

    def at(tick: int) -> float:
        return layout.x((tick - origin) / TICKS_PER_STEP)

    def upright(x: float, rise: float = 0) -> _Line:
        return ((x, top - rise), (x, bottom))

    _fill(axes, (row(p) for p in layout.pitches if not is_black_key(p)), DARK.surface)
    _fill(axes, (row(p) for p in layout.pitches if is_black_key(p)), DARK.row_black)
    octaves = [layout.y(system, pitch) + layout.row for pitch in layout.pitches if pitch % 12 == 0]
    _rule(axes, (((left, y), (right, y)) for y in octaves), DARK.row_octave, 0.8)
    meters = layout.composition.meters
    if at(origin + meters.initial.ticks_per_pulse) - left >= 8:
        beats = meters.pulses_between(origin, row_of_bars[-1].end)
        _rule(axes, (upright(at(tick)) for tick, _ in beats), DARK.line_beat, 0.7)
    every = _bars_per_number(layout)
    first = next((bar.number for bar in row_of_bars if bar.number > 0), 1)
    numbered = [bar for bar in row_of_bars if bar.number == 0 or (bar.number - first) % every == 0]
    barlines = [upright(at(bar.start), 12) for bar in numbered]
    _rule(axes, [*barlines, upright(right)], DARK.line_bar, 1.0)
    for bar in numbered:
        _text(axes, at(bar.start) + 5, top - 9, str(bar.number), 12, DARK.muted)


def _bars_per_number(layout: _Layout) -> int:
    """Every how many bars, a power of two, there is room for a line and a number."""
    every = 1
    while every * _ROLL / max(map(len, layout.rows)) < 40:
        every *= 2
    return every


def _draw_keyboard(axes: Axes, layout: _Layout, system: int) -> None:
    left, top, bottom = _MARGIN, layout.top(system), layout.bottom(system)
    right, black_right = left + _KEYS - 4, left + round(0.55 * _KEYS)
    black, edges = [], []
    for pitch in layout.pitches:
        y = layout.y(system, pitch)
        if is_black_key(pitch):
            black.append((left, y, black_right - left, layout.row))
            # The white keys meet behind the middle of the black one.
            edges.append((black_right, y + layout.row / 2))
        elif pitch % 12 in (0, 5):
            edges.append((left, y + layout.row))
        if pitch % 12 == 0:
            middle = y + layout.row / 2
            name = pitch_name(pitch)
            _text(axes, right - 4, middle, name, 10, DARK.key_label, ha="right", weight="bold")
    _fill(axes, [(left, top, right - left, bottom - top)], DARK.key_white)
    _fill(axes, black, DARK.key_black)
    inner = [((start, y), (right, y)) for start, y in edges if top < y < bottom]
    _rule(axes, inner, DARK.key_white_edge, 0.8)


def _draw_chords(axes: Axes, layout: _Layout) -> None:
    """Each chord's name, bold where it is given, and its numeral, where there is room for both."""
    ends = [-math.inf] * layout.systems
    for symbol, key in layout.composition.chords_in_keys():
        system, within = layout.place(symbol.tick / TICKS_PER_STEP)
        x = layout.x(within) + 2
        if symbol.tick >= layout.bars[-1].end or x < ends[system]:
            continue
        name, numeral = symbol_name(symbol, key), roman_numeral(symbol.chord, key)
        ends[system] = x + _CHORD_LETTER * max(len(name), len(numeral)) + 2
        y = layout.bottom(system)
        weight = "bold" if symbol.given else "normal"
        _text(axes, x, y + 15, name, 13, DARK.text, weight=weight)
        _text(axes, x, y + 32, numeral, 12, DARK.muted)


def _draw_notes(axes: Axes, layout: _Layout, index: int) -> None:
    boxes = list(_note_boxes(layout, index))
    color = DARK.track(index)
    if boxes and min(width for _, _, width, _ in boxes) >= 4 and len(boxes) <= _MOST_NAMES:
        axes.add_patch(_rounded(boxes, color))
    elif boxes:
        _fill(axes, boxes, color, zorder=2)


def _draw_note_names(axes: Axes, layout: _Layout) -> None:
    flats = layout.composition.key().uses_flats
    for track in layout.composition.tracks:
        for note in track.notes:
            # Where a note begins a little before its system, its name stands in that.
            begin = max(note.onset, layout.firsts[layout.place(note.start)[0]])
            system, within = layout.place(begin)
            width = layout.x(within + note.release - begin) - layout.x(within)
            if width >= 34 and layout.row >= 14:
                y = layout.y(system, note.pitch) + layout.row / 2
                name = pitch_name(note.pitch, flats=flats)
                _text(axes, layout.x(within) + 6, y, name, 10, DARK.on_note, weight="bold")


def _note_boxes(layout: _Layout, index: int) -> Iterator[_Box]:
    """(x, y, width, height) of the notes of a track, cut where a system ends."""
    ends = [*layout.firsts[1:], math.inf]
    for note in layout.composition.tracks[index].notes:
        start = note.onset
        while start < note.release:
            system, within = layout.place(start)
            end = min(note.release, ends[system])
            x = layout.x(within)
            # A gap of two pixels keeps repeated notes apart.
            width = max(1.0, layout.x(within + end - start) - x - 2)
            yield x + 1, layout.y(system, note.pitch) + 1, width, layout.row - 2
            start = end


def _rounded(boxes: list[_Box], color: str, radius: float = 3.0) -> PathPatch:
    """Boxes with round corners, all in one patch."""
    codes = [Outline.MOVETO]
    codes += [Outline.LINETO, Outline.CURVE3, Outline.CURVE3] * 4
    points = []
    for x, y, width, height in boxes:
        r = min(radius, width / 2, height / 2)
        right, low = x + width, y + height
        points += [
            (x + r, y),
            (right - r, y), (right, y), (right, y + r),
            (right, low - r), (right, low), (right - r, low),
            (x + r, low), (x, low), (x, low - r),
            (x, y + r), (x, y), (x + r, y),
        ]  # fmt: skip
    outline = Outline(np.array(points), codes * len(boxes))
    return PathPatch(outline, facecolor=color, edgecolor="none", lw=0, zorder=2)
