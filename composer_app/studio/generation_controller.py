"""Generate: from the panel's choices to the worker, and its answer into the document."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from composer_app.errors import MelodyError
from composer_app.generation.catalog import ModelInfo
from composer_app.generation.generator import GenerationSettings, Take, check_melody
from composer_app.generation.given import Lock, accompaniment, given_from
from composer_app.music.composition import DEFAULT_PROGRAMS, Composition
from composer_app.music.note import Note
from composer_app.studio.document import Document
from composer_app.studio.generate_panel import GeneratePanel
from composer_app.studio.generation_worker import GenerationWorker
from composer_app.studio.message_bar import MessageAction, MessageBar, Tone
from composer_app.studio.settings import Settings

# Takes whose confidence is kept: as many as anybody goes back to.
_REMEMBERED: Final = 64
_Voices = tuple[tuple[Note, ...], ...]


class GenerationController(QObject):
    """Binds the Generate panel, the worker and the document together."""

    def __init__(
        self,
        document: Document,
        panel: GeneratePanel,
        worker: GenerationWorker,
        settings: Settings,
        bar: MessageBar,
        play: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._panel = panel
        self._worker = worker
        self._settings = settings
        self._bar = bar
        self._play = play
        self._asked: Composition | None = None
        self._improving = False
        self._confidence: dict[_Voices, NDArray[np.float32]] = {}
        self._models: dict[str, ModelInfo] = {}
        self._advice = ""
        panel.generateRequested.connect(self.generate)
        panel.improveRequested.connect(self.improve)
        panel.cancelRequested.connect(worker.cancel)
        panel.modelChosen.connect(self._choose_model)
        worker.progressed.connect(panel.set_progress)
        worker.finished.connect(self._finish)
        worker.failed.connect(self._fail)
        worker.cancelled.connect(self._cancelled)
        document.compositionChanged.connect(self.check)
        self.check()

    def set_models(self, models: Sequence[ModelInfo]) -> None:
        """Offer ``models``, and load the chosen one ahead of its first use."""
        self._models = {model.name: model for model in models}
        self._panel.set_models(models, self._settings.model)
        if self._panel.model_name:
            self._worker.preload(self._panel.model_name)

    def generate(self) -> None:
        """Harmonise the melody of the document around the voices that are locked."""
        locks = [Lock(voice) for voice in self._panel.control.locked_voices]
        self._ask(self._panel.settings, locks)

    def improve(self) -> None:
        """Take away what sounds out of place in the document's voices, and add to them."""
        locks = [Lock(voice) for voice in self._panel.control.locked_voices]
        self._ask(replace(self._panel.settings, improve=True), locks)

    def confidence(self, composition: Composition) -> NDArray[np.float32] | None:
        """(T, 4) how sure the model was of the cells of ``composition``; None if not known."""
        return self._confidence.get(_voices(composition))

    def _ask(self, settings: GenerationSettings, locks: list[Lock]) -> None:
        self._asked = composition = self._document.composition
        melody, given = composition.melody(), None
        if settings.improve or locks:
            given = given_from(melody, accompaniment(composition, 0), locks)
        self._improving = settings.improve
        self._panel.set_busy(True)
        model = self._panel.model_name
        programs = self._programs(composition, model)
        self._worker.generate(melody, model, settings, programs, given)

    def _finish(self, take: Take) -> None:
        self._panel.set_busy(False)
        current, result = self._document.composition, take.composition
        asked = self._asked
        if asked is None or _asked_for(current) != _asked_for(asked):
            self._bar.tell("The piece has changed meanwhile: press Generate again.")
            return
        model = result.origin.model if result.origin else ""
        # Tempo, title and instruments may have been changed while the network was at work.
        tracks = tuple(
            replace(track, program=program)
            for track, program in zip(result.tracks, self._programs(current, model), strict=True)
        )
        result = replace(result, tracks=tracks, tempo=current.tempo, title=current.title)
        if result == current:
            self._bar.tell(
                "This seed gives the piece you already have: roll the dice for another one."
            )
            return
        while len(self._confidence) >= _REMEMBERED:
            del self._confidence[next(iter(self._confidence))]
        self._confidence[_voices(result)] = take.confidence
        self._document.replace(result, "Improve" if self._improving else "Generate")
        self._bar.tell(
            (_changes(current, result) if self._improving else _written(take))
            + self._new_advice(model, current.tempo.initial_bpm),
            Tone.SUCCESS,
            MessageAction("Play", self._play),
        )

    def _fail(self, sentence: str) -> None:
        self._panel.set_busy(False)
        self._bar.tell(sentence, Tone.ERROR)

    def _cancelled(self) -> None:
        self._panel.set_busy(False)
        self._bar.tell("Cancelled: the piece is as it was.")

    def _choose_model(self, name: str) -> None:
        self._settings.model = name
        self._worker.preload(name)

    def check(self) -> None:
        """Tell the panel what the document has: a melody to harmonise, voices to keep."""
        composition = self._document.composition
        voices = accompaniment(composition, 0)
        self._panel.set_voices([voice for voice, notes in enumerate(voices, 1) if notes])
        try:
            check_melody(composition.melody())
        except MelodyError as error:
            self._panel.set_obstacle(str(error))
        else:
            self._panel.set_obstacle(None)

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

    def _ensemble(self, model: str) -> tuple[int, ...]:
        info = self._models.get(model)
        return info.programs if info else DEFAULT_PROGRAMS

    def _new_advice(self, model: str, bpm: float) -> str:
        """A sentence on an unusual tempo to go on with, unless it was the last one said."""
        info = self._models.get(model)
        advice = info.tempo_advice(bpm) if info else ""
        said, self._advice = self._advice, advice
        return f" {advice}" if advice and advice != said else ""


def _voices(composition: Composition) -> _Voices:
    return tuple(track.notes for track in composition.tracks)


def _asked_for(composition: Composition) -> tuple[object, ...]:
    """What a generation depends on; instruments, tempo and title may change meanwhile."""
    return composition.melody().notes, composition.meter, _voices(composition)


def _written(take: Take) -> str:
    seed = take.composition.origin.seed if take.composition.origin else 0
    upbeat = f" after an upbeat of {take.upbeat} sixteenths" if take.upbeat else ""
    return f"Three voices written beneath your melody{upbeat}, with seed {seed}."


def _changes(before: Composition, after: Composition) -> str:
    """What improving has done, in a sentence."""

    def sounds(piece: Composition) -> set[tuple[int, int, int, int]]:
        voices = enumerate(accompaniment(piece, 0))
        return {(v, n.start, n.pitch, n.duration) for v, notes in voices for n in notes}

    old, new = sounds(before), sounds(after)
    return f"{_notes(len(old - new))} taken away, {len(new - old)} added."


def _notes(count: int) -> str:
    return "1 note" if count == 1 else f"{count} notes"
