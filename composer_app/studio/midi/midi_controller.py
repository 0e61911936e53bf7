"""MIDI in the studio: the keyboard, remembered by name, and its menu; see also what goes out."""

from collections.abc import Sequence
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from composer_app.errors import ComposerError, DeviceError
from composer_app.live.midi.connect import midi_installed
from composer_app.live.midi.inputs import MidiCallback, PortChanges
from composer_app.live.midi.keyboard_input import InputSettings, is_known_keyboard, known_range
from composer_app.music.pitch import pitch_name
from composer_app.studio.midi.midi_menu import MidiChoices, MidiMenu
from composer_app.studio.midi.midi_output_controller import MidiOutputController
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.live_input import LiveInput

_POLL_MS: Final = 500
# ALSA's own loop-back port.
_NOT_KEYBOARDS: Final = "Midi Through"


class InputPorts(Protocol):
    """What this controller needs of :class:`composer_app.live.midi.inputs.MidiInputs`."""

    @property
    def problem(self) -> DeviceError | None:
        """Why there can be no inputs."""

    @property
    def open_name(self) -> str | None:
        """The open input."""

    def input_names(self) -> list[str]:
        """Names of the inputs."""
        ...

    def open_input(self, name: str, callback: MidiCallback) -> None:
        """Listen to ``name``."""

    def close_input(self) -> None:
        """Stop listening."""

    def poll(self) -> PortChanges:
        """Look what came and went."""
        ...

    def look_again(self) -> None:
        """Look for a MIDI system."""

    def offer_virtual(self, callback: MidiCallback) -> None:
        """Be a port that other programs play into."""

    def withdraw_virtual(self) -> None:
        """Be one no longer."""

    def close(self) -> None:
        """Let go of the MIDI system."""


class MidiController(QObject):
    """Polls for devices twice a second and keeps the menu and the status true."""

    # Short status for the toolbar, a sentence for its tooltip, whether something is amiss.
    statusChanged = Signal(str, str, bool)
    # News for the message bar.
    told = Signal(str)
    failed = Signal(str)
    # What there is to choose from, and what is chosen: MidiChoices.
    choicesChanged = Signal(object)

    def __init__(
        self,
        ports: InputPorts,
        output: MidiOutputController,
        live: LiveInput,
        settings: Settings,
        menu: MidiMenu,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._ports = ports
        self._output = output
        self._live = live
        self._settings = settings
        self._menu = menu
        self._names: list[str] | None = None
        self._problem: DeviceError | None = None
        self._choices = MidiChoices()
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self.poll)
        output.told.connect(self.told)
        output.failed.connect(self.failed)
        menu.inputChosen.connect(self.choose)
        menu.channelChosen.connect(self.choose_channel)
        menu.shiftChosen.connect(self.choose_shift)
        menu.outputChosen.connect(self.choose_output)
        menu.clockChosen.connect(self.choose_clock)
        menu.portsToggled.connect(self.offer_ports)
        menu.refreshed.connect(self.refresh)
        self._set_input()

    @property
    def choices(self) -> MidiChoices:
        """What there is to choose from, and what is chosen."""
        return self._choices

    def situation(self) -> object:
        """What a sentence told or failed is about: it tells of the past once this has changed."""
        wanted = self._settings.midi_input
        return self._ports.problem, self._ports.open_name, wanted, self._output.situation()

    @property
    def device_names(self) -> tuple[str, ...]:
        """Names that may stand in a sentence."""
        remembered = (self._settings.midi_input or "", self._settings.midi_output)
        return (*self._ports.input_names(), *self._output.names, *remembered)

    def start(self) -> None:
        """Take up what the settings remember, and look for devices now and from now on."""
        # Why there is no MIDI at all is said in the menu: many have none and miss nothing.
        self._problem = self._ports.problem
        if self._settings.midi_ports_offered:
            self._offer(say_why_not=False)
        self._output.start()
        self.poll()
        # But what Composer itself lacks can be mended.
        if self._problem and not midi_installed():
            self.failed.emit(str(self._problem))
        self._timer.start()

    def stop(self) -> None:
        """Stop polling, and leave nothing sounding anywhere."""
        self._timer.stop()
        self._live.panic()
        self._output.stop()

    def panic(self) -> None:
        """All notes off, pedals up, wheels centred."""
        self._live.panic()

    def poll(self) -> None:
        """Look which devices there are; acts only if something has changed."""
        changes = self._ports.poll()
        self._output.poll()
        names = self._ports.input_names()
        if changes.lost:
            self.failed.emit(
                f"{changes.lost} was unplugged: plug it in again and it will be taken up."
            )
        if changes.restored:
            self.told.emit(f"{changes.restored} is back.")
        if names != self._names:
            self._names = names
            wanted = self._settings.midi_input
            if wanted is None:
                self._take_up_the_only(names)
            elif wanted in names and self._ports.open_name is None:
                self._open(wanted)
        self._say_problem()
        self._show()

    def choose(self, name: str) -> None:
        """Use the input ``name`` from now on; empty for none."""
        self._settings.midi_input = name
        self._names = self._ports.input_names()
        if name:
            self._open(name)
        else:
            self._ports.close_input()
        self._show()

    def choose_channel(self, channel: int | None) -> None:
        """Listen to this channel (0-15) of the keyboard, or to every one."""
        self._settings.midi_channel = channel
        self._set_input()
        self._show()

    def choose_shift(self, semitones: int) -> None:
        """Shift the keyboard by this much."""
        self._settings.midi_shift = semitones
        self._set_input()
        self._show()

    def choose_output(self, name: str) -> None:
        """Play through the output ``name``, or through Composer itself if empty."""
        self._output.choose(name)
        self._show()

    def choose_clock(self, name: str) -> None:
        """Send the clock to the output ``name``, or to nobody if empty."""
        self._output.choose_clock(name)
        self._show()

    def offer_ports(self, on: bool) -> None:
        """Offer ports to other programs, or do not."""
        self._settings.midi_ports_offered = on
        if on:
            self._offer(say_why_not=True)
        else:
            self._ports.withdraw_virtual()
            self._output.offer_virtual(False)
        self._show()

    def refresh(self) -> None:
        """Look for devices now, and for a MIDI system if there was none."""
        self._ports.look_again()
        self._output.look_again()
        self._names = None
        self._menu.forget()
        if self._settings.midi_ports_offered and not self._output.offers_virtual:
            self._offer(say_why_not=False)
        self.poll()

    def _take_up_the_only(self, names: Sequence[str]) -> None:
        """Where nobody has chosen yet, the only keyboard there is can be played at once."""
        keyboards = [name for name in names if not name.startswith(_NOT_KEYBOARDS)]
        known = [name for name in keyboards if is_known_keyboard(name)]
        candidates = known if len(known) == 1 else keyboards
        if len(candidates) == 1:
            self.choose(candidates[0])
            if self._ports.open_name:
                self.told.emit(f"{_described(candidates[0])} is ready: play, or press Record.")

    def _open(self, name: str) -> None:
        try:
            self._ports.open_input(name, self._live.midi_message)
        except ComposerError as error:
            self.failed.emit(str(error))

    def _offer(self, *, say_why_not: bool) -> None:
        try:
            self._ports.offer_virtual(self._live.program_message)
            self._output.offer_virtual(True)
        except ComposerError as error:
            if say_why_not:
                self._settings.midi_ports_offered = False
                # Nothing is amiss: there is no such thing here.
                self.told.emit(str(error))

    def _set_input(self) -> None:
        self._live.set_input(InputSettings(self._settings.midi_channel, self._settings.midi_shift))

    def _say_problem(self) -> None:
        problem = self._ports.problem
        if problem != self._problem:
            self._problem = problem
            if problem:
                self.failed.emit(str(problem))
            else:
                self.told.emit("MIDI works again.")

    def _show(self) -> None:
        settings = self._settings
        self._choices = MidiChoices(
            inputs=tuple(self._names or ()),
            input=self._ports.open_name or "",
            channel=settings.midi_channel,
            shift=settings.midi_shift,
            outputs=self._output.names,
            output=settings.midi_output,
            clock=settings.midi_clock,
            ports_offered=self._output.offers_virtual,
            problem=str(self._ports.problem or ""),
        )
        self._menu.show(self._choices)
        # Also when nothing has changed: a choice that was refused is to be seen no longer.
        self.choicesChanged.emit(self._choices)
        self._show_status()

    def _show_status(self) -> None:
        open_name, wanted = self._ports.open_name, self._settings.midi_input
        if self._ports.problem:
            self.statusChanged.emit("No MIDI", str(self._ports.problem), False)
        elif open_name and open_name in (self._names or []):
            self.statusChanged.emit(
                _short(open_name), f"Playing from {_described(open_name)}", False
            )
        elif wanted:
            self.statusChanged.emit(
                "MIDI: missing", f"{wanted} is not there: plug it in or choose another.", True
            )
        else:
            self.statusChanged.emit("MIDI", "Choose a MIDI keyboard", False)


def _described(name: str) -> str:
    """``name``, with the range of its keys where that is known."""
    if not is_known_keyboard(name):
        return name
    lowest, highest = known_range()
    return (
        f"{name} (the DeepComposer keyboard, {highest - lowest + 1} keys,"
        f" {pitch_name(lowest)} to {pitch_name(highest)})"
    )


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"
