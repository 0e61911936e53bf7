"""``composer-app profile``: the reference that pieces of a style are compared with."""

import argparse
from pathlib import Path
from typing import Any, Final

from composer_app.analysis.likeness.copies import CopyIndex, index_path
from composer_app.analysis.likeness.profile_building import Reference, build_profile
from composer_app.analysis.likeness.profiles import profile_path
from composer_app.analysis.voice_grid import VoiceGrid
from composer_app.errors import CorpusError
from composer_app.file_arguments import (
    INPUT_HELP,
    check_output,
    file_argument,
    input_name,
    named_file,
    output_file,
    write_output,
)
from composer_app.music.instrumentation.styles import STYLES
from composer_app.terminal import say
from composer_app.training.corpora.corpus import Piece, load_corpus
from composer_app.translation import _

# The pieces that models learn from: "extra" are chorales that the JSB set does not have.
_SPLITS: Final = ("train", "extra")
# How each style is called in a sentence ("in Bach 3 %"), and where its music comes from.
STYLE_TEXTS: Final = {
    "bach": (
        "Bach",
        "Training chorales of J. S. Bach (the JSB Chorales' split), from the Python package"
        " music21, encodings by Margaret Greentree; the music is in the public domain.",
    ),
    "hymn": (
        "hymns",
        "Training hymns from the Open Hymnal Project; public domain.",
    ),
}


def add_profile_command(subparsers: Any) -> None:
    """Add ``profile`` to the command line's subparsers."""
    summary = "work out what the training pieces of a style measure"
    parser = subparsers.add_parser(
        "profile",
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}: STYLE.profile.json, and STYLE.copies.npz"
        " beside it, by which near-copies are found.",
        epilog="example: composer-app profile bach",
    )
    parser.add_argument("style", choices=list(STYLES), help="which music")
    parser.add_argument(
        "--corpus",
        type=file_argument,
        metavar="FILE.npz",
        help=f"default build/STYLE.npz; {INPUT_HELP}",
    )
    # Not standard output: two files are written.
    parser.add_argument(
        "-o",
        "--output",
        type=named_file,
        metavar="OUT.json",
        help="default models/STYLE.profile.json",
    )
    parser.set_defaults(run=_run)


def reference_of(piece: Piece) -> Reference:
    """``piece`` as the analysis reads it."""
    grid = VoiceGrid(piece.pitch, piece.onset)
    return Reference(piece.name, grid, piece.position, piece.bar_length, piece.bad)


def _run(args: argparse.Namespace) -> int:
    output: Path = args.output or profile_path(args.style)
    copies = index_path(args.style, output.parent)
    for each in (output, copies):
        check_output(each)
    corpus: Path = args.corpus or Path("build") / f"{args.style}.npz"
    pieces = load_corpus(corpus, *_SPLITS)
    references = [reference_of(piece) for piece in pieces if piece.style == args.style]
    try:
        profile = build_profile(args.style, *STYLE_TEXTS[args.style], references)
    except ValueError as error:
        raise CorpusError(
            _(
                "{file} cannot be made a profile of {style}: {error}",
                file=input_name(corpus),
                style=args.style,
                error=error,
            )
        ) from None
    write_output(output, profile.to_json().encode())
    index = CopyIndex.build(args.style, references)
    with output_file(copies) as stream:
        index.save(stream)
    for spread in profile.spreads:
        say(f"{spread.bars:>3} bars: {spread.passages} passages")
    for path in (output, copies):
        say(f"{path}: {path.stat().st_size / 1000:.0f} kB")
    return 0
