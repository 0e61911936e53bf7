"""A recording in progress, on disk: what a crash leaves of it is a recording too.

The file is text, one JSON value in each line. The first line says what is recorded; then every
key that goes down or up adds a line, as it arrives:

    {"composer-journal": 1, "bpm": 96.0, "meter": [4, 4], "view": ["1/16", 100, "top"]}
    ["on", 60, 84, 0.512345]
    ["off", 60, 1.001234]

Times are seconds from the downbeat, corrected by the latency. The file is only ever added to. Each
batch of lines is handed to the operating system at once, so that it survives the end of this
process however that comes, and is then sent to the disk, so that it survives a power cut. What
cannot be written is tried again, after whatever was written of it has been taken away. A reader
takes the lines that are whole; the last one may be torn. Nobody but its owner can read it.
"""

import json
import logging
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final

from composer_app.errors import ComposerError
from composer_app.live.recording.heard_notes import KeyEvent
from composer_app.live.recording.recorder import Recorder
from composer_app.music.files.regular_file import read_regular
from composer_app.music.files.safe_file import failure_reason, sync_folder
from composer_app.music.performing.performance import Performance, from_details, to_details
from composer_app.translation import _

_log = logging.getLogger(__name__)
_MARK: Final = "composer-journal"
_VERSION: Final = 1
_RETRY_SECONDS: Final = 2.0
# Days of playing.
_MOST_BYTES: Final = 64_000_000


class JournalError(ComposerError):
    """A journal cannot be read or holds nothing of use."""


class Journal:
    """Writes one recording's journal in a thread of its own.

    It hears what the recorder tells it; :meth:`hear` only puts the event into a queue, and any one
    thread may call it.
    ``prepare`` is called in the thread before the file is opened, ``fail`` with the reason if
    writing does not work, and with an empty one when it works again; the recording itself is not
    touched by that.
    """

    def __init__(
        self,
        path: Path,
        empty: Performance,
        *,
        prepare: Callable[[], None] | None = None,
        fail: Callable[[str], None] | None = None,
    ) -> None:
        """Begin a journal of what ``empty``, a performance without notes, will hold."""
        self.path = path
        self._prepare = prepare
        self._fail = fail
        # What the file holds, as far as it is whole lines.
        self._written = b""
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._lines.put(_header(empty))
        self._thread = Thread(target=self._run, name="composer-journal", daemon=True)
        self._thread.start()

    def hear(self, event: KeyEvent) -> None:
        """A key went down or up; the time is in seconds from the downbeat."""
        at = round(event.at, 6)
        if event.velocity:
            self._lines.put(json.dumps(["on", event.pitch, event.velocity, at]))
        else:
            self._lines.put(json.dumps(["off", event.pitch, at]))

    def close(self) -> None:
        """Write no more. The file stays; :meth:`join` waits until it is complete."""
        self._lines.put(None)

    def join(self) -> None:
        """Wait, after :meth:`close`, for the last line to be on the disk."""
        self._thread.join()

    def _run(self) -> None:
        waiting: list[str] = []
        ended = said = False
        while not ended:
            lines, ended = self._batch(_RETRY_SECONDS if waiting else None)
            waiting += lines
            if not waiting:
                continue
            try:
                self._write("".join(f"{line}\n" for line in waiting).encode())
            except OSError as error:
                if not said:
                    said = True
                    _log.warning("The journal %s cannot be written.", self.path, exc_info=True)
                    self._say(str(failure_reason(error)))
            else:
                waiting.clear()
                if said:
                    said = False
                    self._say("")

    def _batch(self, patience: float | None) -> tuple[list[str], bool]:
        """What has come since the last batch, and whether that was the end.

        Waits ``patience`` seconds for the first line, or as long as it takes.
        """
        lines: list[str] = []
        try:
            line = self._lines.get(timeout=patience)
            while line is not None:
                lines.append(line)
                if self._lines.empty():
                    return lines, False
                line = self._lines.get()
        except Empty:
            return lines, False
        return lines, True

    def _write(self, data: bytes) -> None:
        if self._prepare is not None:
            self._prepare()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            # Somebody may have removed the file, or the whole folder.
            there = os.fstat(descriptor).st_size >= len(self._written)
            good = len(self._written) if there else 0
            file.truncate(good)
            file.seek(good)
            file.write(data if there else self._written + data)
            file.flush()
            os.fsync(descriptor)
        if good == 0:
            sync_folder(self.path.parent)
        self._written += data

    def _say(self, reason: str) -> None:
        if self._fail is not None:
            self._fail(reason)


def read_journal(path: Path) -> Performance:
    """The performance in the journal ``path``, as far as it was written.

    What comes after the first line that is torn or damaged is left out; keys that were down then
    end with the last event. Raises :class:`JournalError` if there is no note.
    """
    try:
        lines = read_regular(path, _MOST_BYTES).split(b"\n")
    except (OSError, ValueError) as error:
        raise JournalError(
            _(
                "The recording in {file} cannot be read: {reason}",
                file=path,
                reason=failure_reason(error),
            )
        ) from error
    empty = _parse_header(lines[0])
    if empty is None:
        raise JournalError(
            _("{file} is not the journal of a recording, so nothing was recovered", file=path)
        )
    recorder = Recorder()
    recorder.start(0.0)
    last = 0.0
    for line in lines[1:]:
        event = _parse(line)
        match event:
            case ["on", int(pitch), int(velocity), int() | float() as at]:
                strike = (pitch, velocity, at)
            case ["off", int(pitch), int() | float() as at]:
                strike = (pitch, 0, at)
            case _:
                break
        if not _plausible(*strike):
            break
        recorder.note_on(pitch, strike[1], float(at))
        last = max(last, at)
    notes = recorder.stop(last)
    if not notes:
        raise JournalError(
            _("The recording in {file} holds no note, so nothing was recovered", file=path)
        )
    return replace(empty, notes=notes)


def _header(empty: Performance) -> str:
    details = to_details(replace(empty, notes=()))
    del details["notes"]
    return json.dumps({_MARK: _VERSION, **details})


def _parse_header(line: bytes) -> Performance | None:
    value = _parse(line)
    if not isinstance(value, dict) or value.get(_MARK) != _VERSION:
        return None
    return from_details({**value, "notes": []})


def _parse(line: bytes) -> Any:
    """The value of a line; None for one that is torn."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _plausible(pitch: int, velocity: int, at: float) -> bool:
    return 0 <= pitch <= 127 and 0 <= velocity <= 127 and -1e5 < at < 1e6
