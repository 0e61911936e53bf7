"""Leaving a file's other tracks out of the piece."""

from composer_app.music.editing.other_tracks import without_other_tracks
from composer_app.studio.document.document import Document


def leave_out_others(document: Document) -> None:
    """Take away what is neither the melody nor one of Composer's voices; undoable."""
    document.replace(without_other_tracks(document.composition), "Leave Out Other Tracks")
