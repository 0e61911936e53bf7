"""Unsaved work is on the disk soon, whatever one does; and it is said where it is not."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from composer_app.live.recording.heard_notes import KeyEvent
from composer_app.music.midi.file import MAX_STEPS
from composer_app.music.note import Note
from composer_app.music.performing.performance import Performance
from composer_app.project.project_file import read_project
from composer_app.studio.document import recovery as recovery_module
from composer_app.studio.document.document import Document
from composer_app.studio.document.recovery import Recovery
from tests.live.doubles import SetClock
from tests.live.rig import wait_for
from tests.small_disk import fill, small_disk
from tests.studio.support import Studio, open_studio, scale

# What the product promises: seconds after the first change that is not written.
PROMISE = 3.0


class WallClock:
    """The time of day, set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 29, 14, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Session:
    """A document and its recovery, on clocks of a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.document = Document()
        self.clock, self.wall = SetClock(100.0), WallClock()
        self.recovery = Recovery(self.document, folder, clock=self.clock, wall_clock=self.wall)
        self.said: list[str] = []
        self.recovery.protectionChanged.connect(self.said.append)

    def begin(self, title: str = "Scale") -> None:
        self.document.begin(scale(title), "Record", saved=False)

    def change(self, title: str) -> None:
        self.document.replace(replace(self.document.composition, title=title), "Change")

    def files(self) -> list[Path]:
        """The states that are kept, the newest first."""
        found = self.folder.glob("*.composer")
        return sorted(found, key=lambda path: int(path.stem.split("-")[2]), reverse=True)

    def kept(self) -> list[str]:
        return [read_project(path).composition.title for path in self.files()]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_GB"))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path) -> Iterator[Session]:
    session = Session(tmp_path / "recovery")
    yield session
    session.recovery.close()


def settle(studio: Studio, qtbot: QtBot) -> None:
    studio.window.show()
    qtbot.waitUntil(lambda: studio.window.running and not studio.services.jobs.busy)


# -- in time -----------------------------------------------------------------------------------


def test_whoever_never_stops_editing_is_protected_all_the_time(
    session: Session, qtbot: QtBot
) -> None:
    """Ten changes a second for twenty seconds, and never a rest."""
    session.begin("0")
    for change in range(1, 200):
        session.clock.now += 0.1
        session.change(str(change))
        # The thread is as quick as it likes, since the clock stands meanwhile.
        qtbot.waitUntil(lambda: not session.recovery.busy)
        newest = int(session.kept()[0]) if session.files() else 0
        assert (change - newest) * 0.1 <= PROMISE, "seconds of work would be lost"


def test_no_timer_is_needed_for_it(session: Session) -> None:
    """Events of keys and mouse may come so fast that no timer gets its turn."""
    session.begin("0")
    for change in range(1, 90):
        session.clock.now += 0.1
        session.change(str(change))
        wait_for(lambda: not session.recovery.busy, "the thread")
    session.recovery.finish()
    assert len(session.files()) == 3


def test_one_change_is_written_after_a_rest(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery_module, "_REST", 0.01)
    session.begin()
    qtbot.waitUntil(lambda: session.kept() == ["Scale"])


def test_a_piece_that_is_left_for_another_is_written_at_once(
    session: Session, qtbot: QtBot
) -> None:
    session.begin("First")
    session.begin("Second")
    qtbot.waitUntil(lambda: sorted(session.kept()) == ["First", "Second"])


def test_what_was_saved_is_forgotten_at_once(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    """After a crash the next start would say that it was not saved."""
    session.begin()
    session.recovery.finish()
    session.document.mark_saved(tmp_path / "a.mid", session.document.piece, whole=False)
    # No clock has gone on, and no timer.
    qtbot.waitUntil(lambda: session.files() == [])


def test_what_is_saved_or_undone_is_not_kept(session: Session, tmp_path: Path) -> None:
    session.begin()
    session.recovery.finish()
    assert session.kept() == ["Scale"]
    session.document.mark_saved(tmp_path / "a.mid", session.document.piece, whole=False)
    session.recovery.finish()
    assert session.files() == []
    session.change("Changed")
    session.recovery.finish()
    assert session.kept() == ["Changed"]
    session.document.undo_stack.undo()
    session.recovery.finish()
    assert session.files() == []


def test_the_last_three_generations_are_kept(session: Session) -> None:
    session.begin("0")
    for change in range(1, 6):
        session.change(str(change))
        session.recovery.finish()
    assert session.kept() == ["5", "4", "3"]


def test_nobody_else_can_read_what_is_kept(session: Session) -> None:
    # As earlier versions made it.
    session.folder.mkdir(mode=0o755)
    session.folder.chmod(0o755)
    session.recovery.note_place(Path("/somewhere"))
    journal = session.recovery.open_journal(Performance((), 120))
    session.begin()
    session.recovery.finish()
    journal.close()
    journal.join()
    modes = {path.suffix: stat.S_IMODE(path.stat().st_mode) for path in session.folder.iterdir()}
    assert modes == dict.fromkeys((".composer", ".journal", ".lock", ".folders"), 0o600)
    assert stat.S_IMODE(session.folder.stat().st_mode) == 0o700


def test_a_folder_that_vanishes_is_made_again(session: Session) -> None:
    session.begin()
    session.recovery.finish()
    for path in session.folder.iterdir():
        path.unlink()
    session.folder.rmdir()
    session.change("Changed")
    assert session.recovery.finish() is None
    assert session.kept() == ["Changed"]
    # And it is still this session's.
    other = Recovery(Document(), session.folder)
    assert other.left_over() == ()
    other.close()


# -- what cannot be kept -----------------------------------------------------------------------


def test_it_is_said_since_when_nothing_is_protected_until_it_is_again(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery_module, "_RETRY", 0.05)
    session.folder.write_text("in the way")
    session.begin("0")
    session.recovery.write()
    qtbot.waitUntil(lambda: session.said != [])
    (sentence,) = session.said
    assert sentence == "Not protected since 14:02: a file of its name is in the way."
    # An hour and some tries later it is the same, and what it says is still true.
    session.wall.now += timedelta(hours=1)
    session.clock.now += 10.0
    session.change("1")
    session.recovery.finish()
    assert session.said == [sentence]
    session.folder.unlink()
    session.clock.now += 10.0
    qtbot.waitUntil(lambda: session.said == [sentence, ""])
    assert session.kept() == ["1"]
    assert session.recovery.finish() is None


def test_since_yesterday_is_said_too(session: Session, qtbot: QtBot) -> None:
    session.folder.write_text("in the way")
    session.begin()
    session.wall.now += timedelta(days=1)
    session.recovery.finish()
    assert session.said[0].startswith("Not protected since yesterday 14:02: ")
    session.folder.unlink()


def test_what_was_saved_meanwhile_needs_no_protection(
    session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery_module, "_RETRY", 0.0)
    session.folder.write_text("in the way")
    session.begin()
    assert session.recovery.finish() is not None
    session.document.mark_saved(tmp_path / "a.mid", session.document.piece, whole=False)
    assert session.recovery.finish() is None
    assert session.said[-1] == ""


def test_a_full_disk_loses_no_state_that_was_kept(qtbot: QtBot, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 128) as disk:
        session = Session(disk / "recovery")
        session.begin("0")
        session.recovery.finish()
        filler = fill(disk)
        # A title that a file of its own takes more than a block of the disk for.
        session.change("1" * 5000)
        problem = session.recovery.finish()
        assert problem == "Your unsaved work could not be kept: the disk is full."
        assert session.said == ["Not protected since 14:02: the disk is full."]
        assert session.kept() == ["0"]
        filler.unlink()
        assert session.recovery.finish() is None
        assert session.kept()[0].startswith("1" * 100)
        assert session.said[-1] == ""
        assert not list(session.folder.glob(".composer-*"))
        session.recovery.close()


def test_a_piece_that_no_file_can_hold_is_said_and_hides_no_other(session: Session) -> None:
    session.begin("Good")
    melody = scale("Endless").tracks[0]
    endless = replace(melody, notes=(*melody.notes, Note(MAX_STEPS, 60, 1)))
    session.document.begin(replace(scale("Endless"), tracks=(endless,)), "Open", saved=False)
    problem = session.recovery.finish()
    assert problem is not None
    assert "more than Composer can read back" in problem
    assert session.kept() == ["Good"]


def test_the_window_says_it_as_long_as_it_is_true(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery_module, "_RETRY", 0.01)
    monkeypatch.setattr(recovery_module, "_REST", 0.01)
    with open_studio(tmp_path) as studio:
        settle(studio, qtbot)
        folder = tmp_path / "recovery"
        folder.write_text("in the way")
        studio.services.document.begin(scale(), "Record", saved=False)
        qtbot.waitUntil(lambda: studio.message.startswith("Not protected since "))
        folder.unlink()
        qtbot.waitUntil(lambda: studio.message == "")
        assert list(folder.glob("*.composer"))


# -- recordings --------------------------------------------------------------------------------


def test_a_recording_in_progress_has_a_journal_until_its_music_is_safe(
    qtbot: QtBot, tmp_path: Path
) -> None:
    def files(kind: str) -> list[Path]:
        return list((tmp_path / "recovery").glob(f"*.{kind}"))

    with open_studio(tmp_path) as studio:
        settle(studio, qtbot)
        studio.window.commands.record.trigger()
        studio.clock.now += 5.0
        studio.services.live.note_on(60, 80)
        qtbot.waitUntil(lambda: any(b'"on", 60' in path.read_bytes() for path in files("journal")))
        # Another Composer leaves it alone.
        other = Recovery(Document(), tmp_path / "recovery")
        assert other.left_over() == ()
        other.close()
        studio.window.commands.stop.trigger()
        qtbot.waitUntil(lambda: not files("journal"))
        assert len(files("composer")) == 1
        # Nothing played, nothing left.
        studio.window.commands.record.trigger()
        studio.window.commands.stop.trigger()
        qtbot.waitUntil(lambda: not files("journal"))


def test_the_journal_stays_until_the_music_can_be_kept_otherwise(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("The disk is full.")

    journal = session.recovery.open_journal(Performance((), 120))
    journal.hear(KeyEvent(60, 80, 0.0))
    with monkeypatch.context() as patch:
        patch.setattr(recovery_module, "write_whole", fail)
        session.begin()
        session.recovery.end_journal(journal)
        assert session.recovery.finish() is not None
        assert journal.path.exists()
        # Nor does another piece let it go.
        session.begin("Another")
        assert session.recovery.finish() is not None
        assert journal.path.exists()
    assert session.recovery.finish() is None
    assert not journal.path.exists()
    assert sorted(session.kept()) == ["Another", "Scale"]


def test_a_journal_that_cannot_be_written_is_said_and_the_recording_goes_on(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("composer_app.live.recording.journal._RETRY_SECONDS", 0.01)
    with open_studio(tmp_path) as studio:
        settle(studio, qtbot)
        (tmp_path / "recovery").write_text("in the way")
        studio.window.commands.record.trigger()
        qtbot.waitUntil(lambda: studio.message.startswith("This recording is not protected since "))
        studio.clock.now += 5.0
        studio.services.live.note_on(60, 80)
        (tmp_path / "recovery").unlink()
        qtbot.waitUntil(lambda: "not protected" not in studio.message)
        (journal,) = (tmp_path / "recovery").glob("*.journal")
        assert b'"on", 60' in journal.read_bytes()
        studio.window.commands.stop.trigger()
        assert studio.composition.note_count == 1


def test_what_a_journal_says_after_its_recording_is_not_heard(
    session: Session, qtbot: QtBot
) -> None:
    """Its thread may fail at the very end, and nothing would ever take that back."""
    said: list[str] = []
    session.recovery.journalChanged.connect(said.append)
    journal = session.recovery.open_journal(Performance((), 120))
    assert journal._fail is not None
    journal._fail("the disk is full")
    qtbot.waitUntil(
        lambda: said == ["This recording is not protected since 14:02: the disk is full."]
    )
    session.recovery.end_journal(journal)
    journal._fail("the disk is full")
    qtbot.wait(20)
    assert said[1:] == [""]


def test_a_recording_that_has_ended_is_said_no_more_of(qtbot: QtBot, tmp_path: Path) -> None:
    with open_studio(tmp_path) as studio:
        settle(studio, qtbot)
        (tmp_path / "recovery").write_text("in the way")
        studio.window.commands.record.trigger()
        qtbot.waitUntil(lambda: "This recording is not protected" in studio.message)
        studio.window.commands.stop.trigger()
        (tmp_path / "recovery").unlink()
        qtbot.waitUntil(lambda: "This recording is not protected" not in studio.message)
