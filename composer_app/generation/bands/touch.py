"""How strongly and when a band plays what it plays: swing, small timing, and velocities."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from composer_app.generation.bands.chance import Chance, Row
from composer_app.generation.bands.chords_part import Sound
from composer_app.generation.bands.form import Form
from composer_app.generation.bands.patterns import TRIPLE
from composer_app.generation.steering import USUAL_PHRASING
from composer_app.music.note import Note
from composer_app.music.timing import STEPS_PER_BEAT, TICKS_PER_BEAT, TICKS_PER_STEP

# Of the velocity that the melody's asks for, by letter; the letters of a bass are all alike.
_STRENGTHS: Final = {"X": 1.12, "x": 1.0, "o": 0.76, "g": 0.5, "r": 0.8}
_SINGLE: Final = 0.9
_VARIED: Final = 5.0
# Ticks (960 a beat) by which strokes stand beside their place at most.
_REACH: Final = {"chords": 12.0, "bass": 8.0, "drums": 8.0}
# A note is let go a little before its end, so that the next one is struck.
_GAP: Final = 30
_DOWNBEAT: Final = 1.05


class Clock:
    """Where steps sound in ticks, with the second eighth of a beat as late as ``swing`` says.

    Beats of compound metres and bars that begin beside the grid are straight. The second of three
    beats comes ``early`` by so much of a beat.
    """

    def __init__(self, form: Form, swing: float, early: float = 0.0) -> None:
        self.swing = swing
        self._ticks: list[int] = []
        second = round(swing * TICKS_PER_BEAT)
        ahead = round(early * TICKS_PER_BEAT)
        places = (0, second // 2, second, (second + TICKS_PER_BEAT) // 2)
        for bar in form.bars:
            swings = bar.meter.steps_per_beat == STEPS_PER_BEAT and not bar.start % TICKS_PER_STEP
            origin = bar.end_step if bar.number == 0 else bar.first_step
            for step in range(bar.first_step, bar.end_step):
                beat, place = divmod(step - origin, STEPS_PER_BEAT)
                whole = origin + beat * STEPS_PER_BEAT + STEPS_PER_BEAT <= bar.end_step
                moved = swings and whole
                at = (origin + beat * STEPS_PER_BEAT) * TICKS_PER_STEP
                ticks = max(0, at + places[place]) if moved else step * TICKS_PER_STEP
                in_three = bar.meter == TRIPLE and bar.number > 0 and (beat, place) == (1, 0)
                self._ticks.append(ticks - ahead if in_three and swings else ticks)
        self._end = form.bars[-1].end_step

    def ticks(self, step: int) -> int:
        """When ``step`` sounds."""
        return self._ticks[step] if step < len(self._ticks) else step * TICKS_PER_STEP

    def between(self, place: float) -> float:
        """When something sounds that stands at ``place``, in steps that swing."""
        step = max(0, math.floor(place))
        ticks = self.ticks(step)
        return ticks + (place - step) * (self.ticks(step + 1) - ticks)

    def place(self, ticks: int) -> float:
        """The other way: where in steps something stands that sounds at ``ticks``."""
        step = max(0, bisect_right(self._ticks, ticks) - 1)
        if step + 1 >= len(self._ticks):
            return ticks / TICKS_PER_STEP
        return step + (ticks - self._ticks[step]) / (self._ticks[step + 1] - self._ticks[step])


def as_notes(
    sounds: Sequence[Sound],
    part: str,
    form: Form,
    clock: Clock,
    chance: Chance,
    velocity: int,
    depth: float,
) -> tuple[Note, ...]:
    """``sounds`` of a part as notes, around ``velocity``.

    How far chance moves them grows with ``depth``, 0 to 1, of the phrasing, which has the accents
    of the metre as well. Drums are not phrased, and have their own.
    """
    downbeats = {bar.first_step for bar in form.bars}
    notes: list[Note] = []
    drums = part == "drums"
    human = 1.0 if drums else depth / USUAL_PHRASING
    reach = _REACH[part] * human
    for sound in sounds:
        start = sound.start
        strength = _STRENGTHS.get(sound.sign, 1.0 if part == "bass" else _SINGLE)
        if drums and start in downbeats:
            strength *= _DOWNBEAT
        varied = chance.around(Row.TOUCH, start, _VARIED * human, sound.pitch % 12)
        late = 0.0 if start in downbeats else chance.around(Row.TOUCH, start, reach, 13 + len(part))
        onset = max(0, round(clock.ticks(start) + late) + sound.late)
        end = clock.ticks(start + sound.length)
        release = end - _GAP if sound.length > 1 else max(onset + TICKS_PER_STEP - _GAP, end - _GAP)
        loud = max(1, min(127, round(velocity * strength + varied)))
        notes.append(Note.at_ticks(onset, max(release, onset + _GAP), sound.pitch, loud))
    return tuple(sorted(notes))
