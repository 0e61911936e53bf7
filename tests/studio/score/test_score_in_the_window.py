"""The score beside the piano roll: shown by a command or a tab, drawn when it is looked at."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTabBar
from pytestqt.qtbot import QtBot

from composer_app.errors import ScoreFileError
from composer_app.music.composition import Composition
from composer_app.studio.document.selection import Selection
from composer_app.studio.score import engraver as engraver_module
from composer_app.studio.score.view import ScoreView
from composer_app.translation import verbatim
from tests.studio.score.engraved import NearEngraver, quarters
from tests.studio.support import Studio, open_studio

PIECE = quarters(12, "A piece")


@pytest.fixture
def engraver(monkeypatch: pytest.MonkeyPatch) -> NearEngraver:
    """Engraves in a thread of the jobs, without a process of its own."""
    near = NearEngraver()
    monkeypatch.setattr(engraver_module, "Engraver", lambda: near)
    return near


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path, engraver: NearEngraver) -> Iterator[Studio]:
    with open_studio(tmp_path / "data") as result:
        result.window.show()
        qtbot.waitUntil(lambda: result.window.running and not result.at_work)
        yield result


def shown(studio: Studio, qtbot: QtBot) -> ScoreView:
    """The view, once all of the piece is engraved."""
    view = studio.window.findChild(ScoreView)
    assert isinstance(view, ScoreView)

    def complete() -> bool:
        done = not studio.window.score.busy
        return done and view.score is not None and len(view.score.systems) == len(view.score)

    qtbot.waitUntil(complete, timeout=30_000)
    return view


def open_score(studio: Studio, qtbot: QtBot, piece: Composition = PIECE) -> ScoreView:
    studio.services.document.begin(piece, "Open")
    studio.window.commands.score.trigger()
    return shown(studio, qtbot)


def test_nothing_is_engraved_before_somebody_looks(
    studio: Studio, qtbot: QtBot, engraver: NearEngraver
) -> None:
    studio.services.document.begin(PIECE, "Open")
    assert studio.window.findChild(ScoreView) is None
    assert engraver.asked == []

    studio.window.commands.score.trigger()
    view = shown(studio, qtbot)

    assert view.isVisible()
    assert not studio.window.roll.isVisible()
    assert len(engraver.asked) == 1
    assert view.accessibleDescription().startswith("12 bars in 4/4")


def test_while_the_roll_is_seen_the_score_waits(
    studio: Studio, qtbot: QtBot, engraver: NearEngraver
) -> None:
    view = open_score(studio, qtbot)
    studio.window.commands.score.trigger()
    assert studio.window.roll.isVisible()
    studio.services.document.replace(quarters(3), "Change")
    studio.window.commands.score.trigger()
    qtbot.waitUntil(lambda: view.score is not None and view.score.composition == quarters(3))
    assert len(engraver.asked) == 2
    # Nothing has changed since.
    studio.window.commands.score.trigger()
    studio.window.commands.score.trigger()
    shown(studio, qtbot)
    assert len(engraver.asked) == 2


def test_a_change_is_engraved_and_undone(studio: Studio, qtbot: QtBot) -> None:
    view = open_score(studio, qtbot)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    seen = view.first_seen()
    assert seen > 0
    studio.services.document.replace(quarters(13), "Change")
    qtbot.waitUntil(lambda: view.score is not None and view.score.composition == quarters(13))
    assert view.score is not None
    assert view.score.index_of(view.first_seen()) == view.score.index_of(seen)
    studio.services.document.undo_stack.undo()
    qtbot.waitUntil(lambda: view.score is not None and view.score.composition == PIECE)


def test_another_piece_is_seen_from_its_start(studio: Studio, qtbot: QtBot) -> None:
    view = open_score(studio, qtbot)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    studio.services.document.begin(quarters(13), "Open")
    qtbot.waitUntil(lambda: view.score is not None and view.score.composition == quarters(13))
    assert view.verticalScrollBar().value() == 0


def test_the_tabs_the_command_and_the_next_start_agree(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    window = studio.window
    tabs = window.views.findChild(QTabBar)
    assert isinstance(tabs, QTabBar)
    assert [tabs.tabText(i) for i in range(tabs.count())] == ["Piano roll", "Score"]
    tabs.setCurrentIndex(1)
    assert window.commands.score.isChecked()
    assert studio.services.settings.score_shown
    tabs.setCurrentIndex(0)
    assert not window.commands.score.isChecked()
    window.commands.score.trigger()
    assert tabs.currentIndex() == 1
    view = window.findChild(ScoreView)
    assert isinstance(view, ScoreView)
    window.commands.zoom_in.trigger()
    scale = view.pixels_per_space
    window.close()
    with open_studio(tmp_path / "data") as again:
        again.window.show()
        qtbot.waitUntil(lambda: again.window.running)
        assert again.window.commands.score.isChecked()
        later = again.window.findChild(ScoreView)
        assert isinstance(later, ScoreView)
        assert later.isVisible()
        assert later.pixels_per_space == pytest.approx(scale)


def test_the_keyboard_reaches_the_score(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(PIECE, "Open")
    studio.window.roll.setFocus()
    qtbot.keyClick(
        studio.window,
        Qt.Key.Key_N,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    view = shown(studio, qtbot)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is view)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert studio.window.playback.position == 4
    # Enter in a field leads back to what is seen.
    studio.window.generate_panel.seed.setFocus()
    qtbot.keyClick(studio.window.generate_panel.seed, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is view
    studio.window.commands.score.trigger()
    assert QApplication.focusWidget() is studio.window.roll


def test_a_click_moves_the_playhead_and_sounds(studio: Studio, qtbot: QtBot) -> None:
    view = open_score(studio, qtbot)
    view.seekRequested.emit(8.0)
    view.notesTouched.emit([(1, 2), (0, 2)])
    assert studio.window.playback.position == 8
    struck = {pitch for _, kind, _, pitch in studio.sink.calls if kind == "on"}
    assert struck == {PIECE.tracks[0].notes[2].pitch, PIECE.tracks[1].notes[2].pitch}


def test_what_plays_is_lit_and_followed(studio: Studio, qtbot: QtBot) -> None:
    view = open_score(studio, qtbot)
    window = studio.window
    window.commands.play.trigger()
    assert view.sounding == {(track, 0) for track in range(4)}
    window.mixer.strips[1].mute.click()
    studio.clock.now += PIECE.tempo.seconds_at(41) + 1
    window.playback.tick()
    step = window.playback.position
    assert step > 4
    assert view.sounding == {(track, int(step) // 4) for track in (0, 2, 3)}
    window.commands.play.trigger()
    assert view.sounding == set()


def test_what_is_selected_and_locked_is_marked(studio: Studio, qtbot: QtBot) -> None:
    view = open_score(studio, qtbot)
    studio.window.chosen.set(Selection.of_bars(PIECE, 0, 1))
    assert view._span == (0, 16)
    studio.window.commands.lock.trigger()
    assert view._locked == ((0, 16),)
    studio.window.chosen.set(Selection(frozenset({(2, PIECE.tracks[2].notes[5])})))
    assert (view._selected, view._span) == ({(2, 5)}, None)


def test_zooming_is_about_the_view_that_is_seen(studio: Studio, qtbot: QtBot) -> None:
    view = open_score(studio, qtbot)
    roll, scale = studio.window.roll.roll_geometry.pixels_per_step, view.pixels_per_space
    studio.window.commands.zoom_in.trigger()
    assert view.pixels_per_space > scale
    studio.window.commands.zoom_out.trigger()
    assert view.pixels_per_space == pytest.approx(scale)
    studio.window.commands.fit.trigger()
    assert studio.window.roll.roll_geometry.pixels_per_step == roll
    shown(studio, qtbot)


def test_follow_is_that_of_the_roll(studio: Studio, qtbot: QtBot) -> None:
    studio.window.commands.follow.setChecked(False)
    view = open_score(studio, qtbot)
    assert not view._follow
    studio.window.commands.follow.setChecked(True)
    assert view._follow


def test_an_empty_piece_says_what_belongs_there(studio: Studio, qtbot: QtBot) -> None:
    studio.window.commands.score.trigger()
    view = studio.window.findChild(ScoreView)
    assert isinstance(view, ScoreView)
    assert view.notice.startswith("No notes yet")
    view._notice.button.click()
    assert studio.window.menus.samples.isVisible()
    studio.window.menus.samples.close()
    studio.window.commands.record.trigger()
    assert view.notice.startswith("Recording")
    studio.window.commands.record.trigger()
    assert view.notice.startswith("No notes yet")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ScoreFileError(verbatim("verovio is <b>gone</b>")), "verovio is <b>gone</b>"),
        (RuntimeError("nobody foresaw this"), "the piano roll shows the piece"),
    ],
)
def test_what_cannot_be_engraved_is_said_in_a_sentence_and_tried_again(
    studio: Studio,
    qtbot: QtBot,
    engraver: NearEngraver,
    error: Exception,
    said: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    engraver.error = error
    studio.services.document.begin(PIECE, "Open")
    studio.window.commands.score.trigger()
    view = studio.window.findChild(ScoreView)
    assert isinstance(view, ScoreView)
    qtbot.waitUntil(lambda: view.notice.startswith("The score cannot be shown"))
    assert said in view.notice
    assert ("nobody foresaw" in caplog.text) is isinstance(error, RuntimeError)

    engraver.error = None
    studio.window.commands.score.trigger()
    studio.window.commands.score.trigger()
    shown(studio, qtbot)
    assert view.notice == ""


def test_the_window_closes_what_engraves(
    studio: Studio, qtbot: QtBot, engraver: NearEngraver
) -> None:
    open_score(studio, qtbot)
    studio.window.close()
    assert engraver.closed


@pytest.mark.slow
def test_the_process_engraves_what_the_window_shows(qtbot: QtBot, tmp_path: Path) -> None:
    with open_studio(tmp_path / "data") as studio:
        studio.window.show()
        view = open_score(studio, qtbot)
        assert view.score is not None
        assert len(view.score.systems) == len(view.score)
