"""A melody: one note at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from operator import attrgetter

from composer_app.errors import MelodyError
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import PITCH_COUNT, Key, estimate_key
from composer_app.music.timing import Meter, TempoMap
from composer_app.plain_text import one_line_name
from composer_app.translation import _


@dataclass(frozen=True, slots=True)
class Melody:
    """Monophonic notes in rising order, with the tempo and metre they were played in.

    One at a time is how they sound: two short notes may stand on one step of the grid. What a
    network sees of them is :func:`on_steps`. The title is one line of visible letters, as those of
    compositions are.
    """

    notes: tuple[Note, ...] = ()
    tempo: TempoMap = field(default_factory=TempoMap)
    meters: MeterMap = field(default_factory=MeterMap)
    title: str = ""

    def __post_init__(self) -> None:
        for before, after in pairwise(self.notes):
            if after.onset_ticks < before.release_ticks:
                raise ValueError(f"{after} begins before {before} ends: not a melody")
        object.__setattr__(self, "title", one_line_name(self.title))

    @property
    def steps(self) -> int:
        """Length in steps, up to the end of the last note."""
        return self.notes[-1].end if self.notes else 0

    @property
    def meter(self) -> Meter:
        """The metre at the start."""
        return self.meters.initial

    @property
    def bars(self) -> int:
        """Length in bars, an upbeat included, the last one counted whole."""
        return self.meters.bars(self.steps)

    def key(self) -> Key:
        """Estimated key, notes weighted by their length."""
        return estimate_key(
            (note.pitch for note in self.notes), (note.duration for note in self.notes)
        )

    def transposed(self, semitones: int) -> "Melody":
        """The same melody ``semitones`` higher; :class:`MelodyError` if a note leaves 0-127."""
        for note in self.notes:
            if not 0 <= note.pitch + semitones < PITCH_COUNT:
                raise MelodyError(
                    _(
                        "Shifted by {semitones} semitones, pitch {pitch} would leave the MIDI"
                        " range 0-127",
                        semitones=semitones,
                        pitch=note.pitch,
                    ),
                    _("choose a smaller shift"),
                )
        moved = (replace(note, pitch=note.pitch + semitones) for note in self.notes)
        return replace(self, notes=tuple(moved))


def is_line(notes: Iterable[Note]) -> bool:
    """Whether ``notes``, in rising order, sound one at a time."""
    return all(
        # Those that only touch on the grid may overlap a little in sound.
        before.end <= after.start or before.release_ticks <= after.onset_ticks
        for before, after in pairwise(notes)
    )


def on_steps(notes: Sequence[Note]) -> tuple[Note, ...]:
    """``notes``, a line, as networks see it: on the grid, one note a step.

    Of notes that begin on one step the longest is seen, of equals the one nearest to the step,
    the first one of these. A note ends where the next one that is seen begins.
    """
    return tuple(seen for _, seen in seen_on_steps(notes))


def seen_on_steps(notes: Sequence[Note]) -> list[tuple[tuple[Note, ...], Note]]:
    """For each note of :func:`on_steps` what begins on its step, and the note."""
    groups = [tuple(group) for _, group in groupby(notes, key=attrgetter("start"))]
    seen = [most_heard(group).on_grid for group in groups]
    for index, (note, after) in enumerate(pairwise(seen)):
        if note.end > after.start:
            seen[index] = replace(note, duration=after.start - note.start)
    return list(zip(groups, seen, strict=True))


def most_heard(group: Iterable[Note]) -> Note:
    """Of notes that begin on one step the one that is seen there."""
    return max(
        group, key=lambda note: (note.release_ticks - note.onset_ticks, -abs(note.onset_shift))
    )


def retimed(notes: Sequence[Note], source: Sequence[Note]) -> tuple[Note, ...]:
    """``notes``, on the grid and in order, each as in ``source`` where it has the same note.

    So what has been through a piano roll gets back its micro-timing, and a line the notes that
    share a step with one that the roll shows. Notes that follow each other on the grid do so in
    sound.
    """
    if not any(note.onset_shift or note.end_shift for note in source):
        return tuple(notes)
    line = is_line(source)
    as_played = (
        {seen: group for group, seen in seen_on_steps(source)}
        if line
        else {note.on_grid: (note,) for note in source}
    )
    result: list[Note] = []
    for note in notes:
        found = as_played.get(note, (note,))
        if result and (line or result[-1].end <= note.start):
            result[-1] = result[-1].cut_at(found[0].onset_ticks)
        result.extend(found)
    return tuple(result)
