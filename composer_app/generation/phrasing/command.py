"""``composer-app phrase``: velocities, articulation and small timing for the tracks of a file."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from composer_app.errors import SettingError
from composer_app.file_arguments import (
    OUTPUT_HELP,
    OUTPUT_KINDS_HELP,
    PIECE_HELP,
    add_tempo_by_ear,
    check_output,
    file_argument,
    input_name,
    is_standard,
    output_name,
    read_argument,
    write_piece,
)
from composer_app.generation.command_options import phrasing_argument, whole_number
from composer_app.generation.noise import MAX_SEED
from composer_app.generation.phrasing.piece import phrase_piece, usual_tracks
from composer_app.generation.phrasing.swing import MOST_SWING, STRAIGHT
from composer_app.generation.steering import USUAL_PHRASING
from composer_app.music.composition import Composition
from composer_app.music.voices import find_melody
from composer_app.terminal import say
from composer_app.translation import _

_MOST_TRACKS: Final = 65_535


def add_phrase_command(
    commands: Any, with_chords: Callable[[Composition], Composition]
) -> argparse.ArgumentParser:
    """Add ``phrase`` to the command line's subparsers; ``with_chords`` hears missing chords."""
    does = "give the tracks of a piece phrases, breath and balance"
    parser: argparse.ArgumentParser = commands.add_parser(
        "phrase",
        help=does,
        description=f"{does[0].upper()}{does[1:]}: velocities, ends of notes and small timing are"
        " made anew; which notes there are, and where they stand, stays.",
        epilog="example: composer-app phrase piece.mid -o played.mid --depth 0.7",
    )
    parser.set_defaults(run=_run, with_chords=with_chords)
    add = parser.add_argument
    add("file", type=file_argument, metavar="FILE", help=PIECE_HELP)
    add(
        "-o",
        "--output",
        type=file_argument,
        required=True,
        metavar="OUT",
        help=f"{OUTPUT_KINDS_HELP}; {OUTPUT_HELP}",
    )
    add(
        "--depth",
        type=phrasing_argument,
        default=USUAL_PHRASING,
        metavar="X",
        help=f"from 0, all notes of a track alike, to 1 (default {USUAL_PHRASING:g})",
    )
    add(
        "--track",
        type=whole_number(1, _MOST_TRACKS),
        action="append",
        default=[],
        metavar="K",
        help="phrase this track; may be repeated (default: all but the melody, the drums and the"
        " parts of a band, which have their own accents)",
    )
    add("--melody", action="store_true", help="phrase the melody, too")
    add(
        "--swing",
        type=_swing,
        default=STRAIGHT,
        metavar="X",
        help="where in a beat its second eighth falls in these tracks, from 0.5, straight, to"
        f" {MOST_SWING:g} (default 0.5)",
    )
    add(
        "--seed",
        type=whole_number(0, MAX_SEED),
        default=0,
        metavar="N",
        help="the same seed plays in the same way (default 0)",
    )
    add_tempo_by_ear(parser)
    return parser


def _run(args: argparse.Namespace) -> int:
    check_output(args.output)
    read = read_argument(args.file, tempo_by_ear=not args.no_tempo_by_ear)
    piece = read.composition
    melody = find_melody(piece)
    tracks = _tracks(piece, melody, args)
    heard = args.with_chords(piece)
    played = phrase_piece(
        heard, tracks, args.depth, melody=melody, swing=args.swing, seed=args.seed
    )
    # Chords that were only heard are nobody's word.
    piece = replace(piece, tracks=played.tracks)
    write_piece(piece, args.output, read.mix)
    names = ", ".join(piece.tracks[index].name or f"track {index + 1}" for index in tracks)
    say(f"{output_name(args.output)}: {names}", aside=is_standard(args.output))
    return 0


def _tracks(piece: Composition, melody: int, args: argparse.Namespace) -> list[int]:
    """The tracks that are meant; SettingError for what is none, and where nothing is left."""
    named = [track - 1 for track in args.track]
    for index in named:
        if index >= len(piece.tracks) or index not in piece.pitched_tracks:
            raise SettingError(
                _(
                    "{file} has no track {track} with pitches",
                    file=input_name(args.file),
                    track=index + 1,
                ),
                _("choose another track"),
            )
    chosen = named or list(usual_tracks(piece, melody))
    if args.melody and melody not in chosen:
        chosen.append(melody)
    found = sorted(index for index in set(chosen) if piece.tracks[index].notes)
    if not found:
        raise SettingError(
            _("{file} has nothing to phrase but its melody", file=input_name(args.file)),
            _("add {option}", option="--melody"),
        )
    return found


def _swing(text: str) -> float:
    try:
        value = float(text)
        if not STRAIGHT <= value <= MOST_SWING:
            raise ValueError
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} is not a number from {STRAIGHT:g} to {MOST_SWING:g}"
        ) from None
    return value
