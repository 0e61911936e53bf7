"""``composer-app stats``: measures a MIDI file, or fits a distribution to a column of numbers."""

import argparse
from pathlib import Path
from typing import Any, Final

from composer_app.analysis.fitting import BinomialFit, GaussianFit, fit_binomial, fit_gaussian
from composer_app.analysis.heard_chords import with_heard_chords
from composer_app.analysis.likeness.likeness import Likeness
from composer_app.analysis.summary import Spread
from composer_app.distributions import Distribution
from composer_app.distributions.distribution import MOST_DATA_BYTES
from composer_app.errors import MidiFileError, SettingError
from composer_app.file_arguments import (
    INPUT_HELP,
    OUTPUT_HELP,
    add_tempo_by_ear,
    check_output,
    file_argument,
    input_name,
    is_standard,
    read_input,
    read_piece,
    write_output,
)
from composer_app.music.chord_text.by_bar import chord_bars, chord_list
from composer_app.music.composition import Composition
from composer_app.music.files.regular_file import is_file
from composer_app.music.instrumentation.styles import STYLES
from composer_app.music.pitch import pitch_name
from composer_app.music.voices import all_four_sound, find_melody
from composer_app.plain_text import one_line_name
from composer_app.reporting.report import (
    FeatureReport,
    Report,
    part_name,
    plain,
    plain_fit,
    report_on,
    track_name,
)
from composer_app.terminal import say, say_json
from composer_app.translation import _, ngettext

_COLUMNS: Final = ("", ".csv", ".dat", ".data", ".txt")
# Of chords; composer-app chords has them all.
_MOST_BARS: Final = 8
_FORMATS: Final = ("png", "svg", "pdf")
_ROLL_NAMES: Final = {
    "empty_bar_rate": ("empty bar rate", "{:.1%}"),
    "unique_pitches_per_bar": ("unique pitches per bar", "{:.2f}"),
    "pitch_class_count": ("pitch classes", "{:.0f}"),
    "polyphonic_rate": ("polyphonic rate", "{:.1%}"),
    "in_scale_rate": ("in-scale rate", "{:.1%}"),
    "similarity_index": ("similarity index", "{:.1%}"),
}


def add_stats_command(subparsers: Any) -> None:
    """Add ``stats`` to the command line's subparsers."""
    summary = "measure a MIDI file, or fit a distribution to numbers"
    parser = subparsers.add_parser(
        "stats",
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog="example: composer-app stats composition.mid --compare bach --plot figures.png",
    )
    add = parser.add_argument
    add(
        "file",
        type=file_argument,
        metavar="FILE",
        help=f"a MIDI file or a score, or with --fit a number on each line; {INPUT_HELP}",
    )
    add("--compare", choices=list(STYLES), help="how like this style it is, and what it copied")
    add(
        "--melody",
        metavar="N",
        help="which track has the melody; if not said, one that is called so, or the highest",
    )
    add("--track", metavar="N", help="the features of this track alone: its number, or 'melody'")
    add_tempo_by_ear(parser)
    add("--fit", choices=["gaussian", "binomial"], help="fit this to a column of numbers")
    add(
        "--population",
        action="store_true",
        help="with --fit gaussian: the numbers are everything there is, not a sample",
    )
    add(
        "--plot",
        type=file_argument,
        metavar="OUT",
        help=f"also draw a picture: OUT.png, OUT.svg or OUT.pdf; {OUTPUT_HELP}, as PNG",
    )
    add("--json", action="store_true", help="print JSON instead of a table")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    kind = _picture_kind(args.plot)
    if args.population and args.fit != "gaussian":
        raise SettingError(_("--population goes with --fit gaussian"))
    if args.plot is not None:
        check_output(args.plot)
    return _measure_column(args, kind) if args.fit else _measure_piece(args, kind)


def _measure_column(args: argparse.Namespace, kind: str) -> int:
    for option in ("compare", "melody", "track"):
        if getattr(args, option) is not None:
            raise SettingError(
                _("--{setting} is for MIDI files", setting=option),
                _("leave it out, or leave --fit out"),
            )
    fit = _fit(args.file, args.fit, sample=not args.population)
    if args.plot:
        # matplotlib is slow to import: only when something is drawn.
        from composer_app.reporting.fit_picture import draw_fit

        title = input_name(args.file) if is_standard(args.file) else args.file.name
        write_output(args.plot, draw_fit(fit, one_line_name(title), kind))
    _say(args, plain_fit(fit), _fit_lines(input_name(args.file), fit))
    return 0


def _measure_piece(args: argparse.Namespace, kind: str) -> int:
    piece = _read(args.file, tempo_by_ear=not args.no_tempo_by_ear)
    name = input_name(args.file)
    melody, track = _parts(args, piece)
    report = report_on(piece, args.compare, melody, track)
    if args.plot:
        from composer_app.reporting.stats_picture import draw_stats

        write_output(args.plot, draw_stats(report, kind))
    named = with_heard_chords(piece)
    data = {**plain(report), "chords": chord_list(named)}
    _say(args, data, _lines(name, report, _chord_lines(named)))
    return 0


def _chord_lines(piece: Composition) -> list[str]:
    """The chords of the first bars, where there are any."""
    if not any(symbol.chord for symbol in piece.chords):
        return []
    bars = [bar.shown for bar in chord_bars(piece) if bar.bar.number > 0]
    more = " | ..." if len(bars) > _MOST_BARS else ""
    heard = "" if all(symbol.given for symbol in piece.chords) else " (heard)"
    return [f"  chords{heard}: {' | '.join(bars[:_MOST_BARS])}{more}"]


def _say(args: argparse.Namespace, data: dict[str, Any], lines: list[str]) -> None:
    aside = args.plot is not None and is_standard(args.plot)
    if args.json:
        say_json({"file": str(args.file), **data}, aside=aside)
    else:
        say(*lines, aside=aside)


def _picture_kind(path: Path | None) -> str:
    if path is None or is_standard(path):
        return _FORMATS[0]
    kind = path.suffix.lower().removeprefix(".")
    if kind not in _FORMATS:
        raise SettingError(
            _("A picture cannot be written as {file}", file=path),
            _("let its name end in .png, .svg or .pdf"),
        )
    return kind


# a column of numbers --------------------------------------------------------------------


def _fit(path: Path, kind: str, *, sample: bool) -> GaussianFit | BinomialFit:
    column = Distribution()
    if is_standard(path):
        column.read_data(read_input(path, MOST_DATA_BYTES), input_name(path))
    else:
        column.read_data_file(path)
    try:
        if kind == "binomial":
            return fit_binomial(column.data)
        return fit_gaussian(column.data, sample=sample)
    except ValueError as error:
        raise SettingError(
            _(
                "No distribution can be fitted to {file}: {error}",
                file=input_name(path),
                error=error,
            )
        ) from error


def _fit_lines(name: str, fit: GaussianFit | BinomialFit) -> list[str]:
    shown = fit.distribution
    if isinstance(fit, GaussianFit):
        of = "sample" if fit.sample else "population"
        head = f"{name}: {fit.n:,} values"
        rows = [("mean", f"{shown.mean:.6g}"), (f"standard deviation ({of})", f"{shown.stdev:.6g}")]
    else:
        head = f"{name}: {fit.distribution.n:,} trials"
        rows = [
            ("p", f"{fit.distribution.p:.6g}"),
            ("mean", f"{shown.mean:.6g}"),
            ("standard deviation", f"{shown.stdev:.6g}"),
        ]
    goodness = fit.goodness
    if goodness.p is not None:
        degrees = "" if goodness.degrees is None else f", {goodness.degrees} degrees of freedom"
        rows.append((goodness.test, f"{goodness.statistic:.4g}{degrees}, p = {goodness.p:.3g}"))
    width = max(len(name) for name, _ in rows)
    return [head, *(f"  {name:<{width}}  {value}" for name, value in rows), goodness.sentence]


# a piece --------------------------------------------------------------------------------


def _read(path: Path, *, tempo_by_ear: bool) -> Composition:
    try:
        return read_piece(path, tempo_by_ear=tempo_by_ear)
    except MidiFileError as error:
        text = path.suffix.lower() in _COLUMNS and is_file(path)
        if text or (is_standard(path) and "is not a MIDI file" in str(error)):
            raise SettingError(
                _("{file} is not a MIDI file", file=input_name(path)),
                _("add --fit gaussian or --fit binomial if it has a number on each line"),
            ) from error
        raise


def _parts(args: argparse.Namespace, piece: Composition) -> tuple[int | None, int | None]:
    """The indices of the melody's track and of the measured one, where they are said."""
    melody = track = None
    if args.melody is not None:
        melody = _index(args.file, piece, "--melody", args.melody)
    if args.track == "melody":
        track = find_melody(piece) if melody is None else melody
    elif args.track is not None:
        track = _index(args.file, piece, "--track", args.track)
    return melody, track


def _index(path: Path, piece: Composition, option: str, number: str) -> int:
    """The index of the track that ``option`` names by a ``number`` from 1."""
    count = len(piece.tracks)
    index = int(number) - 1 if number.isdecimal() else -1
    if not 0 <= index < count:
        raise SettingError(
            ngettext(
                "{file} has one track: {setting} {number} is none of them",
                "{file} has {count} tracks: {setting} {number} is none of them",
                count,
                file=input_name(path),
                setting=option,
                number=number,
            )
        )
    if not piece.tracks[index].notes:
        raise SettingError(
            _("Track {number} of {file} has no notes", number=number, file=input_name(path)),
            _("choose another for {setting}", setting=option),
        )
    if piece.tracks[index].drums:
        raise SettingError(
            _("Track {number} of {file} is drums", number=number, file=input_name(path)),
            _("choose another for {setting}", setting=option),
        )
    return index


def _lines(name: str, report: Report, chords: list[str]) -> list[str]:
    lines = [*_track_table(name, report), "", *_feature_table(report), ""]
    for metric, value in report.roll_metrics.items():
        title, form = _ROLL_NAMES[metric]
        lines.append(f"  {title:<24} {'–' if value is None else form.format(value):>8}")
    lines += chords
    if report.likeness:
        lines += ["", *_likeness_table(report.likeness), "", _copy_sentence(report)]
        lines += map(str, report.problems)
    return lines


def _track_table(name: str, report: Report) -> list[str]:
    figures = report.summary
    head = [
        name + (f' "{figures.title}"' if figures.title else ""),
        f"{figures.key}, {figures.meter}, {figures.tempo:g} BPM, "
        f"{_count(figures.bars, 'bar')}, {_count(figures.notes, 'note')}",
        "",
        f"{'':>2}  {'track':<16} {'notes':>6}  {'range':<9} {'pitch':>12} {'length':>12}"
        f" {'velocity':>12} {'in key':>7} {'on beat':>8}",
    ]
    rows = []
    for number, track in enumerate(figures.tracks, 1):
        row = f"{number:>2}  {track.name[:16]:<16} {track.notes:>6}"
        row += "  drums" if track.drums else ""
        if track.lowest is not None and track.highest is not None:
            low, high = pitch_name(track.lowest), pitch_name(track.highest)
            spreads = "".join(f" {_spread(s)}" for s in (track.pitch, track.length, track.velocity))
            row += f"  {f'{low}-{high}':<9}{spreads} {track.in_key:>7.0%} {track.on_beat:>8.0%}"
        rows.append(row)
    notes = ["pitch, length (sixteenths) and velocity: mean ± standard deviation"]
    if sum(bool(track.notes) and not track.drums for track in figures.tracks) > 1:
        taken = track_name(report.composition, report.melody)
        why = f": {report.why}" if report.why is not None else ""
        notes.append(f"taken for the melody: {taken}{why}")
    return [*head, *rows, "", *notes]


def _spread(spread: Spread | None) -> str:
    if spread is None:
        return f"{'':>12}"
    deviation = "" if spread.stdev is None else f" ± {spread.stdev:.1f}"
    return f"{spread.mean:.1f}{deviation}".rjust(12)


def _feature_table(report: Report) -> list[str]:
    far = "  from the corpus" if report.profile else ""
    lines = [
        f"  {part_name(report)[:26]:<26} {'number':>7} {'mean':>14}  {'distribution':<22}{far}"
    ]
    for row in report.features:
        values = row.measured.values
        line = f"  {row.measured.feature.title:<26} {values.size:>7,} {_middle(row):>14}"
        line += f"  {_judgement(row):<22}"
        if row.distance and row.distance.value is not None:
            line += f"  {row.distance.number} {row.distance.unit}"
        lines.append(line.rstrip())
    return lines


def _middle(row: FeatureReport) -> str:
    values = row.measured.values
    if row.measured.feature.kind == "category" or not values.size:
        return "–"
    if row.measured.feature.kind == "trial":
        return f"{values.mean():.1%}"
    deviation = f" ± {values.std(ddof=1):.1f}" if values.size > 1 else ""
    # Without the sign of a mean that is rounded to nothing.
    return f"{round(float(values.mean()), 1) + 0.0:.1f}{deviation}"


def _judgement(row: FeatureReport) -> str:
    if row.fit is None or row.fit.goodness.p is None:
        return "–"
    name = "normal" if isinstance(row.fit, GaussianFit) else "binomial"
    p = row.fit.goodness.p
    number = "p < 0.001" if p < 0.001 else f"p = {p:.2g}"
    return f"{'not ' if row.fit.goodness.rejected else 'may be '}{name}, {number}"


def _likeness_table(likeness: Likeness) -> list[str]:
    lines = [
        f"compared with {likeness.passages:,} passages of {likeness.passage_bars} bars in"
        f" {likeness.title}:",
        "",
        f"  {'percentile':>10}  {'metric':<34} {'here':>8} {'mean':>8}  middle 95 %",
    ]
    for place in likeness.places:
        text = place.metric.text
        mark = "*" if place.outlying else " "
        lines.append(
            f"  {place.percentile:>9.0f}{mark}  {place.metric.title:<34} {text(place.value):>8}"
            f" {text(place.typical):>8}  {text(place.low)} to {text(place.high)}"
        )
    lines += ["", likeness.sentence]
    return lines + [f"* {place.sentence}" for place in likeness.outliers]


def _copy_sentence(report: Report) -> str:
    shared = report.shared
    if shared is None:
        if not all_four_sound(report.composition, report.melody):
            return "Nothing to compare with the training music: that takes four tracks."
        return "No beat is shared with the training music."
    if shared.near_copy:
        return f"Near-copy: {shared.sentence}"
    return f"No near-copy. {shared.sentence}"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
