"""MIDI from another process: a keyboard plays into Composer's port over a real cable."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest

from tests.live import rig

pytestmark = pytest.mark.slow

PORT = "keys"


class Peer:
    """One end of the cable, see midi_peer.py."""

    def __init__(self, role: str, environment: dict[str, str]) -> None:
        root = Path(__file__).resolve().parents[2]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.live.midi_peer", role, PORT],
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._lines: Queue[str] = Queue()
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def line(self) -> str:
        """The next line it prints."""
        try:
            return self._lines.get(timeout=20).strip()
        except Empty:
            pytest.fail("the other process fell silent")

    def event(self) -> Any:
        """The next line it prints, as what it means."""
        return json.loads(self.line())

    def tell(self, command: str) -> None:
        """Have it do something, and wait until it is done."""
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        assert self.line() == "done"

    def close(self) -> int:
        """End its input, and so the process; returns its status."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(20)


@contextmanager
def peer(role: str, environment: dict[str, str]) -> Iterator[Peer]:
    peer = Peer(role, environment)
    try:
        yield peer
    finally:
        if peer.process.poll() is None:
            peer.process.kill()
            peer.process.wait()


@pytest.fixture(scope="module")
def cable() -> Iterator[dict[str, str]]:
    with rig.midi_cable() as cable:
        yield cable.environment


@pytest.fixture
def composer(cable: dict[str, str]) -> Iterator[Peer]:
    with peer("composer", cable) as composer:
        yield composer
        assert composer.close() == 0


@contextmanager
def keyboard(cable: dict[str, str]) -> Iterator[Peer]:
    with peer("keys", cable) as keys:
        assert keys.line() == "ready"
        yield keys
        keys.close()


def test_notes_arrive_exactly_in_order_and_on_time(cable: dict[str, str], composer: Peer) -> None:
    count = 500
    with keyboard(cable) as keys:
        assert PORT in composer.event()["opened"]
        keys.tell(f"burst {count}")
        events = [composer.event() for _ in range(2 * count)]
    strikes = [event for event in events if event[0] == "note_on"]
    releases = [event for event in events if event[0] == "note_off"]
    assert [event[1:3] for event in strikes] == [[i % 128, 1 + i % 127] for i in range(count)]
    assert [event[1] for event in releases] == [i % 128 for i in range(count)]
    times = [event[3] for event in events]
    assert times == sorted(times)


def test_what_is_no_note_does_no_harm(cable: dict[str, str], composer: Peer) -> None:
    with keyboard(cable) as keys:
        composer.event()
        for message in ("f8", "fe", "f0 7e 7f 06 01 f7", "90 3c 40", "90 3c 00", "b0 40 7f"):
            keys.tell(f"send {message}")
        heard = [composer.event()[:3] for _ in range(3)]
    assert heard == [["note_on", 60, 64], ["note_off", 60, 0], ["control_change", 64, 127]]


def test_unplugging_releases_what_is_held_and_plugging_in_goes_on(
    cable: dict[str, str], composer: Peer
) -> None:
    with keyboard(cable) as keys:
        name = composer.event()["opened"]
        keys.tell("send 90 3c 40")
        assert composer.event()[:3] == ["note_on", 60, 64]
    assert composer.event()[:2] == ["note_off", 60]
    assert composer.event() == {"lost": name, "restored": None}
    with keyboard(cable) as keys:
        assert composer.event() == {"lost": None, "restored": name}
        keys.tell("send 90 40 40")
        assert composer.event()[:3] == ["note_on", 64, 64]


def test_a_midi_server_that_dies_takes_nothing_with_it() -> None:
    # rtmidi goes on naming the ports of a dead JACK server, so all there is to see is that the
    # program neither hangs nor crashes.
    with rig.midi_cable() as cable, peer("composer", cable.environment) as composer:
        with keyboard(cable.environment) as keys:
            composer.event()
            keys.tell("send 90 3c 40")
            assert composer.event()[:3] == ["note_on", 60, 64]
            cable.process.kill()
            cable.process.wait()
        assert composer.close() == 0
