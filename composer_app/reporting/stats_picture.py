"""The figures of a piece as a picture: a card for each feature, and how like a style it is."""

from typing import Final

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
)
from composer_app.analysis.fitting import BinomialFit, GaussianFit
from composer_app.analysis.likeness.likeness import Likeness
from composer_app.palette import DARK, mix
from composer_app.reporting.canvas import GAP as SPACE
from composer_app.reporting.canvas import HEADER, MARGIN, WIDTH, Box, Canvas, sheet_colors, short
from composer_app.reporting.plots.colors import PlotColors
from composer_app.reporting.plots.drawing import draw_picture
from composer_app.reporting.plots.picture import pictured
from composer_app.reporting.plots.question import Against, Part, Question
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


def draw_stats(report: Report, kind: str = "png") -> bytes:
    """The figures of ``report`` as the bytes of a "png", "svg" or "pdf", 1600 pixels wide."""
    places = len(report.likeness.places) if report.likeness else 0
    strip = _likeness_height(report.likeness) + SPACE if report.likeness and places else 0
    rows = -(-len(_SHOWN) // _COLUMNS)
    trials = 56 + _PLACE_HEIGHT * 5 + 24
    height = HEADER + strip + rows * (_CARD_HEIGHT + SPACE) + trials + MARGIN
    canvas = Canvas(round(height), report.summary.title or "Untitled", _facts(report))
    colors = _colors(report)
    entries = [("this piece", colors.bar), ("normal curve", colors.text)]
    if report.profile:
        entries.append((report.profile.title, colors.reference))
    canvas.legend(entries)
    top = float(HEADER)
    if report.likeness and places:
        _draw_likeness(
            canvas, report.likeness, colors, (MARGIN, top, WIDTH - 2 * MARGIN, strip - SPACE)
        )
        top += strip
    by_feature = {row.measured.feature: row for row in report.features}
    for index, feature in enumerate(_SHOWN):
        row, column = divmod(index, _COLUMNS)
        x = MARGIN + column * (_CARD_WIDTH + SPACE)
        y = top + row * (_CARD_HEIGHT + SPACE)
        _draw_feature(canvas, report, by_feature[feature], (x, y, _CARD_WIDTH, _CARD_HEIGHT))
    top += rows * (_CARD_HEIGHT + SPACE)
    trials_of = [row for row in report.features if row.measured.feature.kind == "trial"]
    _draw_trials(canvas, trials_of, colors, (MARGIN, top, WIDTH - 2 * MARGIN, trials))
    return canvas.written(kind)


def _facts(report: Report) -> list[str]:
    figures = report.summary
    bars = "1 bar" if figures.bars == 1 else f"{figures.bars} bars"
    facts = [figures.key or "no notes", figures.meter, bars, f"{figures.notes:,} notes"]
    return facts if report.track is None else [*facts, f"below: {part_name(report)}"]


def _draw_feature(canvas: Canvas, report: Report, row: FeatureReport, box: Box) -> None:
    x, y, width, height = box
    feature, values = row.measured.feature, row.measured.values
    canvas.card(box, feature.title, _remark(row, report.profile.title if report.profile else ""))
    if not values.size:
        canvas.text(
            x + width / 2, y + height / 2, "nothing to measure", 13, DARK.muted, ha="center"
        )
        return
    part: Part = "all" if report.track is None else report.track
    against = Against("style", report.profile.title) if report.profile else Against()
    question = Question(report.composition, feature, part, against)
    tall = height - 116
    axes = canvas.axes((x + 52, y + 66, width - 72, tall))
    draw_picture(axes, pictured(question, row.measured, row.corpus), _colors(report), tall)


def _colors(report: Report) -> PlotColors:
    return sheet_colors("all" if report.track is None else report.track)


def _remark(row: FeatureReport, style: str) -> str:
    words = [f"{row.measured.values.size:,} {row.measured.feature.of}"]
    if isinstance(row.fit, GaussianFit):
        words.append(f"{row.fit.distribution.mean:.1f} ± {row.fit.distribution.stdev:.1f}")
        if row.fit.goodness.p is not None:
            words.append("not normal" if row.fit.goodness.rejected else "may be normal")
    if row.distance and row.distance.value is not None:
        words.append(f"{row.distance.number} {row.distance.unit} from {style}")
    return "  ·  ".join(words)


def _draw_trials(canvas: Canvas, rows: list[FeatureReport], colors: PlotColors, box: Box) -> None:
    x, y, *_ = box
    canvas.card(box, "Trials", "Share of successes, and whether they come as independent trials do")
    left, right = x + 330, x + 790
    for index, row in enumerate(rows):
        middle = y + 78 + index * _PLACE_HEIGHT
        feature, values = row.measured.feature, row.measured.values
        canvas.text(x + 16, middle, feature.title, 13)
        if not values.size or not isinstance(row.fit, BinomialFit):
            canvas.text(left, middle, "nothing to measure", 13, DARK.muted)
            continue
        share = row.fit.distribution.p
        canvas.text(left - 16, middle, f"{share:.0%}".replace("%", " %"), 13, ha="right")
        _bar(canvas, left, middle, right - left, DARK.line)
        _bar(canvas, left, middle, (right - left) * share, colors.bar)
        if row.corpus:
            mark = left + (right - left) * row.corpus.share(1, 1)
            canvas.ground.plot([mark, mark], [middle - 9, middle + 9], color=colors.reference, lw=3)
        canvas.text(right + 20, middle, short(row.fit.goodness.sentence, 110), 12, DARK.muted)


def _bar(canvas: Canvas, x: float, y: float, width: float, color: str) -> None:
    canvas.ground.barh(y, width, 12, left=x, color=color)


def _likeness_height(likeness: Likeness) -> float:
    rows = -(-len(likeness.places) // 2)
    said = -(-len(likeness.outliers) // 2)
    return 110 + rows * _PLACE_HEIGHT + (said * _SENTENCE_HEIGHT + 16 if said else 0)


def _draw_likeness(canvas: Canvas, likeness: Likeness, colors: PlotColors, box: Box) -> None:
    """Two columns of metrics, each a dot between 0 and 100 per cent of the corpus."""
    x, y, width, _ = box
    canvas.card(box, f"How like {likeness.title} is this?", likeness.sentence)
    half = -(-len(likeness.places) // 2)
    usual_passages = mix(colors.ground, colors.accent, 0.26)
    column = (width - 48) / 2
    for index, place in enumerate(likeness.places):
        side, row = divmod(index, half)
        left = x + 16 + side * (column + 16)
        middle = y + 96 + row * _PLACE_HEIGHT
        start, end = left + 250, left + column - 170
        color = colors.warning if place.outlying else colors.accent
        canvas.text(left, middle, short(place.metric.title, 34), 13, DARK.text)
        _bar(canvas, start, middle, end - start, DARK.line)
        inner = (end - start) * 0.025
        _bar(canvas, start + inner, middle, end - start - 2 * inner, usual_passages)
        half_way = (start + end) / 2
        canvas.ground.plot([half_way, half_way], [middle - 6, middle + 6], color=DARK.surface, lw=1)
        dot = start + (end - start) * place.percentile / 100
        canvas.ground.plot([dot], [middle], "o", color=color, markersize=11)
        value, usual = place.metric.text(place.value), place.metric.text(place.typical)
        weight = "bold" if place.outlying else "normal"
        canvas.text(end + 16, middle, value, 13, weight=weight)
        canvas.text(end + 84, middle, f"({usual})", 12, DARK.muted)
    for side in range(2 if len(likeness.places) > 1 else 1):
        left = x + 16 + side * (column + 16)
        start, end = left + 250, left + column - 170
        for share in (0, 50, 100):
            at = start + (end - start) * share / 100
            canvas.text(at, y + 72, f"{share}", 11, DARK.muted, ha="center")
        canvas.text(end + 16, y + 72, f"here ({short(likeness.title, 12)})", 11, DARK.muted)
    below = y + 96 + half * _PLACE_HEIGHT + 4
    for index, place in enumerate(likeness.outliers):
        side, row = index % 2, index // 2
        left = x + 16 + side * (column + 16)
        middle = below + row * _SENTENCE_HEIGHT
        canvas.ground.plot([left + 4], [middle], "o", color=colors.warning, markersize=7)
        canvas.text(left + 16, middle, short(place.sentence, 104), 12, DARK.muted)
