"""MIDI keyboards: the input ports, the one that is open, and what comes and goes.

Uses python-rtmidi directly rather than through mido's ports, since the time is to be taken
first thing in the driver's callback. One client is made and kept; asking it for its ports is
cheap enough to poll for keyboards being plugged in and out.
"""

import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final, Protocol

from mido import Message

from composer_app.errors import DeviceError
from composer_app.live.note_sink import Clock
from composer_app.live.quiet import quiet_stderr

# Receives a message and the time at which it arrived, in seconds of the clock.
MidiCallback = Callable[[Message, float], None]

_CLIENT_NAME: Final = "Composer"
_FIRST_SYSTEM_STATUS: Final = 0xF0
# ALSA appends its client and port number, which change when a keyboard is plugged in again.
_ALSA_NUMBERS: Final = re.compile(r" \d+:\d+$")


class MidiClient(Protocol):
    """The part of ``rtmidi.MidiIn`` that is used."""

    def get_ports(self) -> list[str]:
        """Names of the ports; the place in the list is the port's number."""

    def open_port(self, port: int, name: str) -> Any:
        """Connect to a port."""

    def close_port(self) -> None:
        """Disconnect."""

    def set_callback(self, func: Callable[[tuple[list[int], float], object], None]) -> None:
        """Call ``func`` with (bytes, seconds since the last message) and None."""

    def cancel_callback(self) -> None:
        """Call nobody any more."""

    def delete(self) -> None:
        """Free the client, which must not be touched after this."""


@dataclass(frozen=True, slots=True)
class PortChanges:
    """What :meth:`MidiPorts.poll` saw since the last time; names as in ``input_names``.

    ``lost`` is the open port if it vanished, ``restored`` if it came back and is open again.
    """

    appeared: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    lost: str | None = None
    restored: str | None = None


@dataclass(frozen=True, slots=True)
class _Input:
    """The port a person chose, and who listens to it."""

    name: str
    callback: MidiCallback


def connect(systems: Sequence[int] | None = None) -> MidiClient:
    """A client of the first MIDI system that has ports, or else of the first that works.

    ``systems`` are rtmidi's ``API_...`` numbers, all that it was built with when omitted.
    Raises :class:`DeviceError` where none works.
    """
    try:
        import rtmidi
    except ImportError:
        raise DeviceError(
            "MIDI keyboards cannot be used because a library is missing: type: sudo apt-get"
            " install libasound2"
        ) from None
    # Composer uses a JACK server that runs, but must not start one.
    os.environ.setdefault("JACK_NO_START_SERVER", "1")
    working: list[MidiClient] = []
    for system in rtmidi.get_compiled_api() if systems is None else systems:
        try:
            with quiet_stderr():
                client = rtmidi.MidiIn(system, _CLIENT_NAME)
                working.append(client)
                if client.get_ports():
                    break
        except OSError:  # rtmidi's own errors are OSErrors
            continue
    if not working:
        remedy = (
            "type: sudo modprobe snd-seq" if sys.platform == "linux" else "restart the computer"
        )
        raise DeviceError(
            f"MIDI keyboards cannot be used because this system's MIDI does not answer: {remedy}"
        )
    chosen = working.pop() if working[-1].get_ports() else working.pop(0)
    for other in working:
        other.delete()
    return chosen


class MidiPorts:
    """The MIDI inputs of this machine. Call from one thread; callbacks come from another.

    Without a MIDI system there are no names, and :attr:`problem` says why.
    """

    def __init__(
        self, clock: Clock = perf_counter, connect: Callable[[], MidiClient] = connect
    ) -> None:
        self._clock = clock
        self._client: MidiClient | None = None
        self._problem: str | None = None
        self._known: list[str] = []
        self._chosen: _Input | None = None
        # The open port's full name; None while it is closed or unplugged.
        self._connected: str | None = None
        self._held: set[tuple[int, int]] = set()
        try:
            self._client = connect()
            self._known = self.input_names()
        except DeviceError as error:
            self._problem = str(error)

    @property
    def problem(self) -> str | None:
        """A sentence that says why there can be no inputs, or None if all is well."""
        return self._problem

    @property
    def open_name(self) -> str | None:
        """Name of the open input; None if none is open or it is unplugged at the moment."""
        return self._chosen.name if self._chosen and self._connected else None

    def input_names(self) -> list[str]:
        """Names of the inputs, each once; the same keyboard keeps its name when replugged."""
        return display_names(self._ports())

    def open_input(self, name: str, callback: MidiCallback) -> None:
        """Listen to ``name`` instead of whatever was open.

        ``callback`` gets channel messages only (notes, controllers, pitch bend, program,
        pressure), on a thread of the driver, so it must be quick and must not raise. A note-on
        of velocity 0 arrives as note-off. Raises :class:`DeviceError` if the port is not there
        or cannot be opened.
        """
        self.close_input()
        self._connect_to(_Input(name, callback))

    def close_input(self) -> None:
        """Stop listening. Notes still held are released: the callback gets their note-offs."""
        self._disconnect()
        self._chosen = None

    def poll(self) -> PortChanges:
        """Look what was plugged in or out; call it about once a second.

        If the open port vanished, the notes held on it are released through the callback, and
        it is opened again when its name returns.
        """
        ports = self._ports()
        names = display_names(ports)
        appeared = tuple(name for name in names if name not in self._known)
        vanished = tuple(name for name in self._known if name not in names)
        self._known = names
        lost = restored = None
        if self._chosen and self._connected and self._connected not in ports:
            lost = self._chosen.name
            self._disconnect()
        if self._chosen and not self._connected and self._chosen.name in names:
            # A port may appear before it can be opened: then the next poll tries again.
            with suppress(DeviceError):
                self._connect_to(self._chosen)
                restored = self._chosen.name
        return PortChanges(appeared, vanished, lost, restored)

    def close(self) -> None:
        """Let go of the MIDI system. May be called twice."""
        self.close_input()
        if self._client is not None:
            self._client.delete()
            self._client = None

    def _ports(self) -> list[str]:
        if self._client is None:
            return []
        try:
            return self._client.get_ports()
        except OSError:  # the MIDI system itself went away
            return []

    def _connect_to(self, chosen: _Input) -> None:
        ports = self._ports()
        names = display_names(ports)
        if self._client is None or chosen.name not in names:
            raise DeviceError(
                f"The MIDI input {chosen.name} is not there: connect it or choose another one."
            )
        number = names.index(chosen.name)

        def receive(event: tuple[list[int], float], _: object) -> None:
            self._receive(event[0], self._clock(), chosen.callback)

        try:
            self._client.open_port(number, f"{_CLIENT_NAME} in")
        except OSError:
            raise DeviceError(
                f"The MIDI input {chosen.name} cannot be opened: close other programs that use"
                " it, or unplug it and plug it in again."
            ) from None
        self._client.set_callback(receive)
        self._chosen, self._connected = chosen, ports[number]

    def _disconnect(self) -> None:
        if self._client is None or self._chosen is None or self._connected is None:
            return
        self._client.cancel_callback()
        self._client.close_port()
        self._connected = None
        for channel, pitch in sorted(self._held):
            message = Message("note_off", channel=channel, note=pitch)
            self._chosen.callback(message, self._clock())
        self._held.clear()

    def _receive(self, data: list[int], at: float, callback: MidiCallback) -> None:
        message = channel_message(data)
        if message is None:
            return
        if message.type == "note_on":
            self._held.add((message.channel, message.note))
        elif message.type == "note_off":
            self._held.discard((message.channel, message.note))
        callback(message, at)


def channel_message(data: Sequence[int]) -> Message | None:
    """The channel message in ``data``; None for system messages and damaged ones.

    A note-on of velocity 0 becomes the note-off that it means.
    """
    if not data or data[0] >= _FIRST_SYSTEM_STATUS:
        return None
    try:
        message = Message.from_bytes(data)
    except ValueError:
        return None
    if message.type == "note_on" and message.velocity == 0:
        return Message("note_off", channel=message.channel, note=message.note, velocity=0)
    return message


def display_names(ports: Sequence[str]) -> list[str]:
    """Names for people: without ALSA's numbers, and the second of two equal ones as "X (2)"."""
    names = []
    seen: Counter[str] = Counter()
    for port in ports:
        name = _ALSA_NUMBERS.sub("", port)
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
