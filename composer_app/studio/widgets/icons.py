"""The studio's own icons: SVG files of one stroke weight in ``assets/icons``, tinted when loaded.

The drawings are black on nothing; only their opacity counts, the colour is chosen here.
"""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from composer_app.resources import resource_folder
from composer_app.studio.widgets.theme import COLORS

# Device pixels an icon is drawn at: 16, 20, 24 and 32 px at 100 % and 200 %. In between, Qt
# scales the next larger one down.
_SIZES: Final = (16, 20, 24, 32, 40, 48, 64)
_APP_SIZES: Final = (16, 24, 32, 48, 64, 128, 256)


def icon_names() -> tuple[str, ...]:
    """Names of all icons that can be tinted, in alphabetical order."""
    folder = resource_folder("assets") / "icons"
    return tuple(sorted(path.stem for path in folder.glob("*.svg") if path.stem != "app"))


def icon(name: str, color: str = COLORS.text, checked_color: str | None = None) -> QIcon:
    """The icon ``name`` in ``color``, greyed where disabled.

    ``checked_color`` is its colour while a button or menu entry that carries it is checked (the
    same as ``color`` when omitted). A name without a drawing raises FileNotFoundError.
    """
    return _tinted(name, color, checked_color or color)


def pixmap(name: str, size: int, color: str = COLORS.text, ratio: float = 1.0) -> QPixmap:
    """The icon ``name``, ``size`` pixels square, drawn for a screen of device pixel ``ratio``."""
    result = _tint(_draw(_renderer(name), round(size * ratio)), color)
    result.setDevicePixelRatio(ratio)
    return result


@lru_cache(maxsize=1)
def app_icon() -> QIcon:
    """The application's own icon, in its own colours."""
    result = QIcon()
    for size in _APP_SIZES:
        result.addPixmap(_draw(_renderer("app"), size))
    return result


@lru_cache(maxsize=256)
def _tinted(name: str, color: str, checked_color: str) -> QIcon:
    renderer = _renderer(name)
    result = QIcon()
    mode, state = QIcon.Mode, QIcon.State
    for size in _SIZES:
        drawing = _draw(renderer, size)
        plain, checked = _tint(drawing, color), _tint(drawing, checked_color)
        greyed = _tint(drawing, COLORS.disabled)
        for on, normal in ((state.Off, plain), (state.On, checked)):
            result.addPixmap(normal, mode.Normal, on)
            result.addPixmap(greyed, mode.Disabled, on)
    return result


def _renderer(name: str) -> QSvgRenderer:
    path = resource_folder("assets") / "icons" / f"{name}.svg"
    return QSvgRenderer(QByteArray(path.read_bytes()))


def _draw(renderer: QSvgRenderer, size: int) -> QPixmap:
    drawing = QPixmap(QSize(size, size))
    drawing.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawing)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return drawing


def _tint(drawing: QPixmap, color: str) -> QPixmap:
    result = QPixmap(drawing)
    painter = QPainter(result)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(result.rect(), QColor(color))
    painter.end()
    return result
