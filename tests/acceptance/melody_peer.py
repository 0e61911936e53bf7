"""A keyboard that plays a melody by itself, as a process of its own.

``melody_peer.py PORT`` opens a virtual JACK output. Each line ``play COUNT SECONDS`` plays COUNT
notes SECONDS apart, held for most of that; the answer is one line of JSON, [pitch, seconds,
seconds] for each note: when its two messages were handed to the driver, on the machine's
monotonic clock, which every process on it shares. The end of input unplugs.
"""

import json
import sys
import time

import rtmidi

from tests.live.midi_peer import CLIENT, patiently, say

HELD_SHARE = 0.7
# A player is not a machine: onsets stand off the even beat by up to this share, always the same.
UNEVEN = (0.0, 0.13, -0.08, 0.21, -0.17, 0.05)


def main(port: str) -> None:
    """Play what the lines ask for."""
    output = patiently(lambda: rtmidi.MidiOut(rtmidi.API_UNIX_JACK, CLIENT))
    output.open_virtual_port(port)
    say("ready")
    for line in sys.stdin:
        _, count, apart = line.split()
        say(json.dumps(play(output, int(count), float(apart))))
    output.delete()


def play(output: rtmidi.MidiOut, count: int, apart: float) -> list[tuple[int, float, float]]:
    """(pitch, down, up) of the notes that were sent."""
    begin = time.monotonic() + apart
    played = []
    for index in range(count):
        pitch = 48 + index * 7 % 25
        due = begin + (index + UNEVEN[index % len(UNEVEN)]) * apart
        down = send(output, due, [0x90, pitch, 64 + index % 60])
        up = send(output, due + HELD_SHARE * apart, [0x80, pitch, 0])
        played.append((pitch, down, up))
    return played


def send(output: rtmidi.MidiOut, due: float, message: list[int]) -> float:
    """Send ``message`` at ``due`` or as soon after that as this process runs; returns when."""
    time.sleep(max(0.0, due - time.monotonic()))
    at = time.monotonic()
    output.send_message(message)
    return at


if __name__ == "__main__":
    main(sys.argv[1])
