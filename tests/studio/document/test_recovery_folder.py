"""What an ended session left is found, whatever else lies about; what a running one has is not."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile

from composer_app.live.recording.heard_notes import KeyEvent
from composer_app.live.recording.journal import Journal
from composer_app.music.files.safe_file import take_lock
from composer_app.music.midi.file import midi_bytes, read_midi, read_midi_piece, write_midi
from composer_app.music.performing.performance import Performance
from composer_app.studio.document.recovery_folder import RecoveryFolder
from tests.streams import next_line
from tests.studio.support import scale

OLD = "00000000000000000000000000000001"


def leave(folder: Path, name: str, title: str, age: float = 0.0) -> Path:
    """A piece of an ended session, last changed ``age`` seconds ago."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    write_midi(scale(title), path)
    when = 1_800_000_000 - age
    os.utime(path, (when, when))
    return path


@contextmanager
def opened(folder: Path) -> Iterator[RecoveryFolder]:
    session = RecoveryFolder(folder)
    try:
        yield session
    finally:
        session.release()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "recovery"
    path.mkdir()
    return path


@pytest.fixture
def session(folder: Path) -> Iterator[RecoveryFolder]:
    with opened(folder) as session:
        yield session


def titles(session: RecoveryFolder) -> list[str]:
    return [read_midi(left.files[0]).title for left in session.left_over()]


# -- finding -----------------------------------------------------------------------------------


def test_no_folder_is_nothing_left_over(tmp_path: Path) -> None:
    with opened(tmp_path / "none") as session:
        assert session.left_over() == ()
        found = session.look()
        assert (found.newest, found.more, found.damaged) == (None, 0, 0)
        session.tidy()
    assert not (tmp_path / "none").exists()


def test_the_newest_comes_first_and_the_rest_are_counted(
    session: RecoveryFolder, folder: Path
) -> None:
    for number, title in enumerate(["Second", "Newest", "Third"]):
        leave(folder, f"{OLD}-{number}-5.mid", title, age=[2, 1, 3][number])
    assert titles(session) == ["Newest", "Second", "Third"]
    found = session.look()
    assert found.piece.composition == scale("Newest")
    assert found.more == 2
    assert found.newest is not None
    assert found.newest.changed == 1_800_000_000 - 1


def test_generations_of_a_piece_are_one(session: RecoveryFolder, folder: Path) -> None:
    for generation in (8, 9, 10):
        leave(folder, f"{OLD}-0-{generation}.mid", str(generation))
    # As earlier versions named it.
    leave(folder, f"{OLD}-1.mid", "Old", age=5)
    assert titles(session) == ["10", "Old"]
    assert session.look().more == 1


def test_the_newest_generation_that_can_be_read_is_offered(
    session: RecoveryFolder, folder: Path
) -> None:
    for generation in (1, 2, 3):
        leave(folder, f"{OLD}-0-{generation}.mid", str(generation))
    (folder / f"{OLD}-0-3.mid").write_bytes(b"MThd, and then nothing")
    found = session.look()
    assert found.piece.composition.title == "2"
    assert (found.more, found.damaged) == (0, 1)
    assert [path.name for path in found.aside.iterdir()] == [f"{OLD}-0-3.mid"]
    # Once is enough.
    again = session.look()
    assert (again.piece.composition.title, again.damaged) == ("2", 0)


BAD = {
    "empty": b"",
    "garbage": b"\0\1garbage" * 99,
    "cut": midi_bytes(scale())[:20],
    "nulls": bytes(5000),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_cannot_be_read_hides_no_other_and_is_kept(
    session: RecoveryFolder, folder: Path, kind: str
) -> None:
    bad = leave(folder, f"{OLD}-0-1.mid", "Bad")
    bad.write_bytes(BAD[kind])
    leave(folder, f"{OLD}-1-1.mid", "Good", age=9)
    found = session.look()
    assert found.piece.composition.title == "Good"
    assert (found.more, found.damaged) == (0, 1)
    assert (found.aside / bad.name).read_bytes() == BAD[kind]
    assert stat.S_IMODE(found.aside.stat().st_mode) == 0o700


def test_what_is_no_file_at_all_hides_no_other(session: RecoveryFolder, folder: Path) -> None:
    (folder / f"{OLD}-0-1.mid").mkdir()
    os.mkfifo(folder / f"{OLD}-1-1.mid")
    os.mkfifo(folder / f"{OLD}-2.journal")
    (folder / f"{OLD}-3-1.mid").symlink_to("nowhere")
    (folder / "holiday-photo.mid.jpg").write_bytes(b"")
    leave(folder, f"{OLD}-9-1.mid", "Good")
    assert titles(session) == ["Good"]
    assert session.look().piece.composition.title == "Good"


def test_an_unexpected_error_hides_no_other(
    session: RecoveryFolder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = leave(folder, f"{OLD}-0-1.mid", "Bad")
    leave(folder, f"{OLD}-1-1.mid", "Good", age=9)

    def read(path: Path) -> object:
        if path == bad:
            raise RecursionError
        return read_midi_piece(path)

    monkeypatch.setattr("composer_app.studio.document.recovery_folder.read_midi_piece", read)
    assert session.look().piece.composition.title == "Good"


def test_a_damaged_file_that_cannot_be_set_aside_hides_no_other(
    session: RecoveryFolder, folder: Path
) -> None:
    leave(folder, f"{OLD}-0-1.mid", "Bad").write_bytes(b"bad")
    leave(folder, f"{OLD}-1-1.mid", "Good", age=9)
    (folder / "damaged").write_text("in the way")
    found = session.look()
    assert (found.piece.composition.title, found.damaged) == ("Good", 0)


def test_of_very_many_the_last_are_only_counted(
    session: RecoveryFolder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        leave(folder, f"{OLD}-{number}-1.mid", str(number), age=number)
    read: list[Path] = []
    monkeypatch.setattr(
        "composer_app.studio.document.recovery_folder.read_midi_piece",
        lambda path: (read.append(path), read_midi_piece(path))[1],
    )
    assert session.look().more == 59
    assert len(read) == 50


def test_a_recording_counts_if_it_has_notes(session: RecoveryFolder, folder: Path) -> None:
    for number, pitches in enumerate([(), (60, 62)]):
        journal = Journal(folder / f"{OLD}-{number}.journal", Performance((), 120))
        for pitch in pitches:
            journal.hear(KeyEvent(pitch, 80, 0.0))
        journal.close()
        journal.join()
    (left,) = session.left_over()
    assert left.is_recording
    assert session.look().piece.composition.note_count
    assert not (folder / f"{OLD}-0.journal").exists()


# -- whose it is -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    ["", "garbage\n", f"{os.getpid()}\npytest\nlocalhost\n"],
    ids=["empty", "garbage", "ours"],
)
def test_a_lock_file_that_nobody_holds_hides_nothing(
    session: RecoveryFolder, folder: Path, content: str
) -> None:
    """Empty, as after a crash between making and filling it, or with the number of a process."""
    leave(folder, f"{OLD}-0-1.mid", "Lost?")
    (folder / f"{OLD}.lock").write_text(content)
    assert titles(session) == ["Lost?"]


def test_the_lock_of_an_earlier_version_is_one(session: RecoveryFolder, folder: Path) -> None:
    leave(folder, f"{OLD}-0-1.mid", "Mine")
    lock = QLockFile(str(folder / f"{OLD}.lock"))
    assert lock.tryLock(0)
    assert session.left_over() == ()
    lock.unlock()
    assert titles(session) == ["Mine"]


RUNNING = """
import sys
from pathlib import Path
from composer_app.studio.document.recovery_folder import RecoveryFolder
from composer_app.music.midi.file import write_midi
from tests.studio.support import scale
folder = RecoveryFolder(Path(sys.argv[1]))
folder.hold()
write_midi(scale("Theirs"), folder.piece_file(0, 0))
print("here", flush=True)
sys.stdin.read()
"""


def test_a_running_session_keeps_its_files_to_itself_until_it_is_killed(
    session: RecoveryFolder, folder: Path, repository: Path
) -> None:
    command = [sys.executable, "-c", RUNNING, str(folder)]
    with subprocess.Popen(
        command, cwd=repository, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert next_line(process) == b"here\n"
        session.tidy()
        assert session.left_over() == ()
        (lock,) = folder.glob("*.lock")
        # Whatever happens to what stands in it.
        lock.write_text("")
        assert session.left_over() == ()
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert titles(session) == ["Theirs"]


def test_asking_at_the_same_time_hides_nothing(folder: Path) -> None:
    """Nobody who only asks whether a session has ended is taken for that session."""
    leave(folder, f"{OLD}-0-1.mid", "Lost?")
    lock = folder / f"{OLD}.lock"
    lock.touch()
    code = (
        "import sys, os; from composer_app.music.files.safe_file import is_locked\n"
        "d = os.open(sys.argv[1], os.O_RDWR); assert not is_locked(d); print('here', flush=True)\n"
        "sys.stdin.read()"
    )
    with (
        opened(folder) as session,
        subprocess.Popen(
            [sys.executable, "-c", code, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process,
    ):
        assert next_line(process) == b"here\n"
        assert titles(session) == ["Lost?"]
        assert process.stdin is not None
        process.stdin.close()


def test_two_sessions_never_take_the_same(folder: Path) -> None:
    for generation in (1, 2):
        leave(folder, f"{OLD}-0-{generation}.mid", str(generation))
    with opened(folder) as one, opened(folder) as other:
        (seen_by_one,), (seen_by_other,) = one.left_over(), other.left_over()
        mine = one.claim(seen_by_one)
        assert mine is not None
        assert other.claim(seen_by_other) is None
        assert other.left_over() == ()
        assert [read_midi(path).title for path in mine.files] == ["2", "1"]
    # A session that ends without doing anything with it leaves it as it was.
    with opened(folder) as third:
        (left,) = third.left_over()
        assert [read_midi(path).title for path in left.files] == ["2", "1"]


def test_a_lock_that_is_swept_before_it_is_held_is_made_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[int] = []

    def sweep_first(descriptor: int) -> None:
        if not swept:
            swept.append(descriptor)
            with opened(folder) as other:
                other.tidy()
            assert list(folder.glob("*.lock")) == []
        take_lock(descriptor)

    monkeypatch.setattr("composer_app.studio.document.recovery_folder.take_lock", sweep_first)
    with opened(folder) as session, opened(folder) as other:
        session.hold()
        write_midi(scale(), session.piece_file(0, 0))
        assert swept
        assert other.left_over() == ()


# -- what is of no use -------------------------------------------------------------------------


def test_tidying_removes_what_is_of_no_use_and_nothing_else(
    session: RecoveryFolder, folder: Path, tmp_path: Path
) -> None:
    music = tmp_path / "Müsik\n"
    music.mkdir()
    half = ".composer-0123456789abcdef.tmp"
    for place in (folder, music):
        (place / half).write_bytes(b"half")
    (music / "mine.tmp").touch()
    places = [str(music), str(tmp_path / "gone")]
    (folder / f"{OLD}.folders").write_text("\n".join(map(json.dumps, [*places, 5])) + '\n"torn')
    (folder / f"{OLD}.lock").touch()
    kept = leave(folder, "2-0-1.mid", "Left")
    (folder / "2.lock").touch()
    (folder / "holiday.txt").touch()
    with opened(folder) as running:
        running.hold()
        running.note_place(music)
        session.tidy()
        left = {path.name for path in folder.iterdir()}
        own = {path.name for path in (running._lock_path, running._places_path)}
    assert left == {kept.name, "2.lock", "holiday.txt"} | own
    assert [path.name for path in music.iterdir()] == ["mine.tmp"]


def test_a_session_that_ends_in_order_leaves_no_trace(folder: Path) -> None:
    with opened(folder) as session:
        session.hold()
        session.note_place(folder.parent)
        session.note_place(folder.parent)
        assert len(list(folder.iterdir())) == 2
        (places,) = folder.glob("*.folders")
        assert [json.loads(line) for line in places.read_text().splitlines()] == [
            str(folder.parent)
        ]
    assert list(folder.iterdir()) == []


def test_a_session_that_ends_while_a_file_is_written_leaves_word_of_it(folder: Path) -> None:
    half = folder.parent / ".composer-0123456789abcdef.tmp"
    half.touch()
    session = RecoveryFolder(folder)
    session.note_place(folder.parent)
    session.release(writing=True)
    with opened(folder) as other:
        other.tidy()
    assert not half.exists()
    assert list(folder.iterdir()) == []


def test_a_place_that_cannot_be_noted_is_no_obstacle(folder: Path) -> None:
    folder.rmdir()
    folder.write_text("in the way")
    with opened(folder) as session:
        session.note_place(folder.parent)
        with pytest.raises(FileExistsError):
            session.hold()
