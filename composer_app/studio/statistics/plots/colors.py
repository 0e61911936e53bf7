"""The colours of the statistics in the window: those of whatever theme is on."""

from typing import Final

from PySide6.QtGui import QGuiApplication, QPalette

from composer_app.palette import DARK, LIGHT
from composer_app.reporting.plots.colors import PlotColors, colors_of
from composer_app.reporting.plots.question import Part
from composer_app.studio.widgets.theme import text_font

_DARK_BELOW: Final = 0.5


def current_colors(part: Part = "all") -> PlotColors:
    """Those of the theme that is on; the application's palette, for style sheets change others."""
    ground = QGuiApplication.palette().color(QPalette.ColorRole.AlternateBase)
    palette = DARK if ground.lightnessF() < _DARK_BELOW else LIGHT
    return colors_of(palette, text_font().family(), part)
