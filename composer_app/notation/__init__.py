"""Written music: MusicXML in and out, ABC in, and the score engraved as a picture.

Nothing here knows Qt. What is read is a :class:`~composer_app.notation.written.WrittenPiece`, bars
and all, until :mod:`~composer_app.notation.playing` makes a composition of it.
"""
