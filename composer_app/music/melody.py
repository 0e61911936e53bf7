"""A melody: one note at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

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

    The title is one line of visible letters, as those of compositions are.
    """

    notes: tuple[Note, ...] = ()
    tempo: TempoMap = field(default_factory=TempoMap)
    meters: MeterMap = field(default_factory=MeterMap)
    title: str = ""

    def __post_init__(self) -> None:
        for before, after in pairwise(self.notes):
            # Those on the grid may touch where the sound overlaps, and the other way round.
            if after.start < before.end or after.onset_ticks < before.release_ticks:
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


def retimed(notes: Sequence[Note], source: Sequence[Note]) -> tuple[Note, ...]:
    """``notes``, on the grid and in order, each as in ``source`` where it has the same note.

    So what has been through a piano roll gets back its micro-timing. Notes that follow each other
    on the grid do so in sound.
    """
    as_played = {note.on_grid: note for note in source if note.onset_shift or note.end_shift}
    if not as_played:
        return tuple(notes)
    result: list[Note] = []
    for note in notes:
        found = as_played.get(note, note)
        if result and result[-1].end <= found.start:
            result[-1] = result[-1].cut_at(found.onset_ticks)
        result.append(found)
    return tuple(result)


def top_line(notes: Iterable[Note]) -> tuple[Note, ...]:
    """The highest sounding line of possibly overlapping ``notes``, as monophonic notes.

    At every step the highest sounding note is heard, the later one if two are equally high.
    A note that is covered by a higher one ends there; if it sounds on when the higher one has
    ended, the rest of it is dropped, since nobody struck it again.
    """
    ordered = sorted(notes, key=lambda note: (note.start, note.pitch))
    line: list[Note] = []
    for note in ordered:
        if line and note.start < line[-1].end and note.pitch < line[-1].pitch:
            continue
        if line and note.start == line[-1].start:
            line.pop()
        # Those that only touch on the grid may overlap in sound.
        if line and line[-1].end >= note.start:
            line[-1] = line[-1].cut_at(note.onset_ticks)
        line.append(note)
    return tuple(line)
