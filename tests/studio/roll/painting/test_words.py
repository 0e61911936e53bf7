"""Lyrics under the melody's notes and markers beneath the ruler."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.music.texts import Text, TextKind
from composer_app.studio.roll.geometry import RollGeometry
from composer_app.studio.roll.painting.words import (
    MARKER_HEIGHT,
    Marker,
    Syllable,
    markers,
    paint_syllables,
    syllables,
)
from composer_app.studio.roll.view import PianoRollView
from composer_app.studio.widgets.theme import COLORS

NOTES = (Note(0, 72, 4), Note(4, 74, 4), Note(8, 76, 8))


def texts(kind: TextKind, *words: tuple[int, str]) -> tuple[Text, ...]:
    return tuple(Text(tick, kind, word) for tick, word in words)


def test_a_syllable_belongs_to_the_note_it_begins_with() -> None:
    # A little early, with its note, late by a quarter, and to no note.
    words = texts("lyrics", (0, "Twin-"), (930, "kle "), (2160, "lost"), (1980, "star"))
    piece = Composition((Track("", 0, NOTES, texts=words), Track("", 0, (Note(4, 60, 4),))))
    assert syllables(piece) == (
        Syllable(0, 4, 72, "Twin-"),
        Syllable(4, 8, 74, "kle"),
        Syllable(8, 24, 76, "star"),
    )
    assert syllables(Composition()) == ()


@pytest.mark.parametrize("kind", ["lyrics", "text"])
def test_words_of_no_track_are_sung_by_the_melody(kind: TextKind) -> None:
    words = texts(kind, (0, "@TTitle"), (0, "/Oh"), (960, "my"))
    piece = Composition((Track("", 0, NOTES),), texts=words)
    assert [each.text for each in syllables(piece)] == ["Oh", "my"]


def test_markers_reach_as_far_as_the_next_one() -> None:
    said = (*texts("marker", (0, "Verse"), (3840, "Chorus")), Text(3840, "cue", "Lights"))
    assert markers(Composition((), texts=said)) == (
        Marker(0, 16, "Verse"),
        Marker(16, float("inf"), "Lights"),
    )
    assert markers(Composition()) == ()


# -- what is painted ---------------------------------------------------------------------------


def written(geometry: RollGeometry, area: QRectF, *words: Syllable) -> set[tuple[int, int]]:
    """The pixels of ``area`` that letters cover."""
    image = QImage(600, 400, QImage.Format.Format_RGB32)
    image.fill(QColor(COLORS.row))
    painter = QPainter(image)
    paint_syllables(painter, geometry, words, area)
    painter.end()
    ground = QColor(COLORS.row).rgb()
    return {(x, y) for x in range(600) for y in range(400) if image.pixel(x, y) != ground}


def test_words_stand_under_their_notes_within_their_room(qapp: QApplication) -> None:
    geometry = RollGeometry(pixels_per_step=10, row_height=12, highest=80)
    whole = QRectF(0, 0, 600, 400)
    found = written(geometry, whole, Syllable(4, 8, 74, "a very long word"))
    assert found
    left, right = geometry.x(4), geometry.x(8)
    below = geometry.y(74) + 12
    assert all(left <= x < right and below <= y < below + 16 for x, y in found)
    # No room for a letter, and out of sight.
    narrow = RollGeometry(pixels_per_step=2, row_height=12, highest=80)
    assert not written(narrow, whole, Syllable(4, 8, 74, "word"))
    assert not written(geometry, QRectF(0, 300, 600, 100), Syllable(4, 8, 74, "word"))


def picture(view: PianoRollView, area: QRectF) -> QImage:
    return view.viewport().grab(area.toRect()).toImage()


def test_the_roll_shows_words_and_markers_and_follows_them(qtbot: QtBot) -> None:
    view = PianoRollView()
    qtbot.addWidget(view)
    view.resize(900, 500)
    view.show()
    silent = Composition((Track("", 0, NOTES),))
    sung = Composition((Track("", 0, NOTES, texts=texts("lyrics", (0, "Twinkle"))),))
    top, rest = QRectF(0, 0, 600, MARKER_HEIGHT), QRectF(0, MARKER_HEIGHT, 600, 400)
    view.set_composition(silent)
    view.begin()
    before = picture(view, top), picture(view, rest)
    view.set_composition(sung)
    assert picture(view, rest) != before[1]
    view.set_track_visible(0, False)
    hidden = picture(view, rest)
    view.set_composition(silent)
    assert picture(view, rest) == hidden
    view.set_track_visible(0, True)
    assert (picture(view, top), picture(view, rest)) == before
    view.set_composition(Composition(silent.tracks, texts=texts("marker", (0, "Verse"))))
    assert picture(view, top) != before[0]
    assert picture(view, rest) == before[1]
