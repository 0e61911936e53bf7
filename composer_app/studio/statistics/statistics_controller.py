"""Connects the statistics with the piano roll and the document."""

from PySide6.QtCore import QObject

from composer_app.analysis.material import Source
from composer_app.studio.document.current_selection import CurrentSelection
from composer_app.studio.document.document import Document
from composer_app.studio.document.selection import Selection
from composer_app.studio.messages.bar import MessageBar, Tone
from composer_app.studio.roll.view import PianoRollView
from composer_app.studio.statistics.export import StatisticsExport
from composer_app.studio.statistics.panel import StatisticsPanel


class StatisticsController(QObject):
    """What is pointed at in the panel lights up in the roll; what is selected there is measured."""

    def __init__(
        self,
        document: Document,
        selection: CurrentSelection,
        panel: StatisticsPanel,
        export: StatisticsExport,
        roll: PianoRollView,
        bar: MessageBar,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._selection = selection
        self._panel = panel
        self._roll = roll
        self._bar = bar
        self.export = export
        selection.changed.connect(self._show_selection)
        panel.notesHovered.connect(self._light)
        panel.notesChosen.connect(self._choose)
        self.export.told.connect(self._tell)
        self.export.copied.connect(self._say_copied)
        self.export.failed.connect(self._warn)

    def _show_selection(self, selection: Selection) -> None:
        self._panel.set_selection(selection.notes)

    def _light(self, notes: frozenset[Source]) -> None:
        # While recording, the roll shows something else.
        if self._roll.composition is self._document.composition:
            self._roll.set_highlighted(notes)

    def _choose(self, notes: frozenset[Source], adding: bool) -> None:
        if self._roll.composition is self._document.composition:
            before = self._selection.value
            self._roll.set_selection(before.plus(notes) if adding else Selection(notes))

    def _tell(self, sentence: str, name: str) -> None:
        self._bar.tell(sentence, Tone.SUCCESS, names=[name])

    def _say_copied(self) -> None:
        self._bar.tell(
            "The picture is on the clipboard.", Tone.SUCCESS, about=self.export.holds_clipboard
        )

    def _warn(self, sentence: str) -> None:
        self._bar.tell(sentence, Tone.WARNING)
