"""The mixer: a strip for each track, and the volume of everything."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from composer_app.live.playback.mixing import Mix
from composer_app.music.composition import Composition
from composer_app.music.editing.other_tracks import other_tracks
from composer_app.music.mix import FULL
from composer_app.music.voices import FOUR
from composer_app.studio.mixer.sliders import VolumeSlider
from composer_app.studio.mixer.track_strip import TrackStrip
from composer_app.studio.widgets.drag_source import DragSource
from composer_app.studio.widgets.icons import icon, pixmap
from composer_app.studio.widgets.theme import COLORS, set_role

_MASTER_WIDTH: Final = 136
_ICON: Final = 16
_OTHERS_HEIGHT: Final = 28
_EMPTY: Final = "Tracks appear here once there is a melody."


class MixerPanel(QFrame):
    """Track 1 is the melody; any other track can be made the melody instead.

    Shows a mix and reports what a person changes in it; decides nothing.
    """

    programChosen = Signal(int, int)
    melodyChosen = Signal(int)
    # The index of a track and its TrackMix.
    trackMixEdited = Signal(int, object)
    # 0 to 127.
    masterEdited = Signal(int)
    # Somebody pulls at the piece, or at a track.
    pieceDragged = Signal()
    trackDragged = Signal(int)
    # What is neither the melody nor one of Composer's voices is not wanted.
    othersLeftOut = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._strips: list[TrackStrip] = []
        self._mix = Mix()
        self.master = VolumeSlider(FULL)
        self.master.setFixedWidth(_MASTER_WIDTH)
        self.master.set_name("Volume of everything")
        self.master.moved.connect(self.masterEdited)
        self.grip = self._make_grip()
        self._empty = QLabel(_EMPTY)
        self._empty.setWordWrap(True)
        set_role(self._empty, "muted")
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 8, 0)
        self._rows.setSpacing(2)
        self._rows.addWidget(self._empty)
        self.leave_out = QToolButton()
        self._others = self._make_others()
        self._rows.addWidget(self._others)
        self._rows.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 6, 8, 4)
        layout.setSpacing(2)
        layout.addLayout(self._make_heading())
        layout.addWidget(self._make_area(), 1)

    @property
    def strips(self) -> tuple[TrackStrip, ...]:
        """One for each track, hidden where it has no notes."""
        return tuple(self._strips)

    def set_composition(self, composition: Composition) -> None:
        """Show the tracks of ``composition``."""
        while len(self._strips) > len(composition.tracks):
            strip = self._strips.pop()
            self._rows.removeWidget(strip)
            strip.hide()
            strip.deleteLater()
        while len(self._strips) < len(composition.tracks):
            self._add_strip()
        for strip, track in zip(self._strips, composition.tracks, strict=True):
            strip.set_track(track)
            strip.setVisible(bool(track.notes))
        self._show_others(composition)
        self._empty.setVisible(not composition.note_count)
        self.grip.setEnabled(bool(composition.note_count))
        self.set_mix(self._mix)

    def set_mix(self, mix: Mix) -> None:
        """Show ``mix`` without reporting it."""
        self._mix = mix
        self.master.show_value(mix.master)
        for strip in self._strips:
            strip.set_mix(mix.track(strip.index), heard=mix.audible(strip.index))

    def _make_grip(self) -> QToolButton:
        grip = QToolButton()
        grip.setIcon(icon("drag", COLORS.muted))
        grip.setText("MIDI")
        grip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        grip.setIconSize(QSize(_ICON, _ICON))
        grip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        grip.setToolTip(
            "Drag the piece to another program or a folder: it is a MIDI file there."
            " A click copies it"
        )
        grip.setAccessibleName("Copy the piece as MIDI")
        grip.setEnabled(False)
        DragSource(grip).dragged.connect(self.pieceDragged)
        return grip

    def _make_others(self) -> QWidget:
        """What stands above a file's other tracks, with the button that takes them away."""
        heading = QLabel("OTHER TRACKS")
        set_role(heading, "heading")
        button = self.leave_out
        button.setText("Leave Out")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip("Take these tracks away; Undo has them back")
        button.setAccessibleName("Leave out the other tracks")
        button.clicked.connect(self.othersLeftOut)
        set_role(button, "little")
        others = QWidget()
        row = QHBoxLayout(others)
        row.setContentsMargins(0, 4, 0, 0)
        others.setFixedHeight(_OTHERS_HEIGHT)
        row.addWidget(heading)
        row.addStretch(1)
        row.addWidget(button)
        others.hide()
        return others

    def _show_others(self, composition: Composition) -> None:
        """Where there are so many tracks that the strips scroll anyway."""
        self._rows.removeWidget(self._others)
        first = min(other_tracks(composition), default=None)
        shown = first is not None and len(composition.tracks) > FOUR
        if first is not None and shown:
            self._rows.insertWidget(self._rows.indexOf(self._strips[first]), self._others)
        self._others.setVisible(shown)

    def _make_heading(self) -> QHBoxLayout:
        heading = QLabel("MIXER")
        set_role(heading, "heading")
        speaker = QLabel()
        speaker.setPixmap(pixmap("volume", _ICON, COLORS.muted, self.devicePixelRatioF()))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 12, 0)
        row.setSpacing(4)
        row.addWidget(heading)
        row.addWidget(self.grip)
        row.addStretch(1)
        row.addWidget(speaker)
        row.addWidget(self.master)
        return row

    def _make_area(self) -> QScrollArea:
        inside = QWidget()
        inside.setLayout(self._rows)
        set_role(inside, "panel")
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        return area

    def _add_strip(self) -> None:
        strip = TrackStrip(len(self._strips))
        strip.programChosen.connect(self.programChosen)
        strip.melodyChosen.connect(self.melodyChosen)
        strip.mixEdited.connect(self.trackMixEdited)
        strip.dragged.connect(self.trackDragged)
        self._strips.append(strip)
        self._rows.insertWidget(self._rows.count() - 1, strip)
