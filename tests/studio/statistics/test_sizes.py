"""The statistics at every size: headings stay in sight, and no diagram is stretched."""

import dataclasses
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QFontMetricsF, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition
from composer_app.studio.statistics import likeness_page
from composer_app.studio.statistics.distribution_parts import Words
from composer_app.studio.statistics.panel import StatisticsPanel
from composer_app.studio.statistics.plots.canvas import StatisticsCanvas
from composer_app.studio.widgets.theme import numeral_font
from tests.studio.statistics.test_likeness_page import COPY, PIECE, comparison
from tests.studio.support import open_statistics

SIZES = ((280, 206), (328, 206), (328, 240), (328, 500), (420, 206), (700, 206), (980, 660))
PATIENCE_MS = 60_000


@pytest.fixture
def panel(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[StatisticsPanel]:
    with open_statistics(qtbot, monkeypatch, 300) as panel:
        panel.set_composition(PIECE)
        yield panel


def in_page(panel: StatisticsPanel) -> QRect:
    """Where the headings are, in pixels of the page."""
    head, page = panel.likeness.head, panel.likeness
    return QRect(head.mapTo(page, head.rect().topLeft()), head.size())


@pytest.mark.parametrize("size", SIZES)
def test_the_headings_are_in_sight_however_low_the_panel_and_wherever_its_rows_are(
    panel: StatisticsPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    # The warning of a near-copy takes the most room above them.
    monkeypatch.setattr(likeness_page, "verdict_of", lambda piece, _: comparison(COPY, piece))
    panel.show()
    panel.show_page(likeness=True)
    qtbot.waitUntil(lambda: panel.likeness.comparison is not None, timeout=PATIENCE_MS)
    panel.resize(*size)
    page = panel.likeness
    bar = page._area.verticalScrollBar()
    for value in (0, bar.maximum() // 3, bar.maximum(), 0):
        bar.setValue(value)
        QApplication.processEvents()
        seen = page._area.viewport().geometry().translated(page._area.pos())
        assert seen.contains(in_page(panel)), value
        assert page.rect().contains(in_page(panel))
        assert page.head.isVisible()
        assert not page.head.visibleRegion().isEmpty()
    headings = page.view.headings
    assert {"percentile", "here"} <= set(headings)
    metrics = QFontMetricsF(numeral_font(11))
    for words, place in headings.items():
        assert QRectF(page.head.rect()).contains(place)
        assert metrics.horizontalAdvance(words) <= place.width()
    image = page.head.grab().toImage()
    assert not is_plain(image.copy(headings["here"].toRect())), "it is painted"


def test_the_headings_stand_above_the_rows_where_there_is_room(
    panel: StatisticsPanel, qtbot: QtBot
) -> None:
    panel.resize(328, 500)
    panel.show()
    panel.show_page(likeness=True)
    qtbot.waitUntil(lambda: panel.likeness.comparison is not None, timeout=PATIENCE_MS)
    QApplication.processEvents()
    page = panel.likeness
    rows = QRect(page.view.mapTo(page, page.view.rect().topLeft()), page.view.size())
    assert in_page(panel).topLeft() == rows.topLeft()
    assert in_page(panel).width() == rows.width()


# -- the diagram -------------------------------------------------------------------------------


def is_plain(image: QImage) -> bool:
    """Whether nothing is seen: all of it has one colour."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return len(set(bytes(image.constBits()).hex(" ", 4).split())) == 1


def is_unscaled(canvas: StatisticsCanvas) -> bool:
    """Whether the canvas shows its rendered pixel for pixel, or nothing at all."""
    shown = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    if not canvas.fits:
        return is_plain(shown)
    rendered = canvas.image.convertToFormat(QImage.Format.Format_RGB32)
    return bytes(shown.constBits()) == bytes(rendered.constBits())


def watch(qtbot: QtBot, panel: StatisticsPanel) -> None:
    """Look at the diagram every few milliseconds until the right one is there."""
    canvas = panel.distribution.canvas

    def settled() -> bool:
        if canvas.isVisible():
            assert is_unscaled(canvas), (canvas.rendered and canvas.rendered.frame, canvas.size())
        return not panel.busy and canvas.fits

    qtbot.waitUntil(settled, timeout=PATIENCE_MS)


def test_no_diagram_is_stretched_from_the_start_on(panel: StatisticsPanel, qtbot: QtBot) -> None:
    frames: list[tuple[int, int]] = []
    press = panel.distribution._runner
    draw = press.draw

    def noting(picture: object, frame: object) -> object:
        frames.append((frame.width, frame.height))  # type: ignore[attr-defined]
        return draw(picture, frame)  # type: ignore[arg-type]

    press.draw = noting  # type: ignore[method-assign,assignment]
    panel.show()
    watch(qtbot, panel)
    size = panel.distribution.canvas.size()
    assert frames[0] == (size.width(), size.height()), "the first is of the right size already"
    for height in (240, 206, 560, 300):
        panel.resize(328, height)
        watch(qtbot, panel)
    panel.resize(980, 420)
    watch(qtbot, panel)


def test_a_panel_that_changes_before_its_first_diagram_is_there_gets_the_right_one(
    panel: StatisticsPanel, qtbot: QtBot
) -> None:
    panel.show()
    qtbot.waitUntil(lambda: panel.picture is not None, timeout=PATIENCE_MS)
    assert panel.distribution.canvas.rendered is None
    panel.resize(328, 560)
    watch(qtbot, panel)
    assert panel.distribution.canvas.isVisible()


def test_a_diagram_for_another_screen_is_not_shown(panel: StatisticsPanel, qtbot: QtBot) -> None:
    panel.show()
    watch(qtbot, panel)
    canvas, page = panel.distribution.canvas, panel.distribution
    rendered = canvas.rendered
    assert rendered is not None
    page.blockSignals(True)
    canvas.blockSignals(True)
    finer = dataclasses.replace(rendered.frame, ratio=2.0)
    canvas.show_plot(dataclasses.replace(rendered, frame=finer))
    assert not canvas.fits
    assert is_plain(canvas.grab().toImage())
    QTest.mouseMove(canvas, canvas.bar_centre(3).toPoint())
    assert canvas.hover == -1
    canvas.show_plot(rendered)
    assert is_unscaled(canvas)
    assert not is_plain(canvas.grab().toImage())


def test_without_notes_there_is_no_diagram(panel: StatisticsPanel, qtbot: QtBot) -> None:
    panel.show()
    watch(qtbot, panel)
    panel.set_composition(Composition())
    qtbot.waitUntil(lambda: not panel.busy, timeout=PATIENCE_MS)
    assert not panel.distribution.canvas.isVisible()


@pytest.mark.parametrize("width", [120, 200, 384])
@pytest.mark.parametrize("room", [1, 2, 3])
def test_no_sentence_is_cut_without_an_ellipsis(qtbot: QtBot, width: int, room: int) -> None:
    words = Words()
    qtbot.addWidget(words)
    words.resize(width, 10)
    words.show()
    words.set_room(room)
    said = [
        "These pitches are not normally distributed, whatever one says of them. " * 3,
        "So it is.",
    ]
    words.show_sentences(said)
    assert words.text == " ".join(said)
    seen = [label for label in words.findChildren(QLabel) if label.isVisible()]
    assert sum(label.heightForWidth(width) for label in seen) <= words.height()
    first = seen[0].text()
    assert said[0].startswith(first.removesuffix(" …").replace("\N{NO-BREAK SPACE}", " "))
    assert first.endswith(" …") == (len(first) < len(said[0]))
    # Whole again where there is room.
    words.resize(2_000, 40)
    QApplication.processEvents()
    assert words.findChildren(QLabel)[0].text() == said[0]
