"""The ends of the MIDI cable, each run as a process of its own.

- ``midi_peer.py keys PORT`` is a keyboard: it opens a virtual output and obeys the lines on its
  standard input.
- ``midi_peer.py composer PORT`` is Composer: it listens with MidiInputs and prints, one JSON value
  per line, what it sees.
- ``midi_peer.py sound PORT`` is a synthesizer: it opens a virtual input and prints what arrives as
  JSON, [time, byte, byte...]; the time is that of ``perf_counter``, which on Linux all processes
  share.
- ``midi_peer.py daw`` is another program: it connects to both of the ports that Composer offers,
  prints what arrives, and obeys lines like the keyboard.
- ``midi_peer.py player PORT`` is Composer again: it plays into PORT, see :func:`player`.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from queue import Queue
from threading import Thread
from typing import Any

import rtmidi
from mido import Message

from composer_app.errors import DeviceError
from composer_app.live.midi.connect import (
    VIRTUAL_INPUT,
    VIRTUAL_OUTPUT,
    connect_input,
    connect_output,
)
from composer_app.live.midi.inputs import MidiInputs
from composer_app.live.midi.output_synthesizer import MidiSynthesizer
from composer_app.live.midi.outputs import MidiOutputs

CLIENT = "Test keyboard"
# A thousand messages a second.
MESSAGE_SECONDS = 0.001


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
    obey(output)
    output.delete()


def obey(output: Any) -> None:
    """Send what the lines of standard input say, until it ends."""
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "send":
            output.send_message([int(byte, 16) for byte in arguments])
        else:
            start = time.perf_counter()
            for index in range(int(arguments[0])):
                pitch, velocity = index % 128, 1 + index % 127
                for number, message in enumerate(([0x90, pitch, velocity], [0x80, pitch, 0])):
                    due = start + (2 * index + number) * MESSAGE_SECONDS
                    time.sleep(max(0.0, due - time.perf_counter()))
                    output.send_message(message)
        say("done")


def sound(port: str) -> None:
    """Prints what arrives until its input ends, which unplugs it."""
    listener = patiently(lambda: rtmidi.MidiIn(rtmidi.API_UNIX_JACK, CLIENT))
    listener.ignore_types(timing=False)
    listener.set_callback(hear)
    listener.open_virtual_port(port)
    say("ready")
    sys.stdin.read()
    hush(listener)


def daw() -> None:
    """Says "ready" once it is connected."""
    listener = patiently(lambda: rtmidi.MidiIn(rtmidi.API_UNIX_JACK, "Test DAW"))
    output = patiently(lambda: rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "Test DAW"))
    listener.ignore_types(timing=False)
    listener.set_callback(hear)
    for client, name in ((listener, VIRTUAL_OUTPUT), (output, VIRTUAL_INPUT)):
        patiently(partial(connect_to, client, name))
    say("ready")
    obey(output)
    hush(listener)
    output.delete()


def hush(listener: Any) -> None:
    """Listen no longer. While a callback still runs, deleting the client would be a deadlock."""
    listener.cancel_callback()
    time.sleep(0.1)
    listener.delete()


def connect_to(client: Any, name: str) -> None:
    """Connect to the one port whose name ends in ``name``; an OSError while it is not there."""
    ports = [index for index, port in enumerate(client.get_ports()) if port.endswith(name)]
    if not ports:
        raise OSError("not yet")
    [found] = ports
    client.open_port(found, "test")


def hear(event: tuple[list[int], float], _: object) -> None:
    """Print a message with its time."""
    say(json.dumps([time.perf_counter(), *event[0]]))


def player(port: str) -> None:
    """Plays into PORT. Lines: ``strike NUMBER`` notes at once, ``poll`` until something happens.

    ``poll`` is answered with what was lost, what was restored, and the problem.
    """
    outputs = patiently(_jack_outputs)
    name = patiently(lambda: _only(outputs.output_names(), port))
    synthesizer = MidiSynthesizer(outputs.open(name), release=outputs.release)
    say("ready")
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "strike":
            for index in range(int(arguments[0])):
                synthesizer.note_on(index % 16, index % 128, 64)
            say("done")
        else:
            before = outputs.problem
            changes = outputs.poll()
            while not (changes.lost or changes.restored or outputs.problem != before):
                time.sleep(0.02)
                changes = outputs.poll()
            problem = outputs.problem and str(outputs.problem)
            say(json.dumps([changes.lost, changes.restored, problem]))
    synthesizer.close()
    outputs.close()


def _only(names: list[str], part: str) -> str:
    found = [name for name in names if part in name]
    if not found:
        raise OSError("not yet")
    return found[0]


def _jack_outputs() -> MidiOutputs:
    outputs = MidiOutputs(lambda _: connect_output([rtmidi.API_UNIX_JACK]))
    if outputs.problem:
        raise outputs.problem
    return outputs


def composer(port: str) -> None:
    """Prints every message and every change of ports, until its input ends."""
    ports = patiently(_jack_ports)
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


def _jack_ports() -> MidiInputs:
    ports = MidiInputs(connect=lambda _: connect_input([rtmidi.API_UNIX_JACK]))
    if ports.problem:
        raise ports.problem
    return ports


if __name__ == "__main__":
    ends: dict[str, Callable[..., None]] = {
        "keys": keys,
        "composer": composer,
        "sound": sound,
        "daw": daw,
        "player": player,
    }
    ends[sys.argv[1]](*sys.argv[2:])
