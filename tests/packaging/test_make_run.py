"""``make run`` on a machine without a screen, after the set-up."""

import os
import re
import subprocess
import sys
from pathlib import Path

import mido


def test_without_a_display_a_sample_is_composed_and_drawn(repository: Path) -> None:
    results = [repository / "build" / name for name in ("twinkle.mid", "twinkle.png")]
    for path in results:
        path.unlink(missing_ok=True)
    screen = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environment = {name: value for name, value in os.environ.items() if name not in screen}
    done = subprocess.run(
        [repository / "scripts" / "run.sh", Path(sys.executable).parent],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no display" in done.stdout
    assert all(str(path) in done.stdout for path in results)
    tracks = mido.MidiFile(results[0]).tracks
    assert [track.name for track in tracks][-4:] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert results[1].read_bytes().startswith(b"\x89PNG")


def test_make_alone_explains_every_target(repository: Path) -> None:
    help_text = subprocess.run(
        ["make", "--no-print-directory"], cwd=repository, capture_output=True, text=True, check=True
    ).stdout
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert [line.split()[1] for line in help_text.splitlines()] == phony.split()
