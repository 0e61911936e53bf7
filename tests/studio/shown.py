"""Every text that a window shows, or would."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QWidget,
)
from shiboken6 import isValid

from composer_app.studio.widgets.elided import ElidedBox, ElidedLabel

# (where, text, whether it is shown as HTML if it looks like it, whether "&" marks a mnemonic)
Shown = tuple[str, str, bool, bool]


def shown_texts() -> Iterator[Shown]:
    """Of every widget and action there is."""
    actions: set[QAction] = set()
    for widget in QApplication.allWidgets():
        who = f"{type(widget).__name__} {widget.objectName()}"
        yield from _of_widget(who, widget)
        actions.update(widget.actions())
        actions.update(widget.findChildren(QAction))
    for action in filter(isValid, actions):
        yield f"action {action.text()}", action.text(), False, True
        # Most menus show no tooltips.
        shows = any(
            not isinstance(each, QMenu) or each.toolTipsVisible()
            for each in action.associatedObjects()
            if not isinstance(each, QMainWindow)
        )
        yield f"tooltip of action {action.text()}", action.toolTip(), shows, False
        yield f"action {action.text()}", action.statusTip(), False, False


def _of_widget(who: str, widget: QWidget) -> Iterator[Shown]:
    yield f"title of {who}", widget.windowTitle(), False, False
    # Those show their tooltips themselves, as plain text: see test_elided.
    by_itself = isinstance(widget, (ElidedBox, ElidedLabel))
    yield f"tooltip of {who}", widget.toolTip(), not by_itself, False
    yield f"status tip of {who}", widget.statusTip(), False, False
    yield f"name of {who}", widget.accessibleName(), False, False
    yield f"description of {who}", widget.accessibleDescription(), False, False
    if isinstance(widget, QLabel):
        plain = widget.textFormat() == Qt.TextFormat.PlainText
        yield f"text of {who}", widget.text(), not plain, widget.buddy() is not None
    elif isinstance(widget, QAbstractButton):
        yield f"text of {who}", widget.text(), False, True
    elif isinstance(widget, (QGroupBox, QMenu)):
        yield f"title of {who}", widget.title(), False, True
    elif isinstance(widget, QLineEdit):
        yield f"text of {who}", widget.text(), False, False
    elif isinstance(widget, QComboBox):
        for index in range(widget.count()):
            yield f"entry of {who}", widget.itemText(index), False, False
            tip = widget.itemData(index, Qt.ItemDataRole.ToolTipRole)
            yield f"entry's tooltip of {who}", str(tip or ""), True, False
    text = getattr(widget, "text", "")
    if isinstance(text, str):
        # Those that paint themselves.
        yield f"words of {who}", text, False, False
