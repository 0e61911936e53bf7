"""``composer-app evaluate``."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from composer_app.errors import SettingError
from composer_app.evaluation.bands import evaluate_bands
from composer_app.evaluation.behavior import (
    DEFAULT_TUNES,
    BehaviorEvaluation,
    BehaviorPlan,
    evaluate_behavior,
)
from composer_app.evaluation.drums import evaluate_drums
from composer_app.evaluation.evaluating import (
    DEFAULT_CLASSIFIERS,
    DEFAULT_TAKES,
    Outcome,
    Plan,
    evaluate,
)
from composer_app.evaluation.harmony import HarmonyEvaluation, HarmonyPlan, evaluate_harmony
from composer_app.evaluation.linear_test import DEFAULT_SEEDS
from composer_app.evaluation.melodies import MELODY_STYLES, MelodyTrial, evaluate_melodies
from composer_app.evaluation.report import (
    check_report,
    section_lines,
    table_lines,
    write_report,
)
from composer_app.file_arguments import (
    INPUT_HELP,
    OUTPUT_HELP,
    file_argument,
    is_standard,
    named_file,
)
from composer_app.generation.bands.style_list import find_style, installed_styles, load_band
from composer_app.generation.generator import MAX_TEMPERATURE, MIN_TEMPERATURE
from composer_app.generation.melodies.network import load_melody_network
from composer_app.generation.models.catalog import DEFAULT_MODEL, load_drums, load_generator
from composer_app.generation.models.model_info import DRUMS
from composer_app.music.instrumentation.styles import STYLES
from composer_app.terminal import say, say_json, status_line
from composer_app.translation import _

# What is measured: the voices next to the composer's own, the chords next to annotated ones, and
# what happens at rests and in other registers.
PARTS: Final = ("voices", "harmony", "behaviour")


def add_evaluation_command(subparsers: Any) -> None:
    """Add ``evaluate`` to the command line's subparsers."""
    summary = (
        "measure a model's pieces against the composer's own, and its chords against known ones"
    )
    parser = subparsers.add_parser(
        "evaluate",
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog="example: composer-app evaluate --model bach --split valid --report report.html",
    )
    add = parser.add_argument
    add("--model", default=DEFAULT_MODEL, help="an installed model, or a file")
    add(
        "--bands",
        nargs="*",
        metavar="STYLE",
        help="measure these styles of bands against lead sheets instead of a model (default: all)",
    )
    add(
        "--melody",
        nargs="*",
        choices=MELODY_STYLES,
        metavar="STYLE",
        help="measure the melodies that are composed and continued in these styles against"
        f" held-out ones (of {', '.join(MELODY_STYLES)}; default: all)",
    )
    add(
        "--drums",
        nargs="?",
        const=DRUMS,
        metavar="MODEL",
        help=f"measure a model that writes drums (default: {DRUMS}) against human drumming instead",
    )
    add("--style", choices=list(STYLES), help="whose pieces (default: the model's own style)")
    add("--corpus", type=file_argument, help=f"default build/STYLE.npz; {INPUT_HELP}")
    add("--split", choices=["valid", "test"], default="valid")
    add(
        "--only",
        choices=PARTS,
        nargs="+",
        help="a part of it: voices (next to the composer's), harmony (against annotated chords),"
        " behaviour (at rests and in other registers)",
    )
    add(
        "--melodies",
        type=named_file,
        metavar="FOLDER",
        help="MIDI melodies instead of the split's; their voices alone are measured",
    )
    add("--takes", type=int, default=DEFAULT_TAKES, metavar="N", help="seeds for each melody")
    add("--pieces", type=int, metavar="N", help="the first N pieces alone, of each kind")
    add("--temperature", type=float, default=1.0)
    add(
        "--classifiers",
        type=int,
        default=DEFAULT_CLASSIFIERS,
        metavar="N",
        help="seeds of the two-sample test by a network; 0 leaves it out",
    )
    add(
        "--linear",
        type=int,
        default=DEFAULT_SEEDS,
        metavar="N",
        help="seeds of the linear two-sample test on named features; 0 leaves it out",
    )
    add("--no-floors", dest="floors", action="store_false", help="leave the floors out")
    add("--json", action="store_true", help="print JSON instead of a table")
    add(
        "--report",
        type=file_argument,
        metavar="OUT",
        help=f"also write a report, OUT.html or OUT.md; {OUTPUT_HELP}, as HTML",
    )
    parser.set_defaults(run=_run)


def _check(args: argparse.Namespace) -> None:
    """Raise :class:`ComposerError` for a choice that is none."""
    for option, least in (("pieces", 1), ("takes", 1), ("classifiers", 0), ("linear", 0)):
        value = getattr(args, option)
        if value is not None and value < least:
            raise SettingError(
                _(
                    "--{setting} takes a number of {least} or more, not {value}",
                    setting=option,
                    least=least,
                    value=value,
                )
            )
    if not MIN_TEMPERATURE <= args.temperature <= MAX_TEMPERATURE:
        raise SettingError(
            _(
                "--temperature takes a number from {least} to {most}, not {value}",
                least=MIN_TEMPERATURE,
                most=MAX_TEMPERATURE,
                value=args.temperature,
            )
        )
    if args.melodies is not None and set(args.only or ()) - {PARTS[0]}:
        raise SettingError(
            _("Nobody knows the chords of the melodies in {folder}", folder=args.melodies),
            _("leave out --only, or --melodies"),
        )
    if args.report is not None:
        check_report(args.report)


def _run(args: argparse.Namespace) -> int:
    _check(args)
    if args.bands is not None:
        return _run_bands(args)
    if args.melody is not None:
        return _run_melodies(args)
    if args.drums is not None:
        return _run_drums(args)
    generator = load_generator(args.model)
    parts = args.only or (PARTS if args.melodies is None else PARTS[:1])
    outcome = harmony = behavior = None
    with status_line() as show:

        def progress(part: str) -> Callable[[float], None] | None:
            return None if show is None else lambda share: show(f"composing ({part}) {share:4.0%}")

        if "voices" in parts:
            outcome = evaluate(generator, _plan(args, generator.style), progress("voices"))
        if "harmony" in parts:
            plan = HarmonyPlan(args.split, args.temperature, args.takes, args.pieces)
            harmony = evaluate_harmony(generator, plan, progress("harmony"))
        if "behaviour" in parts:
            tunes = args.pieces or DEFAULT_TUNES
            trials = BehaviorPlan(args.split, args.temperature, args.takes, tunes)
            behavior = evaluate_behavior(generator, trials, progress("behaviour"))
    voices = None if outcome is None else outcome.evaluation
    measured = (voices, harmony, behavior)
    more = [each for part in measured if part is not None for each in part.sections()]
    if args.report is not None:
        write_report(generator.name, outcome, args.report, more)
    aside = args.report is not None and is_standard(args.report)
    if args.json:
        say_json(_figures(outcome, harmony, behavior), aside=aside)
    else:
        shown = [] if outcome is None else table_lines(outcome.evaluation)
        say(*shown, *section_lines(more), aside=aside)
    return 0


def _run_bands(args: argparse.Namespace) -> int:
    names = args.bands or [style.name for style in installed_styles() if style.band is not None]
    styles = [find_style(name) for name in names]
    for style in styles:
        if style.band is None:
            raise SettingError(
                _("The style {style} is played by no band", style=style.name),
                _("measure its model: --model {model}", model=style.model),
            )
    with status_line() as show:
        result = evaluate_bands(
            [load_band(style) for style in styles],
            args.split,
            args.takes,
            args.pieces,
            None if show is None else lambda share: show(f"playing {share:4.0%}"),
        )
    if args.json:
        say_json(result.to_dict())
    else:
        ((heading, _table),) = result.sections()
        say(heading, "", *result.markdown())
    return 0


def _run_melodies(args: argparse.Namespace) -> int:
    with status_line() as show:
        result = evaluate_melodies(
            load_melody_network(),
            args.melody or MELODY_STYLES,
            MelodyTrial(args.split, args.takes, args.pieces),
            None if show is None else lambda share: show(f"composing {share:4.0%}"),
        )
    if args.json:
        say_json(result.to_dict())
    else:
        say(*result.markdown())
    return 0


def _run_drums(args: argparse.Namespace) -> int:
    network = load_drums(args.drums)
    with status_line() as show:
        result = evaluate_drums(
            network,
            args.split,
            args.takes,
            args.pieces,
            args.temperature,
            args.linear,
            None if show is None else lambda share: show(f"playing {share:4.0%}"),
        )
    if args.json:
        say_json(result.to_dict())
    else:
        say(*section_lines(result.sections()))
    return 0


def _plan(args: argparse.Namespace, style: str) -> Plan:
    style = args.style or style
    return Plan(
        args.corpus or Path("build") / f"{style}.npz",
        args.split,
        style,
        args.melodies,
        args.temperature,
        args.takes,
        args.pieces,
        args.floors,
        args.classifiers,
        args.linear,
    )


def _figures(
    outcome: Outcome | None,
    harmony: HarmonyEvaluation | None,
    behavior: BehaviorEvaluation | None,
) -> dict[str, Any]:
    """Everything that was measured as plain data: the voices, and in them the other parts."""
    figures = {} if outcome is None else outcome.evaluation.to_dict()
    if harmony is not None:
        figures["harmony"] = harmony.to_dict()
    if behavior is not None:
        figures["behaviour"] = behavior.to_dict()
    return figures
