"""The menu of a bar in the ruler: its metre, and where the first bar begins."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QWidget

from composer_app.music.composition import Composition
from composer_app.music.editing.edits import with_meter, with_meter_from, with_upbeat
from composer_app.music.timing import STEPS_PER_BEAT, Meter
from composer_app.studio.document.document import Document
from composer_app.studio.transport.transport_bar import METERS


class BarMenu(QObject):
    """Opens the menu where it is asked for, and does what is chosen."""

    def __init__(
        self, document: Document, may_edit: Callable[[], bool], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._may_edit, self._parent = document, may_edit, parent

    def open(self, step: float, place: QPoint) -> None:
        """The menu of the bar at ``step``, at ``place`` on the screen; none while recording."""
        if self._may_edit():
            self.menu(step).popup(place)

    def menu(self, step: float) -> QMenu:
        """What can be done at ``step``; the menu deletes itself when it has closed."""
        meters = self._document.composition.meters
        bar = meters.bar_at_step(step)
        menu = QMenu(self._parent)
        menu.aboutToHide.connect(menu.deleteLater)
        where = "Metre" if bar.number < 2 else f"Metre from Bar {bar.number}"
        choices = menu.addMenu(where)
        for meter in dict.fromkeys((*METERS, bar.meter)):
            action = choices.addAction(str(meter), partial(self._set_meter, bar.start, meter))
            action.setCheckable(True)
            action.setChecked(meter == bar.meter)
        change = next((c for c in meters.changes[1:] if c.tick == bar.start), None)
        if change is not None:
            before = meters.bar_at(bar.start - 1).meter
            remove = partial(self._set_meter, bar.start, before)
            menu.addAction(f"Go on in {before} Here", remove)
        menu.addSeparator()
        beat = round(step / STEPS_PER_BEAT) * STEPS_PER_BEAT
        early = 0 < beat < meters.initial.steps_per_bar
        begin = menu.addAction("Begin Bar 1 Here", partial(self._set_upbeat, beat))
        begin.setEnabled(early and beat != meters.upbeat_steps)
        begin.setToolTip("What comes before is an upbeat")
        none = menu.addAction("No Upbeat", partial(self._set_upbeat, 0))
        none.setEnabled(bool(meters.upbeat))
        return menu

    def _set_meter(self, tick: int, meter: Meter) -> None:
        piece = self._document.composition
        first = tick <= (piece.meters.upbeat or 0)
        self._edit(
            with_meter(piece, meter) if first else with_meter_from(piece, meter, tick),
            "Change Metre",
        )

    def _set_upbeat(self, steps: int) -> None:
        self._edit(with_upbeat(self._document.composition, steps), "Change Upbeat")

    def _edit(self, changed: Composition, text: str) -> None:
        if self._may_edit():
            self._document.replace(changed, text)
