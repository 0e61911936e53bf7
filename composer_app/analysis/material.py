"""What is measured: a whole piece, tracks of it, its melody, or notes that somebody selected.

A selection is measured within its piece: the key, the melody and what follows what are those of
the piece, so that the figures of the part can be laid beside those of the whole. The melody is the
first track (:mod:`composer_app.music.voices`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from composer_app.music.composition import Composition
from composer_app.music.melody import is_line, most_heard, seen_on_steps
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.voices import MELODY

# A note and the index of the track it stands in.
Source = tuple[int, Note]


@dataclass(frozen=True, eq=False)
class Material:
    """Notes of ``composition``: those in ``tracks`` and, if not None, in ``chosen`` as well.

    Made by :meth:`of`, :meth:`melody` and :meth:`selection`.
    """

    composition: Composition
    tracks: tuple[int, ...]
    chosen: frozenset[Source] | None = None

    @classmethod
    def of(cls, composition: Composition, tracks: Sequence[int] | None = None) -> "Material":
        """A piece or a take; ``tracks`` are indices, all but those of drums when omitted."""
        return cls(composition, composition.pitched_tracks if tracks is None else tuple(tracks))

    @classmethod
    def melody(cls, composition: Composition) -> "Material":
        """The track of the melody; nothing where there are no tracks."""
        return cls(composition, (MELODY,) if composition.tracks else ())

    @classmethod
    def selection(cls, composition: Composition, notes: Iterable[Source]) -> "Material":
        """The ``notes`` (track, note) of a piece; those that it does not have, and drums, are left
        out."""
        chosen = frozenset(notes)
        tracks = sorted({track for track, _ in chosen}.intersection(composition.pitched_tracks))
        return cls(composition, tuple(tracks), chosen)

    @cached_property
    def notes(self) -> tuple[Source, ...]:
        """Track after track, each in rising time."""
        return tuple(
            (track, note)
            for track in self.tracks
            for note in self.composition.tracks[track].notes
            if self.holds(track, note)
        )

    def holds(self, track: int, note: Note) -> bool:
        """Whether ``note``, which stands in ``track``, one of ours, is measured."""
        return self.chosen is None or (track, note) in self.chosen

    @property
    def span(self) -> tuple[int, int]:
        """First and last step (exclusive): of the piece, or around the selected notes."""
        if self.chosen is None:
            return 0, self.composition.steps
        starts = [note.start for _, note in self.notes]
        return min(starts, default=0), max((note.end for _, note in self.notes), default=0)

    @cached_property
    def key(self) -> Key:
        """That of the whole piece as it is heard, by which the profiles of styles were measured."""
        return self.composition.estimated_key()

    @cached_property
    def chords(self) -> dict[int, list[tuple[Note, ...]]]:
        """Of each track, what is struck together, in rising time, lowest note first.

        That is on one step, except in a line, where notes follow each other on a step that share
        it. Notes that are not measured are among them.
        """
        return {track: _chords(self.composition.tracks[track].notes) for track in self.tracks}

    @cached_property
    def melody_line(self) -> list[Note | None]:
        """The melody's note at each step of the piece, the highest one; None where it rests."""
        line: list[Note | None] = [None] * self.composition.steps
        if self.composition.tracks:
            notes = _on_the_grid(self.composition.tracks[MELODY].notes)
            for note, seen in sorted(notes, key=lambda each: (each[1].pitch, each[1].start)):
                line[seen.start : seen.end] = [note] * seen.duration
        return line

    @cached_property
    def sounding(self) -> dict[int, list[list[Note]]]:
        """Of each track, what sounds at each step of :attr:`span`."""
        start, end = self.span
        table: dict[int, list[list[Note]]] = {
            track: [[] for _ in range(end - start)] for track in self.tracks
        }
        for track, rows in table.items():
            for note, seen in _on_the_grid(self.composition.tracks[track].notes):
                if self.holds(track, note):
                    for step in range(seen.start - start, seen.end - start):
                        rows[step].append(note)
        return table


def _on_the_grid(notes: Sequence[Note]) -> list[tuple[Note, Note]]:
    """The notes of a track that are seen on the grid, and how: of a line, one for each step."""
    if not is_line(notes):
        return [(note, note) for note in notes]
    return [(most_heard(group), seen) for group, seen in seen_on_steps(notes)]


def _chords(notes: Sequence[Note]) -> list[tuple[Note, ...]]:
    if is_line(notes):
        return [(note,) for note in notes]
    groups = (list(group) for _, group in groupby(notes, key=attrgetter("start")))
    return [tuple(sorted(group, key=attrgetter("pitch"))) for group in groups]
