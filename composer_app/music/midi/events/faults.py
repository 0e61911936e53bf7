"""What is wrong with a file that is read all the same, as clauses for people."""

from collections import Counter
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from composer_app.translation import Message, _, ngettext


class Fault(Enum):
    """One way of not keeping to the standard that was mended in reading."""

    JUNK_BEFORE = auto()
    JUNK_BETWEEN = auto()
    HEADER = auto()
    UNKNOWN_TYPE = auto()
    PATTERNS = auto()
    SECOND_SONG = auto()
    TRACK_COUNT = auto()
    TRACK_LENGTH = auto()
    CUT_TRACK = auto()
    DAMAGED_TRACK = auto()
    UNENDED_TRACK = auto()
    FILM_FRAMES = auto()
    HIGH_BYTE = auto()
    NO_SUCH_NOTE = auto()
    EMPTY_SETTING = auto()
    KEY = auto()
    METRE = auto()
    STRAY_COMMAND = auto()
    UNENDED_NOTE = auto()


class Faults(Counter[Fault]):
    """How often each fault was met."""

    def clauses(self) -> tuple[Message, ...]:
        """What was mended, in a fixed order; nothing for a file that keeps to the standard."""
        return tuple(_CLAUSES[fault](self[fault]) for fault in Fault if self[fault])


def mended_sentence(name: str, mended: tuple[Message, ...]) -> Message:
    """What of the file ``name`` is not taken as it is, as one sentence; ``mended`` is not empty."""
    clauses = mended[0]
    for clause in mended[1:]:
        clauses = _("{clauses}; {clause}", clauses=clauses, clause=clause)
    return _(
        "{file} was read with changes: {clauses}.",
        file=name,
        clauses=clauses,
    )


def tempo_heard_clause(bpm: float) -> Message:
    """What is said of a file without beats in whose notes a tempo is heard."""
    return _(
        "it counts time in film frames and names no tempo; {bpm:.4g} BPM is heard in its notes",
        bpm=bpm,
    )


_CLAUSES: Final[dict[Fault, Callable[[int], Message]]] = {
    Fault.JUNK_BEFORE: lambda _count: _("what stands before its music is skipped"),
    Fault.JUNK_BETWEEN: lambda _count: _("bytes that belong to no track are skipped"),
    Fault.HEADER: lambda _count: _("its header has an odd length"),
    Fault.UNKNOWN_TYPE: lambda _count: _("its type is unknown and taken for 1"),
    Fault.PATTERNS: lambda _count: _(
        "its tracks are patterns that do not belong together (type 2) and follow one another"
    ),
    Fault.SECOND_SONG: lambda _count: _("a second song behind the first is left out"),
    Fault.TRACK_COUNT: lambda _count: _("it holds another number of tracks than it says"),
    Fault.TRACK_LENGTH: lambda count: ngettext(
        "a track is longer or shorter than it says",
        "{count} tracks are longer or shorter than they say",
        count,
    ),
    Fault.CUT_TRACK: lambda count: ngettext(
        "a track stops in the middle", "{count} tracks stop in the middle", count
    ),
    Fault.DAMAGED_TRACK: lambda count: ngettext(
        "a track is damaged and read up to there",
        "{count} tracks are damaged and read up to there",
        count,
    ),
    Fault.UNENDED_TRACK: lambda count: ngettext(
        "a track has no end", "{count} tracks have no end", count
    ),
    Fault.FILM_FRAMES: lambda _count: _(
        "it counts time in film frames and names no tempo, which is taken for 120 BPM"
    ),
    Fault.HIGH_BYTE: lambda _count: _("values above 127 are taken for 127"),
    Fault.NO_SUCH_NOTE: lambda _count: _("notes and instruments above 127 are left out"),
    Fault.EMPTY_SETTING: lambda count: ngettext(
        "a setting without its value is left out",
        "{count} settings without their values are left out",
        count,
    ),
    Fault.KEY: lambda count: ngettext(
        "a key signature that is none is read as the nearest or left out",
        "{count} key signatures that are none are read as the nearest or left out",
        count,
    ),
    Fault.METRE: lambda count: ngettext(
        "a time signature that is none is left out",
        "{count} time signatures that are none are left out",
        count,
    ),
    Fault.STRAY_COMMAND: lambda count: ngettext(
        "a command that has no place in a file is skipped",
        "{count} commands that have no place in a file are skipped",
        count,
    ),
    Fault.UNENDED_NOTE: lambda count: ngettext(
        "a note that is never let go ends with the next one",
        "{count} notes that are never let go end with the next ones",
        count,
    ),
}
