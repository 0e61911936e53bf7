import subprocess
import sys

import pytest
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.studio import statistics_panel
from composer_app.studio.statistics_panel import StatisticsPanel

PIECE = Composition(
    (
        Track("Soprano", notes=tuple(Note(4 * i, 60 + i % 12, 4, 60 + i) for i in range(48))),
        Track("Bass", notes=tuple(Note(8 * i, 40 + i % 5, 8) for i in range(24))),
    )
)
LOADING_MS = 60_000


@pytest.fixture
def panel(qtbot: QtBot) -> StatisticsPanel:
    widget = StatisticsPanel()
    qtbot.addWidget(widget)
    widget.resize(296, 460)
    return widget


@pytest.fixture
def shown(qtbot: QtBot, panel: StatisticsPanel) -> StatisticsPanel:
    panel.set_composition(PIECE)
    with qtbot.waitSignal(panel.pictureShown, timeout=LOADING_MS):
        panel.show()
    return panel


def texts(panel: StatisticsPanel) -> str:
    from PySide6.QtWidgets import QLabel

    return " | ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def test_matplotlib_waits_for_the_first_showing() -> None:
    script = (
        "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from composer_app.studio.statistics_panel import StatisticsPanel;"
        "panel = StatisticsPanel(); sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_an_empty_piece_says_what_belongs_here(qtbot: QtBot, panel: StatisticsPanel) -> None:
    panel.show()
    qtbot.waitUntil(lambda: "Notes will be measured here" in texts(panel))
    assert panel.picture is None


def test_the_picture_appears_with_its_figures(shown: StatisticsPanel) -> None:
    assert shown.picture is not None
    assert "72" in texts(shown)
    assert shown.picture.sentence in texts(shown)


@pytest.mark.parametrize(("height", "words"), [(280, 0), (360, 1), (460, 2)])
def test_words_give_way_to_the_diagram(shown: StatisticsPanel, height: int, words: int) -> None:
    shown.resize(296, height)
    picture = shown.picture
    assert picture is not None
    assert [text in texts(shown) for text in (picture.sentence, picture.caption)] == [
        words >= 1,
        words >= 2,
    ]


def test_another_choice_is_another_picture(qtbot: QtBot, shown: StatisticsPanel) -> None:
    for index in range(shown.features.count()):
        if index != shown.features.currentIndex():
            with qtbot.waitSignal(shown.pictureShown):
                shown.features.setCurrentIndex(index)
        assert shown.picture is not None
        assert shown.picture.discrete == (shown.feature.kind == "trial")
        assert not shown.grab().isNull()
    with qtbot.waitSignal(shown.pictureShown):
        shown.features.setCurrentIndex(0)
    with qtbot.waitSignal(shown.pictureShown):
        shown.tracks.setCurrentIndex(2)
    assert dict(shown.picture.numbers)["notes"] == "24"


def test_the_chosen_track_survives_a_new_take(qtbot: QtBot, shown: StatisticsPanel) -> None:
    shown.tracks.setCurrentIndex(2)
    more = Composition((*PIECE.tracks, Track("Tenor", notes=(Note(0, 50, 4),))))
    with qtbot.waitSignal(shown.pictureShown):
        shown.set_composition(more)
    assert shown.tracks.currentText() == "Bass"
    assert shown.tracks.count() == 4
    with qtbot.waitSignal(shown.pictureShown):
        shown.set_composition(Composition(PIECE.tracks[:1]))
    assert shown.tracks.currentText() == "All tracks"


def test_emptied_again(qtbot: QtBot, shown: StatisticsPanel) -> None:
    shown.set_composition(Composition())
    qtbot.waitUntil(lambda: "Notes will be measured here" in texts(shown))


def test_nothing_is_worked_out_while_hidden(
    qtbot: QtBot, shown: StatisticsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown.hide()
    calls: list[object] = []
    monkeypatch.setattr(statistics_panel, "picture_of", lambda *choice: calls.append(choice))
    shown.set_composition(Composition(PIECE.tracks[:1]))
    qtbot.wait(20)
    assert calls == []
    shown.show()
    qtbot.waitUntil(lambda: len(calls) == 1)


def test_several_changes_at_once_are_measured_once(qtbot: QtBot, shown: StatisticsPanel) -> None:
    pictures: list[None] = []
    shown.pictureShown.connect(lambda: pictures.append(None))
    for _ in range(5):
        shown.set_composition(PIECE)
    qtbot.waitUntil(lambda: bool(pictures))
    qtbot.wait(20)
    assert len(pictures) == 1


def test_without_matplotlib_the_figures_remain(
    qtbot: QtBot, panel: StatisticsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics_panel, "_PLOT_MODULE", "composer_app.no_such_module")
    panel.set_composition(PIECE)
    panel.show()
    qtbot.waitUntil(lambda: "matplotlib could not be loaded" in texts(panel))
    assert "72" in texts(panel)
