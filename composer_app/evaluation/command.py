"""``composer-app evaluate``."""

import argparse
from pathlib import Path
from typing import Any, Final

from composer_app.errors import SettingError
from composer_app.evaluation.evaluating import (
    DEFAULT_CLASSIFIERS,
    DEFAULT_TAKES,
    Plan,
    evaluate,
)
from composer_app.evaluation.report import check_report, table_lines, write_report
from composer_app.file_arguments import (
    INPUT_HELP,
    OUTPUT_HELP,
    file_argument,
    is_standard,
    named_file,
)
from composer_app.generation.generator import MAX_TEMPERATURE, MIN_TEMPERATURE
from composer_app.generation.models.catalog import DEFAULT_MODEL, load_generator
from composer_app.terminal import say, say_json, status_line
from composer_app.translation import _

STYLES: Final = ("bach", "hymn", "ragtime")


def add_evaluation_command(subparsers: Any) -> None:
    """Add ``evaluate`` to the command line's subparsers."""
    summary = "measure a model's pieces against the composer's own"
    parser = subparsers.add_parser(
        "evaluate",
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog="example: composer-app evaluate --model bach --split valid --report report.html",
    )
    add = parser.add_argument
    add("--model", default=DEFAULT_MODEL, help="an installed model, or a file")
    add("--style", choices=STYLES, help="whose pieces (default: the model's own style)")
    add("--corpus", type=file_argument, help=f"default build/STYLE.npz; {INPUT_HELP}")
    add("--split", choices=["valid", "test"], default="valid")
    add(
        "--melodies", type=named_file, metavar="FOLDER", help="MIDI melodies instead of the split's"
    )
    add("--takes", type=int, default=DEFAULT_TAKES, metavar="N", help="seeds for each melody")
    add("--pieces", type=int, metavar="N", help="the first N pieces alone")
    add("--temperature", type=float, default=1.0)
    add(
        "--classifiers",
        type=int,
        default=DEFAULT_CLASSIFIERS,
        metavar="N",
        help="seeds of the two-sample test; 0 leaves it out",
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


def _run(args: argparse.Namespace) -> int:
    for option, least in (("pieces", 1), ("takes", 1), ("classifiers", 0)):
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
    if args.report is not None:
        check_report(args.report)
    generator = load_generator(args.model)
    style = args.style or generator.style
    plan = Plan(
        args.corpus or Path("build") / f"{style}.npz",
        args.split,
        style,
        args.melodies,
        args.temperature,
        args.takes,
        args.pieces,
        args.floors,
        args.classifiers,
    )
    with status_line() as show:
        progress = None if show is None else lambda share: show(f"composing {share:4.0%}")
        outcome = evaluate(generator, plan, progress)
    if args.report is not None:
        write_report(outcome, args.report)
    result = outcome.evaluation
    aside = args.report is not None and is_standard(args.report)
    if args.json:
        say_json(result.to_dict(), aside=aside)
    else:
        say(*table_lines(result), aside=aside)
    return 0
