"""A strip of the mixer: a track's name, instrument, volume and pan, and its switches."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from composer_app.music.composition import Track
from composer_app.music.mix import TrackMix
from composer_app.studio.mixer.instrument_box import InstrumentBox
from composer_app.studio.mixer.sliders import PanSlider, VolumeSlider
from composer_app.studio.widgets.drag_source import DragSource
from composer_app.studio.widgets.elided import ElidedLabel
from composer_app.studio.widgets.icons import icon
from composer_app.studio.widgets.shown_text import tip_text
from composer_app.studio.widgets.theme import COLORS, set_role, voice_color

# What a name has of the row at least, beside an instrument that does not fit either.
_NAME_SHARE: Final = 0.3
_GAP: Final = 8
_LEAST: Final = 120
_STRIPE: Final = 4
_PAN_WIDTH: Final = 72
_BUTTON: Final = 28


class TrackStrip(QFrame):
    """Colour, name, instrument, volume, pan and switches of one track.

    ``mixEdited(int, TrackMix)`` follows what a person does, not :meth:`set_mix`.
    """

    programChosen = Signal(int, int)
    melodyChosen = Signal(int)
    mixEdited = Signal(int, object)
    # Somebody pulls at its name.
    dragged = Signal(int)

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index = index
        self._title = ""
        self._mix = TrackMix()
        set_role(self, "card")
        self._name = ElidedLabel()
        DragSource(self._name).dragged.connect(lambda: self.dragged.emit(self.index))
        self.instrument = InstrumentBox()
        self._heading = _Heading(self._name, self.instrument)
        self.instrument.programChosen.connect(lambda p: self.programChosen.emit(self.index, p))
        self.melody = _switch("melody", COLORS.accent)
        self.melody.clicked.connect(self._choose_melody)
        self.volume = VolumeSlider()
        self.volume.set_color(voice_color(index))
        self.volume.moved.connect(lambda volume: self._edit(replace(self._mix, volume=volume)))
        self.pan = PanSlider()
        self.pan.set_color(voice_color(index))
        self.pan.setFixedWidth(_PAN_WIDTH)
        self.pan.moved.connect(lambda pan: self._edit(replace(self._mix, pan=pan)))
        self.solo = _switch("solo", COLORS.warning)
        self.solo.clicked.connect(lambda on: self._edit(replace(self._mix, solo=on)))
        self.mute = _switch("volume", COLORS.muted)
        self.mute.clicked.connect(lambda on: self._edit(replace(self._mix, mute=on)))
        self._lay_out()

    def set_track(self, track: Track) -> None:
        """Show ``track``."""
        first = self.index == 0
        self._title = name = track.name or f"Track {self.index + 1}"
        self._name.setText(name)
        shown = f"{name}, the melody" if first else name
        self._name.setToolTip(f"{shown}\nDrag it to another program: it is a MIDI file there")
        self.instrument.set_program(track.program, drums=track.drums)
        self.instrument.setAccessibleName(f"Instrument of {name}")
        self.volume.set_name(f"Volume of {name}")
        self.pan.set_name(f"Pan of {name}")
        self.melody.setChecked(first)
        self.melody.setEnabled(bool(track.notes) and not track.drums)
        tip = "This track is the melody" if first else "Make this track the melody"
        if track.drums:
            tip = "Drums are no melody"
        self.melody.setToolTip(tip)
        self.melody.setAccessibleName(f"{tip}: {name}")
        self._show_switches(heard=True)
        self._heading.share()

    def set_mix(self, mix: TrackMix, *, heard: bool) -> None:
        """Show ``mix`` without reporting it; ``heard`` says whether the track sounds at all."""
        self._mix = mix
        self.volume.show_value(mix.volume)
        self.pan.show_value(mix.pan)
        self._show_switches(heard=heard)

    def _edit(self, mix: TrackMix) -> None:
        self._mix = mix
        self.mixEdited.emit(self.index, mix)

    def _choose_melody(self) -> None:
        self.melody.setChecked(self.index == 0)
        if self.index > 0:
            self.melodyChosen.emit(self.index)

    def _show_switches(self, *, heard: bool) -> None:
        mute, solo = self._mix.mute, self._mix.solo
        self.mute.setChecked(mute)
        self.solo.setChecked(solo)
        # A track that rests because others are soloed shows that it does, without being muted.
        self.mute.setIcon(icon("volume" if heard else "mute", COLORS.muted, COLORS.text))
        for button, text in (
            (self.mute, f"{'Unmute' if mute else 'Mute'} {self._title}"),
            (self.solo, f"Hear {'all tracks again' if solo else f'only {self._title}'}"),
        ):
            button.setToolTip(tip_text(text))
            button.setAccessibleName(text)
        self._name.setStyleSheet("" if heard else f"color: {COLORS.muted};")

    def _lay_out(self) -> None:
        stripe = QFrame()
        stripe.setFixedWidth(_STRIPE)
        stripe.setStyleSheet(
            f"background: {voice_color(self.index).name()}; border: none; border-radius: 2px;"
        )
        upper = QHBoxLayout()
        upper.setSpacing(8)
        upper.addWidget(self._heading, 1)
        upper.addWidget(self.melody)
        lower = QHBoxLayout()
        lower.setSpacing(4)
        lower.addWidget(self.volume, 1)
        lower.addSpacing(4)
        lower.addWidget(self.pan)
        lower.addSpacing(4)
        lower.addWidget(self.solo)
        lower.addWidget(self.mute)
        rows = QVBoxLayout()
        rows.setSpacing(0)
        rows.addLayout(upper)
        rows.addLayout(lower)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 1, 4, 1)
        layout.setSpacing(8)
        layout.addWidget(stripe)
        layout.addLayout(rows, 1)


class _Heading(QWidget):
    """A name on the left and an instrument on the right, as wide as their texts take."""

    def __init__(self, name: ElidedLabel, instrument: InstrumentBox) -> None:
        super().__init__()
        self._name, self._instrument = name, instrument
        for widget in (name, instrument):
            widget.setParent(self)

    def sizeHint(self) -> QSize:
        wanted = self._name.wanted_width + _GAP + self._instrument.wanted_width
        return QSize(wanted, _BUTTON)

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST, _BUTTON)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share another width."""
        super().resizeEvent(event)
        self.share()

    def share(self) -> None:
        """Give both what they take; where that is too much, the name gives way first."""
        room, height = self.width() - _GAP, self.height()
        name, instrument = self._name.wanted_width, self._instrument.wanted_width
        if name + instrument > room:
            name = min(name, max(round(room * _NAME_SHARE), room - instrument))
            instrument = room - name
        self._name.setGeometry(0, 0, name, height)
        # The arrows stand above each other, whatever the names are.
        self._instrument.setGeometry(self.width() - instrument, 0, instrument, height)


def _switch(icon_name: str, checked_color: str) -> QToolButton:
    button = QToolButton()
    button.setCheckable(True)
    button.setIcon(icon(icon_name, COLORS.muted, checked_color))
    button.setFixedSize(_BUTTON, _BUTTON)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
