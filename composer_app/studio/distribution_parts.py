"""What stands around the statistics diagram: choices above, figures and sentences below."""

from typing import Final, cast

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from composer_app.analysis.features import FEATURES, Feature
from composer_app.music.composition import Composition
from composer_app.studio.statistics_inks import current_inks
from composer_app.studio.statistics_picture import Picture
from composer_app.studio.statistics_question import Against, Part
from composer_app.studio.statistics_words import Reading, figures, no_figures
from composer_app.studio.theme import GRID, MEDIUM_SIZE, numeral_font, set_role

_SMALL: Final = 11
# Two lines, which is what most of them take in a narrow panel.
_SENTENCE_HEIGHT: Final = 36
_FAVOURITE: Final = ("style", "bach")


class Choices(QObject):
    """Four boxes: what is measured, where, beside what, and as a sample or not.

    ``changed`` follows every choice of another question.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.features = _box("What is measured")
        for feature in FEATURES:
            self.features.addItem(feature.title, feature)
        self.tracks = _box("Which tracks are measured")
        self.beside = _box("What they are compared with")
        self.spread = _box("Sample or population")
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
        self.layout.setColumnStretch(0, 1)
        self.layout.setColumnStretch(1, 1)
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
        self._offer_tracks([track.name for track in composition.tracks])
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
        """Whether there is room for the second row."""
        for box in (self.beside, self.spread):
            box.setVisible(there)

    def _note_choice(self) -> None:
        self._chose_beside = True

    def _show_use(self) -> None:
        self.spread.setEnabled(self.feature.kind == "number")

    def _offer_tracks(self, names: list[str]) -> None:
        box = self.tracks
        rows: list[tuple[str, Part]] = [("All tracks", "all"), ("The melody", "melody")]
        rows += [(name or f"Track {i + 1}", i) for i, name in enumerate(names)]
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
        keys = [against.key for _, against in rows]
        box.setCurrentIndex(keys.index(chosen) if chosen in keys else 0)
        box.blockSignals(False)

    def _against(self, index: int) -> Against:
        return cast(Against, self.beside.itemData(index))


class Readout(QLabel):
    """One line about what is pointed at; elided where it does not fit, and whole as a tooltip."""

    def __init__(self, hint: str) -> None:
        super().__init__()
        self._hint = hint
        self._reading: Reading | None = None
        self.setFixedHeight(18)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.show_reading(None)

    @property
    def reading(self) -> Reading | None:
        """What is said, None for the hint."""
        return self._reading

    def show_reading(self, reading: Reading | None) -> None:
        """Say ``reading``, or the hint."""
        self._reading = reading
        self.setText(reading.sentence if reading else self._hint)
        self.setToolTip(reading.sentence if reading else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text in one line."""
        painter = QPainter(self)
        inks = current_inks()
        # The style sheet would have its own size.
        painter.setFont(numeral_font(_SMALL))
        painter.setPen(QColor(inks.text if self._reading else inks.muted))
        side = Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(self.text(), side, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class Figures(QWidget):
    """Number of values, mean, standard deviation and distance: large, or small in one line."""

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(0)
        self._values = [QLabel("–") for _ in range(4)]
        self._names = [QLabel() for _ in range(4)]
        for column, (value, name) in enumerate(zip(self._values, self._names, strict=True)):
            set_role(name, "small")
            grid.addWidget(value, 0, column)
            grid.addWidget(name, 1, column)
            grid.setColumnStretch(column, 1)
        self.set_large(True)
        self.show_picture(None)

    @property
    def shown(self) -> dict[str, str]:
        """Texts by name."""
        return {
            name.text(): value.text() for name, value in zip(self._names, self._values, strict=True)
        }

    def set_large(self, large: bool) -> None:
        """Large type, or that of the other words."""
        for value in self._values:
            set_role(value, "figure" if large else "")
            value.setFont(numeral_font(MEDIUM_SIZE if large else _SMALL, bold=True))

    def show_picture(self, picture: Picture | None) -> None:
        """The figures of ``picture``."""
        texts = figures(picture) if picture else no_figures()
        for (name, text), name_label, value in zip(texts, self._names, self._values, strict=True):
            name_label.setText(name)
            value.setText(text)


class Words(QWidget):
    """Sentences, as many of them as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self._labels = [QLabel() for _ in range(4)]
        self._count = 0
        self._room = len(self._labels)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(3)
        for label in self._labels:
            label.setWordWrap(True)
            set_role(label, "words")
            layout.addWidget(label)
        layout.addStretch(1)

    @property
    def text(self) -> str:
        """Everything that is said, seen or not."""
        return " ".join(label.text() for label in self._labels[: self._count])

    def show_sentences(self, sentences: list[str]) -> None:
        """Say ``sentences``, the most important one first."""
        self._count = len(sentences)
        for label, text in zip(self._labels, [*sentences, "", "", "", ""], strict=False):
            label.setText(text)
        self._show()

    def set_room(self, count: int) -> None:
        """Give room to so many of them, said or not, so that the diagram keeps its height."""
        self._room = count
        self.setFixedHeight(count * _SENTENCE_HEIGHT)
        self.setVisible(count > 0)
        self._show()

    def _show(self) -> None:
        for index, label in enumerate(self._labels):
            label.setVisible(index < min(self._count, self._room))


def centred(text: str) -> QLabel:
    """Muted words in the middle of an empty place."""
    label = QLabel(text)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setMinimumSize(QSize(160, 80))
    set_role(label, "muted")
    return label


def titled(title: str) -> str:
    """With a capital."""
    return title[:1].upper() + title[1:]


def _box(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    box.setMinimumContentsLength(6)
    box.setMaxVisibleItems(16)
    return box
