"""Windows on screens of all sizes: with their frames, and with what they remember."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QRect

from composer_app.studio.widgets.window_placement import within
from tests import screens
from tests.live.rig import running

# A clock in MHz, and the timing of 1280 x 720 pixels, which an X server wants to know.
_SMALL_MODE = ("72", "1280", "1328", "1456", "1632", "720", "721", "724", "746")
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


@contextmanager
def opened(
    folder: Path, platform: str, *size: int, scale: float = 1.0, **environment: str
) -> Iterator[Callable[[], dict[str, Any]]]:
    """A studio in a process on ``platform``; gives what asks it where its windows are."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.studio.placement_peer", str(folder), *map(str, size)],
        env={
            **os.environ,
            **environment,
            "QT_QPA_PLATFORM": platform,
            "QT_SCALE_FACTOR": str(scale),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    answers, begun = process.stdout, False

    def ask() -> dict[str, Any]:
        nonlocal begun
        if begun and process.stdin is not None:
            process.stdin.write("again\n")
            process.stdin.flush()
        begun = True
        said: dict[str, Any] = json.loads(answers.readline())
        return said

    try:
        yield ask
        process.stdin.close()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def assert_all_is_seen(said: dict[str, Any]) -> None:
    assert said["outside"] == []
    assert said["messages seen"]


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
    platform = screens.offscreen(tmp_path, width, height)
    with opened(tmp_path / "data", platform, scale=scale) as ask:
        assert_all_is_seen(ask())


@pytest.mark.slow
def test_a_window_from_a_larger_screen_is_brought_in(tmp_path: Path) -> None:
    large, small = (screens.offscreen(tmp_path, *size) for size in ((2560, 1440), (1366, 768)))
    with opened(tmp_path / "data", large, 2400, 1300) as ask:
        assert ask()["size"] == [2400, 1300]
    with opened(tmp_path / "data", small) as ask:
        said = ask()
    assert_all_is_seen(said)
    assert said["size"][0] > 1200, "it is still as large as it may be"


@contextmanager
def window_manager(width: int, height: int) -> Iterator[str]:
    """An X server with a screen of that size and a window manager; gives its DISPLAY."""
    with (
        screens.x_server(width, height) as display,
        running("openbox", environment={**os.environ, "DISPLAY": display}),
    ):
        # It has no way to say that it is there.
        time.sleep(1.0)
        yield display


needs_a_window_manager = pytest.mark.skipif(
    not all(shutil.which(program) for program in ("Xvfb", "openbox", "xrandr")),
    reason="needs Xvfb, the window manager openbox, and xrandr",
)


@pytest.mark.slow
@needs_a_window_manager
@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_the_frame_of_a_window_manager_counts(tmp_path: Path, scale: float) -> None:
    with (
        window_manager(1366, 768) as display,
        opened(tmp_path / "data", "xcb", scale=scale, DISPLAY=display) as ask,
    ):
        said = ask()
    assert said["frame"][3] - said["size"][1] >= 10, "there is a frame"
    assert_all_is_seen(said)


@pytest.mark.slow
@needs_a_window_manager
def test_a_window_as_large_as_the_screen_leaves_room_for_its_frame(tmp_path: Path) -> None:
    with (
        window_manager(1366, 768) as display,
        opened(tmp_path / "data", "xcb", 1366, 768, DISPLAY=display) as ask,
    ):
        said = ask()
    assert_all_is_seen(said)
    assert said["frame"][3] > 740


@pytest.mark.slow
@needs_a_window_manager
def test_windows_follow_when_their_screen_becomes_smaller(tmp_path: Path) -> None:
    with (
        window_manager(1920, 1080) as display,
        opened(tmp_path / "data", "xcb", 1800, 1000, DISPLAY=display) as ask,
    ):
        before = ask()
        for change in (
            ("--newmode", "small", *_SMALL_MODE),
            ("--addmode", "screen", "small"),
            ("--output", "screen", "--mode", "small"),
        ):
            subprocess.run(["xrandr", "-display", display, *change], check=True)
        after = ask()
    assert before["screen"] == [1920, 1080]
    assert before["size"][0] == 1800
    assert after["screen"] == [1280, 720]
    assert_all_is_seen(after)
