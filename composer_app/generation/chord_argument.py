"""The chords that somebody asks for on the command line: typed, or the name of a file with them.

A file is a text with a row of chords, or a piece whose chord symbols are meant: MusicXML, ABC, or
MIDI with a chord track.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from composer_app.errors import ChordError
from composer_app.file_arguments import input_name, read_input
from composer_app.music.chord_text.progression import (
    MAX_LETTERS,
    Progression,
    parse_progression,
)
from composer_app.music.composition import Composition
from composer_app.music.files.regular_file import is_file
from composer_app.music.files.safe_file import failure_reason
from composer_app.music.harmony.chord_wishes import (
    ChordWishes,
    wishes_of_piece,
    wishes_of_progression,
)
from composer_app.music.meter_map import MeterMap
from composer_app.notation.file_kinds import MIDI, MUSICXML, MXL
from composer_app.notation.piece_file import MAX_FILE_BYTES, parse_piece
from composer_app.translation import _

# How a piece begins that is no text.
_PIECES: Final = (b"MThd", b"RIFF", b"PK", b"\x1f\x8b")
_SCORES: Final = (b"<", b"\xef\xbb\xbf<", b"X:", b"%abc")
_ENDINGS: Final = (*MIDI.endings, *MUSICXML.endings, *MXL.endings, ".abc", ".txt", ".chords")


@dataclass(frozen=True, slots=True)
class AskedChords:
    """A row that has been typed, or a piece whose symbols are meant: one of the two."""

    progression: Progression | None = None
    piece: Composition | None = None

    def wishes(self, meters: MeterMap, steps: int) -> ChordWishes:
        """What is wished for a melody of these metres and so many steps."""
        if self.progression is not None:
            return wishes_of_progression(self.progression, meters, steps)
        return wishes_of_piece(self.piece or Composition(), steps)


def asked_chords(text: str) -> AskedChords:
    """What ``text`` asks for: a row of chords, or those in the file of that name.

    The name ``-`` is standard input. Raises :class:`ChordError` for what is neither, for a file
    without chords, and the errors of the file's kind.
    """
    path = Path(text)
    named = path.suffix.lower() in _ENDINGS and "|" not in text
    if text != "-" and not named and not is_file(path):
        return AskedChords(parse_progression(text))
    try:
        data = read_input(path, MAX_FILE_BYTES)
    except (OSError, ValueError) as error:
        raise ChordError(
            _("{file} cannot be opened: {reason}", file=path, reason=failure_reason(error)),
            _("name another file, or type the chords"),
        ) from error
    if data.startswith(_PIECES) or data.lstrip().startswith(_SCORES):
        return _of_piece(parse_piece(data, input_name(path)).composition, path)
    return AskedChords(_of_text(data, path))


def _of_piece(piece: Composition, path: Path) -> AskedChords:
    if not any(symbol.given and symbol.chord for symbol in piece.chords):
        raise ChordError(
            _("{file} has no chord symbols", file=input_name(path)),
            _("name another file, or type the chords"),
        )
    return AskedChords(piece=piece)


def _of_text(data: bytes, path: Path) -> Progression:
    name = input_name(path)
    try:
        # Longer than any row, so that it is the row that is refused.
        return parse_progression(data[: 4 * MAX_LETTERS].decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ChordError(
            _("{file} is no text in UTF-8", file=name), _("save it as a text in UTF-8")
        ) from None
    except ChordError as error:
        raise ChordError(
            _("{file}: {problem}", file=name, problem=error.what), error.remedy
        ) from None
