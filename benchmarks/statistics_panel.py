"""What an edit costs the GUI thread while the statistics panel is open.

The processor time of that thread is taken, from the change until the new diagram is painted: what
the jobs do meanwhile is not in it, nor what other programs do.
"""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from benchmarks.figures import take

if TYPE_CHECKING:
    from composer_app.music.composition import Composition

_RUNS: Final = 40
_WARM: Final = 5
_PATIENCE: Final = 60.0


def main() -> None:
    """Print median and maximum."""
    for name, times in update_costs(_RUNS).items():
        print(
            f"statistics: {name:28} {statistics.median(times):7.2f} ms of the GUI thread,"
            f" {max(times):.2f} at most"
        )


def update_costs(runs: int) -> dict[str, list[float]]:
    """Milliseconds of the GUI thread for each update, by what was changed; 124 notes."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from composer_app.studio.runtime.jobs import Jobs
    from composer_app.studio.statistics.panel import StatisticsPanel
    from composer_app.studio.widgets.theme import apply_theme

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    apply_theme(app)
    jobs = Jobs()
    panel = StatisticsPanel(jobs)
    panel.resize(328, 520)
    loop = QEventLoop()
    limit = QTimer()
    limit.setSingleShot(True)
    limit.timeout.connect(loop.quit)
    panel.distribution.pictureShown.connect(loop.quit)

    def update(change: Callable[[], object]) -> float:
        """The loop sleeps while the jobs work, which costs no time of this thread."""
        limit.start(round(1000 * _PATIENCE))
        began = time.thread_time()
        change()
        loop.exec()
        # What the new diagram has made stale is painted.
        app.processEvents()
        spent = time.thread_time() - began
        if not limit.isActive():
            raise TimeoutError("the statistics were not updated")
        return 1000 * spent

    piece = take()
    panel.show()
    update(lambda: panel.set_composition(piece))
    while panel.busy:
        app.processEvents()
        time.sleep(0.005)
    notes = [(0, note) for note in piece.tracks[0].notes]
    played = [(note.pitch, 80, float(note.start), float(note.end)) for _, note in notes]
    actions: dict[str, Callable[[int], object]] = {
        "a note moved": lambda run: panel.set_composition(_moved(piece, run)),
        "notes selected": lambda run: panel.set_selection(frozenset(notes[: 3 + run % 20])),
        "another feature": lambda run: panel.distribution.choices.features.setCurrentIndex(
            (run + 1) % 2
        ),
        "a note recorded": lambda run: panel.set_recording_notes(tuple(played[: 2 + run % 25])),
    }
    costs = {}
    for name, action in actions.items():
        times = [update(partial(action, run)) for run in range(_WARM + runs)]
        costs[name] = times[_WARM:]
    panel.close()
    jobs.close()
    return costs


def _moved(piece: "Composition", run: int) -> "Composition":
    """The piece with its fourth note a little higher or lower."""
    track = piece.tracks[0]
    note = track.notes[3]
    other = replace(note, pitch=note.pitch + run % 5 - 2)
    notes = (*track.notes[:3], other, *track.notes[4:])
    return replace(piece, tracks=(replace(track, notes=notes), *piece.tracks[1:]))


if __name__ == "__main__":
    main()
