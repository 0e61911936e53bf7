"""Where things are in the piano roll: pixels to steps and pitches, and back. No Qt.

Pixels are those of the whole roll (the content), before scrolling: x grows with time, y downwards
from the highest pitch. Steps may be fractions, pixels are floats that the painter rounds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import floor
from typing import Final

from composer_app.music.meter_map import Bar, MeterMap
from composer_app.music.timing import TICKS_PER_STEP

# What a piano has; a composition that leaves it widens the roll.
LOWEST_ROW: Final = 21
HIGHEST_ROW: Final = 108

# Zooming out stops here, or where the whole piece is seen if that is further away.
MIN_PIXELS_PER_STEP: Final = 0.25
MAX_PIXELS_PER_STEP: Final = 96.0
LARGEST_FIT: Final = 24.0
MIN_ROW_HEIGHT: Final = 4
MAX_ROW_HEIGHT: Final = 32
LARGEST_FITTED_ROW: Final = 20
# Of a view that is narrower or lower than this nothing could be said.
_LEAST_ROOM: Final = 8

# Free pixels before the first step and after the last one.
LEAD: Final = 8
# Beats appear above the first of these distances, and bars are thinned out below the second.
_BEAT_GAP: Final = 6.0
_BAR_LINE_GAP: Final = 8.0
_LABEL_GAP: Final = 56.0


@dataclass(frozen=True, slots=True)
class GridLine:
    """A vertical line at ``step``: "bar", "beat" or "step", fading with ``strength`` (0 to 1)."""

    step: float
    level: str
    strength: float


@dataclass(frozen=True, slots=True)
class RulerLabel:
    """A number in the ruler: "5" where bar 5 begins, "5.2" at its second beat.

    ``meter`` is the metre that begins there, empty where the one before goes on.
    """

    step: float
    text: str
    is_bar: bool
    meter: str = ""


@dataclass(frozen=True, slots=True)
class RollGeometry:
    """The roll's scale: ``steps`` long, a row of ``row_height`` pixels for each pitch."""

    pixels_per_step: float = 8.0
    row_height: int = 12
    steps: int = 128
    lowest: int = LOWEST_ROW
    highest: int = HIGHEST_ROW
    meters: MeterMap = field(default_factory=MeterMap)

    @property
    def width(self) -> int:
        """Width of the whole roll in pixels."""
        return round(self.steps * self.pixels_per_step) + 2 * LEAD

    @property
    def height(self) -> int:
        """Height of the whole roll in pixels."""
        return (self.highest - self.lowest + 1) * self.row_height

    def x(self, step: float) -> float:
        """Left edge of ``step``."""
        return LEAD + step * self.pixels_per_step

    def step(self, x: float) -> float:
        """The step at ``x``, with its fraction; never before the start."""
        return max(0.0, (x - LEAD) / self.pixels_per_step)

    def box(
        self, left: float, top: float, right: float, bottom: float
    ) -> tuple[float, float, int, int]:
        """``(first step, last step, lowest pitch, highest pitch)`` that a rectangle touches.

        Unlike :meth:`step` and :meth:`pitch` it may lie beyond the roll's edges.
        """
        first, last = (left - LEAD) / self.pixels_per_step, (right - LEAD) / self.pixels_per_step
        lowest = self.highest - floor(bottom / self.row_height)
        return first, last, lowest, self.highest - floor(top / self.row_height)

    def y(self, pitch: int) -> int:
        """Upper edge of ``pitch``'s row."""
        return (self.highest - pitch) * self.row_height

    def pitch(self, y: float) -> int:
        """The pitch whose row holds ``y``, the nearest one beyond the ends."""
        row = floor(y / self.row_height)
        return min(max(self.highest - row, self.lowest), self.highest)

    def zoomed(self, factor: float, width: int) -> "RollGeometry":
        """Stretched in time by ``factor``, within limits.

        However long the piece is, it can be stretched until all of it fits into ``width``.
        """
        least = min(MIN_PIXELS_PER_STEP, self._scale_for(width))
        scale = min(max(self.pixels_per_step * factor, least), MAX_PIXELS_PER_STEP)
        return replace(self, pixels_per_step=scale)

    def with_rows(self, height: int) -> "RollGeometry":
        """With rows of ``height`` pixels, within limits."""
        least = min(MIN_ROW_HEIGHT, self.row_height)
        return replace(self, row_height=min(max(height, least), MAX_ROW_HEIGHT))

    def fitted_in_time(self, width: int) -> "RollGeometry":
        """Scaled so that the whole piece fits into ``width``; a short one need not fill it."""
        return replace(self, pixels_per_step=min(self._scale_for(width), LARGEST_FIT))

    def fitted_in_pitch(self, lowest: int, highest: int, height: int) -> "RollGeometry":
        """With rows so high that the pitches ``lowest..highest`` fit into ``height``."""
        rows = max(height, _LEAST_ROOM) // (highest - lowest + 1)
        return replace(self, row_height=min(max(rows, 1), LARGEST_FITTED_ROW))

    def _scale_for(self, width: int) -> float:
        """Pixels to a step with which the whole piece takes ``width``."""
        return max(width - 2 * LEAD, _LEAST_ROOM) / max(self.steps, 1)

    def grid_lines(self, first: float, last: float) -> Iterator[GridLine]:
        """Lines from step ``first`` to ``last``. Beats, then steps, appear as they get room."""
        stride = self._stride(self._bar_width, _BAR_LINE_GAP)
        step_strength = _fade(self.pixels_per_step, 7.0, 18.0)
        for bar in self._bars(first, last, stride):
            yield GridLine(bar.start / TICKS_PER_STEP, "bar", 1.0)
            if stride > 1:
                continue
            length = bar.meter.ticks_per_pulse
            beat_strength = _fade(length / TICKS_PER_STEP * self.pixels_per_step, _BEAT_GAP, 18.0)
            beats = {tick for tick, _ in self.meters.pulses_between(bar.start + 1, bar.end)}
            lines = {tick: GridLine(tick / TICKS_PER_STEP, "beat", beat_strength) for tick in beats}
            if step_strength > 0:
                for tick in range(bar.start + TICKS_PER_STEP, bar.end, TICKS_PER_STEP):
                    line = GridLine(tick / TICKS_PER_STEP, "step", step_strength)
                    lines.setdefault(tick, line)
            if step_strength > 0 or beat_strength > 0:
                yield from (lines[t] for t in sorted(lines) if t <= last * TICKS_PER_STEP)

    def ruler_labels(self, first: float, last: float) -> Iterator[RulerLabel]:
        """Bar numbers from step ``first`` to ``last``; beats as well where there is room."""
        for bar in self._bars(first, last, self._stride(self._bar_width, _LABEL_GAP)):
            changes = any(bar.start == change.tick for change in self.meters.changes[1:])
            meter = str(bar.meter) if changes else ""
            yield RulerLabel(bar.start / TICKS_PER_STEP, str(bar.number), True, meter)
            pulse = bar.meter.ticks_per_pulse
            if pulse / TICKS_PER_STEP * self.pixels_per_step < _LABEL_GAP:
                continue
            missing = bar.meter.ticks_per_bar - (bar.end - bar.start) if bar.number == 0 else 0
            for tick, _ in self.meters.pulses_between(bar.start + 1, bar.end):
                count = (tick - bar.start + missing) // pulse + 1
                yield RulerLabel(tick / TICKS_PER_STEP, f"{bar.number}.{count}", is_bar=False)

    @property
    def _bar_width(self) -> float:
        """Pixels of a bar as the piece has them at its start."""
        return self.meters.initial.ticks_per_bar / TICKS_PER_STEP * self.pixels_per_step

    def _bars(self, first: float, last: float, stride: int) -> Iterator[Bar]:
        """The bars that begin up to step ``last``, every ``stride``-th, from the one of ``first``.

        They are counted from bar 1, wherever the view begins.
        """
        number = self.meters.bar_at(max(first, 0.0) * TICKS_PER_STEP).number
        number = max(number - (number - 1) % stride, 1) if number > 0 else 0
        if stride > 1 and number == 1 and first <= 0 and self.meters.upbeat:
            number = 0
        while (bar := self.meters.bar_numbered(number)) is not None:
            if bar.start > last * TICKS_PER_STEP:
                return
            yield bar
            number = number + stride if number > 0 else 1

    @staticmethod
    def _stride(spacing: float, least: float) -> int:
        """How many (a power of two) to take together so that they stand ``least`` pixels apart."""
        stride = 1
        while spacing * stride < least:
            stride *= 2
        return stride


@dataclass(frozen=True, slots=True)
class Fitting:
    """What of the scale nobody has chosen: it fits a view of another size anew.

    In time that is so while the piece has as many ``steps`` as when it was fitted.
    """

    time: bool = True
    pitch: bool = True
    # Whether room is left beneath a melody for voices that are not there yet.
    voices_to_come: bool = True
    steps: int = 0


@dataclass(frozen=True, slots=True)
class RollPlace:
    """What of a piece is seen, and how large: scale, content pixels of the corner, what fits."""

    pixels_per_step: float
    row_height: int
    left: int
    # ``top`` counts from the row of this pitch, the highest one; notes may add rows above it.
    highest: int
    top: int
    fitting: Fitting


def note_rect(
    geometry: RollGeometry, start: float, end: float, pitch: int
) -> tuple[int, int, int, int]:
    """``(left, top, width, height)`` of a note, whole pixels, and one short of the next note."""
    left, right = round(geometry.x(start)), round(geometry.x(end))
    gap = 1 if geometry.row_height >= 6 else 0
    width = max(2, right - left - 1)
    return left, geometry.y(pitch) + gap, width, geometry.row_height - gap


def tiles(start: float, end: float, size: int) -> range:
    """Indices of the tiles of ``size`` pixels that cover ``start`` to ``end``."""
    return range(max(0, floor(start / size)), max(0, floor((end - 1) / size)) + 1)


def _fade(spacing: float, invisible: float, full: float) -> float:
    return min(max((spacing - invisible) / (full - invisible), 0.0), 1.0)
