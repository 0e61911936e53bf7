"""Getting at the MIDI systems: rtmidi's clients, guarded, and the names of their ports."""

import importlib.util
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic, sleep
from typing import Any, Final, Generic, Protocol, TypeVar

from composer_app.errors import DeviceError
from composer_app.live.system.jack_watch import JackWatch, jack_watch
from composer_app.live.system.quiet import quiet_stderr
from composer_app.package_names import ALSA, install_advice, midi_line
from composer_app.translation import _

# Names under which other programs see this one; none of its own ports is offered to itself.
CLIENT_NAME: Final = "Composer"
VIRTUAL_INPUT: Final = f"{CLIENT_NAME} in"
VIRTUAL_OUTPUT: Final = f"{CLIENT_NAME} out"
# JACK and ALSA put the client's name first, and JACK a number to tell two of a name apart.
_OWN_PORT: Final = re.compile(
    rf"^{CLIENT_NAME}(-\d+)?:|^({VIRTUAL_INPUT}|{VIRTUAL_OUTPUT})( \d+)?$"
)
# ALSA appends its client and port number, which change when a device is plugged in again.
_ALSA_NUMBERS: Final = re.compile(r" \d+:\d+$")
# A MIDI system that went away is looked for at every so many polls.
_POLLS_PER_RETRY: Final = 10

# So many messages wait for us at most: some seconds' worth of the densest that can arrive.
_QUEUE_MESSAGES: Final = 8192


class MidiClient(Protocol):
    """What ``rtmidi.MidiIn`` and ``rtmidi.MidiOut`` share. Errors are OSErrors or RuntimeErrors."""

    def get_ports(self) -> list[str]:
        """Names of the ports; the place in the list is the port's number."""

    def get_current_api(self) -> int:
        """rtmidi's number of the MIDI system."""

    def open_port(self, port: int, name: str) -> Any:
        """Connect to a port."""

    def open_virtual_port(self, name: str) -> Any:
        """Be a port that others connect to."""

    def close_port(self) -> None:
        """Disconnect."""

    def delete(self) -> None:
        """Free the client, which must not be touched after this."""


class InputClient(MidiClient, Protocol):
    """The part of ``rtmidi.MidiIn`` that is used."""

    def get_message(self) -> tuple[list[int], float] | None:
        """The next message that waits, with the seconds since the one before; None if none."""

    def ignore_types(self, sysex: bool, timing: bool, active_sense: bool) -> None:
        """Which messages not to deliver."""


class OutputClient(MidiClient, Protocol):
    """The part of ``rtmidi.MidiOut`` that is used."""

    def send_message(self, message: Sequence[int]) -> None:
        """Send one message."""


ConnectInput = Callable[[Sequence[int] | None], InputClient]
ConnectOutput = Callable[[Sequence[int] | None], OutputClient]
Client = TypeVar("Client", bound=MidiClient)


def midi_installed() -> bool:
    """Whether there is a python-rtmidi at all, if only one that cannot be loaded."""
    try:
        return importlib.util.find_spec("rtmidi") is not None
    except ValueError:  # somebody has put None in its place
        return False


def connect_input(systems: Sequence[int] | None = None) -> InputClient:
    """A client of the first MIDI system that has inputs, or else of the first that works.

    ``systems`` are rtmidi's ``API_...`` numbers, all that it was built with when omitted.
    Raises :class:`DeviceError` where none works.
    """
    client: InputClient = _connect("MidiIn", systems, queue_size_limit=_QUEUE_MESSAGES)
    # Everything is heard, or the times between messages would miss those that were ignored.
    client.ignore_types(sysex=False, timing=False, active_sense=False)
    return client


def connect_output(systems: Sequence[int] | None = None) -> OutputClient:
    """As :func:`connect_input`, for outputs."""
    client: OutputClient = _connect("MidiOut", systems)
    return client


def _connect(kind: str, systems: Sequence[int] | None, **options: int) -> Any:
    try:
        import rtmidi
    except ModuleNotFoundError:
        raise DeviceError(
            _("MIDI cannot be used because the Python package python-rtmidi is missing"),
            _("type: {command}", command=midi_line()),
        ) from None
    except ImportError:
        raise DeviceError(
            _("MIDI cannot be used because a library is missing"), install_advice(ALSA)
        ) from None
    # Composer uses a JACK server that runs, but must not start one.
    os.environ.setdefault("JACK_NO_START_SERVER", "1")
    # The one to be used comes first.
    working: list[Any] = []
    for system in rtmidi.get_compiled_api() if systems is None else systems:
        jack = system == getattr(rtmidi, "API_UNIX_JACK", None)
        if jack and jack_watch().hung:
            continue
        try:
            with quiet_stderr():
                client = getattr(rtmidi, kind)(system, CLIENT_NAME, **options)
            if jack:
                client = JackClient(client, jack_watch())
            has_ports = bool(other_ports(client.get_ports()))
        except OSError:  # rtmidi's own errors are OSErrors
            continue
        if has_ports:
            working.insert(0, client)
            break
        working.append(client)
    if not working:
        raise DeviceError(
            _("MIDI cannot be used because this system's MIDI does not answer"),
            _("type: {command}", command="sudo modprobe snd-seq")
            if sys.platform == "linux"
            else _("restart the computer"),
        )
    for spare in working[1:]:
        spare.delete()
    return working[0]


# Clients of dead servers, for ever: freeing one waits a second for the server's answer.
_abandoned: list[object] = []


# rtmidi's queue to JACK holds over 2,000 messages; a server that lives takes them all within a
# period. Sending them in portions leaves the time to hear of its death before the queue is full.
_PORTION_MESSAGES: Final = 500
_PORTION_SECONDS: Final = 0.02
# A new connection counts from one of the server's next periods on; what is sent before is lost.
_SETTLING_SECONDS: Final = 0.05


_GONE: Final = "the JACK server has gone"


class JackClient:
    """A client of JACK that fails once its server has gone, instead of waiting for ever."""

    def __init__(self, client: Any, watch: JackWatch) -> None:
        self._client = client
        self._watch = watch
        self._portion_began = 0.0
        self._portion = 0

    def __getattr__(self, name: str) -> Any:
        return partial(self._call, name)

    def _call(self, name: str, *arguments: Any, **named: Any) -> Any:
        if not self._watch.alive:
            raise OSError(_GONE)
        return getattr(self._client, name)(*arguments, **named)

    def get_message(self) -> tuple[list[int], float] | None:
        """The next message that waits. Asked a thousand times a second: no detours."""
        if not self._watch.alive:
            raise OSError(_GONE)
        event: tuple[list[int], float] | None = self._client.get_message()
        return event

    def open_port(self, port: int, name: str) -> None:
        """Connect to a port, and wait until that has come into force."""
        self._call("open_port", port, name)
        sleep(_SETTLING_SECONDS)

    def send_message(self, message: Sequence[int]) -> None:
        """Send one message; waits a moment after each of the portions of a very long burst."""
        now = monotonic()
        if now - self._portion_began > _PORTION_SECONDS:
            self._portion_began, self._portion = now, 0
        elif self._portion >= _PORTION_MESSAGES:
            sleep(_PORTION_SECONDS)
            self._portion_began, self._portion = monotonic(), 0
        self._portion += 1
        self._call("send_message", message)

    def close_port(self) -> None:
        """Disconnect, if there is something to disconnect from."""
        if self._watch.alive:
            self._client.close_port()

    def delete(self) -> None:
        """Free the client; it must not be touched after this."""
        if self._watch.alive:
            self._client.delete()
        else:
            _abandoned.append(self._client)


@dataclass(frozen=True, slots=True)
class Port:
    """A port of another program or device: ``name`` for people, and how the system calls it."""

    name: str
    number: int
    full_name: str


def other_ports(full_names: Sequence[str]) -> tuple[Port, ...]:
    """The ports that are not Composer's own, in the system's order.

    Their names lack ALSA's numbers, and the second of two equal ones is "X (2)".
    """
    ports = []
    seen: Counter[str] = Counter()
    for number, full_name in enumerate(full_names):
        name = _ALSA_NUMBERS.sub("", full_name)
        if _OWN_PORT.match(name):
            continue
        seen[name] += 1
        ports.append(Port(name if seen[name] == 1 else f"{name} ({seen[name]})", number, full_name))
    return tuple(ports)


class PolledClient(Generic[Client]):
    """One client that is kept to ask for ports; replaced only when its MIDI system went away.

    ``let_go`` is called with a client that is about to be deleted. Call from one thread.
    """

    def __init__(
        self,
        connect: Callable[[Sequence[int] | None], Client],
        let_go: Callable[[Client], None] | None = None,
    ) -> None:
        self._connect = connect
        self._before_delete = let_go
        self._client: Client | None = None
        self._problem: DeviceError | None = None
        self._lost = False
        self._polls = 0
        self.retry()

    @property
    def client(self) -> Client | None:
        """The client; None where MIDI does not work."""
        return self._client

    @property
    def problem(self) -> DeviceError | None:
        """Why there are no ports, or None."""
        return self._problem

    def ports(self) -> tuple[Port, ...]:
        """The ports there are now; none where MIDI does not work."""
        if self._client is None:
            return ()
        try:
            return other_ports(self._client.get_ports())
        except OSError:
            self._let_go()
            self._lost = True
            self._problem = DeviceError(
                _(
                    "The MIDI system of this computer has stopped: Composer goes on and takes it up"
                    " again when it is back"
                )
            )
            return ()

    def poll(self) -> tuple[Port, ...]:
        """The ports there are now; looks for a MIDI system that went away, now and then."""
        self._polls += 1
        if self._lost and self._polls % _POLLS_PER_RETRY == 0:
            self.retry()
        return self.ports()

    def retry(self) -> None:
        """Try once more to find a MIDI system, if there was none."""
        if self._client is not None:
            return
        try:
            self._client = self._connect(None)
            self._problem, self._lost = None, False
        except DeviceError as error:
            if not self._lost:
                self._problem = error.afresh()

    def another(self) -> Client:
        """One more client of the same system, to open a port with.

        Raises :class:`DeviceError` where MIDI does not work.
        """
        if self._client is None:
            problem = self._problem or DeviceError(_("MIDI cannot be used"))
            raise problem.afresh()
        try:
            return self._connect([self._client.get_current_api()])
        except OSError:
            raise DeviceError(_("The MIDI system of this computer has stopped")) from None

    def close(self) -> None:
        """Let go of the MIDI system. May be called twice."""
        self._let_go()
        self._lost = False

    def _let_go(self) -> None:
        if self._client is not None:
            if self._before_delete is not None:
                self._before_delete(self._client)
            self._client.delete()
            self._client = None
