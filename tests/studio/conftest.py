"""Widgets are tested in the dress that people see them in."""

import pytest
from PySide6.QtWidgets import QApplication

from composer_app.studio.widgets.theme import apply_theme


@pytest.fixture(autouse=True)
def themed(thrown_away_here: None, qapp: QApplication) -> None:
    """Dress the application once."""
    if not qapp.styleSheet():
        apply_theme(qapp)
