"""Widgets are tested in the dress that people see them in."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication

from composer_app.studio.widgets.theme import apply_theme

_AWAY = QPoint(-1000, -1000)


@pytest.fixture(autouse=True)
def themed(thrown_away_here: None, qapp: QApplication) -> None:
    """Dress the application once."""
    if not qapp.styleSheet():
        apply_theme(qapp)


@pytest.fixture(autouse=True)
def mouse_away(themed: None) -> None:
    """Put the mouse beside every window: where it rests already, moving it there is no event."""
    QCursor.setPos(_AWAY)
