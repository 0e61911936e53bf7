import subprocess
import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from composer_app.analysis.features import FEATURES
from composer_app.analysis.material import Material, Source
from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.note import Note
from composer_app.palette import LIGHT
from composer_app.reporting.plots.picture import Picture
from composer_app.reporting.plots.rendered import Frame, RenderedPlot
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.statistics import distribution_page
from composer_app.studio.statistics.panel import StatisticsPanel
from composer_app.studio.statistics.plots import runner
from composer_app.studio.statistics.plots.canvas import StatisticsCanvas
from composer_app.studio.statistics.plots.runner import PlotRunner
from composer_app.studio.widgets.theme import palette
from tests.studio.support import open_statistics

PIECE = Composition(
    (
        Track("Soprano", notes=tuple(Note(4 * i, 60 + i % 12, 4, 60 + i) for i in range(48))),
        Track("Bass", notes=tuple(Note(8 * i, 40 + i % 5, 8) for i in range(24))),
    )
)
LOADING_MS = 60_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[StatisticsPanel]:
    with open_statistics(qtbot, monkeypatch, 560) as panel:
        yield panel


@pytest.fixture
def shown(qtbot: QtBot, panel: StatisticsPanel) -> StatisticsPanel:
    panel.set_composition(PIECE)
    with qtbot.waitSignal(panel.distribution.pictureShown, timeout=LOADING_MS):
        panel.show()
    rest(qtbot, panel)
    return panel


@pytest.fixture
def melody(qtbot: QtBot, shown: StatisticsPanel) -> StatisticsPanel:
    """Shows the pitches of the soprano, each in a bar of its own."""
    shown.distribution.choices.tracks.setCurrentText("Soprano")
    rest(qtbot, shown)
    return shown


def rest(qtbot: QtBot, panel: StatisticsPanel) -> None:
    """Wait until everything is shown."""
    qtbot.waitUntil(lambda: not panel.busy, timeout=LOADING_MS)


def texts(panel: StatisticsPanel) -> str:
    return " | ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def canvas_of(panel: StatisticsPanel) -> StatisticsCanvas:
    return panel.distribution.canvas


def at(panel: StatisticsPanel, value: float) -> QPoint:
    """Where the bar with ``value`` stands."""
    canvas = canvas_of(panel)
    assert canvas.picture is not None
    index = int((canvas.picture.edges <= value).sum()) - 1
    return canvas.bar_centre(index).toPoint()


def drag(panel: StatisticsPanel, first: float, last: float) -> None:
    canvas, here, there = canvas_of(panel), at(panel, first), at(panel, last)
    QTest.mousePress(canvas, LEFT, pos=here)
    QTest.mouseMove(canvas, (here + there) / 2)
    QTest.mouseMove(canvas, there)
    QTest.mouseRelease(canvas, LEFT, pos=there)


def of_pitch(*pitches: int) -> frozenset[Source]:
    return frozenset(key for key in Material.of(PIECE).notes if key[1].pitch in pitches)


# -- what is shown -------------------------------------------------------------------------


def test_matplotlib_and_scipy_wait_for_the_first_showing() -> None:
    script = (
        "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from composer_app.studio.statistics.panel import StatisticsPanel;"
        "from composer_app.studio.runtime.jobs import Jobs; panel = StatisticsPanel(Jobs());"
        "sys.exit('matplotlib' in sys.modules or 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_picture_that_comes_after_the_panel_has_gone_is_dropped(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing, gone, jobs = threading.Event(), threading.Event(), Jobs()
    draw = PlotRunner.draw

    def draw_late(runner: PlotRunner, picture: Picture, frame: Frame) -> RenderedPlot:
        drawing.set()
        assert gone.wait(LOADING_MS / 1000)
        return draw(runner, picture, frame)

    monkeypatch.setattr(PlotRunner, "draw", draw_late)
    panel = StatisticsPanel(jobs)
    panel.resize(328, 560)
    panel.set_composition(PIECE)
    panel.show()
    qtbot.waitUntil(drawing.is_set, timeout=LOADING_MS)
    shiboken6.delete(panel)
    gone.set()
    # What is raised on the way fails the test.
    qtbot.waitUntil(lambda: not jobs.busy, timeout=LOADING_MS)
    jobs.close()


def test_pyplot_is_never_imported(shown: StatisticsPanel) -> None:
    script = (
        "import sys; import composer_app.reporting.plots.plot;"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_an_empty_piece_says_what_belongs_here(qtbot: QtBot, panel: StatisticsPanel) -> None:
    panel.show()
    qtbot.waitUntil(lambda: "Notes will be measured here" in texts(panel))
    rest(qtbot, panel)
    assert panel.picture is None
    panel.show_page(likeness=True)
    assert "will be compared" in texts(panel)


def test_the_picture_appears_with_its_figures(shown: StatisticsPanel) -> None:
    assert shown.picture is not None
    assert shown.distribution.figures.shown["notes"] == "72"
    assert "normally distributed" in shown.distribution.words.text
    assert not canvas_of(shown).image.isNull()


def test_every_choice_is_another_picture(qtbot: QtBot, shown: StatisticsPanel) -> None:
    choices = shown.distribution.choices
    for index in range(len(FEATURES)):
        choices.features.setCurrentIndex(index)
        rest(qtbot, shown)
        assert shown.picture is not None
        assert shown.picture.feature == FEATURES[index]
        assert canvas_of(shown).picture is shown.picture
    choices.features.setCurrentIndex(0)
    choices.tracks.setCurrentText("Bass")
    choices.spread.setCurrentIndex(1)
    rest(qtbot, shown)
    assert shown.distribution.figures.shown["notes"] == "24"
    assert shown.picture.stdev == pytest.approx(np.std([n.pitch for n in PIECE.tracks[1].notes]))


def test_bach_stands_beside_it_until_somebody_chooses(qtbot: QtBot, shown: StatisticsPanel) -> None:
    beside = shown.distribution.choices.beside
    assert beside.currentText() == "Bach"
    assert shown.picture is not None
    assert shown.picture.reference is not None
    beside.setCurrentIndex(0)
    rest(qtbot, shown)
    assert shown.picture.reference is None


def test_another_take_can_be_compared(qtbot: QtBot, shown: StatisticsPanel) -> None:
    takes = [
        Composition((Track("Soprano", notes=(Note(0, 60 + i, 4),)),), origin=Origin("m", i, 1.0))
        for i in range(3)
    ]
    for take in takes:
        shown.set_composition(take)
    beside = shown.distribution.choices.beside
    names = [beside.itemText(index) for index in range(beside.count())]
    assert [name for name in names if name.startswith("Take")] == ["Take 1, m", "Take 0, m"]
    beside.setCurrentText("Take 0, m")
    rest(qtbot, shown)
    assert shown.picture is not None
    assert shown.picture.distance is not None
    assert shown.picture.distance.value == 2


def test_the_chosen_track_survives_a_new_take(qtbot: QtBot, shown: StatisticsPanel) -> None:
    tracks = shown.distribution.choices.tracks
    tracks.setCurrentText("Bass")
    more = Composition((*PIECE.tracks, Track("Tenor", notes=(Note(0, 50, 4),))))
    shown.set_composition(more)
    assert tracks.currentText() == "Bass"
    assert tracks.count() == 5
    shown.set_composition(Composition(PIECE.tracks[:1]))
    assert tracks.currentText() == "All tracks"


def test_emptied_again(qtbot: QtBot, shown: StatisticsPanel) -> None:
    shown.set_composition(Composition())
    qtbot.waitUntil(lambda: "Notes will be measured here" in texts(shown))
    assert shown.distribution.figures.shown["notes"] == "0"


def test_nothing_is_worked_out_while_hidden(
    qtbot: QtBot, shown: StatisticsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown.hide()
    calls: list[object] = []
    monkeypatch.setattr(distribution_page, "picture_of", calls.append)
    shown.set_composition(Composition(PIECE.tracks[:1]))
    qtbot.wait(30)
    assert calls == []
    shown.show()
    qtbot.waitUntil(lambda: len(calls) == 1)


def test_several_changes_at_once_are_measured_once(qtbot: QtBot, shown: StatisticsPanel) -> None:
    pictures: list[None] = []
    shown.distribution.pictureShown.connect(lambda: pictures.append(None))
    for _ in range(5):
        shown.set_composition(Composition(PIECE.tracks))
    rest(qtbot, shown)
    assert len(pictures) == 1


def test_without_matplotlib_the_figures_remain(
    qtbot: QtBot, panel: StatisticsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PLOT_MODULE", "composer_app.no_such_module")
    panel.set_composition(PIECE)
    panel.show()
    rest(qtbot, panel)
    assert "matplotlib could not be loaded" in texts(panel)
    assert panel.distribution.figures.shown["notes"] == "72"


@pytest.mark.parametrize("height", [176, 240, 411, 900])
def test_what_does_not_fit_gives_way_to_the_diagram(
    qtbot: QtBot, shown: StatisticsPanel, height: int
) -> None:
    shown.resize(328, height)
    rest(qtbot, shown)
    page, canvas = shown.distribution, canvas_of(shown)
    assert shown.height() == height, "nothing asks for more room"
    assert canvas.isVisible()
    assert canvas.height() >= 80
    inside = [w for w in (page.readout, page.figures, page.words) if w.isVisible()]
    bottoms = [w.mapTo(shown, QPoint(0, w.height())).y() for w in inside]
    assert all(bottom <= height for bottom in bottoms)
    assert page.choices.beside.isVisible() == (height >= 330)


def test_a_new_size_and_a_new_theme_are_drawn_anew(
    qtbot: QtBot, shown: StatisticsPanel, qapp: QApplication
) -> None:
    canvas = canvas_of(shown)
    shown.resize(360, 700)
    rest(qtbot, shown)
    assert canvas.image.size() == canvas.size() * canvas.devicePixelRatioF()
    try:
        qapp.setPalette(palette(LIGHT))
        qtbot.waitUntil(lambda: canvas.image.pixelColor(1, 1) == QColor(LIGHT.surface))
    finally:
        qapp.setPalette(palette())


# -- pointing ------------------------------------------------------------------------------


def test_a_bar_that_is_pointed_at_lights_up_its_notes(melody: StatisticsPanel) -> None:
    shown = melody
    lit: list[frozenset[Source]] = []
    shown.notesHovered.connect(lit.append)
    canvas = canvas_of(shown)
    QTest.mouseMove(canvas, at(shown, 64))
    assert lit == [of_pitch(64)]
    reading = shown.distribution.readout.reading
    assert reading is not None
    assert reading.sentence.startswith("E4: 4 (8.3 %) · curve ")
    QTest.mouseMove(canvas, QPoint(2, 2))
    assert lit[-1] == frozenset()
    assert shown.distribution.readout.reading is None


def test_a_click_asks_for_exactly_the_notes_behind_the_bar(melody: StatisticsPanel) -> None:
    shown = melody
    chosen: list[tuple[frozenset[Source], bool]] = []
    shown.notesChosen.connect(lambda notes, adding: chosen.append((notes, adding)))
    QTest.mouseClick(canvas_of(shown), LEFT, pos=at(shown, 67))
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(canvas_of(shown), LEFT, shift, at(shown, 60))
    assert chosen == [(of_pitch(67), False), (of_pitch(60), True)]


def test_a_dragged_interval_is_read_and_can_be_selected(melody: StatisticsPanel) -> None:
    shown = melody
    lit: list[frozenset[Source]] = []
    chosen: list[frozenset[Source]] = []
    shown.notesHovered.connect(lit.append)
    shown.notesChosen.connect(lambda notes, _: chosen.append(notes))
    drag(shown, 64, 60)
    assert lit[-1] == of_pitch(60, 61, 62, 63, 64)
    assert chosen == [], "dragging is not clicking"
    QTest.mouseMove(canvas_of(shown), QPoint(2, 2))
    reading = shown.distribution.readout.reading
    assert reading is not None
    assert (reading.observed, reading.total) == (20, 48)
    assert reading.expected is not None
    QTest.mouseClick(canvas_of(shown), LEFT, pos=at(shown, 62))
    assert chosen == [of_pitch(60, 61, 62, 63, 64)]


def test_an_interval_stays_on_its_values_when_bars_are_added(
    qtbot: QtBot, shown: StatisticsPanel
) -> None:
    drag(shown, 60, 63)
    canvas = canvas_of(shown)
    assert canvas.interval is not None
    before = canvas.edges_of(canvas.interval)
    lower = Track("Bass", notes=(*PIECE.tracks[1].notes, Note(200, 30, 4)))
    shown.set_composition(Composition((PIECE.tracks[0], lower)))
    rest(qtbot, shown)
    assert canvas.interval is not None
    width = canvas.picture.edges[1] - canvas.picture.edges[0] if canvas.picture else 0
    low, high = canvas.edges_of(canvas.interval)
    assert abs(low - before[0]) <= width
    assert abs(high - before[1]) <= width


def test_the_keyboard_points_selects_and_ends(shown: StatisticsPanel) -> None:
    chosen: list[frozenset[Source]] = []
    shown.notesChosen.connect(lambda notes, _: chosen.append(notes))
    canvas = canvas_of(shown)
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.picture is not None
    last = canvas.picture.heights.size - 1
    assert canvas.hover == last
    QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.interval == (last - 1, last)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert chosen == [canvas.picture.behind(*canvas.edges_of((last - 1, last)))]
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert (canvas.interval, canvas.hover) == (None, -1)


def test_the_selection_is_shown_against_the_whole(qtbot: QtBot, shown: StatisticsPanel) -> None:
    shown.set_selection(of_pitch(60, 61))
    rest(qtbot, shown)
    assert shown.picture is not None
    assert shown.picture.chosen is not None
    assert shown.picture.chosen.size == 8
    assert shown.distribution.words.text.startswith("Selected: 8 of 72 notes")
    shown.set_selection(frozenset())
    rest(qtbot, shown)
    assert shown.picture.chosen is None


def test_while_recording_what_is_played_is_measured(qtbot: QtBot, shown: StatisticsPanel) -> None:
    lit: list[frozenset[Source]] = []
    shown.set_recording_notes(((60, 90, 0.0, 4.0), (62, 70, 4.0, 7.6)))
    rest(qtbot, shown)
    assert shown.distribution.figures.shown["notes"] == "2"
    shown.notesHovered.connect(lit.append)
    QTest.mouseMove(canvas_of(shown), at(shown, 60))
    QTest.mouseClick(canvas_of(shown), LEFT, pos=at(shown, 60))
    assert shown.distribution.readout.reading is not None
    assert lit == [], "the roll has no such notes"
    shown.set_recording_notes(())
    rest(qtbot, shown)
    assert shown.distribution.figures.shown["notes"] == "72"
