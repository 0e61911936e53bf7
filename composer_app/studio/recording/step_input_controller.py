"""Step input: while it is on, every key that is struck enters a note at the cursor."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from composer_app.live.recording.step_input import StepInput, StepLength
from composer_app.music.composition import Composition
from composer_app.music.melody import Melody
from composer_app.music.note import Note
from composer_app.studio.document.document import Document
from composer_app.studio.messages.bar import MessageBar
from composer_app.studio.recording.recording_controller import RecordingController, RecordingState
from composer_app.studio.recording.step_input_bar import StepInputBar
from composer_app.studio.sound.live_input import LiveInput
from composer_app.studio.sound.playback_controller import PlaybackController
from composer_app.studio.widgets.commands.actions import Actions


class StepInputController(QObject):
    """Between the keys, the strip of lengths and the document.

    Each note is a step of undo. The playhead shows the cursor. After undo or another edit the
    cursor is where it last was with that melody, or else at the melody's end. It ends when another
    piece begins, so that the next key does not change what has just been opened.
    """

    toggled = Signal(bool)

    def __init__(
        self,
        actions: Actions,
        bar: StepInputBar,
        document: Document,
        live: LiveInput,
        playback: PlaybackController,
        recording: RecordingController,
        messages: MessageBar,
        set_playhead: Callable[[float | None], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._bar = bar
        self._document = document
        self._playback = playback
        self._messages = messages
        self._set_playhead = set_playhead
        self._entered = StepInput()
        # Where the cursor was with which melody.
        self._cursors: dict[tuple[Note, ...], int] = {}
        # Of what the next key enters, in sixteenths.
        self._length = StepLength.QUARTER.steps(dotted=False)
        self._on = False
        self._piece = document.piece_number
        bar.chosen.connect(self._choose_length)
        actions.step_input.toggled.connect(self.set_on)
        actions.step_rest.triggered.connect(self.rest)
        actions.step_tie.triggered.connect(self.tie)
        actions.step_back.triggered.connect(self.back)
        live.struck.connect(self._strike)
        recording.stateChanged.connect(self._give_way)
        document.compositionChanged.connect(self._follow)

    @property
    def on(self) -> bool:
        """Whether keys enter notes."""
        return self._on

    @property
    def cursor(self) -> int:
        """The step at which the next note goes."""
        return self._entered.cursor

    @property
    def length(self) -> int:
        """Of what the next key enters, in sixteenths."""
        return self._length

    def set_on(self, on: bool) -> None:
        """Begin at the end of the melody, or end."""
        if on == self._on:
            return
        self._on = on
        self._piece = self._document.piece_number
        self._actions.step_input.setChecked(on)
        self._bar.set_on(on)
        if on:
            self._playback.stop()
            self._cursors.clear()
            self._entered = StepInput.at_end(self._notes())
            self._show()
        self.toggled.emit(on)

    def rest(self) -> None:
        """Leave the chosen length silent."""
        self._enter(self._entered.rest(self._length), "Rest")

    def tie(self) -> None:
        """Lengthen the note before the cursor by the chosen length."""
        self._enter(self._entered.lengthen(self._length), "Lengthen Note")

    def back(self) -> None:
        """Take away the note before the cursor."""
        self._enter(self._entered.back(self._length), "Take Back Note")

    def move_to(self, step: float) -> None:
        """Put the cursor at the sixteenth nearest to ``step``."""
        if self._on:
            self._entered = StepInput(self._entered.notes, max(0, round(step)))
            self._show()

    def _choose_length(self, length: StepLength, dotted: bool) -> None:
        self._length = length.steps(dotted=dotted)

    def _strike(self, pitch: int, velocity: int, at: float) -> None:
        if self._on:
            entered = self._entered.enter(pitch, velocity, self._length)
            self._enter(entered, "Enter Note")

    def _enter(self, entered: StepInput, text: str) -> None:
        if not self._on:
            return
        self._cursors[self._entered.notes] = self._entered.cursor
        self._cursors[entered.notes] = entered.cursor
        self._entered = entered
        self._document.replace(_with_melody(self._document.composition, entered.notes), text)
        self._show()

    def _follow(self) -> None:
        """The document has changed: by us, by undo, or by something else."""
        if not self._on:
            return
        if self._document.piece_number != self._piece:
            self.set_on(False)
            return
        notes = self._notes()
        if notes != self._entered.notes:
            cursor = self._cursors.get(notes)
            at_end = StepInput.at_end(notes)
            self._entered = at_end if cursor is None else replace(at_end, cursor=cursor)
        self._show()

    def _notes(self) -> tuple[Note, ...]:
        return self._document.composition.melody().notes

    def _give_way(self, state: RecordingState) -> None:
        if state is RecordingState.COUNTING_IN:
            self.set_on(False)

    def _show(self) -> None:
        bar, beat, rest = self._document.composition.meters.position(self.cursor)
        where = f"bar {bar}, beat {beat}"
        self._bar.set_position(
            f"Next: {where}" if rest == 1 else f"Next: {where}, sixteenth {rest}"
        )
        self._set_playhead(float(self.cursor))


def _with_melody(composition: Composition, notes: tuple[Note, ...]) -> Composition:
    """``composition`` with ``notes`` for a melody; a take is then nobody's any more."""
    if not composition.tracks:
        melody = Melody(notes, composition.tempo, composition.meters, composition.title)
        return Composition.from_melody(melody) if notes else composition
    first, *others = composition.tracks
    if notes == first.notes:
        return composition
    return replace(composition, tracks=(replace(first, notes=notes), *others), origin=None)
