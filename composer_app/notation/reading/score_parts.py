"""The parts of a score while it is read, and the lines that they are divided into.

A part is divided into its players where it says which note is whose, else into its staves, and a
staff into its voices where these go their own ways, as in a choral score on two staves.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from composer_app.music.composition import VOICE_NAMES
from composer_app.music.mix import TrackMix
from composer_app.music.note import DEFAULT_VELOCITY
from composer_app.music.timing import TICKS_PER_BEAT
from composer_app.notation.reading.written import Line, WrittenNote
from composer_app.plain_text import one_line_name

# A second voice goes its own way where it plays in at least this share of the first one's bars.
_LEAST_SHARE: Final = 0.5


class Place(NamedTuple):
    """Whose a note is: of a staff, a voice, and a player if the part says so."""

    staff: str
    voice: str
    player: str
    drums: bool = False


@dataclass(slots=True)
class Player:
    """One instrument of a part."""

    name: str = ""
    program: int = 0
    drums: bool = False
    # Which drum it is, if it is one.
    drum: int | None = None
    mix: TrackMix = field(default_factory=TrackMix)


@dataclass(slots=True)
class Part:
    """A part while it is read; its ``cursor`` counts divisions from the beginning of the bar."""

    name: str
    players: dict[str, Player]
    notes: dict[Place, dict[int, list[WrittenNote]]] = field(default_factory=dict)
    divisions: float = 1.0
    transpose: dict[str, int] = field(default_factory=dict)
    velocity: int = DEFAULT_VELOCITY
    cursor: float = 0.0
    chord_at: float = 0.0
    furthest: float = 0.0

    @property
    def is_drums(self) -> bool:
        """Whether nobody plays it but drums."""
        return bool(self.players) and all(player.drums for player in self.players.values())

    def ticks(self, divisions: float) -> int:
        """So many divisions as ticks."""
        return round(divisions * TICKS_PER_BEAT / self.divisions)

    def move(self, divisions: float) -> None:
        """Go on, or back, by so many divisions."""
        self.cursor = max(0.0, self.cursor + divisions)
        self.furthest = max(self.furthest, self.cursor)


def lines_of(part: Part, *, by_player: bool) -> list[Line]:
    """What is played in a part, line by line; a part without notes is a line all the same.

    ``by_player`` says that each player has one line, whatever staves and voices it is written in.
    """
    places = sorted(part.notes, key=lambda place: (place.staff, _natural(place.voice)))
    drummed = [place for place in places if place.drums]
    lines = _pitched_lines(part, [p for p in places if not p.drums], by_player=by_player)
    if drummed or (by_player and part.is_drums):
        line = _line(part, drummed)
        lines.append(replace(line, name=one_line_name(part.name), drums=True))
    return lines


def _pitched_lines(part: Part, places: list[Place], *, by_player: bool) -> list[Line]:
    if by_player:
        return [
            _line(part, [place for place in places if place.player == key], key)
            for key, player in part.players.items()
            if not player.drums
        ]
    if not places:
        return [] if part.is_drums or part.notes else [_line(part, [])]
    if len({place.player for place in places}) == len(places):
        return [_line(part, [place]) for place in places]
    staves: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        staves[place.staff].append(place)
    lines = []
    for on_staff in staves.values():
        apart = _independent(part, on_staff)
        lines += [_line(part, each) for each in ([[p] for p in on_staff] if apart else [on_staff])]
    return lines


def _independent(part: Part, places: list[Place]) -> bool:
    """Whether the voices of a staff are parts of their own, each of single notes."""
    if not 1 < len(places) <= len(VOICE_NAMES):
        return False
    most = max(len(part.notes[place]) for place in places)
    return all(
        len(part.notes[place]) >= _LEAST_SHARE * most
        and all(_single(notes) for notes in part.notes[place].values())
        for place in places
    )


def _single(notes: list[WrittenNote]) -> bool:
    onsets = [note.onset for note in notes if not note.is_grace]
    return len(onsets) == len(set(onsets))


def _line(part: Part, places: list[Place], key: str = "") -> Line:
    found = {place.player for place in places}
    if not key:
        key = found.pop() if len(found) == 1 else next(iter(part.players), "")
    player = part.players.get(key) or Player()
    several = len(part.players) > 1 and bool(player.name)
    notes: dict[int, list[WrittenNote]] = defaultdict(list)
    for place in places:
        for index, in_bar in part.notes[place].items():
            notes[index] += in_bar
    for in_bar in notes.values():
        in_bar.sort(key=lambda note: note.onset)
    name = player.name if several else part.name
    return Line(one_line_name(name), player.program, dict(notes), player.mix)


def name_divided(parts: list[list[Line]]) -> None:
    """Tell apart the lines of each part that has been divided.

    Where there are four in all, two on each of two staves, they are soprano, alto, tenor and bass.
    """
    divided = [[line for line in lines if line.notes] for lines in parts]
    divided = [lines for lines in divided if len(lines) > 1]
    together = [line for lines in divided for line in lines]
    playing = sum(1 for lines in parts for line in lines if line.notes and not line.drums)
    alike = all(len({line.name for line in lines}) == 1 for lines in divided)
    if alike and len(together) == playing == len(VOICE_NAMES) and _in_pairs(divided):
        for line, name in zip(together, VOICE_NAMES, strict=True):
            line.name = name
        return
    for lines in divided:
        names = [line.name for line in lines]
        for line, name in zip(lines, names, strict=True):
            if name and names.count(name) > 1:
                line.name = f"{name} {names[: lines.index(line) + 1].count(name)}"


def _in_pairs(divided: list[list[Line]]) -> bool:
    return [len(lines) for lines in divided] in ([4], [2, 2])


def _natural(text: str) -> tuple[int, str]:
    return (int(text[:6]), text) if text[:6].isdecimal() else (0, text)
