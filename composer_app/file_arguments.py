"""Files as they are named on the command line: where one is meant, ``-`` is a standard stream.

``-`` among the inputs is standard input, among the outputs standard output. What a command has to
say goes to standard error then. A file that is really called so is ``./-``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from composer_app.errors import MidiFileError, SettingError, StreamError
from composer_app.music.composition import Composition
from composer_app.music.files.regular_file import read_regular
from composer_app.music.files.safe_file import cannot_write, check_place, failure_reason, whole_file
from composer_app.music.midi.events.faults import mended_sentence
from composer_app.music.midi.file import UnwritableMidiError, midi_bytes
from composer_app.music.mix import USUAL_MIX, PieceMix
from composer_app.notation.piece_file import (
    MAX_FILE_BYTES,
    parse_piece,
    read_piece_file,
    write_piece_file,
)
from composer_app.terminal import warn
from composer_app.translation import _

if TYPE_CHECKING:
    from composer_app.music.midi.reading.reading import MidiPiece

STANDARD: Final = Path("-")
NO_TEMPO_BY_EAR: Final = "--no-tempo-by-ear"
OUTPUT_KINDS_HELP: Final = (
    "MIDI, or by its ending MusicXML (.musicxml, .xml, .mxl) or a score (.pdf, .svg)"
)
INPUT_HELP: Final = "- is standard input"
PIECE_HELP: Final = f"MIDI, MusicXML (.musicxml, .xml, .mxl) or ABC; {INPUT_HELP}"
OUTPUT_HELP: Final = "- is standard output"


def file_argument(text: str) -> Path:
    """The type of an argument that names one file, or with ``-`` a standard stream."""
    path = Path(text)
    return path.absolute() if path == STANDARD and text != "-" else path


def named_file(text: str) -> Path:
    """The type of an argument that names a file or folder which cannot be a standard stream."""
    if text == "-":
        raise argparse.ArgumentTypeError(
            "here a name is needed, and - is none (a file of that name is ./-)"
        )
    return Path(text)


def is_standard(path: Path) -> bool:
    """Whether ``path``, of one of the types above, is a standard stream."""
    return path == STANDARD


def input_name(path: Path) -> str:
    """What sentences call the file ``path`` that is read."""
    return "standard input" if is_standard(path) else str(path)


def output_name(path: Path) -> str:
    """What sentences call the file ``path`` that is written."""
    return "standard output" if is_standard(path) else str(path)


def read_input(path: Path, most: int) -> bytes:
    """The bytes of ``path``, at most ``most`` of them, also of a stream that never ends.

    Raises :class:`OSError` for a file that cannot be read or has more, :class:`ValueError` for
    what is no name, :class:`StreamError` where it is standard input.
    """
    if not is_standard(path):
        return read_regular(path, most)
    data = _read_standard(most)
    if len(data) > most:
        raise StreamError(
            _(
                "Standard input is larger than {megabytes:g} MB, which is too much",
                megabytes=most / 1e6,
            )
        )
    return data


def add_tempo_by_ear(parser: argparse.ArgumentParser) -> None:
    """Let a command be told not to hear a tempo in files that name none."""
    parser.add_argument(
        NO_TEMPO_BY_EAR,
        action="store_true",
        help="count a file that counts film frames at 120 BPM (default: at the tempo that is heard"
        " in its notes)",
    )


def read_piece(
    path: Path, *, repeats: bool = True, tempo_by_ear: bool | None = None
) -> Composition:
    """The music of ``path``, MIDI, MusicXML or ABC; raises :class:`ComposerError`.

    The ``repeats`` of a score are played out; else each of its bars is there once. Where beats are
    nowhere named they are heard, unless ``tempo_by_ear`` is False; None is for a command that has
    no option for that.
    """
    return read_argument(path, repeats=repeats, tempo_by_ear=tempo_by_ear).composition


def read_argument(
    path: Path, *, repeats: bool = True, tempo_by_ear: bool | None = None
) -> MidiPiece:
    """The music of ``path``, as :func:`read_piece` has it, and its mix.

    Says on standard error what was mended.
    """
    read = _read(path, repeats=repeats, tempo_by_ear=tempo_by_ear is not False)
    if read.mended:
        said = mended_sentence(input_name(path), read.mended)
        if read.heard_bpm is not None and tempo_by_ear:
            said = _("{said} {option} takes 120 BPM.", said=said, option=NO_TEMPO_BY_EAR)
        warn(str(said))
    return read


def _read(path: Path, *, repeats: bool, tempo_by_ear: bool) -> MidiPiece:
    if not is_standard(path):
        return read_piece_file(path, repeats=repeats, tempo_by_ear=tempo_by_ear)
    if sys.stdin is not None and sys.stdin.isatty():
        raise StreamError(
            _("Standard input is this terminal"),
            _("send a MIDI file or a score to it, or name one"),
        )
    return parse_piece(
        _read_standard(MAX_FILE_BYTES),
        input_name(path),
        repeats=repeats,
        tempo_by_ear=tempo_by_ear,
    )


def write_piece(
    composition: Composition, path: Path, mix: PieceMix = USUAL_MIX, *, closed: bool = False
) -> None:
    """Write ``composition`` to ``path`` as its ending says; raises :class:`ComposerError`.

    In a ``closed`` score soprano and alto share a staff, and so do tenor and bass.
    """
    if is_standard(path):
        try:
            data = midi_bytes(composition, mix)
        except UnwritableMidiError as error:
            raise MidiFileError(
                _("{file} was not written: {reason}", file=output_name(path), reason=error.reason)
            ) from None
        write_output(path, data)
    else:
        write_piece_file(composition, path, mix, closed=closed)


def write_output(path: Path, data: bytes, *, make_folder: bool = False) -> None:
    """Write ``data`` to ``path``, whole or not at all; raises :class:`ComposerError`.

    With ``make_folder`` a folder that is missing is made.
    """
    if make_folder and not is_standard(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingError(*cannot_write(path, error)) from error
    with output_file(path) as file:
        file.write(data)


@contextmanager
def output_file(path: Path) -> Iterator[BinaryIO]:
    """What to write the bytes of ``path`` to: a file that appears once it is whole, or a stream.

    Raises :class:`SettingError`, :class:`StreamError`, and BrokenPipeError where nobody reads.
    """
    if not is_standard(path):
        try:
            with whole_file(path) as file:
                yield file
        except (OSError, ValueError) as error:
            raise SettingError(*cannot_write(path, error)) from error
        return
    check_output(path)
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StreamError(
            _("Standard output cannot be written ({reason})", reason=error.strerror),
            _("send it elsewhere"),
        ) from error


def check_output(path: Path) -> None:
    """Raise :class:`ComposerError` if it is known beforehand that ``path`` can take no file.

    For the beginning of what takes long. A terminal can take none: what is printed there would be
    mixed with the file, and the terminal would obey it.
    """
    if not is_standard(path):
        try:
            check_place(path)
        except (OSError, ValueError) as error:
            raise SettingError(*cannot_write(path, error)) from None
        return
    if sys.__stdout__ is None:
        raise StreamError(
            _("Standard output is closed"), _("send it to a file or to another program")
        )
    if sys.stdout.isatty():
        raise StreamError(
            _("Standard output is this terminal, which cannot show the file"),
            _("send it to a file or to another program"),
        )


def _read_standard(most: int) -> bytes:
    """What comes from standard input, one byte more than ``most`` where there is more."""
    if sys.stdin is None:
        raise StreamError(_("Standard input is closed"), _("send a file to it, or name one"))
    try:
        return sys.stdin.buffer.read(most + 1)
    except OSError as error:
        reason = failure_reason(error)
        raise StreamError(
            _("Standard input cannot be read: {reason}", reason=reason), _("name a file")
        ) from error
