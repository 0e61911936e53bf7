"""The refining technique: a masked U-Net fills three voices in, from coarse to fine.

The network gives, for every hidden cell, the probabilities of its pitches given all known
cells. A few passes reveal cells in an order and with choices that the noise vector decides:
quarters, then eighths, then sixteenths (after Coconet, Huang et al. 2017, and MaskGIT, Chang
et al. 2022). Then cells at faults of part-writing are drawn again, and last comes which of the
notes that stay on a pitch are struck anew.

The melody is only the usual thing that is known: any other cells may be, too. An accompaniment
can also be improved, as AR-CNN did with its edits: see
:mod:`composer_app.generation.refining.improving`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from composer_app.errors import ModelError
from composer_app.generation.generator import (
    Generated,
    GenerationCancelledError,
    GenerationSettings,
    Given,
    Progress,
    accompaniment_velocity,
    mean_velocity,
)
from composer_app.generation.hearing.phrase_ends import phrase_marks
from composer_app.generation.models.model_file import file_sha256, read_metadata
from composer_app.generation.models.model_metadata import known_styles, pitch_range, whole_number
from composer_app.generation.models.onnx_session import open_session, run_part, run_watched
from composer_app.generation.noise import NoiseVector
from composer_app.generation.placement import (
    BASS_ZONE,
    CLEAR,
    FIRST_MAX_POSITION,
    MAX_POSITION,
    accompaniment_shift,
    bar_places,
    bar_positions,
    beat_lengths,
    beat_places,
    before_first_bar,
    singing_shift,
    to_piano_roll,
    with_melody,
)
from composer_app.generation.refining.canvas import Canvas, Schedule, cell_inputs, row_inputs
from composer_app.generation.refining.filling import sample
from composer_app.generation.refining.harmony import Leading, bars_of_beats, keys_of_beats
from composer_app.generation.refining.improving import (
    GROUPS,
    ROUNDS,
    Span,
    note_spans,
    remove_misfits,
)
from composer_app.generation.refining.likeness import kept_cells
from composer_app.generation.refining.manner import manner_of
from composer_app.generation.refining.planning import (
    CHORD_CLASSES,
    Frame,
    Harmony,
    chord_symbols,
    row_of,
)
from composer_app.generation.refining.ranges import Ranges
from composer_app.generation.refining.refining_run import Run
from composer_app.generation.refining.rewriting import asks_for_rhythm, write_again
from composer_app.generation.refining.rhythm import kept_rhythm
from composer_app.generation.refining.row_planning import ROW_KEYS, RowTaste, plan_row
from composer_app.generation.refining.sampling import VOICES, Grid, Mask, NoiseSource
from composer_app.generation.refining.ties import Ties
from composer_app.generation.repeating import Repeats
from composer_app.generation.settling import lift_bass, sink_bass, uncross
from composer_app.music.harmony.chords import ChordSymbol
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.pitch import OCTAVE, fold_into_range
from composer_app.music.timing import STEPS_PER_BEAT
from composer_app.translation import _

_INPUTS: Final = {
    "pitch": "tensor(int64)",
    "onset": "tensor(float)",
    "pitch_known": "tensor(float)",
    "onset_known": "tensor(float)",
    "position": "tensor(int64)",
    "fermata": "tensor(int64)",
    "valid": "tensor(float)",
}
_OUTPUTS: Final = ("pitch_logits", "onset_logits")
# Of a network that knows chords, with what they need.
_ROW_INPUTS: Final = {
    "beat": "tensor(int64)",
    "begin": "tensor(float)",
    "chord": "tensor(int64)",
    "chord_known": "tensor(float)",
}
_ROW_OUTPUTS: Final = ("chord_logits", "bass_logits")
# Of a network without chords, which each pass has to find.
_WITHOUT_A_PLAN: Final = Schedule((16, 9, 5), 6, 6, (0, 0, 0))
# What a beat may be, in steps, as the network numbers it.
_BEATS: Final = (4, 6, 8)
# From this length on (64 bars) a pass takes long enough for somebody to wait for its end.
_LONG_STEPS: Final = 1024
# Of a model whose network halves the piece eight times.
_MOST_STEPS_MULTIPLE: Final = 256
# A draw of the noise that no pass reaches.
_VARY_DRAW, _KEEP_DRAW = 100_003, 100_019


class RefiningGenerator:
    """A :class:`~composer_app.generation.generator.Generator` around one ONNX file."""

    def __init__(
        self,
        path: Path,
        threads: int | None = None,
        schedule: Schedule | None = None,
        *,
        style: str = "bach",
        name: str = "",
    ) -> None:
        """Load ``path``; :class:`ModelError` if it is not a model of this technique.

        ``style`` is one of those the model knows; ``name`` is the file's unless it is given.
        """
        metadata = read_metadata(path)
        self.name = name or path.stem
        self.style = style
        self.sha256 = file_sha256(path)
        self._session = open_session(path, threads)
        try:
            self._lowest, self._highest = pitch_range(metadata)
            self._multiple = whole_number(metadata, "steps_multiple", 1, _MOST_STEPS_MULTIPLE)
            styles = known_styles(metadata)
        except ValueError:
            raise ModelError(
                _("{file} lacks the metadata of a Composer model", file=path.name)
            ) from None
        self._classes = self._highest - self._lowest + 2
        if style not in styles:
            raise ModelError(
                _(
                    "{file} knows no style {style!r}: {known}",
                    file=path.name,
                    style=style,
                    known=", ".join(styles),
                )
            )
        self._styles = tuple(styles)
        self._style_index = styles.index(style)
        manner = self._manner = manner_of(style)
        planned = [each for each in manner.between if each in styles] or [style]
        self._harmony = Harmony(
            tuple(styles.index(each) for each in planned),
            manner.cool,
            manner.plans_bass,
            manner.hears_key,
        )
        self._takes_style = self._check_shapes(path)
        self._schedule = schedule

    def _check_shapes(self, path: Path) -> bool:
        """Whether the network asks for a style; :class:`ModelError` for another network."""
        inputs = {each.name: each.type for each in self._session.get_inputs()}
        outputs = {each.name: each.shape for each in self._session.get_outputs()}
        takes_style = bool(inputs.pop("style", "") == "tensor(int64)")
        wanted, given = dict(_INPUTS), list(_OUTPUTS)
        self.takes_row = _ROW_INPUTS.keys() <= inputs.keys()
        if self.takes_row:
            wanted |= _ROW_INPUTS
            given += _ROW_OUTPUTS
        if inputs != wanted or set(outputs) != set(given):
            raise ModelError(
                _("{file} has not the inputs and outputs of a Composer model", file=path.name)
            )
        if outputs["pitch_logits"][2:] != [VOICES, self._classes]:
            raise ModelError(
                _(
                    "{file} has the wrong shape: its voices and pitches are {found}, not {wanted}",
                    file=path.name,
                    found=outputs["pitch_logits"][2:],
                    wanted=[VOICES, self._classes],
                )
            )
        if self.takes_row and (
            outputs["chord_logits"][2:] != [CHORD_CLASSES] or outputs["bass_logits"][2:] != [OCTAVE]
        ):
            raise ModelError(_("{file} knows other chords than Composer", file=path.name))
        self._outputs = given
        return takes_style

    def generate(
        self,
        roll: PianoRoll,
        meters: MeterMap,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Generated:
        """From a melody's roll (T, 128, 1) to four voices (T, 128, 4), voice 0 the melody.

        Locked cells of ``given`` stay; with ``settings.improve`` the rest of it is improved,
        else it is ignored. ``progress`` is asked from another thread while a long pass runs.
        """
        melody = roll.notes(0)

        def check() -> None:
            if progress is not None and not progress(0.0):
                raise GenerationCancelledError

        source = NoiseSource(noise, roll.steps, check)
        given = given or _only_melody(roll)
        locked = given.locked.copy()
        locked[:, 0] |= ~_varied(melody, roll.steps, settings.vary_melody, source)
        if settings.likeness:
            found = Ties.of_melody(melody, meters, roll.steps)
            same = found if settings.repeats is Repeats.REPEAT else Ties.none(roll.steps)
            locked |= kept_cells(given, settings, source.uniform(VOICES, _KEEP_DRAW), same)
        shift = singing_shift(melody)
        keeps = locked | given.roll.sounding.any(axis=1) if settings.improve else locked
        canvas = self._canvas(given, ~keeps, melody, shift, meters, settings)
        moved = accompaniment_shift(shift)
        ranges = Ranges.of(settings.ranges, self._lowest - 1 - moved, self._classes)
        schedule = self._schedule_of(roll.steps, settings.iterations)
        total = schedule.total + (len(self._harmony.styles) - 1) * sum(schedule.plan[:2])
        twice = asks_for_rhythm(settings) or (canvas.leading is not None and not self.takes_row)
        total *= 2 if twice else 1
        total += GROUPS * ROUNDS if settings.improve else 0
        run = Run(
            self,
            canvas,
            source,
            settings.temperature,
            clear=CLEAR + moved - self._lowest + 1,
            limits=ranges.limits,
            manner=self._manner,
            progress=progress,
            total=total,
        )
        self._write(run, canvas, settings, locked, len(melody))
        written = self._written(run, roll, shift, ranges)
        free = run.free[: roll.steps]
        if free[:, 0].any() or not free[:, 1:].all():
            result = Given(given.roll, ~free).paste(written)
        else:
            result = with_melody(written, roll)
        confidence = np.where(locked, np.float32(1), run.confidence[: roll.steps])
        chords = settings.chords.symbols
        if canvas.frame is not None and run.chords is not None:
            chords = chord_symbols(canvas.frame.row, run.chords, settings.chords, shift)
        if progress is not None:
            progress(1.0)
        return Generated(result, confidence, chords)

    def _schedule_of(self, steps: int, iterations: int | None) -> Schedule:
        """For a piece of ``steps`` about ``iterations`` runs of the network, None for the usual."""
        if self._schedule is not None:
            return self._schedule.scaled(iterations)
        if not self.takes_row:
            return _WITHOUT_A_PLAN.scaled(iterations)
        return Schedule.of_length(steps) if iterations is None else Schedule().scaled(iterations)

    def plan_chords(
        self,
        roll: PianoRoll,
        meters: MeterMap,
        noise: NoiseVector,
        settings: GenerationSettings,
        taste: RowTaste,
    ) -> tuple[ChordSymbol, ...]:
        """The chords of a melody's ``roll`` (T, 128, 1) alone; no voice is written.

        Raises :class:`ModelError` for a network that knows of no chords.
        """
        if not self.takes_row:
            raise ModelError(
                _("The model {model} plans no chords", model=self.name),
                _("choose another model"),
            )
        melody = roll.notes(0)
        given = _only_melody(roll)
        free = np.ones(given.locked.shape, np.bool_)
        free[:, 0] = False
        shift = singing_shift(melody)
        canvases = [
            self._canvas(given, free, melody, shift + key, meters, settings) for key in ROW_KEYS
        ]
        return plan_row(self, canvases, melody, meters, noise, settings, taste, shift)

    def row_logits(
        self, canvas: Canvas, chord: NDArray[np.int64], known: Mask, style: int
    ) -> NDArray[np.float64]:
        """See :class:`~composer_app.generation.refining.row_planning.RowNetwork`."""
        assert canvas.frame is not None
        row, steps = canvas.frame.row, len(canvas.grid)
        stands = ~canvas.free
        feeds = {
            **cell_inputs(np.where(stands, canvas.grid, 0), stands & canvas.onset, stands, stands),
            **canvas.told,
            **row_inputs(row, chord, known, steps),
            "style": np.full(steps, style),
        }
        batch = {name: value[None] for name, value in feeds.items()}
        answer = run_part(self._session, _ROW_OUTPUTS[:1], batch)
        return np.asarray(answer[0][0][row.starts], np.float64)

    def styles_numbered(self, names: Sequence[str]) -> tuple[int, ...]:
        """The network's numbers of those of the styles ``names`` that it knows."""
        return tuple(self._styles.index(name) for name in names if name in self._styles)

    def _write(
        self, run: Run, canvas: Canvas, settings: GenerationSettings, locked: Mask, melody: int
    ) -> None:
        """Fill the run; ``melody`` notes are what a maximum is a share of, without a given one."""
        steps = slice(0, canvas.steps)
        before = run.free.copy()
        notes: list[Span] = []
        if settings.improve:
            spans = note_spans(canvas.onset[steps], canvas.grid[steps] > 0)
            notes = [note for note in spans if note.voice > 0]
            most = len(notes) * settings.max_removed // 100
            remove_misfits(run, notes, locked, most)
        schedule = self._schedule_of(canvas.steps, settings.iterations)
        run.plan(schedule)
        kept = kept_rhythm(settings.kept_rhythm, run.free)
        if kept.planned.any():
            run.follow(kept, kept.planned)
        sample(run, schedule)
        if asks_for_rhythm(settings) or run.hears_plan:
            limit = None
            if settings.max_added is not None:
                limit = (len(notes) or melody) * settings.max_added // 100
            write_again(
                run, settings, kept, schedule, limit, run.free & ~before, _padded(locked, run)
            )

    def _canvas(
        self,
        given: Given,
        free: Mask,
        melody: tuple[Note, ...],
        shift: int,
        meters: MeterMap,
        settings: GenerationSettings,
    ) -> Canvas:
        """The cells of ``given`` as the network sees them: ``shift`` semitones higher."""
        steps = given.roll.steps
        length = -(-steps // self._multiple) * self._multiple
        grid, onset = np.zeros((length, VOICES), np.int64), np.zeros((length, VOICES), np.bool_)
        moved = (shift, *[accompaniment_shift(shift)] * (VOICES - 1))
        tables = np.stack([self._pitch_table(each) for each in moved])
        grid[:steps], onset[:steps] = _cells(given.roll, tables)
        all_free = np.zeros((length, VOICES), np.bool_)
        all_free[:steps] = free
        valid = np.arange(length) < steps
        fermata = np.zeros(length, np.int64)
        fermata[:steps] = phrase_marks(melody, steps, meters, self.style)
        highest = MAX_POSITION if self.takes_row else FIRST_MAX_POSITION
        position = np.where(valid, bar_positions(length, meters, highest), 0)
        in_beat = (
            beat_places(length, meters)
            if self.takes_row
            else bar_places(length, meters) % STEPS_PER_BEAT
        )
        alone = Ties.none(length)
        found = Ties.of_melody(melody, meters, steps, length)
        planned = alone if settings.repeats is Repeats.IGNORE else found
        row = row_of(steps, meters, planned, settings.chords, shift)
        return Canvas(
            steps,
            grid,
            onset,
            all_free,
            position,
            fermata,
            in_beat,
            melody[-1].start,
            Frame(
                row,
                bars_of_beats(row.starts, meters),
                np.searchsorted(_BEATS, beat_lengths(length, meters)),
                before_first_bar(length, meters),
                self._harmony,
                self._lowest % OCTAVE,
                self.takes_row,
                keys_of_beats(row.starts, settings.keys, shift),
            ),
            found if settings.repeats is Repeats.REPEAT else alone,
            Leading.of(settings),
        )

    def _pitch_table(self, shift: int) -> NDArray[np.int64]:
        """(128,): the network's class of every pitch, brought into its range by octaves."""
        folded = (fold_into_range(p + shift, self._lowest, self._highest) for p in range(128))
        return np.array([pitch - self._lowest + 1 for pitch in folded])

    def _written(self, run: Run, roll: PianoRoll, shift: int, ranges: Ranges) -> PianoRoll:
        """What the run has written, of all four voices, as loud as the melody's ``roll`` asks."""
        steps = slice(0, roll.steps)
        free = run.free[steps]
        # What has a range or a rhythm that somebody chose is where it has to be.
        loose = free & ranges.open
        if run.rhythm is not None:
            loose &= ~run.rhythm.planned[steps]
        cells, onset = uncross(run.grid[steps], run.onset[steps], loose)
        moved = accompaniment_shift(shift)
        if shift:
            floor = BASS_ZONE + moved - self._lowest + 1
            cells = lift_bass(cells, onset, free & ranges.open, floor)
            melody = np.where(cells[:, 0] > 0, cells[:, 0] + moved - shift, 0)
            cells = sink_bass(cells, onset, free & ranges.open, melody, floor)
        cells = np.where(free, cells, 0)
        deepest = -min(0, int(ranges.octaves.min()))
        cells = cells + np.where(cells > 0, ranges.octaves + deepest, 0)
        below = self._lowest - 1 - deepest
        softer = accompaniment_velocity(roll)
        top = to_piano_roll(cells[:, :1], onset[:, :1], below - shift, (mean_velocity(roll),))
        lower = to_piano_roll(cells[:, 1:], onset[:, 1:], below - moved, (softer,) * (VOICES - 1))
        return PianoRoll(
            np.concatenate([top.velocity, lower.velocity], axis=2),
            np.concatenate([top.onset, lower.onset], axis=2),
        )

    @property
    def classes(self) -> int:
        """Number of pitch classes of the network, the rest included."""
        return self._classes

    @property
    def lowest_pitch(self) -> int:
        """MIDI pitch of the network's class 1; class 0 is a rest."""
        return self._lowest

    @property
    def steps_multiple(self) -> int:
        """What the number of steps has to be a multiple of."""
        return self._multiple

    def infer(
        self, feeds: dict[str, NDArray[Any]], stop: Callable[[], bool] | None = None
    ) -> tuple[NDArray[np.float32], ...]:
        """Pitch logits (T, 4, classes) and onset logits (T, 4) of one piece.

        Of a network that knows chords, chord logits (T, 204) and bass logits (T, 12) as well; of
        its row nothing is known where ``feeds`` do not say anything.

        A long pass is broken off as soon as ``stop`` says so, with
        :class:`GenerationCancelledError`.
        """
        batch = {name: value[None] for name, value in feeds.items()}
        if self.takes_row:
            batch = {**_nothing_known(len(feeds["position"])), **batch}
        if self._takes_style and "style" not in batch:
            batch["style"] = np.full_like(batch["position"], self._style_index)
        if stop is None or len(feeds["position"]) < _LONG_STEPS:
            answer = self._session.run(self._outputs, batch)
        else:
            answer = run_watched(self._session, self._outputs, batch, stop)
        if answer is None:
            raise GenerationCancelledError
        return tuple(each[0] for each in answer)


def _nothing_known(steps: int) -> dict[str, NDArray[Any]]:
    """A chord row (1, T, ...) that is hidden, in quarters, in the middle of a piece."""
    return {
        "beat": np.zeros((1, steps), np.int64),
        "begin": np.zeros((1, steps), np.float32),
        "chord": np.zeros((1, steps, 3), np.int64),
        "chord_known": np.zeros((1, steps, 2), np.float32),
    }


def _padded(cells: Mask, run: Run) -> Mask:
    """``cells`` with as many steps as the run has."""
    result = np.zeros_like(run.free)
    result[: len(cells)] = cells
    return result


def _only_melody(roll: PianoRoll) -> Given:
    """The melody's roll (T, 128, 1) and three voices about which nothing is known."""
    shape = (*roll.velocity.shape[:2], VOICES - 1)
    full = PianoRoll(
        np.concatenate([roll.velocity, np.zeros(shape, np.uint8)], axis=2),
        np.concatenate([roll.onset, np.zeros(shape, np.bool_)], axis=2),
    )
    return Given(full, np.zeros((roll.steps, VOICES), np.bool_))


def _cells(roll: PianoRoll, tables: NDArray[np.int64]) -> tuple[Grid, Mask]:
    """``(grid, onset)``, each (T, 4): of chords within a voice the top, the bass's lowest note.

    ``tables`` (4, 128) are the classes of each voice's pitches.
    """
    sounding = roll.sounding
    top = sounding.shape[1] - 1 - sounding[:, ::-1].argmax(axis=1)
    pitch = np.where(np.arange(VOICES) == VOICES - 1, sounding.argmax(axis=1), top)
    grid = np.where(sounding.any(axis=1), tables[np.arange(VOICES), pitch], 0)
    onset = np.take_along_axis(roll.onset, pitch[:, None], axis=1)[:, 0]
    onset[1:] |= grid[1:] != grid[:-1]
    return grid, onset & (grid > 0)


def _varied(
    melody: tuple[Note, ...], steps: int, share: float, source: NoiseSource
) -> NDArray[np.bool_]:
    """(steps,): the cells of the melody that may be drawn anew; never its last note's.

    Whole notes, in an order of the noise's, until ``share`` of the cells is reached.
    """
    varied = np.zeros(steps, np.bool_)
    if not share:
        return varied
    chance = source.uniform(1, _VARY_DRAW)[:, 0]
    budget = round(share * sum(note.duration for note in melody))
    for note in sorted(melody[:-1], key=lambda each: chance[each.start]):
        if varied.sum() + note.duration <= budget:
            varied[note.start : note.end] = True
    return varied
