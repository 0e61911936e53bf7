"""Somebody who has never used Composer before."""

import os
from pathlib import Path


def environment(home: str | Path) -> dict[str, str]:
    """The environment of a user whose folders are all in ``home``."""
    folders = {name: str(Path(home) / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    return {**os.environ, **folders}
