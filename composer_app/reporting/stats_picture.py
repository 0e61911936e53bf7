"""The figures of a piece as a picture: a card for each feature, and how like a style it is."""

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, PercentFormatter

from composer_app.analysis.features import (
    DEGREE,
    GAP,
    INTERVAL,
    LENGTH,
    NOTES_PER_BAR,
    PITCH,
    PITCH_CLASS,
    POLYPHONY,
    VELOCITY,
    Feature,
)
from composer_app.analysis.fitting import BinomialFit, GaussianFit
from composer_app.analysis.histograms import Histogram
from composer_app.analysis.likeness import Likeness
from composer_app.music.pitch import OCTAVE, pitch_name
from composer_app.palette import mix
from composer_app.reporting.canvas import (
    ACCENT,
    CORPUS,
    CURVE,
    HEADER,
    LINE,
    MARGIN,
    MUTED,
    SURFACE,
    TEXT,
    WARNING,
    WIDTH,
    Box,
    Canvas,
    label_axes,
    short,
)
from composer_app.reporting.canvas import (
    GAP as SPACE,
)
from composer_app.reporting.report import FeatureReport, Report, part_name

_COLUMNS: Final = 3
_CARD_WIDTH: Final = (WIDTH - 2 * MARGIN - (_COLUMNS - 1) * SPACE) / _COLUMNS
_CARD_HEIGHT: Final = 268
_SHOWN: Final = (
    PITCH, PITCH_CLASS, DEGREE,
    INTERVAL, LENGTH, GAP,
    NOTES_PER_BAR, POLYPHONY, VELOCITY,
)  # fmt: skip
_PLACE_HEIGHT: Final = 30
_SENTENCE_HEIGHT: Final = 24
_DEGREES: Final = ("1", "♭2", "2", "♭3", "3", "4", "♯4", "5", "♭6", "6", "♭7", "7")


def draw_stats(report: Report, kind: str = "png") -> bytes:
    """The figures of ``report`` as the bytes of a "png", "svg" or "pdf", 1600 pixels wide."""
    places = len(report.likeness.places) if report.likeness else 0
    strip = _likeness_height(report.likeness) + SPACE if report.likeness and places else 0
    rows = -(-len(_SHOWN) // _COLUMNS)
    trials = 56 + _PLACE_HEIGHT * 5 + 24
    height = HEADER + strip + rows * (_CARD_HEIGHT + SPACE) + trials + MARGIN
    canvas = Canvas(round(height), report.summary.title or "Untitled", _facts(report))
    entries = [("this piece", ACCENT), ("normal curve", CURVE)]
    if report.profile:
        entries.append((report.profile.title, CORPUS))
    canvas.legend(entries)
    top = float(HEADER)
    if report.likeness and places:
        _draw_likeness(canvas, report.likeness, (MARGIN, top, WIDTH - 2 * MARGIN, strip - SPACE))
        top += strip
    by_feature = {row.measured.feature: row for row in report.features}
    for index, feature in enumerate(_SHOWN):
        row, column = divmod(index, _COLUMNS)
        x = MARGIN + column * (_CARD_WIDTH + SPACE)
        y = top + row * (_CARD_HEIGHT + SPACE)
        title = report.profile.title if report.profile else ""
        box = (x, y, _CARD_WIDTH, _CARD_HEIGHT)
        _draw_feature(canvas, by_feature[feature], title, box)
    top += rows * (_CARD_HEIGHT + SPACE)
    trials_of = [row for row in report.features if row.measured.feature.kind == "trial"]
    _draw_trials(canvas, trials_of, (MARGIN, top, WIDTH - 2 * MARGIN, trials))
    return canvas.written(kind)


def _facts(report: Report) -> list[str]:
    figures = report.summary
    bars = "1 bar" if figures.bars == 1 else f"{figures.bars} bars"
    facts = [figures.key or "no notes", figures.meter, bars, f"{figures.notes:,} notes"]
    return facts if report.track is None else [*facts, f"below: {part_name(report)}"]


def _draw_feature(canvas: Canvas, row: FeatureReport, style: str, box: Box) -> None:
    x, y, width, height = box
    feature, values = row.measured.feature, row.measured.values
    canvas.card(box, feature.title, _remark(row, style))
    if not values.size:
        canvas.text(x + width / 2, y + height / 2, "nothing to measure", 13, MUTED, ha="center")
        return
    axes = canvas.axes((x + 52, y + 66, width - 72, height - 116))
    histogram = Histogram.of(values)
    step = _bar_width(histogram)
    low, high = _limits(feature, histogram, row.corpus)
    edges = np.arange(low - 0.5, high + 0.5 + step, step)
    shares = _shares(histogram, edges)
    axes.bar(edges[:-1] + step / 2, shares, step * 0.86, color=ACCENT)
    highest = float(shares.max())
    if row.corpus:
        usual = _shares(row.corpus, edges)
        axes.stairs(usual, edges, color=CORPUS, linewidth=1.6)
        highest = max(highest, float(usual.max()))
    fit = row.fit
    if isinstance(fit, GaussianFit) and fit.distribution.stdev:
        points = np.linspace(edges[0], edges[-1], 240)
        curve = fit.distribution.pdf(points) * step
        axes.plot(points, curve, color=CURVE, linewidth=1.6)
        # A narrow curve is higher than its bars, which are what matters.
        highest = max(highest, min(float(curve.max()), 1.5 * highest))
    axes.set_ylim(0, 1.15 * highest)
    axes.set_xlim(edges[0] - step * 0.2, edges[-1] + step * 0.2)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    _name_ticks(axes, feature)
    unit = "sixteenths" if feature.unit == "steps" else feature.unit
    label_axes(axes, "" if feature in (PITCH, DEGREE, VELOCITY) else unit, "")


def _remark(row: FeatureReport, style: str) -> str:
    words = [f"{row.measured.values.size:,} {row.measured.feature.of}"]
    if isinstance(row.fit, GaussianFit):
        words.append(f"{row.fit.distribution.mean:.1f} ± {row.fit.distribution.stdev:.1f}")
        if row.fit.goodness.p is not None:
            words.append("not normal" if row.fit.goodness.rejected else "may be normal")
    if row.distance and row.distance.value is not None:
        words.append(f"{row.distance.number} {row.distance.unit} from {style}")
    return "  ·  ".join(words)


def _bar_width(histogram: Histogram) -> int:
    span = int(histogram.values[-1] - histogram.values[0]) + 1
    return max(1, -(-span // 40))


def _limits(feature: Feature, own: Histogram, corpus: Histogram | None) -> tuple[int, int]:
    """What is shown: all of the piece's values and nearly all of the corpus's."""
    if feature.kind == "category":
        return 0, OCTAVE - 1
    low, high = int(own.values[0]), int(own.values[-1])
    if corpus:
        places = np.cumsum(corpus.counts) / corpus.total
        low = min(low, int(corpus.values[np.searchsorted(places, 0.005)]))
        high = max(high, int(corpus.values[np.searchsorted(places, 0.995)]))
    # A single bar would be a wall.
    return (low, high) if high - low >= 4 else (max(low - 2, min(low, 0)), high + 2)


def _shares(
    histogram: Histogram, edges: "np.ndarray[tuple[int], np.dtype[np.float64]]"
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    counts = np.histogram(histogram.values, edges, weights=histogram.counts)[0]
    return np.asarray(counts / max(histogram.total, 1), np.float64)


def _name_ticks(axes: Axes, feature: Feature) -> None:
    if feature == PITCH:
        axes.xaxis.set_major_locator(FixedLocator(range(0, 128, OCTAVE)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: pitch_name(round(v))))
    elif feature.kind == "category":
        axes.xaxis.set_major_locator(FixedLocator(range(OCTAVE)))
        names = (
            _DEGREES if feature == DEGREE else [pitch_name(OCTAVE + c)[:-1] for c in range(OCTAVE)]
        )
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: names[round(v) % OCTAVE]))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))


def _draw_trials(canvas: Canvas, rows: list[FeatureReport], box: Box) -> None:
    x, y, *_ = box
    canvas.card(box, "Trials", "Share of successes, and whether they come as independent trials do")
    left, right = x + 330, x + 790
    for index, row in enumerate(rows):
        middle = y + 78 + index * _PLACE_HEIGHT
        feature, values = row.measured.feature, row.measured.values
        canvas.text(x + 16, middle, feature.title, 13)
        if not values.size or not isinstance(row.fit, BinomialFit):
            canvas.text(left, middle, "nothing to measure", 13, MUTED)
            continue
        share = row.fit.distribution.p
        canvas.text(left - 16, middle, f"{share:.0%}".replace("%", " %"), 13, ha="right")
        _bar(canvas, left, middle, right - left, LINE)
        _bar(canvas, left, middle, (right - left) * share, ACCENT)
        if row.corpus:
            mark = left + (right - left) * row.corpus.share(1, 1)
            canvas.ground.plot([mark, mark], [middle - 9, middle + 9], color=CORPUS, lw=2)
        canvas.text(right + 20, middle, short(row.fit.goodness.sentence, 110), 12, MUTED)


def _bar(canvas: Canvas, x: float, y: float, width: float, color: str) -> None:
    canvas.ground.barh(y, width, 12, left=x, color=color)


def _likeness_height(likeness: Likeness) -> float:
    rows = -(-len(likeness.places) // 2)
    said = -(-len(likeness.outliers) // 2)
    return 110 + rows * _PLACE_HEIGHT + (said * _SENTENCE_HEIGHT + 16 if said else 0)


def _draw_likeness(canvas: Canvas, likeness: Likeness, box: Box) -> None:
    """Two columns of measures, each a dot between 0 and 100 per cent of the corpus."""
    x, y, width, _ = box
    canvas.card(box, f"How like {likeness.title} is this?", likeness.sentence)
    half = -(-len(likeness.places) // 2)
    column = (width - 48) / 2
    for index, place in enumerate(likeness.places):
        side, row = divmod(index, half)
        left = x + 16 + side * (column + 16)
        middle = y + 96 + row * _PLACE_HEIGHT
        start, end = left + 250, left + column - 170
        color = WARNING if place.outlying else ACCENT
        canvas.text(left, middle, short(place.measure.title, 34), 13, TEXT)
        _bar(canvas, start, middle, end - start, LINE)
        inner = (end - start) * 0.025
        canvas.ground.barh(
            middle, end - start - 2 * inner, 12, left=start + inner, color=mix(SURFACE, ACCENT, 0.2)
        )
        half_way = (start + end) / 2
        canvas.ground.plot([half_way, half_way], [middle - 6, middle + 6], color=SURFACE, lw=1)
        dot = start + (end - start) * place.percentile / 100
        canvas.ground.plot([dot], [middle], "o", color=color, markersize=8)
        value, usual = place.measure.text(place.value), place.measure.text(place.typical)
        weight = "bold" if place.outlying else "normal"
        canvas.text(end + 16, middle, value, 13, weight=weight)
        canvas.text(end + 84, middle, f"({usual})", 12, MUTED)
    for side in range(2 if len(likeness.places) > 1 else 1):
        left = x + 16 + side * (column + 16)
        start, end = left + 250, left + column - 170
        for share in (0, 50, 100):
            at = start + (end - start) * share / 100
            canvas.text(at, y + 72, f"{share}", 11, MUTED, ha="center")
        canvas.text(end + 16, y + 72, f"here ({short(likeness.title, 12)})", 11, MUTED)
    below = y + 96 + half * _PLACE_HEIGHT + 4
    for index, place in enumerate(likeness.outliers):
        side, row = index % 2, index // 2
        left = x + 16 + side * (column + 16)
        middle = below + row * _SENTENCE_HEIGHT
        canvas.ground.plot([left + 4], [middle], "o", color=WARNING, markersize=5)
        canvas.text(left + 16, middle, short(place.sentence, 104), 12, MUTED)
