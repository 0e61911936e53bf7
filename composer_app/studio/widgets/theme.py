"""The studio's look: its sizes and its type, and how they and the colours reach Qt.

Widgets that paint themselves take their colours from :data:`COLORS`. Everything else is dressed
by one QPalette and one style sheet, ``assets/theme/studio.qss``, whose ``$names`` are the fields of
:class:`composer_app.palette.Palette`. A widget asks for a special dress by name with
:func:`set_role`.
"""

import dataclasses
import functools
from string import Template
from typing import Final

from PySide6.QtCore import QDir, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from composer_app.palette import DARK, LIGHT, Palette
from composer_app.resources import resource_folder

GRID: Final = 8
RADIUS: Final = 6
CONTROL_HEIGHT: Final = 28

BASE_SIZE: Final = 13
MEDIUM_SIZE: Final = 16
LARGE_SIZE: Final = 22

_CONTAINER_ROLES: Final = frozenset({"bar", "panel", "card"})
# The first one that is installed wins; a bare Debian has nothing but DejaVu.
_FAMILIES: Final = (
    "Inter",
    "SF Pro Text",
    "Segoe UI Variable Text",
    "Segoe UI",
    "Noto Sans",
    "Cantarell",
    "Ubuntu",
    "DejaVu Sans",
)


COLORS: Final = DARK
# Where in assets/theme the small pictures of the style sheet are, in the colours of each palette,
# and what they are drawn of, by docs/make_theme_pictures.py.
PICTURES: Final = {DARK: "dark", LIGHT: "light"}
SHAPES: Final = "shapes"


def voice_color(track: int) -> QColor:
    """Colour of the track with index ``track``; beyond the eighth they begin again."""
    return QColor(COLORS.track(track))


def mix(first: QColor | str, second: QColor | str, share: float) -> QColor:
    """``share`` (0 to 1) of ``second`` in ``first``, opaque."""
    a, b = QColor(first), QColor(second)
    return QColor.fromRgbF(
        a.redF() + (b.redF() - a.redF()) * share,
        a.greenF() + (b.greenF() - a.greenF()) * share,
        a.blueF() + (b.blueF() - a.blueF()) * share,
    )


def with_alpha(color: QColor | str, alpha: float) -> QColor:
    """``color`` at an opacity of ``alpha`` (0 to 1)."""
    result = QColor(color)
    result.setAlphaF(alpha)
    return result


def text_font(size: int = BASE_SIZE, *, bold: bool = False) -> QFont:
    """The studio's type at ``size`` pixels."""
    family = _family()
    font = QFont(family) if family else QFont()
    font.setPixelSize(size)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


@functools.cache
def _family() -> str:
    """The first of the studio's families that is installed, or nothing."""
    installed = set(QFontDatabase.families())
    return next((name for name in _FAMILIES if name in installed), "")


def numeral_font(size: int = BASE_SIZE, *, bold: bool = False) -> QFont:
    """Like :func:`text_font`, with digits of one width so that running figures stand still."""
    font = text_font(size, bold=bold)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def set_role(widget: QWidget, role: str) -> None:
    """Dress ``widget`` as the style sheet's ``[role="..."]``.

    Roles: ``primary`` and ``record`` (buttons), tool buttons are flat
    and ``framed`` (with one), ``little`` (the same, smaller) or ``fold`` (opens what is below
    it), ``heading``, ``muted``,
    ``small``, ``title``, ``figure``, ``display`` (labels), ``bar``, ``panel`` and ``card``
    (containers: the toolbar's strip, a side panel, something raised on a panel), ``rule`` and
    ``rule-vertical`` (frames as lines).
    """
    if role in _CONTAINER_ROLES:
        # Without this a plain QWidget does not paint its own background.
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    widget.setProperty("role", role)
    # A widget that has not been seen yet is dressed when it is.
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        style = widget.style()
        style.unpolish(widget)
        style.polish(widget)


def palette(colors: Palette = COLORS) -> QPalette:
    """``colors`` for whatever the style sheet does not reach."""
    result = QPalette()
    role = QPalette.ColorRole
    for target, color in (
        (role.Window, colors.background),
        (role.WindowText, colors.text),
        (role.Base, colors.background),
        (role.AlternateBase, colors.surface),
        (role.Text, colors.text),
        (role.PlaceholderText, colors.muted),
        (role.Button, colors.raised),
        (role.ButtonText, colors.text),
        (role.BrightText, colors.record),
        (role.ToolTipBase, colors.raised),
        (role.ToolTipText, colors.text),
        (role.Highlight, colors.accent),
        (role.HighlightedText, colors.on_accent),
        (role.Link, colors.accent),
        (role.LinkVisited, colors.accent),
        (role.Accent, colors.accent),
        (role.Light, colors.hover),
        (role.Midlight, colors.raised),
        (role.Mid, colors.line),
        (role.Dark, colors.background),
        (role.Shadow, colors.shadow),
    ):
        result.setColor(target, QColor(color))
    for target in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, target, QColor(colors.disabled))
    return result


def style_sheet() -> str:
    """``assets/theme/studio.qss`` with the colours filled in."""
    template = (resource_folder("assets") / "theme" / "studio.qss").read_text(encoding="utf-8")
    sizes = {"medium_size": MEDIUM_SIZE, "large_size": LARGE_SIZE}
    return Template(template).substitute(dataclasses.asdict(COLORS), radius=RADIUS, **sizes)


def apply_theme(app: QApplication) -> None:
    """Give ``app`` the studio's style, palette, type and style sheet."""
    # The style sheet finds its small pictures (ticks, arrows) as "theme:name.svg".
    pictures = resource_folder("assets") / "theme" / PICTURES[COLORS]
    QDir.setSearchPaths("theme", [str(pictures)])
    app.setStyle("Fusion")
    app.setPalette(palette())
    app.setFont(text_font())
    app.setStyleSheet(style_sheet())
