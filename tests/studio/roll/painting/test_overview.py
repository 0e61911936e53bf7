"""Notes from far away: which pixels they take, and how their marks merge."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from composer_app.music.note import Note
from composer_app.studio.roll.geometry import LEAD, RollGeometry
from composer_app.studio.roll.notes import TrackNotes
from composer_app.studio.roll.painting import painter as module
from composer_app.studio.roll.painting.marks import MarkedNotes
from composer_app.studio.roll.painting.overview import NEAR, cells_of, is_far, marked_rects, runs
from composer_app.studio.roll.painting.painter import paint_tile
from composer_app.studio.widgets.theme import COLORS

FAR = RollGeometry(pixels_per_step=0.1, row_height=8, steps=16_000)
AREA = QRectF(0, 0, 512, 512)


def cells(*notes: tuple[float, float, int, int]) -> list[list[int]]:
    left, right, row, level = (np.array(column) for column in zip(*notes, strict=True))
    floats = left.astype(np.float64), right.astype(np.float64)
    found: list[list[int]] = cells_of(*floats, row, level.astype(np.int16), (2, 6)).tolist()
    return found


def test_each_note_takes_a_column_at_least() -> None:
    assert cells((1.0, 1.1, 0, 3), (4.2, 4.3, 1, 2)) == [[0, 3, 0, 0, 0, 0], [0, 0, 0, 0, 2, 0]]


def test_the_loudest_note_of_a_pixel_is_seen() -> None:
    assert cells((0, 3, 0, 2), (1, 2, 0, 9), (1, 5, 0, 1)) == [[2, 9, 2, 1, 1, 0], [0] * 6]


def test_notes_that_begin_or_end_outside_are_cut() -> None:
    assert cells((-9, 2, 0, 1), (4, 99, 1, 1), (-5, -4, 0, 7), (8, 9, 1, 7)) == [
        [1, 1, 0, 0, 0, 0],
        [0, 0, 0, 0, 1, 1],
    ]


def test_marks_of_neighbours_are_one() -> None:
    start = np.array([0.0, 10.0, 400.0, 0.0])
    end = np.array([10.0, 30.0, 420.0, 5.0])
    pitch = np.array([60.0, 60.0, 60.0, 61.0])
    high, long, late = sorted(
        runs(FAR, start, end, pitch), key=lambda rect: (rect.top(), rect.left())
    )
    assert (high.left(), high.width()) == (LEAD, 1)
    assert (long.left(), long.right()) == (LEAD, LEAD + 3)
    assert (late.left(), late.right()) == (LEAD + 40, LEAD + 42)
    assert long.top() == FAR.y(60) + 1
    assert runs(FAR, start[:0], end[:0], pitch[:0]) == []


def test_a_thousand_selected_notes_are_few_marks_from_far_away() -> None:
    notes = [(0, Note(2 * step, 60, 2)) for step in range(1000)]
    marked = MarkedNotes(notes)
    assert len(marked_rects(marked, FAR, AREA)) == 1
    near = replace(FAR, pixels_per_step=NEAR)
    assert not is_far(near)
    assert len(marked_rects(marked, near, AREA)) == len(marked.rects(near, AREA)) > 100


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_a_long_piece_is_painted_without_painting_its_notes(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, ratio: float
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a note was painted for itself")

    monkeypatch.setattr(module, "_paint_note", refuse)
    drone = (Note(0, 80, 5000, 120), *(Note(4 * n, 90, 1, 60) for n in range(0, 1000, 20)))
    track = TrackNotes.of("Drone", drone)
    image = QImage(round(512 * ratio), round(512 * ratio), QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    paint_tile(painter, FAR, [track, None], AREA)
    painter.end()

    def color(step: float, pitch: int) -> QColor:
        x, y = FAR.x(step), FAR.y(pitch) + FAR.row_height / 2
        return image.pixelColor(round(x * ratio), round(y * ratio))

    ground = QColor(COLORS.row).value() + 30
    assert all(color(step, 80).value() > ground for step in (10, 2500, 4900))
    assert color(80, 90).value() > ground
    # Between the notes of one row, and between two rows.
    assert color(40, 90).value() < ground
    assert image.pixelColor(round(100 * ratio), round(FAR.y(80) * ratio)).value() < ground
