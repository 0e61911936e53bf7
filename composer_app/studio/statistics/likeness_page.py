"""A page of the statistics panel: how like a style the piece is, and what it has copied."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QScrollArea, QVBoxLayout, QWidget

from composer_app.errors import ComposerError
from composer_app.music.composition import VOICE_NAMES, Composition
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.runtime.latest import Latest
from composer_app.studio.statistics.comparison import StyleComparison, styles, verdict_of
from composer_app.studio.statistics.distribution_choices import add_choices
from composer_app.studio.statistics.distribution_parts import centred
from composer_app.studio.statistics.likeness_view import LikenessHead, LikenessView
from composer_app.studio.statistics.link_label import LinkLabel
from composer_app.studio.widgets.elided import ElidedBox
from composer_app.studio.widgets.own_viewport import give_viewport
from composer_app.studio.widgets.theme import set_role

_NOTHING: Final = "Your notes will be compared with the training music here."
_WORKING: Final = "Comparing …"
# An edit is compared once nobody has changed anything for so long.
_REST_MS: Final = 300
_FAVOURITE: Final = "bach"
# From this height on (pixels) the choice of the style stands above the metrics.
_ROOM_FOR_STYLES: Final = 226


class LikenessPage(QWidget):
    """Compares with one style at a time.

    ``judged`` follows each comparison, ``stylesFound`` the list of styles, as (name, title);
    ``notesHovered`` and ``notesChosen`` carry the notes of the shared run.
    """

    judged = Signal()
    stylesFound = Signal(tuple)
    notesHovered = Signal(frozenset)
    notesChosen = Signal(frozenset, bool)

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._composition = Composition()
        self._comparison: StyleComparison | None = None
        self._working = False
        self._judging = Latest[StyleComparison](jobs, self, drops_stale=True)
        self._at_rest = QTimer(self)
        self._at_rest.setSingleShot(True)
        self._at_rest.setInterval(_REST_MS)
        self._at_rest.timeout.connect(self._judge)
        self._asked_styles = False
        self._build()
        self._show()

    @property
    def comparison(self) -> StyleComparison | None:
        """What is shown; None without notes, and until the first is there."""
        return self._comparison

    @property
    def style_title(self) -> str:
        """What the chosen style is called."""
        return self.styles.currentText() or "Bach"

    @property
    def busy(self) -> bool:
        """Whether a comparison is to come."""
        return self._at_rest.isActive() or self._judging.busy

    def find_styles(self) -> None:
        """Look up, in a thread and once, which styles there are."""
        if not self._asked_styles:
            self._asked_styles = True
            self._jobs.run(self, styles, self._offer_styles, self._fail)

    def set_composition(self, composition: Composition) -> None:
        """Compare ``composition`` as soon as it rests."""
        if composition is self._composition and self._comparison is not None:
            return
        self._composition = composition
        if not composition.note_count:
            self._judging.forget()
            self._at_rest.stop()
            self._comparison = None
            self._show()
            self.judged.emit()
        elif self.styles.count():
            self._at_rest.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A low page needs the box's place for a metric; :meth:`add_to` has its choices."""
        super().resizeEvent(event)
        self.styles.setVisible(self.height() >= _ROOM_FOR_STYLES)

    def add_to(self, menu: QMenu) -> None:
        """Add the choice of the style to ``menu``."""
        add_choices(menu.addMenu("Compare &With"), self.styles)

    # -- inside ----------------------------------------------------------------------------

    def _build(self) -> None:
        self.styles = ElidedBox("The style to compare with")
        self.styles.currentIndexChanged.connect(self._judge)
        self.sentence = QLabel()
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        set_role(self.sentence, "words")
        self.copy = LinkLabel()
        self.copy.pressed.connect(self._choose_copy)
        self.view = LikenessView()
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        for widget in (self.copy, self.sentence, self.view):
            rows.addWidget(widget)
        rows.addStretch(1)
        self._area = QScrollArea()
        # The panel's own ground shows through.
        give_viewport(self._area)
        self._area.setWidget(inside)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside.setAutoFillBackground(False)
        self.head = LikenessHead(self.view, self._area)
        self._message = centred(_NOTHING)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.styles)
        layout.addWidget(self._area, 1)
        layout.addWidget(self._message, 1)

    def _offer_styles(self, found: tuple[tuple[str, str], ...]) -> None:
        self.styles.blockSignals(True)
        for style, title in found:
            self.styles.addItem(f"Compared with {title}", style)
        self.styles.setCurrentIndex(max(0, self.styles.findData(_FAVOURITE)))
        self.styles.blockSignals(False)
        self.stylesFound.emit(found)
        if self._composition.note_count:
            self._judge()

    def _judge(self) -> None:
        style = self.styles.currentData()
        if style is None or not self._composition.note_count:
            return
        self._working = True
        self._show()
        self._judging.ask(
            partial(verdict_of, self._composition, str(style)), self._take, self._fail
        )

    def _take(self, comparison: StyleComparison) -> None:
        self._working = False
        self._comparison = comparison
        self.view.set_comparison(comparison)
        self._show()
        self.head.update()
        self.judged.emit()

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, ComposerError):
            raise error
        self._working, self._comparison = False, None
        self._show()
        self._message.setText(str(error))

    def _show(self) -> None:
        comparison = self._comparison
        self._area.setVisible(comparison is not None)
        self._message.setVisible(comparison is None)
        self._message.setText(_WORKING if self._working else _NOTHING)
        if comparison is not None:
            self.sentence.setText(comparison.likeness.sentence)
            tip = f"{comparison.shared.sentence}\nClick to select" if comparison.shared else ""
            self.copy.set_text(copy_sentence(comparison), warns=comparison.near_copy, tip=tip)

    def _choose_copy(self) -> None:
        if self._comparison and self._comparison.composition is self._composition:
            self.notesChosen.emit(self._comparison.shared_notes, False)


def copy_sentence(comparison: StyleComparison) -> str:
    """The longest run that is shared with the training music, as a warning if it is long."""
    return " ".join(filter(None, (_run_sentence(comparison), *map(str, comparison.problems))))


def _run_sentence(comparison: StyleComparison) -> str:
    run = comparison.shared
    if run is not None and run.near_copy:
        return f"Near-copy: {run.sentence}"
    if run is not None:
        return f"Longest shared run: {_beats(run.beats)}, {run.piece}"
    piece = comparison.composition
    tracks = sum(bool(piece.tracks[index].notes) for index in piece.pitched_tracks)
    if tracks < len(VOICE_NAMES):
        return ""
    return "No beat is shared with the training music."


def _beats(count: int) -> str:
    return "1 beat" if count == 1 else f"{count} beats"
