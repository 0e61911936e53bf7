"""Viewports of scroll areas that Python has made."""

from PySide6.QtWidgets import QAbstractScrollArea, QWidget


def give_viewport(area: QAbstractScrollArea) -> QWidget:
    """Give ``area`` a viewport on which its own ground shows; to be called before it is asked for.

    To say of which class one is that Qt itself has made, PySide makes all of Qt's widgets known to
    Python, which takes a thirtieth of the time until the window is seen.
    """
    viewport = QWidget()
    area.setViewport(viewport)
    return viewport
