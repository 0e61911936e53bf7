"""The toolbar: record, play, where we are, tempo, metre, metronome, key and MIDI."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from composer_app.music.pitch import Key
from composer_app.music.timing import MAX_TEMPO, MIN_TEMPO, Meter
from composer_app.plain_text import one_line
from composer_app.studio.recording.quantize_menu import QuantizeMenu
from composer_app.studio.transport.key_menu import KeyMenu
from composer_app.studio.transport.metronome_menu import MetronomeMenu
from composer_app.studio.widgets.commands.actions import Actions
from composer_app.studio.widgets.elided import elided
from composer_app.studio.widgets.icons import icon
from composer_app.studio.widgets.number_field import NumberField
from composer_app.studio.widgets.shown_text import tip_text, without_mnemonic
from composer_app.studio.widgets.theme import COLORS, LARGE_SIZE, numeral_font, set_role

# What is offered; a piece in another metre adds that.
METERS: Final = tuple(
    Meter(*each)
    for each in ((4, 4), (3, 4), (2, 4), (6, 8), (2, 2), (3, 8), (9, 8), (12, 8), (5, 4), (7, 8))
)
_HEIGHT: Final = 56
_ICON_SIZE: Final = QSize(20, 20)
_GAP: Final = 8
_TIGHT_GAP: Final = 4
# A device's name of less than this many pixels says nothing.
_LEAST_NAME: Final = 64


class TransportBar(QFrame):
    """Shows and edits what concerns time; it decides nothing itself."""

    tempoEdited = Signal(float)
    tapped = Signal()
    meterChosen = Signal(Meter)

    def __init__(self, actions: Actions, midi_menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "bar")
        self.setFixedHeight(_HEIGHT)
        self.record_button = _button(actions.record, "record")
        self.play_button = _button(actions.play)
        self._position = self._make_position()
        self.tempo = self._make_tempo()
        self.tap_button = QPushButton("Tap")
        self.tap_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tap_button.setToolTip("Tap the beat a few times to set the tempo")
        # The beat is where the button goes down, not where it comes up.
        self.tap_button.pressed.connect(self.tapped)
        self.meter = self._make_meter()
        self.metronome_menu = MetronomeMenu(actions, self)
        self.metronome_button = _button(actions.metronome)
        self.metronome_button.setMenu(self.metronome_menu)
        self.metronome_button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.metronome_button.setFixedSize(56, 32)
        self.key_menu = KeyMenu(self)
        self.key_button = self._make_key(self.key_menu)
        self._key_name = ""
        self._rules = tuple(_rule() for _ in range(4))
        self._device = self._device_tip = ""
        self.midi_button = self._make_midi(midi_menu)
        self.quantize_menu = QuantizeMenu(self)
        self.quantize_button = self._make_quantize(self.quantize_menu)
        self._lay_out(actions)
        self.set_key(None, None)
        self.set_midi_status("MIDI", "", attention=False)

    def set_position(self, text: str) -> None:
        """Show where the music is, such as ``003.2.1``."""
        if text != self._position.text():
            self._position.setText(text)

    @property
    def position_text(self) -> str:
        """The position as shown: bar, beat, sixteenth."""
        return self._position.text()

    def set_time_enabled(self, enabled: bool) -> None:
        """Whether tempo, metre, key and count-in can be changed: not while recording."""
        for widget in (self.tempo, self.tap_button, self.meter, self.key_button):
            widget.setEnabled(enabled)
        self.metronome_menu.set_count_in_enabled(enabled)

    def set_tempo(self, bpm: float) -> None:
        """Show ``bpm`` without reporting it as an edit."""
        self.tempo.blockSignals(True)
        self.tempo.setValue(bpm)
        self.tempo.blockSignals(False)

    def set_meter(self, meter: Meter) -> None:
        """Show ``meter``; one that is not offered joins the list."""
        if self.meter.currentText() == str(meter):
            return
        index = self.meter.findText(str(meter))
        if index < 0:
            self.meter.addItem(str(meter), meter)
            index = self.meter.count() - 1
        self.meter.setCurrentIndex(index)
        self._fit()

    def set_key(self, given: Key | None, heard: Key | None) -> None:
        """Show the key that is ``given``, else the one that is ``heard``; None without music."""
        self.key_menu.set_key(given, heard)
        key = given or heard
        self._key_name = key.name if key else ""
        self.key_button.setToolTip(
            "The key of the piece, as its file or you say: choose another one"
            if given
            else "The key of the piece, estimated from its notes: choose another one"
        )
        self.key_button.setAccessibleName(f"Key: {self._key_name or 'none yet'}")
        self._fit()

    def set_midi_status(self, text: str, tip: str, *, attention: bool) -> None:
        """Show which MIDI input is in use; ``attention`` when one is wanted but missing."""
        self._device, self._device_tip = one_line(text), tip or "MIDI keyboards"
        self.midi_button.setAccessibleName(f"MIDI: {self._device}")
        self.midi_button.setIcon(icon("midi", COLORS.warning if attention else COLORS.text))
        self._fit()

    def set_quantize(self, summary: str) -> None:
        """Show the grid in a word."""
        self.quantize_button.setText(f" {summary}")
        self.quantize_button.setAccessibleName(f"Quantize: {summary}")
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Now its width counts."""
        super().showEvent(event)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow bar shortens the device's name, and closes its ranks."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The name of a device gives way before the gaps do: its tooltip has it as well."""
        layout = self.layout()
        self._close_ranks(False)
        self._show_device(self._device)
        if layout is None or not self.isVisible():
            return
        # Not the minimum: by the style sheet buttons could be smaller than they look well.
        over = layout.sizeHint().width() - self.width()
        if over <= 0:
            return
        metrics = self.midi_button.fontMetrics()
        room = metrics.horizontalAdvance(self._device) - over
        self._show_device(elided(self._device, metrics, room) if room >= _LEAST_NAME else "")
        self._close_ranks(layout.sizeHint().width() > self.width())

    def _show_device(self, text: str) -> None:
        style = Qt.ToolButtonStyle
        self.midi_button.setText(without_mnemonic(text))
        self.midi_button.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if text else style.ToolButtonIconOnly
        )
        whole = text == self._device or self._device in self._device_tip
        tip = self._device_tip if whole else f"{self._device}\n{self._device_tip}"
        self.midi_button.setToolTip(tip_text(tip))

    def _close_ranks(self, tight: bool) -> None:
        layout = self.layout()
        if layout is None:
            return
        layout.setSpacing(_TIGHT_GAP if tight else _GAP)
        self.key_button.setText(self._key_name or ("Key" if tight else "No key yet"))
        for rule in self._rules:
            rule.setVisible(not tight)

    def _make_position(self) -> QLabel:
        label = QLabel("001.1.1")
        set_role(label, "display")
        label.setFont(numeral_font(LARGE_SIZE, bold=True))
        label.setToolTip("Bar, beat and sixteenth")
        label.setAccessibleName("Position")
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setMinimumWidth(label.fontMetrics().horizontalAdvance("-000.0.0") + 16)
        return label

    def _make_tempo(self) -> NumberField:
        spin = NumberField("The tempo", MIN_TEMPO, MAX_TEMPO, suffix=" BPM", decimals=2)
        spin.setKeyboardTracking(False)
        spin.setToolTip("Tempo in beats per minute")
        spin.setAccessibleName("Tempo in beats per minute")
        spin.setFixedWidth(104)
        spin.valueChanged.connect(self.tempoEdited)
        return spin

    def _make_meter(self) -> QComboBox:
        combo = QComboBox()
        combo.setToolTip("Metre; the ruler's menu changes it from a bar on")
        combo.setAccessibleName("Metre")
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for meter in METERS:
            combo.addItem(str(meter), meter)
        combo.activated.connect(lambda index: self.meterChosen.emit(combo.itemData(index)))
        return combo

    def _make_key(self, menu: KeyMenu) -> QToolButton:
        button = QToolButton()
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # As with the grid, a key is short, and is not given up for the name of a MIDI keyboard.
        button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        return button

    def _make_midi(self, menu: QMenu) -> QToolButton:
        button = QToolButton()
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(_ICON_SIZE)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _make_quantize(self, menu: QuantizeMenu) -> QToolButton:
        button = QToolButton()
        button.setMenu(menu)
        button.setIcon(icon("quantize", COLORS.text))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(_ICON_SIZE)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # Its few letters are not to be given up for the name of a MIDI keyboard.
        button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        button.setToolTip("Quantize: which grid the notes you play are moved to")
        return button

    def _lay_out(self, actions: Actions) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        first, second, third, fourth = self._rules
        for widget in (
            self.record_button,
            _button(actions.capture),
            first,
            _button(actions.rewind),
            self.play_button,
            _button(actions.stop),
            _button(actions.loop),
            _button(actions.follow),
            second,
            self._position,
            third,
            self.tempo,
            self.tap_button,
            self.meter,
            self.metronome_button,
            self.quantize_button,
            fourth,
            self.key_button,
        ):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self.midi_button)
        layout.addWidget(_button(actions.settings))


def _button(action: QAction, role: str = "") -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(_ICON_SIZE)
    button.setFixedSize(36, 32)
    # Clicking must not take the focus: the space bar would press the button again.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(action.text().replace("&", ""))
    if role:
        set_role(button, role)
    return button


def _rule() -> QFrame:
    rule = QFrame()
    set_role(rule, "rule-vertical")
    rule.setFixedSize(1, 24)
    rule.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return rule
