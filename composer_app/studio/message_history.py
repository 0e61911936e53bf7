"""The list of earlier messages, which opens over the message bar."""

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from composer_app.studio.icons import icon
from composer_app.studio.messages import History, Tone
from composer_app.studio.theme import COLORS, set_role

_SIZE: Final = (640, 420)
_MARGIN: Final = 8
TONE_ICONS: Final = {
    Tone.IDLE: ("", ""),
    Tone.INFO: ("info", COLORS.accent),
    Tone.SUCCESS: ("success", COLORS.success),
    Tone.WARNING: ("warning", COLORS.warning),
    Tone.ERROR: ("error", COLORS.record),
    Tone.RECORD: ("record", COLORS.record),
}


class MessageHistory(QFrame):
    """Shows a :class:`History`, newest first; closes with Escape or a click beside it."""

    def __init__(self, history: History, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        set_role(self, "float")
        # The press that closes it on the button that opens it must not open it anew.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        self.setAccessibleName("Earlier messages")
        self._history = history
        heading = QLabel("EARLIER MESSAGES")
        set_role(heading, "heading")
        self.list = _Rows()
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("Copy the selected messages, or all of them, with their times")
        self.copy.clicked.connect(self.copy_text)
        head = QHBoxLayout()
        head.addWidget(heading)
        head.addStretch(1)
        head.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)

    def open_over(self, bar: QWidget) -> None:
        """Show it above the right end of ``bar``, inside the window."""
        self.fill()
        window = bar.window()
        above = bar.mapTo(window, QPoint(0, 0)).y() - _MARGIN
        size = QSize(*_SIZE).boundedTo(QSize(window.width() - 2 * _MARGIN, max(above, 120)))
        self.resize(size)
        corner = QPoint(bar.width() - size.width() - _MARGIN, -size.height() - _MARGIN // 2)
        self.move(bar.mapToGlobal(corner))
        self.show()
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def fill(self) -> None:
        """Show what has been said until now."""
        self.list.clear()
        now = self._history.clock()
        for said in self._history.entries:
            name, color = TONE_ICONS[said.tone]
            item = QListWidgetItem(f"{said.clock_time(now)}  {said.text}")
            item.setIcon(icon(name, color) if name else QIcon())
            spoken = f"{said.clock_time(now)}, {said.tone}: {said.text}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
            self.list.addItem(item)
        self.copy.setEnabled(bool(self._history.entries))

    def copy_text(self) -> None:
        """Put the selected messages onto the clipboard, all of them where none is selected."""
        chosen = {index.row() for index in self.list.selectedIndexes()}
        lines = self._history.lines()
        kept = [line for row, line in enumerate(lines) if not chosen or row in chosen]
        QGuiApplication.clipboard().setText("\n".join(kept))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies, Escape closes."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_text()
        else:
            super().keyPressEvent(event)


class _Rows(QListWidget):
    """Rows as high as their words need, however long."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Earlier messages, the newest first")
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setIconSize(QSize(16, 16))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words wrap elsewhere."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def event(self, event: QEvent) -> bool:
        """Ctrl+C is nobody's shortcut meanwhile, and is left to the frame around the list.

        The list itself would copy one row, without its time.
        """
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy):
            overrides = event.type() == QEvent.Type.ShortcutOverride
            event.setAccepted(overrides)
            return overrides
        return super().event(event)
