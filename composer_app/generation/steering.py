"""What a person says of the voices in musical words: how busy, how high, in which rhythm.

Values of alto, tenor and bass stand in this order. None, and 0 on a scale from -1 to 1, leave it
to the model.
"""

from itertools import pairwise
from typing import Final, TypeVar

from composer_app.music.note import Note
from composer_app.music.pitch import PITCH_COUNT

T = TypeVar("T")
PerVoice = tuple[T, T, T]
# First step, and the step after, of each note of a voice.
Spans = tuple[tuple[int, int], ...]

# In notes a beat: from one in two bars of 4/4 to every sixteenth.
MIN_DENSITY, MAX_DENSITY = 0.125, 4.0
# In chords a bar.
MIN_CHORD_RATE, MAX_CHORD_RATE = 0.25, 4.0
# How deeply takes are phrased unless somebody says otherwise.
USUAL_PHRASING: Final = 0.5
NOTHING: Final[PerVoice[None]] = (None, None, None)
EVEN: Final[PerVoice[float]] = (0.0, 0.0, 0.0)


def check_densities(densities: PerVoice[float | None]) -> None:
    """Raise :class:`ValueError` for what is no number of notes a beat for each voice."""
    for each in _three(densities):
        if each is not None and not MIN_DENSITY <= each <= MAX_DENSITY:
            raise ValueError(f"{each} notes a beat are outside {MIN_DENSITY}-{MAX_DENSITY}")


def check_rhythms(rhythms: PerVoice[float]) -> None:
    """Raise :class:`ValueError` for what is no scale from -1 to 1 for each voice."""
    for each in _three(rhythms):
        check_scale("rhythm", each)


def check_busy(busy: PerVoice[float]) -> None:
    """Raise :class:`ValueError` for what is no scale from -1 to 1 for each part of a band."""
    for each in _three(busy):
        check_scale("busy", each)


def check_scale(name: str, value: float) -> None:
    """Raise :class:`ValueError` where ``value`` is outside -1 to 1."""
    if not -1 <= value <= 1:
        raise ValueError(f"{name} {value} is outside -1 to 1")


def check_ranges(ranges: PerVoice[tuple[int, int] | None]) -> None:
    """Raise :class:`ValueError` for what is no lowest and highest MIDI pitch for each voice."""
    for each in _three(ranges):
        if each is not None and not 0 <= each[0] <= each[1] < PITCH_COUNT:
            raise ValueError(f"{each} are not the lowest and the highest pitch of a voice")


def check_kept(kept: PerVoice[Spans | None]) -> None:
    """Raise :class:`ValueError` for what are no notes one after the other."""
    for spans in _three(kept):
        ends = [0, *(step for span in spans or () for step in span)]
        if any(span[0] >= span[1] for span in spans or ()) or any(
            after < before for before, after in pairwise(ends)
        ):
            raise ValueError("a rhythm is of notes one after the other")


def rhythm_of(notes: tuple[Note, ...]) -> Spans:
    """When the notes of a voice sound, on the grid: each until the next begins, at the latest."""
    starts = sorted({note.start for note in notes})
    ends = dict.fromkeys(starts, 0)
    for note in notes:
        ends[note.start] = max(ends[note.start], note.end)
    following = [*starts[1:], max(ends.values(), default=0)]
    return tuple(
        (start, min(ends[start], after)) for start, after in zip(starts, following, strict=True)
    )


def _three(values: tuple[T, ...]) -> tuple[T, ...]:
    if len(values) != len(NOTHING):
        raise ValueError(f"{len(values)} values are not those of alto, tenor and bass")
    return values
