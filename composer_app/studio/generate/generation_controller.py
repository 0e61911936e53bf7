"""Generate: from the panel's choices to the worker, and its answer into the document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from composer_app.errors import MelodyError
from composer_app.generation.composing import Composed, check_melody, melody_of
from composer_app.generation.generator import GenerationSettings
from composer_app.generation.given import Lock, accompaniment, given_from
from composer_app.generation.models.catalog import models_folder_problem
from composer_app.generation.models.model_info import ModelInfo
from composer_app.generation.steering import rhythm_of
from composer_app.late_numpy import np
from composer_app.music.composition import DEFAULT_PROGRAMS, Composition
from composer_app.music.editing.edits import with_the_rest
from composer_app.music.editing.other_tracks import other_tracks, unheard, with_other_tracks
from composer_app.music.harmony.chord_wishes import wishes_of_piece
from composer_app.music.mix import TrackMix, TrackOrder
from composer_app.music.note import Note
from composer_app.music.voices import (
    FOUR,
    MELODY,
    has_a_band,
    has_our_voices,
    voice_tracks,
)
from composer_app.project.locks import Cells, Locks, voice_cells
from composer_app.project.take import Take
from composer_app.studio.document.document import Document
from composer_app.studio.document.other_tracks import leave_out_others
from composer_app.studio.document.undo_offer import undo_offer
from composer_app.studio.generate.choices import GenerationChoices
from composer_app.studio.generate.generation_worker import GenerationWorker, Task
from composer_app.studio.messages.bar import MessageAction, MessageBar, Tone
from composer_app.studio.messages.hints import tracks_counted
from composer_app.studio.runtime.settings import Settings

_MODELS_FOLDER: Final = "models-folder"
_ALL_LOCKED: Final = "Everything is locked, so there is nothing to write: unlock some of it first."
_MELODY_ALONE: Final = (
    "The melody stays as it is: select notes of the other voices, or whole bars, to have them"
    " written anew."
)
_OTHER_KIND: Final = (
    "What stays was written by a band, or what is to come is: choose another style, or unlock"
    " everything to have all of it written anew."
)
_BUSY: Final = "Still generating: wait for it, or cancel it."
_RECORDING: Final = "A melody is being recorded."
_Voices = tuple[tuple[Note, ...], ...]


@dataclass(frozen=True, eq=False)
class _Question:
    """What the worker was asked; ``only`` is what alone may change, (T, voices).

    ``around`` says that it writes around voices that there are already.
    """

    composition: Composition
    locks: Locks
    improves: bool
    only: Cells | None
    around: bool

    def still_stands(self, composition: Composition, locks: Locks) -> bool:
        """Whether the answer is one for ``composition`` and ``locks``, too."""
        return locks == self.locks and _asked_for(composition) == _asked_for(self.composition)


class GenerationController(QObject):
    """Binds what is chosen in the Generate panel, the worker and the document together.

    ``writtenInto(cells)``, (T, voices), follows :meth:`generate_only` once its voices are there.
    """

    writtenInto = Signal(object)

    def __init__(
        self,
        document: Document,
        choices: GenerationChoices,
        worker: GenerationWorker,
        settings: Settings,
        bar: MessageBar,
        play: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._choices = choices
        self._worker = worker
        self._settings = settings
        self._bar = bar
        self._play = play
        self._asked: _Question | None = None
        self._models: dict[str, ModelInfo] = {}
        self._advice = ""
        self._piece = document.piece_number
        self._recording = False
        self._left_behind = False
        worker.progressed.connect(choices.set_share)
        worker.finished.connect(self._finish)
        worker.failed.connect(self._fail)
        worker.cancelled.connect(self._cancelled)
        document.compositionChanged.connect(self._take_composition)
        self.refresh_panel()

    def set_models(self, models: Sequence[ModelInfo]) -> None:
        """Offer ``models``, and load the chosen one ahead of its first use."""
        self._models = {model.name: model for model in models}
        self._choices.set_models(models, self._settings.model)
        if problem := models_folder_problem():
            self._bar.show_persistent(_MODELS_FOLDER, str(problem), Tone.WARNING)
        if self._choices.model_name:
            self._worker.preload(self._choices.model_name)

    @property
    def ready(self) -> bool:
        """Whether there is a melody and a model to harmonise it."""
        return not self._choices.reason

    @property
    def busy(self) -> bool:
        """Whether something is being generated."""
        return self._choices.busy

    def cancel(self) -> None:
        """Give up what is being generated."""
        self._worker.cancel()

    def set_recording(self, recording: bool) -> None:
        """Whether a melody is being recorded; nothing can be generated meanwhile."""
        self._recording = recording
        self.refresh_panel()

    def generate(self) -> None:
        """Harmonise the melody of the document around what is locked."""
        self._ask(self._choices.settings)

    def improve(self) -> None:
        """Take away what sounds out of place in the document's voices, and add to them."""
        self._ask(replace(self._choices.settings, improve=True))

    def generate_only(self, cells: Cells) -> None:
        """Harmonise ``cells`` (T, tracks) anew, and leave all others as they are."""
        if self.ready:
            composition = self._document.composition
            self._ask(self._choices.settings, voice_cells(composition, cells, alone=True))

    def carry_out(self, task: Task) -> bool:
        """Have something else written, which ends as a generation does; False while one runs."""
        if self._choices.busy:
            self._bar.tell(_BUSY, about=self._situation)
            return False
        self._left_behind = False
        self._choices.set_busy(True)
        self._worker.carry_out(task)
        return True

    def _ask(self, settings: GenerationSettings, only: Cells | None = None) -> None:
        if self._choices.busy:
            if self._choices.visibly_busy:
                self._bar.tell(_BUSY, about=self._situation)
            return
        composition, locks = self._document.composition, self._document.locks
        melody = melody_of(composition)
        if composition.performance is not None:
            # What has been recorded can be quantized anew, and is heard as that says.
            settings = replace(settings, swing_melody=False)
        locked = voice_cells(composition, locks.cells)
        if only is not None:
            locked |= ~only
        settings = self._with_kept_rhythm(settings)
        chosen = [Lock(voice) for voice in self._choices.locked_voices]
        given = None
        again = settings.likeness and self._choices.voices
        if settings.improve or chosen or locked.any() or again:
            given = given_from(melody, accompaniment(composition), chosen)
            # The melody may be shorter than a track that is none of the voices.
            also = Locks(locked).fitted(*given.locked.shape)
            given = replace(given, locked=given.locked | also)
            free = ~given.locked[:, 0 if settings.vary_melody else 1 :]
            if not free.any():
                sentence = _MELODY_ALONE if only is not None and not locks else _ALL_LOCKED
                self._bar.tell(sentence, about=self._choices_made)
                return
        band = self._is_band(self._choices.model_name)
        if given is not None and composition.origin and band != has_a_band(composition):
            self._bar.tell(_OTHER_KIND, about=self._choices_made)
            return
        if "chords" in self._choices.supports:
            # What a band plays around what stays has to go with the chords of that.
            wishes = wishes_of_piece(composition, melody.steps, planned=band and given is not None)
            settings = replace(settings, chords=wishes, keys=composition.keys)
        self._asked = _Question(composition, locks, settings.improve, only, given is not None)
        self._left_behind = False
        self._choices.set_busy(True)
        model = self._choices.model_name
        programs = self._programs(composition, model)
        self._worker.generate(melody, model, settings, programs, given)

    def _with_kept_rhythm(self, settings: GenerationSettings) -> GenerationSettings:
        """``settings`` with the rhythms that the document's voices are to keep."""
        if "kept_rhythm" not in self._choices.supports:
            return settings
        alto, tenor, bass = (
            rhythm_of(notes) if notes and voice in self._choices.kept_rhythms else None
            for voice, notes in enumerate(accompaniment(self._document.composition))
        )
        return replace(settings, kept_rhythm=(alto, tenor, bass))

    def _finish(self, composed: Composed) -> None:
        self._choices.set_busy(False)
        current, result = self._document.composition, composed.composition
        asked = self._asked
        if asked is None or not asked.still_stands(current, self._document.locks):
            self._bar.tell(
                "The piece has changed meanwhile, so nothing was written into it.",
                about=self._situation,
                goes_on=True,
            )
            return
        model = result.origin.model if result.origin else ""
        # Tempo, title and instruments may have been changed while the network was at work.
        tracks = tuple(
            replace(track, program=program)
            for track, program in zip(result.tracks, self._programs(current, model), strict=True)
        )
        result = replace(
            result,
            tracks=tracks,
            tempo=current.tempo,
            title=current.title,
            performance=current.performance,
        )
        result = with_the_rest(result, current)
        take = Take(result, composed.confidence, composed.recipe)
        others = other_tracks(current, around=asked.around)
        result = with_other_tracks(result, current, others)
        if result == current:
            self._bar.tell(
                "This seed gives the piece you already have: roll the dice for another one.",
                about=self._choices_made,
            )
            return
        # What is written afresh knows nothing of the other tracks, and would clash with them.
        whole = not asked.improves and asked.only is None
        silent = unheard(result) if whole and not has_our_voices(current) else ()
        self._document.replace(
            result,
            "Improve" if asked.improves else "Generate",
            locks=_locks_after(current, self._document.locks, others),
            take=take,
            order=_places_before(current, others, around=asked.around),
            muted=silent,
        )
        self._mix_ensemble(current.origin.model if current.origin else "", model)
        if asked.only is not None:
            self.writtenInto.emit(asked.only)
        self._bar.tell(
            (_changes(current, result) if asked.improves else _written(composed, asked, current))
            + _what_of_others(current, others, muted=bool(silent))
            + self._new_advice(model, current.tempo.initial_bpm),
            Tone.SUCCESS,
            MessageAction("Play", self._play),
            *([MessageAction("Leave Them Out", self._leave_out_others)] if silent else []),
            undo_offer(self._document),
            about=self._situation,
        )

    def _leave_out_others(self) -> None:
        leave_out_others(self._document)

    def _fail(self, sentence: str) -> None:
        if self._left_behind:
            return
        self._choices.set_busy(False)
        # Over with the next try, or with another model; an edit of the piece mends nothing.
        self._bar.tell(
            sentence, Tone.ERROR, about=lambda: (self._choices.busy, self._choices.model_name)
        )

    def _take_composition(self) -> None:
        if self._document.piece_number != self._piece:
            self._piece = self._document.piece_number
            if self._choices.busy:
                # What is being written is for the piece that has been left, and is of no use here.
                self._left_behind = True
                self._worker.cancel()
                self._choices.set_busy(False)
        self.refresh_panel()

    def _cancelled(self) -> None:
        if self._left_behind:
            return
        self._choices.set_busy(False)
        self._bar.tell("Cancelled: the piece is as it was.", about=self._situation)

    def _situation(self) -> object:
        """What is said of a generation holds until the piece changes or the next one begins."""
        return self._document.moment(), self._choices.busy

    def _choices_made(self) -> object:
        """What is said of what was chosen holds until something else is."""
        choices = self._choices
        chosen = choices.settings, choices.model_name, choices.locked_voices
        return self._situation(), chosen

    def choose_model(self, name: str) -> None:
        """Use the model called ``name``, in the sessions to come as well."""
        self._choices.choose_model(name)
        self._settings.model = name
        self._worker.preload(name)

    def refresh_panel(self) -> None:
        """Tell the panel what the document has: a melody to harmonise, voices to lock."""
        composition = self._document.composition
        voices = accompaniment(composition)
        self._choices.set_voices([voice for voice, notes in enumerate(voices, 1) if notes])
        self._choices.set_programs(self._programs(composition, self._choices.model_name))
        if self._recording:
            self._choices.set_obstacle(_RECORDING)
            return
        try:
            check_melody(composition.melody())
        except MelodyError as error:
            self._choices.set_obstacle(str(error))
        else:
            self._choices.set_obstacle(None)

    def _programs(self, composition: Composition, model: str) -> tuple[int, ...]:
        """The instruments for four voices: the ensemble of ``model``, and what a person chose.

        An instrument that differs from those of the take's own model has been chosen.
        """
        wanted = self._ensemble(model)
        before: tuple[int, ...] = DEFAULT_PROGRAMS
        tracks = composition.tracks[: len(wanted)]
        if composition.origin is None:
            # Other tracks of an opened file are not voices of ours.
            tracks = tracks[:1]
        else:
            before = self._ensemble(composition.origin.model)
        chosen = {i: t.program for i, t in enumerate(tracks) if t.program != before[i]}
        return tuple(chosen.get(voice, program) for voice, program in enumerate(wanted))

    def _is_band(self, model: str) -> bool:
        info = self._models.get(model)
        return info is not None and info.is_band

    def _mix_ensemble(self, before: str, model: str) -> None:
        """Give the tracks the levels of the ensemble of ``model``, but what a person has set."""
        mix = self._document.mix
        old, new = (
            info.mix if (info := self._models.get(name)) else () for name in (before, model)
        )
        for index in range(FOUR):
            was = old[index] if index < len(old) else TrackMix()
            wanted = new[index] if index < len(new) else TrackMix()
            track = mix.track(index)
            if (track.volume, track.pan) == (was.volume, was.pan):
                changed = replace(track, volume=wanted.volume, pan=wanted.pan)
                mix = mix.with_track(index, changed)
        if mix != self._document.mix:
            self._document.set_mix(mix)

    def _ensemble(self, model: str) -> tuple[int, ...]:
        info = self._models.get(model)
        return info.programs if info else DEFAULT_PROGRAMS

    def _new_advice(self, model: str, bpm: float) -> str:
        """A sentence on an unusual tempo, or on missing drums, unless it was the last one said."""
        info = self._models.get(model)
        advice = " ".join(filter(None, (info.tempo_advice(bpm), info.remark))) if info else ""
        said, self._advice = self._advice, advice
        return f" {advice}" if advice and advice != said else ""


def _places_before(piece: Composition, others: tuple[int, ...], *, around: bool) -> TrackOrder:
    """Which track of ``piece`` each of four voices takes the place of, None for none, then others.

    A voice that is missing takes the track that stands in its place and has no notes.
    """
    if not around and not has_our_voices(piece):
        return [MELODY, *[None] * (FOUR - 1), *others]
    tracks = piece.tracks
    places: list[int | None] = [MELODY]
    for voice, index in enumerate(voice_tracks(piece), 1):
        silent = voice >= len(tracks) or not tracks[voice].notes
        places.append(voice if index is None and silent else index)
    return [*places, *others]


def _locks_after(composition: Composition, locks: Locks, others: tuple[int, ...]) -> Locks:
    """``locks`` of ``composition`` as those of four voices and, after them, the ``others``."""
    cells = locks.fitted(composition.steps, len(composition.tracks))
    return Locks(np.hstack([voice_cells(composition, locks.cells), cells[:, list(others)]]))


def _voices(composition: Composition) -> _Voices:
    return tuple(track.notes for track in composition.tracks)


def _asked_for(composition: Composition) -> tuple[object, ...]:
    """What a generation depends on; instruments, tempo and title may change meanwhile."""
    return composition.melody().notes, composition.meters, _voices(composition)


def _written(composed: Composed, asked: _Question, before: Composition) -> str:
    seed = composed.recipe.settings.seed
    if asked.only is not None:
        return f"The selection is written anew, with seed {seed}; the rest is as it was."
    if likeness := composed.recipe.settings.likeness:
        return f"Written anew with seed {seed}; {likeness:.0%} of the voices stay as they were."
    if asked.around:
        return f"Written anew around what is locked, with seed {seed}."
    upbeat = f" after an upbeat of {composed.upbeat} sixteenths" if composed.upbeat else ""
    ours = has_our_voices(before) and any(track.notes for track in before.tracks[1:FOUR])
    instead = ", in place of those before" if ours else ""
    if has_a_band(composed.composition):
        return f"A band plays to your melody{upbeat}, with seed {seed}{instead}."
    return f"Three voices written beneath your melody{upbeat}, with seed {seed}{instead}."


def _what_of_others(piece: Composition, others: tuple[int, ...], *, muted: bool) -> str:
    """What has become of the ``others``, which are none of the four voices, in sentences."""
    drums = sum(piece.tracks[index].drums for index in others)
    count = len(others) - drums
    played = " The drums play on." if drums else ""
    if not count:
        return played
    stays = "stays" if count == 1 else "stay"
    how = ", muted" if muted else " as it was" if count == 1 else " as they were"
    return f" {tracks_counted(count).capitalize()} {stays}{how}.{played}"


def _changes(before: Composition, after: Composition) -> str:
    """What improving has done, in a sentence."""

    def sounds(piece: Composition) -> set[tuple[int, int, int, int]]:
        voices = enumerate(accompaniment(piece))
        return {(v, n.start, n.pitch, n.duration) for v, notes in voices for n in notes}

    old, new = sounds(before), sounds(after)
    return f"{_notes(len(old - new))} taken away, {len(new - old)} added."


def _notes(count: int) -> str:
    return "1 note" if count == 1 else f"{count} notes"
