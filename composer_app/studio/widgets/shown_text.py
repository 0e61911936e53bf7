"""Text that others wrote, as Qt's widgets take it: nothing of it is markup, and nothing a mnemonic.

Names in a composition are one line of visible letters from the beginning; those of files, ports
and devices become so here. Labels that show any of it are set to plain text.
"""

from typing import Final

from PySide6.QtGui import Qt

from composer_app.plain_text import one_line, one_line_name

# Qt puts the mark of a changed document where a title has this; written twice, it is a text.
_CHANGED_MARK: Final = "[*]"


def shown_name(text: str) -> str:
    """A name, of a file say, as it is shown in a sentence or a list."""
    return one_line_name(text)


def without_mnemonic(text: str) -> str:
    """``text`` for an action or a button, where "&" would mark the key that chooses it."""
    return one_line(text).replace("&", "&&")


def tip_text(text: str) -> str:
    """``text``, of one line or several, for a tooltip, which takes for HTML what looks like it."""
    lines = "\n".join(map(one_line, text.split("\n")))
    if not Qt.mightBeRichText(lines):
        return lines
    return Qt.convertFromPlainText(lines, Qt.WhiteSpaceMode.WhiteSpaceNormal)


def title_text(text: str) -> str:
    """``text`` for the title of a window."""
    return one_line_name(text).replace(_CHANGED_MARK, 2 * _CHANGED_MARK)
