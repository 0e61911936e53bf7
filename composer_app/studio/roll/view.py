"""The piano roll: the composition's notes over time, what is selected, and the playhead.

The picture is kept as tiles (:mod:`painting.tiles`); scrolling and the playhead only copy them.
What changes often is painted over them: selected bars, the playhead, a recording's notes, the focus
ring. Scale and scrolling are :mod:`viewport`'s, gestures :mod:`gestures`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from composer_app.music.composition import Composition
from composer_app.music.editing.note_edits import NoteKey
from composer_app.music.pitch import KEYBOARD_HIGHEST, KEYBOARD_LOWEST
from composer_app.music.voices import MELODY
from composer_app.project.locks import Locks
from composer_app.studio.document.current_selection import CurrentSelection
from composer_app.studio.document.selection import Selection
from composer_app.studio.roll.geometry import HIGHEST_ROW, LOWEST_ROW, note_rect
from composer_app.studio.roll.gestures import RollKeyboard, RollMouse
from composer_app.studio.roll.notes import (
    TrackNotes,
    changed_notes,
    describe_composition,
    describe_notes_at,
    labels,
    named_drums,
    note_at,
    notes_touched,
    pitch_range,
    tracks_of,
)
from composer_app.studio.roll.painting.loop_marks import paint_loop_ends
from composer_app.studio.roll.painting.marks import (
    REACH,
    MarkedNotes,
    paint_band,
    paint_highlighted,
    paint_selected,
    paint_span,
)
from composer_app.studio.roll.painting.overview import is_far, marked_rects
from composer_app.studio.roll.painting.painter import paint_recorded, paint_tile
from composer_app.studio.roll.painting.tiles import RollTiles
from composer_app.studio.roll.painting.words import (
    MARKER_HEIGHT,
    Marker,
    Syllable,
    markers,
    paint_markers,
    paint_syllables,
    syllables,
)
from composer_app.studio.roll.viewport import RollViewport
from composer_app.studio.widgets.shown_text import tip_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EMPTY_BARS: Final = 8
# A note may be missed by this many pixels: at the smallest scale it is two wide.
_MISS: Final = 3.0
# Of more notes than this it is not worked out which tiles they are on.
_FEW: Final = 500

RecordedNote = tuple[int, float, float]


class PianoRollView(RollViewport):
    """Shows a composition; ``seekRequested(step)`` when the ruler is clicked, and
    ``loopDragged(start, end)`` in steps when it is dragged in.

    What is selected is a :class:`CurrentSelection`, which the view shows and edits and which
    outlives it. ``compositionShown`` follows every new composition. ``mouse`` and ``keyboard`` say
    how the selected notes are to be moved; ``menuRequested(QPoint)`` asks for a menu at a place on
    the screen. ``emptyActionRequested`` is emitted by the one button that an empty roll offers.
    """

    seekRequested = Signal(float)
    loopDragged = Signal(float, float)
    emptyActionRequested = Signal()
    menuRequested = Signal(QPoint)
    barMenuRequested = Signal(float, QPoint)
    compositionShown = Signal()

    def __init__(
        self, selection: CurrentSelection | None = None, parent: QWidget | None = None
    ) -> None:
        """Without a ``selection`` to show, the view makes one of its own."""
        super().__init__(parent)
        self._chosen = selection or CurrentSelection(self)
        self._composition = Composition()
        self._shaded = False
        self._locks = Locks.none()
        self._words: tuple[Syllable, ...] = ()
        self._markers: tuple[Marker, ...] = ()
        self._tracks: tuple[TrackNotes, ...] = ()
        self._hidden: set[int] = set()
        self._recorded: tuple[RecordedNote, ...] = ()
        self._inviting = True
        # What of the selection is painted.
        self._selection = Selection()
        self._selected = MarkedNotes()
        self._lit: frozenset[NoteKey] = frozenset()
        self._highlighted = MarkedNotes()
        self._band: QRectF | None = None
        self._loop: tuple[float, float] | None = None
        self._tiles = RollTiles(self._paint_area)
        self.mouse = RollMouse(self, self.viewport())
        self.keyboard = RollKeyboard(self, self)
        self._ruler.seekRequested.connect(self.seekRequested)
        self._ruler.loopDragged.connect(self.loopDragged)
        self._ruler.spanDragged.connect(self._select_bars)
        self._ruler.menuRequested.connect(self.barMenuRequested)
        self._invitation.requested.connect(self.emptyActionRequested)
        self.setAccessibleName("Piano roll")
        self._rebuild()
        self.begin()
        self._chosen.changed.connect(self._show_selection)
        self._show_selection(self._chosen.value)

    # -- what is shown ---------------------------------------------------------------------

    @property
    def composition(self) -> Composition:
        """What is shown."""
        return self._composition

    def set_composition(
        self, composition: Composition, confidence: NDArray[np.float32] | None = None
    ) -> None:
        """Show ``composition``; scale and place stay, for another piece see :meth:`begin`.

        Notes are as bright as they are loud or, where ``confidence`` (T, 4) is given, as a model
        was sure of them. Of the selection stays what is still there.
        """
        before, self._composition = self._composition, composition
        shaded = confidence is not None
        words, self._words = self._words, syllables(composition)
        self._markers = markers(composition)
        if words != self._words or shaded or self._shaded or labels(before) != labels(composition):
            self._tiles.forget()
        else:
            # A note that moves is no reason to paint all the others.
            self._repaint(changed_notes(before, composition))
        self._shaded = shaded
        self._tracks = tracks_of(composition, confidence)
        self._mark_locks()
        self.set_highlighted(())
        self._rebuild()
        self._chosen.set(self._selection.kept_in(composition))
        self._name_drums()
        self._describe()
        self.compositionShown.emit()

    def set_locks(self, locks: Locks) -> None:
        """Mark the notes and the bars that are locked."""
        if locks == self._locks:
            return
        self._locks = locks
        self._mark_locks()
        self.picture_changed()

    def set_loop(self, loop: tuple[float, float] | None, *, on: bool) -> None:
        """Mark the steps that are played over and over, or would be if ``on``."""
        self._loop = loop if on else None
        self._ruler.set_loop(loop, on=on)
        self.viewport().update()

    def set_track_visible(self, index: int, visible: bool) -> None:
        """Show or hide the notes of the track with ``index``."""
        before = set(self._hidden)
        (self._hidden.discard if visible else self._hidden.add)(index)
        if self._hidden != before:
            seen = {key for key in self._selection.notes if key[0] not in self._hidden}
            if len(seen) < len(self._selection.notes):
                self._chosen.set(Selection(frozenset(seen)))
            self._name_drums()
            self.picture_changed()

    def set_recording_notes(self, notes: Sequence[RecordedNote]) -> None:
        """Show what is being recorded, as (pitch, start, end) in steps; empty when it is over."""
        self._recorded = tuple(notes)
        self._show_invitation()
        if self.content_steps() > self._geometry.steps:
            self._set_geometry(replace(self._geometry, steps=self.content_steps()))
        if self._recorded:
            self._reveal_pitch(self._recorded[-1][0])
        self.viewport().update()

    def set_inviting(self, inviting: bool) -> None:
        """Whether an empty roll invites to open a melody; not while one is about to be played."""
        self._inviting = inviting
        self._show_invitation()

    def pitch_span(self) -> tuple[int, int] | None:
        """Lowest and highest pitch of the notes."""
        return pitch_range(self._tracks)

    def is_melody(self) -> bool:
        """Whether one track alone has notes."""
        return sum(bool(track.notes) for track in self._tracks) == 1

    def content_steps(self) -> int:
        """Steps of the roll: the piece, or what is played beyond it, in whole bars."""
        meters = self._composition.meters
        if self._composition.note_count:
            end = float(self._composition.steps)
        else:
            end = float(_EMPTY_BARS * meters.initial.steps_per_bar)
        end = max([end, *(note_end for _, _, note_end in self._recorded)])
        if self._playhead is not None and self._playhead > end:
            # Recording runs past the end: several bars at once, not a new scale at each.
            end = self._playhead + 4 * meters.bar_at_step(self._playhead).meter.steps_per_bar
        return meters.whole_bars(int(end + 0.999))

    def picture_changed(self) -> None:
        """Paint all of it anew."""
        self._tiles.forget()
        self.viewport().update()

    # -- what is selected ------------------------------------------------------------------

    @property
    def selection(self) -> Selection:
        """What is selected."""
        return self._selection

    def set_selection(self, selection: Selection) -> None:
        """Select what there is of ``selection``."""
        self._chosen.set(selection.kept_in(self._composition))

    def set_highlighted(self, notes: Collection[NoteKey]) -> None:
        """Make ``notes`` stand out, less than selected ones do, until the piece changes."""
        changed = self._lit ^ frozenset(notes)
        self._lit = frozenset(notes)
        self._highlighted = MarkedNotes(notes, self._hidden)
        self._repaint(changed)

    def set_band(self, band: QRectF | None) -> None:
        """Draw the rubber band around ``band`` (content pixels), or none."""
        if band != self._band:
            self._band = band
            self.viewport().update()

    def note_under(self, point: QPointF) -> NoteKey | None:
        """The note at a content pixel."""
        first, _, pitch, _ = self._geometry.box(point.x(), point.y(), point.x(), point.y())
        return note_at(self._shown, first, pitch, _MISS / self._geometry.pixels_per_step)

    def notes_within(self, band: QRectF) -> frozenset[NoteKey]:
        """All notes that a band of content pixels touches."""
        box = self._geometry.box(band.left(), band.top(), band.right(), band.bottom())
        return notes_touched(self._shown, *box)

    def scroll_by(self, dx: int, dy: int) -> None:
        """Scroll by pixels."""
        for bar, change in ((self.horizontalScrollBar(), dx), (self.verticalScrollBar(), dy)):
            bar.setValue(bar.value() + change)

    # -- events ----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select, or begin a band or a drag."""
        self.mouse.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with it."""
        self.mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it."""
        self.mouse.release(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows select and move notes; other keys scroll."""
        if not self.keyboard.press(event):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is selected, or of the note under the mouse."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            key = self.note_under(QPointF(event.pos() + self.corner))
            if key is not None and key not in self._selection.notes:
                self.set_selection(Selection(frozenset({key})))
        self.mouse.cancel()
        self.menuRequested.emit(event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips for notes."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tooltip(event)
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the tiles that are exposed, then paint what moves."""
        painter = QPainter(self.viewport())
        corner = self.corner
        self._tiles.draw(painter, event.rect(), corner, self.devicePixelRatioF())
        painter.save()
        painter.translate(-corner.x(), -corner.y())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(event.rect().translated(corner))
        if self._selection.span is not None:
            paint_span(painter, self._geometry, self._selection.span, area)
        if self._loop is not None:
            paint_loop_ends(painter, self._geometry, self._loop, area)
        for pitch, start, end in self._recorded:
            paint_recorded(painter, self._geometry, pitch, start, end)
        if self._markers and event.rect().top() < MARKER_HEIGHT:
            paint_markers(painter, self._geometry, self._markers, area, corner.y())
        if self._band is not None:
            paint_band(painter, self._band)
        painter.restore()
        self._paint_playhead(painter)
        self.paint_ring(painter)
        painter.end()

    # -- inside ----------------------------------------------------------------------------

    @property
    def _shown(self) -> list[TrackNotes | None]:
        return [
            None if index in self._hidden else track for index, track in enumerate(self._tracks)
        ]

    def _paint_area(self, painter: QPainter, area: QRectF) -> None:
        paint_tile(painter, self._geometry, self._shown, area)
        paint_highlighted(painter, marked_rects(self._highlighted, self._geometry, area))
        paint_selected(painter, marked_rects(self._selected, self._geometry, area))
        if MELODY not in self._hidden and not is_far(self._geometry):
            paint_syllables(painter, self._geometry, self._words, area)

    def _repaint(self, notes: Collection[NoteKey]) -> None:
        """The marks of ``notes`` have changed."""
        if len(notes) > _FEW:
            self._tiles.forget()
        else:
            scale = self._geometry
            rects = (QRectF(*note_rect(scale, n.onset, n.release, n.pitch)) for _, n in notes)
            self._tiles.forget_under(r.adjusted(-REACH, -REACH, REACH, REACH) for r in rects)
        self.viewport().update()

    def _show_selection(self, selection: Selection) -> None:
        changed = selection.notes ^ self._selection.notes
        self._selection = selection
        self._selected = MarkedNotes(selection.notes, self._hidden)
        self._repaint(changed)
        self._ruler.set_selected(selection.span)
        self._name_drums()
        self._describe()

    def _select_bars(self, here: float, there: float) -> None:
        if self._composition.note_count:
            self._chosen.set(Selection.of_bars(self._composition, here, there))

    def _name_drums(self) -> None:
        chosen = {track for track, _note in self._selection.notes}
        self._keys.name_drums(named_drums(self._shown, chosen))

    def _describe(self) -> None:
        what = describe_composition(self._composition)
        chosen = self._selection.describe(self._composition)
        self.setAccessibleDescription(f"{what}; selected: {chosen}" if chosen else what)

    def _mark_locks(self) -> None:
        self._tracks = tuple(
            track.with_locks(self._locks.flags(index, track.spans))
            for index, track in enumerate(self._tracks)
        )
        meters = self._composition.meters
        self._ruler.set_locked(self._locks.full_bars(len(self._tracks), meters))

    def _show_invitation(self) -> None:
        empty = not self._composition.note_count and not self._recorded
        self._invitation.setVisible(self._inviting and empty)

    def _rebuild(self) -> None:
        before = self._geometry
        span = self.pitch_span() or (KEYBOARD_LOWEST, KEYBOARD_HIGHEST)
        self._geometry = replace(
            self._geometry,
            steps=self.kept_steps(self.content_steps()),
            lowest=max(min(LOWEST_ROW, span[0] - 1), 0),
            highest=min(max(HIGHEST_ROW, span[1] + 1), 127),
            meters=self._composition.meters,
        )
        self._show_invitation()
        if self._geometry != before:
            self._tiles.forget()
        self._content_changed(before)

    def _show_tooltip(self, event: QHelpEvent) -> None:
        point = event.pos() + self.corner
        step, pitch = self._geometry.step(point.x()), self._geometry.pitch(point.y())
        said = describe_notes_at(self._shown, self._composition, step, pitch)
        if said:
            QToolTip.showText(event.globalPos(), tip_text(said), self.viewport())
        else:
            QToolTip.hideText()
            event.ignore()
