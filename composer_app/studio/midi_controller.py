"""The MIDI keyboard in use: chosen, remembered by name, taken up again when it comes back."""

from collections.abc import Sequence
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from composer_app.errors import ComposerError
from composer_app.live.midi_ports import MidiCallback, PortChanges
from composer_app.studio.live_input import LiveInput
from composer_app.studio.settings import Settings

_POLL_MS: Final = 1000
_NO_KEYBOARD: Final = "No MIDI keyboard is plugged in"
# ALSA's own loop-back port.
_NOT_KEYBOARDS: Final = "Midi Through"


class InputPorts(Protocol):
    """What this controller needs of :class:`composer_app.live.midi_ports.MidiPorts`."""

    @property
    def problem(self) -> str | None:
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

    def close(self) -> None:
        """Let go of the MIDI system."""


class MidiController(QObject):
    """Polls for keyboards once a second and keeps the menu and the status true."""

    # Short status for the toolbar, a sentence for its tooltip, whether something is amiss.
    statusChanged = Signal(str, str, bool)
    # News for the message bar.
    told = Signal(str)
    failed = Signal(str)

    def __init__(
        self,
        ports: InputPorts,
        live: LiveInput,
        settings: Settings,
        menu: QMenu,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._ports = ports
        self._live = live
        self._settings = settings
        self._menu = menu
        self._menu.setToolTipsVisible(True)
        self._names: list[str] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self.poll)

    def start(self) -> None:
        """Look for keyboards now and from now on, and take up the remembered one."""
        self.poll()
        self._timer.start()

    def stop(self) -> None:
        """Stop polling."""
        self._timer.stop()

    def poll(self) -> None:
        """Look which keyboards there are; acts only if something has changed."""
        changes = self._ports.poll()
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
            self._fill_menu()
        self._show_status()

    def _take_up_the_only(self, names: Sequence[str]) -> None:
        """Where nobody has chosen yet, the only keyboard there is can be played at once."""
        keyboards = [name for name in names if not name.startswith(_NOT_KEYBOARDS)]
        if len(keyboards) == 1:
            self.choose(keyboards[0])
            if self._ports.open_name:
                self.told.emit(f"{keyboards[0]} is ready: play, or press Record.")

    def choose(self, name: str) -> None:
        """Use the input ``name`` from now on; empty for none."""
        self._settings.midi_input = name
        self._names = self._ports.input_names()
        if name:
            self._open(name)
        else:
            self._ports.close_input()
        self._fill_menu()
        self._show_status()

    def refresh(self) -> None:
        """Look for keyboards now."""
        self._names = None
        self.poll()

    def _open(self, name: str) -> None:
        try:
            self._ports.open_input(name, self._live.midi_message)
        except ComposerError as error:
            self.failed.emit(str(error))

    def _show_status(self) -> None:
        open_name, wanted = self._ports.open_name, self._settings.midi_input
        if self._ports.problem:
            self.statusChanged.emit("No MIDI", self._ports.problem, False)
        elif open_name and open_name in (self._names or []):
            self.statusChanged.emit(_short(open_name), f"Playing from {open_name}", False)
        elif wanted:
            self.statusChanged.emit(
                "MIDI: missing", f"{wanted} is not there: plug it in or choose another.", True
            )
        else:
            self.statusChanged.emit("MIDI", "Choose a MIDI keyboard", False)

    def _fill_menu(self) -> None:
        self._menu.clear()
        group = QActionGroup(self._menu)
        current = self._ports.open_name or ""
        for name, text in (("", "None"), *((name, name) for name in self._names or [])):
            action = QAction(text.replace("&", "&&"), group)
            action.setCheckable(True)
            action.setChecked(name == current)
            action.triggered.connect(lambda _=False, chosen=name: self.choose(chosen))
            self._menu.addAction(action)
        if not self._names:
            problem = self._ports.problem
            hint = self._menu.addAction("No MIDI system here" if problem else _NO_KEYBOARD)
            hint.setToolTip(problem or "")
            hint.setEnabled(False)
        self._menu.addSeparator()
        self._menu.addAction("Look Again", self.refresh)


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"
