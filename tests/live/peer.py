"""Other processes that a test talks to, line by line."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest

from tests.live.rig import PATIENCE_SECONDS


class Peer:
    """A process that obeys lines and answers with lines."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        root = Path(__file__).resolve().parents[2]
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command],
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
            return self._lines.get(timeout=PATIENCE_SECONDS).strip()
        except Empty:
            pytest.fail("the other process fell silent")

    def event(self) -> Any:
        """The next line it prints, as what it means."""
        return json.loads(self.line())

    def ask(self, command: str) -> None:
        """Have it do something; the answer is for the caller to read."""
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def tell(self, command: str) -> None:
        """Have it do something, and wait until it says that it is done."""
        self.ask(command)
        assert self.line() == "done"

    def close(self) -> int:
        """End its input, and so the process; returns its status."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def peer(*command: str, environment: dict[str, str]) -> Iterator[Peer]:
    """Run the module ``command[0]`` with arguments; it is gone afterwards, whatever happens."""
    peer = Peer(command, environment)
    try:
        yield peer
    finally:
        if peer.process.poll() is None:
            peer.process.kill()
            peer.process.wait()


@contextmanager
def keyboard(port: str, environment: dict[str, str]) -> Iterator[Peer]:
    """A MIDI keyboard at the other end of the cable, see midi_peer.py; closing unplugs it."""
    with peer("tests.live.midi_peer", "keys", port, environment=environment) as keys:
        assert keys.line() == "ready"
        yield keys
        keys.close()
