"""Screens that are not there, of any size."""

import json
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
