"""A MIDI system in which the test plugs things in and out, plays, and reads what was sent."""

from collections import deque
from collections.abc import Sequence
from time import sleep

from composer_app.errors import DeviceError
from composer_app.translation import verbatim
from tests.live import rig


class FakeClient:
    """The parts of rtmidi.MidiIn and rtmidi.MidiOut that are used."""

    def __init__(self, system: "FakeSystem") -> None:
        self.system = system
        self.open: str | None = None
        self.virtual: str | None = None
        self.waiting: deque[tuple[list[int], float]] = deque()
        self.looks = 0
        self.deleted = False
        self.sent: list[tuple[int, ...]] = []
        self.ignored = (True, True, True)

    def _touch(self) -> None:
        if self.deleted:
            self.system.crashes += 1
            raise AssertionError("rtmidi would crash")
        if self.system.broken:
            raise OSError("no longer there")

    def get_ports(self) -> list[str]:
        self._touch()
        return list(self.system.ports)

    def get_current_api(self) -> int:
        self._touch()
        return self.system.number

    def open_port(self, port: int, name: str) -> None:
        self._touch()
        assert self.open is None, "rtmidi refuses to open two"
        if self.system.ports[port].startswith("Busy"):
            raise OSError("busy")
        self.open = self.system.ports[port]

    def open_virtual_port(self, name: str) -> None:
        self._touch()
        if not self.system.virtual_allowed:
            raise NotImplementedError
        self.virtual = name

    def close_port(self) -> None:
        assert not self.deleted, "rtmidi would crash"
        self.open = None

    def get_message(self) -> tuple[list[int], float] | None:
        self._touch()
        assert self.open or self.virtual, "there is nothing to be read"
        self.looks += 1
        return self.waiting.popleft() if self.waiting else None

    def ignore_types(self, sysex: bool, timing: bool, active_sense: bool) -> None:
        self.ignored = (sysex, timing, active_sense)

    def send_message(self, message: Sequence[int]) -> None:
        self._touch()
        assert self.open or self.virtual, "rtmidi would lose it"
        self.sent.append(tuple(message))

    def delete(self) -> None:
        assert not self.deleted, "rtmidi would crash"
        self.deleted = True
        # It takes a moment, in which other threads go on.
        sleep(0.005)

    def play(self, *data: int) -> None:
        """Play into the port, and return when it has been taken up."""
        assert self.open or self.virtual
        self.waiting.append((list(data), 0.0))
        # Who looks in vain has taken up what there was before.
        rig.wait_for(lambda: not self.waiting, "somebody to listen")
        looks = self.looks
        rig.wait_for(lambda: self.looks > looks, "somebody to listen on")


class FakeSystem:
    """Plug things in by changing ``ports``; ``broken`` is what a server that died is."""

    def __init__(self, *ports: str, number: int = 0) -> None:
        self.ports = list(ports)
        self.number = number
        self.broken = False
        self.virtual_allowed = True
        self.clients: list[FakeClient] = []
        # How often a deleted client was touched, on whatever thread.
        self.crashes = 0

    def connect(self, systems: Sequence[int] | None = None) -> FakeClient:
        if self.broken:
            raise DeviceError(verbatim("No MIDI here."))
        self.clients.append(FakeClient(self))
        return self.clients[-1]

    @property
    def alive(self) -> list[FakeClient]:
        """The clients that have not been deleted, in the order in which they were made."""
        return [client for client in self.clients if not client.deleted]

    def connected_to(self, name: str) -> FakeClient:
        """The one client that is connected to, or is, the port of this full name."""
        [client] = [client for client in self.alive if name in (client.open, client.virtual)]
        return client
