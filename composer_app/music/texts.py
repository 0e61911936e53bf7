"""Words in a piece: lyrics under a part, and markers, cues and the copyright of the whole.

They come from files that anybody may have made. Each is safe to show from the beginning, but breaks
of lines and the spaces around a syllable stay, for in lyrics they say where words and verses end.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, Literal, get_args

from composer_app.plain_text import one_line

TextKind = Literal["lyrics", "marker", "cue", "copyright", "text"]

TEXT_KINDS: Final[tuple[TextKind, ...]] = get_args(TextKind)
_LINE_BREAKS: Final = re.compile(r"(\r\n|\r|\n)")


@dataclass(frozen=True, slots=True)
class Text:
    """``text`` at ``tick`` (960 to a beat, from the beginning).

    Lyrics are a syllable, as the file has it. Raises ValueError for a tick before the start and for
    a kind that there is not.
    """

    tick: int
    kind: TextKind
    text: str

    def __post_init__(self) -> None:
        if self.tick < 0:
            raise ValueError(f"a text cannot stand before the start (tick {self.tick})")
        if self.kind not in TEXT_KINDS:
            raise ValueError(f"there is no kind of text {self.kind!r}")
        object.__setattr__(self, "text", _clean(self.text))

    @property
    def shown(self) -> str:
        """In one line, without the marks that karaoke files have for lines and verses."""
        return one_line(self.text).lstrip("/\\").strip()


def in_order(texts: Iterable[Text]) -> tuple[Text, ...]:
    """``texts`` by their ticks; those at one tick stay as they stand."""
    return tuple(sorted(texts, key=attrgetter("tick")))


def _clean(text: str) -> str:
    """Visible letters and breaks of lines; the spaces at both ends stay where they are."""
    parts = _LINE_BREAKS.split(text)
    return "".join(part if index % 2 else _clean_line(part) for index, part in enumerate(parts))


def _clean_line(line: str) -> str:
    inner = line.strip(" ")
    if not inner:
        return line
    start = line.index(inner[0])
    return line[:start] + one_line(inner) + line[start + len(inner) :]
