"""Continue, Fill the Gap and Compose: from the commands to the worker, and into the document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from composer_app.generation.generator import GenerationSettings
from composer_app.music.composition import Composition
from composer_app.music.timing import Meter
from composer_app.music.voices import FOUR, MELODY, has_our_voices
from composer_app.project.piece import Piece
from composer_app.project.take import Take
from composer_app.studio.document.undo_offer import in_place_of, undo_offer
from composer_app.studio.messages.bar import MessageAction, MessageBar, Tone

if TYPE_CHECKING:
    from composer_app.generation.generator import Progress
    from composer_app.generation.melodies.network import MelodyNetwork
    from composer_app.generation.melodies.pieces import Continuation, Extended, NewPiece
    from composer_app.generation.models.model_info import ModelInfo
    from composer_app.studio.document.current_selection import CurrentSelection
    from composer_app.studio.document.document import Document
    from composer_app.studio.generate.choices import GenerationChoices
    from composer_app.studio.generate.generation_controller import GenerationController
    from composer_app.studio.generate.generation_worker import GenerationWorker, LoadGenerator
    from composer_app.studio.widgets.commands.actions import Actions

_CHANGED: Final = "The piece has changed meanwhile, so nothing was written into it."
_NO_MELODY: Final = "There is no melody to go on with: play one, open one, or compose a new piece."


class ContinuingController(QObject):
    """Binds the commands that write melodies, the worker and the document together.

    ``notesWritten(pitch, first step, step after the last)`` says where there is something new.
    """

    dialogOpened = Signal(object)
    notesWritten = Signal(int, float, float)

    def __init__(
        self,
        actions: Actions,
        document: Document,
        chosen: CurrentSelection,
        choices: GenerationChoices,
        generation: GenerationController,
        worker: GenerationWorker,
        bar: MessageBar,
        play: Callable[[], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._actions = actions
        self._document = document
        self._chosen = chosen
        self._choices = choices
        self._generation = generation
        self._bar = bar
        self._play = play
        self._window = window
        self._network: MelodyNetwork | None = None
        # What is being written: the piece it goes on with, None for one that begins anew.
        self._asked: Composition | None = None
        self._fills = False
        actions.continue_piece.triggered.connect(self.ask_to_continue)
        actions.fill_gap.triggered.connect(self.fill)
        actions.compose_piece.triggered.connect(self.ask_to_compose)
        worker.extended.connect(self._finish)
        document.compositionChanged.connect(self._refresh)
        choices.changed.connect(self._refresh)
        self._refresh()

    # asking -----------------------------------------------------------------------------------

    def ask_to_continue(self) -> None:
        """Ask how many bars more are wanted."""
        from composer_app.studio.generate.continue_dialog import ContinueDialog

        model = self._accompanying()
        who = (
            "The melody goes on alone."
            if model is None
            else f"Melody and accompaniment go on ({model.title})."
        )
        dialog = ContinueDialog(who, self._window)
        dialog.asked.connect(self.continue_piece)
        self._open(dialog)

    def ask_to_compose(self) -> None:
        """Ask what is known of a new piece."""
        from composer_app.studio.generate.compose_dialog import ComposeDialog

        model = self._choices.model
        if model is None:
            self._bar.tell(self._choices.reason or _NO_MELODY)
            return
        tempo = model.tempo.usual
        dialog = ComposeDialog(model.title, _usual_meter(model), tempo, self._window)
        dialog.asked.connect(self.compose)
        self._open(dialog)

    def _open(self, dialog: QWidget) -> None:
        self.dialogOpened.emit(dialog)
        dialog.show()

    # writing ----------------------------------------------------------------------------------

    def continue_piece(self, asked: Continuation) -> None:
        """Write more bars after the last one."""
        self._write(asked)

    def fill(self) -> None:
        """Write where the melody rests: in what is selected, or anywhere."""
        from composer_app.generation.melodies.pieces import Continuation

        composition = self._document.composition
        span = self._chosen.value.span
        first, last = (0, composition.steps) if span is None else span
        self._write(Continuation(gap=(first, last)))

    def _write(self, asked: Continuation) -> None:
        from composer_app.generation.melodies.pieces import continue_piece, melody_style

        piece = self._document.composition
        if not piece.tracks or not piece.tracks[MELODY].notes:
            self._bar.tell(_NO_MELODY)
            return
        model, settings = self._accompanying(), self._settings()
        keys = piece.keys

        def task(load: LoadGenerator, progress: Progress) -> Extended:
            return continue_piece(
                self._loaded(),
                None if model is None else load(model.name),
                piece,
                asked,
                replace(settings, keys=keys),
                melody_style(model or self._choices.model),
                progress=progress,
                around=model is not None,
            )

        if self._generation.carry_out(task):
            self._asked, self._fills = piece, asked.gap is not None

    def compose(self, asked: NewPiece) -> None:
        """Begin a new piece, written in the chosen style."""
        from composer_app.generation.melodies.pieces import compose_piece

        model, settings = self._choices.model, self._settings()
        if model is None:
            return

        def task(load: LoadGenerator, progress: Progress) -> Extended:
            generator = load(model.name)
            return compose_piece(self._loaded(), generator, model, asked, settings, progress)

        if self._generation.carry_out(task):
            self._asked = None

    def _settings(self) -> GenerationSettings:
        chosen = self._choices.chosen
        return GenerationSettings(chosen.seed, chosen.temperature, phrasing=chosen.phrasing)

    def _accompanying(self) -> ModelInfo | None:
        """Who goes on with the voices or the band that there is; None where the melody is alone."""
        piece = self._document.composition
        if not has_our_voices(piece) or piece.origin is None:
            return None
        if not any(track.notes for track in piece.tracks[1:FOUR]):
            return None
        named = piece.origin.model
        models = self._choices.models or ()
        return next((info for info in models if info.name == named and not info.problem), None)

    def _loaded(self) -> MelodyNetwork:
        """The network of melodies; called in the worker's thread."""
        from composer_app.generation.melodies.network import load_melody_network

        if self._network is None:
            self._network = load_melody_network()
        return self._network

    # the answer -------------------------------------------------------------------------------

    def _finish(self, made: Extended) -> None:
        self._choices.set_busy(False)
        seed = self._choices.chosen.seed
        if made.composed is not None:
            seed = made.composed.recipe.settings.seed
        if self._asked is None:
            self._begin(made, seed)
            return
        if self._document.composition != self._asked:
            self._bar.tell(_CHANGED, about=self._situation, goes_on=True)
            return
        self._document.replace(
            made.piece, "Fill the Gap" if self._fills else "Continue", take=_take(made)
        )
        self._show(made)
        what = "The gap is filled" if self._fills else "The piece goes on"
        self._bar.tell(
            f"{what}: {_new_bars(made)}, with seed {seed}.",
            Tone.SUCCESS,
            MessageAction("Play", self._play),
            undo_offer(self._document),
            about=self._situation,
        )

    def _show(self, made: Extended) -> None:
        new = [n for n in made.piece.tracks[MELODY].notes if made.first <= n.start < made.end]
        if new:
            bar = made.piece.meters.bar_at_step(new[0].start)
            self.notesWritten.emit(new[0].pitch, float(made.first), float(bar.end_step))

    def _begin(self, made: Extended, seed: int) -> None:
        before = self._document.composition
        take = _take(made)
        takes = () if take is None else (take,)
        self._document.begin_project(Piece(made.piece, takes=takes, take=take), "Compose", None)
        instead, undo = in_place_of(before, self._document)
        self._bar.tell(
            f"A new piece of {made.piece.bars} bars, with seed {seed}{instead}.",
            Tone.SUCCESS,
            MessageAction("Play", self._play),
            *undo,
            goes_on=True,
        )

    def _situation(self) -> object:
        return self._document.moment(), self._choices.busy

    def _refresh(self) -> None:
        piece = self._document.composition
        there = bool(piece.tracks and piece.tracks[MELODY].notes)
        free = self._choices.busy or self._choices.model is not None
        self._actions.continue_piece.setEnabled(there and free)
        self._actions.fill_gap.setEnabled(there and free)
        self._actions.compose_piece.setEnabled(free)


def _take(made: Extended) -> Take | None:
    """What a model has just written around the melody, None where the melody is alone."""
    if made.composed is None:
        return None
    voices = replace(made.piece, tracks=made.piece.tracks[:FOUR])
    return Take(voices, made.composed.confidence, made.composed.recipe)


def _new_bars(made: Extended) -> str:
    meters = made.piece.meters
    first, last = (meters.bar_at_step(step).number for step in (made.first, made.end - 1))
    return f"bar {first} is new" if first == last else f"bars {first} to {last} are new"


def _usual_meter(model: ModelInfo) -> Meter:
    """The metre that the style of ``model`` is at home in."""
    if not model.is_band:
        return Meter()
    from composer_app.generation.bands.style_file import read_style

    meters = read_style(model.path).meters
    return meters[0] if meters else Meter()
