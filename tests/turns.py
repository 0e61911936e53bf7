"""Whose turn it is, where tests run side by side in several processes.

A test that is marked ``real_time`` has the machine to itself: it waits until the tests of the
other processes have ended, and these wait for it. All others run at once, also those that are
marked ``unhurried``: they play in time as well, but assert only what comes, in which order, and
wait for it as long as it takes. The processes, workers of pytest-xdist, agree by locks on two
files; a worker that crashes gives them back.
"""

import fcntl
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import pytest

MARK: Final = "real_time"
UNHURRIED: Final = "unhurried"


class Turns:
    """The hooks of one worker; ``folder`` is the same for all workers of a run, and of no other."""

    def __init__(self, folder: Path) -> None:
        # Who waits for the room waits in the door, so that nobody is overtaken for ever.
        self._door = (folder / "door").open("w")
        self._room = (folder / "room").open("w")
        self.may_play = False

    @contextmanager
    def turn(self, *, alone: bool, unhurried: bool = False) -> Iterator[None]:
        """Be in the room, with others or without."""
        with _locked(self._door, fcntl.LOCK_EX):
            fcntl.flock(self._room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        self.may_play = alone or unhurried
        try:
            yield
        finally:
            self.may_play = False
            fcntl.flock(self._room, fcntl.LOCK_UN)

    # First, so that nobody times the waiting.
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """A test, with its fixtures."""
        marks = {mark.name for mark in item.iter_markers()}
        with self.turn(alone=MARK in marks, unhurried=UNHURRIED in marks):
            return (yield)


@contextmanager
def _locked(file: IO[str], how: int) -> Iterator[None]:
    fcntl.flock(file, how)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


_turns: Turns | None = None


def take_turns(config: pytest.Config) -> None:
    """Where this process is one of several, have its tests take turns with theirs."""
    global _turns  # noqa: PLW0603
    if hasattr(config, "workerinput"):
        _turns = Turns(Path(config.workerinput["turns"]))
        config.pluginmanager.register(_turns)


def see_that_it_is_marked() -> None:
    """Fail a test that plays in time and says nothing of what may disturb it."""
    if _turns is not None and not _turns.may_play:
        pytest.fail(
            f"this plays in time: mark it with pytest.mark.{MARK},"
            f" or {UNHURRIED} if it waits for all that it asserts"
        )


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Modules with tests in real time first, then slow ones, then the others.

    The former find the machine at rest, and no worker begins with something long when the others
    are about to end. Within a module, tests in real time come first, so that they follow those of
    another one without a wait.
    """
    ranks: dict[Path, int] = {}
    alone = []
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        rank = 0 if MARK in marks else 1 if "slow" in marks else 2
        ranks[item.path] = min(rank, ranks.get(item.path, rank))
        alone.append(MARK in marks)
    places = {path: place for place, path in enumerate(ranks)}
    keys = [
        (ranks[item.path], places[item.path], not by_itself)
        for item, by_itself in zip(items, alone, strict=True)
    ]
    return [items[place] for place in sorted(range(len(items)), key=keys.__getitem__)]
