"""Windows beside this one: each is a process of its own."""

import sys
from pathlib import Path

from PySide6.QtCore import QProcess


def open_in_another_window(path: Path) -> bool:
    """Open ``path`` in a window of its own, which outlives this one; whether it could be begun."""
    arguments = ["-m", "composer_app", "studio", str(path.absolute())]
    begun = QProcess.startDetached(sys.executable, arguments)
    # Together with its process's number.
    return bool(begun[0] if isinstance(begun, tuple) else begun)
