"""Which part of which piece is seen: another piece begins at its start, an old one comes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject

from composer_app.studio.document.document import Document
from composer_app.studio.recording.recording_controller import RecordingController, RecordingState
from composer_app.studio.roll.geometry import RollPlace
from composer_app.studio.roll.view import PianoRollView
from composer_app.studio.sound.playback_controller import PlaybackController

# At a smaller scale (pixels to a step) one cannot see what one plays.
_LEAST_FOR_RECORDING: Final = 2.0


@dataclass(frozen=True)
class _Seen:
    """What was seen of a piece, and the playhead in steps."""

    place: RollPlace
    playhead: float


class PieceView(QObject):
    """Remembers, for each piece of the session, what was seen of it and where the playhead was.

    So undoing "Open" shows what was there before, as it was.
    """

    def __init__(
        self,
        document: Document,
        roll: PianoRollView,
        playback: PlaybackController,
        recording: RecordingController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._roll = roll
        self._playback = playback
        self._piece = document.piece_number
        self._position = 0.0
        self._seen: dict[int, _Seen] = {}
        self._before_recording: RollPlace | None = None
        self._starts = False
        playback.positionChanged.connect(self._follow)
        recording.stateChanged.connect(self._begin_recording)
        roll.compositionShown.connect(self._show_start)
        recording.recorded.connect(self._end_recording)
        recording.nothingPlayed.connect(self._return)

    @contextmanager
    def turning(self) -> Iterator[None]:
        """While the roll is given what the document has now, perhaps another piece."""
        before, now = self._piece, self._document.piece_number
        # While one records, the roll shows empty bars; what counts is what was there before them.
        place = self._before_recording or self._roll.place
        yield
        if now == before:
            return
        self._seen[before] = _Seen(place, self._position)
        self._piece, self._before_recording = now, None
        seen = self._seen.get(now)
        if seen is None:
            self._position = 0.0
            self._roll.begin()
        else:
            self._playback.seek(seen.playhead)
            self._roll.return_to(seen.place)

    def _begin_recording(self, state: RecordingState) -> None:
        if state is RecordingState.COUNTING_IN:
            self._before_recording = self._roll.place
            self._starts = True

    def _show_start(self) -> None:
        """The roll shows empty bars now: from the first, large enough to see what is played."""
        if self._starts:
            self._starts = False
            if self._roll.roll_geometry.pixels_per_step < _LEAST_FOR_RECORDING:
                self._roll.begin()
            self._roll.horizontalScrollBar().setValue(0)

    def _end_recording(self) -> None:
        self._before_recording = None

    def _return(self) -> None:
        """Nothing was played: the old melody is back, and seen as it was."""
        if self._before_recording is not None:
            self._roll.return_to(self._before_recording)
        self._before_recording = None

    def _follow(self, step: float) -> None:
        # Another piece may be shorter, and move the playhead before it is shown.
        if self._document.piece_number == self._piece:
            self._position = step
