"""The loop: dragged in the ruler, switched in the toolbar, played by the player."""

from PySide6.QtCore import QObject

from composer_app.studio.document.current_selection import CurrentSelection
from composer_app.studio.document.document import Document
from composer_app.studio.roll.view import PianoRollView
from composer_app.studio.sound.playback_controller import PlaybackController
from composer_app.studio.widgets.commands.actions import Actions


class LoopController(QObject):
    """Shows and plays the region of the document, which is kept while the loop is switched off.

    Switched on without a region, it takes the bars that are selected, or else the whole piece.
    """

    def __init__(
        self,
        actions: Actions,
        roll: PianoRollView,
        selection: CurrentSelection,
        document: Document,
        playback: PlaybackController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._action = actions.loop
        self._roll = roll
        self._selection = selection
        self._document = document
        self._playback = playback
        self._piece = document.piece_number
        self._on = False
        self._action.toggled.connect(self._switch)
        roll.loopDragged.connect(self.set_region)
        document.compositionChanged.connect(self._take_composition)

    @property
    def region(self) -> tuple[float, float] | None:
        """From which step up to which, whether or not it is in use."""
        return self._document.loop

    def set_region(self, start: float, end: float) -> None:
        """Loop these steps from now on."""
        self._document.set_loop((start, end))
        if self._on:
            self._use()
        else:
            self._action.setChecked(True)

    def _switch(self, on: bool) -> None:
        self._on = on
        if on and self.region is None:
            self._document.set_loop(self._chosen())
        self._use()

    def _use(self) -> None:
        on, region = self._on, self.region
        if on and region is not None:
            self._playback.set_loop(*region)
        else:
            self._playback.clear_loop()
        self._roll.set_loop(region, on=on)

    def _chosen(self) -> tuple[float, float]:
        composition = self._document.composition
        span = self._selection.value.span
        if span is not None:
            return float(span[0]), float(span[1])
        return 0.0, float(composition.meters.whole_bars(max(1, composition.steps)))

    def _take_composition(self) -> None:
        if self._document.piece_number != self._piece:
            self._piece = self._document.piece_number
            self._action.setChecked(False)
            self._use()
