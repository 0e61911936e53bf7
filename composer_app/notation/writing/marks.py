"""The ids of signs and bars in a score that is drawn, so that the picture knows its music."""

import re
from typing import Final, Literal, NamedTuple

_KINDS: Final = {"n": "note", "r": "rest", "b": "bar"}
_PATTERN: Final = re.compile(r"([nrb])(\d+)-(\d+)-(\d+)")


class Mark(NamedTuple):
    """A sign, or a bar, that begins at ``tick`` (960 a quarter) where it is written.

    ``number`` is that of a note in its ``track``, from 0; tied signs of one note have the same. Of
    a rest it is its voice's, of a bar the bar's, from 0.
    """

    kind: Literal["note", "rest", "bar"]
    track: int
    number: int
    tick: int

    @property
    def text(self) -> str:
        """As an id of XML."""
        return f"{self.kind[0]}{self.track}-{self.number}-{self.tick}"


def mark_of(text: str) -> Mark | None:
    """What an id of XML marks, None where it is no id of ours."""
    found = _PATTERN.fullmatch(text)
    if found is None:
        return None
    kind, *numbers = found.groups()
    return Mark(_KINDS[kind], *map(int, numbers))  # type: ignore[arg-type]
