"""XML and MXL that anybody may have made, as a tree of elements: never for ever, never too much.

No entity is defined or fetched: a few lines of those can stand for gigabytes. An MXL file is a zip
archive, of which two members are read, each with a limit.
"""

import io
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib
from contextlib import suppress
from typing import Final, NoReturn
from xml.parsers import expat

from composer_app.errors import ScoreFileError
from composer_app.music.files.cancelling import Wanted, always_wanted, check
from composer_app.translation import _

# A symphony has 20 MB; a second and 200 MB of memory are what this many marks take.
MAX_XML_BYTES: Final = 24_000_000
_MAX_MARKS: Final = 1_500_000
# As much as an archive of that may have, and little enough for a list of its members.
MAX_ARCHIVE_BYTES: Final = 4_000_000
_MAX_CONTAINER_BYTES: Final = 100_000
# What is parsed between one question whether it is still wanted and the next.
_PIECE_BYTES: Final = 1_000_000
_MAX_DEPTH: Final = 100
_CONTAINER: Final = "META-INF/container.xml"
_ENDINGS: Final = (".musicxml", ".xml")
# Archives of others: what one of their members ends with, and whose they are.
_FOREIGN: Final = {
    ".mscx": "MuseScore",
    "score.gpif": "Guitar Pro",
    "content.xml": "LibreOffice",
    "document.xml": "Word",
}


class _TooMuchError(Exception):
    """Deeper than any score, or an entity."""


class _PrologIsOverError(Exception):
    """The first element has begun."""


def xml_tree(data: bytes, name: str, wanted: Wanted = always_wanted) -> ET.Element:
    """The root of an XML document, tags without their namespaces.

    Raises :class:`ScoreFileError`, which calls the file ``name``.
    """
    if len(data) > MAX_XML_BYTES or data.count(b"<") > _MAX_MARKS:
        raise too_large(name)
    try:
        _refuse_entities(data)
        parser = ET.XMLParser()
        # An entity that a document type elsewhere may define says nothing here.
        parser.entity.update(dict.fromkeys(_entities(data), ""))
        for begin in range(0, len(data), _PIECE_BYTES):
            check(wanted)
            parser.feed(data[begin : begin + _PIECE_BYTES])
        root = parser.close()
        _refuse_depth(root)
    except (ET.ParseError, expat.ExpatError, _TooMuchError, ValueError, LookupError) as error:
        raise damaged(name) from error
    for element in root.iter():
        # Comments have no name.
        if isinstance(element.tag, str) and "}" in element.tag:
            element.tag = element.tag.rpartition("}")[2]
    return root


def _refuse_entities(data: bytes) -> None:
    """Raise an error where the document defines entities, which it can before its root only."""
    prolog = expat.ParserCreate()
    prolog.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def refuse(*_given: object) -> NoReturn:
        raise _TooMuchError

    def end(*_given: object) -> NoReturn:
        raise _PrologIsOverError

    prolog.EntityDeclHandler = refuse
    prolog.StartElementHandler = end
    with suppress(_PrologIsOverError):
        prolog.Parse(data, True)


def _entities(data: bytes) -> set[str]:
    """The names of entities that the document asks for."""
    # Of UTF-16 every other byte is null.
    found = re.findall(rb"&(\w{1,40});", data.replace(b"\0", b"") if b"\0" in data else data)
    return {name.decode("ascii", "ignore") for name in found}


def _refuse_depth(root: ET.Element) -> None:
    """Raise an error where elements stand in more others than in any score."""
    level = [root]
    for _depth in range(_MAX_DEPTH):
        level = [inner for element in level if len(element) for inner in element]
        if not level:
            return
    raise _TooMuchError


def score_in_archive(data: bytes, name: str) -> bytes:
    """The MusicXML in an MXL file; raises :class:`ScoreFileError`."""
    if len(data) > MAX_ARCHIVE_BYTES:
        raise too_large(name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _score(archive, name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        KeyError,
        ValueError,
        # Encrypted members, and those packed as nobody here unpacks.
        RuntimeError,
    ) as error:
        raise damaged(name) from error


def damaged(name: str) -> ScoreFileError:
    """What to say of a file that is no score any more."""
    return ScoreFileError(_("{file} is damaged", file=name), _("get or export it once more"))


def too_large(name: str) -> ScoreFileError:
    """What to say of a file that has more than any score."""
    return ScoreFileError(
        _("{file} is too large for a score of notes", file=name), _("choose a shorter piece")
    )


def _score(archive: zipfile.ZipFile, name: str) -> bytes:
    members = archive.namelist()
    if _CONTAINER in members:
        container = xml_tree(_member(archive, _CONTAINER, _MAX_CONTAINER_BYTES, name), name)
        # The first one is the score, others are pictures of it and the like.
        for root in container.iter("rootfile"):
            path = root.get("full-path", "")
            if path in members:
                return _member(archive, path, MAX_XML_BYTES, name)
    for ending, program in _FOREIGN.items():
        if any(member.endswith(ending) for member in members):
            raise ScoreFileError(
                _("{file} is a file of {program}", file=name, program=program),
                _("export it as MusicXML or MIDI"),
            )
    for member in members:
        if member.lower().endswith(_ENDINGS) and not member.startswith("META-INF/"):
            return _member(archive, member, MAX_XML_BYTES, name)
    raise ScoreFileError(
        _("{file} is an archive without a score", file=name),
        _("choose a file of MusicXML, ABC or MIDI"),
    )


def _member(archive: zipfile.ZipFile, path: str, most: int, name: str) -> bytes:
    # What the archive says of its members need not be true.
    with archive.open(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise too_large(name)
    return data
