"""The thread that takes messages out of the input ports.

rtmidi could call us from the driver's own thread. But that thread would have to wait for Python's
lock, holding up the whole JACK server, and closing a port while it waits is a deadlock. So rtmidi
queues the messages with the driver's times, and a thread of ours fetches them every millisecond
(every four when nobody plays, which nobody hears, and which saves batteries).

A thread that computes keeps Python's lock for up to five milliseconds at a time. From the
first port that is read on it is one, so that a key does not wait for a generation that runs.
"""

import sys
from threading import Condition, Thread
from time import sleep
from typing import Final, Protocol

from composer_app.live.midi.connect import InputClient

_PERIOD_SECONDS: Final = 0.001
_RESTING_PERIOD_SECONDS: Final = 0.004
# Looked in vain so often, about two seconds, nobody plays at the moment.
_LOOKS_IN_VAIN: Final = 2000
_LOCKED_SECONDS: Final = 0.001


class Listener(Protocol):
    """Who takes what a port delivers."""

    def receive(self, data: list[int], since_last: float) -> None:
        """Take one delivery: its bytes, and the driver's seconds since the one before."""


class MidiReader:
    """Hands on what arrives at open ports; any thread may call.

    Its thread runs at all only while there is a port to be read, and ends with :meth:`close`.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._ports: list[tuple[InputClient, Listener]] = []
        self._closed = False
        self._thread: Thread | None = None

    def add(self, client: InputClient, listener: Listener) -> None:
        """Read from ``client``, which is connected, from now on."""
        with self._changed:
            self._ports.append((client, listener))
            if self._thread is None and not self._closed:
                sys.setswitchinterval(min(_LOCKED_SECONDS, sys.getswitchinterval()))
                self._thread = Thread(target=self._run, name="composer-midi-in", daemon=True)
                self._thread.start()
            self._changed.notify()

    def remove(self, client: InputClient) -> None:
        """After this ``client`` is not touched, and its listener gets nothing more."""
        with self._changed:
            self._ports = [entry for entry in self._ports if entry[0] is not client]

    def close(self) -> None:
        """End the thread. May be called twice."""
        with self._changed:
            self._closed = True
            self._ports.clear()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        in_vain = 0
        while True:
            with self._changed:
                while not self._ports and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                arrived = sum(_read(client, listener) for client, listener in self._ports)
            in_vain = 0 if arrived else in_vain + 1
            sleep(_PERIOD_SECONDS if in_vain < _LOOKS_IN_VAIN else _RESTING_PERIOD_SECONDS)


def _read(client: InputClient, listener: Listener) -> int:
    """Hand on everything that has arrived at ``client``; how many deliveries that was."""
    count = 0
    while True:
        try:
            event = client.get_message()
        except OSError:  # its MIDI system went away, as whoever polls will notice
            return count
        if event is None:
            return count
        listener.receive(*event)
        count += 1
