"""The score view: what a click means, what follows the playhead, what it says without a score."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from composer_app.notation.writing.engraving_process import Drawn
from composer_app.studio.runtime.settings import USUAL_SCORE_SCALE
from composer_app.studio.score.engraved_score import NoteIndex
from composer_app.studio.score.view import _MARGIN, LARGEST_SCALE, SMALLEST_SCALE, ScoreView
from composer_app.studio.widgets.theme import COLORS, voice_color
from tests.studio.score.engraved import engraved, quarters

PIECE = quarters(24)


@pytest.fixture
def view(qtbot: QtBot) -> ScoreView:
    result = ScoreView(USUAL_SCORE_SCALE)
    qtbot.addWidget(result)
    result.resize(620, 400)
    result.show()
    result.show_score(engraved(PIECE, result.width_in_spaces), "24 bars", from_start=True)
    return result


def head(view: ScoreView, index: int, note: NoteIndex) -> QPoint:
    """The viewport pixel in the middle of a note's head."""
    assert view.score is not None
    ((owner, _),) = view.score.owners(index, [note])
    left, top, right, bottom = (n / 180 for n in view.score.systems[index].heads[owner])
    scale = view.pixels_per_space
    x = _MARGIN + (left + right) / 2 * scale
    y = _MARGIN + (view.score.top(index) + (top + bottom) / 2) * scale
    return QPoint(round(x), round(y) - view.verticalScrollBar().value())


def pixels(view: ScoreView) -> QImage:
    return view.viewport().grab().toImage()


def count(view: ScoreView, color: QColor | str) -> int:
    image = pixels(view).convertToFormat(QImage.Format.Format_RGB32)
    seen = np.frombuffer(image.constBits(), np.uint32)
    return int(np.count_nonzero(seen == QColor(color).rgb()))


def test_a_click_on_a_note_goes_there_and_says_which(view: ScoreView, qtbot: QtBot) -> None:
    sought: list[float] = []
    touched: list[list[NoteIndex]] = []
    view.seekRequested.connect(sought.append)
    view.notesTouched.connect(touched.append)

    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=head(view, 0, (1, 2)))

    assert sought == [8]
    assert touched == [[(1, 2)]]


def test_a_click_beside_notes_goes_to_the_nearest_sign(view: ScoreView, qtbot: QtBot) -> None:
    sought: list[float] = []
    touched: list[list[NoteIndex]] = []
    view.seekRequested.connect(sought.append)
    view.notesTouched.connect(touched.append)

    place = head(view, 0, (1, 2)) + QPoint(0, 25)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=place)

    assert sought == [8]
    assert touched == []


def test_arrows_go_from_note_to_note(view: ScoreView, qtbot: QtBot) -> None:
    sought: list[float] = []
    view.seekRequested.connect(sought.append)
    view.seekRequested.connect(view.set_playhead)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(view, key)
    assert sought == [4, 8, 4]
    before = view.verticalScrollBar().value()
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    assert view.verticalScrollBar().value() > before


def test_what_sounds_has_the_colour_of_its_voice(view: ScoreView) -> None:
    alto = voice_color(1)
    assert count(view, alto) == 0
    view.set_sounding(frozenset({(1, 0)}))
    assert count(view, alto) > 20
    view.set_sounding(frozenset())
    assert count(view, alto) == 0


def test_selected_bars_have_a_ground_and_selected_notes_a_colour(view: ScoreView) -> None:
    view.set_selected(frozenset({(0, 0)}), (0, 16))
    ground = count(view, COLORS.accent_soft)
    assert ground > 5_000
    assert count(view, COLORS.accent) == 0
    view.set_selected(frozenset({(0, 0)}))
    assert count(view, COLORS.accent_soft) == 0
    assert count(view, COLORS.accent) > 20


def test_locked_bars_have_a_padlock(view: ScoreView) -> None:
    view.set_locked([(0, 16)])
    assert count(view, COLORS.accent) > 20
    view.set_locked([])
    assert count(view, COLORS.accent) == 0


def test_the_playhead_turns_the_page_while_it_is_followed(view: ScoreView) -> None:
    assert view.score is not None
    bar, step = view.verticalScrollBar(), view.score.start_of(2)
    view.set_playhead(step)
    assert bar.value() > 0

    # Who has scrolled away looks elsewhere.
    bar.setValue(0)
    view.set_playhead(step + 1)
    assert bar.value() == 0

    view.set_follow(True)
    assert bar.value() > 0
    view.set_follow(False)
    bar.setValue(0)
    view.set_playhead(0)
    view.set_playhead(step)
    assert bar.value() == 0


def test_zooming_shows_at_once_and_asks_for_other_systems(view: ScoreView, qtbot: QtBot) -> None:
    width, scale = view.width_in_spaces, view.pixels_per_space
    with qtbot.waitSignals([view.layoutWanted, view.zoomChanged]):
        view.zoom_in()
    assert view.pixels_per_space == pytest.approx(1.25 * scale)
    assert view.width_in_spaces < width
    view.zoom_out()
    assert view.pixels_per_space == pytest.approx(scale)
    for _ in range(20):
        view.zoom_out()
    assert view.pixels_per_space == SMALLEST_SCALE
    for _ in range(20):
        view.zoom_in()
    assert view.pixels_per_space == LARGEST_SCALE


def test_the_wheel_zooms_with_ctrl_only(view: ScoreView) -> None:
    scale = view.pixels_per_space
    for modifier in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier):
        assert view.pixels_per_space == scale
        place = QPointF(view.viewport().rect().center())
        QApplication.sendEvent(
            view.viewport(),
            QWheelEvent(place, view.viewport().mapToGlobal(place), QPoint(), QPoint(0, 120),
                        Qt.MouseButton.NoButton, modifier, Qt.ScrollPhase.NoScrollPhase, False),
        )  # fmt: skip
    assert view.pixels_per_space == pytest.approx(1.25 * scale)


def test_fit_shows_all_that_can_still_be_read(view: ScoreView) -> None:
    view.show_score(engraved(quarters(2), view.width_in_spaces), "2 bars", from_start=True)
    view.fit()
    assert view.pixels_per_space <= USUAL_SCORE_SCALE
    view.show_score(engraved(quarters(2), view.width_in_spaces), "2 bars", from_start=False)
    assert view.verticalScrollBar().maximum() == 0


def test_systems_that_come_later_move_nothing_that_is_seen(view: ScoreView) -> None:
    width = view.width_in_spaces
    whole, part = engraved(PIECE, width), engraved(PIECE, width, systems=0)
    view.show_score(part, "24 bars", from_start=True)
    bar = view.verticalScrollBar()
    bar.setValue(round(part.top(3) * view.pixels_per_space) + _MARGIN + 5)
    assert view.nearest_to_see() == 3
    for index in (3, 0, 1):
        view.add_systems(Drawn({index: whole.systems[index]}, whole.outlines))
        assert view.nearest_to_see() == 3
        above = bar.value() - _MARGIN - round(part.top(3) * view.pixels_per_space)
        assert above == pytest.approx(5, abs=2)


def test_another_layout_shows_the_same_bars(view: ScoreView) -> None:
    assert view.score is not None
    view.verticalScrollBar().setValue(round(view.score.top(3) * view.pixels_per_space) + _MARGIN)
    seen = view.first_seen()
    view.show_score(engraved(PIECE, 50), "24 bars", from_start=False)
    assert view.score.index_of(seen) == view.score.index_of(view.first_seen())
    view.show_score(engraved(PIECE, 50), "24 bars", from_start=True)
    assert view.verticalScrollBar().value() == 0


def test_a_notice_takes_the_place_of_the_score(view: ScoreView, qtbot: QtBot) -> None:
    assert view.notice == ""
    assert view.accessibleName() == "Score"
    assert view.accessibleDescription() == "24 bars"
    view.show_notice("No notes yet", "Play <b>something</b>.", inviting=True)
    assert view.notice == "No notes yet Play <b>something</b>."
    assert view.accessibleDescription() == "No notes yet. Play <b>something</b>."
    assert view.score is None
    with qtbot.waitSignal(view.emptyActionRequested):
        view._notice.button.click()
    view.show_notice("Engraving the score…")
    assert not view._notice.button.isVisible()
    # Nothing to click, to follow or to zoom.
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton)
    view.set_playhead(3)
    view.fit()
    view.zoom_in()


def test_long_pieces_are_not_all_kept_as_pixels(view: ScoreView) -> None:
    view.show_score(engraved(quarters(40), 44), "40 bars", from_start=True)
    bar = view.verticalScrollBar()
    for value in range(0, bar.maximum(), bar.pageStep()):
        bar.setValue(value)
        pixels(view)
    assert view.score is not None
    assert len(view._pictures) < len(view.score)
