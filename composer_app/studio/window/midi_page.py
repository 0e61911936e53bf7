"""The settings' page on MIDI: the keyboard that is played, and what other programs get."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from composer_app.live.midi.keyboard_input import OCTAVE_SHIFTS
from composer_app.studio.midi.midi_menu import MidiChoices, output_text, shift_text, with_chosen
from composer_app.studio.window.setting_rows import ChoiceBox, Rows, note_label

_NO_KEYBOARD: Final = "No keyboard is plugged in: plug one in, and it appears here."
_CLOCK_NOTE: Final = "Drum machines and other programs that follow the clock keep Composer's tempo."
_PORTS_NOTE: Final = (
    "Other programs can play into Composer, and be played by it: choose Composer out as what plays."
)


class MidiPage(Rows):
    """Shows and reports choices; what they are is for the MidiController to say."""

    inputChosen = Signal(str)
    # An int 0-15, or None.
    channelChosen = Signal(object)
    shiftChosen = Signal(int)
    clockChosen = Signal(str)
    portsToggled = Signal(bool)
    refreshed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.input = ChoiceBox("Keyboard", self.inputChosen.emit)
        self.again = QPushButton("Look Again")
        self.again.clicked.connect(self.refreshed)
        self._input_note = note_label()
        self.channel = ChoiceBox("Channel", self.channelChosen.emit)
        self.shift = ChoiceBox("Octave", self.shiftChosen.emit)
        self.clock = ChoiceBox("Clock goes to", self.clockChosen.emit)
        self.ports = QCheckBox("Offer &ports to other programs")
        self.ports.clicked.connect(self.portsToggled)
        self.add_row("&Keyboard", self.input, self.again, note=self._input_note)
        self.add_row("C&hannel", self.channel)
        self.add_row("&Octave", self.shift)
        self.add_row("C&lock goes to", self.clock, note=note_label(_CLOCK_NOTE))
        self.add_row("Other programs", self.ports, note=note_label(_PORTS_NOTE))
        self._column.addStretch(1)

    @property
    def note(self) -> str:
        """What is said about the keyboard."""
        return self._input_note.text()

    def show_choices(self, choices: MidiChoices) -> None:
        """Show what there is and what is chosen."""
        inputs = [("", "No keyboard"), *((name, name) for name in choices.inputs)]
        self.input.show_choices(inputs, choices.input)
        self._input_note.setText(choices.problem or ("" if choices.inputs else _NO_KEYBOARD))
        self._input_note.setVisible(bool(self._input_note.text()))
        channels = [(channel, f"Channel {channel + 1}") for channel in range(16)]
        self.channel.show_choices([(None, "Every channel"), *channels], choices.channel)
        shifts = [(shift, shift_text(shift)) for shift in reversed(OCTAVE_SHIFTS)]
        self.shift.show_choices(shifts, choices.shift)
        outputs = with_chosen(choices.outputs, choices.clock)
        clocks = [("", "Nobody"), *((name, output_text(name)) for name in outputs)]
        self.clock.show_choices(clocks, choices.clock)
        self.ports.setChecked(choices.ports_offered)
