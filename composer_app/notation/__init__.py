"""Written music: MusicXML in and out, ABC in, and the score engraved as a picture.

Nothing here knows Qt. What is read is bars and all, a
:class:`~composer_app.notation.reading.written.WrittenPiece`, until
:mod:`~composer_app.notation.reading.playing` makes a composition of it.
"""
