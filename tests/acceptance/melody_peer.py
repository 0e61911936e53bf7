"""A keyboard that plays a melody by itself, as a process of its own.

``melody_peer.py PORT`` opens a virtual JACK output. Each line ``play COUNT SECONDS`` plays COUNT
notes SECONDS apart, held for most of that; the answer is one line of JSON, [pitch, seconds,
seconds, delay] for each note: when its two messages were handed to the driver, on the machine's
monotonic clock, which every process on it shares, and by how many seconds the cable delivered the
first one later than it does at best. The end of input unplugs.
"""

import json
import sys
import time

import rtmidi

from tests.live.midi_peer import CLIENT, connect_to, patiently, say

HELD_SHARE = 0.7
NOTE_ON = 0x90
PATIENCE_SECONDS = 10.0
# A player is not a machine: onsets stand off the even beat by up to this share, always the same.
UNEVEN = (0.0, 0.13, -0.08, 0.21, -0.17, 0.05)


def main(port: str) -> None:
    """Play what the lines ask for."""
    output = patiently(lambda: rtmidi.MidiOut(rtmidi.API_UNIX_JACK, CLIENT))
    output.open_virtual_port(port)
    witness = Witness(port)
    say("ready")
    for line in sys.stdin:
        _, count, apart = line.split()
        witness.forget()
        played = play(output, int(count), float(apart))
        delays = witness.delays([down for _, down, _ in played])
        say(json.dumps([[*note, delay] for note, delay in zip(played, delays, strict=True)]))
    witness.close()
    output.delete()


class Witness:
    """Another listener at the other end of the cable: what is late here, nobody can have heard."""

    def __init__(self, port: str) -> None:
        self._client = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, "Witness", queue_size_limit=8192)
        patiently(lambda: connect_to(self._client, f":{port}"))

    def forget(self) -> None:
        """Forget what has been heard so far."""
        while self._client.get_message():
            pass

    def delays(self, sent: list[float]) -> list[float]:
        """Seconds from when each note-on was ``sent`` until the driver had it, beyond the least."""
        arrived: list[float] = []
        now = 0.0
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(arrived) < len(sent):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(arrived)} of {len(sent)} notes came through the cable")
            event = self._client.get_message()
            if event is None:
                time.sleep(0.01)
                continue
            (status, *_), since_last = event
            now += since_last
            if status == NOTE_ON:
                arrived.append(now)
        taken = [here - there for here, there in zip(arrived, sent, strict=True)]
        return [each - min(taken) for each in taken]

    def close(self) -> None:
        """Listen no longer."""
        self._client.delete()


def play(output: rtmidi.MidiOut, count: int, apart: float) -> list[tuple[int, float, float]]:
    """(pitch, down, up) of the notes that were sent."""
    begin = time.monotonic() + apart
    played = []
    for index in range(count):
        pitch = 48 + index * 7 % 25
        due = begin + (index + UNEVEN[index % len(UNEVEN)]) * apart
        down = send(output, due, [NOTE_ON, pitch, 64 + index % 60])
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
