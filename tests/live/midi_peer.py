"""The two ends of the MIDI cable, each run as a process of its own.

``midi_peer.py keys PORT`` is a keyboard: it opens a virtual output and obeys the lines on its
standard input. ``midi_peer.py composer PORT`` is Composer: it listens with MidiPorts and prints,
one JSON value per line, what it sees.
"""

import json
import sys
import time
from collections.abc import Callable
from queue import Queue
from threading import Thread
from typing import Any

import rtmidi
from mido import Message

from composer_app.errors import DeviceError
from composer_app.live.midi_connect import connect_input
from composer_app.live.midi_ports import MidiPorts

CLIENT = "Test keyboard"


def say(line: str) -> None:
    """Print a line that the test sees at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def patiently(attempt: Callable[[], Any]) -> Any:
    """The result of ``attempt``, made again while the server is not up yet."""
    deadline = time.monotonic() + 15
    while True:
        try:
            return attempt()
        except (OSError, DeviceError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def keys(port: str) -> None:
    """Lines: ``send BYTES...`` (hexadecimal), ``burst NUMBER``; the end of input unplugs."""
    output = patiently(lambda: rtmidi.MidiOut(rtmidi.API_UNIX_JACK, CLIENT))
    output.open_virtual_port(port)
    say("ready")
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "send":
            output.send_message([int(byte, 16) for byte in arguments])
        else:
            for index in range(int(arguments[0])):
                pitch, velocity = index % 128, 1 + index % 127
                output.send_message([0x90, pitch, velocity])
                time.sleep(0.001)
                output.send_message([0x80, pitch, 0])
                time.sleep(0.001)
        say("done")
    output.delete()


def composer(port: str) -> None:
    """Prints every message and every change of ports, until its input ends."""
    ports = patiently(lambda: _jack_ports())
    events: Queue[object] = Queue()

    def heard(message: Message, at: float) -> None:
        events.put([message.type, *message.bytes()[1:], at])

    stopped: list[bool] = []
    Thread(target=lambda: (sys.stdin.read(), stopped.append(True)), daemon=True).start()
    opened = False
    while not stopped:
        changes = ports.poll()
        if changes.lost or changes.restored:
            events.put({"lost": changes.lost, "restored": changes.restored})
        if not opened:
            name = next((name for name in ports.input_names() if port in name), None)
            if name is not None:
                ports.open_input(name, heard)
                events.put({"opened": name})
                opened = True
        while not events.empty():
            say(json.dumps(events.get()))
        time.sleep(0.02)
    ports.close()


def _jack_ports() -> MidiPorts:
    ports = MidiPorts(connect=lambda _: connect_input([rtmidi.API_UNIX_JACK]))
    if ports.problem:
        raise DeviceError(ports.problem)
    return ports


if __name__ == "__main__":
    {"keys": keys, "composer": composer}[sys.argv[1]](sys.argv[2])
