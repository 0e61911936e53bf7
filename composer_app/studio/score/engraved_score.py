"""An engraved piece as somebody looks at it: where systems, notes and times are. No Qt.

Systems stand one below another. Some have come, others are still to come: their height is taken to
be that of the others. Lengths are staff spaces, the distance of two lines of a staff; times are
steps, which are sixteenths.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Final

from composer_app.music.composition import Composition
from composer_app.music.editing.note_edits import NoteKey
from composer_app.music.note import Note
from composer_app.music.timing import TICKS_PER_STEP
from composer_app.notation.bars import bars_of
from composer_app.notation.writing.engraving_process import Drawn
from composer_app.notation.writing.score_shapes import STAFF_SPACE, Box, Outlines, System

# A note of the composition: its track, and its index among the notes of that.
NoteIndex = tuple[int, int]

GAP: Final = 0.5
# A system that nobody has seen yet, for each of its staves.
_USUAL_STAFF: Final = 11.0
# Notes are looked for in stretches of this many steps.
_STRETCH: Final = 16


class EngravedScore:
    """``composition`` in systems of ``width`` staff spaces.

    ``firsts`` are the indices of the bars that the systems begin with.
    """

    def __init__(self, composition: Composition, width: float, firsts: Sequence[int]) -> None:
        self.composition = composition
        self.width = width
        self.outlines: Outlines = {}
        self.systems: dict[int, System] = {}
        self._bars = bars_of(composition)
        self._firsts = list(firsts)
        self._starts = [self._bars[first].start for first in self._firsts]
        self._anchors: dict[int, list[tuple[int, float]]] = {}
        self._owners: dict[int, dict[NoteIndex, list[int]]] = {}
        self._place()

    def __len__(self) -> int:
        return len(self._firsts)

    def add(self, drawn: Drawn) -> None:
        """Take in systems that have come."""
        self.outlines.update(drawn.outlines)
        self.systems.update(drawn.systems)
        self._place()

    def missing(self, near: int, most: int) -> list[int]:
        """At most ``most`` systems that are still to come: those after ``near`` first."""
        order = [*range(near, len(self)), *range(near - 1, -1, -1)]
        wanted = (index for index in order if index not in self.systems)
        return [index for index, _ in zip(wanted, range(most), strict=False)]

    # -- where systems are -----------------------------------------------------------------

    @property
    def height(self) -> float:
        """Of all systems with the gaps between them."""
        return self._tops[-1] if self._tops else 0.0

    def top(self, index: int) -> float:
        """Where the system ``index`` begins."""
        return self._tops[index]

    def height_of(self, index: int) -> float:
        """How high the system ``index`` is, or is taken to be."""
        system = self.systems.get(index)
        return self._usual if system is None else system.height / STAFF_SPACE

    def index_at(self, y: float) -> int:
        """The system at ``y``, or with the gap there below it."""
        return min(max(bisect_right(self._tops, y) - 1, 0), len(self) - 1)

    def within(self, top: float, bottom: float) -> range:
        """The systems that are seen between ``top`` and ``bottom``."""
        if not len(self):
            return range(0)
        return range(self.index_at(top), self.index_at(bottom) + 1)

    def index_of(self, step: float) -> int:
        """The system that ``step`` is in."""
        return max(bisect_right(self._starts, step * TICKS_PER_STEP) - 1, 0)

    # -- where times are -------------------------------------------------------------------

    def x_of(self, step: float) -> float | None:
        """How far from the left ``step`` is in its system; None where that is still to come."""
        anchors = self._anchors_of(self.index_of(step))
        if not anchors:
            return None
        tick = step * TICKS_PER_STEP
        after = bisect_right(anchors, tick, key=lambda anchor: anchor[0])
        if after == 0:
            return anchors[0][1]
        begin, left = anchors[after - 1]
        if after == len(anchors):
            return left
        end, right = anchors[after]
        return left + (right - left) * (tick - begin) / max(end - begin, 1)

    def step_at(self, index: int, x: float) -> float | None:
        """The step of the sign in the system ``index`` that is nearest to ``x``."""
        anchors = self._anchors_of(index)[:-1]
        if not anchors:
            return None
        return min(anchors, key=lambda anchor: abs(anchor[1] - x))[0] / TICKS_PER_STEP

    def start_of(self, index: int) -> float:
        """The step with which the system ``index`` begins."""
        return self._starts[index] / TICKS_PER_STEP

    def staves(self, index: int) -> tuple[float, float]:
        """Where the first staff of the system ``index`` begins and the last one ends."""
        system = self.systems.get(index)
        boxes = [_in_spaces(box) for box in system.bars.values()] if system else []
        if not boxes:
            return 0.0, self.height_of(index)
        return min(box[1] for box in boxes), max(box[3] for box in boxes)

    def bars_between(self, index: int, span: tuple[int, int]) -> list[Box]:
        """The boxes of the bars of a system that begin from step to step of ``span``."""
        system = self.systems.get(index)
        return [
            _in_spaces(box)
            for number, box in (system.bars.items() if system else ())
            if span[0] <= round(self._bars[number].start / TICKS_PER_STEP) < span[1]
        ]

    # -- where notes are -------------------------------------------------------------------

    def note_at(self, index: int, x: float, y: float, miss: float = 0.4) -> NoteIndex | None:
        """The note whose head is at (x, y) of the system ``index``, or nearer than ``miss``."""
        found, nearest = None, miss
        system = self.systems.get(index)
        if system is None:
            return None
        for owner, head in system.heads.items():
            mark, (left, top, right, bottom) = system.marks[owner], _in_spaces(head)
            away = max(left - x, x - right, top - y, y - bottom)
            if mark.kind == "note" and away < nearest:
                found, nearest = (mark.track, mark.number), away
        return found

    def note(self, place: NoteIndex) -> Note:
        """The note itself."""
        return self.composition.tracks[place[0]].notes[place[1]]

    def indices(self, notes: Iterable[NoteKey]) -> frozenset[NoteIndex]:
        """Those of ``notes`` that there are, by their indices."""
        return frozenset(
            (track, self._numbers[track][note])
            for track, note in notes
            if track < len(self._numbers) and note in self._numbers[track]
        )

    def owners(self, index: int, notes: Iterable[NoteIndex]) -> list[tuple[int, NoteIndex]]:
        """Whose shapes in the system ``index`` are those of ``notes``."""
        known = self._owners_of(index)
        return [(owner, note) for note in notes for owner in known.get(note, ())]

    def sounding(self, step: float) -> frozenset[NoteIndex]:
        """The notes that sound at ``step``, which is somewhere in the piece."""
        near = self._stretches.get(int(step) // _STRETCH, ())
        return frozenset(
            place for place in near if (n := self.note(place)).onset <= step < n.release
        )

    def next_onset(self, step: float, way: int) -> tuple[float, list[NoteIndex]] | None:
        """The next (``way`` 1) or last (-1) step at which notes begin, and those."""
        onsets = self._onsets
        after = bisect_right(onsets, step + 1e-6)
        if way > 0:
            found = onsets[after : after + 1]
        else:
            before = after - 1 if after and onsets[after - 1] >= step - 1e-6 else after
            found = onsets[max(before - 1, 0) : before]
        return (found[0], self._begin[found[0]]) if found else None

    # -- inside ----------------------------------------------------------------------------

    def _place(self) -> None:
        known = [system.height / STAFF_SPACE for system in self.systems.values()]
        staves = max(len(self.composition.tracks), 1)
        self._usual = sum(known) / len(known) if known else _USUAL_STAFF * staves
        heights = (self.height_of(index) + GAP for index in range(len(self)))
        self._tops = list(accumulate(heights, initial=0.0))

    def _anchors_of(self, index: int) -> list[tuple[int, float]]:
        """Ticks and where they are, both rising; the last is the end of the system."""
        if index not in self.systems:
            return []
        if index not in self._anchors:
            self._anchors[index] = self._anchors_in(self.systems[index])
        return self._anchors[index]

    def _anchors_in(self, system: System) -> list[tuple[int, float]]:
        places: dict[int, float] = {}
        for owner, (left, _top, right, _bottom) in system.heads.items():
            tick, middle = system.marks[owner].tick, (left + right) / 2
            places[tick] = min(places.get(tick, middle), middle)
        end = (0, 0.0)
        for number, box in system.bars.items():
            bar = self._bars[number]
            # A bar of nothing but rests has no sign that says where it begins.
            places.setdefault(bar.start, box[0] + STAFF_SPACE)
            end = max(end, (bar.end, box[2]))
        anchors: list[tuple[int, float]] = []
        for tick, x in [*sorted(places.items()), end]:
            before = anchors[-1][1] if anchors else 0.0
            anchors.append((tick, max(x / STAFF_SPACE, before)))
        return anchors

    def _owners_of(self, index: int) -> dict[NoteIndex, list[int]]:
        system = self.systems.get(index)
        if system is None:
            return {}
        if index not in self._owners:
            owners = self._owners[index] = {}
            for owner, mark in enumerate(system.marks):
                if mark.kind == "note":
                    owners.setdefault((mark.track, mark.number), []).append(owner)
        return self._owners[index]

    @cached_property
    def _numbers(self) -> list[dict[Note, int]]:
        """Where each note stands in its track."""
        return [
            {note: number for number, note in enumerate(track.notes)}
            for track in self.composition.tracks
        ]

    @cached_property
    def _begin(self) -> dict[float, list[NoteIndex]]:
        found: dict[float, list[NoteIndex]] = {}
        for track, each in enumerate(self.composition.tracks):
            for number, note in enumerate(each.notes):
                found.setdefault(note.onset, []).append((track, number))
        return found

    @cached_property
    def _onsets(self) -> list[float]:
        return sorted(self._begin)

    @cached_property
    def _stretches(self) -> dict[int, list[NoteIndex]]:
        found: dict[int, list[NoteIndex]] = {}
        for track, each in enumerate(self.composition.tracks):
            for number, note in enumerate(each.notes):
                for stretch in range(
                    int(note.onset) // _STRETCH, int(note.release) // _STRETCH + 1
                ):
                    found.setdefault(stretch, []).append((track, number))
        return found


def _in_spaces(box: Box) -> Box:
    left, top, right, bottom = box
    return (
        left / STAFF_SPACE,
        top / STAFF_SPACE,
        right / STAFF_SPACE,
        bottom / STAFF_SPACE,
    )
