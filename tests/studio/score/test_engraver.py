"""The process that engraves: it is started, used again, replaced when it has ended, and closed."""

import sys
import threading

import pytest

from composer_app.errors import ScoreFileError
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.studio.score.engraver import Engraver

TUNE = Composition((Track("Tune", 0, tuple(Note(4 * i, 60 + i, 4) for i in range(8))),))


def test_a_piece_is_laid_out_and_drawn_by_one_process() -> None:
    engraver = Engraver()
    firsts = engraver.lay_out(TUNE, 60)
    process = engraver._process
    drawn = engraver.draw([0])
    assert engraver.lay_out(TUNE, 400) == [0]
    assert engraver._process is process
    engraver.close()

    assert firsts[0] == 0
    assert {mark.number for mark in drawn.systems[0].marks} <= set(range(8))
    assert process is not None
    assert process.returncode is not None


def test_a_process_that_ends_is_an_error_and_the_next_one_is_asked(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    engraver = Engraver((sys.executable, "-c", "pass"))
    for _ in range(2):
        with pytest.raises(ScoreFileError, match="what engraves it ended"):
            engraver.lay_out(TUNE, 60)
    engraver.close()


def test_a_process_that_cannot_be_started_is_an_error() -> None:
    engraver = Engraver(("/nowhere/python",))
    with pytest.raises(ScoreFileError, match="no process can be started"):
        engraver.lay_out(TUNE, 60)
    engraver.close()


def test_whoever_waits_is_told_when_the_process_is_closed() -> None:
    engraver = Engraver((sys.executable, "-c", "import time; time.sleep(600)"))
    raised: list[ScoreFileError] = []

    def ask() -> None:
        try:
            engraver.lay_out(TUNE, 60)
        except ScoreFileError as error:
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    while engraver._process is None:
        pass
    engraver.close()
    thread.join(60)
    assert not thread.is_alive()
    assert raised
    with pytest.raises(ScoreFileError):
        engraver.lay_out(TUNE, 60)
