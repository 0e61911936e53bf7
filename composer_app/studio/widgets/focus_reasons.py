"""How the focus comes to a widget."""

from typing import Final

from PySide6.QtCore import Qt

# By the keyboard, whose user is to see where it is.
KEYBOARD_REASONS: Final = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
