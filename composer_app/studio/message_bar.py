"""The message bar: what happened and what to do, in a sentence that stops nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from composer_app.studio.icons import pixmap
from composer_app.studio.theme import COLORS, set_role

_NEWS_MS: Final = 8_000
_ICON_SIZE: Final = 16
_HEIGHT: Final = 40


class Tone(StrEnum):
    """How a message is meant; the icon before it shows it."""

    IDLE = "idle"
    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"
    RECORD = "record"


_ICONS: Final = {
    Tone.IDLE: ("", ""),
    Tone.INFO: ("info", COLORS.accent),
    Tone.SUCCESS: ("success", COLORS.success),
    Tone.WARNING: ("warning", COLORS.warning),
    Tone.ERROR: ("error", COLORS.record),
    Tone.RECORD: ("record", COLORS.record),
}


@dataclass(frozen=True)
class MessageAction:
    """A button in the bar; pressing it also takes the message away."""

    text: str
    run: Callable[[], None]


@dataclass(frozen=True)
class _Message:
    key: str
    text: str
    tone: Tone
    actions: tuple[MessageAction, ...]


class MessageBar(QFrame):
    """One line at the bottom of the window.

    News goes away by itself. What needs an answer or stays true stands until it is dismissed,
    acted upon or withdrawn, and comes back when later news has gone.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self.setFixedHeight(_HEIGHT)
        self._standing: list[_Message] = []
        self._news: _Message | None = None
        self._shown: _Message | None = None
        self._idle_text = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_NEWS_MS)
        self._timer.timeout.connect(self._end_news)

        self._icon = QLabel()
        self._icon.setFixedSize(_ICON_SIZE, _ICON_SIZE)
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        # A long sentence must not make the window wider; the tooltip has all of it.
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._dismiss = _button("Dismiss", self)
        self._dismiss.clicked.connect(self.dismiss)

        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 4, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(self._icon)
        layout.addWidget(self._label, 1)
        layout.addLayout(self._buttons)
        layout.addWidget(self._dismiss)
        self._show_current()

    @property
    def text(self) -> str:
        """The sentence being shown; empty when there is none."""
        return self._shown.text if self._shown else ""

    @property
    def tone(self) -> Tone:
        """The tone of what is being shown."""
        return self._shown.tone if self._shown else Tone.IDLE

    def set_idle_text(self, text: str) -> None:
        """The hint that stands, muted, when there is no message."""
        self._idle_text = text
        self._show_current()

    def tell(self, text: str, tone: Tone = Tone.INFO, *actions: MessageAction) -> None:
        """Show news; errors stand until dismissed, the rest goes away by itself."""
        if tone is Tone.ERROR:
            self.stand("error", text, tone, *actions)
            return
        self._news = _Message("", text, tone, actions)
        self._timer.start()
        self._show_current()

    def stand(self, key: str, text: str, tone: Tone, *actions: MessageAction) -> None:
        """Show a message until it is dismissed or :meth:`withdraw` is called with ``key``.

        It replaces an earlier message of the same key.
        """
        self._drop(key)
        self._standing.append(_Message(key, text, tone, actions))
        self._end_news()

    def amend(self, key: str, text: str) -> None:
        """Let the standing message ``key`` say ``text`` from now on; its buttons stay.

        For what changes several times a second; it is not read out anew. Does nothing if there
        is no such message.
        """
        for index, message in enumerate(self._standing):
            if message.key == key:
                self._standing[index] = replace(message, text=text)
                if message is self._shown:
                    self._shown = self._standing[index]
                    self._show_text(text)

    def withdraw(self, key: str) -> None:
        """Take back the standing message ``key``, if there is one."""
        self._drop(key)
        self._show_current()

    def dismiss(self) -> None:
        """Take away the message being shown."""
        if self._news is not None:
            self._end_news()
        elif self._standing:
            self._standing.pop()
            self._show_current()

    def action_buttons(self) -> list[QPushButton]:
        """The buttons of the message being shown, without Dismiss."""
        items = (self._buttons.itemAt(index) for index in range(self._buttons.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, QPushButton)]

    def _drop(self, key: str) -> None:
        self._standing = [message for message in self._standing if message.key != key]

    def _end_news(self) -> None:
        self._timer.stop()
        self._news = None
        self._show_current()

    def _act(self, message: _Message, action: MessageAction) -> None:
        if message is self._news:
            self._news = None
        elif message.key:
            self._drop(message.key)
        self._show_current()
        action.run()

    def _show_current(self) -> None:
        standing = self._standing[-1] if self._standing else None
        message = self._news or standing
        if message is self._shown and message is not None:
            return
        self._shown = message
        self._show_text(message.text if message else self._idle_text)
        set_role(self._label, "" if message else "muted")
        self._show_icon()
        self._dismiss.setVisible(message is not None)
        self._fill_buttons(message)
        if message is not None:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, message.text))

    def _show_text(self, text: str) -> None:
        self._label.setText(text)
        self._label.setToolTip(text if self._shown else "")
        self._label.setAccessibleName(f"Message: {text}")

    def _show_icon(self) -> None:
        name, color = _ICONS[self.tone]
        self._icon.setVisible(bool(name))
        if name:
            self._icon.setPixmap(pixmap(name, _ICON_SIZE, color, self.devicePixelRatio()))

    def _fill_buttons(self, message: _Message | None) -> None:
        for old in self.action_buttons():
            self._buttons.removeWidget(old)
            old.hide()
            old.deleteLater()
        if message is None:
            return
        for action in message.actions:
            button = _button(action.text, self)
            button.clicked.connect(lambda _=False, a=action, m=message: self._act(m, a))
            self._buttons.addWidget(button)


def _button(text: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
