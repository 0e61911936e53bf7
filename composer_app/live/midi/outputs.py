"""MIDI output ports: hardware, other programs, and the port that Composer itself offers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock, RLock
from typing import Final

from composer_app.errors import DeviceError
from composer_app.live.midi.connect import (
    CLIENT_NAME,
    VIRTUAL_OUTPUT,
    ConnectOutput,
    OutputClient,
    PolledClient,
    Port,
    connect_output,
)
from composer_app.live.midi.inputs import no_virtual_ports
from composer_app.translation import _

# ALSA's loop-back port plays nothing, and would come back in as if somebody had played it.
_NO_INSTRUMENT: Final = "Midi Through"


@dataclass(frozen=True, slots=True)
class OutputChanges:
    """What :meth:`MidiOutputs.poll` saw since the last time; names as in ``output_names``.

    ``lost`` are open ports that vanished, ``restored`` those that came back and are open again.
    """

    appeared: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()


class OutputPort:
    """A place to send messages to, whether it is plugged in at the moment or not.

    Any thread may send; what is sent while it is unplugged is lost.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = Lock()
        self._client: OutputClient | None = None
        self._failed = False
        self._listeners: list[Callable[[], None]] = []

    @property
    def connected(self) -> bool:
        """Whether it is plugged in, as far as is known."""
        return self._client is not None

    @property
    def failed(self) -> bool:
        """Whether a message could not be sent since it was connected."""
        return self._failed

    def send(self, data: Sequence[int]) -> None:
        """Send one message (bytes 0-255). Does not wait, does not raise."""
        with self._lock:
            if self._client is None or self._failed:
                return
            try:
                self._client.send_message(data)
            except (OSError, RuntimeError):
                self._failed = True

    def on_restored(self, listener: Callable[[], None]) -> None:
        """Call ``listener``, on the thread that polls, whenever it has been plugged in again."""
        self._listeners.append(listener)

    def forget(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` no more; nothing if it is not known."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def connect(self, client: OutputClient | None) -> None:
        """Send through ``client``, which is connected, from now on; None while unplugged.

        For :class:`MidiOutputs` only, as is :meth:`tell_restored`.
        """
        with self._lock:
            before, self._client = self._client, client
            self._failed = False
        if before is not None:
            before.close_port()
            before.delete()

    def tell_restored(self) -> None:
        """Let everybody who sends know that the other end is new."""
        for listener in tuple(self._listeners):
            listener()


@dataclass(slots=True)
class _Open:
    """An open port, how many opened it, and what its client is connected to."""

    port: OutputPort
    users: int = 1
    full_name: str | None = None
    system: OutputClient | None = None


class MidiOutputs:
    """The MIDI outputs of this machine; any thread may call.

    Without a MIDI system there are no names, and :attr:`problem` says why.
    """

    def __init__(self, connect: ConnectOutput = connect_output) -> None:
        self._lock = RLock()
        self._connect_client = connect
        self._known: list[str] = []
        self._open: dict[str, _Open] = {}

    @cached_property
    def _polled(self) -> PolledClient[OutputClient]:
        # As with the inputs; to be asked with the lock.
        polled = PolledClient(self._connect_client)
        self._known = [port.name for port in self._instruments(polled.ports())]
        return polled

    @property
    def problem(self) -> DeviceError | None:
        """A sentence that says why there can be no outputs, or None if all is well."""
        with self._lock:
            return self._polled.problem

    def output_names(self) -> list[str]:
        """Names of the outputs, each once; the same device keeps its name when replugged."""
        with self._lock:
            return [port.name for port in self._instruments(self._polled.ports())]

    def open(self, name: str) -> OutputPort:
        """The output ``name``, which need not be there yet; close it with :meth:`release`.

        The same port may be opened by several. Raises :class:`DeviceError` if it is there and
        cannot be opened, or, for :data:`VIRTUAL_OUTPUT`, if the platform does not allow it.
        """
        with self._lock:
            if name in self._open:
                self._open[name].users += 1
                return self._open[name].port
            opened = _Open(OutputPort(name))
            self._connect(opened, self._polled.ports())
            self._open[name] = opened
            return opened.port

    def release(self, port: OutputPort) -> None:
        """Who opened ``port`` needs it no more."""
        with self._lock:
            opened = self._open.get(port.name)
            if opened is None or opened.port is not port:
                return
            opened.users -= 1
            if opened.users == 0:
                del self._open[port.name]
                port.connect(None)

    def poll(self) -> OutputChanges:
        """Look what was plugged in or out; call it about twice a second.

        An open port that vanished is opened again when its name returns.
        """
        with self._lock:
            ports = self._polled.poll()
            names = [port.name for port in self._instruments(ports)]
            appeared = tuple(name for name in names if name not in self._known)
            vanished = tuple(name for name in self._known if name not in names)
            self._known = names
            lost, restored = [], []
            for opened in self._open.values():
                if opened.port.connected and not self._is_there(opened, ports):
                    opened.port.connect(None)
                    lost.append(opened.port.name)
                if not opened.port.connected and self._can_connect(opened, ports):
                    opened.port.tell_restored()
                    restored.append(opened.port.name)
            return OutputChanges(appeared, vanished, tuple(lost), tuple(restored))

    def look_again(self) -> None:
        """Look for a MIDI system once more, where there was none."""
        with self._lock:
            self._polled.retry()

    def close(self) -> None:
        """Let go of the MIDI system. May be called twice."""
        with self._lock:
            for opened in self._open.values():
                opened.port.connect(None)
            self._open.clear()
            if "_polled" in self.__dict__:
                self._polled.close()

    def _instruments(self, ports: Sequence[Port]) -> list[Port]:
        return [port for port in ports if not port.name.startswith(_NO_INSTRUMENT)]

    def _is_there(self, opened: _Open, ports: Sequence[Port]) -> bool:
        if opened.port.failed or opened.system is not self._polled.client:
            return False
        if opened.port.name == VIRTUAL_OUTPUT:
            return True
        return any(port.full_name == opened.full_name for port in ports)

    def _can_connect(self, opened: _Open, ports: Sequence[Port]) -> bool:
        # A port may appear before it can be opened: then the next poll tries again.
        try:
            self._connect(opened, ports)
        except DeviceError:
            return False
        return opened.port.connected

    def _connect(self, opened: _Open, ports: Sequence[Port]) -> None:
        """Connect, if it is there."""
        name = opened.port.name
        port = next((port for port in ports if port.name == name), None)
        if self._polled.client is None or (port is None and name != VIRTUAL_OUTPUT):
            return
        client = self._polled.another()
        try:
            if port is None:
                client.open_virtual_port(VIRTUAL_OUTPUT)
            else:
                # The numbers may have changed since the ports were listed.
                number = client.get_ports().index(port.full_name)
                client.open_port(number, f"{CLIENT_NAME} music")
        except (OSError, RuntimeError, NotImplementedError, ValueError):
            client.delete()
            if port is None:
                raise no_virtual_ports() from None
            raise DeviceError(
                _("The MIDI output {device} cannot be opened", device=name),
                _("close other programs that use it, or unplug it and plug it in again"),
            ) from None
        opened.full_name = port.full_name if port else VIRTUAL_OUTPUT
        opened.system = self._polled.client
        opened.port.connect(client)
