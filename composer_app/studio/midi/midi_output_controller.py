"""What goes out by MIDI: a port in the place of the synthesizer, the port offered, the clock."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from composer_app.errors import ComposerError, DeviceError
from composer_app.live.midi.clock import Followed, MidiClockSender
from composer_app.live.midi.connect import VIRTUAL_OUTPUT
from composer_app.live.midi.output_synthesizer import MidiSynthesizer
from composer_app.live.midi.outputs import OutputChanges, OutputPort
from composer_app.live.note_sink import Clock
from composer_app.music.timing import TempoMap
from composer_app.studio.document.document import Document
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.sound import Sound


class OutputPorts(Protocol):
    """What this controller needs of :class:`composer_app.live.midi.outputs.MidiOutputs`."""

    @property
    def problem(self) -> DeviceError | None:
        """Why there can be no outputs."""

    def output_names(self) -> list[str]:
        """Names of the outputs."""
        ...

    def open(self, name: str) -> OutputPort:
        """The output ``name``."""
        ...

    def release(self, port: OutputPort) -> None:
        """It is needed no more."""

    def poll(self) -> OutputChanges:
        """Look what came and went."""
        ...

    def look_again(self) -> None:
        """Look for a MIDI system."""

    def close(self) -> None:
        """Let go of the MIDI system."""


class Playing(Protocol):
    """What the clock follows, such as :class:`composer_app.live.playback.player.Player`."""

    @property
    def playing(self) -> bool:
        """Whether the music runs."""

    @property
    def position(self) -> float:
        """Where it is, in steps."""


class FollowedPlayer:
    """The player with the tempo of the document; any thread may ask."""

    def __init__(self, player: Playing, document: Document) -> None:
        self._player = player
        self._document = document

    @property
    def playing(self) -> bool:
        """Whether the music runs."""
        return self._player.playing

    @property
    def position(self) -> float:
        """The step that is heard now."""
        return self._player.position

    @property
    def tempo(self) -> TempoMap:
        """How fast the music runs where."""
        return self._document.composition.tempo


class MidiOutputController(QObject):
    """Opens what the settings say, and says what comes and goes.

    ``open_own_sound`` begins opening the synthesizer that is Composer's own.
    """

    told = Signal(str)
    failed = Signal(str)

    def __init__(
        self,
        outputs: OutputPorts,
        sound: Sound,
        followed: Followed,
        settings: Settings,
        clock: Clock,
        open_own_sound: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._outputs = outputs
        self._sound = sound
        self._followed = followed
        self._settings = settings
        self._clock = clock
        self._open_own_sound = open_own_sound
        self._virtual: OutputPort | None = None
        self._clock_port: OutputPort | None = None
        self._sender: MidiClockSender | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The outputs there are; last the one that Composer offers, while it does."""
        return (*self._outputs.output_names(), *((VIRTUAL_OUTPUT,) if self._virtual else ()))

    @property
    def offers_virtual(self) -> bool:
        """Whether Composer is an output that other programs can listen to."""
        return self._virtual is not None

    def situation(self) -> object:
        """What a sentence told or failed is about: it tells of the past once this has changed."""
        chosen, names = (self._settings.midi_output, self._settings.midi_clock), self.names
        return self._outputs.problem, *((name, name in names) for name in chosen)

    def start(self) -> None:
        """Open the sound and the clock that were chosen last."""
        if self._settings.midi_output:
            self.choose(self._settings.midi_output)
        else:
            self._open_own_sound()
        self.choose_clock(self._settings.midi_clock)

    def stop(self) -> None:
        """Leave those who follow the clock in peace. The sound is closed by who holds it."""
        self._close_clock()

    def poll(self) -> None:
        """Look what was plugged in and out."""
        changes = self._outputs.poll()
        for name in changes.lost:
            if name != VIRTUAL_OUTPUT:
                self.failed.emit(f"{name} was unplugged: plug it in again and it will be taken up.")
        for name in changes.restored:
            if name != VIRTUAL_OUTPUT:
                self.told.emit(f"{name} is back.")

    def look_again(self) -> None:
        """Look for a MIDI system where there was none."""
        self._outputs.look_again()

    def choose(self, name: str) -> None:
        """Play through the output ``name`` from now on; through Composer itself if empty."""
        port, problem = self._open(name, "another sound")
        self._settings.midi_output = name if port else ""
        if port is None:
            self._open_own_sound()
        else:
            self._sound.use(MidiSynthesizer(port, self._clock, self._outputs.release))
        self._complain(problem)

    def choose_clock(self, name: str) -> None:
        """Send the clock to the output ``name`` from now on, to nobody if empty."""
        self._close_clock()
        port, problem = self._open(name, "another one for the clock")
        self._settings.midi_clock = name if port else ""
        if port is not None:
            self._clock_port = port
            self._sender = MidiClockSender(self._followed, port.send, self._clock)
            port.on_restored(self._sender.renew)
        self._complain(problem)

    def offer_virtual(self, on: bool) -> None:
        """Have a port of Composer's own, or have none; raises DeviceError where there can't be."""
        if on and self._virtual is None:
            self._virtual = self._outputs.open(VIRTUAL_OUTPUT)
        elif not on and self._virtual is not None:
            if self._settings.midi_output == VIRTUAL_OUTPUT:
                self.choose("")
            if self._settings.midi_clock == VIRTUAL_OUTPUT:
                self.choose_clock("")
            self._outputs.release(self._virtual)
            self._virtual = None

    def _open(self, name: str, instead: str) -> tuple[OutputPort | None, str]:
        """The port, if there can be one, and a sentence if something is amiss with it."""
        if not name:
            return None, ""
        try:
            port = self._outputs.open(name)
        except ComposerError as error:
            return None, str(error)
        if not port.connected:
            return port, f"{name} is not there: plug it in, or choose {instead}."
        return port, ""

    def _complain(self, problem: str) -> None:
        """Once everything is as it will be: what is said is about that."""
        if problem:
            self.failed.emit(problem)

    def _close_clock(self) -> None:
        if self._sender is not None and self._clock_port is not None:
            self._clock_port.forget(self._sender.renew)
            self._sender.close()
            self._outputs.release(self._clock_port)
        self._sender = self._clock_port = None
