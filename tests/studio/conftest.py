"""Widgets are tested in the dress that people see them in, and thrown away where they lived."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from composer_app.studio.theme import apply_theme


@pytest.fixture(autouse=True)
def themed(qapp: QApplication) -> Iterator[None]:
    """Dress the application once; after a test, collect its widgets on the GUI thread.

    Python's collector runs in whatever thread happens to trigger it, and Qt objects may not be
    destroyed in another thread than their own. What survives a test (modules, caches) is frozen,
    so that collecting after the next one stays quick.
    """
    if not qapp.styleSheet():
        apply_theme(qapp)
    yield
    gc.collect()
    gc.freeze()
