"""Tests that play in time have the machine to themselves, whoever else runs tests on it."""

from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest

from tests import turns
from tests.turns import Turns

MOMENT = 0.1
PATIENCE = 20.0


class Worker:
    """Another process of tests; to the locks a thread with files of its own is the same."""

    def __init__(self, folder: Path, *, alone: bool) -> None:
        self.turns = Turns(folder)
        self.alone = alone
        self.inside, self.leave = Event(), Event()
        self.thread = Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self) -> None:
        with self.turns.turn(alone=self.alone):
            self.inside.set()
            assert self.leave.wait(PATIENCE)

    def enters(self) -> bool:
        return self.inside.wait(PATIENCE)

    def end(self) -> None:
        self.leave.set()
        self.thread.join(PATIENCE)


def test_others_run_at_once(tmp_path: Path) -> None:
    workers = [Worker(tmp_path, alone=False) for _ in range(3)]
    assert all(worker.enters() for worker in workers)
    for worker in workers:
        worker.end()


@pytest.mark.parametrize("alone", [False, True])
def test_one_that_plays_in_time_is_alone(tmp_path: Path, alone: bool) -> None:
    first = Worker(tmp_path, alone=True)
    assert first.enters()
    second = Worker(tmp_path, alone=alone)
    assert not second.inside.wait(MOMENT)
    first.end()
    assert second.enters()
    second.end()


def test_one_that_waits_to_be_alone_is_not_overtaken(tmp_path: Path) -> None:
    first = Worker(tmp_path, alone=False)
    assert first.enters()
    alone = Worker(tmp_path, alone=True)
    assert not alone.inside.wait(MOMENT)
    late = Worker(tmp_path, alone=False)
    assert not late.inside.wait(MOMENT)
    first.end()
    assert alone.enters()
    assert not late.inside.wait(MOMENT)
    alone.end()
    assert late.enters()
    late.end()


def test_playing_in_time_without_the_mark_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Turns(tmp_path)
    monkeypatch.setattr(turns, "_turns", here)
    with here.turn(alone=True):
        turns.see_that_it_is_marked()
    with here.turn(alone=False, unhurried=True):
        turns.see_that_it_is_marked()
    with here.turn(alone=False), pytest.raises(pytest.fail.Exception, match="real_time"):
        turns.see_that_it_is_marked()
    # Where tests run one after another, there is nothing to see to.
    monkeypatch.setattr(turns, "_turns", None)
    turns.see_that_it_is_marked()


class Item:
    """As much of a test as its place depends on."""

    def __init__(self, module: str, *marks: str) -> None:
        self.path = Path(module)
        self.marks = [SimpleNamespace(name=name) for name in marks]

    def iter_markers(self) -> list[SimpleNamespace]:
        return self.marks


def test_what_takes_long_comes_early_and_modules_stay_together() -> None:
    quick = [Item("a.py"), Item("a.py"), Item("b.py")]
    slow = [Item("c.py"), Item("c.py", "slow")]
    before, in_time, after = Item("d.py", "slow"), Item("d.py", "slow", turns.MARK), Item("d.py")
    given: list[Any] = [*quick, *slow, before, in_time, after]
    assert turns.in_order(given) == [in_time, before, after, *slow, *quick]
