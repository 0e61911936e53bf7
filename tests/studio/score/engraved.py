"""Engraved pieces for tests, without a process of their own."""

from functools import cache

from composer_app.errors import ComposerError
from composer_app.music.composition import VOICE_NAMES, Composition, Track
from composer_app.music.note import Note
from composer_app.notation.writing.engraving import SystemEngraver
from composer_app.notation.writing.engraving_process import Drawn
from composer_app.notation.writing.score_shapes import Outlines
from composer_app.studio.score.engraved_score import EngravedScore


def quarters(bars: int, title: str = "Quarters") -> Composition:
    """Four voices in quarters, 4/4."""
    return Composition(
        tuple(
            Track(name, 52, tuple(Note(4 * i, 74 - 7 * v + i % 3, 4) for i in range(4 * bars)))
            for v, name in enumerate(VOICE_NAMES)
        ),
        title=title,
    )


class NearEngraver:
    """Engraves in the thread that asks; counts how often, and fails if it is told to."""

    def __init__(self) -> None:
        self._engraver = SystemEngraver()
        self.asked: list[float] = []
        self.error: ComposerError | Exception | None = None
        self.closed = False

    def lay_out(self, composition: Composition, width: float) -> list[int]:
        self.asked.append(width)
        if self.error is not None:
            raise self.error
        return self._engraver.load(composition, width)

    def draw(self, systems: list[int]) -> Drawn:
        outlines: Outlines = {}
        drawn = {index: self._engraver.system(index, outlines) for index in systems}
        return Drawn(drawn, outlines)

    def close(self) -> None:
        self.closed = True


def engraved(piece: Composition, width: float = 60, *, systems: int | None = None) -> EngravedScore:
    """``piece`` with all systems, or the first few."""
    firsts, drawn = _engraved(piece, width)
    score = EngravedScore(piece, width, firsts)
    score.add(Drawn(dict(list(drawn.systems.items())[:systems]), drawn.outlines))
    return score


@cache
def _engraved(piece: Composition, width: float) -> tuple[list[int], Drawn]:
    engraver = NearEngraver()
    firsts = engraver.lay_out(piece, width)
    return firsts, engraver.draw(list(range(len(firsts))))
