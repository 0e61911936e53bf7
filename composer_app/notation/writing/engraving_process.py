"""Engraving in a process of its own, which runs :func:`main`.

Verovio keeps Python's lock while it works, which takes a second for a long piece; whoever plays
music meanwhile, or shows a window, asks another process. Requests come on standard input and
answers go to standard output, pickled: both ends are this program's own.
"""

import os
import pickle
import sys
from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

from composer_app.errors import ComposerError
from composer_app.music.composition import Composition
from composer_app.notation.writing.engraving import SystemEngraver
from composer_app.notation.writing.score_shapes import Outlines, System


class Layout(NamedTuple):
    """Asks for systems of ``width`` staff spaces; of the piece before where there is none.

    The answer is a list with the first bar of each system.
    """

    composition: Composition | None
    width: float


class Drawing(NamedTuple):
    """Asks for what is drawn of some systems; the answer is a :class:`Drawn`."""

    systems: Sequence[int]


class Drawn(NamedTuple):
    """Systems by their index, and the outlines of the glyphs in them."""

    systems: dict[int, System]
    outlines: Outlines


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer ``requests`` until there are no more."""
    engraver = SystemEngraver()
    while True:
        try:
            request = pickle.load(requests)
        except EOFError:
            return
        try:
            answer: object = _answer(engraver, request)
        except ComposerError as error:
            answer = error
        pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()


def _answer(engraver: SystemEngraver, request: Layout | Drawing) -> list[int] | Drawn:
    if isinstance(request, Layout):
        if request.composition is None:
            return engraver.lay_out(request.width)
        return engraver.load(request.composition, request.width)
    outlines: Outlines = {}
    systems = {index: engraver.system(index, outlines) for index in request.systems}
    return Drawn(systems, outlines)


def main() -> None:
    """Serve the process that has started this one."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What verovio has to say is no answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    serve(sys.stdin.buffer, answers)
