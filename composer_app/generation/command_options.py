"""The options of ``composer-app generate`` that say how a model writes."""

import argparse
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

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
from composer_app.generation.noise import MAX_SEED
from composer_app.generation.repeating import Repeats
from composer_app.generation.steering import (
    MAX_CHORD_RATE,
    MAX_DENSITY,
    MIN_CHORD_RATE,
    MIN_DENSITY,
    USUAL_PHRASING,
    PerVoice,
    check_densities,
    check_ranges,
    check_scale,
)
from composer_app.music.composition import BAND_NAMES, VOICE_NAMES
from composer_app.music.harmony.spelling import natural_semitone
from composer_app.music.midi.key_names import key_of_name
from composer_app.music.pitch import OCTAVE, Key

T = TypeVar("T")
# What is heard unless it is said.
BY_EAR: Final = "auto"
_VOICES: Final = tuple(name.lower() for name in VOICE_NAMES[1:])
_PARTS: Final = tuple(name.lower() for name in BAND_NAMES[1:])
_SIGNS: Final = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
_NOTE: Final = r"([A-Ga-g])([#♯b♭]?)(-1|\d)"
_RANGE: Final = re.compile(f"{_NOTE}-{_NOTE}")
_KEY: Final = re.compile(r"([A-Ga-g])([#♯b♭]?) ?(m|(?i:min|minor|maj|major))?")


def add_chance(parser: argparse.ArgumentParser) -> None:
    """Which of all the music that a model could write, and how daring it is to be."""
    add = parser.add_argument
    add(
        "--seed",
        type=whole_number(0, MAX_SEED),
        default=0,
        metavar="N",
        help="the same seed gives the same music (default 0)",
    )
    add(
        "--temperature",
        type=temperature_of,
        default=1.0,
        metavar="X",
        help=f"from {MIN_TEMPERATURE:g}, careful, to {MAX_TEMPERATURE:g}, daring (default 1)",
    )


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
        "--swing-melody",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="let a melody on the grid swing along with a band that swings, as far as its notes"
        " keep their places (default: yes)",
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
        "--key",
        type=key_argument,
        metavar="KEY",
        help="the key of the chords that the model plans, such as Eb or 'A minor' (default: what"
        " the melody's file says, else heard)",
    )
    add(
        "--introduction",
        action="store_true",
        help="let the voices begin before the melody, where it begins with a rest",
    )


def add_steering(group: Any) -> None:
    """What is said of the voices and the harmony in musical words."""
    add = group.add_argument
    add(
        "--density",
        type=_density,
        action="append",
        default=[],
        metavar="[VOICE:]NOTES",
        help=f"about how many notes a beat, {MIN_DENSITY:g} to {MAX_DENSITY:g}, of a voice (alto,"
        " tenor, bass) or all of them, such as 1.5 or bass:0.5; may be repeated (default: as the"
        " model likes)",
    )
    add(
        "--rhythm",
        type=_leaning,
        action="append",
        default=[],
        metavar="[VOICE:]X",
        help="from -1, struck with the melody, to 1, independent of it, such as bass:-1; may be"
        " repeated (default 0)",
    )
    add(
        "--range",
        type=_range,
        action="append",
        default=[],
        metavar="VOICE:LOW-HIGH",
        help="the lowest and the highest note of a voice, such as bass:E2-D4; may be repeated",
    )
    add(
        "--keep-rhythm",
        type=_kept,
        action="append",
        default=[],
        metavar="VOICE[:TRACK]",
        help="new pitches in the rhythm that this voice has in the file, or that track number TRACK"
        " has; may be repeated",
    )
    add(
        "--busy",
        type=_busy,
        action="append",
        default=[],
        metavar="[PART:]X",
        help="of a band: from -1, simple, to 1, busy, of a part (chords, bass, drums) or all of"
        " them, such as 0.5 or drums:1; may be repeated (default 0)",
    )
    add(
        "--richness",
        type=_from_minus_one,
        default=0.0,
        metavar="X",
        help="from -1, plain triads of the key, to 1, sevenths and chromatic chords (default 0)",
    )
    add(
        "--chord-rate",
        type=_chord_rate,
        metavar="CHORDS",
        help=f"about how many chords a bar, {MIN_CHORD_RATE:g} to {MAX_CHORD_RATE:g} (default: as"
        " the model likes)",
    )
    add(
        "--phrasing",
        type=phrasing_argument,
        default=USUAL_PHRASING,
        metavar="DEPTH",
        help="how expressively what is written is played, by velocities, ends of notes and small"
        f" timing: from 0, even, to 1 (default {USUAL_PHRASING:g})",
    )
    add(
        "--likeness",
        type=_likeness,
        default=0.0,
        metavar="SHARE",
        help="how much of the file's accompaniment comes again, 0 to 1 (default 0)",
    )


def for_voices(said: Sequence[tuple[int | None, T]], usual: PerVoice[T]) -> PerVoice[T]:
    """``usual`` with what is ``said`` of one voice (0 alto, 1 tenor, 2 bass) or (None) of all."""
    result = list(usual)
    for voice, value in said:
        for each in range(len(result)) if voice is None else (voice,):
            result[each] = value
    alto, tenor, bass = result
    return alto, tenor, bass


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


def key_argument(text: str) -> Key:
    """The key that ``text`` names."""
    found = _KEY.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no key, such as Eb, F#m or A minor")
    letter, sign, mode = found.groups()
    minor = mode is not None and mode[:2].lower() != "ma"
    accidental = {1: "#", 0: "", -1: "b"}[_SIGNS[sign]]
    key = key_of_name(f"{letter.upper()}{accidental}{'m' if minor else ''}")
    assert key is not None
    return key


def _share(text: str) -> float:
    try:
        return GenerationSettings(vary_melody=float(text)).vary_melody
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to 1") from None


def _likeness(text: str) -> float:
    try:
        return GenerationSettings(likeness=float(text)).likeness
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to 1") from None


def phrasing_argument(text: str) -> float:
    """The depth of phrasing that ``text`` says."""
    try:
        return GenerationSettings(phrasing=float(text)).phrasing
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to 1") from None


def _from_minus_one(text: str) -> float:
    try:
        value = float(text)
        check_scale("this", value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a number from -1 to 1") from None
    return value


def _chord_rate(text: str) -> float | None:
    try:
        return GenerationSettings(chord_rate=float(text)).chord_rate
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} is not a number from {MIN_CHORD_RATE:g} to {MAX_CHORD_RATE:g}"
        ) from None


def _of_voice(text: str) -> tuple[int | None, str]:
    """Which voice ``text`` is about, None for all of them, and what it says of it."""
    name, colon, rest = text.strip().partition(":")
    if not colon:
        return None, name
    if name.lower() not in _VOICES:
        raise argparse.ArgumentTypeError(f"{name} is none of the voices alto, tenor and bass")
    return _VOICES.index(name.lower()), rest


def _density(text: str) -> tuple[int | None, float]:
    voice, rest = _of_voice(text)
    try:
        value = float(rest)
        check_densities((value, None, None))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} is no number of notes a beat from {MIN_DENSITY:g} to {MAX_DENSITY:g}, such as"
            " 1.5 or bass:0.5"
        ) from None
    return voice, value


def _busy(text: str) -> tuple[int | None, float]:
    name, colon, rest = text.strip().partition(":")
    if colon and name.lower() not in _PARTS:
        raise argparse.ArgumentTypeError(f"{name} is none of the parts chords, bass and drums")
    part = _PARTS.index(name.lower()) if colon else None
    return part, _from_minus_one(rest if colon else name)


def _leaning(text: str) -> tuple[int | None, float]:
    voice, rest = _of_voice(text)
    return voice, _from_minus_one(rest)


def _range(text: str) -> tuple[int | None, tuple[int, int]]:
    voice, rest = _of_voice(text)
    match = _RANGE.fullmatch(rest)
    if voice is None or match is None:
        raise argparse.ArgumentTypeError(f"{text} is no range of a voice such as bass:E2-D4")
    low, high = (_pitch(*match.groups()[at : at + 3]) for at in (0, 3))
    try:
        check_ranges(((low, high), None, None))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} ends below its lowest note") from None
    return voice, (low, high)


def _pitch(letter: str, sign: str, octave: str) -> int:
    return natural_semitone(letter.upper()) + _SIGNS[sign] + OCTAVE * (int(octave) + 1)


def _kept(text: str) -> tuple[int, int | None]:
    name, colon, track = text.strip().partition(":")
    if name.lower() not in _VOICES or (colon and not track.isdecimal()):
        raise argparse.ArgumentTypeError(
            f"{text} is no voice such as alto, and no voice with a track such as alto:5"
        )
    return _VOICES.index(name.lower()), int(track[:9]) if colon else None


def _lock(text: str) -> Lock:
    try:
        return parse_lock(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} is nothing to lock such as bass, bars:1-4, alto:9-12 or alto:9.3"
        ) from None
