"""One generation of the refining technique: the cells, and the passes that fill them."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.generator import GenerationCancelledError, Progress
from composer_app.generation.refining.canvas import (
    Canvas,
    Network,
    Schedule,
    cell_inputs,
    row_inputs,
)
from composer_app.generation.refining.harmony import (
    Heard,
    InKeys,
    Led,
    fitting_chords,
    sevenths,
    sounding_classes,
)
from composer_app.generation.refining.manner import BACH, Manner
from composer_app.generation.refining.planning import (
    NO_CHORD,
    Planner,
    heard_basses,
    log_softmax,
    missing_tone,
    plan,
    tone_bias,
)
from composer_app.generation.refining.resolving import resolution
from composer_app.generation.refining.rhythm import Rhythm
from composer_app.generation.refining.sampling import (
    Cells,
    Grid,
    Mask,
    NoiseSource,
    carried_rests,
    mud_mask,
    order_mask,
    parallel_mask,
    passing_mask,
    within,
)
from composer_app.generation.refining.ties import Ties
from composer_app.music.harmony.chord_qualities import QUALITIES

# Of a plan that is heard in a draft: passes over chords and basses, and what a tone of it is worth
# to a voice, and its bass to the bass.
_HEARD_PASSES: Final = (8, 4)
_HEARD_TEMPERATURE: Final = 0.5
_HEARD_WEIGHTS: Final = (4.0, 6.0)
# The same of chords that are to change more or less often than the network would have it.
_HELD_WEIGHTS: Final = (3.0, 1.0)
# How much of that there is on the eighths between beats.
_OFF_BEAT: Final = 0.35
# Steps within which the notes before and after stand.
_REACH: Final = 6


class Run:
    """One piece being filled in: what stands so far, and what comes next."""

    def __init__(
        self,
        network: Network,
        canvas: Canvas,
        source: NoiseSource,
        temperature: float = 1.0,
        *,
        clear: int = 0,
        limits: Mask | None = None,
        manner: Manner = BACH,
        progress: Progress | None = None,
        total: int = 1,
    ) -> None:
        """``clear`` is the class from which on close intervals are allowed between the voices.

        ``limits`` (4, classes) are true for what lies within a voice's range. ``total`` passes are
        all of the work.
        """
        self.network = network
        self.lines = canvas.grid.shape[1]
        self.steps = canvas.steps
        self.position, self.in_beat, self.last = canvas.position, canvas.in_beat, canvas.last
        self.source = source
        self.temperature = temperature
        self.clear = clear
        self.limits = limits
        self.manner = manner
        self.progress = progress
        self.total = total
        self.free = canvas.free.copy()
        self.known: Mask = ~self.free
        self.onset_known: Mask = self.known.copy()
        self.grid: Grid = np.where(self.known, canvas.grid, 0)
        self.onset: Mask = self.known & canvas.onset
        self.confidence = np.ones(self.grid.shape, np.float32)
        self.draws = 0
        self.passes_done = 0
        self._fixed = canvas.told
        # Whoever accompanies goes on where a singer breathes.
        self._carried = carried_rests(canvas.grid[:, 0], manner.carries)
        self.ties = canvas.ties or Ties.none(len(canvas.grid), self.lines)
        self._tied = self.ties.bind
        self.rhythm: Rhythm | None = None
        # (T, 4): the place in the beat by which a cell's turn comes.
        self.place = np.repeat(self.in_beat[:, None], self.lines, axis=1)
        self._frame = canvas.frame
        self.leading = canvas.leading
        # (B, 3), what is planned for each beat.
        self.chords: Grid | None = None
        self.leaning: NDArray[np.float64] | None = None
        # (T,), the sevenths that are to be resolved, on the beats of chords that have one.
        self._sevenths: Grid | None = None
        # (T,) each: pitch classes that are to be heard on a beat, NO_CHORD where none is.
        self._wanted: list[Grid] = []
        # How much of the leaning to a chord's tones there is between beats.
        self._off_beat = 0.0
        if canvas.frame is not None:
            row = canvas.frame.row
            self._beat_of = row.beat_of_steps(len(canvas.grid))
            if (row.given[:, 0] >= 0).any():
                self._wanted = [row.given[self._beat_of, 0]]
            if canvas.frame.knows:
                self._show_row(np.maximum(row.given, 0), np.zeros((row.beats, 2), np.bool_))

    def release(self, cells: Mask) -> None:
        """Let the run decide ``cells`` (T, 4) as well."""
        self.free |= cells
        self.known &= ~cells
        self.onset_known &= ~cells
        self.grid[cells] = 0
        self.onset &= ~cells

    def follow(self, rhythm: Rhythm, again: Mask) -> None:
        """Let the notes that are written from now on begin and end as ``rhythm`` plans it.

        What it plans has to be free; the cells ``again`` (T, 4) of it are to be drawn.
        """
        self.release(again)
        self.rhythm = rhythm
        self.ties = self.ties.of_notes(rhythm)
        self._tied = self.ties.bind
        self.place = self.in_beat[rhythm.head]
        silent = again & rhythm.silent
        self.known |= silent
        self.confidence[silent] = 1

    def plan(self, schedule: Schedule) -> None:
        """Draw the chords that are not given; from now on the voices follow them."""
        if self._frame is None:
            return
        row = self._frame.row
        if not self._frame.knows:
            if self._wanted:
                self.leaning = tone_bias(row.given, row, self.network.classes, self._frame.lowest)
            return
        planner: Planner = self
        harmony, keys = self._frame.harmony, self._frame.keys
        if self.leading is not None:
            row = self.leading.row(row, self._frame.bars)
        heard = Heard(self.grid, row, self._frame.lowest, self).key
        if self.leading is not None:
            planner = Led(planner, row, self.leading, [key or heard for key in keys])
        closing = int(self._beat_of[self.last])
        believed = (heard, harmony.hears_key)
        planner = InKeys(planner, keys, self._frame.opening, closing, believed)
        passes = (schedule.plan[0], schedule.plan[1] * harmony.plans_bass)
        self.chords = plan(planner, row, passes, self.temperature * harmony.temperature)
        shown = np.ones((row.beats, 2), np.bool_)
        if not harmony.plans_bass:
            # Even a bass that is a line of its own begins on a root, and ends on one.
            shown[:, 1] = (row.given[:, 2] >= 0) | (row.starts >= self.last)
            shown[self._frame.opening : self._frame.opening + 1, 1] = True
        self._show_row(self.chords, shown)
        held = self.leading is not None and self.leading.rate is not None
        weights = _HELD_WEIGHTS if held else (0.0, 0.0)
        self.leaning = tone_bias(
            self.chords, row, self.network.classes, self._frame.lowest, weights
        )
        if not self.manner.part_writing:
            return
        chord = self.chords[self._beat_of]
        self._sevenths = np.where(self.in_beat == 0, sevenths(chord[:, 0], chord[:, 1]), NO_CHORD)

    def hear_chords(self) -> None:
        """Name what was written where it is not what was planned, and its basses.

        A planned chord whose root or third does not sound on its beat is none that anybody hears:
        the network names that beat, given all notes.
        """
        frame = self._frame
        if self.chords is None or frame is None or not frame.knows:
            return
        row = frame.row
        fitting = fitting_chords(sounding_classes(self.grid, row, frame.lowest))
        beats = np.arange(row.beats)
        classes = self.chords[:, 0] * len(QUALITIES) + self.chords[:, 1]
        other = ~fitting[beats, classes] & fitting.any(axis=1) & (row.given[:, 0] < 0)
        if other.any():
            planned = {name: self._fixed[name] for name in ("chord", "chord_known")}
            said, _ = self.row_logits(self.chords, np.stack([~other] * 2, axis=1))
            self._fixed |= planned
            named = np.where(fitting, said, -np.inf)[other].argmax(axis=1)
            self.chords[other, 0], self.chords[other, 1] = divmod(named, len(QUALITIES))
            self.chords[other, 2] = self.chords[other, 0]
        unplanned = other | (not frame.harmony.plans_bass)
        heard = heard_basses(self.chords, row, self.grid, frame.lowest)
        self.chords = np.where(unplanned[:, None], heard, self.chords)

    @property
    def hears_plan(self) -> bool:
        """Whether the harmony that is asked for has to be led by what a draft has."""
        frame = self._frame
        return self.leading is not None and frame is not None and not frame.knows

    def plan_by_ear(self) -> None:
        """Plan the chords that are heard, as it is asked; the voices lean to them from now on."""
        assert self._frame is not None
        assert self.leading is not None
        row = self.leading.row(self._frame.row, self._frame.bars)
        heard = Heard(self.grid, row, self._frame.lowest, self)
        led = Led(heard, row, self.leading, [key or heard.key for key in self._frame.keys])
        self.chords = plan(led, row, _HEARD_PASSES, self.temperature * _HEARD_TEMPERATURE)
        self.leaning = tone_bias(
            self.chords, row, self.network.classes, self._frame.lowest, _HEARD_WEIGHTS
        )
        root, quality = self.chords[self._beat_of, 0], self.chords[self._beat_of, 1]
        self._wanted = [root, sevenths(root, quality)]
        self._off_beat = _OFF_BEAT

    def row_logits(
        self, chord: Grid, known: Mask
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """See :class:`~composer_app.generation.refining.planning.Planner`."""
        assert self._frame is not None
        self._show_row(chord, known)
        starts = self._frame.row.starts
        chords, basses = [], []
        for style in self._frame.harmony.styles:
            answer = self._ask({"style": np.full(len(self.grid), style)})
            chords.append(log_softmax(answer[2][starts].astype(np.float64)))
            basses.append(log_softmax(answer[3][starts].astype(np.float64)))
        return np.mean(chords, axis=0), np.mean(basses, axis=0)

    def row_gumbel(self, classes: int) -> NDArray[np.float64]:
        """See :class:`~composer_app.generation.refining.planning.Planner`."""
        assert self._frame is not None
        return self.source.row_gumbel(self._frame.row.starts, classes, self.next_draw())

    def _show_row(self, chord: Grid, known: Mask) -> None:
        assert self._frame is not None
        self._fixed |= row_inputs(self._frame.row, chord, known, len(self.grid))

    def infer(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Pitch logits (T, 4, classes) and onset logits (T, 4) given what is known."""
        pitches, onsets = self._ask()[:2]
        return pitches, onsets

    def _ask(self, more: dict[str, NDArray[Any]] | None = None) -> tuple[NDArray[np.float32], ...]:
        self._tick()
        logits = self.network.infer(
            {
                **cell_inputs(self.grid, self.onset, self.known, self.onset_known),
                **self._fixed,
                **(more or {}),
            },
            self._refused if self.progress is not None else None,
        )
        self.passes_done += 1
        return logits

    def uniform(self, count: int) -> NDArray[np.float64]:
        """(steps, count) numbers in (0, 1), others at every call."""
        return self.source.uniform(count, self.next_draw())

    def asked(self, hidden: Mask) -> NDArray[np.float64]:
        """(N, classes): the network's logits for the N cells that are ``hidden``."""
        logits, _ = self.infer()
        return logits[hidden].astype(np.float64)

    def decide(
        self,
        hidden: Mask,
        logits: NDArray[np.float64],
        stride: int,
        factor: NDArray[np.float64],
    ) -> None:
        """Choose pitches for ``hidden`` by ``logits``; ``factor`` (N,) scales the temperature."""
        cells = np.nonzero(hidden)
        scores = self.biased(logits, cells) / (self.temperature * factor)[:, None]
        allowed = self.allowed(cells, stride)
        if self._tied:
            scores, allowed = self.ties.averaged(cells, scores, allowed)
        scores[~allowed] = -np.inf
        drawn = self.ties.drawn_as(cells)
        noise = self.source.gumbel(drawn, self.network.classes, self.next_draw())
        scores += self.ties.noise(cells, noise)
        choice = scores.argmax(axis=1)
        if self.rhythm is not None:
            choice = self.rhythm.even(cells, choice)
        self.choose(cells, choice, logits)
        self.known |= hidden

    def allowed(self, cells: Cells, stride: int) -> Mask:
        """(N, classes): what good part-writing leaves to choose from; never rests alone."""
        classes = self.network.classes
        ordered = order_mask(self.grid, self.known, cells, classes)
        step, voice = cells
        by_rule = self.manner.part_writing
        allowed = ordered & self._part_writing(cells, stride) if by_rule else ordered.copy()
        if self.limits is not None:
            # A range goes before the order of the voices.
            allowed, ordered = allowed & self.limits[voice], ordered & self.limits[voice]
            none = ~ordered[:, 1:].any(axis=1)
            ordered[none] = self.limits[voice[none]]
        if by_rule:
            clear = allowed & mud_mask(self.grid, self.known, cells, classes, self.clear)
            fits = clear[:, 1:].any(axis=1)
            allowed[fits] = clear[fits]
        stuck = ~allowed[:, 1:].any(axis=1)
        allowed[stuck] = ordered[stuck]
        allowed[self._carried[step] & (voice > 0), 0] = False
        if self.rhythm is not None:
            allowed[self.rhythm.sounds[cells], 0] = False
        # A melody that is varied goes on where it went on.
        allowed[cells[1] == 0, 0] = False
        return allowed

    def _part_writing(self, cells: Cells, stride: int) -> Mask:
        """(N, classes): no parallels, and nothing but passing notes between two eighths."""
        classes = self.network.classes
        allowed = parallel_mask(self.grid, self.known, cells, classes, stride)
        step, voice = cells
        # Beside the melody's strokes, and after a note that is not to be drawn out, all is free.
        between = (self.in_beat[step] % 2 == 1) & (voice > 0)
        between &= ~self.onset[step, 0] & self.free[np.maximum(step - 1, 0), voice]
        passing = passing_mask(self.grid, self.known, cells, classes)
        return np.asarray(allowed & (~between[:, None] | passing))

    def biased(self, logits: NDArray[np.float64], cells: Cells) -> NDArray[np.float64]:
        """(N, classes): ``logits`` with what speaks for and against pitches besides them."""
        step, voice = cells
        if self.limits is not None:
            logits = within(logits, self.limits[voice])
        if self.leaning is not None and self._frame is not None:
            told = self.leaning[self._beat_of[step], (voice == self.lines - 1).astype(int)]
            for wanted in self._wanted:
                told = told + missing_tone(
                    self.grid,
                    self.known,
                    cells,
                    wanted,
                    self._frame.lowest,
                    self.network.classes,
                )
            on_beat = self.in_beat[step] == 0
            if self.rhythm is not None:
                # A note is drawn as one, and heard on each of its beats.
                on_beat = on_beat | self.rhythm.planned[cells]
            logits = logits + told * on_beat[:, None]
            if self._off_beat:
                inner = self._off_beat * self.leaning[self._beat_of[step], 0]
                between = ~on_beat & (self.in_beat[step] % 2 == 0)
                logits = logits + inner * between[:, None]
        if self._sevenths is not None and self._frame is not None:
            shape = (self.network.classes, self._frame.lowest)
            logits = logits + resolution(
                self.grid, self.known, cells, self._sevenths, shape, _REACH
            )
        if self.rhythm is not None:
            logits = logits + self.rhythm.moving(self.grid, self.known, cells, logits)
        return logits

    def choose(self, cells: Cells, choice: Grid, logits: NDArray[np.float64]) -> None:
        """Write ``choice`` (N,) into ``cells``; how sure that is the ``logits`` say."""
        self.grid[cells] = choice
        self.confidence[cells] = np.exp(log_probability(logits, choice))

    def next_draw(self) -> int:
        """The number of the next draw of the noise, another at every call."""
        self.draws += 1
        return self.draws

    def _tick(self) -> None:
        if self._refused():
            raise GenerationCancelledError

    def _refused(self) -> bool:
        share = min(self.passes_done / self.total, 1.0)
        return self.progress is not None and not self.progress(share)


def log_probability(logits: NDArray[np.float64], choice: Grid) -> NDArray[np.float64]:
    """(N,) natural logarithm of the probability of class ``choice`` (N,) under ``logits``."""
    highest = logits.max(axis=1, keepdims=True)
    total = np.log(np.exp(logits - highest).sum(axis=1)) + highest[:, 0]
    return np.asarray(logits[np.arange(len(choice)), choice] - total)
