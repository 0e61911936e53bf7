"""What to say, and to offer, where one piece has taken the place of another."""

from typing import Final

from composer_app.music.composition import Composition
from composer_app.studio.document.document import Document
from composer_app.studio.messages.bar import MessageAction

_INSTEAD: Final = ", in place of the piece before"
_RECORDED: Final = ", in place of what you were recording"


def undo_offer(document: Document) -> MessageAction:
    """Takes back what was done last.

    For messages about the piece as it is now: one that outlives it would undo something else.
    """
    return MessageAction("Undo", document.undo)


def settle(document: Document) -> bool:
    """Let a recording end, and become the piece that is left; whether there was any music."""
    before = document.composition
    return document.settle() and document.composition is not before


def in_place_of(
    before: Composition, document: Document, *, recorded: bool = False
) -> tuple[str, tuple[MessageAction, ...]]:
    """The end of a sentence that says that ``before`` has gone, and the way back to it.

    Both are empty where there was no music. ``recorded`` says that it was being recorded until
    then.
    """
    if not before.note_count:
        return "", ()
    return _RECORDED if recorded else _INSTEAD, (undo_offer(document),)
