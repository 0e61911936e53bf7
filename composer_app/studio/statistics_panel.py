"""The statistics panel: choose what is measured and in which track, see how it is distributed.

matplotlib takes long to import. That happens in a thread, once the panel has been shown; until
then a line says so. While the panel is hidden nothing is worked out.
"""

import importlib
import threading
from types import ModuleType
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from composer_app.analysis.features import FEATURES, Feature
from composer_app.music.composition import Composition
from composer_app.studio.statistics_picture import Picture, picture_of
from composer_app.studio.theme import GRID, MEDIUM_SIZE, numeral_font, set_role

if TYPE_CHECKING:
    from composer_app.studio.statistics_plot import StatisticsCanvas

_PLOT_MODULE = "composer_app.studio.statistics_plot"
_NOTHING = "Notes will be measured here: their pitch, length and velocity."
_NO_NUMBERS = (("notes", "0"), ("mean", "–"), ("standard dev.", "–"))
# Below these heights of the panel (pixels) the words give way to the diagram.
_ROOM_FOR_SENTENCE = 300
_ROOM_FOR_CAPTION = 400
_LOADING = "Preparing the diagram …"
_UNAVAILABLE = "The diagram is unavailable: matplotlib could not be loaded."


class StatisticsPanel(QWidget):
    """Statistics of a composition's notes; ``pictureShown`` is emitted when a diagram is up."""

    pictureShown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._composition = Composition()
        self._picture: Picture | None = None
        self._canvas: StatisticsCanvas | None = None
        self._importer: _PlotImporter | None = None
        self._failed = False
        # Several changes in one turn of the event loop are measured once.
        self._refresh_soon = QTimer(self)
        self._refresh_soon.setSingleShot(True)
        self._refresh_soon.setInterval(0)
        self._refresh_soon.timeout.connect(self._refresh)
        self._build()
        self.setAccessibleName("Statistics")

    @property
    def picture(self) -> Picture | None:
        """What is shown, None where there are no notes."""
        return self._picture

    @property
    def feature(self) -> Feature:
        """What is measured."""
        return cast(Feature, self.features.currentData())

    def set_composition(self, composition: Composition) -> None:
        """Measure ``composition`` from now on; the choices stay where they still exist."""
        self._composition = composition
        self._offer_tracks()
        self._schedule()

    def showEvent(self, event: QShowEvent) -> None:
        """The first time, fetch matplotlib; every time, catch up."""
        super().showEvent(event)
        if self._importer is None:
            self._importer = _PlotImporter(self)
            self._importer.imported.connect(self._add_canvas)
            # After the event loop has come around: the window is painted first.
            QTimer.singleShot(0, self._importer.start)
        self._schedule()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low panel the diagram goes before its explanation, which is its tooltip as well."""
        super().resizeEvent(event)
        self._show_words()

    # -- inside ----------------------------------------------------------------------------

    def _build(self) -> None:
        heading = QLabel("STATISTICS")
        set_role(heading, "heading")
        self.features = QComboBox()
        self.features.setAccessibleName("What is measured")
        for feature in FEATURES:
            self.features.addItem(feature.title, feature)
        self.tracks = QComboBox()
        self.tracks.setAccessibleName("Which tracks are measured")
        self.features.currentIndexChanged.connect(self._schedule)
        self.tracks.currentIndexChanged.connect(self._schedule)
        for box in (self.features, self.tracks):
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            box.setMinimumContentsLength(6)
        choices = QHBoxLayout()
        choices.setSpacing(GRID)
        choices.addWidget(self.features)
        choices.addWidget(self.tracks)

        self._message = _centred(_NOTHING)
        self._stack = QStackedWidget()
        self._stack.setMinimumHeight(120)
        self._stack.addWidget(self._message)

        self._values = [QLabel("–") for _ in range(3)]
        self._names = [QLabel(name) for name, _ in _NO_NUMBERS]
        figures = QGridLayout()
        figures.setHorizontalSpacing(2 * GRID)
        figures.setVerticalSpacing(0)
        for column, (value, name) in enumerate(zip(self._values, self._names, strict=True)):
            value.setFont(numeral_font(MEDIUM_SIZE, bold=True))
            set_role(value, "figure")
            set_role(name, "small")
            figures.addWidget(value, 0, column)
            figures.addWidget(name, 1, column)
            figures.setColumnStretch(column, 1)
        self._sentence = _wrapped()
        self._caption = _wrapped()
        set_role(self._caption, "small")

        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading)
        layout.addLayout(choices)
        layout.addWidget(self._stack, 1)
        layout.addLayout(figures)
        layout.addWidget(self._sentence)
        layout.addWidget(self._caption)
        self._offer_tracks()
        self._write_figures()

    def _offer_tracks(self) -> None:
        names = [track.name for track in self._composition.tracks]
        offered = [self.tracks.itemText(index) for index in range(1, self.tracks.count())]
        if self.tracks.count() and names == offered:
            return
        chosen = self.tracks.currentText()
        self.tracks.blockSignals(True)
        self.tracks.clear()
        self.tracks.addItem("All tracks", None)
        for index, name in enumerate(names):
            self.tracks.addItem(name, index)
        self.tracks.setCurrentIndex(max(0, self.tracks.findText(chosen)))
        self.tracks.blockSignals(False)

    def _schedule(self) -> None:
        if self.isVisible():
            self._refresh_soon.start()

    def _refresh(self) -> None:
        track = cast("int | None", self.tracks.currentData())
        self._picture = picture_of(self._composition, self.feature, track)
        self._write_figures()
        if self._picture is None or self._canvas is None:
            waiting = _UNAVAILABLE if self._failed else _LOADING
            self._message.setText(_NOTHING if self._picture is None else waiting)
            self._stack.setCurrentWidget(self._message)
            return
        self._stack.setCurrentWidget(self._canvas)
        self._canvas.show_picture(self._picture)
        self.pictureShown.emit()

    def _write_figures(self) -> None:
        picture = self._picture
        numbers = picture.numbers if picture else _NO_NUMBERS
        for (name, value), name_label, value_label in zip(
            numbers, self._names, self._values, strict=True
        ):
            name_label.setText(name)
            value_label.setText(value)
        self._sentence.setText(picture.sentence if picture else "")
        self._caption.setText(picture.caption if picture else "")
        self._stack.setToolTip(f"{picture.sentence}\n{picture.caption}" if picture else "")
        self._show_words()

    def _show_words(self) -> None:
        """Explain the diagram where there is room; its tooltip does so anyway."""
        there = self._picture is not None
        self._sentence.setVisible(there and self.height() >= _ROOM_FOR_SENTENCE)
        self._caption.setVisible(there and self.height() >= _ROOM_FOR_CAPTION)

    def _add_canvas(self, module: ModuleType | None) -> None:
        if module is None:
            self._failed = True
        else:
            self._canvas = module.StatisticsCanvas()
            self._stack.addWidget(self._canvas)
        self._schedule()


class _PlotImporter(QObject):
    """Imports the diagram's module in a thread; ``imported(module)``, None if that failed."""

    imported = Signal(object)

    def start(self) -> None:
        """Begin; the thread ends with the program if that comes first."""
        threading.Thread(target=self._import, name="import matplotlib", daemon=True).start()

    def _import(self) -> None:
        try:
            module: ModuleType | None = importlib.import_module(_PLOT_MODULE)
        except ImportError:
            module = None
        try:
            self.imported.emit(module)
        except RuntimeError:
            # The window was closed in the meantime and took this object with it.
            return


def _wrapped() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    return label


def _centred(text: str) -> QLabel:
    label = _wrapped()
    label.setText(text)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    set_role(label, "muted")
    return label
