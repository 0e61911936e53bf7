"""Generate: from the panel's choices to the worker, and its answer into the document."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject

from composer_app.errors import MelodyError
from composer_app.generation.catalog import ModelInfo
from composer_app.generation.generator import check_melody
from composer_app.music.composition import DEFAULT_PROGRAMS, Composition
from composer_app.music.melody import Melody
from composer_app.studio.document import Document
from composer_app.studio.generate_panel import GeneratePanel
from composer_app.studio.generation_worker import GenerationWorker
from composer_app.studio.message_bar import MessageAction, MessageBar, Tone
from composer_app.studio.settings import Settings


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
        self._asked: Melody | None = None
        self._models: dict[str, ModelInfo] = {}
        self._advice = ""
        panel.generateRequested.connect(self.generate)
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
        """Harmonise the melody of the document."""
        composition = self._document.composition
        self._asked = composition.melody()
        self._panel.set_busy(True)
        self._worker.generate(
            self._asked,
            self._panel.model_name,
            self._panel.settings,
            self._programs(composition, self._panel.model_name),
        )

    def _finish(self, result: Composition) -> None:
        self._panel.set_busy(False)
        current = self._document.composition
        melody = current.melody()
        asked = self._asked
        if asked is None or (melody.notes, melody.meter) != (asked.notes, asked.meter):
            self._bar.tell("The melody has changed meanwhile: press Generate again.")
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
        self._document.replace(result, "Generate")
        seed = result.origin.seed if result.origin else 0
        self._bar.tell(
            f"Three voices written beneath your melody, with seed {seed}."
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
        """Tell the panel whether the document's melody can be harmonised."""
        try:
            check_melody(self._document.composition.melody())
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
