"""The statistics panel: two pages, beside each other where there is room, and their pictures.

What takes long is done in the threads of the jobs: measuring, drawing, testing and comparing.
While the panel is hidden nothing is worked out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from composer_app.analysis.material import Source
from composer_app.music.composition import Composition
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.statistics.distribution_page import DistributionPage
from composer_app.studio.statistics.likeness_page import LikenessPage
from composer_app.studio.statistics.takes import PlayedNote, played
from composer_app.studio.widgets.icons import icon
from composer_app.studio.widgets.shown_text import tip_text
from composer_app.studio.widgets.theme import COLORS, GRID, set_role

if TYPE_CHECKING:
    from composer_app.reporting.plots.picture import Picture

# From this width on both pages are shown.
_BOTH: Final = 680
_DISTRIBUTION, _LIKENESS = 0, 1
_SMALLEST_WIDTH, _SMALLEST_HEIGHT = 280, 168
_SHARES: Final = (1, 1)
_BETWEEN: Final = 3 * GRID


class StatisticsPanel(QWidget):
    """Statistics of a composition, of what is being recorded, and of the selection.

    ``notesHovered(notes)`` and ``notesChosen(notes, adding)`` carry the notes, as (track, note),
    behind what is pointed at and clicked. ``enlargeRequested`` asks for a window of its own, or
    to be put back; ``copyRequested`` and ``saveRequested`` for the picture.
    """

    notesHovered = Signal(frozenset)
    notesChosen = Signal(frozenset, bool)
    enlargeRequested = Signal()
    copyRequested = Signal()
    saveRequested = Signal()

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "panel")
        self._composition = Composition()
        self._page = _DISTRIBUTION
        self._painted = False
        # In the order in which Tab goes through them.
        self.tabs = [_tab("STATISTICS", self), _tab("HOW BACH-LIKE?", self)]
        self.enlarge = _small_button("enlarge", "", self)
        self.more = _small_button("more", "Compare, copy or save", self)
        self.distribution = DistributionPage(jobs, self)
        self.likeness = LikenessPage(jobs, self)
        self._build()
        self._connect()
        self._turn(_DISTRIBUTION)
        self.setAccessibleName("Statistics")

    @property
    def busy(self) -> bool:
        """Whether anything is still to be shown."""
        return self.distribution.busy or self.likeness.busy

    @property
    def shows_likeness(self) -> bool:
        """Whether the page that was turned to last is the comparison with a style."""
        return self._page == _LIKENESS

    @property
    def picture(self) -> Picture | None:
        """What the distribution's figures are of; None where there are no notes."""
        return self.distribution.picture

    def set_composition(self, composition: Composition) -> None:
        """Measure ``composition`` from now on."""
        self._composition = composition
        self.distribution.set_composition(composition)
        self._compare()

    def set_selection(self, notes: frozenset[Source]) -> None:
        """Lay the selected ``notes`` beside the whole."""
        self.distribution.set_selected(notes)

    def set_recording_notes(self, notes: tuple[PlayedNote, ...]) -> None:
        """Measure what is being recorded; when it is over (no notes), the composition again."""
        if notes:
            recording = played(notes, self._composition)
            self.distribution.set_composition(recording, linked=False)
        else:
            self.distribution.set_composition(self._composition)

    def show_page(self, *, likeness: bool) -> None:
        """Turn to a page."""
        self._turn(_LIKENESS if likeness else _DISTRIBUTION)

    def set_enlarged(self, enlarged: bool) -> None:
        """Whether the panel stands in a window of its own."""
        self.enlarge.setIcon(icon("shrink" if enlarged else "enlarge", COLORS.muted))
        words = "Put the statistics back" if enlarged else "Show the statistics in a larger window"
        self.enlarge.setToolTip(words)
        self.enlarge.setAccessibleName(words)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self._compare()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Look for the styles once the panel, and with it the window, has been seen."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.likeness, self.likeness.find_styles)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One page, or both."""
        super().resizeEvent(event)
        self._show_pages()

    def sizeHint(self) -> QSize:
        """In a column."""
        return QSize(328, 411)

    def minimumSizeHint(self) -> QSize:
        """The choice of what is measured and a diagram; what else there is needs more room."""
        return QSize(_SMALLEST_WIDTH, _SMALLEST_HEIGHT)

    # -- inside ----------------------------------------------------------------------------

    def _build(self) -> None:
        self._group = QButtonGroup(self)
        self._head = head = QHBoxLayout()
        left, right = QHBoxLayout(), QHBoxLayout()
        for index, (tab, side) in enumerate(zip(self.tabs, (left, right), strict=True)):
            self._group.addButton(tab, index)
            side.setSpacing(0)
            side.addWidget(tab)
            side.addStretch(1)
            head.addLayout(side)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        menu.aboutToShow.connect(self._fill_menu)
        self.more.setMenu(menu)
        right.addWidget(self.enlarge)
        right.addWidget(self.more)
        self.set_enlarged(False)
        pages = QHBoxLayout()
        pages.setSpacing(_BETWEEN)
        for page, share in zip((self.distribution, self.likeness), _SHARES, strict=True):
            pages.addWidget(page, share)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, 12)
        layout.setSpacing(6)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        layout.addLayout(head)
        layout.addLayout(pages, 1)

    def _fill_menu(self) -> None:
        """What the boxes offer too, for a low panel has no room for them; and the files."""
        menu = self.more.menu()
        menu.clear()
        page = self.likeness if self.shows_likeness else self.distribution.choices
        page.add_to(menu)
        menu.addSeparator()
        menu.addAction("&Copy Picture", self.copyRequested.emit)
        menu.addAction("&Save Picture or Table…", self.saveRequested.emit)

    def _connect(self) -> None:
        self._group.idClicked.connect(self._turn)
        self.enlarge.clicked.connect(self.enlargeRequested)
        self.likeness.stylesFound.connect(self.distribution.set_styles)
        self.likeness.judged.connect(self._mark_tab)
        self.likeness.styles.currentIndexChanged.connect(self._name_tab)
        self.likeness.stylesFound.connect(self._name_tab)
        for page in (self.distribution, self.likeness):
            page.notesHovered.connect(self.notesHovered)
            page.notesChosen.connect(self.notesChosen)

    def _turn(self, page: int) -> None:
        self._page = page
        self._show_pages()

    def _show_pages(self) -> None:
        both = self.width() >= _BOTH
        self.distribution.setVisible(both or self._page == _DISTRIBUTION)
        self.likeness.setVisible(both or self._page == _LIKENESS)
        # Above pages that stand side by side, the tabs are their headings.
        self._head.setSpacing(_BETWEEN if both else 0)
        for index, tab in enumerate(self.tabs):
            self._head.setStretch(index, _SHARES[index] if both else index)
            if both:
                tab.clearFocus()
            tab.setCheckable(not both)
            tab.setChecked(not both and index == self._page)
            tab.setFocusPolicy(Qt.FocusPolicy.NoFocus if both else Qt.FocusPolicy.TabFocus)

    def _compare(self) -> None:
        if self.isVisible():
            self.likeness.set_composition(self._composition)

    def _name_tab(self) -> None:
        title = {"bach": "BACH", "hymn": "HYMN"}
        name = title.get(str(self.likeness.styles.currentData()), "STYLE")
        # The warning sign takes the place of a word.
        how = "" if self._warns else "HOW "
        self.tabs[_LIKENESS].setText(f"{how}{name}-LIKE?")

    @property
    def _warns(self) -> bool:
        comparison = self.likeness.comparison
        return comparison is not None and comparison.near_copy

    def _mark_tab(self) -> None:
        """A near-copy is to be noticed from the other page as well."""
        comparison, warns = self.likeness.comparison, self._warns
        self._name_tab()
        tab = self.tabs[_LIKENESS]
        tab.setIcon(icon("warning", COLORS.warning) if warns else QIcon())
        copied = comparison.shared.sentence if comparison and comparison.shared and warns else ""
        tab.setToolTip(tip_text(copied))


def _tab(text: str, parent: QWidget) -> QToolButton:
    tab = QToolButton(parent)
    tab.setText(text)
    tab.setCheckable(True)
    tab.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    tab.setIconSize(QSize(14, 14))
    set_role(tab, "tab")
    return tab


def _small_button(name: str, tip: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    if name:
        button.setIcon(icon(name, COLORS.muted))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button
