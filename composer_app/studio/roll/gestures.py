"""Mouse and keyboard in the piano roll: what is selected, and what is asked for.

The view says what lies where and shows what is selected; here gestures become selections and
wishes to move notes.
"""

from typing import Final, Protocol

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from composer_app.music.composition import Composition
from composer_app.music.editing.note_edits import NoteKey
from composer_app.music.pitch import OCTAVE
from composer_app.studio.document.selection import Selection, next_note, note_beside
from composer_app.studio.roll.geometry import RollGeometry

_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
_CTRL: Final = Qt.KeyboardModifier.ControlModifier
_ALT: Final = Qt.KeyboardModifier.AltModifier
# A drag beyond the edge scrolls this often, by this share of the way that it is beyond.
_SCROLL_MS: Final = 30
_SCROLL_SHARE: Final = 0.25


class SelectableRoll(Protocol):
    """What the gestures need of the view."""

    @property
    def composition(self) -> Composition:
        """What is shown."""

    @property
    def roll_geometry(self) -> RollGeometry:
        """The present scale."""

    @property
    def corner(self) -> QPoint:
        """The content pixel at the viewport's upper left."""

    @property
    def selection(self) -> Selection:
        """What is selected."""

    def set_selection(self, selection: Selection) -> None:
        """Select something else."""

    def set_band(self, band: QRectF | None) -> None:
        """Draw the rubber band, in content pixels."""

    def note_under(self, point: QPointF) -> NoteKey | None:
        """The note at a content pixel."""

    def notes_within(self, band: QRectF) -> frozenset[NoteKey]:
        """All notes that a band of content pixels touches."""

    def scroll_by(self, dx: int, dy: int) -> None:
        """Scroll by pixels."""

    def reveal(self, pitch: int, start: float, end: float) -> None:
        """Scroll until a note is seen."""


class RollMouse(QObject):
    """Click, toggle, rubber band and dragging notes, on the viewport of a roll.

    ``dragged(steps, semitones)`` is how far the selected notes have been dragged since
    ``dragBegan``; ``touched(NoteKey)`` follows when the mouse goes down on a note that is selected
    then.
    """

    dragBegan = Signal()
    dragged = Signal(int, int)
    touched = Signal(object)
    # A rubber band or a drag has begun (True) or ended.
    busyChanged = Signal(bool)

    def __init__(self, roll: SelectableRoll, viewport: QWidget) -> None:
        super().__init__(viewport)
        self._roll = roll
        self._viewport = viewport
        self._from: QPointF | None = None
        self._grabbed: NoteKey | None = None
        self._before = Selection()
        self._busy = False
        self._keys = Qt.KeyboardModifier.NoModifier
        self._moved = (0, 0)
        self._last = QPointF()
        self._scroll = QTimer(self)
        self._scroll.setInterval(_SCROLL_MS)
        self._scroll.timeout.connect(self._scroll_on)

    def press(self, event: QMouseEvent) -> None:
        """Select the note under the mouse, or prepare a band."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        roll = self._roll
        self._from, self._keys = self._content(event.position()), event.modifiers()
        self._before, self._grabbed = roll.selection, roll.note_under(self._from)
        self._moved = (0, 0)
        if self._grabbed is None:
            return
        if self._adds:
            roll.set_selection(roll.selection.toggled({self._grabbed}))
            if self._grabbed not in roll.selection.notes:
                self._grabbed = None
        elif self._grabbed not in roll.selection.notes:
            roll.set_selection(Selection(frozenset({self._grabbed})))
        if self._grabbed is not None:
            self.touched.emit(self._grabbed)

    def move(self, event: QMouseEvent) -> None:
        """Draw the band, or drag the notes."""
        if self._from is None:
            return
        self._last = event.position()
        if not self._busy:
            way = self._content(self._last) - self._from
            if way.manhattanLength() < QApplication.startDragDistance():
                return
            if self._grabbed is None and self._keys & _ALT:
                return
            self._busy = True
            self.busyChanged.emit(True)
            self._scroll.start()
            if self._grabbed is not None:
                self._viewport.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.dragBegan.emit()
        self._follow()

    def release(self, event: QMouseEvent) -> None:
        """End the gesture; a click that was no drag selects what it was on."""
        if event.button() != Qt.MouseButton.LeftButton or self._from is None:
            return
        click = not self._busy
        self.cancel()
        if not click or self._adds:
            return
        note = self._roll.note_under(self._content(event.position()))
        self._roll.set_selection(Selection(frozenset({note} if note else ())))

    def cancel(self) -> None:
        """Give up whatever gesture there is."""
        self._from = None
        self._scroll.stop()
        self._roll.set_band(None)
        if self._busy:
            self._busy = False
            self._viewport.unsetCursor()
            self.busyChanged.emit(False)

    @property
    def _adds(self) -> bool:
        return bool(self._keys & (_SHIFT | _CTRL))

    def _content(self, point: QPointF) -> QPointF:
        return point + QPointF(self._roll.corner)

    def _follow(self) -> None:
        assert self._from is not None
        here = self._content(self._last)
        if self._grabbed is not None:
            self._drag(here)
            return
        band = QRectF(self._from, here).normalized()
        self._roll.set_band(band)
        notes = self._roll.notes_within(band)
        if self._keys & _CTRL:
            self._roll.set_selection(self._before.toggled(notes))
        elif self._keys & _SHIFT:
            self._roll.set_selection(self._before.plus(notes))
        else:
            self._roll.set_selection(Selection(notes))

    def _drag(self, here: QPointF) -> None:
        assert self._from is not None
        scale = self._roll.roll_geometry
        steps = round((here.x() - self._from.x()) / scale.pixels_per_step)
        semitones = scale.pitch(here.y()) - scale.pitch(self._from.y())
        if (steps, semitones) != self._moved:
            self._moved = steps, semitones
            self.dragged.emit(steps, semitones)

    def _scroll_on(self) -> None:
        """Beyond the edge a drag goes on scrolling by itself."""
        room, point = self._viewport.rect(), self._last
        dx = min(point.x(), 0) + max(point.x() - room.width(), 0)
        dy = min(point.y(), 0) + max(point.y() - room.height(), 0)
        if dx or dy:
            self._roll.scroll_by(round(dx * _SCROLL_SHARE), round(dy * _SCROLL_SHARE))
            self._follow()


class RollKeyboard(QObject):
    """Arrow keys in the roll.

    Left and Right select the note before or after, with Shift in addition; with Ctrl, Up and Down
    select the voice above or below; ``reached(NoteKey)`` says which note that was.
    ``nudged(steps, semitones)``: Up and Down move what is selected by a semitone, with Shift by an
    octave; Alt with Left and Right by a step.
    """

    nudged = Signal(int, int)
    reached = Signal(object)

    def __init__(self, roll: SelectableRoll, parent: QObject) -> None:
        super().__init__(parent)
        self._roll = roll

    def press(self, event: QKeyEvent) -> bool:
        """Whether ``event`` meant something here."""
        keys = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        sideways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        upward = {Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}.get(Qt.Key(event.key()))
        chosen = bool(self._roll.selection.notes)
        if sideways is not None:
            if keys == _ALT and chosen:
                self.nudged.emit(sideways, 0)
                return True
            if keys in (Qt.KeyboardModifier.NoModifier, _SHIFT):
                return self._select_next(sideways, add=keys == _SHIFT)
        if upward is not None and chosen:
            if keys == _CTRL:
                return self._select(
                    note_beside(self._roll.composition, self._roll.selection, -upward)
                )
            if keys in (Qt.KeyboardModifier.NoModifier, _SHIFT):
                self.nudged.emit(0, upward * (OCTAVE if keys == _SHIFT else 1))
                return True
        return False

    def _select_next(self, direction: int, *, add: bool) -> bool:
        roll = self._roll
        left = roll.roll_geometry.step(roll.corner.x())
        return self._select(next_note(roll.composition, roll.selection, direction, left), add=add)

    def _select(self, key: NoteKey | None, *, add: bool = False) -> bool:
        roll = self._roll
        if key is None:
            # At the last note the arrow has done its work; the view must not scroll away.
            return bool(roll.selection.notes)
        roll.set_selection(roll.selection.plus({key}) if add else Selection(frozenset({key})))
        roll.reveal(key[1].pitch, key[1].start, key[1].end)
        self.reached.emit(key)
        return True
