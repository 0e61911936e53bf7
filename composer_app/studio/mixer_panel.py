"""The mixer: a strip for each track, with its instrument, whether it sounds and is seen."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from composer_app.music.composition import Composition, Track
from composer_app.studio.icons import icon
from composer_app.studio.instrument_box import InstrumentBox
from composer_app.studio.theme import COLORS, set_role, voice_color

_NAME_WIDTH: Final = 60
_EMPTY: Final = "Tracks appear here once there is a melody."


class MixerPanel(QFrame):
    """Track 1 is the melody; any other track can be made the melody instead."""

    programChosen = Signal(int, int)
    mutedChanged = Signal()
    melodyChosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._strips: list[TrackStrip] = []
        heading = QLabel("MIXER")
        set_role(heading, "heading")
        self._empty = QLabel(_EMPTY)
        self._empty.setWordWrap(True)
        set_role(self._empty, "muted")
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 8, 0)
        self._rows.setSpacing(4)
        self._rows.addWidget(self._empty)
        self._rows.addStretch(1)
        inside = QWidget()
        inside.setLayout(self._rows)
        set_role(inside, "panel")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addWidget(area, 1)

    @property
    def strips(self) -> tuple["TrackStrip", ...]:
        """One for each track."""
        return tuple(self._strips)

    @property
    def muted(self) -> frozenset[int]:
        """Indices of the tracks that do not sound."""
        return frozenset(strip.index for strip in self._strips if strip.mute.isChecked())

    def set_composition(self, composition: Composition) -> None:
        """Show the tracks of ``composition``; strips that exist keep their state."""
        muted_before = self.muted
        while len(self._strips) > len(composition.tracks):
            strip = self._strips.pop()
            self._rows.removeWidget(strip)
            strip.hide()
            strip.deleteLater()
        while len(self._strips) < len(composition.tracks):
            self._add_strip()
        for strip, track in zip(self._strips, composition.tracks, strict=True):
            strip.set_track(track)
        self._empty.setVisible(not self._strips)
        if self.muted != muted_before:
            self.mutedChanged.emit()

    def _add_strip(self) -> None:
        strip = TrackStrip(len(self._strips))
        strip.programChosen.connect(self.programChosen)
        strip.melodyChosen.connect(self.melodyChosen)
        strip.mute.toggled.connect(self.mutedChanged)
        self._strips.append(strip)
        self._rows.insertWidget(self._rows.count() - 1, strip)


class TrackStrip(QFrame):
    """Colour, name, instrument and switches of one track."""

    programChosen = Signal(int, int)
    melodyChosen = Signal(int)

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index = index
        set_role(self, "card")
        stripe = QFrame()
        stripe.setFixedWidth(4)
        stripe.setStyleSheet(
            f"background: {voice_color(index).name()}; border: none; border-radius: 2px;"
        )
        self._name = QLabel()
        self._name.setFixedWidth(_NAME_WIDTH)
        self.instrument = InstrumentBox()
        self.instrument.programChosen.connect(lambda p: self.programChosen.emit(self.index, p))
        self.mute = QToolButton()
        self.mute.setCheckable(True)
        self.mute.setIcon(icon("volume", COLORS.muted))
        self.mute.setFixedSize(28, 28)
        self.mute.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.mute.toggled.connect(self._show_mute)
        self.melody = QToolButton()
        self.melody.setIcon(icon("melody", COLORS.muted, COLORS.accent))
        self.melody.setCheckable(True)
        self.melody.setFixedSize(28, 28)
        self.melody.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.melody.clicked.connect(self._choose_melody)

        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 4, 4)
        layout.setSpacing(8)
        layout.addWidget(stripe)
        layout.addWidget(self._name)
        layout.addWidget(self.instrument, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        buttons.addWidget(self.melody)
        buttons.addWidget(self.mute)
        layout.addLayout(buttons)

    def set_track(self, track: Track) -> None:
        """Show ``track``."""
        first = self.index == 0
        name = track.name or f"Track {self.index + 1}"
        metrics = self._name.fontMetrics()
        self._name.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, _NAME_WIDTH))
        self._name.setToolTip(f"{name}, the melody" if first else name)
        self.instrument.set_program(track.program)
        self.instrument.setAccessibleName(f"Instrument of {name}")
        self.melody.setChecked(first)
        self.melody.setEnabled(bool(track.notes))
        tip = "This track is the melody" if first else "Make this track the melody"
        self.melody.setToolTip(tip)
        self.melody.setAccessibleName(f"{tip}: {name}")
        self._show_mute(self.mute.isChecked())

    def _choose_melody(self) -> None:
        self.melody.setChecked(self.index == 0)
        if self.index > 0:
            self.melodyChosen.emit(self.index)

    def _show_mute(self, muted: bool) -> None:
        self.mute.setIcon(icon("mute" if muted else "volume", COLORS.muted))
        verb = "Unmute" if muted else "Mute"
        self.mute.setToolTip(f"{verb} {self._name.text()}")
        self.mute.setAccessibleName(f"{verb} {self._name.text()}")
