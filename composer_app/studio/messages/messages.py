"""What the message bar says, as values: how it is meant, what it offers, and what was said before.

No Qt.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

# What a message is about, as it is now. The message holds as long as the answer stays the same.
About = Callable[[], object]

_REMEMBERED: Final = 50
# A path or a name of which nobody has said that it is one.
_LONG_WORD: Final = re.compile(r"\S{40,}")


class Tone(StrEnum):
    """How a message is meant; the icon before it shows it."""

    IDLE = "idle"
    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"
    RECORD = "record"


@dataclass(frozen=True)
class MessageAction:
    """A button in the bar; pressing it takes the message away, unless it ``keeps`` it."""

    text: str
    run: Callable[[], None]
    keeps: bool = False


@dataclass(frozen=True)
class Message:
    """A sentence with its buttons.

    ``names`` are the parts of it that may be shortened. It holds as long as ``about()`` is
    ``was``. ``goes_on`` says that the hint, whatever it is at the moment, stands after it.
    """

    key: str
    text: str
    tone: Tone
    actions: tuple[MessageAction, ...] = ()
    names: tuple[str, ...] = ()
    about: About | None = None
    was: object = None
    goes_on: bool = False

    @property
    def holds(self) -> bool:
        """Whether what it is about is still as it was when it was said."""
        return self.about is None or bool(self.about() == self.was)


@dataclass(frozen=True)
class Said:
    """A message of the past."""

    at: datetime
    tone: Tone
    text: str

    def clock_time(self, now: datetime) -> str:
        """When, in hours, minutes and seconds; with the day where it was another one."""
        form = "%H:%M:%S" if self.at.date() == now.date() else "%d %b, %H:%M:%S"
        return self.at.strftime(form)


def now() -> datetime:
    """What the clocks here show."""
    return datetime.now(UTC).astimezone()


@dataclass
class History:
    """The last messages, the newest first."""

    clock: Callable[[], datetime] = now
    entries: list[Said] = field(default_factory=list)

    def add(self, tone: Tone, text: str) -> None:
        """Remember that ``text`` was said now; what is repeated is remembered once."""
        if self.entries and (self.entries[0].tone, self.entries[0].text) == (tone, text):
            self.entries.pop(0)
        self.entries.insert(0, Said(self.clock(), tone, text))
        del self.entries[_REMEMBERED:]

    def lines(self) -> list[str]:
        """Each as a line of text with its time, to be copied into a report."""
        return [f"{said.at:%Y-%m-%d %H:%M:%S}  {said.tone}  {said.text}" for said in self.entries]


def parts(text: str, names: tuple[str, ...]) -> list[tuple[str, bool]]:
    """``text`` in pieces, each with whether it is one of ``names`` or looks like one."""
    known = sorted((re.escape(name) for name in {*names} if name), key=len, reverse=True)
    found = re.compile("|".join([*known, _LONG_WORD.pattern]))
    pieces: list[tuple[str, bool]] = []
    at = 0
    for match in found.finditer(text):
        if match.start() > at:
            pieces.append((text[at : match.start()], False))
        pieces.append((match[0], True))
        at = match.end()
    if at < len(text) or not pieces:
        pieces.append((text[at:], False))
    return pieces
