"""The commands that write melodies: ``continue`` and ``compose``."""

import argparse
import time
from dataclasses import replace
from typing import Any, Final

from composer_app.errors import ComposerError, MelodyError, SettingError
from composer_app.file_arguments import (
    OUTPUT_HELP,
    OUTPUT_KINDS_HELP,
    PIECE_HELP,
    add_tempo_by_ear,
    file_argument,
    input_name,
    is_standard,
    output_name,
    write_piece,
)
from composer_app.generation.batch import Job, plan_outputs, prepare_folder, read_jobs
from composer_app.generation.chord_argument import asked_chords
from composer_app.generation.command_options import (
    add_chance,
    key_argument,
    phrasing_argument,
    whole_number,
)
from composer_app.generation.generator import (
    MAX_BARS,
    MAX_UPBEAT,
    GenerationSettings,
    Generator,
    Progress,
)
from composer_app.generation.melodies.network import load_melody_network
from composer_app.generation.melodies.pieces import (
    MAX_NEW_BARS,
    USUAL_BARS,
    USUAL_NEW_BARS,
    Continuation,
    Extended,
    NewPiece,
    compose_piece,
    continue_piece,
    melody_style,
)
from composer_app.generation.models.catalog import (
    DEFAULT_MODEL,
    find_model,
    load_generator,
    model_of_style,
)
from composer_app.generation.models.model_info import ModelInfo
from composer_app.generation.steering import USUAL_PHRASING
from composer_app.music.chord_text.progression import Progression
from composer_app.music.composition import Composition
from composer_app.music.editing.other_tracks import silenced, unheard
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.melody import is_line
from composer_app.music.mix import USUAL_MIX, PieceMix
from composer_app.music.performing.melody_line import Line
from composer_app.music.timing import DENOMINATORS, MAX_NUMERATOR, MAX_TEMPO, MIN_TEMPO, Meter
from composer_app.music.voices import FOUR, all_four_sound, has_our_voices, left_out, voice_tracks
from composer_app.terminal import say, say_json, status_line, warn
from composer_app.translation import _, ngettext

_FAILED: Final = 2
_CLOSED, _OPEN = "closed", "open"


def add_melody_commands(commands: Any) -> None:
    """Add ``continue`` and ``compose`` to the command line's subparsers."""
    _add_continue(commands)
    _add_compose(commands)


def _add_continue(commands: Any) -> None:
    does = "write more bars after a piece, or fill a gap in its melody"
    parser = commands.add_parser(
        "continue",
        help=does,
        description=f"{does[0].upper()}{does[1:]}. What is there stays, note for note.",
        epilog="example: composer-app continue melody.mid -o longer.mid --bars 8",
    )
    parser.set_defaults(run=_continue)
    add = parser.add_argument
    add("melody", type=file_argument, metavar="PIECE.mid", help=PIECE_HELP)
    _add_output(parser)
    add(
        "--bars",
        type=whole_number(1, MAX_NEW_BARS),
        default=USUAL_BARS,
        metavar="N",
        help=f"how many bars more (default {USUAL_BARS})",
    )
    _add_ending(parser)
    gap = parser.add_argument_group("filling a gap")
    gap.add_argument(
        "--fill",
        action="store_true",
        help="write no more bars, but where the melody rests between its notes for half a bar or"
        " more",
    )
    gap.add_argument(
        "--from-bar",
        type=whole_number(0, MAX_BARS),
        metavar="BAR",
        help="fill rests from this bar on",
    )
    gap.add_argument(
        "--to-bar",
        type=whole_number(0, MAX_BARS),
        metavar="BAR",
        help="fill rests up to the end of this bar",
    )
    _add_style(
        parser,
        "who accompanies it (default: whoever does in the piece; a melody alone stays alone)",
    )
    _add_choices(parser)
    add(
        "--track",
        type=whole_number(1, 65_535),
        metavar="K",
        help="which track is the melody (default: by its name and notes)",
    )
    add("--json", action="store_true", help="print what was written as JSON")
    add(
        "--no-repeats",
        action="store_true",
        help="take each bar of a score once (default: repeats and da capo are played out)",
    )
    add_tempo_by_ear(parser)


def _add_compose(commands: Any) -> None:
    does = "write a piece from chords alone, or from nothing but a seed"
    parser = commands.add_parser(
        "compose",
        help=does,
        description=f"{does[0].upper()}{does[1:]}.",
        epilog="example: composer-app compose -o piece.mid --bars 16 --style swing --seed 7",
    )
    parser.set_defaults(run=_compose)
    add = parser.add_argument
    _add_output(parser)
    add(
        "--bars",
        type=whole_number(1, MAX_NEW_BARS),
        metavar="N",
        help=f"how many bars (default {USUAL_NEW_BARS}, or as many as there are chords)",
    )
    add(
        "--chords",
        metavar="CHORDS",
        help='chords that are played over and over, such as "C Am F G", a bar each, or a file of'
        " them",
    )
    add("--meter", type=_meter, metavar="M", help="such as 3/4 or 6/8 (default: the style's)")
    add("--tempo", type=_tempo, metavar="BPM", help="quarters a minute (default: the style's)")
    add(
        "--upbeat",
        type=whole_number(0, MAX_UPBEAT),
        default=0,
        metavar="STEPS",
        help="sixteenths before the first bar (default 0)",
    )
    _add_ending(parser)
    _add_style(parser, f"who plays (default {DEFAULT_MODEL})")
    add("--melody-only", action="store_true", help="the melody and its chord symbols alone")
    _add_choices(parser)
    add("--json", action="store_true", help="print what was written as JSON")


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o",
        "--output",
        type=file_argument,
        required=True,
        metavar="OUT",
        help=f"{OUTPUT_KINDS_HELP}; {OUTPUT_HELP}",
    )


def _add_ending(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ending",
        choices=[_CLOSED, _OPEN],
        default=_CLOSED,
        help="closed ends on the tonic, open on a half close that asks for more (default closed)",
    )


def _add_style(parser: argparse.ArgumentParser, which: str) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--style", metavar="NAME", help=f"{which}; see composer-app styles")
    group.add_argument("--model", metavar="NAME", help="see composer-app models")


def _add_choices(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--key",
        type=key_argument,
        metavar="KEY",
        help="such as Eb or 'A minor' (default: that of the piece, or of the chords)",
    )
    add_chance(parser)
    add(
        "--phrasing",
        type=phrasing_argument,
        default=USUAL_PHRASING,
        metavar="DEPTH",
        help=f"how expressively what is written is played, 0 to 1 (default {USUAL_PHRASING:g})",
    )


def _meter(text: str) -> Meter:
    numerator, slash, denominator = text.strip().partition("/")
    try:
        if not slash or int(numerator) > MAX_NUMERATOR or int(denominator) not in DENOMINATORS:
            raise ValueError("no metre")
        meter = Meter(int(numerator), int(denominator))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no metre such as 3/4 or 6/8") from None
    return meter


def _tempo(text: str) -> float:
    try:
        bpm = float(text)
        if not MIN_TEMPO <= bpm <= MAX_TEMPO:
            raise ValueError("too slow or too fast")
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} is no tempo from {MIN_TEMPO:g} to {MAX_TEMPO:g}"
        ) from None
    return bpm


# continue -------------------------------------------------------------------------------------


def _continue(args: argparse.Namespace) -> int:
    plan = plan_outputs([args.melody], args.output, 1)
    jobs, problems = read_jobs(
        plan,
        args.track,
        Line.UPPER,
        repeats=not args.no_repeats,
        tempo_by_ear=not args.no_tempo_by_ear,
    )
    if problems:
        warn(*problems)
        return _FAILED
    (job,) = jobs
    asked = Continuation(args.bars, args.ending == _CLOSED, _gap(args, job))
    around, model = _accompaniment(job, args)
    generator = None if model is None else load_generator(model.name)
    prepare_folder(args.output, make=False)
    piece, order = _in_order(job, around=around)
    if sentence := _what_stays(job, around=around, model=model):
        warn(sentence)
    settings = _settings(args)
    begun = time.perf_counter()
    with status_line() as show:
        made = continue_piece(
            load_melody_network(),
            generator,
            piece,
            asked,
            settings,
            melody_style(model),
            piece_programs(piece, model),
            _progress(show, output_name(args.output)),
            around=around,
        )
    joins_in = model is not None and not around
    if joins_in:
        order[1:1] = [None] * (FOUR - 1)
    mix = job.mix.reordered(order)
    if model is not None and joins_in:
        # What is written afresh knows nothing of the other tracks, and would clash with them.
        mix = silenced(model.mixed(mix), unheard(made.piece))
    _write(made, args, mix, begun, model)
    return 0


def piece_programs(piece: Composition, model: ModelInfo | None) -> tuple[int, ...]:
    """The instruments of the ensemble of ``model``, the melody's as it is in ``piece``."""
    if model is None:
        return tuple(track.program for track in piece.tracks[:FOUR])
    return (piece.tracks[0].program, *model.programs[1:])


def _gap(args: argparse.Namespace, job: Job) -> tuple[int, int] | None:
    """The steps whose rests are to be filled, None where bars are to be added."""
    if not args.fill and args.from_bar is None and args.to_bar is None:
        return None
    meters, steps = job.melody.meters, job.melody.steps
    spans = []
    for number in (args.from_bar, args.to_bar):
        bar = None if number is None else meters.bar_numbered(number)
        if number is not None and (bar is None or bar.first_step >= steps):
            raise SettingError(
                ngettext(
                    "There is no bar {number} to fill: the melody has one bar",
                    "There is no bar {number} to fill: the melody has {count} bars",
                    job.melody.bars,
                    number=number,
                ),
                _("name one of its bars"),
            )
        spans.append(bar)
    first = 0 if spans[0] is None else spans[0].first_step
    end = steps if spans[1] is None else spans[1].end_step
    if end <= first:
        raise SettingError(
            _("The gap ends in bar {last}, before bar {first}", last=args.to_bar,
              first=args.from_bar),
            _("name the earlier bar first"),
        )  # fmt: skip
    return first, end


def _accompaniment(job: Job, args: argparse.Namespace) -> tuple[bool, ModelInfo | None]:
    """Whether the piece's own accompaniment goes on, and who plays; None: the melody alone."""
    ours = job.ours
    lines = all_four_sound(job.piece, job.track - 1) and all(map(is_line, job.voices))
    chosen = _chosen(args)
    if ours and job.piece.origin is not None:
        if chosen is None:
            try:
                chosen = find_model(job.piece.origin.model)
            except ComposerError as error:
                raise MelodyError(
                    _("Nobody can go on with the accompaniment: {error}", error=error),
                    _("say who plays with --style"),
                ) from None
        band = job.piece.tracks[1].name == "Chords"
        if chosen.is_band != band:
            raise SettingError(
                _("What {file} has was written by a band, or what is to come is",
                  file=input_name(job.plan.source)),
                _("choose another style"),
            )  # fmt: skip
        return True, chosen
    if lines and (chosen is None or not chosen.is_band):
        return True, chosen or find_model(DEFAULT_MODEL)
    return False, chosen


def _chosen(args: argparse.Namespace) -> ModelInfo | None:
    name = args.model or (model_of_style(args.style) if args.style else None)
    return None if name is None else find_model(name)


def _in_order(job: Job, *, around: bool) -> tuple[Composition, list[int | None]]:
    """The piece with the melody first, then the voices that go on, and each track's old place."""
    melody, tracks = job.track - 1, job.piece.tracks
    if around:
        order = [melody, *voice_tracks(job.piece, melody), *left_out(job.piece, melody)]
    else:
        order = [melody, *(i for i, track in enumerate(tracks) if i != melody and track.notes)]
    empty = replace(tracks[melody], notes=(), controls=(), texts=())
    chosen = tuple(empty if index is None else tracks[index] for index in order)
    return replace(job.piece, tracks=chosen), list(order)


def _what_stays(job: Job, *, around: bool, model: ModelInfo | None) -> str:
    """A sentence on the tracks that do not go on; empty where there are none."""
    others = left_out(job.piece, job.track - 1) if around else job.others(around=False)
    kept = [index for index in others if job.piece.tracks[index].notes]
    if not kept:
        return ""
    source = input_name(job.plan.source)
    which = f"{source}: track {job.track} is the melody. "
    count = len(kept)
    stay = "other track stays as it is" if count == 1 else f"other {count} tracks stay as they are"
    if around or model is None:
        more = "" if around else " --style lets voices or a band accompany all of it."
        return f"{which}The {stay}, and end where they end.{more}"
    return f"{which}The {stay}, at volume 0."


# compose --------------------------------------------------------------------------------------


def _compose(args: argparse.Namespace) -> int:
    prepare_folder(args.output, make=False)
    chords = None if args.chords is None else _row(args.chords)
    model = _chosen(args) or find_model(DEFAULT_MODEL)
    generator: Generator | None = None if args.melody_only else load_generator(model.name)
    asked = NewPiece(
        args.bars,
        args.meter or _usual_meter(args),
        args.key,
        args.tempo,
        args.upbeat,
        args.ending == _CLOSED,
        chords,
    )
    begun = time.perf_counter()
    with status_line() as show:
        made = compose_piece(
            load_melody_network(),
            generator,
            model,
            asked,
            replace(_settings(args), keys=()),
            _progress(show, output_name(args.output)),
        )
    mix = USUAL_MIX if args.melody_only else model.mixed(USUAL_MIX)
    _write(made, args, mix, begun, model)
    advice = model.tempo_advice(made.piece.tempo.initial_bpm)
    if advice and not args.json and not args.melody_only:
        say(advice, aside=is_standard(args.output))
    return 0


def _row(text: str) -> Progression:
    asked = asked_chords(text)
    if asked.progression is None:
        raise SettingError(
            _("{file} is a piece, whose chords have places of their own", file=text),
            _("type the chords, or name a text with them"),
        )
    return asked.progression


def _usual_meter(args: argparse.Namespace) -> Meter | None:
    """The metre that the style is at home in."""
    if not args.style:
        return None
    from composer_app.generation.bands.style_list import find_style

    meters = find_style(args.style).meters
    return meters[0] if meters else None


# both -----------------------------------------------------------------------------------------


def _settings(args: argparse.Namespace) -> GenerationSettings:
    keys = () if args.key is None else (KeyChange(0, args.key),)
    return GenerationSettings(args.seed, args.temperature, keys=keys, phrasing=args.phrasing)


def _progress(show: Any, name: str) -> Progress | None:
    if show is None:
        return None

    def progress(share: float) -> bool:
        show(f"{name} {share:4.0%}")
        return True

    return progress


def _write(
    made: Extended,
    args: argparse.Namespace,
    mix: PieceMix,
    begun: float,
    model: ModelInfo | None,
) -> None:
    piece = made.piece
    write_piece(piece, args.output, mix)
    seconds = round(time.perf_counter() - begun, 3)
    aside = is_standard(args.output)
    first = piece.meters.bar_at_step(made.first).number
    last = piece.meters.bar_at_step(made.end - 1).number
    if args.json:
        say_json(
            {
                "file": str(args.output),
                "model": None if made.composed is None or model is None else model.name,
                "seed": args.seed,
                "temperature": args.temperature,
                "key": (piece.key_signature or piece.key()).name,
                "bars": piece.bars,
                "written": [first, last],
                "notes": piece.note_count,
                "ours": has_our_voices(piece),
                "seconds": seconds,
            },
            aside=aside,
        )
        return
    bars = "1 bar" if piece.bars == 1 else f"{piece.bars:,} bars"
    new = f"bar {first} is new" if first == last else f"bars {first} to {last} are new"
    say(
        f"{output_name(args.output)}: {bars}, {new}, seed {args.seed}, {seconds:.1f} s", aside=aside
    )
