"""Phrase Voices: which tracks are played with phrases and breath, how much, and in which swing."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from composer_app.generation.phrasing.piece import usual_tracks
from composer_app.generation.phrasing.swing import MOST_SWING, STRAIGHT
from composer_app.generation.steering import USUAL_PHRASING
from composer_app.music.voices import MELODY
from composer_app.studio.widgets.elided import menu_text
from composer_app.studio.widgets.phrasing_words import PLACES, depth_at, place_of, word_at
from composer_app.studio.widgets.theme import set_role
from composer_app.studio.widgets.window_placement import WindowPlacement

if TYPE_CHECKING:
    from composer_app.music.composition import Composition

_WIDTH: Final = 420
_WORDS_WIDTH: Final = 76
_TALLEST_LIST: Final = 260
_SWINGS: Final = (
    ("straight", STRAIGHT),
    ("a little", (STRAIGHT + MOST_SWING) / 2),
    ("swing", MOST_SWING),
)
_EXPLANATION: Final = (
    "Velocities, ends of notes and small timing are made anew; which notes there are, and where"
    " they stand, does not change. Locked notes stay as they are."
)
_OF_BAND: Final = "Plays with the accents of its style: generate it again to phrase it otherwise"


class PhrasingDialog(QDialog):
    """Asks how the tracks of ``composition`` are to be played.

    ``phrasingChosen(track indices, depth, swing)`` follows the button; until then nothing changes.
    """

    phrasingChosen = Signal(object, float, float)

    def __init__(self, composition: Composition, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Phrase Voices – Composer")
        self.tracks = _track_boxes(composition)
        self.amount = QSlider(Qt.Orientation.Horizontal)
        self.amount.setRange(0, PLACES)
        self.amount.setPageStep(1)
        self.amount.setValue(place_of(USUAL_PHRASING))
        self.amount.setAccessibleName("Phrasing")
        self.amount.setToolTip("From all notes alike to phrases that swell and breathe")
        self._word = QLabel()
        self._word.setFixedWidth(_WORDS_WIDTH)
        self._word.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.swing = QComboBox()
        self.swing.addItems([words for words, _share in _SWINGS])
        self.swing.setAccessibleName("Eighths")
        self.swing.setToolTip("Whether the second eighth of each quarter comes late")
        self.take = QPushButton("Phrase")
        set_role(self.take, "primary")
        self.take.setDefault(True)
        self._lay_out()
        self.amount.valueChanged.connect(self._show)
        for box in self.tracks.values():
            box.toggled.connect(self._show)
        self._show()
        WindowPlacement(self)

    @property
    def chosen(self) -> Collection[int]:
        """The tracks that are ticked."""
        return tuple(index for index, box in self.tracks.items() if box.isChecked())

    def _show(self) -> None:
        self._word.setText(word_at(self.amount.value()))
        self.take.setEnabled(bool(self.chosen))

    def _accept(self) -> None:
        self.accept()
        share = _SWINGS[self.swing.currentIndex()][1]
        self.phrasingChosen.emit(self.chosen, depth_at(self.amount.value()), share)

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.take, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        heading = QLabel("How are the voices played?")
        set_role(heading, "title")
        explanation = QLabel(_EXPLANATION)
        explanation.setWordWrap(True)
        set_role(explanation, "muted")
        rows = QGridLayout()
        rows.setHorizontalSpacing(12)
        rows.setVerticalSpacing(8)
        rows.setColumnStretch(1, 1)
        captions = QLabel("&Phrasing"), QLabel("&Eighths")
        captions[0].setBuddy(self.amount)
        captions[1].setBuddy(self.swing)
        for row, caption in enumerate(captions):
            rows.addWidget(caption, row, 0)
        rows.addWidget(self.amount, 0, 1)
        rows.addWidget(self.swing, 1, 1, 1, 2)
        rows.addWidget(self._word, 0, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(explanation)
        layout.addWidget(self._list_of_tracks())
        layout.addLayout(rows)
        layout.addWidget(buttons)
        self.setFixedWidth(_WIDTH)

    def _list_of_tracks(self) -> QScrollArea:
        inside = QWidget()
        boxes = QVBoxLayout(inside)
        boxes.setContentsMargins(0, 0, 0, 0)
        boxes.setSpacing(4)
        for box in self.tracks.values():
            boxes.addWidget(box)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        area.setFixedHeight(min(_TALLEST_LIST, inside.sizeHint().height()))
        return area


def _track_boxes(composition: Composition) -> dict[int, QCheckBox]:
    """A box for each track that has pitches; those that are usually phrased are ticked."""
    usual = usual_tracks(composition) or (MELODY,)
    boxes: dict[int, QCheckBox] = {}
    for index in composition.pitched_tracks:
        track = composition.tracks[index]
        if not track.notes:
            continue
        name = track.name or f"Track {index + 1}"
        box = QCheckBox(menu_text(f"{name} (the melody)" if index == MELODY else name))
        box.setChecked(index in usual)
        if index != MELODY and index not in usual:
            box.setEnabled(False)
            box.setToolTip(_OF_BAND)
        boxes[index] = box
    return boxes
