"""The score in the window: what its first picture takes, and what the GUI thread pays afterwards.

``python -m benchmarks.score_view`` prints processor time, which is what it takes on a machine that
does nothing else: of the process that engraves, and of the thread that paints.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from composer_app.music.composition import Composition

BARS: Final = (8, 32, 200)
# Staff spaces and pixels of the view in a window of 1280 x 800.
_WIDTH: Final = 95.0
_SIZE: Final = (712, 528)
_SYSTEMS_AT_ONCE: Final = 4
_RUNS: Final = 5
_PAINTS: Final = 40
_IMPORTS: Final = (
    "import verovio, fontTools.svgLib.path, composer_app.notation.writing.engraving_process"
)


@dataclass(frozen=True)
class Engraving:
    """Seconds: all of a piece is laid out, and what is seen of it is drawn."""

    laid_out: float
    drawn: float


def main() -> None:
    """Print the figures."""
    start = statistics.median(starting() for _ in range(_RUNS))
    print(f"score: the process starts      {start:7.2f} s")
    paints = painting(piece(32), _PAINTS)
    for bars in BARS:
        costs = [engraving(piece(bars)) for _ in range(_RUNS)]
        laid_out = statistics.median(each.laid_out for each in costs)
        drawn = statistics.median(each.drawn for each in costs)
        first = start + laid_out + drawn + paints["first picture"] / 1000
        print(
            f"score of {bars:3} bars: laid out {laid_out:5.2f} s, drawn {drawn:5.2f} s;"
            f" first picture {first:5.2f} s"
        )
    for name, milliseconds in paints.items():
        print(f"score {name:24} {milliseconds:7.2f} ms")


def piece(bars: int) -> "Composition":
    """Quarters and eighths in four voices."""
    from composer_app.music.composition import VOICE_NAMES, Composition, Track
    from composer_app.music.note import Note

    def notes(voice: int) -> tuple[Note, ...]:
        lengths = [(4,) if (beat + voice) % 3 else (2, 2) for beat in range(4 * bars)]
        spans = [(4 * beat + sum(each[:i]), each[i]) for beat, each in enumerate(lengths)
                 for i in range(len(each))]  # fmt: skip
        return tuple(Note(at, 72 - 7 * voice + at * (voice + 3) % 5, ticks) for at, ticks in spans)

    return Composition(tuple(Track(name, 52, notes(i)) for i, name in enumerate(VOICE_NAMES)))


def starting() -> float:
    """Seconds of processor time until the process that engraves is ready for its first piece."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", _IMPORTS], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def engraving(composition: "Composition") -> Engraving:
    """What the process spends on a piece until the window can paint what is seen of it."""
    from composer_app.notation.writing.engraving import SystemEngraver

    engraver = SystemEngraver()
    began = time.process_time()
    firsts = engraver.load(composition, _WIDTH)
    laid_out = time.process_time()
    for index in range(min(_SYSTEMS_AT_ONCE, len(firsts))):
        engraver.system(index, {})
    return Engraving(laid_out - began, time.process_time() - laid_out)


def painting(composition: "Composition", runs: int) -> dict[str, float]:
    """Median milliseconds that the GUI thread spends on each of what a score does."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from composer_app.notation.writing.engraving import SystemEngraver
    from composer_app.notation.writing.engraving_process import Drawn
    from composer_app.studio.score.engraved_score import EngravedScore
    from composer_app.studio.score.view import ScoreView
    from composer_app.studio.widgets.theme import apply_theme

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    apply_theme(app)
    view, engraver = ScoreView(7.0), SystemEngraver()
    view.resize(*_SIZE)
    view.show()
    app.processEvents()
    score = EngravedScore(composition, _WIDTH, engraver.load(composition, _WIDTH))
    outlines: dict[str, tuple[tuple[object, ...], ...]] = {}
    score.add(Drawn({i: engraver.system(i, outlines) for i in range(len(score))}, outlines))

    def median(act: Callable[[int], object], times: int) -> float:
        spent = []
        for run in range(times):
            began = time.thread_time()
            act(run)
            app.processEvents()
            spent.append(time.thread_time() - began)
        return 1000 * statistics.median(spent)

    bar = view.verticalScrollBar()
    figures = {
        "first picture": median(lambda _: view.show_score(score, "", from_start=True), 1),
        "scrolled": median(lambda run: bar.setValue(40 + run % 2), runs),
        "playhead moved": median(lambda run: view.set_playhead(run / 4), runs),
        "other notes sound": median(lambda run: view.set_sounding(score.sounding(run)), runs),
        "zoomed": median(lambda run: (view.zoom_in, view.zoom_out)[run % 2](), runs),
    }
    view.close()
    return figures


if __name__ == "__main__":
    main()
