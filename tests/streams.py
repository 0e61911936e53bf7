"""Standard streams that a test holds in its hand."""

import io
import subprocess
import sys
import threading
from typing import AnyStr

import pytest


class Standing(io.TextIOWrapper):
    """A text stream over bytes, at a terminal or not."""

    def __init__(self, data: bytes = b"", *, terminal: bool = False) -> None:
        self._bytes = io.BytesIO(data)
        super().__init__(self._bytes)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def written(self) -> bytes:
        """All that has been written."""
        self.flush()
        return self._bytes.getvalue()


def take_output(monkeypatch: pytest.MonkeyPatch, *, terminal: bool = False) -> io.BytesIO:
    """What is written to standard output from now on."""
    stream = Standing(terminal=terminal)
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "__stdout__", stream)
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer


def give_input(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Let ``data`` come from standard input."""
    monkeypatch.setattr(sys, "stdin", Standing(data))


def next_line(process: subprocess.Popen[AnyStr], seconds: float = 60) -> AnyStr:
    """What ``process`` prints next; it is killed where nothing comes in time."""
    assert process.stdout is not None
    limit = threading.Timer(seconds, process.kill)
    limit.start()
    try:
        return process.stdout.readline()
    finally:
        limit.cancel()
