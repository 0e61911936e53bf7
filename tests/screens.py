"""Screens that are not there, of any size."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def offscreen(folder: Path, width: int, height: int) -> str:
    """What QT_QPA_PLATFORM is to be for a screen of ``width`` x ``height`` pixels.

    Windows have frames on it. Without a size it would be 800 x 800, smaller than any screen there
    is today. ``folder`` is where Qt reads that from.
    """
    screen = {
        "name": "screen",
        "x": 0,
        "y": 0,
        "width": width,
        "height": height,
        "logicalDpi": 96,
        "logicalBaseDpi": 96,
        "dpr": 1.0,
    }
    path = folder / f"screen-{width}x{height}.json"
    path.write_text(json.dumps({"windowFrameMargins": True, "screens": [screen]}))
    return f"offscreen:configfile={path}"


@contextmanager
def x_server(width: int, height: int) -> Iterator[str]:
    """An X server with a screen of that size and no window manager; gives its DISPLAY."""
    reading, writing = os.pipe()
    size = f"{width}x{height}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as numbers:
            yield f":{numbers.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)
