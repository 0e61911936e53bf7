"""The words of a piece in the piano roll: the melody's lyrics under its notes, and the markers.

Lyrics are part of the roll's picture. Markers hang from the ruler, over whatever is beneath it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from composer_app.music.composition import Composition
from composer_app.music.texts import Text
from composer_app.music.timing import TICKS_PER_STEP
from composer_app.music.voices import MELODY
from composer_app.studio.roll.geometry import RollGeometry
from composer_app.studio.widgets.theme import COLORS, text_font, with_alpha

_TYPE: Final = 11
# The last syllable has so many steps more than its note.
_ROOM_AT_THE_END: Final = 8
# No word is drawn wider, in pixels; it may reach so far into the tile that is painted.
_WIDEST: Final = 320.0
_NARROWEST: Final = 9.0
_GROUND: Final = 0.72
# Of karaoke files: who wrote them, and in what language.
_NOT_SUNG: Final = "@"
MARKER_HEIGHT: Final = 16


@dataclass(frozen=True, slots=True)
class Syllable:
    """What is sung to a note, from its ``onset`` up to that of the next syllable (steps)."""

    onset: float
    end: float
    pitch: int
    text: str


@dataclass(frozen=True, slots=True)
class Marker:
    """What a file says of the place from ``step`` on, up to ``end``, where the next one stands."""

    step: float
    end: float
    text: str


def syllables(composition: Composition) -> tuple[Syllable, ...]:
    """What is sung to the notes of the melody, in order.

    Words that the file gives to no single track, as karaoke files do, are sung by the melody.
    """
    if not composition.tracks:
        return ()
    melody = composition.tracks[MELODY]
    words = _of_kinds(melody.texts, "lyrics") or _of_kinds(composition.texts, "lyrics")
    words = words or _of_kinds((*melody.texts, *composition.texts), "text")
    notes = sorted(melody.notes, key=lambda note: (note.onset_ticks, -note.pitch))
    onsets = [note.onset_ticks for note in notes]
    found: list[tuple[float, float, int, str]] = []
    nearest = TICKS_PER_STEP // 2
    for word in sorted(words, key=lambda word: word.tick):
        index = bisect_left(onsets, word.tick - nearest)
        if index < len(notes) and onsets[index] <= word.tick + nearest:
            note = notes[index]
            if found and found[-1][0] == note.onset:
                continue
            found.append((note.onset, note.release, note.pitch, word.shown))
    ends = [onset for onset, *_ in found[1:]]
    if found:
        ends.append(found[-1][1] + _ROOM_AT_THE_END)
    return tuple(
        Syllable(onset, end, pitch, text)
        for (onset, _, pitch, text), end in zip(found, ends, strict=True)
    )


def markers(composition: Composition) -> tuple[Marker, ...]:
    """The markers and cues of the piece, in order."""
    said = [text for text in composition.texts if text.kind in ("marker", "cue") and text.shown]
    steps = [text.tick / TICKS_PER_STEP for text in said]
    ends = [*steps[1:], float("inf")][: len(steps)]
    return tuple(
        Marker(step, end, text.shown)
        for step, end, text in zip(steps, ends, said, strict=True)
        # Of several at one place the last one is seen whole.
        if end > step
    )


def paint_syllables(
    painter: QPainter, geometry: RollGeometry, words: Sequence[Syllable], area: QRectF
) -> None:
    """Write under each note in ``area`` (pixels of the roll) what is sung to it, if it fits."""
    if not words:
        return
    metrics = _metrics()
    painter.setFont(text_font(_TYPE))
    ground = with_alpha(COLORS.row, _GROUND)
    first = bisect_left(words, geometry.step(area.left() - _WIDEST), key=lambda each: each.onset)
    for word in words[first:]:
        left = geometry.x(word.onset) + 1
        if left > area.right():
            return
        room = min(geometry.x(word.end) - left - 3, _WIDEST)
        top = geometry.y(word.pitch) + geometry.row_height
        if room < _NARROWEST or top > area.bottom() or top + metrics.height() < area.top():
            continue
        text = metrics.elidedText(word.text, Qt.TextElideMode.ElideRight, room)
        if text == "…":
            continue
        place = QRectF(left, top, metrics.horizontalAdvance(text) + 2, metrics.height())
        painter.fillRect(place, ground)
        painter.setPen(QColor(COLORS.text))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def paint_markers(
    painter: QPainter, geometry: RollGeometry, marks: Iterable[Marker], area: QRectF, top: float
) -> None:
    """Hang the ``marks`` of ``area`` (pixels of the roll) from the line at ``top``."""
    metrics = _metrics()
    painter.setFont(text_font(_TYPE))
    for mark in marks:
        left = round(geometry.x(mark.step))
        if left > area.right():
            return
        room = min(geometry.x(mark.end) - left - 2, _WIDEST)
        if room < _NARROWEST or left + _WIDEST < area.left():
            continue
        text = metrics.elidedText(mark.text, Qt.TextElideMode.ElideRight, room - 10)
        width = min(metrics.horizontalAdvance(text) + 10, room)
        place = QRectF(left, top, width, MARKER_HEIGHT)
        painter.fillRect(place, with_alpha(COLORS.raised, 0.92))
        painter.fillRect(QRectF(left, top, 2, MARKER_HEIGHT), QColor(COLORS.accent))
        painter.setPen(QColor(COLORS.text))
        room_for_text = place.adjusted(6, 0, 0, 0)
        side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(room_for_text, side, text)


def _of_kinds(texts: Iterable[Text], *kinds: str) -> list[Text]:
    return [
        text
        for text in texts
        if text.kind in kinds and text.shown and not text.shown.startswith(_NOT_SUNG)
    ]


@lru_cache(maxsize=1)
def _metrics() -> QFontMetricsF:
    return QFontMetricsF(text_font(_TYPE))
