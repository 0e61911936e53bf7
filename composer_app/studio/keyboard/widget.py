"""The painted keyboard: 32 keys for the mouse and for the computer's letters, lit by whoever plays.

A key can be held by several hands at once (mouse, letters); ``noteOn`` is emitted for the first
of them and ``noteOff`` for the last. A note keeps the pitch it was struck with when the octave
shift changes underneath it.
"""

from collections.abc import Hashable
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from composer_app.live.midi.held_pitches import HeldPitches
from composer_app.music.pitch import KEYBOARD_HIGHEST, KEYBOARD_LOWEST, OCTAVE, pitch_name
from composer_app.studio.keyboard import accessibility
from composer_app.studio.keyboard.geometry import KeyboardGeometry
from composer_app.studio.keyboard.keys import LetterKeys
from composer_app.studio.keyboard.painter import KeyboardFace, paint_keyboard
from composer_app.studio.widgets.commands.keyboard_letters import LETTERS, KeyLabels
from composer_app.studio.widgets.theme import COLORS

OCTAVE_SHIFTS: Final = (-24, -12, 0, 12, 24)
LETTER_VELOCITY: Final = 96
_MOUSE: Final = "mouse"


class KeyboardWidget(QWidget):
    """Emits ``noteOn(pitch, velocity)`` and ``noteOff(pitch)``, octave shift included.

    The window forwards its key events to :meth:`key_pressed` and :meth:`key_released`, so that
    the letters play whatever has the focus; the keyboard also takes its own while focused.
    """

    noteOn = Signal(int, int)
    noteOff = Signal(int)
    octaveShiftChanged = Signal(int)
    # What is written on the computer's keys, as far as it is known by now: text of KeyLabels.
    labelsLearned = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shift = 0
        self._held: HeldPitches[Hashable] = HeldPitches()
        self._lit: dict[int, dict[str, tuple[int, QColor]]] = {}
        self._letters = LetterKeys(self._letter_down, self._release, self)
        self._letters_enabled = True
        self._hints = True
        self._labels = KeyLabels()
        self._velocity = LETTER_VELOCITY
        self._geometry: KeyboardGeometry | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(19 * 16, 72)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Keyboard")
        self._describe()
        accessibility.install()

    def sizeHint(self) -> QSize:
        """Wide enough for fingers, high enough for loud and soft."""
        return QSize(19 * 40, 128)

    # -- what is shown ---------------------------------------------------------------------

    @property
    def lowest(self) -> int:
        """Pitch of the leftmost key as shifted."""
        return KEYBOARD_LOWEST + self._shift

    @property
    def highest(self) -> int:
        """Pitch of the rightmost key as shifted."""
        return KEYBOARD_HIGHEST + self._shift

    @property
    def range_text(self) -> str:
        """The range as shifted, such as ``F2 – C5``."""
        return f"{pitch_name(self.lowest)} – {pitch_name(self.highest)}"

    @property
    def octave_shift(self) -> int:
        """How far the keys are shifted, in semitones: one of :data:`OCTAVE_SHIFTS`."""
        return self._shift

    def set_octave_shift(self, semitones: int) -> None:
        """Shift the keys by whole octaves; a value beyond the ends is brought back to them."""
        octaves = round(semitones / OCTAVE) * OCTAVE
        shift = min(max(octaves, OCTAVE_SHIFTS[0]), OCTAVE_SHIFTS[-1])
        if shift == self._shift:
            return
        self._shift = shift
        self._geometry = None
        self._describe()
        self.update()
        self.octaveShiftChanged.emit(shift)

    def octave_up(self) -> None:
        """One octave higher, as far as it goes."""
        self.set_octave_shift(self._shift + OCTAVE)

    def octave_down(self) -> None:
        """One octave lower, as far as it goes."""
        self.set_octave_shift(self._shift - OCTAVE)

    def set_hints(self, shown: bool) -> None:
        """Show or hide the computer keys' letters on the keys."""
        self._hints = shown
        self.update()

    def set_labels(self, known: str) -> None:
        """Show on the keys what is known to be written on the computer's: text of KeyLabels."""
        self._labels = KeyLabels(known)
        self.update()

    def learn_label(self, place: str, typed: str) -> None:
        """The computer's key at ``place`` has typed this."""
        if self._labels.learn(place, typed):
            self.update()
            self.labelsLearned.emit(self._labels.text)

    def set_letters_enabled(self, enabled: bool) -> None:
        """Whether the computer's letters play; their hints go with them."""
        if not enabled:
            self._letters.release_all()
        self._letters_enabled = enabled
        self.update()

    def set_letter_velocity(self, velocity: int) -> None:
        """Velocity (1-127) of notes played with letters, which have none of their own."""
        self._velocity = min(max(velocity, 1), 127)

    def set_lit(self, pitch: int, on: bool, color: QColor | None = None, source: str = "") -> None:
        """Light ``pitch``'s key in ``color`` (the accent when omitted), or put it out again.

        Each ``source`` (a track, a MIDI port) is counted on its own: a key lit twice by a source
        goes out with the second call that puts it out. The latest source's colour is seen.
        """
        sources = self._lit.setdefault(pitch, {})
        count, before = sources.pop(source, (0, QColor(COLORS.accent)))
        count += 1 if on else -1
        if count > 0:
            sources[source] = (count, (color or QColor(COLORS.accent)) if on else before)
        if not sources:
            del self._lit[pitch]
        self._update_key(pitch)

    def clear_lit(self, source: str | None = None) -> None:
        """Put out what ``source`` lit, or everything."""
        for pitch in tuple(self._lit):
            if source is None:
                del self._lit[pitch]
            else:
                self._lit[pitch].pop(source, None)
                if not self._lit[pitch]:
                    del self._lit[pitch]
        self.update()

    def lit_color(self, pitch: int) -> QColor | None:
        """The colour that ``pitch``'s key shows, or None while it is dark."""
        sources = self._lit.get(pitch)
        if sources:
            return next(reversed(sources.values()))[1]
        return QColor(COLORS.accent) if pitch in self._held.sounding else None

    def geometry_of_keys(self) -> KeyboardGeometry:
        """The keys' shapes at the present size and shift."""
        if self._geometry is None:
            self._geometry = KeyboardGeometry(
                self.lowest, self.highest, self.width(), self.height()
            )
        return self._geometry

    # -- who plays -------------------------------------------------------------------------

    def release_all(self) -> None:
        """Let go of every key that is held here."""
        self._letters.release_all()
        for hand in self._held.keys:
            self._release(hand)

    def key_pressed(self, event: QKeyEvent) -> bool:
        """Play the letter of a key event; False if it is not one of the piano's letters."""
        return self._letters_enabled and self._letters.pressed(event)

    def key_released(self, event: QKeyEvent) -> bool:
        """Let go of the letter of a key event; False if it was not held."""
        return self._letters.released(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters play; the arrow keys up and down shift by octaves."""
        if self.key_pressed(event):
            return
        if event.key() == Qt.Key.Key_Up:
            self.octave_up()
        elif event.key() == Qt.Key.Key_Down:
            self.octave_down()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of a letter."""
        if not self.key_released(event):
            super().keyReleaseEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Strike the key under the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._mouse_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Slide to the key under the mouse: a glissando."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._mouse_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the key under the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._release(_MOUSE)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A release that happens elsewhere would never be seen: let go of everything."""
        self.release_all()
        super().focusOutEvent(event)
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        """No note sounds on from a keyboard that is not there."""
        self.release_all()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Another window came to the front, or the keyboard was disabled."""
        if event.type() in (QEvent.Type.ActivationChange, QEvent.Type.EnabledChange) and not (
            self.isActiveWindow() and self.isEnabled()
        ):
            self.release_all()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the keys out anew."""
        self._geometry = None
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the keys that need it."""
        geometry = self.geometry_of_keys()
        lit = {
            pitch: color
            for pitch in range(self.lowest, self.highest + 1)
            if (color := self.lit_color(pitch)) is not None
        }
        face = KeyboardFace(
            geometry,
            lit,
            self._held.sounding,
            hints=self._hints and self._letters_enabled,
            letters={pitch: self._labels.of(place) for place, pitch in LETTERS.items()},
            shift=self._shift,
            focused=self.hasFocus(),
        )
        paint_keyboard(self, face, QRectF(event.rect()))

    # -- inside ----------------------------------------------------------------------------

    def _mouse_to(self, point: QPointF) -> None:
        geometry = self.geometry_of_keys()
        # Dragging below or above the keys still plays them: only x decides beyond the edges.
        y = min(max(point.y(), 0.0), geometry.height - 1)
        pitch = geometry.pitch_at(point.x(), y)
        if pitch == self._held.pitch_of(_MOUSE):
            return
        self._release(_MOUSE)
        if pitch is not None:
            self._strike(_MOUSE, pitch, geometry.velocity_at(pitch, y))

    def _letter_down(self, key: int, pitch: int) -> None:
        self._strike(key, pitch + self._shift, self._velocity)

    def _strike(self, hand: Hashable, pitch: int, velocity: int) -> None:
        silent = self._held.strike(hand, pitch)
        self._update_key(pitch)
        if silent:
            self.noteOn.emit(pitch, velocity)

    def _release(self, hand: Hashable) -> None:
        pitch = self._held.let_go(hand)
        # Where another hand still holds it, the key looks as before.
        if pitch is not None:
            self._update_key(pitch)
            self.noteOff.emit(pitch)

    def _update_key(self, pitch: int) -> None:
        if self.lowest <= pitch <= self.highest:
            key = self.geometry_of_keys().key(pitch)
            self.update(int(key.x) - 3, 0, int(key.width) + 7, self.height())

    def _describe(self) -> None:
        self.setAccessibleDescription(
            f"32 keys, {self.range_text}. Play with the mouse, lower is louder, or with the"
            " letters from Z and from Q."
        )
