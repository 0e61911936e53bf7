"""Windows on screens of all sizes: with their frames, and with what they remember."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QRect

from composer_app.studio.window_placement import within
from tests import screens

FREE = QRect(0, 40, 1366, 728)


@pytest.mark.parametrize(
    ("frame", "placed"),
    [
        (QRect(100, 100, 800, 600), QRect(100, 100, 800, 600)),
        (QRect(-5, 0, 800, 600), QRect(0, 40, 800, 600)),
        (QRect(900, 400, 800, 600), QRect(566, 168, 800, 600)),
        (QRect(0, 0, 1440, 900), FREE),
        (QRect(4000, 300, 1000, 1000), QRect(366, 40, 1000, 728)),
    ],
)
def test_a_frame_is_brought_in_as_little_as_possible(frame: QRect, placed: QRect) -> None:
    assert within(frame, FREE) == placed


def look(
    folder: Path, platform: str, *size: int, scale: float = 1.0, **environment: str
) -> dict[str, Any]:
    """What the peer says in a process on ``platform``."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.studio.placement_peer", str(folder), *map(str, size)],
        env={
            **os.environ,
            **environment,
            "QT_QPA_PLATFORM": platform,
            "QT_SCALE_FACTOR": str(scale),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


# Pixels of a screen, and how many of them make one of a window's.
SCREENS = [
    (1024, 700, 1.0),
    (1366, 768, 1.0),
    (1366, 768, 1.25),
    (1920, 1080, 1.0),
    (2560, 1440, 2.0),
    (800, 600, 1.0),
]


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height", "scale"), SCREENS)
def test_a_first_window_and_its_dialogs_fit_their_screen(
    tmp_path: Path, width: int, height: int, scale: float
) -> None:
    said = look(tmp_path / "data", screens.offscreen(tmp_path, width, height), scale=scale)
    assert said["outside"] == []
    assert said["messages seen"]


@pytest.mark.slow
def test_a_window_from_a_larger_screen_is_brought_in(tmp_path: Path) -> None:
    large, small = (screens.offscreen(tmp_path, *size) for size in ((2560, 1440), (1366, 768)))
    assert look(tmp_path / "data", large, 2400, 1300)["size"] == [2400, 1300]
    said = look(tmp_path / "data", small)
    assert said["outside"] == []
    assert said["messages seen"]
    assert said["size"][0] > 1200, "it is still as large as it may be"


@contextmanager
def window_manager(width: int, height: int) -> Iterator[str]:
    """An X server with a screen of that size and a window manager; gives its DISPLAY."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    reading, writing = os.pipe()
    size = f"{width}x{height}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=(writing,),
        **quiet,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as numbers:
            display = f":{numbers.readline().strip()}"
        environment = {**os.environ, "DISPLAY": display}
        manager = subprocess.Popen(["openbox"], env=environment, **quiet)
        # It has no way to say that it is there.
        time.sleep(1.0)
        try:
            yield display
        finally:
            manager.terminate()
            manager.wait(10)
    finally:
        server.terminate()
        server.wait(10)


@pytest.mark.slow
@pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("openbox")),
    reason="needs Xvfb and the window manager openbox",
)
@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_the_frame_of_a_window_manager_counts(tmp_path: Path, scale: float) -> None:
    with window_manager(1366, 768) as display:
        said = look(tmp_path / "data", "xcb", scale=scale, DISPLAY=display)
    assert said["frame"][3] - said["size"][1] >= 10, "there is a frame"
    assert said["outside"] == []
    assert said["messages seen"]
