"""Keeps a window on its screen: with its frame within the area that panels leave free."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

# How thick the frame of a window manager is before one knows (pixels: beside, above and below).
_USUAL_FRAME: Final = QSize(8, 48)
# A window manager puts its frame around a window a moment after it is shown.
_SETTLING_MS: Final = 2_000
# A window that somebody drags to another screen is left alone until it rests.
_REST_MS: Final = 500
_ALL_OF_THE_SCREEN: Final = Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen


class WindowPlacement(QObject):
    """Brings ``window`` in when it is shown and when its screen changes; a child of the window.

    A person may still move it wherever they like.
    """

    def __init__(self, window: QWidget, smallest: QSize | None = None) -> None:
        """``smallest`` is what the window asks for, unless its screen has less."""
        super().__init__(window)
        self._window = window
        self._smallest = smallest
        self._screen: QScreen | None = None
        self._dragged = self._framed = False
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLING_MS)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.bring_in)
        self._limit()
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See when the window is shown, gets its frame, and comes to another screen."""
        kind = event.type()
        if kind == QEvent.Type.Show and not event.spontaneous():
            self._follow_screen()
            self._settling.start()
            self._come(0)
        elif kind == QEvent.Type.Move:
            if self._settling.isActive() or self._gets_its_frame():
                self._come(0)
            elif self._soon.isActive():
                # Still on its way to another screen.
                self._soon.start()
        elif kind == QEvent.Type.ScreenChangeInternal:
            self._dragged = self._follow_screen()
            self._come(0 if self._settling.isActive() else _REST_MS)
        return False

    def bring_in(self) -> None:
        """Make the window as small, and move it as far, as its screen asks for."""
        window, dragged = self._window, self._dragged
        self._dragged = False
        self._limit()
        if not window.isVisible() or window.windowState() & _ALL_OF_THE_SCREEN:
            return
        frame, free = window.frameGeometry(), window.screen().availableGeometry()
        fitting = within(frame, free)
        if dragged and fitting.size() == frame.size():
            # Where somebody has put it, perhaps half on either screen.
            return
        if fitting.size() != frame.size():
            window.resize(window.size() - (frame.size() - fitting.size()))
        if fitting.topLeft() != frame.topLeft():
            window.move(fitting.topLeft())

    def _limit(self) -> None:
        """A window that cannot be smaller than its screen would hide what is at its edges."""
        if self._smallest is not None:
            free = self._window.screen().availableGeometry().size()
            frame = frame_of(self._window).expandedTo(_USUAL_FRAME)
            least = self._smallest.boundedTo(free - frame)
            if least != self._window.minimumSize():
                self._window.setMinimumSize(least)

    def _gets_its_frame(self) -> bool:
        """A frame moves the window, and may come late where the computer is busy."""
        before, self._framed = self._framed, not frame_of(self._window).isNull()
        return self._framed and not before

    def _come(self, milliseconds: int) -> None:
        self._soon.start(milliseconds)

    def _follow_screen(self) -> bool:
        """Whether the window has left a screen that is still there."""
        screen, before = self._window.screen(), self._screen
        if screen == before:
            return False
        still_there = before is not None and before in QGuiApplication.screens()
        if before is not None and still_there:
            before.availableGeometryChanged.disconnect(self._screen_changed)
        self._screen = screen
        screen.availableGeometryChanged.connect(self._screen_changed)
        return still_there

    def _screen_changed(self) -> None:
        self._come(_REST_MS)


def frame_of(window: QWidget) -> QSize:
    """How much larger ``window`` is with its frame, or will be."""
    if not window.isVisible():
        return _USUAL_FRAME
    return window.frameGeometry().size() - window.size()


def size_for(window: QWidget, wanted: QSize) -> QSize:
    """``wanted``, or less where the screen of ``window`` has less room for it and its frame."""
    free = window.screen().availableGeometry().size()
    return wanted.boundedTo(free - frame_of(window))


def within(frame: QRect, free: QRect) -> QRect:
    """``frame`` made no larger than ``free``, and moved into it as little as that takes."""
    size = frame.size().boundedTo(free.size())
    left = min(max(frame.left(), free.left()), free.left() + free.width() - size.width())
    top = min(max(frame.top(), free.top()), free.top() + free.height() - size.height())
    return QRect(QPoint(left, top), size)
