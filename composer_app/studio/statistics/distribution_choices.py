"""The boxes above the statistics diagram, and the same choices as a menu for a low window."""

from functools import partial
from typing import Final, cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QGridLayout, QMenu, QWidget

from composer_app.analysis.explanations import FEATURE_HELP
from composer_app.analysis.features import FEATURES, Feature
from composer_app.music.composition import Composition
from composer_app.music.voices import main_tracks_called
from composer_app.reporting.plots.question import Against, Part
from composer_app.studio.widgets.elided import ElidedBox, menu_text
from composer_app.studio.widgets.theme import GRID

_FAVOURITE: Final = ("style", "bach")
_NO_TAKE: Final = "Another take (none yet)"
_NO_TAKE_TIP: Final = "Generate once more: the takes of this session are kept to compare with"
# The names of features are longer than those of tracks.
_SHARES: Final = (6, 5)


class Choices(QObject):
    """Four boxes: what is measured, where, beside what, and as a sample or not.

    ``changed`` follows every choice of another question.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.features = ElidedBox("What is measured", parent)
        for index, feature in enumerate(FEATURES):
            self.features.addItem(feature.title, feature)
            tip = str(FEATURE_HELP[feature.id])
            self.features.setItemData(index, tip, Qt.ItemDataRole.ToolTipRole)
        self.tracks = ElidedBox("Which tracks are measured", parent)
        self.beside = ElidedBox("What they are compared with", parent)
        self.spread = ElidedBox("Sample or population", parent)
        self.spread.addItem("Sample, N−1", True)
        self.spread.addItem("Population, N", False)
        self.spread.setToolTip(
            "Whether these values are a sample of more, and the standard deviation divides by"
            " N − 1, or all there are, and it divides by N"
        )
        self._takes: tuple[tuple[str, Composition], ...] = ()
        self._styles: tuple[tuple[str, str], ...] = ()
        self._composition = Composition()
        self._chose_beside = False
        self.layout = QGridLayout()
        self.layout.setSpacing(GRID)
        for index, box in enumerate((self.features, self.tracks, self.beside, self.spread)):
            self.layout.addWidget(box, *divmod(index, 2))
            box.currentIndexChanged.connect(self.changed)
        for column, share in enumerate(_SHARES):
            self.layout.setColumnStretch(column, share)
        self.beside.activated.connect(self._note_choice)
        self.features.currentIndexChanged.connect(self._show_use)
        self.offer(Composition(), ())
        self._show_use()

    @property
    def feature(self) -> Feature:
        """What is measured."""
        return cast(Feature, self.features.currentData())

    @property
    def part(self) -> Part:
        """Where."""
        return cast(Part, self.tracks.currentData())

    @property
    def against(self) -> Against:
        """Beside what."""
        return cast(Against, self.beside.currentData())

    @property
    def sample(self) -> bool:
        """Whether the values are a sample."""
        return bool(self.spread.currentData())

    def offer(self, composition: Composition, takes: tuple[tuple[str, Composition], ...]) -> None:
        """Offer the tracks of ``composition`` and other ``takes``."""
        self._takes, self._composition = takes, composition
        self._offer_tracks(composition)
        self._offer_beside()

    def set_styles(self, styles: tuple[tuple[str, str], ...]) -> None:
        """Offer the corpora of ``styles``, (name, title); the favourite is chosen at first."""
        self._styles = styles
        self._offer_beside()
        if not self._chose_beside:
            keys = [self._against(index).key for index in range(self.beside.count())]
            if _FAVOURITE in keys:
                self.beside.setCurrentIndex(keys.index(_FAVOURITE))

    def set_comparing(self, there: bool) -> None:
        """Whether there is room for the second row; :meth:`add_to` has it in any case."""
        for box in (self.beside, self.spread):
            box.setVisible(there)

    def add_to(self, menu: QMenu) -> None:
        """Add the second row's choices to ``menu``."""
        comparing = menu.addMenu("Compare &With")
        add_choices(comparing, self.beside)
        comparing.actions()[0].setText("Nothing")
        spread = menu.addMenu("S&tandard Deviation")
        add_choices(spread, self.spread)
        spread.setEnabled(self.spread.isEnabled())

    def _note_choice(self) -> None:
        self._chose_beside = True

    def _show_use(self) -> None:
        self.spread.setEnabled(self.feature.kind == "number")
        self.features.setToolTip(str(FEATURE_HELP[self.feature.id]))

    def _offer_tracks(self, composition: Composition) -> None:
        """Those with notes."""
        box = self.tracks
        every = main_tracks_called(composition).capitalize()
        rows: list[tuple[str, Part]] = [(every, "all"), ("The melody", "melody")]
        for index, track in enumerate(composition.tracks):
            if track.notes and not track.drums:
                rows.append((track.name or f"Track {index + 1}", index))
        offered = [(box.itemText(index), box.itemData(index)) for index in range(box.count())]
        if rows == offered:
            return
        chosen = box.currentText()
        box.blockSignals(True)
        box.clear()
        for name, part in rows:
            box.addItem(name, part)
        box.setCurrentIndex(max(0, box.findText(chosen)))
        box.blockSignals(False)

    def _offer_beside(self) -> None:
        rows = [
            ("Compare with …", Against()),
            ("The melody", Against("melody", "melody")),
            ("The whole piece", Against("piece", "whole piece")),
            *((name, Against("take", name, take)) for name, take in self._takes),
            *([] if self._takes else [(_NO_TAKE, Against("take", "another take"))]),
            *((titled(title), Against("style", title, style=s)) for s, title in self._styles),
        ]
        box = self.beside
        same = [self._against(index).key for index in range(box.count())] == [
            against.key for _, against in rows
        ]
        if same:
            # The take of a name may have been edited.
            for index, (_, against) in enumerate(rows):
                box.setItemData(index, against)
            return
        chosen = self._against(box.currentIndex()).key if box.count() else None
        box.blockSignals(True)
        box.clear()
        for name, against in rows:
            box.addItem(name, against)
        self._disable_missing_take()
        keys = [against.key for _, against in rows]
        box.setCurrentIndex(keys.index(chosen) if chosen in keys else 0)
        box.blockSignals(False)

    def _disable_missing_take(self) -> None:
        """Where takes will be is seen before there are any."""
        index = self.beside.findText(_NO_TAKE)
        model = self.beside.model()
        if index >= 0 and isinstance(model, QStandardItemModel):
            model.item(index).setEnabled(False)
            model.item(index).setToolTip(_NO_TAKE_TIP)

    def _against(self, index: int) -> Against:
        return cast(Against, self.beside.itemData(index))


def add_choices(menu: QMenu, box: QComboBox) -> None:
    """Add the entries of ``box`` to ``menu``, the chosen one ticked."""
    group = QActionGroup(menu)
    model = box.model()
    for index in range(box.count()):
        action = QAction(menu_text(box.itemText(index)), menu)
        action.setCheckable(True)
        action.setChecked(index == box.currentIndex())
        action.setEnabled(bool(model.flags(model.index(index, 0)) & Qt.ItemFlag.ItemIsEnabled))
        action.triggered.connect(partial(_choose, box, index))
        group.addAction(action)
        menu.addAction(action)


def _choose(box: QComboBox, index: int) -> None:
    """As a person chooses in the box."""
    box.setCurrentIndex(index)
    box.activated.emit(index)


def titled(title: str) -> str:
    """With a capital."""
    return title[:1].upper() + title[1:]
