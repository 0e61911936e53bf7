"""The studio's tests run without a screen, and a Qt warning fails the test that caused it."""

import os
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from composer_app.studio.theme import apply_theme

# What a platform without screens or fonts says of itself, not of us.
_EXPECTED_MESSAGES = (
    "This plugin does not support propagateSizeHints",
    "This plugin does not support raise()",
)


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    return QApplication


@pytest.fixture(autouse=True)
def themed(qapp: QApplication) -> None:
    """Widgets are tested in the dress that people see them in."""
    if not qapp.styleSheet():
        apply_theme(qapp)


@pytest.fixture(autouse=True)
def no_qt_warnings(qtlog: object) -> Iterator[None]:
    """Fail a test during which Qt warned of something."""
    yield
    records = getattr(qtlog, "records", ())
    messages = [
        record.message
        for record in records
        if record.type_name != "QtDebugMsg"
        and not any(expected in record.message for expected in _EXPECTED_MESSAGES)
    ]
    assert not messages, f"Qt complained: {messages}"


__all__ = ["QtBot"]
