"""Files are written in the order that was asked, and none waits for another."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from composer_app.studio.runtime.file_writer import FileWriter


class Told:
    """Who asks for files, and what is said of them, with the thread in which it is said."""

    def __init__(self, writer: FileWriter) -> None:
        self.writer = writer
        self.owner = QObject()
        self.said: list[object] = []

    def ask(
        self,
        path: Path,
        name: str,
        work: Callable[[], object] = lambda: None,
        subject: object = None,
    ) -> None:
        def written() -> str:
            work()
            path.write_text(name)
            return name

        self.writer.run(
            self.owner, path, written, self._done, lambda error: self.said.append(error), subject
        )

    def _done(self, name: str) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.said.append(name)


@pytest.fixture
def writer(qtbot: QtBot) -> Iterator[FileWriter]:
    writer = FileWriter()
    yield writer
    writer.close()


@pytest.fixture
def told(writer: FileWriter) -> Told:
    return Told(writer)


def test_what_is_asked_last_is_on_the_disk(told: Told, qtbot: QtBot, tmp_path: Path) -> None:
    """A large piece that takes its time, then a small one; under two names of the same file."""
    slow, path, link = Event(), tmp_path / "a.mid", tmp_path / "link.mid"
    link.symlink_to(path)
    told.ask(path, "large", lambda: slow.wait(60))
    told.ask(link, "small")
    told.ask(path, "smallest")
    qtbot.wait(50)
    assert told.said == []
    assert told.writer.busy
    slow.set()
    qtbot.waitUntil(lambda: not told.writer.busy)
    assert told.said == ["large", "small", "smallest"]
    assert path.read_text() == "smallest"


def test_no_file_waits_for_another(told: Told, qtbot: QtBot, tmp_path: Path) -> None:
    """However many there are, and however long one takes: its disk may have gone to sleep."""
    stuck = Event()
    for number in range(10):
        told.ask(tmp_path / f"{number}.mid", str(number), lambda: stuck.wait(60))
    told.ask(tmp_path / "here.mid", "here")
    qtbot.waitUntil(lambda: told.said == ["here"])
    stuck.set()
    qtbot.waitUntil(lambda: not told.writer.busy)
    assert len(told.said) == 11


def test_a_newer_state_takes_the_place_of_one_that_waits(
    told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    begun, slow, path = Event(), Event(), tmp_path / "a.mid"

    def take_long() -> None:
        begun.set()
        slow.wait(60)

    told.ask(path, "1", take_long, "piece")
    assert begun.wait(60)
    told.ask(path, "2", subject="piece")
    told.ask(path, "3", subject="piece")
    told.ask(path, "other", subject="another piece")
    told.ask(path, "4", subject="piece")
    told.ask(path, "copy")
    told.ask(path, "copy 2")
    slow.set()
    qtbot.waitUntil(lambda: not told.writer.busy)
    assert told.said == ["1", "3", "other", "4", "copy", "copy 2"]


def test_a_failure_is_told_and_holds_up_nothing(told: Told, qtbot: QtBot, tmp_path: Path) -> None:
    path, error = tmp_path / "a.mid", OSError("no")

    def fail() -> None:
        raise error

    told.ask(path, "bad", fail)
    told.ask(path, "good")
    qtbot.waitUntil(lambda: not told.writer.busy)
    assert told.said == [error, "good"]
    assert told.writer.failures == 1


def test_who_fails_to_take_the_news_keeps_it_from_nobody_else(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[object] = []
    monkeypatch.setattr("sys.excepthook", lambda kind, *_: raised.append(kind))

    def stumble(_: object) -> None:
        raise ZeroDivisionError

    told.writer.run(told.owner, tmp_path / "a", lambda: 0, stumble, lambda _: None)
    told.ask(tmp_path / "b", "b")
    assert told.writer.finish()
    assert raised == [ZeroDivisionError]
    assert told.said == ["b"]


def test_finishing_waits_and_tells_at_once(told: Told, tmp_path: Path) -> None:
    slow = Event()
    threading.Timer(0.05, slow.set).start()
    told.ask(tmp_path / "a.mid", "a", lambda: slow.wait(60))
    assert told.writer.finish()
    assert told.said == ["a"]


def test_finishing_waits_no_longer_than_it_is_told(
    told: Told, qtbot: QtBot, tmp_path: Path
) -> None:
    slow = Event()
    told.ask(tmp_path / "a.mid", "a", lambda: slow.wait(60))
    assert not told.writer.finish(0.01)
    assert told.writer.paths == (tmp_path / "a.mid",)
    with qtbot.waitSignal(told.writer.finished):
        slow.set()
    assert told.said == ["a"]
    qtbot.waitUntil(lambda: told.writer.paths == ())


def test_closing_waits_for_what_was_asked_and_takes_nothing_more(
    told: Told, tmp_path: Path
) -> None:
    slow = Event()
    threading.Timer(0.05, slow.set).start()
    told.ask(tmp_path / "a.mid", "a", lambda: slow.wait(60))
    told.ask(tmp_path / "a.mid", "b")
    assert told.writer.close()
    told.ask(tmp_path / "c.mid", "c")
    assert {path.read_text() for path in tmp_path.iterdir()} == {"b"}
    assert told.said == []


def test_what_was_given_up_is_waited_for_only_a_moment(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("composer_app.studio.runtime.file_writer._PARTING_SECONDS", 0.01)
    stuck = Event()
    told.ask(tmp_path / "a.mid", "a", lambda: stuck.wait(60))
    told.writer.give_up()
    assert not told.writer.close()
    stuck.set()
    assert told.writer.finish()


def test_whoever_has_been_deleted_is_told_nothing(told: Told, qtbot: QtBot, tmp_path: Path) -> None:
    from shiboken6 import delete

    slow = Event()
    told.ask(tmp_path / "a.mid", "a", lambda: slow.wait(60))
    delete(told.owner)
    slow.set()
    qtbot.waitUntil(lambda: not told.writer.busy)
    assert told.said == []
    assert (tmp_path / "a.mid").read_text() == "a"


def test_the_place_is_noted_before_anything_is_written(qtbot: QtBot, tmp_path: Path) -> None:
    noted: list[tuple[Path, bool]] = []
    there, link = tmp_path / "there", tmp_path / "link.mid"
    there.mkdir()
    link.symlink_to(there / "a.mid")
    writer = FileWriter(lambda folder: noted.append((folder, link.exists())))
    told = Told(writer)
    told.ask(link, "a")
    writer.finish()
    assert noted == [(there, False)]
    writer.close()


def test_a_name_that_is_none_is_a_failure(told: Told, qtbot: QtBot, tmp_path: Path) -> None:
    told.ask(tmp_path / "a\0.mid", "a")
    qtbot.waitUntil(lambda: not told.writer.busy)
    assert isinstance(told.said[0], ValueError)
