"""The options of ``composer-app generate`` that say how a model writes."""

import argparse
from collections.abc import Callable
from typing import Any, Final

from composer_app.generation.generator import (
    DEFAULT_MAX_REMOVED,
    MAX_ITERATIONS,
    MAX_PERCENT_ADDED,
    MAX_TEMPERATURE,
    MAX_UPBEAT,
    MIN_ITERATIONS,
    MIN_TEMPERATURE,
    GenerationSettings,
)
from composer_app.generation.given import Lock, parse_lock
from composer_app.generation.hearing.feel import Feel
from composer_app.generation.repeating import Repeats

# What is heard unless it is said.
BY_EAR: Final = "auto"


def add_control(group: Any) -> None:
    """What goes beyond a melody, a model and a seed."""
    add = group.add_argument
    add(
        "--improve",
        action="store_true",
        help="the file's other tracks are an accompaniment: take away what sounds out of place,"
        " and add what is missing",
    )
    add(
        "--lock",
        type=_lock,
        action="append",
        default=[],
        metavar="WHAT",
        help="lock this of the file's accompaniment: a voice (melody, alto, tenor, bass), bars"
        " (bars:1-4), a voice's bars (alto:9-12) or a beat of it (alto:9.3); may be repeated",
    )
    add(
        "--iterations",
        type=whole_number(MIN_ITERATIONS, MAX_ITERATIONS),
        metavar="N",
        help="how often the network looks at the piece; more is more careful and slower"
        " (default: as the model is tuned)",
    )
    add(
        "--max-added",
        type=whole_number(0, MAX_PERCENT_ADDED),
        metavar="PERCENT",
        help="at most so many notes more, in percent of the accompaniment's that is improved,"
        " else of the melody's (default: no limit)",
    )
    add(
        "--max-removed",
        type=whole_number(0, 100),
        default=DEFAULT_MAX_REMOVED,
        metavar="PERCENT",
        help="with --improve, take away at most so many of the accompaniment's notes"
        f" (default {DEFAULT_MAX_REMOVED})",
    )
    add(
        "--vary-melody",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="let the model write this share of the melody anew, 0 to 1 (default 0)",
    )
    add(
        "--upbeat",
        type=whole_number(0, MAX_UPBEAT),
        metavar="STEPS",
        help="sixteenths before the first downbeat (default: heard from the melody)",
    )
    add(
        "--feel",
        choices=[BY_EAR, *(feel.value for feel in Feel)],
        default=BY_EAR,
        help="how the voices divide a beat: straight, or with swing, as triplets are"
        " (default: heard from the melody)",
    )
    add(
        "--repeats",
        choices=[each.value for each in Repeats],
        default=Repeats.REPEAT.value,
        help="what comes again where the melody repeats something: chords and voices, chords"
        " alone (vary), or nothing (ignore; default: repeat)",
    )
    add(
        "--chords",
        metavar="CHORDS",
        help='chords that the voices follow, such as "C | G7/B | Am F | C", a bar each, or a file'
        " of them: a text, or a piece with chord symbols; ? leaves a bar free, as the upbeat is"
        " (default: the chord symbols of the melody's file)",
    )
    add(
        "--introduction",
        action="store_true",
        help="let the voices begin before the melody, where it begins with a rest",
    )


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """What reads a whole number from ``least`` to ``most``, and says so of anything else."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text} is not a whole number from {least} to {most}")
        return number

    return parse


def temperature_of(text: str) -> float:
    """The temperature that ``text`` says."""
    try:
        return GenerationSettings(temperature=float(text)).temperature
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} is not a number from {MIN_TEMPERATURE:g} to {MAX_TEMPERATURE:g}"
        ) from None


def _share(text: str) -> float:
    try:
        return GenerationSettings(vary_melody=float(text)).vary_melody
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to 1") from None


def _lock(text: str) -> Lock:
    try:
        return parse_lock(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} is nothing to lock such as bass, bars:1-4, alto:9-12 or alto:9.3"
        ) from None
