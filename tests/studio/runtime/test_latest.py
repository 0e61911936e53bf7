import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.runtime.latest import Latest


class Desk:
    """Asks for numbers, each of which waits until it is let go."""

    def __init__(self, jobs: Jobs, *, drops_stale: bool) -> None:
        self.owner = QObject()
        self.latest = Latest[int](jobs, self.owner, drops_stale=drops_stale)
        self.gate = threading.Event()
        self.begun: list[int] = []
        self.told: list[int] = []
        self.threads: set[int] = set()
        self.errors: list[Exception] = []

    def ask(self, number: int) -> None:
        self.latest.ask(lambda: self._work(number), self._tell, self.errors.append)

    def _work(self, number: int) -> int:
        self.begun.append(number)
        assert self.gate.wait(20)
        if number < 0:
            raise ValueError(str(number))
        return number

    def _tell(self, number: int) -> None:
        self.threads.add(threading.get_ident())
        self.told.append(number)


@pytest.fixture
def jobs(qtbot: QtBot) -> "Jobs":
    return Jobs()


@pytest.mark.parametrize(("drops_stale", "told"), [(True, [4]), (False, [1, 4])])
def test_of_many_requests_the_first_and_the_last_run(
    qtbot: QtBot, jobs: Jobs, drops_stale: bool, told: list[int]
) -> None:
    desk = Desk(jobs, drops_stale=drops_stale)
    for number in (1, 2, 3, 4):
        desk.ask(number)
    assert desk.latest.busy
    desk.gate.set()
    qtbot.waitUntil(lambda: not desk.latest.busy)
    assert desk.begun == [1, 4]
    assert desk.told == told
    assert desk.threads == {threading.get_ident()}
    jobs.close()


def test_what_is_forgotten_is_not_delivered(qtbot: QtBot, jobs: Jobs) -> None:
    desk = Desk(jobs, drops_stale=False)
    desk.ask(1)
    desk.ask(2)
    desk.latest.forget()
    desk.gate.set()
    qtbot.waitUntil(lambda: not desk.latest.busy)
    assert desk.told == []
    desk.ask(3)
    qtbot.waitUntil(lambda: desk.told == [3])
    jobs.close()


def test_a_failure_is_told_and_the_next_request_runs(qtbot: QtBot, jobs: Jobs) -> None:
    desk = Desk(jobs, drops_stale=True)
    desk.gate.set()
    desk.ask(-1)
    qtbot.waitUntil(lambda: bool(desk.errors))
    desk.ask(5)
    qtbot.waitUntil(lambda: desk.told == [5])
    jobs.close()


def test_an_answer_may_ask_again(qtbot: QtBot, jobs: Jobs) -> None:
    owner = QObject()
    latest = Latest[int](jobs, owner, drops_stale=True)
    told: list[int] = []

    def take(number: int) -> None:
        told.append(number)
        if number < 3:
            latest.ask(lambda: number + 1, take, lambda error: None)

    latest.ask(lambda: 1, take, lambda error: None)
    qtbot.waitUntil(lambda: told == [1, 2, 3])
    jobs.close()


def test_closed_jobs_take_nothing_more(qtbot: QtBot, jobs: Jobs) -> None:
    jobs.close()
    begun: list[int] = []
    owner = QObject()
    Latest[None](jobs, owner, drops_stale=False).ask(
        lambda: begun.append(1), lambda _: begun.append(2), print
    )
    qtbot.wait(20)
    assert begun == []


@pytest.mark.parametrize("number", [1, -1])
def test_a_deleted_owner_is_told_nothing(qtbot: QtBot, jobs: Jobs, number: int) -> None:
    gone, other = Desk(jobs, drops_stale=False), Desk(jobs, drops_stale=False)
    for desk in (gone, other):
        desk.ask(number)
        desk.ask(2)
    qtbot.waitUntil(lambda: gone.begun == [number])
    shiboken6.delete(gone.owner)
    for desk in (gone, other):
        desk.gate.set()
    qtbot.waitUntil(lambda: not jobs.busy and not other.latest.busy)
    assert gone.told == gone.errors == []
    assert gone.begun == [number], "what waits is of no use to anybody"
    assert len(other.told + other.errors) == 2
    gone.ask(3)
    jobs.close()
    assert gone.begun == [number]
