"""The rows of a drum track are called by its drums, wherever they are seen."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition, Track
from composer_app.music.instrumentation.instruments import DRUM_NAMES, SHORT_DRUM_NAMES
from composer_app.music.note import Note
from composer_app.studio.document.selection import Selection
from composer_app.studio.roll.margins import KeyColumn
from composer_app.studio.roll.notes import describe_note, named_drums, tracks_of
from composer_app.studio.roll.painting.painter import KEYS_WIDTH
from composer_app.studio.roll.view import PianoRollView
from composer_app.studio.widgets.theme import COLORS, text_font

BEAT = Track("Beat", 0, (Note(0, 36, 1), Note(4, 38, 1), Note(8, 36, 1)), drums=True)
TUNE = Track("Tune", 0, (Note(0, 60, 4), Note(4, 36, 4)))
PIECE = Composition((TUNE, BEAT))


@pytest.fixture
def view(qtbot: QtBot) -> PianoRollView:
    widget = PianoRollView()
    qtbot.addWidget(widget)
    widget.resize(900, 700)
    widget.set_composition(PIECE)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def keys(view: PianoRollView) -> KeyColumn:
    column = view.findChild(KeyColumn)
    assert isinstance(column, KeyColumn)
    return column


def test_names_follow_what_is_shown_and_selected(view: PianoRollView) -> None:
    assert keys(view).drums == {36, 38}
    view._chosen.set(Selection(frozenset({(0, TUNE.notes[0])})))
    assert keys(view).drums == set()
    view._chosen.set(Selection(frozenset({(0, TUNE.notes[0]), (1, BEAT.notes[0])})))
    assert keys(view).drums == {36, 38}
    view.set_track_visible(1, False)
    assert keys(view).drums == set()
    view.set_track_visible(1, True)
    view._chosen.set(Selection())
    less = replace(BEAT, notes=BEAT.notes[:1])
    view.set_composition(replace(PIECE, tracks=(TUNE, less)))
    assert keys(view).drums == {36}
    view.set_composition(replace(PIECE, tracks=(TUNE,)))
    assert keys(view).drums == set()


def test_a_named_row_has_letters_instead_of_a_key(view: PianoRollView) -> None:
    def colors() -> set[str]:
        column, roll = keys(view), view.roll_geometry
        image = column.grab().toImage()
        top = roll.y(38) - view.verticalScrollBar().value()
        assert roll.row_height >= 8
        rows = range(top + 1, top + roll.row_height - 1)
        return {QColor(image.pixel(x, y)).name() for x in range(2, 50) for y in rows}

    view.set_zoom(20)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    named = colors()
    assert QColor(COLORS.raised).name() in named
    assert len(named) > 3
    view.set_track_visible(1, False)
    assert QColor(COLORS.raised).name() not in colors()


def test_the_key_under_the_mouse_is_named(view: PianoRollView) -> None:
    def tip(pitch: int) -> str:
        y = view.roll_geometry.y(pitch) + 1 - view.verticalScrollBar().value()
        place = QPoint(5, y)
        event = QHelpEvent(QEvent.Type.ToolTip, place, keys(view).mapToGlobal(place))
        QApplication.sendEvent(keys(view), event)
        return QToolTip.text()

    assert tip(38) == "Acoustic snare (38)"
    assert tip(60) == "C4 (60)"
    view.set_track_visible(1, False)
    assert tip(38) == "D2 (38)"


def test_a_note_of_a_drum_track_is_a_drum() -> None:
    assert describe_note("Beat", BEAT.notes[0], PIECE, drums=True).startswith("Beat: Bass drum 1,")
    odd = Note(0, 5, 1)
    assert describe_note("Beat", odd, PIECE, drums=True).startswith("Beat: drum 5,")
    tune, beat = tracks_of(PIECE)
    assert (tune.name_of(36), beat.name_of(36), beat.name_of(5)) == ("C2", "Kick", "5")
    assert named_drums([tune, beat], ()) == {36, 38}
    assert named_drums([tune, None], ()) == set()


def test_every_name_has_room_beside_the_keys(qtbot: QtBot) -> None:
    assert SHORT_DRUM_NAMES.keys() == DRUM_NAMES.keys()
    assert len(set(SHORT_DRUM_NAMES.values())) == len(SHORT_DRUM_NAMES)
    metrics = QFontMetrics(text_font(10))
    # With some pixels to spare, for the letters of other systems are wider.
    widths = {name: metrics.horizontalAdvance(name) for name in SHORT_DRUM_NAMES.values()}
    assert max(widths.values()) <= KEYS_WIDTH - 5
