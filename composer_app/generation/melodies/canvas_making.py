"""The canvas of a melody: its form, its chords, and what the network is told of them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.melodies.chord_plan import SONGS_GROUP, group_of
from composer_app.generation.melodies.form import FormBar, Unit, is_halved, plan_form, units_of
from composer_app.generation.melodies.melody_task import MelodyTask, tonic_below
from composer_app.generation.melodies.network import (
    ENDING_FAR,
    ENDING_UNKNOWN,
    HELD,
    PHRASE_BARS,
    SILENT,
    STRUCK,
    UPBEAT_PLACE,
    Feeds,
    MelodyNetwork,
)
from composer_app.generation.melodies.planned_chords import PlannedChords
from composer_app.generation.melodies.writing import LINES, SONG_LINE, TURNS, MelodyCanvas
from composer_app.generation.placement import (
    bar_positions,
    beat_lengths,
    beat_places,
    before_first_bar,
)
from composer_app.generation.refining.sampling import NoiseSource
from composer_app.music.meter_map import MeterMap
from composer_app.music.pitch import OCTAVE

# What beats a network knows, in steps.
_BEATS: Final = (4, 6, 8)
# By how many nats tones of the chord are preferred on beats, and avoided tones beyond the key.
_CHORD_TONE: Final = 0.2
_FOREIGN: Final = 0.4
# Nats against a note that begins late in a bar that ends a phrase, and in the last one.
_CALM: Final = 1.0
# Bars from which on several are written at once, twice as many as before.
_LONG_BARS: Final = 64
# Of the classes of density, unknown aside, how often a new melody has each.
_DENSITIES: Final = (0.03, 0.3, 0.35, 0.25, 0.07)
_FORM_DRAW, _CHORD_DRAW = 50_021, 50_023
# The last note is held from the downbeat; so often it begins in the middle of the bar.
_LATE_CLOSE: Final = 0.25
_TONES_OF_HALF_CLOSE: Final = (2, 7, 11)


class MelodyPlan:
    """Form and chords of a task, and the canvas that they make."""

    def __init__(self, network: MelodyNetwork, task: MelodyTask, source: NoiseSource) -> None:
        self._network, self._task = network, task
        self.units = units_of(task.steps, task.meters)
        self._uniform = source.uniform(128, _FORM_DRAW)
        self._chances = source.uniform(4, _CHORD_DRAW)
        free = [u for u in self.units if u.number >= 0 and task.free[u.first : u.end].all()]
        sounding = np.zeros(task.steps, np.bool_)
        for note in task.notes:
            sounding[note.start : note.end] = True
        first = free[0].number if free else 0
        before = [
            u
            for u in self.units
            if 0 <= u.number < first
            and not task.free[u.first : u.end].any()
            and sounding[u.first : u.end].mean() > 0.5
        ]
        at = free[0].first if free else 0
        # Chance of a piece's form lies where what is written begins.
        chance = np.concatenate([self._uniform[at], *self._uniform[at + 1 : at + 16]])
        needed = 8 * (len(free) + 2)
        chance = np.resize(chance, max(needed, len(chance)))
        closed, songs = task.ends and task.closed, group_of(task.style) == SONGS_GROUP
        self.form = plan_form(free, before, chance, closed=closed, songs=songs)
        self._first_free, self._after = first, len(before)
        self.density = _density(network, task, float(chance[7]))
        self.late = float(chance[6]) < _LATE_CLOSE
        self.chords = PlannedChords(task, self.units, self.form, self._chances[:, 0])
        self.form = [self._with_same_chords(bar) for bar in self.form]
        self.tonic = self._tonic()

    def _with_same_chords(self, bar: FormBar) -> FormBar:
        """``bar``, alike in rhythm alone where it stands over other chords than what it is like."""
        tie = bar.tie
        if tie is None or not tie.pitches:
            return bar
        first = next(u.first for u in self.units if u.number == tie.source)
        mine = self.chords.at[bar.unit.first : bar.unit.end]
        theirs = self.chords.at[first : first + bar.unit.length]
        same = mine == theirs or all(each is None for each in theirs)
        if same or tie.steps:
            return bar
        return FormBar(bar.unit, bar.phrase, bar.place, bar.last, bar.closed, type(tie)(tie.source))

    # the canvas -------------------------------------------------------------------------------

    def _tonic(self) -> int:
        """The tonic that the melody lies above, in MIDI."""
        task = self._task
        if task.notes:
            pitches = np.repeat([n.pitch for n in task.notes], [n.duration for n in task.notes])
            return tonic_below(pitches, task.key)
        low, high = task.range
        # Most of a melody lies between its tonic and the octave above.
        ideal = (low + high) / 2 - OCTAVE / 2
        return min(
            range(task.key.tonic, 128, OCTAVE), key=lambda pitch: (abs(pitch - ideal), pitch)
        )

    def canvas(self) -> MelodyCanvas:
        """What the melody is written on."""
        task, network = self._task, self._network
        padded = -(-task.steps // network.steps_multiple) * network.steps_multiple
        state = np.full(padded, SILENT, np.int64)
        degree = np.zeros(padded, np.int64)
        low = self.tonic + network.lowest_degree
        for note in task.notes:
            state[note.start : note.end] = HELD
            state[note.start] = STRUCK
            degree[note.start : note.end] = _folded(note.pitch - low, network.degrees)
        free = np.zeros(padded, np.bool_)
        free[: task.steps] = task.free
        fixed = np.zeros(padded, np.bool_)
        allowed = self._allowed(padded, low)
        last = self._last_note(free)
        if last is not None:
            state[last : task.steps] = HELD
            state[last] = STRUCK
            fixed[last : task.steps] = True
            self._close(allowed[last], low)
        rhythm, pitch, shift = self._sources(padded)
        turn, place, fine = self._order(padded)
        return MelodyCanvas(
            task.steps,
            self._feeds(padded),
            state,
            degree,
            free,
            fixed,
            rhythm,
            pitch,
            shift,
            turn,
            place,
            fine,
            self._calm(padded),
            allowed,
            self._leaning(padded, low),
            LINES.get(task.style, SONG_LINE),
            task.key.minor,
            network.lowest_degree,
        )

    def _allowed(self, padded: int, low: int) -> NDArray[np.bool_]:
        lowest, highest = self._task.range
        pitches = low + np.arange(self._network.degrees)
        inside = (pitches >= lowest) & (pitches <= highest)
        return np.tile(inside, (padded, 1))

    def _close(self, allowed: NDArray[np.bool_], low: int) -> None:
        """Leave the last note the tonic, or what a half close ends on."""
        above = (low + np.arange(self._network.degrees) - self._task.key.tonic) % OCTAVE
        wanted = above == 0 if self._task.closed else np.isin(above, _TONES_OF_HALF_CLOSE)
        asked = self._task.chords[-1] if self._task.chords else None
        if asked is not None:
            tones = [(tone - self._task.key.tonic) % OCTAVE for tone in asked.chord_tones]
            fits = np.isin(above, tones)
            wanted = wanted & fits if (wanted & fits & allowed).any() else fits
        if (allowed & wanted).any():
            allowed &= wanted

    def _last_note(self, free: NDArray[np.bool_]) -> int | None:
        """Where the last note begins, if the piece ends with what is written."""
        task = self._task
        if not task.ends or not self.form:
            return None
        unit = self.form[-1].unit
        half = unit.first + _half_of(unit, task.meters)
        start = half if self.late and half < task.steps - 1 else unit.first
        return start if free[start : task.steps].all() else None

    def _sources(self, padded: int) -> tuple[NDArray[np.int64], ...]:
        rhythm, pitch = np.arange(padded), np.arange(padded)
        shift = np.zeros(padded, np.int64)
        starts = {unit.number: unit.first for unit in self.units}
        for bar in self.form:
            if bar.tie is None:
                continue
            here = slice(bar.unit.first, bar.unit.end)
            there = slice(starts[bar.tie.source], starts[bar.tie.source] + bar.unit.length)
            rhythm[here] = rhythm[there]
            if bar.tie.pitches:
                pitch[here] = pitch[there]
                shift[here] = shift[there] + bar.tie.steps
        return rhythm, pitch, shift

    def _order(self, padded: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """``(turn, place, fine)``: see :class:`MelodyCanvas`."""
        task = self._task
        turn = np.zeros(padded, np.int64)
        written = [unit for unit in self.units if task.free[unit.first : unit.end].any()]
        turns = TURNS if len(written) <= _LONG_BARS else TURNS // 2
        for index, unit in enumerate(written):
            turn[unit.first : unit.end] = index % turns
        within = beat_places(task.steps, task.meters)
        position = bar_positions(task.steps, task.meters)
        fine = within % 2 == 1
        level = np.where(within == 0, 0, np.where(fine, 2, 1))
        order = np.where(fine, within % 4, position)
        place = np.zeros(padded, np.int64)
        place[: task.steps] = level * 100 + order
        full = np.zeros(padded, np.bool_)
        full[: task.steps] = fine
        return turn, place, full

    def _calm(self, padded: int) -> NDArray[np.float64]:
        """(P,): what speaks against notes late in a bar that ends a phrase."""
        calm = np.zeros(padded)
        for bar in self.form:
            if bar.last:
                calm[bar.unit.first + bar.unit.length // 2 : bar.unit.end] = _CALM
        return calm

    def _leaning(self, padded: int, low: int) -> NDArray[np.float64]:
        """(P, degrees): for tones of the chord on beats, against those beyond key and chord."""
        task = self._task
        leaning = np.zeros((padded, self._network.degrees))
        classes = (low + np.arange(self._network.degrees)) % OCTAVE
        scale = np.isin(classes, list(task.key.pitch_classes))
        on_beat = beat_places(task.steps, task.meters) == 0
        for step in np.flatnonzero(task.free).tolist():
            chord = self.chords.at[step]
            tones = scale if chord is None else np.isin(classes, chord.chord_tones)
            leaning[step] -= _FOREIGN * (~scale & ~tones)
            if chord is not None and on_beat[step]:
                leaning[step] += _CHORD_TONE * tones
        return leaning

    def _feeds(self, padded: int) -> Feeds:
        task, network = self._task, self._network
        steps = task.steps
        number = np.full(padded, -1000, np.int64)
        for unit in self.units:
            number[unit.first : unit.end] = unit.number
        position = np.zeros(padded, np.int64)
        position[:steps] = bar_positions(steps, task.meters)
        beat = np.zeros(padded, np.int64)
        beat[:steps] = np.searchsorted(_BEATS, beat_lengths(steps, task.meters))
        # Phrases are counted from where what is written begins, if that is beside the old ones.
        offset = -self._first_free if self._first_free % 4 and self._after else 0
        place = np.where(number < 0, UPBEAT_PLACE, (number + offset) % PHRASE_BARS)
        place[steps:] = 0
        ending = np.full(padded, ENDING_UNKNOWN, np.int64)
        if not task.ends or task.closed:
            ending[:steps] = np.minimum(self.units[-1].number - number[:steps], ENDING_FAR)
        begin = np.zeros(padded, np.float32)
        begin[:steps] = before_first_bar(steps, task.meters)
        valid = (np.arange(padded) < steps).astype(np.float32)
        chord, known = np.zeros((padded, 2), np.int64), np.zeros(padded, np.float32)
        for step, each in enumerate(self.chords.at):
            if each is not None:
                chord[step] = (each.root - task.key.tonic) % OCTAVE, each.quality.index
                known[step] = 1
        style = network.styles.index(task.style) if task.style in network.styles else 0
        return {
            "neighbour": _neighbours(network, number, position, steps),
            "position": position,
            "beat": beat,
            "place": place,
            "ending": ending,
            "begin": begin,
            "valid": valid,
            "style": np.full(padded, style, np.int64),
            "minor": np.full(padded, float(task.key.minor), np.float32),
            "density": np.full(padded, self.density, np.int64),
            "chord": chord,
            "chord_known": known,
        }


def _density(network: MelodyNetwork, task: MelodyTask, chance: float) -> int:
    """The class of how dense the melody is: as what stands, or drawn."""
    if task.notes:
        beats = sum(note.duration for note in task.notes) / 4
        lengths = beat_lengths(task.steps, task.meters)
        beats *= 4 / min(6, float(lengths.mean())) if float(lengths.mean()) != 8 else 1
        return 1 + int(np.searchsorted(network.density_edges, len(task.notes) / max(beats, 1)))
    return 1 + int(np.searchsorted(np.cumsum(_DENSITIES)[:-1], chance))


def _neighbours(
    network: MelodyNetwork, number: NDArray[np.int64], position: NDArray[np.int64], steps: int
) -> NDArray[np.int64]:
    """(P, N): the step at the same place of the bars beside, -1 where none is."""
    result = np.full((len(number), len(network.neighbours)), -1, np.int64)
    at = {(int(b), int(p)): t for t, (b, p) in enumerate(zip(number, position, strict=True))}
    for step in range(steps):
        here, place = int(number[step]), int(position[step])
        for index, away in enumerate(network.neighbours):
            result[step, index] = at.get((here + away, place), -1)
    return result


def _half_of(unit: Unit, meters: MeterMap) -> int:
    return unit.length // 2 if is_halved(unit, meters) else unit.length


def _folded(degree: int, degrees: int) -> int:
    """``degree`` within 0 and ``degrees``, by octaves."""
    while degree < 0:
        degree += OCTAVE
    while degree >= degrees:
        degree -= OCTAVE
    return degree
