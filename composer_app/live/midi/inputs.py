"""MIDI keyboards: the input ports, the one that is open, and what comes and goes.

Uses python-rtmidi directly rather than through mido's ports, for the sake of the driver's times.
One client is made and kept; asking it for its ports is cheap enough to poll for keyboards being
plugged in and out.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING

from composer_app.errors import DeviceError
from composer_app.live.midi.connect import (
    CLIENT_NAME,
    VIRTUAL_INPUT,
    ConnectInput,
    InputClient,
    PolledClient,
    Port,
    connect_input,
)
from composer_app.live.midi.keyboard_input import DriverClock, HeldKeys, channel_messages
from composer_app.live.midi.reader import MidiReader
from composer_app.live.note_sink import Clock
from composer_app.translation import _

if TYPE_CHECKING:
    from mido import Message

# Receives a message and the time at which it arrived, in seconds of the clock.
MidiCallback = Callable[["Message", float], None]


@dataclass(frozen=True, slots=True)
class PortChanges:
    """What :meth:`MidiInputs.poll` saw since the last time; names as in ``input_names``.

    ``lost`` is the open port if it vanished, ``restored`` if it came back and is open again.
    """

    appeared: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    lost: str | None = None
    restored: str | None = None


class _Listener:
    """Hands on what a port delivers, and keeps account of what is held. Not thread-safe."""

    def __init__(self, callback: MidiCallback, clock: Clock) -> None:
        self._callback = callback
        self._clock = clock
        self._held = HeldKeys()
        self._times = DriverClock()

    def receive(self, data: list[int], since_last: float) -> None:
        """Take a delivery; see :class:`composer_app.live.midi.reader.Listener`."""
        at = self._times.stamp(self._clock(), since_last)
        for message in channel_messages(data):
            self._held.take(message)
            self._callback(message, at)

    def end(self) -> None:
        """Bring to rest what is held; to be called when nothing will be received any more."""
        for message in self._held.release():
            self._callback(message, self._clock())


@dataclass(frozen=True, slots=True)
class _Choice:
    """The port a person chose, and who listens to it."""

    name: str
    callback: MidiCallback


@dataclass(frozen=True, slots=True)
class _Connection:
    """An open port. ``system`` is the polled client that the connection was made beside."""

    system: InputClient
    client: InputClient
    full_name: str
    listener: _Listener


class MidiInputs:
    """The MIDI inputs of this machine. Call from one thread; callbacks come from another.

    Without a MIDI system there are no names, and :attr:`problem` says why.
    """

    def __init__(self, clock: Clock = perf_counter, connect: ConnectInput = connect_input) -> None:
        self._clock = clock
        self._reader = MidiReader()
        self._connect = connect
        self._known: list[str] = []
        self._chosen: _Choice | None = None
        # None while the chosen port is closed or unplugged.
        self._connected: _Connection | None = None
        # Who listens to the port that Composer offers, and that port while there is one.
        self._virtual_callback: MidiCallback | None = None
        self._virtual: _Connection | None = None

    @cached_property
    def _polled(self) -> PolledClient[InputClient]:
        # A window is seen before anybody asks which devices there are.
        polled = PolledClient(self._connect, self._reader.remove)
        self._known = [port.name for port in polled.ports()]
        return polled

    @property
    def problem(self) -> DeviceError | None:
        """A sentence that says why there can be no inputs, or None if all is well."""
        return self._polled.problem

    @property
    def open_name(self) -> str | None:
        """Name of the open input; None if none is open or it is unplugged at the moment."""
        return self._chosen.name if self._chosen and self._connected else None

    def input_names(self) -> list[str]:
        """Names of the inputs, each once; the same keyboard keeps its name when replugged."""
        return [port.name for port in self._polled.ports()]

    def open_input(self, name: str, callback: MidiCallback) -> None:
        """Listen to ``name`` instead of whatever was open.

        ``callback`` gets channel messages only (notes, controllers, pitch bend, program,
        pressure), on a thread of its own, so it must be quick and must not raise. A note-on
        of velocity 0 arrives as note-off. Raises :class:`DeviceError` if the port is not there
        or cannot be opened.
        """
        self.close_input()
        self._connect_to(_Choice(name, callback))

    def close_input(self) -> None:
        """Stop listening. What is held comes to rest: the callback gets note-offs, pedals up."""
        self._disconnect()
        self._chosen = None

    def poll(self) -> PortChanges:
        """Look what was plugged in or out; call it about twice a second.

        If the open port vanished, what is held on it comes to rest through the callback, and it
        is opened again when its name returns.
        """
        ports = self._polled.poll()
        names = [port.name for port in ports]
        appeared = tuple(name for name in names if name not in self._known)
        vanished = tuple(name for name in self._known if name not in names)
        self._known = names
        lost = restored = None
        if self._chosen and self._connected and not self._is_there(self._connected, ports):
            lost = self._chosen.name
            self._disconnect()
        if self._chosen and not self._connected and self._chosen.name in names:
            # A port may appear before it can be opened: then the next poll tries again.
            with suppress(DeviceError):
                self._connect_to(self._chosen)
                restored = self._chosen.name
        if self._virtual_callback and self._polled.client and not self._virtual_stands():
            with suppress(DeviceError):
                self.offer_virtual(self._virtual_callback)
        return PortChanges(appeared, vanished, lost, restored)

    def look_again(self) -> None:
        """Look for a MIDI system once more, where there was none."""
        self._polled.retry()

    def offer_virtual(self, callback: MidiCallback) -> None:
        """Be a port, :data:`VIRTUAL_INPUT`, that other programs play into.

        ``callback`` as in :meth:`open_input`. Raises :class:`DeviceError` where the platform
        does not allow it.
        """
        self.withdraw_virtual()
        client = self._polled.another()
        try:
            client.open_virtual_port(VIRTUAL_INPUT)
        except (OSError, RuntimeError, NotImplementedError):
            client.delete()
            raise no_virtual_ports() from None
        listener = _Listener(callback, self._clock)
        self._reader.add(client, listener)
        system = self._polled.client
        assert system is not None  # another() would have failed
        self._virtual = _Connection(system, client, VIRTUAL_INPUT, listener)
        self._virtual_callback = callback

    def withdraw_virtual(self) -> None:
        """Be a port no longer. May be called when there is none."""
        self._virtual_callback = None
        virtual, self._virtual = self._virtual, None
        if virtual is not None:
            self._reader.remove(virtual.client)
            virtual.listener.end()
            virtual.client.delete()

    def close(self) -> None:
        """Let go of the MIDI system. May be called twice."""
        self.close_input()
        self.withdraw_virtual()
        self._reader.close()
        if "_polled" in self.__dict__:
            self._polled.close()

    def _connect_to(self, chosen: _Choice) -> None:
        client = self._polled.client
        port = next((port for port in self._polled.ports() if port.name == chosen.name), None)
        if client is None or port is None:
            raise DeviceError(
                _("The MIDI input {device} is not there", device=chosen.name),
                _("connect it or choose another one"),
            )
        listener = _Listener(chosen.callback, self._clock)
        try:
            client.open_port(port.number, f"{CLIENT_NAME} keys")
        except (OSError, RuntimeError):
            raise DeviceError(
                _("The MIDI input {device} cannot be opened", device=chosen.name),
                _("close other programs that use it, or unplug it and plug it in again"),
            ) from None
        self._reader.add(client, listener)
        self._chosen = chosen
        self._connected = _Connection(client, client, port.full_name, listener)

    def _disconnect(self) -> None:
        connected, self._connected = self._connected, None
        if connected is None:
            return
        self._reader.remove(connected.client)
        connected.listener.end()
        if connected.client is self._polled.client:
            connected.client.close_port()

    def _is_there(self, connected: _Connection, ports: Sequence[Port]) -> bool:
        known = any(port.full_name == connected.full_name for port in ports)
        return known and connected.system is self._polled.client

    def _virtual_stands(self) -> bool:
        return self._virtual is not None and self._virtual.system is self._polled.client


def no_virtual_ports() -> DeviceError:
    """What to say where a program cannot offer ports."""
    return DeviceError(
        _("Other programs cannot be connected to Composer directly here"),
        _(
            "install a virtual MIDI cable, such as loopMIDI, and choose it as the MIDI input or"
            " output"
        ),
    )
