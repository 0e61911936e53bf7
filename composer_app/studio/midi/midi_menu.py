"""The MIDI menu: keyboards, what plays, ports for other programs, and the clock."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from composer_app.live.midi.connect import VIRTUAL_OUTPUT
from composer_app.live.midi.keyboard_input import OCTAVE_SHIFTS
from composer_app.music.pitch import OCTAVE
from composer_app.studio.widgets.elided import menu_text
from composer_app.studio.widgets.shown_text import tip_text

_NO_KEYBOARD: Final = "No MIDI keyboard is plugged in"


@dataclass(frozen=True, slots=True)
class MidiChoices:
    """What there is to choose from, and what is chosen; names of ports are empty for none.

    ``channel`` is 0-15 or None for every one, ``shift`` is in semitones, ``problem`` a sentence
    that says why there is no MIDI.
    """

    inputs: tuple[str, ...] = ()
    input: str = ""
    channel: int | None = None
    shift: int = 0
    outputs: tuple[str, ...] = ()
    output: str = ""
    clock: str = ""
    ports_offered: bool = False
    problem: str = ""


class MidiMenu(QObject):
    """Keeps a menu true to the choices it is shown."""

    inputChosen = Signal(str)
    # An int 0-15, or None.
    channelChosen = Signal(object)
    shiftChosen = Signal(int)
    outputChosen = Signal(str)
    clockChosen = Signal(str)
    portsToggled = Signal(bool)
    refreshed = Signal()

    def __init__(self, menu: QMenu, panic: QAction, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._menu = menu
        self._menu.setToolTipsVisible(True)
        self._panic = panic
        self._choices: MidiChoices | None = None
        # What the menu is made of, and would stay behind when it is cleared.
        self._parts: list[QMenu | QActionGroup] = []

    def show(self, choices: MidiChoices) -> None:
        """Fill the menu, if anything has changed."""
        if choices == self._choices:
            return
        self._choices = choices
        self._menu.clear()
        for part in self._parts:
            part.deleteLater()
        self._parts.clear()
        self._fill_inputs(choices)
        self._menu.addSeparator()
        self._fill_outputs(choices)
        self._menu.addSeparator()
        self._menu.addAction("Look Again", self.refreshed.emit)
        self._menu.addAction(self._panic)

    def forget(self) -> None:
        """Fill the menu the next time, whether or not anything has changed."""
        self._choices = None

    def _fill_inputs(self, choices: MidiChoices) -> None:
        names = [("", "No Keyboard"), *((name, name) for name in choices.inputs)]
        self._fill(self._menu, names, choices.input, self.inputChosen.emit)
        if not choices.inputs:
            hint = self._menu.addAction("No MIDI system here" if choices.problem else _NO_KEYBOARD)
            hint.setToolTip(tip_text(choices.problem))
            hint.setEnabled(False)
        channels = self._submenu("Keyboard's &Channel")
        every: list[tuple[int | None, str]] = [(None, "Every Channel")]
        every += [(channel, f"Channel {channel + 1}") for channel in range(16)]
        self._fill(channels, every, choices.channel, self.channelChosen.emit)
        octaves = self._submenu("Keyboard's Oc&tave")
        shifts = [(shift, shift_text(shift)) for shift in reversed(OCTAVE_SHIFTS)]
        self._fill(octaves, shifts, choices.shift, self.shiftChosen.emit)

    def _fill_outputs(self, choices: MidiChoices) -> None:
        outputs = with_chosen(choices.outputs, choices.output)
        sounds = self._submenu("&Sound")
        names = [("", "Composer's Own Sound"), *((name, output_text(name)) for name in outputs)]
        self._fill(sounds, names, choices.output, self.outputChosen.emit)
        clock = self._submenu("Send MIDI C&lock")
        names = [("", "To Nobody")]
        names += [(name, output_text(name)) for name in with_chosen(choices.outputs, choices.clock)]
        self._fill(clock, names, choices.clock, self.clockChosen.emit)
        ports = self._menu.addAction("Offer &Ports to Other Programs")
        ports.setToolTip(
            "Other programs can play into Composer, and be played by it: choose Composer out as"
            " the sound"
        )
        ports.setCheckable(True)
        ports.setChecked(choices.ports_offered)
        ports.triggered.connect(lambda on: self._chosen(self.portsToggled.emit, on))

    def _submenu(self, title: str) -> QMenu:
        menu = self._menu.addMenu(title)
        self._parts.append(menu)
        return menu

    def _chosen(self, choose: Callable[..., None], value: object) -> None:
        # Qt has checked what was clicked; whether that is true is for the answer to say.
        self._choices = None
        choose(value)

    def _fill(
        self,
        menu: QMenu,
        entries: Iterable[tuple[object, str]],
        current: object,
        choose: Callable[..., None],
    ) -> None:
        """One checkable action for each (value, text), of which one is checked."""
        group = QActionGroup(menu)
        self._parts.append(group)
        for value, text in entries:
            action = QAction(menu_text(text), group)
            action.setToolTip(tip_text(text))
            action.setCheckable(True)
            action.setChecked(value == current)
            action.triggered.connect(lambda _=False, chosen=value: self._chosen(choose, chosen))
            menu.addAction(action)


def with_chosen(names: tuple[str, ...], chosen: str) -> tuple[str, ...]:
    """What is chosen can be seen even while it is unplugged."""
    return names if not chosen or chosen in names else (*names, chosen)


def output_text(name: str) -> str:
    """What to call the output ``name``."""
    return f"{name} (to other programs)" if name == VIRTUAL_OUTPUT else name


def shift_text(shift: int) -> str:
    """A shift in semitones, in octaves."""
    octaves = abs(shift) // OCTAVE
    if not octaves:
        return "As Played"
    return f"{octaves} Octave{'s' if octaves > 1 else ''} {'Up' if shift > 0 else 'Down'}"
