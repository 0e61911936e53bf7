"""Finds what is cut off in a window: texts without room, and widgets outside their parents."""

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenuBar,
    QScrollArea,
    QSplitterHandle,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QToolButton,
    QWidget,
)

from composer_app.studio.messages.label import MessageLabel
from composer_app.studio.roll.selection_bar import SelectionBar
from composer_app.studio.statistics.distribution_parts import Readout
from composer_app.studio.statistics.likeness_view import LikenessHead
from composer_app.studio.widgets.elided import ElidedBox, ElidedLabel

# They float over what is beneath them.
_FLOATING = (SelectionBar, LikenessHead)
# A pixel is lost where sizes are rounded at 125 %.
_SLACK = 1
# A control may be this low; the style would like a little more.
_CONTROL_HEIGHT = 28


def faults(window: QWidget) -> list[str]:
    """A line for each thing in ``window`` that a person could not see whole."""
    shown = [window, *(w for w in window.findChildren(QWidget) if w.window() is window)]
    shown = [widget for widget in shown if widget.isVisible()]
    found = []
    for widget in shown:
        problems = [*_outside(widget, window), *_squeezed(widget), *_text_cut(widget)]
        found += [f"{name_of(widget)}: {problem}" for problem in problems]
        found += _overlaps(widget)
    return found


def off_the_screen(window: QWidget) -> list[str]:
    """In which directions ``window``, with its frame, leaves the free area of its screen."""
    frame, free = window.frameGeometry(), window.screen().availableGeometry()
    if free.contains(frame):
        return []
    return [f"{name_of(window)}: its frame {_text(frame)} is not within {_text(free)}"]


def name_of(widget: QWidget) -> str:
    """What kind of widget it is, and what it says."""
    said = ""
    for attribute in ("currentText", "text", "title", "windowTitle"):
        method = getattr(widget, attribute, None)
        if callable(method):
            said = str(method())
        if said:
            break
    said = said or widget.accessibleName() or widget.objectName()
    parent = widget.parentWidget()
    place = f" in {type(parent).__name__}" if parent is not None else ""
    return f"{type(widget).__name__} {said!r}{place}"


def _outside(widget: QWidget, window: QWidget) -> Iterator[str]:
    parent = widget.parentWidget()
    if widget is window or parent is None or isinstance(widget, QSplitterHandle):
        return
    rect, room = widget.geometry(), parent.rect()
    area = parent.parentWidget()
    if isinstance(area, QScrollArea) and area.widget() is widget:
        never = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if area.horizontalScrollBarPolicy() == never and rect.width() > room.width():
            yield f"{rect.width()} wide, scrolled in {room.width()} without a bar"
        if area.verticalScrollBarPolicy() == never and rect.height() > room.height():
            yield f"{rect.height()} high, scrolled in {room.height()} without a bar"
    elif not room.contains(rect):
        yield f"{_text(rect)} leaves its parent's {_text(room)}"


def _squeezed(widget: QWidget) -> Iterator[str]:
    """Whether a control or a container is smaller than it can be."""
    layout = widget.layout()
    if isinstance(widget, QAbstractButton | QAbstractSlider | QComboBox | QAbstractSpinBox):
        least = widget.minimumSizeHint().boundedTo(widget.maximumSize())
        least.setHeight(min(least.height(), _CONTROL_HEIGHT))
        if isinstance(widget, QComboBox) or _horizontally_free(widget):
            least.setWidth(0)
    elif layout is not None and layout.sizeConstraint() != layout.SizeConstraint.SetNoConstraint:
        least = layout.minimumSize().boundedTo(widget.maximumSize())
    else:
        return
    size = widget.size()
    if size.width() < least.width() - _SLACK or size.height() < least.height() - _SLACK:
        yield f"squeezed into {_size(size)}, needs {_size(least)}"


def _horizontally_free(widget: QWidget) -> bool:
    """Whether somebody has fixed its width, as for a button with nothing but an icon."""
    return widget.minimumWidth() == widget.maximumWidth()


def _text_cut(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, ElidedLabel):
        yield from _not_said(widget.text(), widget.shown, widget.tip)
    elif isinstance(widget, ElidedBox):
        yield from _not_said(widget.currentText(), widget.shown, widget.tip)
    elif isinstance(widget, Readout):
        yield from _not_said(widget.text(), "", widget.toolTip() or widget.text())
    elif isinstance(widget, MessageLabel):
        yield from _not_said(widget.text(), widget.text() * widget.whole, widget.toolTip())
    elif isinstance(widget, QLabel):
        yield from _label_cut(widget)
    elif isinstance(widget, QComboBox):
        yield from _box_cut(widget)
    elif isinstance(widget, QLineEdit):
        margins = widget.textMargins()
        room = widget.contentsRect().width() - margins.left() - margins.right()
        yield from _line_cut(widget, widget.displayText(), room)
    elif isinstance(widget, QTabBar | QMenuBar):
        yield from _entries_cut(widget)
    elif isinstance(widget, QAbstractButton) and _says_something(widget):
        yield from _line_cut(widget, widget.text().replace("&", ""), widget.width() - 4)


def _not_said(text: str, shown: str, tip: str) -> Iterator[str]:
    """What is elided must be said by a tooltip."""
    if shown != text and text not in tip:
        yield f"{text!r} is shown as {shown!r}, and the tooltip is {tip!r}"


def _box_cut(box: QComboBox) -> Iterator[str]:
    option, kind = QStyleOptionComboBox(), QStyle.ComplexControl.CC_ComboBox
    box.initStyleOption(option)
    field = QStyle.SubControl.SC_ComboBoxEditField
    yield from _line_cut(
        box, box.currentText(), box.style().subControlRect(kind, option, field, box).width()
    )


def _entries_cut(bar: QTabBar | QMenuBar) -> Iterator[str]:
    if isinstance(bar, QTabBar):
        places = [(bar.tabText(index), bar.tabRect(index)) for index in range(bar.count())]
    else:
        places = [(action.text(), bar.actionGeometry(action)) for action in bar.actions()]
    for text, place in places:
        if not bar.rect().contains(place):
            yield f"the entry {text!r} is cut"


def _says_something(button: QAbstractButton) -> bool:
    icon_only = Qt.ToolButtonStyle.ToolButtonIconOnly
    if isinstance(button, QToolButton) and button.toolButtonStyle() == icon_only:
        return button.icon().isNull()
    return bool(button.text())


def _label_cut(label: QLabel) -> Iterator[str]:
    text = label.text().replace("&", "") if label.buddy() else label.text()
    if not text:
        return
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        if needed > label.height() + _SLACK:
            yield f"needs {needed} pixels of height, has {label.height()}"
        return
    yield from _line_cut(label, text, label.contentsRect().width())
    line = label.fontMetrics().height() * (1 + text.count("\n"))
    if line > label.height() + 3:
        yield f"a line of {line} pixels in {label.height()}"


def _line_cut(widget: QWidget, text: str, room: int) -> Iterator[str]:
    needed = max(widget.fontMetrics().horizontalAdvance(line) for line in [*text.splitlines(), ""])
    if needed > room + _SLACK:
        yield f"{text!r} takes {needed} pixels, has {room}"


def _overlaps(parent: QWidget) -> list[str]:
    children = [
        child
        for child in parent.children()
        if isinstance(child, QWidget)
        and child.isVisible()
        and not child.isWindow()
        and not isinstance(child, (QSplitterHandle, *_FLOATING))
    ]
    if isinstance(parent, QAbstractScrollArea) and not isinstance(parent, QScrollArea):
        # The margins of the roll lie over the ends of its scroll bars on purpose.
        return []
    return [
        f"{name_of(one)} and {name_of(other)} overlap: {_text(common)}"
        for one, other in combinations(children, 2)
        if not (common := one.geometry().intersected(other.geometry())).isEmpty()
    ]


def seen_whole(widget: QWidget) -> bool:
    """Whether ``widget`` is visible, within its window and within the screen's free area."""
    window = widget.window()
    place = QRect(widget.mapTo(window, QPoint()), widget.size())
    on_screen = QRect(widget.mapToGlobal(QPoint()), widget.size())
    free = widget.screen().availableGeometry()
    return widget.isVisible() and window.rect().contains(place) and free.contains(on_screen)


def _text(rect: QRect) -> str:
    return f"{rect.width()}x{rect.height()}+{rect.x()}+{rect.y()}"


def _size(size: QSize) -> str:
    return f"{size.width()}x{size.height()}"
