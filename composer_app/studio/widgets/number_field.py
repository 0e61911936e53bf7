"""A field for a number: any number can be typed, and the nearest one that there is gets taken."""

import re
from typing import Final

from PySide6.QtCore import QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox

# What can be on the way to a number.
_BEGUN: Final = ("+", "-")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d*)?|[+-]?\.\d+")


class NumberField(QDoubleSpinBox):
    """Shows decimals only where there are any; a comma will do for the point.

    ``corrected(sentence)`` says so when a number beyond the range was typed and the nearest one
    was taken. ``title`` is what that sentence calls the number, as in "The tempo".
    """

    corrected = Signal(str)

    def __init__(
        self,
        title: str,
        least: float,
        most: float,
        *,
        suffix: str = "",
        special: str = "",
        decimals: int = 0,
    ) -> None:
        """``special`` is shown for ``least``, which is then no number but a choice of its own."""
        super().__init__()
        self._title = title
        # A locale's groups of digits would be read as something else.
        self.setLocale(QLocale.c())
        self.setDecimals(decimals)
        self.setRange(least, most)
        self.setSuffix(suffix)
        self.setSpecialValueText(special)
        # Scrolling past it must not take the focus: digits would be typed there from then on.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # A style sheet's padding on the left does not reach the text of a spin box.
        self.lineEdit().setTextMargins(6, 0, 0, 0)

    @property
    def number(self) -> int:
        """The value as a whole number."""
        return round(self.value())

    def textFromValue(self, value: float) -> str:
        """As few decimals as will do."""
        text = f"{value:.{self.decimals()}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """A number beyond the range may be typed as well; :meth:`fixup` brings it back."""
        pointed = text.replace(",", ".")
        state, text, position = super().validate(pointed, position)
        invalid = state is QValidator.State.Invalid
        if invalid and (self._bare(pointed) in _BEGUN or self._beyond(pointed) is not None):
            return QValidator.State.Intermediate, pointed, position
        return state, text, position

    def fixup(self, text: str) -> str:
        """Take the nearest number for one beyond the range, and say so."""
        number = self._beyond(text)
        if number is None:
            return text
        least = self.minimum() + (1 if self.specialValueText() else 0)
        nearest = min(max(number, least), self.maximum())
        ends = (f"{self.textFromValue(end)}" for end in (least, self.maximum()))
        taken = f"{self.textFromValue(nearest)}{self.suffix()}"
        sentence = (
            f"{self._title} goes from {' to '.join(ends)}{self.suffix()}:"
            f" {self._bare(text)} became {taken}."
        )
        # Once it has.
        QTimer.singleShot(0, self, lambda: self.corrected.emit(sentence))
        return f"{self.prefix()}{taken}"

    def _bare(self, text: str) -> str:
        return text.removeprefix(self.prefix()).removesuffix(self.suffix()).strip()

    def _beyond(self, text: str) -> float | None:
        """The number in ``text`` if it is none of the range."""
        bare = self._bare(text)
        if not _NUMBER.fullmatch(bare):
            return None
        number = float(bare)
        return None if self.minimum() <= number <= self.maximum() else number
