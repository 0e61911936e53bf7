"""What was played: into the document, and seen anew as often as one likes."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from composer_app.music.composition import DEFAULT_PROGRAMS
from composer_app.music.performing.performance import Performance, Quantization
from composer_app.music.performing.quantization import (
    attached,
    composition_of,
    melody_notes,
    with_performance,
)
from composer_app.studio.document.document import Document
from composer_app.studio.document.undo_offer import in_place_of
from composer_app.studio.messages.bar import MessageBar, Tone
from composer_app.studio.recording.quantize_menu import QuantizeMenu
from composer_app.studio.runtime.settings import Settings


class PerformanceController(QObject):
    """Between the Quantize menu and the document's :class:`Performance`.

    The performance travels with the composition, through undo and through its file. While its
    melody is as the performance shows it, quantizing changes the melody; else (nothing was
    recorded, or the melody has been edited since) it is said for the next recording.
    """

    # The grid in a word.
    summaryChanged = Signal(str)

    def __init__(
        self,
        document: Document,
        settings: Settings,
        menu: QuantizeMenu,
        messages: MessageBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._settings = settings
        self._menu = menu
        self._messages = messages
        # Consecutive choices undo as one.
        self._merge_id = document.new_merge_id()
        menu.quantizationChosen.connect(self.set_quantization)
        document.compositionChanged.connect(self.show)

    @property
    def quantization(self) -> Quantization:
        """How the next recording will be seen."""
        return self._settings.quantization

    def take_recording(self, performance: Performance) -> None:
        """Make what was recorded the melody of the piece."""
        self._take(performance, "Recording", "Record", "Recorded")

    def take_capture(self, performance: Performance) -> None:
        """Make what was captured the melody of the piece."""
        self._take(performance, "Capture", "Capture", "Captured")

    def _take(self, performance: Performance, title: str, command: str, done: str) -> None:
        current = self._document.composition
        program = current.tracks[0].program if current.tracks else DEFAULT_PROGRAMS[0]
        piece = composition_of(performance, title, program)
        if self._document.path is None:
            self._document.replace(piece, command)
        else:
            # The file that is open holds another piece, and keeps it.
            self._document.begin(piece, command, saved=False)
        count = piece.note_count
        notes = "1 note" if count == 1 else f"{count} notes"
        instead, undo = in_place_of(current, self._document)
        self._messages.tell(f"{done} {notes}{instead}.", Tone.SUCCESS, *undo, goes_on=True)

    def set_quantization(self, quantization: Quantization) -> None:
        """See the document's recording, and those to come, through ``quantization``."""
        self._settings.quantization = quantization
        composition = self._document.composition
        performance = attached(composition)
        if performance is not None:
            seen = with_performance(composition, replace(performance, quantization=quantization))
            lost = len(composition.tracks[0].notes) - len(seen.tracks[0].notes)
            self._document.replace(seen, "Quantize", self._merge_id)
            self._say_what_is_hidden(performance, lost)
        self.show()

    def show(self) -> None:
        """Show how the document's recording is seen, or how the next one will be."""
        performance = attached(self._document.composition)
        quantization = performance.quantization if performance else self._settings.quantization
        self._menu.set_quantization(quantization, attached=performance is not None)
        self.summaryChanged.emit(self._menu.summary)

    def _say_what_is_hidden(self, performance: Performance, lost: int) -> None:
        if lost > 0:
            hidden = len(performance.notes) - len(melody_notes(performance)) + lost
            self._messages.tell(
                f"{hidden} of the {len(performance.notes)} notes played are not in the melody:"
                " they come back with another choice."
            )
