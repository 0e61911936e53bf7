"""The list of earlier messages, which opens over the message bar."""

from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextImageFormat,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from composer_app.studio.messages.label import TONE_ICONS
from composer_app.studio.messages.messages import History, Said
from composer_app.studio.widgets.icons import pixmap
from composer_app.studio.widgets.theme import COLORS, set_role

_SIZE: Final = (640, 420)
_LOWEST: Final = 120
_MARGIN: Final = 8
_ICON: Final = 16
# Where words begin, to the right of the icon, and how far messages stand apart.
_INDENT: Final = 24
_BETWEEN: Final = 8


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
        # Text, so that parts of it can be selected and copied with mouse and keys.
        self.words = QTextEdit()
        self.words.setReadOnly(True)
        self.words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.words.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.words.setAccessibleName("Earlier messages, the newest first")
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("Copy all of them, with their times")
        self.copy.clicked.connect(self.copy_text)
        head = QHBoxLayout()
        head.addWidget(heading)
        head.addStretch(1)
        head.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.words, 1)

    def open_over(self, bar: QWidget) -> None:
        """Show it above the right end of ``bar``, inside the window, as high as it needs."""
        self.fill()
        window = bar.window()
        above = max(bar.mapTo(window, QPoint(0, 0)).y() - _MARGIN, _LOWEST)
        size = QSize(*_SIZE).boundedTo(QSize(window.width() - 2 * _MARGIN, above))
        self._stand(bar, size)
        self.show()
        # How the words wrap, and so how high they are, is known once it is shown.
        left = self.words.viewport().height() - round(self.words.document().size().height())
        size.setHeight(max(_LOWEST, size.height() - max(0, left)))
        self._stand(bar, size)
        self.words.setFocus(Qt.FocusReason.PopupFocusReason)

    def _stand(self, bar: QWidget, size: QSize) -> None:
        corner = QPoint(bar.width() - size.width() - _MARGIN, -size.height() - _MARGIN // 2)
        self.setGeometry(QRect(bar.mapToGlobal(corner), size))

    def fill(self) -> None:
        """Show what has been said until now."""
        self.words.clear()
        document = self.words.document()
        for tone, (name, color) in TONE_ICONS.items():
            if name:
                image = pixmap(name, _ICON, color, self.devicePixelRatioF())
                kind = QTextDocument.ResourceType.ImageResource
                document.addResource(kind.value, QUrl(f"tone:{tone}"), image)
        cursor = QTextCursor(document)
        if not self._history.entries:
            cursor.insertText("There has been no message yet.")
        for index, said in enumerate(self._history.entries):
            self._write(cursor, said, first=index == 0)
        self.words.moveCursor(QTextCursor.MoveOperation.Start)
        self.words.setAccessibleDescription("\n".join(self._history.lines()))

    def copy_text(self) -> None:
        """Put all of it onto the clipboard."""
        QGuiApplication.clipboard().setText("\n".join(self._history.lines()))

    def _write(self, cursor: QTextCursor, said: Said, *, first: bool) -> None:
        form = QTextBlockFormat()
        form.setLeftMargin(_INDENT)
        form.setTextIndent(-_INDENT)
        form.setBottomMargin(_BETWEEN)
        if first:
            cursor.setBlockFormat(form)
        else:
            cursor.insertBlock(form)
        image = QTextImageFormat()
        image.setName(f"tone:{said.tone}")
        image.setWidth(_ICON)
        image.setHeight(_ICON)
        image.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
        cursor.insertImage(image)
        muted, plain = QTextCharFormat(), QTextCharFormat()
        muted.setForeground(QColor(COLORS.muted))
        plain.setForeground(QColor(COLORS.text))
        cursor.insertText(f"  {said.clock_time(self._history.clock())}  ", muted)
        cursor.insertText(said.text, plain)
