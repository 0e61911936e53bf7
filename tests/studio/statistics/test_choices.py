"""What can be chosen in the statistics panel, at any height, and how it is explained."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from composer_app.analysis.explanations import FEATURE_HELP, METRIC_HELP
from composer_app.analysis.features import FEATURES, PITCH
from composer_app.analysis.material import Source
from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.note import Note
from composer_app.studio.statistics.panel import StatisticsPanel
from composer_app.studio.widgets.elided import ElidedBox
from tests.studio.support import open_statistics

PIECE = Composition(
    tuple(
        Track(name, notes=tuple(Note(4 * i, low + (5 * i) % 7, 4) for i in range(32)))
        for name, low in (("Soprano", 67), ("Alto", 60), ("Tenor", 55), ("Bass", 43))
    )
)
PATIENCE_MS = 60_000


@pytest.fixture
def panel(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[StatisticsPanel]:
    with open_statistics(qtbot, monkeypatch, 240) as panel:
        panel.set_composition(PIECE)
        panel.show()
        rest(qtbot, panel)
        yield panel


def rest(qtbot: QtBot, panel: StatisticsPanel) -> None:
    canvas = panel.distribution.canvas
    qtbot.waitUntil(lambda: not panel.busy and canvas.picture is panel.picture, timeout=PATIENCE_MS)


def submenu(panel: StatisticsPanel, title: str) -> QMenu:
    """A menu behind the dots, as it is when it is opened."""
    menu = panel.more.menu()
    menu.aboutToShow.emit()
    found = next(each for each in menu.actions() if each.text().replace("&", "") == title)
    inside = found.menu()
    assert isinstance(inside, QMenu)
    return inside


def entries(menu: QMenu) -> dict[str, QAction]:
    return {action.text(): action for action in menu.actions()}


def test_a_low_panel_has_its_comparisons_in_the_menu(qtbot: QtBot, panel: StatisticsPanel) -> None:
    assert not panel.distribution.choices.beside.isVisible()
    offered = entries(submenu(panel, "Compare With"))
    assert list(offered) == [
        "Nothing", "The melody", "The whole piece", "Another take (none yet)",
        "Bach", "Hymns",
    ]  # fmt: skip
    assert [name for name, action in offered.items() if action.isChecked()] == ["Bach"]
    offered["Hymns"].trigger()
    rest(qtbot, panel)
    assert panel.distribution.figures.shown["from hymns"] != "–"
    # Somebody has chosen, which the arrival of the styles does not undo.
    panel.distribution.set_styles(panel.distribution.choices._styles)
    assert panel.distribution.choices.against.style == "hymn"
    entries(submenu(panel, "Compare With"))["Nothing"].trigger()
    rest(qtbot, panel)
    assert panel.picture is not None
    assert panel.picture.reference is None


def test_so_it_has_the_standard_deviation(qtbot: QtBot, panel: StatisticsPanel) -> None:
    sample = panel.picture
    assert sample is not None
    assert sample.stdev is not None
    entries(submenu(panel, "Standard Deviation"))["Population, N"].trigger()
    rest(qtbot, panel)
    assert panel.picture is not None
    n = sample.measured.values.size
    assert panel.picture.stdev == pytest.approx(sample.stdev * ((n - 1) / n) ** 0.5)
    panel.distribution.choices.features.setCurrentText("On the beat")
    assert not submenu(panel, "Standard Deviation").isEnabled(), "a binomial has but one"


def test_the_other_page_offers_its_styles(qtbot: QtBot, panel: StatisticsPanel) -> None:
    panel.show_page(likeness=True)
    assert not panel.likeness.styles.isVisible()
    entries(submenu(panel, "Compare With"))["Compared with hymns"].trigger()
    qtbot.waitUntil(lambda: panel.tabs[1].text() == "HOW HYMN-LIKE?")
    panel.resize(328, 500)
    assert panel.likeness.styles.isVisible()


def test_where_another_take_will_be_is_seen_before_there_is_one(
    qtbot: QtBot, panel: StatisticsPanel
) -> None:
    box = panel.distribution.choices.beside
    index = box.findText("Another take (none yet)")
    assert not box.model().flags(box.model().index(index, 0)) & Qt.ItemFlag.ItemIsEnabled
    assert "Generate once more" in box.itemData(index, Qt.ItemDataRole.ToolTipRole)
    assert not entries(submenu(panel, "Compare With"))["Another take (none yet)"].isEnabled()
    for seed in (1, 2):
        panel.set_composition(Composition(PIECE.tracks, origin=Origin("bach", seed, 1.0)))
    rest(qtbot, panel)
    assert box.findText("Another take (none yet)") < 0
    index = box.findText("Take 1, bach")
    assert box.model().flags(box.model().index(index, 0)) & Qt.ItemFlag.ItemIsEnabled


def test_in_a_low_panel_what_is_pointed_at_stands_in_the_figures_place(
    qtbot: QtBot, panel: StatisticsPanel
) -> None:
    page, canvas = panel.distribution, panel.distribution.canvas
    height = canvas.height()
    assert page.figures.isVisible()
    QTest.mouseMove(canvas, canvas.bar_centre(3).toPoint())
    assert page.short_readout.isVisible()
    assert not page.figures.isVisible()
    assert page.short_readout.text() == page.readout.text() != ""
    assert canvas.height() == height, "the diagram stays where it is"
    QTest.mouseMove(canvas, QPoint(1, 1))
    assert page.figures.isVisible()
    panel.resize(328, 560)
    rest(qtbot, panel)
    QTest.mouseMove(canvas, canvas.bar_centre(3).toPoint())
    assert page.figures.isVisible()
    assert page.readout.isVisible()


def test_a_page_that_is_turned_away_lights_no_notes(qtbot: QtBot, panel: StatisticsPanel) -> None:
    lit: list[frozenset[Source]] = []
    panel.notesHovered.connect(lit.append)
    canvas = panel.distribution.canvas
    canvas.set_interval((2, 4))
    assert lit[-1]
    panel.show_page(likeness=True)
    assert not lit[-1]
    panel.show_page(likeness=False)
    rest(qtbot, panel)
    assert canvas.interval == (2, 4)
    assert lit[-1], "the interval is still there"


@pytest.mark.parametrize("height", [400, 560, 900])
def test_sentences_are_shown_whole_or_not_at_all(
    qtbot: QtBot, panel: StatisticsPanel, height: int
) -> None:
    panel.resize(328, height)
    for index in range(len(FEATURES)):
        panel.distribution.choices.features.setCurrentIndex(index)
        rest(qtbot, panel)
        qtbot.waitUntil(lambda: not panel.busy)
        words = panel.distribution.words
        for label in words._labels:
            if label.isVisible():
                assert label.height() >= label.heightForWidth(label.width())
                assert label.geometry().bottom() <= words.height()


def test_numbers_stay_with_what_they_are(panel: StatisticsPanel) -> None:
    words = panel.distribution.words
    words.show_sentences(["These are not normal: p < 0.001.", "Near (mean −0.1, std. dev. 2.0)."])
    shown = [label.text() for label in words._labels]
    gap = "\N{NO-BREAK SPACE}"
    assert f"p{gap}<{gap}0.001" in shown[0]
    assert f"mean{gap}−0.1" in shown[1]
    assert f"std.{gap}dev.{gap}2.0" in shown[1]
    assert gap not in words.text


def test_what_is_measured_is_explained(panel: StatisticsPanel) -> None:
    box = panel.distribution.choices.features
    for index, feature in enumerate(FEATURES):
        tip = box.itemData(index, Qt.ItemDataRole.ToolTipRole)
        assert tip == str(FEATURE_HELP[feature.id])
        box.setCurrentIndex(index)
        assert box.toolTip() == tip
    assert FEATURE_HELP[PITCH.id].formula in str(FEATURE_HELP[PITCH.id])


def test_a_metric_s_tooltip_explains_it(qtbot: QtBot, panel: StatisticsPanel) -> None:
    panel.show_page(likeness=True)
    qtbot.waitUntil(lambda: panel.likeness.comparison is not None, timeout=PATIENCE_MS)
    comparison = panel.likeness.comparison
    assert comparison is not None
    for place in comparison.likeness.places:
        tip = panel.likeness.view._tip(place)
        help_text = METRIC_HELP[place.metric.id]
        assert help_text.sentence in tip
        assert help_text.formula in tip
        assert place.sentence in tip


def test_a_text_that_is_too_long_for_its_box_ends_in_an_ellipsis(qtbot: QtBot) -> None:
    """The same box with a text that ends in dots looks the same."""

    def painted(text: str) -> ElidedBox:
        box = ElidedBox("Something")
        qtbot.addWidget(box)
        box.addItem(text)
        box.resize(140, 32)
        box.show()
        return box

    long, short = painted("Consonant with the melody"), painted("Consonant with")
    assert long.grab().toImage() != short.grab().toImage()
    metrics = long.fontMetrics()
    cuts = (
        metrics.elidedText("Consonant with the melody", Qt.TextElideMode.ElideRight, width)
        # What fits before the arrow, which is 24 pixels wide.
        for width in range(40, 140 - 24)
    )
    assert any(
        painted(cut).grab().toImage() == long.grab().toImage() for cut in dict.fromkeys(cuts)
    )
    long.showPopup()
    assert long.view().width() > metrics.horizontalAdvance("Consonant with the melody")
    long.hidePopup()
