"""The chords under what is written of a melody: those that stand, and those that are drawn."""

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.melodies.chord_plan import (
    Slot,
    State,
    chord_of,
    dominant_states,
    draw_chords,
    group_of,
    tonic_state,
)
from composer_app.generation.melodies.form import FormBar, Unit, is_halved
from composer_app.generation.melodies.melody_task import MelodyTask
from composer_app.music.harmony.chords import Chord, ChordSymbol
from composer_app.music.pitch import OCTAVE
from composer_app.music.timing import TICKS_PER_STEP


class PlannedChords:
    """``at`` (T,): the chord of each step, None where a melody stands over unknown harmony."""

    def __init__(
        self,
        task: MelodyTask,
        units: list[Unit],
        form: list[FormBar],
        chances: NDArray[np.float64],
    ) -> None:
        """``chances`` (T,) in (0, 1) decide."""
        self._task, self._form = task, form
        self.at: list[Chord | None] = list(task.chords) or [None] * task.steps
        self._drawn: list[tuple[int, Chord]] = []
        slots = self._slots(units)
        uniform = np.array([chances[start] for _unit, start, _end, _slot in slots])
        group, minor = group_of(task.style), task.key.minor
        states = draw_chords([each[-1] for each in slots], group, uniform, minor=minor)
        ties = {bar.unit.number: bar.tie for bar in form}
        starts = {unit.number: unit.first for unit in units}
        for (unit, start, end, _slot), state in zip(slots, states, strict=True):
            if self.at[start] is not None:
                continue
            chord: Chord | None = chord_of(state, task.key)
            tie = ties.get(unit.number)
            if tie is not None and tie.pitches and not tie.steps:
                # What comes again does so with its chords.
                chord = self.at[starts[tie.source] + start - unit.first] or chord
            assert chord is not None
            for step in range(start, end):
                self.at[step] = self.at[step] or chord
            self._drawn.append((start, chord))

    def _slots(self, units: list[Unit]) -> list[tuple[Unit, int, int, Slot]]:
        """The places for chords: of which bar, from which step to which."""
        task = self._task
        bars = {bar.unit.number: bar for bar in self._form}
        found = []
        for unit in units:
            free = bool(task.free[unit.first : unit.end].any())
            length = unit.length // 2 if is_halved(unit, task.meters) else unit.length
            for start in range(unit.first, unit.end, max(length, 1)):
                end = min(start + length, unit.end)
                # A chord that stands is where the walk begins, or leads.
                stands, bar = self.at[start], bars.get(unit.number)
                wanted: tuple[State, ...] = ()
                if stands is not None:
                    root = (stands.root - task.key.tonic) % OCTAVE
                    wanted = ((root, stands.quality.name),)
                elif not free:
                    continue
                elif bar is not None:
                    wanted = self._cadence(bar, at_end=end == unit.end, begins=start == unit.first)
                found.append((unit, start, end, Slot(start == unit.first, wanted)))
        return found

    def _cadence(self, bar: FormBar, *, at_end: bool, begins: bool) -> tuple[State, ...]:
        """What may stand in a part of ``bar``: dominant and tonic where its phrase closes."""
        minor = self._task.key.minor
        length = sum(1 for each in self._form if each.phrase == bar.phrase)
        if bar.unit.number == 0 and begins:
            return (tonic_state(minor=minor),)
        if bar.last and bar.closed:
            return (tonic_state(minor=minor),)
        if bar.last and at_end and (self._task.ends or bar.phrase < self._form[-1].phrase):
            return dominant_states()
        ending = next(each for each in self._form if each.phrase == bar.phrase and each.last)
        if ending.closed and bar.place == length - 2 and at_end:
            return dominant_states()
        return ()

    def symbols(self) -> tuple[ChordSymbol, ...]:
        """The chords that were drawn, where they change."""
        found: list[ChordSymbol] = []
        for start, chord in self._drawn:
            before = self.at[start - 1] if start else None
            if chord != before or not found:
                found.append(ChordSymbol(start * TICKS_PER_STEP, chord, given=False))
        return tuple(found)
