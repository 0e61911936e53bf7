"""The piano roll, and beside it the score: two views of the piece, one of which is seen."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QStackedLayout, QTabBar, QVBoxLayout, QWidget

from composer_app.studio.widgets.theme import set_role

_ROLL, _SCORE = 0, 1
_NAMES: Final = ("Piano roll", "Score")


class PieceTabs(QWidget):
    """Two tabs; ``scoreChosen(bool)`` says that somebody wants to see the score, or the roll.

    The view that is seen is this one's focus proxy. The score is put in when it is first wanted.
    """

    scoreChosen = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._tabs = QTabBar(self)
        set_role(self._tabs, "views")
        self._tabs.setAccessibleName("Views of the piece")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        for name in _NAMES:
            self._tabs.addTab(name)
        self._views = QStackedLayout()
        self._views.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tabs)
        column.addLayout(self._views, 1)
        self._tabs.currentChanged.connect(lambda index: self.scoreChosen.emit(index == _SCORE))

    @property
    def score_shown(self) -> bool:
        """Whether it is the score that is seen."""
        return self._views.currentIndex() == _SCORE

    def hold(self, view: QWidget) -> None:
        """Take in the roll, and after it the score."""
        self._views.addWidget(view)
        if self._views.count() == 1:
            self.setFocusProxy(view)

    @property
    def holds_score(self) -> bool:
        """Whether the score is here already."""
        return self._views.count() > _SCORE

    def show_tip(self, tip: str) -> None:
        """What a tooltip says of both tabs."""
        for index in range(self._tabs.count()):
            self._tabs.setTabToolTip(index, tip)

    def show_score(self, shown: bool) -> None:
        """See the score, or the roll; the focus goes along if it was in the other."""
        index, before = (_SCORE if shown else _ROLL), self._views.currentWidget()
        self._tabs.setCurrentIndex(index)
        view, focused = self._views.widget(index), QApplication.focusWidget()
        if view is None or before is None:
            return
        self._views.setCurrentIndex(index)
        self.setFocusProxy(view)
        if focused is not None and (focused is before or before.isAncestorOf(focused)):
            view.setFocus(Qt.FocusReason.OtherFocusReason)
