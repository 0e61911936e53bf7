"""Every kind of file that a piece can be read from or written to, but for projects.

What a file is shows in its first bytes, whatever it is called; what is written shows in its name.
"""

from __future__ import annotations

import gc
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from composer_app.errors import MidiFileError, ScoreFileError
from composer_app.music.composition import Composition
from composer_app.music.files.cancelling import Wanted, always_wanted, check
from composer_app.music.files.regular_file import open_regular
from composer_app.music.files.safe_file import FileState, cannot_write, failure_reason, write_whole
from composer_app.music.midi.file import MAX_FILE_BYTES as MAX_MIDI_BYTES
from composer_app.music.midi.file import MAX_STEPS, parse_midi, write_midi
from composer_app.music.mix import USUAL_MIX, PieceMix
from composer_app.notation.file_kinds import MIDI, MUSICXML, MXL, PDF, SVG, kind_named
from composer_app.translation import _

# What reads and writes scores takes longer to import than a window may take to open.
if TYPE_CHECKING:
    from composer_app.music.midi.reading.reading import MidiPiece

_WHITE_GROUND: Final = '<rect width="100%" height="100%" fill="white" style="stroke:none"/>'
# As much as is read of any file.
MAX_FILE_BYTES: Final = MAX_MIDI_BYTES
_ZIP: Final = b"PK"
_HEAD: Final = 4096


def read_piece_file(
    path: str | Path,
    *,
    repeats: bool = True,
    tempo_by_ear: bool = True,
    wanted: Wanted = always_wanted,
) -> MidiPiece:
    """The music of ``path`` with its mix, whatever kind of file it is.

    ``repeats`` of scores are played out; else each bar is there once. ``tempo_by_ear`` is that of
    :func:`~composer_app.music.midi.file.parse_midi`. Raises
    :class:`MidiFileError` and :class:`ScoreFileError`, at once also for what is no file, and
    :class:`~composer_app.music.files.cancelling.FileCancelledError` soon after it is not
    ``wanted`` any more; it is asked in the thread that reads.
    """
    try:
        with open_regular(Path(path)) as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise MidiFileError(
            _("{file} cannot be opened: {reason}", file=path, reason=failure_reason(error)),
            _("choose another file"),
        ) from error
    return parse_piece(data, str(path), repeats=repeats, tempo_by_ear=tempo_by_ear, wanted=wanted)


def parse_piece(
    data: bytes,
    name: str,
    *,
    repeats: bool = True,
    tempo_by_ear: bool = True,
    wanted: Wanted = always_wanted,
) -> MidiPiece:
    """The music in the bytes of a file that sentences call ``name``, as :func:`read_piece_file`."""
    # What is read has no cycles, and to look for some takes a quarter of the time.
    collects = gc.isenabled()
    gc.disable()
    try:
        return _parsed(data, name, repeats=repeats, tempo_by_ear=tempo_by_ear, wanted=wanted)
    finally:
        if collects:
            gc.enable()


def _parsed(
    data: bytes, name: str, *, repeats: bool, tempo_by_ear: bool, wanted: Wanted
) -> MidiPiece:
    from composer_app.notation.reading.abc_reading import written_from_abc
    from composer_app.notation.reading.abc_text import looks_like_abc
    from composer_app.notation.reading.musicxml_reading import written_from_musicxml
    from composer_app.notation.reading.playing import played

    if data.startswith(_ZIP) or _looks_like_musicxml(data, name):
        written = written_from_musicxml(data, name, wanted)
    elif looks_like_abc(data, name):
        written = written_from_abc(data, name, wanted)
    else:
        return parse_midi(data, name, wanted, tempo_by_ear=tempo_by_ear)
    return played(written, name, MAX_STEPS, repeats=repeats, wanted=wanted)


def write_piece_file(
    composition: Composition,
    path: str | Path,
    mix: PieceMix = USUAL_MIX,
    *,
    closed: bool = False,
    only_over: FileState | None = None,
    wanted: Wanted = always_wanted,
) -> FileState:
    """Write ``composition`` to ``path`` as its ending says, as MIDI where that says nothing.

    A score is ``closed`` where soprano and alto, tenor and bass are to share a staff. ``only_over``
    and what is raised are those of :func:`~composer_app.music.midi.file.write_midi`, with
    :class:`ScoreFileError` for scores, and
    :class:`~composer_app.music.files.cancelling.FileCancelledError`, with nothing written, where it
    is not ``wanted`` any more.
    """
    path = Path(path)
    if kind_named(path) is MIDI:
        return write_midi(composition, path, mix, only_over=only_over, wanted=wanted)
    data = score_bytes(composition, path, mix, closed=closed, wanted=wanted)
    check(wanted)
    try:
        return write_whole(path, data, only_over=only_over)
    except (OSError, ValueError) as error:
        raise ScoreFileError(*cannot_write(path, error)) from error


def score_bytes(
    composition: Composition,
    path: Path,
    mix: PieceMix = USUAL_MIX,
    *,
    closed: bool = False,
    wanted: Wanted = always_wanted,
) -> bytes:
    """What :func:`write_piece_file` writes as a score; raises :class:`ScoreFileError`."""
    from composer_app.notation.reading.hostile_xml import MAX_XML_BYTES
    from composer_app.notation.writing.musicxml_writing import musicxml_bytes, mxl_bytes

    kind = kind_named(path)
    if not kind.writable:
        raise ScoreFileError(
            _("{file} was not written: Composer reads {kind} only", file=path, kind=kind.title),
            _("choose MusicXML or MIDI"),
        )
    if composition.steps > MAX_STEPS:
        raise ScoreFileError(
            _(
                "{file} was not written: {bars} bars are more than Composer can read back",
                file=path,
                bars=composition.bars,
            )
        )
    if kind in (MUSICXML, MXL):
        data = musicxml_bytes(composition, mix, closed=closed)
        if len(data) > MAX_XML_BYTES:
            raise ScoreFileError(
                _(
                    "{file} was not written: {notes:,} notes are more than Composer can read back",
                    file=path,
                    notes=composition.note_count,
                )
            )
        return data if kind is MUSICXML else mxl_bytes(composition, mix, closed=closed)
    # What draws takes longer to import than a window may take to open.
    from composer_app.notation.writing.engraving import engraved

    pages = engraved(composition, closed=closed, paged=kind is PDF, wanted=wanted)
    if kind is SVG:
        # Black on white, also where a viewer's own ground is dark.
        tag, rest = pages[0].split(">", 1)
        return f"{tag}>{_WHITE_GROUND}{rest}".encode()
    from composer_app.notation.writing.score_pdf import pdf_bytes

    return pdf_bytes(pages, composition.title, wanted)


def _looks_like_musicxml(data: bytes, name: str) -> bool:
    # Of UTF-16 every other byte is null.
    head = data[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not head.startswith(b"<"):
        return False
    named = Path(name).suffix.lower() in MUSICXML.endings
    return re.search(rb"<\w*:?score-(part|time)wise", head) is not None or (
        named and b"<html" not in head.lower()
    )
