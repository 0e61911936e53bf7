"""One generation of the refining technique: the cells, and the passes that fill them."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from composer_app.generation.generator import GenerationCancelledError, Progress
from composer_app.generation.refining.canvas import STROKES, Canvas, Network, Schedule
from composer_app.generation.refining.harmony import Heard, InKeys, Led, sevenths
from composer_app.generation.refining.planning import (
    Planner,
    log_softmax,
    missing_tone,
    plan,
    tone_bias,
    tones_of,
)
from composer_app.generation.refining.rhythm import Rhythm
from composer_app.generation.refining.sampling import (
    VOICES,
    Cells,
    Grid,
    Mask,
    NoiseSource,
    carried_rests,
    clashes,
    faults,
    groups,
    in_a_triad,
    lone_steps,
    mud_mask,
    order_mask,
    parallel_mask,
    passing_mask,
    spread_order,
    triad_mask,
    whole_notes,
    within,
)
from composer_app.generation.refining.ties import Ties
from composer_app.music.pitch import OCTAVE

# Of quarters, eighths and sixteenths, chosen on the validation split: near the network's own, but
# for sixteenths, which on their own are mostly slips.
_TEMPERATURES: Final = (1.05, 1.15, 0.4)
# What is less likely than this, now that its surroundings are known, is drawn again.
_DOUBT: Final = 0.01
_REPAIR_TEMPERATURE: Final = 0.85
# Single sixteenths come from an unlucky draw: the second one takes what is likely.
_CALM_TEMPERATURE: Final = 0.3
# Of a plan that is heard in a draft: passes over chords and basses, and what a tone of it is worth
# to a voice, and its bass to the bass.
_HEARD_PASSES: Final = (8, 4)
_HEARD_TEMPERATURE: Final = 0.5
_HEARD_WEIGHTS: Final = (4.0, 6.0)
# How much of that there is on the eighths between beats.
_OFF_BEAT: Final = 0.35
_BEAT: Final = 4
# Rests of the melody up to so many steps are carried through by the voices.
_BREATH: Final = 8
_BASS: Final = VOICES - 1
# The distance between the cells of beats and off-beat eighths.
_EIGHTHS: Final = 2


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
        progress: Progress | None = None,
        total: int = 1,
    ) -> None:
        """``clear`` is the class from which on close intervals are allowed between the voices.

        ``limits`` (4, classes) are true for what lies within a voice's range. ``total`` passes are
        all of the work.
        """
        self.network = network
        self.steps = canvas.steps
        self.position, self.in_beat, self.last = canvas.position, canvas.in_beat, canvas.last
        self.source = source
        self.temperature = temperature
        self.clear = clear
        self.limits = limits
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
        self._fixed: dict[str, NDArray[Any]] = {
            "position": canvas.position,
            "fermata": canvas.fermata,
            "valid": canvas.valid.astype(np.float32),
        }
        # Whoever accompanies goes on where a singer breathes.
        self._carried = carried_rests(canvas.grid[:, 0], _BREATH)
        self.ties = canvas.ties or Ties.none(len(canvas.grid))
        self._tied = self.ties.bind
        self.rhythm: Rhythm | None = None
        # (T, 4): the place in the beat by which a cell's turn comes.
        self._place = np.repeat(self.in_beat[:, None], VOICES, axis=1)
        self._frame = canvas.frame
        self.leading = canvas.leading
        # (B, 3), what is planned for each beat.
        self.chords: Grid | None = None
        self._tone_bias: NDArray[np.float64] | None = None
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
                self._fixed |= {"beat": canvas.frame.beat, "begin": canvas.frame.begin}
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
        self._place = self.in_beat[rhythm.head]
        silent = again & rhythm.silent
        self.known |= silent
        self.confidence[silent] = 1

    def sample(self, schedule: Schedule) -> None:
        """Fill every free cell of :attr:`grid` and :attr:`onset`."""
        step = self._place
        # Cells and their distance at each level.
        levels = ((step == 0, 4), ((step % 2 == 0) & (step > 0), 2), (step % 2 == 1, 1))
        beats = levels[0][0] & ~self.known
        if self._tone_bias is not None:
            # Where a plan stands the bass goes first: the voices between follow both.
            basses = beats & (np.arange(VOICES) == _BASS)
            self._fill(basses, max(1, schedule.plan[2]), 4, _TEMPERATURES[0])
        for (cells, stride), passes, factor in zip(
            levels, schedule.passes, _TEMPERATURES, strict=True
        ):
            self._fill(cells & ~self.known, passes, stride, factor)
            if stride == _EIGHTHS:
                self._look_again(beats, schedule.looks, stride)
        for turn in range(schedule.repairs):
            if not self._repair(turn):
                break
        self._end_well()
        self._strike()
        self._hear_basses()

    def plan(self, schedule: Schedule) -> None:
        """Draw the chords that are not given; from now on the voices follow them."""
        if self._frame is None:
            return
        row = self._frame.row
        if not self._frame.knows:
            if self._wanted:
                self._tone_bias = tone_bias(
                    row.given, row, self.network.classes, self._frame.lowest
                )
            return
        planner: Planner = self
        if self.leading is not None:
            row = self.leading.row(row, self._frame.bars)
            heard = Heard(self.grid, row, self._frame.lowest, self).key
            planner = Led(planner, row, self.leading, [key or heard for key in self._frame.keys])
        if any(self._frame.keys):
            closing = int(self._beat_of[self.last])
            planner = InKeys(planner, self._frame.keys, self._frame.opening, closing)
        harmony = self._frame.harmony
        passes = (schedule.plan[0], schedule.plan[1] * harmony.plans_bass)
        self.chords = plan(planner, row, passes, self.temperature * harmony.temperature)
        shown = np.ones((row.beats, 2), np.bool_)
        if not harmony.plans_bass:
            # Even a bass that is a line of its own begins on a root, and ends on one.
            shown[:, 1] = (row.given[:, 2] >= 0) | (row.starts >= self.last)
            shown[self._frame.opening : self._frame.opening + 1, 1] = True
        self._show_row(self.chords, shown)
        self._tone_bias = tone_bias(self.chords, row, self.network.classes, self._frame.lowest)

    def _hear_basses(self) -> None:
        """Let the chords that were planned without a bass have the one that was written."""
        frame = self._frame
        if self.chords is None or frame is None or not frame.knows or frame.harmony.plans_bass:
            return
        written = self.grid[frame.row.starts, _BASS]
        bass = (written + frame.lowest - 1) % OCTAVE
        heard = (written > 0) & (frame.row.given[:, 2] < 0)
        heard &= tones_of(self.chords)[np.arange(len(bass)), bass]
        self.chords[heard, 2] = bass[heard]

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
        self._tone_bias = tone_bias(
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
        return self.source.row_gumbel(self._frame.row.starts, classes, self._next_draw())

    def _show_row(self, chord: Grid, known: Mask) -> None:
        self._fixed["chord"] = chord[self._beat_of]
        self._fixed["chord_known"] = known[self._beat_of].astype(np.float32)

    def infer(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Pitch logits (T, 4, classes) and onset logits (T, 4) given what is known."""
        pitches, onsets = self._ask()[:2]
        return pitches, onsets

    def _ask(self, more: dict[str, NDArray[Any]] | None = None) -> tuple[NDArray[np.float32], ...]:
        self._tick()
        logits = self.network.infer(
            {
                "pitch": self.grid,
                "onset": self.onset.astype(np.float32),
                "pitch_known": self.known.astype(np.float32),
                "onset_known": self.onset_known.astype(np.float32),
                **self._fixed,
                **(more or {}),
            },
            self._refused if self.progress is not None else None,
        )
        self.passes_done += 1
        return logits

    def uniform(self, count: int) -> NDArray[np.float64]:
        """(steps, count) numbers in (0, 1), others at every call."""
        return self.source.uniform(count, self._next_draw())

    def _fill(self, cells: Mask, passes: int, stride: int, factor: float) -> None:
        """Reveal ``cells`` in ``passes`` portions; the noise decides which come first."""
        for portion in self._portions(cells, passes):
            if passes >= VOICES - 1:
                self._draw(portion, stride, np.full(cells.shape, factor))
            else:
                self._draw_in_turn(portion, stride, factor)

    def _draw_in_turn(self, hidden: Mask, stride: int, factor: float) -> None:
        """Choose the pitches of ``hidden`` by one look of the network, the lowest voice first.

        With so few passes voices of one step are drawn at once, and the network does not know of
        one what it says of the other: that they go together stands in for it.
        """
        logits, _ = self.infer()
        before = self.known.copy()
        for voice in (*range(_BASS, 0, -1), 0):
            part = hidden & (np.arange(VOICES) == voice)
            if part.any():
                cells = np.nonzero(part)
                fresh = self.known & ~before
                said = logits[part].astype(np.float64)
                told = said + clashes(self.grid, fresh, cells, self.network.classes)
                self._decide(part, told, stride, np.full(len(cells[0]), factor))

    def _look_again(self, cells: Mask, passes: int, stride: int) -> None:
        """Draw those of ``cells`` again that no longer fit, now that more is known.

        A beat was drawn before what leads to it and away from it. Where it was badly chosen, the
        finer cells would have to make up for it, in ways that nobody writes.
        """
        for portion in self._portions(cells, passes):
            self.known &= ~portion
            logits = self._asked(portion)
            likely = log_probability(logits, self.grid[portion])
            if self.rhythm is not None:
                likely = self.ties.mean(np.nonzero(portion), likely)
            doubtful = likely < np.log(_DOUBT)
            self.known |= portion
            if doubtful.any():
                again = np.zeros_like(portion)
                again[portion] = doubtful
                self.known &= ~again
                self._decide(again, logits[doubtful], stride, np.ones(doubtful.sum()))

    def _portions(self, cells: Mask, passes: int) -> Iterator[Mask]:
        """``cells`` in at most ``passes`` parts, none of them empty."""
        uniform = np.ones(cells.shape)
        uniform[: self.steps] = self.uniform(VOICES)
        turn = (spread_order(cells, uniform) * passes).astype(np.int64)
        if self._tied:
            # A cell may go with one that stands already, and has no turn.
            turn = np.minimum(turn.ravel()[self.ties.cell], passes - 1)
        for index in range(passes):
            portion = cells & (turn == index)
            if portion.any():
                yield portion

    def _draw(self, hidden: Mask, stride: int, factor: NDArray[np.float64]) -> None:
        """Choose the pitches of ``hidden``; ``factor`` (T, 4) scales the temperature."""
        self._decide(hidden, self._asked(hidden), stride, factor[hidden])

    def _asked(self, hidden: Mask) -> NDArray[np.float64]:
        """(N, classes): the network's logits for the N cells that are ``hidden``."""
        logits, _ = self.infer()
        return logits[hidden].astype(np.float64)

    def _decide(
        self,
        hidden: Mask,
        logits: NDArray[np.float64],
        stride: int,
        factor: NDArray[np.float64],
    ) -> None:
        """Choose pitches for ``hidden`` by ``logits``; ``factor`` (N,) scales the temperature."""
        cells = np.nonzero(hidden)
        scores = self._biased(logits, cells) / (self.temperature * factor)[:, None]
        allowed = self._allowed(cells, stride)
        if self._tied:
            scores, allowed = self.ties.averaged(cells, scores, allowed)
        scores[~allowed] = -np.inf
        drawn = self.ties.drawn_as(cells)
        noise = self.source.gumbel(drawn, self.network.classes, self._next_draw())
        scores += self.ties.noise(cells, noise)
        choice = scores.argmax(axis=1)
        if self.rhythm is not None:
            choice = self.rhythm.even(cells, choice)
        self._choose(cells, choice, logits)
        self.known |= hidden

    def _allowed(self, cells: Cells, stride: int) -> Mask:
        """(N, classes): what good part-writing leaves to choose from; never rests alone."""
        classes = self.network.classes
        ordered = order_mask(self.grid, self.known, cells, classes)
        allowed = ordered & parallel_mask(self.grid, self.known, cells, classes, stride)
        step, voice = cells
        # Beside the melody's strokes, and after a note that is not to be drawn out, all is free.
        between = (self.in_beat[step] % 2 == 1) & (voice > 0)
        between &= ~self.onset[step, 0] & self.free[np.maximum(step - 1, 0), voice]
        allowed &= ~between[:, None] | passing_mask(self.grid, self.known, cells, classes)
        if self.limits is not None:
            # A range goes before the order of the voices.
            allowed, ordered = allowed & self.limits[voice], ordered & self.limits[voice]
            none = ~ordered[:, 1:].any(axis=1)
            ordered[none] = self.limits[voice[none]]
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

    def _biased(self, logits: NDArray[np.float64], cells: Cells) -> NDArray[np.float64]:
        step, voice = cells
        if self.limits is not None:
            logits = within(logits, self.limits[voice])
        if self._tone_bias is not None and self._frame is not None:
            told = self._tone_bias[self._beat_of[step], (voice == _BASS).astype(int)]
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
                inner = self._off_beat * self._tone_bias[self._beat_of[step], 0]
                between = ~on_beat & (self.in_beat[step] % 2 == 0)
                logits = logits + inner * between[:, None]
        if self.rhythm is not None:
            logits = logits + self.rhythm.moving(self.grid, self.known, cells, logits)
        return logits

    def _choose(self, cells: Cells, choice: Grid, logits: NDArray[np.float64]) -> None:
        self.grid[cells] = choice
        self.confidence[cells] = np.exp(log_probability(logits, choice))

    def _repair(self, turn: int) -> bool:
        """Draw the faulty notes of one voice again; False when there are no faults left.

        One voice at a time, because two that are drawn together do not know of each other.
        What has not become better is put back.
        """
        before = faults(self.grid[: self.steps]) & self.free[: self.steps]
        if not before.any():
            return False
        voice = 1 + turn % (VOICES - 1)
        hidden = np.zeros_like(self.known)
        hidden[: self.steps, voice] = before[:, voice]
        hidden = whole_notes(self.grid, hidden) & self.free
        if self.rhythm is not None:
            hidden = self.rhythm.whole(hidden) & self.free & ~self.rhythm.silent
        hidden[self.steps :] = False
        if not hidden.any():
            return True
        lone = np.zeros_like(self.known)
        lone[: self.steps] = lone_steps(self.grid[: self.steps])
        kept, sure = self.grid.copy(), self.confidence.copy()
        self.known &= ~hidden
        # A note whose cells are drawn together falls to pieces: its beats decide.
        begins = hidden & ~np.vstack([np.zeros((1, VOICES), np.bool_), hidden[:-1]])
        first = begins | (hidden & self._on_beat)
        if self.rhythm is not None:
            planned = self.rhythm.planned
            first = np.where(planned, hidden & self.rhythm.every_other, first)
        self._draw(first, 1, np.where(lone, _CALM_TEMPERATURE, _REPAIR_TEMPERATURE))
        if (hidden & ~first).any():
            self._draw(hidden & ~first, 1, np.full(hidden.shape, _CALM_TEMPERATURE))
        after = faults(self.grid[: self.steps]) & self.free[: self.steps]
        for group in groups(hidden):
            # A fault is marked at the step after its cause as well.
            near = slice(max(group.start - 1, 0), group.stop + 1)
            if after[near].sum() >= before[near].sum():
                self.grid[group] = kept[group]
                self.confidence[group] = sure[group]
        return True

    def _end_well(self) -> None:
        """See that under the melody's last beat a triad sounds and is held to the end.

        Bass, tenor and alto are chosen again one after the other where it does not.
        """
        end = self.steps
        span = slice(max(self.last, end - _BEAT), end)
        chord = self.grid[span]
        if len(chord) == 0 or not chord[-1, 0] or not self.free[span, 1:].any():
            return
        if (chord > 0).all() and (chord[0] == chord[-1]).all() and in_a_triad(chord[-1]):
            return
        voices = [voice for voice in (3, 2, 1) if self._may_end(span, voice)]
        self.known[span, voices] = False
        for voice in voices:
            cells = (np.array([span.start]), np.array([voice]))
            all_logits, _ = self.infer()
            logits = all_logits[cells].astype(np.float64)
            sounding = self.grid[span.start][self.known[span.start]]
            triad = triad_mask(sounding, self.network.classes)[None]
            if self.limits is not None:
                triad = triad & self.limits[voice]
            led = self._allowed(cells, 1)
            # What is given may belong to no triad, or leave no room for one.
            allowed = next(mask for mask in (led & triad, triad, led) if mask.any())
            scores = self._biased(logits, cells) / (self.temperature * _CALM_TEMPERATURE)
            scores[~allowed] = -np.inf
            scores += self.source.gumbel(cells, self.network.classes, self._next_draw())
            whole = (np.arange(span.start, span.stop), np.full(end - span.start, voice))
            choice = np.repeat(scores.argmax(axis=1), end - span.start)
            self._choose(whole, choice, np.repeat(logits, len(choice), axis=0))
            self.known[span, voice] = True
        self._join_lone(span.start - 1)

    def _may_end(self, span: slice, voice: int) -> bool:
        """Whether ``voice`` may have another note in ``span``, the end of the piece."""
        if self.rhythm is not None and self.rhythm.planned[span.start, voice]:
            begins = self.rhythm.begins[span.start, voice]
            return bool(begins and self.rhythm.sounds[span, voice].all())
        return bool(self.free[span, voice].all())

    def _join_lone(self, step: int) -> None:
        """Let single steps of before the last chord join the note before them, or the chord.

        What is locked stays, and is not drawn out; of two ways the one with fewer faults is taken.
        """
        if step < 1:
            return
        for voice in np.flatnonzero(lone_steps(self.grid[: self.steps])[step]).tolist():
            cell = (step, voice)
            if self.rhythm is not None and self.rhythm.planned[cell]:
                continue
            ways = {cell: self.grid[cell]}
            for near in ((step - 1, voice), (step + 1, voice)):
                if self.free[cell] and self.free[near] and self.grid[near] > 0:
                    ways[near] = self.grid[near]
            found = {}
            for way, pitch in ways.items():
                self.grid[cell] = pitch
                found[way] = faults(self.grid[: self.steps]).sum()
            best = min(found, key=found.__getitem__)
            self.grid[cell], self.confidence[cell] = ways[best], self.confidence[best]

    @property
    def _on_beat(self) -> Mask:
        """(T, 1)."""
        steps: Mask = self.in_beat == 0
        return steps[:, None]

    def _strike(self) -> None:
        """Choose which cells are struck: on beats one voice after the other, then the rest."""
        first = np.zeros((1, VOICES), np.int64)
        same = (self.grid == np.vstack([first, self.grid[:-1]])) & (self.grid > 0)
        # A note that was given is not drawn out.
        stays = same & np.vstack([first == 0, self.free[:-1]])
        # What is known already has been decided in an earlier draft.
        again = self.onset & self.onset_known
        self.onset = np.where(self.free, (~stays | again) & (self.grid > 0), self.onset)
        if self.rhythm is not None:
            planned = self.rhythm.planned
            self.onset = np.where(planned, self.rhythm.begins, self.onset)
            self.onset_known |= planned
        levels = [self._on_beat & np.isin(np.arange(VOICES), voices) for voices in STROKES]
        for level in (*levels, np.broadcast_to(~self._on_beat, stays.shape)):
            cells = level & ~self.onset_known
            choices = (cells & stays)[: self.steps]
            if choices.any():
                _, logits = self.infer()
                chance = 1.0 / (1.0 + np.exp(-logits[: self.steps].astype(np.float64)))
                uniform = self.uniform(VOICES)[self.ties.source[: self.steps]]
                self.onset[: self.steps] |= choices & (uniform < chance)
            self.onset_known |= cells

    def _next_draw(self) -> int:
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
