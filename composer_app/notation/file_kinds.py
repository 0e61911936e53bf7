"""The kinds of files that a piece can be read from or written to, but for projects."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: what a dialog calls it, and what the names of its files end with."""

    title: str
    endings: tuple[str, ...]
    readable: bool = True
    writable: bool = True


MIDI: Final = FileKind("MIDI file", (".mid", ".midi"))
KARAOKE: Final = FileKind("Karaoke file", (".kar",), writable=False)
RIFF: Final = FileKind("MIDI file", (".rmi",), writable=False)
MUSICXML: Final = FileKind("MusicXML", (".musicxml", ".xml"))
MXL: Final = FileKind("Compressed MusicXML", (".mxl",))
ABC: Final = FileKind("ABC", (".abc",), writable=False)
PDF: Final = FileKind("PDF", (".pdf",), readable=False)
SVG: Final = FileKind("SVG picture", (".svg",), readable=False)
KINDS: Final = (MIDI, KARAOKE, RIFF, MUSICXML, MXL, ABC, PDF, SVG)
READABLE_ENDINGS: Final = tuple(e for kind in KINDS if kind.readable for e in kind.endings)
WRITABLE_ENDINGS: Final = tuple(e for kind in KINDS if kind.writable for e in kind.endings)


def kind_named(path: Path) -> FileKind:
    """The kind of file that the ending of ``path`` stands for; MIDI where it stands for none."""
    ending = path.suffix.lower()
    return next((kind for kind in KINDS if ending in kind.endings), MIDI)
