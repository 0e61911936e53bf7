"""What is selected now: one value for the piano roll that shows it and all who act on it."""

from PySide6.QtCore import QObject, Signal

from composer_app.studio.document.selection import Selection


class CurrentSelection(QObject):
    """Holds a :class:`Selection` outside of any widget, and tells who follows it of another."""

    changed = Signal(Selection)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._value = Selection()

    @property
    def value(self) -> Selection:
        """What is selected."""
        return self._value

    def set(self, selection: Selection) -> None:
        """Select ``selection`` in place of what was selected before."""
        if selection != self._value:
            self._value = selection
            self.changed.emit(selection)
