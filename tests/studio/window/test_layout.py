"""Nothing is cut off: in any state of the window, at any size from 1024 x 700 on."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from composer_app.studio.widgets.elided import ElidedLabel
from tests import screens
from tests.studio.clipping import faults

# The first is as low as a window can be.
ALL_SIZES = ("1024x568", "1024x700", "1280x720", "1366x768", "1920x1080")
LONG = "A text that is longer than its place"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("screen", "scale", "sizes"),
    [
        pytest.param((1920, 1080), 1.0, ALL_SIZES, id="every size"),
        # 1093 x 614 of a window's pixels, as the window opens there.
        pytest.param((1366, 768), 1.25, (), id="125 %"),
        pytest.param((2560, 1440), 2.0, ("1024x700", "1280x720"), id="200 %"),
    ],
)
def test_nothing_is_cut_off(
    tmp_path: Path, screen: tuple[int, int], scale: float, sizes: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.studio.layout_peer", str(tmp_path / "data"), *sizes],
        env={
            **os.environ,
            "QT_QPA_PLATFORM": screens.offscreen(tmp_path, *screen),
            "QT_SCALE_FACTOR": str(scale),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert len({name for name, _, _ in seen}) >= 23
    assert len(seen) >= 23 * max(1, len(sizes))
    assert [(name, size, found) for name, size, found in seen if found] == []


# -- whether a fault would be found ------------------------------------------------------------


def narrow(widget: QWidget) -> QWidget:
    widget.setFixedWidth(40)
    return widget


def box() -> QWidget:
    result = QComboBox()
    result.addItem(LONG)
    return result


def spin() -> QWidget:
    result = QSpinBox()
    result.setSuffix(LONG)
    return result


def paragraph() -> QWidget:
    result = QLabel(f"{LONG}, over and over, and over again")
    result.setWordWrap(True)
    result.setFixedSize(100, 20)
    return result


@pytest.mark.parametrize(
    "make",
    [
        lambda: narrow(QLabel(LONG)),
        lambda: narrow(QPushButton(LONG)),
        lambda: narrow(QCheckBox(LONG)),
        lambda: narrow(QLineEdit(LONG)),
        lambda: narrow(box()),
        lambda: narrow(spin()),
        paragraph,
    ],
    ids=["label", "button", "tick", "line", "box", "number", "paragraph"],
)
def test_a_text_without_room_is_found(qtbot: QtBot, make: Callable[[], QWidget]) -> None:
    window, widget = QWidget(), make()
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(widget)
    window.show()
    (found,) = faults(window)
    assert "takes" in found or "needs" in found


def test_what_is_whole_or_elided_is_no_fault(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    for widget in (QLabel(LONG), QPushButton("Play"), narrow(ElidedLabel(LONG)), QSpinBox()):
        row.addWidget(widget)
    window.show()
    assert faults(window) == []


def test_an_elided_text_that_nothing_says_whole_is_found(qtbot: QtBot) -> None:
    window, label = QWidget(), ElidedLabel(LONG)
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(narrow(label))
    label.setToolTip("Something else")
    window.show()
    assert len(faults(window)) == 1


def test_what_leaves_its_parent_and_what_overlaps_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(200, 100)
    one, two = QWidget(window), QWidget(window)
    one.setGeometry(0, 0, 60, 60)
    two.setGeometry(100, 0, 60, 60)
    window.show()
    assert faults(window) == []
    two.move(50, 0)
    assert "overlap" in faults(window)[0]
    two.move(150, 0)
    assert "leaves its parent" in faults(window)[0]


def test_a_button_squeezed_by_its_neighbours_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
    for text in ("Save As…", "Close Anyway", "Dismiss"):
        row.addWidget(QPushButton(text))
    window.resize(150, 40)
    window.show()
    assert faults(window)
