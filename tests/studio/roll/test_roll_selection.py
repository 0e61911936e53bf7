"""Selecting in the piano roll with mouse and keyboard, as a person does."""

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition, Track
from composer_app.music.editing.edits import with_melody_track
from composer_app.music.editing.note_edits import NoteKey, with_moved_notes, without_notes
from composer_app.music.note import Note
from composer_app.project.locks import Locks
from composer_app.studio.document.current_selection import CurrentSelection
from composer_app.studio.document.selection import Selection
from composer_app.studio.roll.painting.painter import KEYS_WIDTH, RULER_HEIGHT
from composer_app.studio.roll.view import PianoRollView
from composer_app.studio.widgets.theme import COLORS
from tests.studio.roll.test_view import color_at, picture, place_of

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier

PIECE = Composition(
    tuple(
        Track(name, notes=tuple(Note(step, pitch, 8, 90) for step in range(0, 64, 8)))
        for name, pitch in (("Soprano", 72), ("Alto", 65), ("Tenor", 57), ("Bass", 45))
    )
)


@pytest.fixture
def selection() -> CurrentSelection:
    return CurrentSelection()


@pytest.fixture
def view(qtbot: QtBot, selection: CurrentSelection) -> PianoRollView:
    widget = PianoRollView(selection)
    qtbot.addWidget(widget)
    widget.resize(900, 500)
    widget.show()
    qtbot.waitExposed(widget)
    widget.set_composition(PIECE)
    return widget


def note(track: int, index: int) -> NoteKey:
    return track, PIECE.tracks[track].notes[index]


def click(view: PianoRollView, key: NoteKey, keys: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.mouseClick(view.viewport(), LEFT, keys, middle(view, key))


def middle(view: PianoRollView, key: NoteKey) -> QPoint:
    return place_of(view, key[1].start + key[1].duration / 2, key[1].pitch)


def drag(
    view: PianoRollView, start: QPoint, end: QPoint, keys: Qt.KeyboardModifier = PLAIN
) -> None:
    QTest.mousePress(view.viewport(), LEFT, keys, start)
    for share in (0.2, 0.6, 1.0):
        QTest.mouseMove(view.viewport(), start + (end - start) * share)
    QTest.mouseRelease(view.viewport(), LEFT, keys, end)


def chosen(view: PianoRollView) -> frozenset[NoteKey]:
    return view.selection.notes


# -- mouse ---------------------------------------------------------------------------------


def test_a_click_selects_a_note_and_a_click_beside_it_nothing(
    qtbot: QtBot, view: PianoRollView, selection: CurrentSelection
) -> None:
    with qtbot.waitSignal(selection.changed) as changed:
        click(view, note(1, 2))
    assert changed.args == [Selection(frozenset({note(1, 2)}))]
    click(view, note(3, 4))
    assert chosen(view) == {note(3, 4)}
    QTest.mouseClick(view.viewport(), LEFT, PLAIN, place_of(view, 20, 69))
    assert not view.selection


@pytest.mark.parametrize("keys", [SHIFT, CTRL])
def test_with_shift_or_ctrl_clicks_add_up_and_take_back(
    view: PianoRollView, keys: Qt.KeyboardModifier
) -> None:
    click(view, note(0, 0))
    click(view, note(1, 1), keys)
    assert chosen(view) == {note(0, 0), note(1, 1)}
    click(view, note(0, 0), keys)
    assert chosen(view) == {note(1, 1)}
    QTest.mouseClick(view.viewport(), LEFT, keys, place_of(view, 20, 69))
    assert chosen(view) == {note(1, 1)}


def test_a_click_on_one_of_several_selects_it_alone(view: PianoRollView) -> None:
    view.set_selection(Selection.everything(PIECE))
    click(view, note(2, 3))
    assert chosen(view) == {note(2, 3)}


def test_the_rubber_band_selects_what_it_touches(view: PianoRollView) -> None:
    start, end = place_of(view, 20, 69), place_of(view, 34, 57)
    drag(view, start, end)
    assert chosen(view) == {note(track, index) for track in (1, 2) for index in (2, 3, 4)}
    # The other way round, and in addition.
    drag(view, place_of(view, 10, 47), place_of(view, 2, 44), SHIFT)
    assert {note(3, 0), note(3, 1)} < chosen(view)
    assert len(chosen(view)) == 8
    drag(view, end + QPoint(0, 18), start, CTRL)
    assert chosen(view) == {note(3, 0), note(3, 1)}


def test_the_band_is_seen_while_it_is_drawn_and_gone_afterwards(view: PianoRollView) -> None:
    start, end = place_of(view, 20, 69), place_of(view, 34, 61)
    empty = picture(view).pixelColor(place_of(view, 22, 68))
    QTest.mousePress(view.viewport(), LEFT, PLAIN, start)
    QTest.mouseMove(view.viewport(), (start + end) / 2)
    QTest.mouseMove(view.viewport(), end)
    assert picture(view).pixelColor(place_of(view, 22, 68)).blue() > empty.blue() + 10
    QTest.mouseRelease(view.viewport(), LEFT, PLAIN, end)
    assert picture(view).pixelColor(place_of(view, 22, 68)) == empty


def test_a_band_beyond_the_edge_scrolls_on(qtbot: QtBot, view: PianoRollView) -> None:
    view.set_zoom(40.0)
    view.horizontalScrollBar().setValue(0)
    start = place_of(view, 2, 69)
    outside = QPoint(view.viewport().width() + 200, place_of(view, 2, 60).y())
    QTest.mousePress(view.viewport(), LEFT, PLAIN, start)
    QTest.mouseMove(view.viewport(), outside)
    qtbot.waitUntil(lambda: note(1, 7) in chosen(view))
    assert view.horizontalScrollBar().value() > 0
    QTest.mouseRelease(view.viewport(), LEFT, PLAIN, outside)
    stopped = view.horizontalScrollBar().value()
    qtbot.wait(80)
    assert view.horizontalScrollBar().value() == stopped


def test_hidden_voices_are_not_selected(view: PianoRollView) -> None:
    view.set_track_visible(1, False)
    click(view, note(1, 2))
    assert not view.selection
    drag(view, place_of(view, 20, 69), place_of(view, 34, 57))
    assert {track for track, _ in chosen(view)} == {2}
    view.set_track_visible(2, False)
    assert not view.selection


def test_dragging_selected_notes_asks_for_them_to_be_moved(view: PianoRollView) -> None:
    began: list[bool] = []
    moves: list[tuple[int, int]] = []
    view.mouse.dragBegan.connect(lambda: began.append(True))
    view.mouse.dragged.connect(lambda steps, semitones: moves.append((steps, semitones)))
    start = place_of(view, 18, 65)
    drag(view, start, place_of(view, 23, 69))
    assert began == [True]
    assert moves[-1] == (5, 4)
    assert chosen(view) == {note(1, 2)}, "what is dragged is selected"
    QTest.mousePress(view.viewport(), LEFT, PLAIN, start)
    QTest.mouseMove(view.viewport(), start + QPoint(2, 1))
    QTest.mouseRelease(view.viewport(), LEFT, PLAIN, start + QPoint(2, 1))
    assert began == [True], "a click with a trembling hand is no drag"


def test_the_right_button_selects_what_the_menu_is_for(qtbot: QtBot, view: PianoRollView) -> None:
    click(view, note(0, 0))
    reason = QContextMenuEvent.Reason.Mouse
    for where in (middle(view, note(2, 2)), place_of(view, 20, 69)):
        with qtbot.waitSignal(view.menuRequested):
            there = view.viewport().mapToGlobal(where)
            QApplication.sendEvent(view.viewport(), QContextMenuEvent(reason, where, there))
        # Beside the notes the menu is for what is selected already.
        assert chosen(view) == {note(2, 2)}


# -- bars ----------------------------------------------------------------------------------


def press_ruler(view: PianoRollView, steps: tuple[float, ...], keys: Qt.KeyboardModifier) -> None:
    points = [QPoint(place_of(view, step, 60).x(), RULER_HEIGHT // 2) for step in steps]
    ruler = view.childAt(QPoint(KEYS_WIDTH + points[0].x(), RULER_HEIGHT // 2))
    assert ruler is not None
    QTest.mousePress(ruler, LEFT, keys, points[0])
    for point in points[1:]:
        QTest.mouseMove(ruler, point)
    QTest.mouseRelease(ruler, LEFT, keys, points[-1])


def test_shift_in_the_ruler_selects_bars_and_does_not_seek(view: PianoRollView) -> None:
    sought: list[float] = []
    view.seekRequested.connect(sought.append)
    press_ruler(view, (20.0,), SHIFT)
    assert view.selection == Selection.of_span(PIECE, 16, 32)
    press_ruler(view, (40.0, 30.0, 5.0), SHIFT)
    assert view.selection.span == (0, 48)
    assert sought == []
    press_ruler(view, (20.0,), PLAIN)
    assert sought == [20.0]
    assert view.selection.span == (0, 48), "seeking leaves the selection alone"


def test_selected_bars_are_seen_in_the_roll_and_in_the_ruler(view: PianoRollView) -> None:
    empty = color_at(view, 20, 69)
    press_ruler(view, (20.0,), SHIFT)
    assert color_at(view, 20, 69).blue() > empty.blue() + 8
    assert color_at(view, 40, 69).blue() < empty.blue() + 8
    ruler = view.grab().toImage()
    inside = ruler.pixelColor(KEYS_WIDTH + place_of(view, 28, 60).x(), 3)
    assert inside == QColor(COLORS.accent_soft)


def test_an_empty_roll_has_no_bars_to_select(view: PianoRollView) -> None:
    view.set_composition(Composition())
    press_ruler(view, (20.0,), SHIFT)
    assert not view.selection


# -- keyboard ------------------------------------------------------------------------------


def press(view: PianoRollView, key: Qt.Key, keys: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.keyClick(view, key, keys)


def test_left_and_right_walk_along_the_voice(view: PianoRollView) -> None:
    press(view, Qt.Key.Key_Right)
    assert chosen(view) == {note(0, 0)}
    press(view, Qt.Key.Key_Right)
    press(view, Qt.Key.Key_Right, SHIFT)
    assert chosen(view) == {note(0, 1), note(0, 2)}
    press(view, Qt.Key.Key_Left)
    assert chosen(view) == {note(0, 0)}
    press(view, Qt.Key.Key_Left)
    assert chosen(view) == {note(0, 0)}


def test_ctrl_up_and_down_walk_across_the_voices(view: PianoRollView) -> None:
    click(view, note(1, 3))
    press(view, Qt.Key.Key_Down, CTRL)
    assert chosen(view) == {note(2, 3)}
    press(view, Qt.Key.Key_Up, CTRL)
    press(view, Qt.Key.Key_Up, CTRL)
    assert chosen(view) == {note(0, 3)}


def test_what_the_keyboard_selects_is_scrolled_into_view(view: PianoRollView) -> None:
    view.set_zoom(60.0)
    view.horizontalScrollBar().setValue(0)
    click(view, note(0, 0))
    for _ in range(7):
        press(view, Qt.Key.Key_Right)
    assert chosen(view) == {note(0, 7)}
    assert view.viewport().rect().contains(middle(view, note(0, 7)))


@pytest.mark.parametrize(
    ("key", "keys", "expected"),
    [
        (Qt.Key.Key_Up, PLAIN, (0, 1)),
        (Qt.Key.Key_Down, PLAIN, (0, -1)),
        (Qt.Key.Key_Up, SHIFT, (0, 12)),
        (Qt.Key.Key_Down, SHIFT, (0, -12)),
        (Qt.Key.Key_Left, ALT, (-1, 0)),
        (Qt.Key.Key_Right, ALT, (1, 0)),
    ],
)
def test_keys_ask_for_moves(
    view: PianoRollView, key: Qt.Key, keys: Qt.KeyboardModifier, expected: tuple[int, int]
) -> None:
    nudges: list[tuple[int, int]] = []
    view.keyboard.nudged.connect(lambda steps, semitones: nudges.append((steps, semitones)))
    press(view, key, keys)
    if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
        assert nudges == [], "with nothing selected they scroll"
    view.set_selection(Selection(frozenset({note(0, 3)})))
    nudges.clear()
    press(view, key, keys)
    assert nudges == [expected]


# -- what is seen --------------------------------------------------------------------------


def frame(view: PianoRollView, key: NoteKey) -> QColor:
    """The colour just above the middle of a note."""
    x = middle(view, key).x()
    y = view.roll_geometry.y(key[1].pitch) - view.verticalScrollBar().value()
    return picture(view).pixelColor(x, y)


def test_a_selected_note_is_framed_and_brighter(view: PianoRollView) -> None:
    plain, body = frame(view, note(1, 3)), color_at(view, 30.5, 65)
    view.set_selection(Selection(frozenset({note(1, 3)})))
    assert frame(view, note(1, 3)).lightness() > plain.lightness() + 100
    assert color_at(view, 30.5, 65).lightness() > body.lightness() + 15
    view.set_selection(Selection())
    assert (frame(view, note(1, 3)), color_at(view, 30.5, 65)) == (plain, body)


def test_a_played_note_is_drawn_and_framed_where_it_sounds(
    qtbot: QtBot, view: PianoRollView
) -> None:
    view.set_zoom(40.0)
    # From step 3.5 to 6.75; on the grid from 4 to 7.
    played = Note.at_ticks(840, 1620, 65)
    rest = (Note(12, 65, 4),)
    view.set_composition(Composition((Track("Soprano", notes=rest),)))
    empty = picture(view)
    view.set_composition(Composition((Track("Soprano", notes=(played, *rest)),)))
    row = place_of(view, 0, 65).y()

    def painted() -> list[int]:
        """Pixels from step 3.5 on where the note is."""
        image, there = picture(view), place_of(view, 3.5, 65).x()
        return [
            x
            for x in range(-20, 200)
            if image.pixelColor(there + x, row) != empty.pixelColor(there + x, row)
        ]

    alone = painted()
    assert 0 <= alone[0] <= 1
    assert 128 <= alone[-1] <= 130
    view.set_selection(Selection(frozenset({(0, played)})))
    framed = painted()
    assert -3 <= framed[0] < 0
    assert alone[-1] < framed[-1] <= 133
    view.set_selection(Selection())
    assert painted() == alone


def test_highlighted_notes_stand_out_less_than_selected_ones(view: PianoRollView) -> None:
    body = color_at(view, 30.5, 65)
    view.set_highlighted({note(1, 3)})
    assert not view.selection, "they are marked, not selected"
    lit = color_at(view, 30.5, 65)
    view.set_selection(Selection(frozenset({note(2, 3)})))
    assert lit.lightness() > body.lightness()
    assert lit != body
    view.set_highlighted(())
    assert color_at(view, 30.5, 65) == body


def test_two_notes_in_one_place_are_not_twice_as_bright(view: PianoRollView) -> None:
    view.set_selection(Selection(frozenset({note(0, 3)})))
    once = color_at(view, 30.5, 72)
    tracks = (*PIECE.tracks, Track("Double", notes=PIECE.tracks[0].notes))
    view.set_composition(Composition(tracks))
    view.set_selection(Selection(frozenset({note(0, 3), (4, note(0, 3)[1])})))
    assert color_at(view, 30.5, 72) == once


def test_locked_notes_are_hatched_and_locked_bars_marked_in_the_ruler(view: PianoRollView) -> None:
    def shades(key: NoteKey) -> int:
        image, y = picture(view), middle(view, key).y() + 3
        left = place_of(view, key[1].start, 60).x() + 20
        return len({image.pixelColor(x, y).name() for x in range(left, left + 30)})

    plain = shades(note(3, 2))
    ruler = view.grab().toImage()
    view.set_locks(Locks(Selection.of_span(PIECE, 16, 32).cells(PIECE)))
    assert shades(note(3, 2)) > plain
    assert shades(note(3, 5)) == plain
    x, y = KEYS_WIDTH + place_of(view, 22, 60).x(), RULER_HEIGHT - 3
    assert view.grab().toImage().pixelColor(x, y) == QColor(COLORS.accent) != ruler.pixelColor(x, y)
    view.set_locks(Locks.none())
    assert shades(note(3, 2)) == plain


def test_other_notes_of_the_same_range_are_painted_anew(view: PianoRollView) -> None:
    before = color_at(view, 30.5, 65)
    tracks = list(PIECE.tracks)
    tracks[1] = Track("Alto", notes=tuple(Note(n.start, 60, 8) for n in tracks[1].notes))
    view.set_composition(Composition(tuple(tracks)))
    assert color_at(view, 30.5, 65) != before
    assert color_at(view, 30.5, 60).value() > 60


def test_what_is_painted_in_parts_looks_as_if_painted_at_once(
    qtbot: QtBot, view: PianoRollView
) -> None:
    moved, _ = with_moved_notes(PIECE, {note(1, 3), note(3, 6)}, 2, 1)
    shaken = with_melody_track(moved, 2)
    renamed = Composition(tuple(Track("Viola", 0, track.notes) for track in PIECE.tracks))
    locked = Locks(Selection.of_span(PIECE, 16, 32).cells(PIECE))
    sure = np.full((64, 4), 0.3, np.float32)
    for piece, confidence, locks, chosen_ in (
        (moved, None, Locks.none(), Selection.of_track(moved, 1)),
        (moved, None, locked, Selection.of_bars(moved, 0, 40)),
        (shaken, None, locked, Selection()),
        (PIECE, sure, Locks.none(), Selection.everything(PIECE)),
        (PIECE, None, Locks.none(), Selection()),
        (renamed, None, Locks.none(), Selection()),
        (without_notes(PIECE, {note(0, 1)}), None, locked, Selection.of_track(PIECE, 0)),
    ):
        view.set_composition(piece, confidence)
        view.set_locks(locks)
        view.set_selection(chosen_)
        fresh = PianoRollView()
        qtbot.addWidget(fresh)
        fresh.resize(view.size())
        fresh.show()
        fresh.set_composition(piece, confidence)
        fresh.set_locks(locks)
        fresh.set_selection(chosen_)
        assert picture(view) == picture(fresh)


def test_the_selection_follows_the_piece(view: PianoRollView) -> None:
    view.set_selection(Selection.everything(PIECE))
    view.set_composition(Composition(PIECE.tracks[:2]))
    assert chosen(view) == Selection.everything(Composition(PIECE.tracks[:2])).notes
    view.set_selection(Selection.everything(PIECE))
    assert len(chosen(view)) == 16, "what is not there cannot be selected"
    view.set_composition(Composition())
    assert not view.selection


def test_a_screen_reader_hears_what_is_selected(view: PianoRollView) -> None:
    click(view, note(1, 2))
    assert view.accessibleDescription().endswith("selected: 1 note of the alto")
    view.set_selection(Selection())
    assert "selected" not in view.accessibleDescription()


def test_a_view_that_is_made_anew_shows_what_was_selected(
    qtbot: QtBot, selection: CurrentSelection
) -> None:
    first = PianoRollView(selection)
    first.set_composition(PIECE)
    first.set_selection(Selection.of_bars(PIECE, 16, 16))
    chosen_ = selection.value
    assert chosen_.notes
    shiboken6.delete(first)
    fresh = PianoRollView(selection)
    qtbot.addWidget(fresh)
    fresh.set_composition(PIECE)
    assert selection.value == fresh.selection == chosen_
    assert fresh.accessibleDescription().endswith("selected: bar 2")
    selection.set(Selection(frozenset({note(2, 1)})))
    assert fresh.selection == Selection(frozenset({note(2, 1)}))
    assert fresh.accessibleDescription().endswith("selected: 1 note of the tenor")
