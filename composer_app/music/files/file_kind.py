"""What a file is by its content, where it is not what was asked for.

People choose what a link or a mail brought them, and a name says little: a page about a file is
saved under its name, and recordings, scores and projects of other programs are music as well.
"""

from enum import Enum, auto
from typing import Final

from composer_app.translation import Message, _

_HEAD_BYTES: Final = 8192
# Where the table of contents of an archive is, or its first names.
_ARCHIVE_BYTES: Final = 65_536


class FileKind(Enum):
    """What people choose by mistake, or what could be opened in another way."""

    MUSIC_XML = auto()
    MXL = auto()
    ABC = auto()
    LILYPOND = auto()
    COMPOSER_PROJECT = auto()
    OTHER_PROJECT = auto()
    WEB_PAGE = auto()
    XML = auto()
    AUDIO = auto()
    TRACKER = auto()
    SOUND_FONT = auto()
    PICTURE = auto()
    VIDEO = auto()
    PDF = auto()
    DOCUMENT = auto()
    ARCHIVE = auto()
    PROGRAM = auto()
    TEXT = auto()
    ZEROS = auto()


_WHAT: Final = {
    FileKind.MUSIC_XML: _("a score in MusicXML"),
    FileKind.MXL: _("a score in compressed MusicXML (MXL)"),
    FileKind.ABC: _("a tune in ABC notation"),
    FileKind.LILYPOND: _("a LilyPond score"),
    FileKind.COMPOSER_PROJECT: _("a Composer project"),
    FileKind.OTHER_PROJECT: _("a project of another music program"),
    FileKind.WEB_PAGE: _("a web page"),
    FileKind.XML: _("an XML file"),
    FileKind.AUDIO: _("audio"),
    FileKind.TRACKER: _("a tracker module"),
    FileKind.SOUND_FONT: _("a SoundFont"),
    FileKind.PICTURE: _("a picture"),
    FileKind.VIDEO: _("a video"),
    FileKind.PDF: _("a PDF"),
    FileKind.DOCUMENT: _("a document"),
    FileKind.ARCHIVE: _("an archive of files (ZIP or the like)"),
    FileKind.PROGRAM: _("a program"),
    FileKind.TEXT: _("text"),
    FileKind.ZEROS: _("nothing but zeros"),
}
_EXPORT: Final = _("export it as MIDI from the program that wrote it")
_REMEDIES: Final = {
    FileKind.MUSIC_XML: _EXPORT,
    FileKind.MXL: _EXPORT,
    FileKind.ABC: _EXPORT,
    FileKind.LILYPOND: _EXPORT,
    FileKind.OTHER_PROJECT: _EXPORT,
    FileKind.TRACKER: _EXPORT,
    FileKind.COMPOSER_PROJECT: _("let its name end in .composer, and open it in the window"),
    FileKind.WEB_PAGE: _("download the MIDI file itself instead of the page about it"),
    FileKind.AUDIO: _("choose a MIDI file; a recording holds sound and no notes"),
    FileKind.ARCHIVE: _("unpack it, and choose a MIDI file in it"),
    FileKind.ZEROS: _("get it once more"),
}
_ELSE: Final = _("choose a file that ends in .mid")

# First bytes, longer ones before those that they begin with.
_MAGIC: Final = (
    (b"%PDF", FileKind.PDF),
    (b"\x89PNG", FileKind.PICTURE),
    (b"\xff\xd8\xff", FileKind.PICTURE),
    (b"GIF8", FileKind.PICTURE),
    (b"BM", FileKind.PICTURE),
    (b"II*\0", FileKind.PICTURE),
    (b"MM\0*", FileKind.PICTURE),
    (b"ID3", FileKind.AUDIO),
    (b"OggS", FileKind.AUDIO),
    (b"fLaC", FileKind.AUDIO),
    (b"MAC ", FileKind.AUDIO),
    (b"wvpk", FileKind.AUDIO),
    (b".snd", FileKind.AUDIO),
    (b"caff", FileKind.AUDIO),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", FileKind.AUDIO),
    (b"\xff\xfb", FileKind.AUDIO),
    (b"\xff\xfa", FileKind.AUDIO),
    (b"\xff\xf3", FileKind.AUDIO),
    (b"\xff\xf2", FileKind.AUDIO),
    (b"\xff\xf1", FileKind.AUDIO),
    (b"\xff\xf9", FileKind.AUDIO),
    (b"\x1aE\xdf\xa3", FileKind.VIDEO),
    (b"\0\0\x01\xba", FileKind.VIDEO),
    (b"FLV\x01", FileKind.VIDEO),
    (b"IMPM", FileKind.TRACKER),
    (b"Extended Module:", FileKind.TRACKER),
    (b"FLhd", FileKind.OTHER_PROJECT),
    (b"<REAPER_PROJECT", FileKind.OTHER_PROJECT),
    (b"SCOR", FileKind.OTHER_PROJECT),
    (b"ENIGMA BINARY FILE", FileKind.OTHER_PROJECT),
    (b"\x0fSIBELIUS", FileKind.OTHER_PROJECT),
    (b"\x23\x47\xc0\xab", FileKind.OTHER_PROJECT),
    (b"CAKEWALK", FileKind.OTHER_PROJECT),
    (b"CWBN", FileKind.OTHER_PROJECT),
    (b"BCFS", FileKind.OTHER_PROJECT),
    (b"BCFZ", FileKind.OTHER_PROJECT),
    (b"bplist", FileKind.OTHER_PROJECT),
    (b"Rar!", FileKind.ARCHIVE),
    (b"7z\xbc\xaf", FileKind.ARCHIVE),
    (b"\xfd7zXZ", FileKind.ARCHIVE),
    (b"BZh", FileKind.ARCHIVE),
    (b"\x1f\x8b", FileKind.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", FileKind.ARCHIVE),
    (b"\xd0\xcf\x11\xe0", FileKind.DOCUMENT),
    (b"{\\rtf", FileKind.DOCUMENT),
    (b"\x7fELF", FileKind.PROGRAM),
    (b"\xcf\xfa\xed\xfe", FileKind.PROGRAM),
    (b"\xca\xfe\xba\xbe", FileKind.PROGRAM),
)
# What begins with RIFF or FORM says so behind the length.
_FORMS: Final = {
    b"WAVE": FileKind.AUDIO,
    b"AIFF": FileKind.AUDIO,
    b"AIFC": FileKind.AUDIO,
    b"sfbk": FileKind.SOUND_FONT,
    b"DLS ": FileKind.SOUND_FONT,
    b"AVI ": FileKind.VIDEO,
    b"WEBP": FileKind.PICTURE,
    b"NUND": FileKind.OTHER_PROJECT,
}
# In an archive, what tells what it is.
_MEMBERS: Final = (
    (b"META-INF/container.xml", FileKind.MXL),
    (b".mscx", FileKind.OTHER_PROJECT),
    (b"score.gpif", FileKind.OTHER_PROJECT),
    (b"piece.json", FileKind.COMPOSER_PROJECT),
    (b"application/vnd.oasis", FileKind.DOCUMENT),
    (b"word/document.xml", FileKind.DOCUMENT),
)
# In a text, in lower case; the first that is there.
_WORDS: Final = (
    ("<score-partwise", FileKind.MUSIC_XML),
    ("<score-timewise", FileKind.MUSIC_XML),
    ("<museScore".lower(), FileKind.OTHER_PROJECT),
    ("<ableton", FileKind.OTHER_PROJECT),
    ("<lmms-project", FileKind.OTHER_PROJECT),
    ("<!doctype html", FileKind.WEB_PAGE),
    ("<html", FileKind.WEB_PAGE),
    ("<svg", FileKind.PICTURE),
    ("<?xml", FileKind.XML),
    ("\\version", FileKind.LILYPOND),
    ("\\relative", FileKind.LILYPOND),
)


def kind_of(data: bytes) -> FileKind | None:
    """What ``data``, the content of a file, is; None where it is nothing that is known."""
    head = data[:_HEAD_BYTES]
    if head[:4] in (b"RIFF", b"RIFX", b"FORM"):
        return _FORMS.get(head[8:12])
    if head[4:8] == b"ftyp":
        return FileKind.AUDIO if head[8:11] == b"M4A" else FileKind.VIDEO
    if head[:4] == b"PK\x03\x04":
        return _archive(data)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[44:48] == b"SCRM" or head[1080:1084] in (b"M.K.", b"6CHN", b"8CHN", b"FLT4"):
        return FileKind.TRACKER
    if head[:2] == b"MZ" and len(head) > 64:
        return FileKind.PROGRAM
    if head and not head.strip(b"\0"):
        return FileKind.ZEROS
    return _text(head)


def not_midi(kind: FileKind | None, name: str) -> tuple[Message, Message]:
    """What to say of the file ``name``, which is ``kind`` instead of MIDI, and the remedy."""
    if kind is None:
        return _("{file} is not a MIDI file", file=name), _ELSE
    return (
        _("{file} is not a MIDI file but {kind}", file=name, kind=_WHAT[kind]),
        _REMEDIES.get(kind, _ELSE),
    )


def _archive(data: bytes) -> FileKind:
    ends = data[:_ARCHIVE_BYTES] + data[-_ARCHIVE_BYTES:]
    for member, kind in _MEMBERS:
        if member in ends:
            return kind
    return FileKind.ARCHIVE


def _text(head: bytes) -> FileKind | None:
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = head.decode(encoding, "replace").lower().lstrip()
    for word, kind in _WORDS:
        if word in text:
            return kind
    lines = [line.strip() for line in text.splitlines()]
    if any(line.startswith("x:") for line in lines) and any(line[:2] == "k:" for line in lines):
        return FileKind.ABC
    readable = sum(letter.isprintable() or letter.isspace() for letter in text)
    return FileKind.TEXT if text and readable >= 0.95 * len(text) else None
