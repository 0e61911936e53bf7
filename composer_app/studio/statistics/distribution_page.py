"""A page of the statistics panel: how a feature is distributed, and which notes are behind it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from composer_app.analysis.material import Source
from composer_app.errors import ComposerError
from composer_app.music.composition import Composition
from composer_app.reporting.plots.question import Question
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.runtime.latest import Latest
from composer_app.studio.statistics.comparison import goodness_of, picture_of
from composer_app.studio.statistics.distribution_choices import Choices
from composer_app.studio.statistics.distribution_parts import Figures, Readout, Words, centred
from composer_app.studio.statistics.plots.canvas import Bars, StatisticsCanvas
from composer_app.studio.statistics.plots.colors import current_colors
from composer_app.studio.statistics.plots.runner import PlotRunner
from composer_app.studio.statistics.takes import TakeShelf
from composer_app.studio.widgets.shown_text import tip_text

if TYPE_CHECKING:
    from composer_app.analysis.fitting import GoodnessOfFit
    from composer_app.reporting.plots.picture import Picture
    from composer_app.reporting.plots.rendered import RenderedPlot
    from composer_app.reporting.plots.words import Reading

_NOTHING: Final = "Notes will be measured here: their pitch, length and velocity."
_NONE_OF_THIS: Final = "There is nothing of this to measure here."
_LOADING: Final = "Preparing the diagram …"
_UNAVAILABLE: Final = "The diagram is unavailable: matplotlib could not be loaded."
_HINT: Final = "Point at a bar, or drag over several"
# Tests wait until nobody has changed anything for so long.
_REST_MS: Final = 250
# From these heights of the page (pixels) there is room for more than choices and diagram.
_ROOM_FOR_NUMBERS: Final = 140
_ROOM_FOR_COMPARISON: Final = 226
_ROOM_FOR_FIGURES: Final = 326
_ROOM_FOR_WORDS: Final = (366, 430, 500)


class DistributionPage(QWidget):
    """Choices, diagram, figures and sentences.

    ``pictureShown`` is emitted when a diagram is up and its goodness of fit is not yet known,
    ``judged`` when it is. ``notesHovered`` and ``notesChosen`` carry the notes behind what the
    mouse is on, as (track, note), the latter with whether they are to be added.
    """

    pictureShown = Signal()
    judged = Signal()
    notesHovered = Signal(frozenset)
    notesChosen = Signal(frozenset, bool)

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._composition = Composition()
        self._linked = True
        self._selected: frozenset[Source] = frozenset()
        self._takes = TakeShelf()
        self._picture: Picture | None = None
        self._goodness: GoodnessOfFit | None = None
        self._lit: frozenset[Source] = frozenset()
        self._runner = PlotRunner()
        self._prepared = False
        self._problem = ""
        self._measuring = Latest["Picture | None"](jobs, self, drops_stale=False)
        self._drawing = Latest["RenderedPlot"](jobs, self, drops_stale=False)
        self._testing = Latest["GoodnessOfFit | None"](jobs, self, drops_stale=True)
        # Several changes in one turn of the event loop are measured once.
        self._soon = _single_shot(self, 0, self._measure)
        self._at_rest = _single_shot(self, _REST_MS, self._test)
        self._build()

    @property
    def picture(self) -> Picture | None:
        """What the figures are of, None where there are no notes."""
        return self._picture

    @property
    def goodness(self) -> GoodnessOfFit | None:
        """Of the picture's fit, once it is known."""
        return self._goodness

    @property
    def question(self) -> Question:
        """What is asked now."""
        choices = self.choices
        return Question(
            self._composition,
            choices.feature,
            choices.part,
            choices.against,
            choices.sample,
            self._selected,
        )

    @property
    def busy(self) -> bool:
        """Whether anything is still to be shown."""
        waiting = self._soon.isActive() or self._at_rest.isActive()
        return waiting or any(each.busy for each in (self._measuring, self._drawing, self._testing))

    def set_composition(self, composition: Composition, *, linked: bool = True) -> None:
        """Measure ``composition`` from now on; the choices stay where they still exist.

        ``linked`` says that its notes are those of the piano roll.
        """
        self._composition, self._linked = composition, linked
        self._takes.see(composition)
        self.choices.offer(composition, self._takes.beside(composition))
        self._soon_if_visible()

    def set_selected(self, notes: frozenset[Source]) -> None:
        """Lay ``notes`` beside the whole."""
        if notes != self._selected:
            self._selected = notes
            self._soon_if_visible()

    def set_styles(self, styles: tuple[tuple[str, str], ...]) -> None:
        """Offer the corpora to compare with, as (name, title)."""
        self.choices.set_styles(styles)

    def showEvent(self, event: QShowEvent) -> None:
        """The first time, fetch matplotlib; every time, catch up."""
        super().showEvent(event)
        if not self._prepared:
            self._prepared = True
            # After the event loop has come around: the window is painted first.
            QTimer.singleShot(0, self, self._prepare)
        self._soon_if_visible()

    def hideEvent(self, event: QHideEvent) -> None:
        """Who sees no bars should see no notes lit for them."""
        super().hideEvent(event)
        self._light(frozenset())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low panel the diagram goes before its explanation, which is its tooltip as well."""
        super().resizeEvent(event)
        self._make_room()

    # -- inside ----------------------------------------------------------------------------

    def _build(self) -> None:
        self.choices = Choices(self)
        self.canvas = StatisticsCanvas()
        self._message = centred(_NOTHING)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._message)
        self._stack.addWidget(self.canvas)
        self.readout = Readout(_HINT)
        self.figures = Figures()
        # In a low page, what is pointed at stands in the place of the figures.
        self.short_readout = Readout("")
        self._below = QStackedWidget(self)
        self._below.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._below.addWidget(self.figures)
        self._below.addWidget(self.short_readout)
        self.words = Words()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        # A low page hides what does not fit, instead of asking for more room.
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        layout.addLayout(self.choices.layout)
        layout.addWidget(self._stack, 1)
        for widget in (self.readout, self._below, self.words):
            layout.addWidget(widget)
        self.choices.changed.connect(self._soon_if_visible)
        self.canvas.frameChanged.connect(self._draw)
        self.canvas.hovered.connect(self._point)
        self.canvas.intervalChanged.connect(self._point)
        self.canvas.clicked.connect(self._choose)

    def _soon_if_visible(self) -> None:
        if self.isVisible():
            self._soon.start()

    def _prepare(self) -> None:
        self._drawing.ask(self._prepared_plot, lambda _: None, self._fail_drawing)

    def _prepared_plot(self) -> RenderedPlot:
        self._runner.prepare()
        return cast("RenderedPlot", None)

    def _measure(self) -> None:
        self._measuring.ask(partial(picture_of, self.question), self._show_picture, self._fail)

    def _show_picture(self, picture: Picture | None) -> None:
        self._picture, self._goodness, self._problem = picture, None, ""
        self._testing.forget()
        self.figures.show_picture(picture)
        self._write_words()
        if picture is None:
            self.canvas.set_interval(None)
            self._say(_NONE_OF_THIS if self._composition.note_count else _NOTHING)
            self._point()
            return
        self._draw()
        self._at_rest.start()

    def _draw(self) -> None:
        # The canvas itself has no size before it is seen for the first time.
        size = self._stack.size()
        if self._picture is None or size.isEmpty() or not self.isVisible():
            return
        from composer_app.reporting.plots.rendered import Frame

        colors = current_colors(self._picture.question.part)
        frame = Frame(size.width(), size.height(), self.devicePixelRatioF(), colors)
        work = partial(self._runner.draw, self._picture, frame)
        if self.canvas.rendered is None:
            self._say(_LOADING)
        self._drawing.ask(work, self._show_plot, self._fail_drawing)

    def _show_plot(self, rendered: RenderedPlot) -> None:
        if self._picture is None:
            return
        self.canvas.show_plot(rendered)
        self.canvas.setAccessibleDescription(" ".join(self._sentences()))
        self._stack.setCurrentWidget(self.canvas)
        self._point()
        self.pictureShown.emit()

    def _test(self) -> None:
        if self._picture is not None and self.isVisible():
            self._testing.ask(partial(goodness_of, self._picture), self._show_goodness, self._fail)

    def _show_goodness(self, goodness: GoodnessOfFit | None) -> None:
        self._goodness = goodness
        self._write_words()
        self.judged.emit()

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, ComposerError):
            raise error
        self._problem = str(error)
        self._write_words()

    def _fail_drawing(self, error: Exception) -> None:
        if not isinstance(error, ImportError):
            raise error
        self._say(_UNAVAILABLE)

    def _say(self, text: str) -> None:
        self._message.setText(text)
        self._stack.setCurrentWidget(self._message)

    def _sentences(self) -> list[str]:
        picture = self._picture
        if picture is None:
            return []
        from composer_app.reporting.plots.words import (
            plain_sentence,
            reference_sentence,
            selection_sentence,
        )

        said = (
            self._problem,
            selection_sentence(picture),
            plain_sentence(picture, self._goodness),
            reference_sentence(picture),
        )
        return [sentence for sentence in said if sentence]

    def _write_words(self) -> None:
        sentences = self._sentences()
        self.words.show_sentences(sentences)
        self.figures.setToolTip(tip_text("\n".join(sentences)))

    def _make_room(self) -> None:
        height = self.height()
        self.choices.set_comparing(height >= _ROOM_FOR_COMPARISON)
        self.readout.setVisible(height >= _ROOM_FOR_COMPARISON)
        self._below.setVisible(height >= _ROOM_FOR_NUMBERS)
        self.figures.set_large(height >= _ROOM_FOR_FIGURES)
        self.words.set_room(sum(height >= each for each in _ROOM_FOR_WORDS))

    # -- pointing --------------------------------------------------------------------------

    def _point(self, _: object = None) -> None:
        """Say what the mouse or the interval is on, and light up its notes."""
        bars, picture = self._pointed(), self.canvas.picture
        if bars is None or picture is None or self._picture is None:
            self._say_reading(None)
            self._light(frozenset())
            return
        from composer_app.reporting.plots.words import read

        edges = self.canvas.edges_of(bars)
        reading = read(picture, *edges)
        self._say_reading(reading)
        # What the roll shows may be newer than what the diagram does.
        there = self._linked and picture.question.composition is self._composition
        self._light(picture.behind(*edges) if there else frozenset())

    def _say_reading(self, reading: Reading | None) -> None:
        self.readout.show_reading(reading)
        self.short_readout.show_reading(reading)
        short = reading is not None and self.height() < _ROOM_FOR_COMPARISON
        self._below.setCurrentWidget(self.short_readout if short else self.figures)
        # In the lowest panel there is no other place for it.
        hidden = reading is not None and self.height() < _ROOM_FOR_NUMBERS
        self.canvas.setToolTip(tip_text(reading.sentence) if reading and hidden else "")

    def _pointed(self) -> Bars | None:
        if self.canvas.hover >= 0:
            return self.canvas.hover, self.canvas.hover
        return self.canvas.interval

    def _light(self, notes: frozenset[Source]) -> None:
        # Said again, for the roll forgets with every change.
        if notes or self._lit:
            self._lit = notes
            self.notesHovered.emit(notes)

    def _choose(self, first: int, last: int, adding: bool) -> None:
        picture = self.canvas.picture
        if picture is None or not self._linked:
            return
        if picture.question.composition is self._composition:
            notes = picture.behind(*self.canvas.edges_of((first, last)))
            self.notesChosen.emit(notes, adding)


def _single_shot(parent: QWidget, milliseconds: int, then: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(then)
    return timer
