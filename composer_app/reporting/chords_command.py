"""``composer-app chords``: the chords of a piece by bar, with Roman numerals."""

import argparse
from typing import Any, Final

from composer_app.analysis.heard_chords import with_heard_chords
from composer_app.file_arguments import PIECE_HELP, file_argument, input_name, read_piece
from composer_app.music.chord_text.by_bar import chord_bars, chord_list, row_of_chords
from composer_app.music.composition import Composition
from composer_app.terminal import say, say_json

_HEARD: Final = "heard in the notes"
_GIVEN: Final = "as the file gives them"
_BOTH: Final = "some given by the file, others heard or planned"
_TITLE: Final = "chords"
_WIDEST: Final = 40


def add_chords_command(subparsers: Any) -> None:
    """Add ``chords`` to the command line's subparsers."""
    summary = "print the chords of a piece by bar, with Roman numerals"
    parser = subparsers.add_parser(
        "chords",
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}: its chord symbols, or where it has none"
        " those that are heard in it. A dot is a beat on which the chord goes on.",
        epilog="example: composer-app chords song.musicxml --row",
    )
    add = parser.add_argument
    add("file", type=file_argument, metavar="FILE", help=PIECE_HELP)
    add(
        "--no-repeats",
        action="store_true",
        help="take each bar of a score once (default: repeats and da capo are played out)",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="print JSON instead of a table")
    how.add_argument(
        "--row",
        action="store_true",
        help="print one line that generate --chords reads, from the first whole bar on",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    piece = with_heard_chords(read_piece(args.file, repeats=not args.no_repeats))
    if args.json:
        said = piece.key_signature is not None
        say_json(
            {
                "file": str(args.file),
                "key": piece.key().name,
                "key_given": said,
                "chords": chord_list(piece),
            }
        )
    elif args.row:
        say(row_of_chords(piece) if piece.chords else "")
    else:
        say(*_lines(input_name(args.file), piece))
    return 0


def _lines(name: str, piece: Composition) -> list[str]:
    title = f' "{piece.title}"' if piece.title else ""
    head = f"{name}{title}: {piece.key().name}"
    if not any(symbol.chord for symbol in piece.chords):
        return [head, "No chords are given, and none are heard: one note sounds at a time."]
    rows = [(bar.bar.number, bar.shown, bar.numerals) for bar in chord_bars(piece)]
    width = min(max(len(_TITLE), *(len(shown) for _, shown, _ in rows)), _WIDEST)
    return [
        f"{head}, chords {_source(piece)}",
        f"{'bar':>5}  {_TITLE:<{width}}  numerals",
        *(
            f"{number:>5}  {shown:<{width}}  {numerals}".rstrip()
            for number, shown, numerals in rows
        ),
    ]


def _source(piece: Composition) -> str:
    given = {symbol.given for symbol in piece.chords}
    return _BOTH if len(given) > 1 else _GIVEN if given == {True} else _HEARD
