"""The studio's own icons: SVG files of one stroke weight in ``assets/icons``, tinted when seen.

The drawings are black on nothing; only their opacity counts, the colour is chosen here.
"""

from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from composer_app.resources import resource_folder
from composer_app.studio.widgets.theme import COLORS

_APP_SIZES: Final = (16, 24, 32, 48, 64, 128, 256)


def icon_names() -> tuple[str, ...]:
    """Names of all icons that can be tinted, in alphabetical order."""
    return tuple(sorted(name for name in _drawings() if name != "app"))


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
    engine = _Drawing(name, color, checked_color)
    # Qt deletes it with the icon, which is kept here for good.
    _engines.append(engine)
    return QIcon(engine)


class _Drawing(QIconEngine):
    """Draws an icon when it is seen, at the size at which it is."""

    def __init__(self, name: str, color: str, checked_color: str) -> None:
        super().__init__()
        self._name, self._colors = name, (color, checked_color)
        if name not in _drawings():
            raise FileNotFoundError(_folder() / f"{name}.svg")

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The drawing, ``size`` pixels large."""
        color = self._colors[state == QIcon.State.On]
        if mode == QIcon.Mode.Disabled:
            color = COLORS.disabled
        return _drawn(self._name, min(size.width(), size.height()), color)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Put the drawing into the middle of ``rect``, sharp on the painter's screen."""
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        side = min(rect.width(), rect.height())
        drawing = self.pixmap(QSize(side, side) * ratio, mode, state)
        square = QRect(0, 0, side, side)
        square.moveCenter(rect.center())
        painter.drawPixmap(square, drawing)

    def clone(self) -> QIconEngine:
        """The same drawing for a copy of the icon."""
        copy = _Drawing(self._name, *self._colors)
        _engines.append(copy)
        return copy


_engines: Final[list[_Drawing]] = []


@lru_cache(maxsize=512)
def _drawn(name: str, size: int, color: str) -> QPixmap:
    return _tint(_draw(_renderer(name), size), color)


def _renderer(name: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray((_folder() / f"{name}.svg").read_bytes()))


@cache
def _folder() -> Path:
    return resource_folder("assets") / "icons"


@cache
def _drawings() -> frozenset[str]:
    """The names of all of them, looked up once for all icons."""
    return frozenset(path.stem for path in _folder().glob("*.svg"))


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
