"""What a training process says: one JSON object a line on stdout. Free of torch.

``{"event": "progress", "iteration": 100, "total": 16000, "seconds": 41.2, "metrics": {...}}``
Other events are "started", "checkpoint" (with "path"), "stopped", "finished". A line ``stop``
on stdin ends the run after its current iteration, with a checkpoint.
"""

import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TextIO


@dataclass(frozen=True, slots=True)
class Message:
    """One line of progress; ``metrics`` are plain numbers by name."""

    event: str
    iteration: int = 0
    total: int = 0
    seconds: float = 0.0
    metrics: dict[str, float] = field(default_factory=dict)
    path: str = ""

    def line(self) -> str:
        """The message as one line of JSON; empty fields are left out."""
        data: dict[str, Any] = {"event": self.event}
        for name in ("iteration", "total", "seconds", "metrics", "path"):
            value = getattr(self, name)
            if value:
                data[name] = value
        return json.dumps(data)


def parse(line: str) -> Message:
    """The inverse of :meth:`Message.line`; :class:`ValueError` for anything else."""
    data = json.loads(line)
    if not isinstance(data, dict) or not isinstance(data.get("event"), str):
        raise ValueError(f"not a training message: {line!r}")
    return Message(**data)


def say(message: Message, stream: TextIO | None = None) -> None:
    """Print ``message`` at once."""
    print(message.line(), file=stream or sys.stdout, flush=True)


class StopRequest:
    """Set by a line ``stop`` on stdin, by SIGTERM or by Ctrl-C; the loop looks at it."""

    def __init__(self) -> None:
        self.requested = threading.Event()

    @contextmanager
    def listening(self) -> Iterator["StopRequest"]:
        """Listen while the block runs; signal handlers are put back afterwards."""
        handlers = {
            number: signal.signal(number, lambda *_: self.requested.set())
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        threading.Thread(target=self._read_commands, daemon=True).start()
        try:
            yield self
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def _read_commands(self) -> None:
        # A closed stdin (a run in the background) ends the listening, not the run.
        try:
            for line in sys.stdin:
                if line.strip() == "stop":
                    self.requested.set()
                    return
        except (OSError, ValueError):
            return
