"""The studio's look in one place: colours, sizes and type, and how they reach Qt.

Widgets that paint themselves take their colours from :data:`COLORS`. Everything else is dressed
by one palette and one style sheet, ``assets/theme/studio.qss``, whose ``$names`` are the fields
of :class:`Tokens`. A widget asks for a special dress by name with :func:`set_role`.
"""

import dataclasses
import functools
from string import Template
from typing import Final

from PySide6.QtCore import QDir, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

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


@dataclasses.dataclass(frozen=True, slots=True)
class Tokens:
    """Colours as ``#RRGGBB``, each named after what it is for."""

    background: str = "#15171C"
    surface: str = "#1D2027"
    raised: str = "#262A33"
    hover: str = "#2F343F"
    pressed: str = "#20242C"
    line: str = "#353A45"
    line_strong: str = "#4A5160"
    text: str = "#E7E9EE"
    muted: str = "#9AA1AE"
    disabled: str = "#5A6170"
    accent: str = "#6AA9FF"
    accent_hover: str = "#86BAFF"
    accent_pressed: str = "#5594EA"
    accent_soft: str = "#26384F"
    on_accent: str = "#0B1220"
    record: str = "#E5484D"
    record_soft: str = "#48262B"
    warning: str = "#F2B94B"
    success: str = "#35C79A"
    # Painted views: the rows, lines and keys of the piano roll and the keyboard.
    row: str = "#1B1E25"
    row_black: str = "#171A20"
    row_octave: str = "#2A2F39"
    line_bar: str = "#454C5A"
    line_beat: str = "#2E333D"
    line_step: str = "#242830"
    playhead: str = "#F4F6FA"
    key_white: str = "#DFE2E8"
    key_white_edge: str = "#B4B9C4"
    key_black: str = "#23262E"
    key_black_edge: str = "#0E1014"
    key_label: str = "#5B6270"


COLORS: Final = Tokens()
# Soprano, alto, tenor, bass (Okabe and Ito's palette for colour-blind readers, 2008, with a
# green that is brighter on a dark ground), then what further tracks of an opened file get.
VOICE_COLORS: Final = ("#E69F00", "#56B4E9", "#35C79A", "#CC79A7")
_FURTHER_COLORS: Final = ("#F0E442", "#8FA3FF", "#E07B4F", "#A8B2C1")


def voice_color(track: int) -> QColor:
    """Colour of the track with index ``track``; beyond the eighth they begin again."""
    colors = VOICE_COLORS + _FURTHER_COLORS
    return QColor(colors[track % len(colors)])


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


def contrast(first: QColor | str, second: QColor | str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    light, dark = sorted((_luminance(QColor(first)), _luminance(QColor(second))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return (
        0.2126 * linear(color.redF())
        + 0.7152 * linear(color.greenF())
        + 0.0722 * linear(color.blueF())
    )


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


def palette() -> QPalette:
    """The colours for whatever the style sheet does not reach."""
    result = QPalette()
    role = QPalette.ColorRole
    for target, color in (
        (role.Window, COLORS.background),
        (role.WindowText, COLORS.text),
        (role.Base, COLORS.background),
        (role.AlternateBase, COLORS.surface),
        (role.Text, COLORS.text),
        (role.PlaceholderText, COLORS.muted),
        (role.Button, COLORS.raised),
        (role.ButtonText, COLORS.text),
        (role.BrightText, COLORS.record),
        (role.ToolTipBase, COLORS.raised),
        (role.ToolTipText, COLORS.text),
        (role.Highlight, COLORS.accent),
        (role.HighlightedText, COLORS.on_accent),
        (role.Link, COLORS.accent),
        (role.LinkVisited, COLORS.accent),
        (role.Accent, COLORS.accent),
        (role.Light, COLORS.hover),
        (role.Midlight, COLORS.raised),
        (role.Mid, COLORS.line),
        (role.Dark, COLORS.background),
        (role.Shadow, "#000000"),
    ):
        result.setColor(target, QColor(color))
    for target in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, target, QColor(COLORS.disabled))
    return result


def style_sheet() -> str:
    """``assets/theme/studio.qss`` with the tokens filled in."""
    template = (resource_folder("assets") / "theme" / "studio.qss").read_text(encoding="utf-8")
    sizes = {"medium_size": MEDIUM_SIZE, "large_size": LARGE_SIZE}
    return Template(template).substitute(dataclasses.asdict(COLORS), radius=RADIUS, **sizes)


def apply_theme(app: QApplication) -> None:
    """Give ``app`` the studio's style, palette, type and style sheet."""
    # The style sheet finds its small pictures (ticks, arrows) as "theme:name.svg".
    QDir.setSearchPaths("theme", [str(resource_folder("assets") / "theme")])
    app.setStyle("Fusion")
    app.setPalette(palette())
    app.setFont(text_font())
    app.setStyleSheet(style_sheet())
