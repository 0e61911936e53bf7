"""Runs Composer's command line as a person does: in a process of its own, or as if it were one.

Starting Python and importing what a command needs takes longer than most commands. So each way of
succeeding and failing is shown with a process, and its variations in this one.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.streams import Standing

# Far beyond what any run needs on a busy machine; only a hang takes this long.
PATIENCE: Final = 300

# Twinkle, Twinkle, Little Star: (pitch, length in beats).
TWINKLE: Final = tuple(
    (pitch, 2 if index % 7 == 6 else 1)
    for index, pitch in enumerate([60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60])
)


def composer(
    *arguments: str | Path,
    python: str = sys.executable,
    folder: Path | None = None,
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """``composer-app ARGUMENTS`` in ``folder``, without any input."""
    return subprocess.run(
        [python, "-m", "composer_app", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def called(
    *arguments: str | Path,
    given: bytes = b"",
    folder: Path | None = None,
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """What ``composer-app ARGUMENTS`` does with ``given`` on standard input, in this process."""
    # Not before the variables of tests/conftest.py are set.
    from composer_app import cli

    words = [str(argument) for argument in arguments]
    output, error = Standing(), Standing()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", Standing(given))
        for name in ("stdout", "__stdout__"):
            patch.setattr(sys, name, output)
        patch.setattr(sys, "stderr", error)
        for variable, value in (environment or {}).items():
            patch.setenv(variable, value)
        if folder is not None:
            patch.chdir(folder)
        try:
            status = cli.main(words)
        except SystemExit as exit_:  # argparse's own way out
            status = int(exit_.code or 0)
    return subprocess.CompletedProcess(words, status, output.written(), error.written())


def composer_here(
    *arguments: str | Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """As :func:`composer`, in this process."""
    done = called(*arguments, environment=environment)
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """``done`` failed as a command should: status 2 and one sentence. Returns the sentence."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    sentence = done.stderr.strip()
    assert sentence.endswith("."), done.stderr
    assert len(sentence.splitlines()) == 1, done.stderr
    return sentence


def midi_bytes(chunks: Sequence[bytes], resolution: int = 480) -> bytes:
    """A MIDI file of type 1 around ready-made track events."""
    header = b"MThd" + (6).to_bytes(4, "big") + (1).to_bytes(2, "big")
    header += len(chunks).to_bytes(2, "big") + resolution.to_bytes(2, "big")
    end = b"\x00\xff\x2f\x00"
    for events in chunks:
        header += b"MTrk" + (len(events) + len(end)).to_bytes(4, "big") + events + end
    return header


def melody_events(notes: Sequence[tuple[int, int]], resolution: int = 480) -> bytes:
    """Note events for ``notes``, (pitch, length in beats) each, one after the other."""
    events = bytearray()
    for pitch, beats in notes:
        events += bytes([0x00, 0x90, pitch, 90])
        events += variable_length(beats * resolution) + bytes([0x80, pitch, 0])
    return bytes(events)


def variable_length(value: int) -> bytes:
    """``value`` as a MIDI file's variable-length number: seven bits a byte, highest first."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))


def write_melody(path: Path, notes: Sequence[tuple[int, int]] = TWINKLE) -> Path:
    """A MIDI file that holds ``notes``; made without any of Composer's own code."""
    path.write_bytes(midi_bytes([melody_events(notes)]))
    return path
