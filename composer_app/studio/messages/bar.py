"""The message bar: what holds at the moment and what to do, in a sentence that stops nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from composer_app.plain_text import one_line
from composer_app.studio.messages.label import TONE_ICONS, MessageLabel
from composer_app.studio.messages.messages import About, History, Message, MessageAction, Tone, now
from composer_app.studio.widgets.icons import icon, pixmap
from composer_app.studio.widgets.theme import COLORS, set_role

if TYPE_CHECKING:
    from composer_app.studio.messages.history import MessageHistory

__all__ = ["About", "MessageAction", "MessageBar", "Tone"]

_NEWS_MS: Final = 8_000
_ICON_SIZE: Final = 16
_HEIGHT: Final = 40
_MARGIN: Final = 4
_ERROR: Final = "error"
_EARLIER: Final = "Earlier messages"


class MessageBar(QFrame):
    """One message at the bottom of the window, in one line or two.

    News goes away by itself. What needs an answer or stays true stands until it is dismissed,
    acted upon or withdrawn, and comes back when later news has gone. Either goes as soon as it
    tells of the past: ``about`` is asked what the message is about when it is said and at every
    :meth:`review`, and as long as its answers are equal the message holds. What was said can be
    read in a list that a click opens.
    """

    def __init__(self, parent: QWidget | None = None, clock: Callable[[], datetime] = now) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._standing: list[Message] = []
        self._news: Message | None = None
        self._shown: Message | None = None
        self._hint = ""
        self._subject: About | None = None
        self.history = History(clock)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_NEWS_MS)
        self._timer.timeout.connect(self._end_news)

        self._icon = QLabel()
        self._icon.setFixedSize(_ICON_SIZE, _ICON_SIZE)
        self._label = MessageLabel()
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._dismiss = _button("Dismiss", self)
        self._dismiss.clicked.connect(self.dismiss)
        self.earlier = self._make_earlier()

        self.setFixedHeight(max(_HEIGHT, self._label.height_needed() + 2 * _MARGIN))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, _MARGIN, 8, _MARGIN)
        layout.setSpacing(8)
        layout.addWidget(self._icon)
        layout.addWidget(self._label, 1)
        layout.addLayout(self._buttons)
        layout.addWidget(self._dismiss)
        layout.addWidget(self.earlier)
        self._show_current()

    @property
    def text(self) -> str:
        """The message being shown, with the hint where that follows it; empty without one."""
        return self._words(self._shown) if self._shown else ""

    @property
    def tone(self) -> Tone:
        """The tone of what is being shown."""
        return self._shown.tone if self._shown else Tone.IDLE

    @property
    def hint(self) -> str:
        """What to do next, as it stands there while there is no message."""
        return self._hint

    def set_idle_text(self, text: str) -> None:
        """The hint that stands, muted, when there is no message."""
        if text != self._hint:
            self._hint = text
            self._show_words()

    def set_subject(self, about: About) -> None:
        """What news is about unless it says so itself: the piece, which every change of ends it."""
        self._subject = about

    def tell(
        self,
        text: str,
        tone: Tone = Tone.INFO,
        *actions: MessageAction,
        about: About | None = None,
        names: Sequence[str] = (),
        goes_on: bool = False,
    ) -> None:
        """Show news; errors stand until dismissed, the rest goes away by itself.

        ``names`` are the parts of ``text`` that may be shortened: names of files and the like.
        ``goes_on`` has the hint follow the message, as it is at each moment.
        """
        if tone is Tone.ERROR:
            self._stand(self._message(_ERROR, text, tone, actions, about, names, goes_on=goes_on))
            return
        about = about or self._subject
        self._news = self._message("", text, tone, actions, about, names, goes_on=goes_on)
        self._timer.start()
        self._show_current()

    def show_persistent(
        self,
        key: str,
        text: str,
        tone: Tone,
        *actions: MessageAction,
        about: About | None = None,
        names: Sequence[str] = (),
    ) -> None:
        """Show a message until it is dismissed or :meth:`withdraw` is called with ``key``.

        It replaces an earlier message of the same key. ``about`` and ``names`` as for
        :meth:`tell`.
        """
        self._stand(self._message(key, text, tone, actions, about, names))

    def stands(self, key: str) -> bool:
        """Whether a message of this key stands, seen or beneath another one."""
        return any(message.key == key for message in self._standing)

    def amend(self, key: str, text: str) -> None:
        """Let the standing message ``key`` say ``text`` from now on; its buttons stay.

        For what changes several times a second; it is not read out anew, nor remembered. Does
        nothing if there is no such message.
        """
        for index, message in enumerate(self._standing):
            if message.key == key:
                self._standing[index] = replace(message, text=one_line(text))
                if message is self._shown:
                    self._shown = self._standing[index]
                    self._show_words()

    def clear(self, key: str) -> None:
        """Take back the standing message ``key``, if there is one."""
        self._drop(key)
        self._show_current()

    def review(self) -> None:
        """Something has changed: take back what does not hold any more."""
        if self._news is not None and not self._news.holds:
            self._timer.stop()
            self._news = None
        self._standing = [message for message in self._standing if message.holds]
        self._show_current()

    @cached_property
    def history_list(self) -> "MessageHistory":
        """What shows the history; imported and made when it is first opened."""
        from composer_app.studio.messages.history import MessageHistory

        return MessageHistory(self.history, self)

    def dismiss(self) -> None:
        """Take away the message being shown."""
        if self._news is not None:
            self._end_news()
        elif self._standing:
            self._standing.pop()
            self.review()

    def open_history(self) -> None:
        """Show what was said before."""
        self.history_list.open_over(self)

    def action_buttons(self) -> list[QPushButton]:
        """The buttons of the message being shown, without Dismiss."""
        items = (self._buttons.itemAt(index) for index in range(self._buttons.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, QPushButton)]

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the message opens the list of the earlier ones."""
        left = event.button() is Qt.MouseButton.LeftButton
        inside = self.rect().contains(event.position().toPoint())
        if left and inside and self.history.entries:
            self.open_history()
        else:
            super().mouseReleaseEvent(event)

    # -- inside ----------------------------------------------------------------------------

    def _message(
        self,
        key: str,
        text: str,
        tone: Tone,
        actions: tuple[MessageAction, ...],
        about: About | None,
        names: Sequence[str],
        *,
        goes_on: bool = False,
    ) -> Message:
        text = one_line(text)
        self.history.add(tone, text)
        self.earlier.setEnabled(True)
        if "history_list" in self.__dict__ and self.history_list.isVisible():
            self.history_list.fill()
        was = about() if about is not None else None
        cleaned = tuple(one_line(name) for name in names)
        return Message(key, text, tone, actions, cleaned, about, was, goes_on)

    def _stand(self, message: Message) -> None:
        self._drop(message.key)
        place = len(self._standing)
        if message.tone is Tone.WARNING:
            # What comes by itself does not cover what a person is to answer.
            while place and self._standing[place - 1].tone is Tone.ERROR:
                place -= 1
        self._standing.insert(place, message)
        self._end_news()

    def _drop(self, key: str) -> None:
        self._standing = [message for message in self._standing if message.key != key]

    def _end_news(self) -> None:
        self._timer.stop()
        self._news = None
        self.review()

    def _act(self, message: Message, action: MessageAction) -> None:
        if not action.keeps:
            if message is self._news:
                self._news = None
            elif message.key:
                self._drop(message.key)
            self.review()
        action.run()

    def _show_current(self) -> None:
        standing = self._standing[-1] if self._standing else None
        message = self._news or standing
        if message is self._shown and message is not None:
            return
        self._shown = message
        self._show_words()
        self._show_icon()
        self._dismiss.setVisible(message is not None)
        self._fill_buttons(message)
        if message is not None:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.text))

    def _words(self, message: Message) -> str:
        return f"{message.text} {self._hint}".rstrip() if message.goes_on else message.text

    def _show_words(self) -> None:
        message = self._shown
        names = message.names if message else ()
        self._label.show_sentence(self.text or self._hint, names, muted=message is None)

    def _show_icon(self) -> None:
        name, color = TONE_ICONS[self.tone]
        self._icon.setVisible(bool(name))
        if name:
            self._icon.setPixmap(pixmap(name, _ICON_SIZE, color, self.devicePixelRatio()))

    def _fill_buttons(self, message: Message | None) -> None:
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

    def _make_earlier(self) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon("history", COLORS.muted))
        button.setToolTip(_EARLIER)
        button.setAccessibleName(_EARLIER)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setEnabled(False)
        button.setIconSize(QSize(_ICON_SIZE, _ICON_SIZE))
        button.clicked.connect(self.open_history)
        return button


def _button(text: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
