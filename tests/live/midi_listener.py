"""A synthesizer at the end of the MIDI cable: prints each message as a JSON list of bytes.

``midi_listener.py PORT`` opens a virtual input, says "ready", and listens until its own input
ends.
"""

import json
import sys

import rtmidi

from tests.live.midi_peer import CLIENT, patiently, say


def main(port: str) -> None:
    """Listen until standard input ends."""
    listener = patiently(lambda: rtmidi.MidiIn(rtmidi.API_UNIX_JACK, CLIENT))
    listener.set_callback(lambda event, _: say(json.dumps(event[0])))
    listener.open_virtual_port(port)
    say("ready")
    sys.stdin.read()
    listener.cancel_callback()
    listener.delete()


if __name__ == "__main__":
    main(sys.argv[1])
