"""The notes of a composition as the piano roll looks them up: by place, quickly. No Qt.

Ten thousand notes are searched for every tile, so each track is kept as arrays.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from composer_app.late_numpy import np
from composer_app.music.composition import Composition
from composer_app.music.editing.note_edits import NoteKey
from composer_app.music.instrumentation.instruments import DRUM_NAMES, SHORT_DRUM_NAMES
from composer_app.music.note import Note
from composer_app.music.pitch import pitch_name
from composer_app.music.texts import Text
from composer_app.music.timing import TICKS_PER_BEAT, TICKS_PER_STEP, TempoMap

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LENGTH_NAMES: Final = {
    1: "a sixteenth",
    2: "an eighth",
    3: "a dotted eighth",
    4: "a quarter",
    6: "a dotted quarter",
    8: "a half",
    12: "a dotted half",
    16: "a whole",
}
_NAMES_BY_TICKS: Final = {
    TICKS_PER_BEAT // 16: "a sixty-fourth",
    TICKS_PER_BEAT // 8: "a thirty-second",
    TICKS_PER_BEAT // 6: "a triplet sixteenth",
    TICKS_PER_BEAT // 3: "a triplet eighth",
    2 * TICKS_PER_BEAT // 3: "a triplet quarter",
    4 * TICKS_PER_BEAT // 3: "two triplet quarters",
}


@dataclass(frozen=True, slots=True)
class TrackNotes:
    """One track: ``array`` of shape (notes, 5) has a row for each note.

    Its columns are onset and release (steps, as the note sounds), pitch, velocity, and 1 where the
    note is locked, else 0. ``spans`` (notes, 2) are start and end on the grid.
    """

    name: str
    notes: tuple[Note, ...]
    array: NDArray[np.float64]
    spans: NDArray[np.int32]
    drums: bool = False

    @classmethod
    def of(cls, name: str, notes: Sequence[Note], *, drums: bool = False) -> TrackNotes:
        """The notes of a track, in the order given."""
        # There may be ten thousand, and the window waits for them.
        rows = [
            (n.start, n.duration, n.pitch, n.velocity, n.onset_shift, n.end_shift) for n in notes
        ]
        columns = np.array(rows, dtype=np.int32).reshape(-1, 6)
        columns[:, 1] += columns[:, 0]
        array = np.zeros((len(rows), 5))
        array[:, :4] = columns[:, :4]
        array[:, :2] += columns[:, 4:] / TICKS_PER_STEP
        return cls(name, tuple(notes), array, columns[:, :2], drums)

    def name_of(self, pitch: int) -> str:
        """What a note of ``pitch`` is called where there is little room."""
        drum = SHORT_DRUM_NAMES.get(pitch, str(pitch))
        return drum if self.drums else pitch_name(pitch)

    @property
    def initial(self) -> str:
        """The letter that stands on the track's notes."""
        return self.name.strip()[:1].upper()

    def within(self, first: float, last: float, lowest: int, highest: int) -> NDArray[np.float64]:
        """Rows of :attr:`array` that sound between two steps and two pitches (inclusive)."""
        start, end, pitch = self.array[:, 0], self.array[:, 1], self.array[:, 2]
        return self.array[(start < last) & (end > first) & (pitch >= lowest) & (pitch <= highest)]

    def touched(self, first: float, last: float, lowest: int, highest: int) -> list[Note]:
        """The notes that a box from step to step and from pitch to pitch touches."""
        start, end, pitch = self.array[:, 0], self.array[:, 1], self.array[:, 2]
        hits = (start <= last) & (end > first) & (pitch >= lowest) & (pitch <= highest)
        return [self.notes[index] for index in np.flatnonzero(hits).tolist()]

    def with_locks(self, flags: NDArray[np.bool_]) -> TrackNotes:
        """The same notes, locked where ``flags`` (notes,) say so."""
        array = self.array.copy()
        array[:, 4] = flags
        return replace(self, array=array)

    def at(self, step: float, pitch: int) -> Note | None:
        """The note that sounds at ``step`` on ``pitch``; the one struck last if there are two."""
        rows = self.array
        hits = np.flatnonzero((rows[:, 0] <= step) & (rows[:, 1] > step) & (rows[:, 2] == pitch))
        return self.notes[int(hits[-1])] if len(hits) else None


def tracks_of(
    composition: Composition, confidence: NDArray[np.float32] | None = None
) -> tuple[TrackNotes, ...]:
    """All tracks of ``composition``; with ``confidence`` (T, 4), see :func:`shaded`."""
    tracks = [
        TrackNotes.of(track.name, track.notes, drums=track.drums) for track in composition.tracks
    ]
    if confidence is not None:
        voices = confidence.shape[1]
        tracks[:voices] = [
            shaded(track, confidence[:, voice]) for voice, track in enumerate(tracks[:voices])
        ]
    return tuple(tracks)


def shaded(track: TrackNotes, confidence: NDArray[np.float32]) -> TrackNotes:
    """``track`` painted as if a note's velocity were its mean ``confidence`` (T,), 0 to 1."""
    array = track.array.copy()
    for row, note in enumerate(track.notes):
        cells = confidence[note.start : note.end]
        share = float(cells.mean()) if len(cells) else 1.0
        array[row, 3] = 1 + round(126 * share)
    return replace(track, array=array)


def note_at(
    tracks: Sequence[TrackNotes | None], step: float, pitch: int, reach: float = 0.0
) -> NoteKey | None:
    """The note seen at ``step`` on ``pitch``; of several the topmost, which is the melody's.

    Where there is none, one that is no further away than ``reach`` steps. None stands for a
    hidden track.
    """
    seen = [(index, track) for index, track in enumerate(tracks) if track is not None]
    for index, track in seen:
        note = track.at(step, pitch)
        if note is not None:
            return index, note
    for index, track in seen:
        close = track.touched(step - reach, step + reach, pitch, pitch) if reach else []
        if close:
            return index, close[-1]
    return None


def notes_touched(
    tracks: Sequence[TrackNotes | None], first: float, last: float, lowest: int, highest: int
) -> frozenset[NoteKey]:
    """All notes of ``tracks`` that a box touches; None stands for a hidden track."""
    return frozenset(
        (index, note)
        for index, track in enumerate(tracks)
        if track is not None
        for note in track.touched(first, last, lowest, highest)
    )


def labels(composition: Composition) -> tuple[str, ...]:
    """What stands on the notes of each track depends on its name."""
    return tuple(track.name for track in composition.tracks)


def changed_notes(before: Composition, after: Composition) -> set[NoteKey]:
    """The notes that only one of two compositions has, or has in another track."""
    changed: set[NoteKey] = set()
    for index in range(max(len(before.tracks), len(after.tracks))):
        old, new = (
            piece.tracks[index].notes if index < len(piece.tracks) else ()
            for piece in (before, after)
        )
        if old is not new:
            changed |= {(index, note) for note in set(old) ^ set(new)}
    return changed


def named_drums(shown: Sequence[TrackNotes | None], chosen: Collection[int]) -> frozenset[int]:
    """The drums that are struck in the tracks that are ``shown``.

    Where notes of other tracks alone are ``chosen``, rows are pitches, and none is named.
    """
    tracks = [track for track in shown if track is not None and track.drums]
    drums = {index for index, track in enumerate(shown) if track is not None and track.drums}
    if chosen and drums.isdisjoint(chosen):
        return frozenset()
    return frozenset(note.pitch for track in tracks for note in track.notes)


def pitch_range(tracks: Sequence[TrackNotes]) -> tuple[int, int] | None:
    """Lowest and highest pitch of all notes, or None where there are none."""
    if not tracks:
        return None
    pitches = np.concatenate([track.array[:, 2] for track in tracks])
    return (int(pitches.min()), int(pitches.max())) if len(pitches) else None


def describe_notes_at(
    shown: Sequence[TrackNotes | None], composition: Composition, step: float, pitch: int
) -> str:
    """A tooltip: a line and more for each note of ``shown`` that sounds ``pitch`` at ``step``."""
    tracks = composition.tracks
    return "\n".join(
        describe_note(
            track.name,
            note,
            composition,
            tracks[index].texts if index < len(tracks) else (),
            drums=track.drums,
        )
        for index, track in enumerate(shown)
        if track is not None and (note := track.at(step, pitch)) is not None
    )


def describe_note(
    track: str,
    note: Note,
    composition: Composition,
    texts: Sequence[Text] = (),
    *,
    drums: bool = False,
) -> str:
    """A tooltip: what the note is, how long, how loud and where, and what of ``texts`` it has."""
    name = pitch_name(note.pitch, flats=composition.key().uses_flats)
    name = DRUM_NAMES.get(note.pitch, f"drum {note.pitch}") if drums else name
    length = _NAMES_BY_TICKS.get(note.release_ticks - note.onset_ticks)
    length = length or _LENGTH_NAMES.get(note.duration, f"{note.duration} sixteenths")
    bar, beat, _ = composition.meters.position(note.start)
    place = f"bar {bar}, beat {beat}{_beside(note, composition.tempo)}"
    words = " ".join(f"“{word}”" for word in sung_to(note, texts))
    sung = f"\n{words}" if words else ""
    return f"{track}: {name}, {length}\nVelocity {note.velocity}, {place}{sung}"


def sung_to(note: Note, texts: Sequence[Text]) -> list[str]:
    """The syllables of ``texts`` that begin with ``note``, or within half a sixteenth of it."""
    nearest = TICKS_PER_STEP // 2
    return [
        text.shown
        for text in texts
        if text.kind == "lyrics" and abs(text.tick - note.onset_ticks) <= nearest and text.shown
    ]


def _beside(note: Note, tempo: TempoMap) -> str:
    """By how much a note sounds earlier or later than its sixteenth, in milliseconds."""
    late = round(1000 * (tempo.seconds_at(note.onset) - tempo.seconds_at(note.start)))
    return f" ({abs(late)} ms {'late' if late > 0 else 'early'})" if late else ""


def describe_composition(composition: Composition) -> str:
    """What a screen reader says of the whole roll."""
    if not composition.note_count:
        return "Empty"
    sounding = (track for track in composition.tracks if track.notes)
    counts = ", ".join(f"{track.name} {len(track.notes)}" for track in sounding)
    length = composition.bars
    bars = "1 bar" if length == 1 else f"{length} bars"
    return f"{bars} in {composition.meters}; notes: {counts}"
