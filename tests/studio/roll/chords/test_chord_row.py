"""The row of chords above the piano roll."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition, Track
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.studio.roll.chords.chord_row import CHORDS_HEIGHT, ShownChord
from composer_app.studio.roll.chords.chord_words import shown_chords
from composer_app.studio.roll.view import PianoRollView
from composer_app.studio.widgets.theme import COLORS
from tests.music.chord_symbols import symbol
from tests.studio.support import Studio, open_studio

PIECE = Composition(
    (Track("Piano", 0, tuple(Note(16 * bar, 60, 16) for bar in range(4))),),
    keys=(KeyChange(0, Key(0)),),
    chords=(
        symbol("C", 0),
        symbol("G7/B", 3840),
        symbol("Am", 7680, given=False),
        symbol("N.C.", 11520),
        symbol("F", 99_999),
    ),
)


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as opened:
        yield opened


@pytest.fixture
def view(qtbot: QtBot) -> PianoRollView:
    widget = PianoRollView()
    qtbot.addWidget(widget)
    widget.resize(900, 400)
    widget.set_chord_row_visible(True)
    widget.set_composition(PIECE)
    widget.begin()
    widget.set_chords(shown_chords(PIECE))
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def picture(view: PianoRollView) -> QImage:
    return view.chord_row.grab().toImage()


def ink(image: QImage, left: int, right: int) -> int:
    """How many pixels between two columns are not the ground."""
    ground = QColor(COLORS.surface)
    rows = range(CHORDS_HEIGHT - 1)
    return sum(image.pixelColor(x, y) != ground for x in range(left, right) for y in rows)


def test_a_piece_without_chords_shows_none() -> None:
    assert shown_chords(Composition()) == []
    assert shown_chords(replace(PIECE, chords=())) == []


def test_what_is_shown_of_a_piece() -> None:
    shown = shown_chords(PIECE)
    assert [(each.start, each.end, each.name, each.numeral, each.given) for each in shown] == [
        (0, 16, "C", "I", True),
        (16, 32, "G7/B", "V6/5", True),
        (32, 48, "Am", "vi", False),
        (48, 64, "N.C.", "N.C.", True),
    ]
    tips = [chord.tip.split("\n") for chord in shown_chords(PIECE)]
    assert tips[1] == ["G7/B: V6/5 in C major", "G B D F", "given"]
    assert tips[2] == ["Am: vi in C major", "A C E", "heard in the notes, or planned"]
    assert tips[3] == ["No chord", "given"]
    odd = replace(PIECE, chords=(symbol("C/D", 0),))
    assert shown_chords(odd)[0].tip.split("\n")[1] == "D C E G, with another bass"


def test_the_row_stands_between_ruler_and_roll(view: PianoRollView) -> None:
    row = view.chord_row
    assert row.geometry().bottom() + 1 == view.viewport().geometry().top()
    assert row.geometry().left() == view.viewport().geometry().left()
    before = view.viewport().height()
    view.set_chord_row_visible(False)
    assert view.viewport().height() == before + CHORDS_HEIGHT
    assert not row.isVisible()


def test_names_stand_where_their_chords_begin(view: PianoRollView) -> None:
    image, x = picture(view), view.roll_geometry.x
    for step in (0, 16, 32, 48):
        begin = round(x(step))
        assert ink(image, begin, begin + 30) > 10
        assert ink(image, begin + 60, begin + 90) == 0


def test_given_ones_are_bold(view: PianoRollView) -> None:
    def of(given: bool) -> int:
        view.set_chords([ShownChord(0, 64, "Gm7", "v7", given)])
        return ink(picture(view), 8, 60)

    assert of(True) > of(False)


def test_numerals_and_words_for_those_who_hear_them(view: PianoRollView) -> None:
    row = view.chord_row
    assert row.accessibleName() == "Chords"
    assert row.accessibleDescription() == "C, G7/B, Am, N.C."
    names = picture(view)
    view.set_numerals(True)
    assert row.accessibleDescription() == "I, V6/5, vi, N.C."
    assert picture(view) != names
    view.set_chords(())
    assert row.accessibleDescription() == "No chords are given, and none are heard"
    assert ink(picture(view), 0, row.width()) == 0
    many = [ShownChord(step, step + 1, "C", "I", True) for step in range(300)]
    view.set_chords(many)
    assert row.accessibleDescription().count("I") == 200
    assert row.accessibleDescription().endswith(" and more")


def test_a_name_is_still_read_when_its_chord_began_further_left(view: PianoRollView) -> None:
    view.set_zoom(40)
    view.horizontalScrollBar().setValue(round(view.roll_geometry.x(8)))
    assert ink(picture(view), 0, 30) > 10


def test_little_room_lets_names_reach_over_others_then_leaves_lines(
    view: PianoRollView,
) -> None:
    names = [ShownChord(2 * i, 2 * i + 2, "F♯m7♭5/A", "x", True) for i in range(8)]
    view.set_chords(names)
    view.set_zoom(20)
    view.horizontalScrollBar().setValue(0)
    image, rows = picture(view), range(CHORDS_HEIGHT - 1)
    # A name reaches over the next chord, of which a mark below is left.
    line = QColor(COLORS.line_strong)
    lines = [sum(image.pixelColor(x, y) == line for y in rows) for x in range(image.width())]
    high, low = (min(height for height in lines if height > least) for least in (3, 0))
    assert low == 3 < high
    assert [height for height in lines if height] == [high, low] * 4
    begins = [x for x, height in enumerate(lines) if height]
    assert all(ink(image, x + 2, x + 20) > 10 for x in begins)
    view.set_chords([ShownChord(i / 8, (i + 1) / 8, "C", "I", True) for i in range(64)])
    view.set_zoom(4)
    crowded = picture(view)
    marked = [x for x in range(crowded.width()) if crowded.pixelColor(x, CHORDS_HEIGHT - 6) == line]
    assert len(marked) > 5
    assert all(after - before >= 3 for before, after in pairwise(marked)), "no grey field"


def test_a_name_of_which_nothing_can_be_read_is_left_out(view: PianoRollView) -> None:
    view.set_zoom(20)
    room = view.roll_geometry.x(1) - view.roll_geometry.x(0)
    step = 21 / room
    view.set_chords([ShownChord(0, step, "F♯m7♭5/A", "x", True)])
    assert ink(picture(view), 3, 18) == 0


def test_the_tip_says_what_the_chord_is(view: PianoRollView) -> None:
    row = view.chord_row
    place = QPoint(round(view.roll_geometry.x(20)), 10)
    help_event = QHelpEvent(QEvent.Type.ToolTip, place, row.mapToGlobal(place))
    assert QApplication.sendEvent(row, help_event)
    assert QToolTip.text().startswith("G7/B: V6/5 in C major")
    assert row.chord_at(round(view.roll_geometry.x(64)) + 5) is None


def test_the_window_shows_what_is_given_or_heard(studio: Studio, qtbot: QtBot) -> None:
    row, commands = studio.window.roll.chord_row, studio.window.commands
    chords = ((0, (48, 64, 67)), (16, (47, 62, 67)))
    notes = tuple(Note(step, pitch, 16) for step, pitches in chords for pitch in pitches)
    heard = Composition((Track("Piano", 0, notes),), keys=PIECE.keys)
    document = studio.services.document
    document.begin(heard, "Open", None)
    qtbot.waitUntil(lambda: [chord.name for chord in row.chords] == ["C", "G/B"])
    assert not any(chord.given for chord in row.chords)
    document.begin(PIECE, "Open", None)
    qtbot.waitUntil(lambda: [chord.name for chord in row.chords][:2] == ["C", "G7/B"])
    commands.numerals.trigger()
    assert row.accessibleDescription().startswith("I, V6/5")
    assert studio.services.settings.chord_numerals
    commands.chords.trigger()
    assert not row.isVisibleTo(studio.window.roll)
    assert not studio.services.settings.chord_row
    commands.numerals.trigger()
    commands.numerals.trigger()
    # Numerals that nobody sees would be no answer.
    assert row.isVisibleTo(studio.window.roll)
    document.begin(Composition(), "New", None)
    qtbot.waitUntil(lambda: row.chords == ())
