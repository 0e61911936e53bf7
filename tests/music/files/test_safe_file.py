"""A file is whole or as it was, and what is no file is left alone."""

import errno
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from composer_app.errors import FileChangedError, MidiFileError
from composer_app.music.files import safe_file
from composer_app.music.files.safe_file import (
    FileState,
    NoFileError,
    cannot_write,
    failure_reason,
    sweep,
    whole_file,
    write_whole,
)
from tests.live.rig import unavailable
from tests.small_disk import fill, small_disk
from tests.streams import next_line


@contextmanager
def file_mask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def write_while(
    happens: Callable[[], object], path: Path, only_over: FileState | None = None
) -> None:
    """Write ``path``, in the middle of which something ``happens``."""
    with whole_file(path, only_over=only_over) as file:
        file.write(b"new")
        happens()


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# -- where a file may be -----------------------------------------------------------------------


def test_a_pipe_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "out.mid"
    os.mkfifo(path)
    with pytest.raises(NoFileError, match="it is a pipe, not a file"):
        write_whole(path, b"new")
    assert stat.S_ISFIFO(path.lstat().st_mode)


def test_a_socket_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as endpoint:
        endpoint.bind(str(path))
        with pytest.raises(NoFileError, match="socket"):
            write_whole(path, b"new")
        assert stat.S_ISSOCK(path.lstat().st_mode)


def test_a_device_is_refused_and_stays(tmp_path: Path) -> None:
    path = Path("/dev/null")
    if os.geteuid() == 0:
        # One of our own: a fault would replace it.
        path = tmp_path / "null"
        try:
            os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        except PermissionError:
            unavailable("this root may make no devices")
    with pytest.raises(NoFileError, match="it is a device, not a file"):
        write_whole(path, b"new")
    assert stat.S_ISCHR(path.lstat().st_mode)


def test_links_to_what_is_no_file_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "inner").symlink_to("pipe")
    (tmp_path / "out.mid").symlink_to(tmp_path / "inner")
    with pytest.raises(NoFileError):
        write_whole(tmp_path / "out.mid", b"new")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere streams have no place in /proc")
@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
@pytest.mark.parametrize("goes_to", ["file", "pipe"])
def test_an_open_stream_is_refused(
    tmp_path: Path, repository: Path, path: str, goes_to: str
) -> None:
    """Also where it goes to a file: whoever reads that would wait for the rest for ever."""
    if path == "link":
        path = str(tmp_path / "link")
        Path(path).symlink_to("/dev/stdout")
    code = (
        "import sys; from pathlib import Path; from composer_app.music.files.safe_file import *\n"
        f"try: write_whole(Path({path!r}), b'new')\n"
        "except NoFileError as error: sys.stderr.write(str(error))"
    )
    out = (tmp_path / "out").open("wb") if goes_to == "file" else subprocess.PIPE
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, stdout=out, stderr=subprocess.PIPE, check=True
    )
    assert done.stderr == b"it is a stream of a program, not a file"
    assert not (tmp_path / "out").exists() or (tmp_path / "out").read_bytes() == b""


def test_what_becomes_a_pipe_while_one_writes_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    with pytest.raises(NoFileError):
        write_while(lambda: os.mkfifo(path), path)
    assert stat.S_ISFIFO(path.lstat().st_mode)
    assert names(tmp_path) == {"out.wav"}


def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target, link, dangling = (
        tmp_path / "there" / "a.mid",
        tmp_path / "link.mid",
        tmp_path / "new.mid",
    )
    target.write_bytes(b"old")
    link.symlink_to(Path("there") / "a.mid")
    dangling.symlink_to(tmp_path / "there" / "b.mid")
    write_whole(link, b"new")
    write_whole(dangling, b"made")
    assert link.is_symlink()
    assert dangling.is_symlink()
    assert target.read_bytes() == b"new"
    assert (tmp_path / "there" / "b.mid").read_bytes() == b"made"


def test_links_in_a_circle_are_a_reason(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links") as caught:
        write_whole(tmp_path / "a", b"new")
    assert str(failure_reason(caught.value)) == "its links lead in a circle"


def test_a_write_protected_file_stays(tmp_path: Path) -> None:
    """Also root's and root's own: what is protected was protected by somebody."""
    path = tmp_path / "a.mid"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(PermissionError):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == {"a.mid"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("gone/a.mid", "there is no such file or folder"),
        ("file/a.mid", "part of its path is not a folder"),
        ("folder", "it is a folder"),
        ("x" * 300, "its name is too long"),
        ("a\0", "its name is not a valid file name"),
    ],
)
def test_other_places_are_reasons(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    try:
        write_whole(tmp_path / name, b"new")
    except (OSError, ValueError) as error:
        sentence = str(MidiFileError(*cannot_write(Path("a.mid"), error)))
    assert sentence == f"a.mid cannot be written: {reason}; choose another place."
    assert names(tmp_path) == {"file", "folder"}


# -- whole, or as it was -----------------------------------------------------------------------


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as folder:
        path = folder / "a.mid"
        write_whole(path, b"old")
        filler = fill(folder)
        with pytest.raises(OSError, match="No space") as caught:
            write_whole(path, bytes(100_000))
        assert str(failure_reason(caught.value)) == "the disk is full"
        assert path.read_bytes() == b"old"
        assert names(folder) == {"a.mid", "filler"}
        filler.unlink()
        write_whole(path, b"new")
        assert path.read_bytes() == b"new"


def test_a_folder_that_vanishes_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "music", tmp_path / "moved"
    folder.mkdir()
    with pytest.raises(FileNotFoundError):
        write_while(lambda: folder.rename(elsewhere), folder / "a.mid")
    # Where it went nobody could know; the next one who writes there removes it.
    write_whole(elsewhere / "b.mid", b"new")
    assert names(elsewhere) == {"b.mid"}


def test_the_disk_gets_the_bytes_before_the_name_and_then_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(b"old")
    done: list[tuple[str, bytes]] = []
    sync = os.fsync

    def note(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        done.append((kind, path.read_bytes()))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    write_whole(path, b"new")
    assert done == [("file", b"old"), ("folder", b"new")]


def test_a_file_system_that_cannot_sync_folders_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    write_whole(tmp_path / "a.mid", b"new")
    assert (tmp_path / "a.mid").read_bytes() == b"new"


# -- whose it is -------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_permissions_stay_and_are_never_wider_on_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(b"old")
    path.chmod(mode)
    seen: list[int] = []
    change = os.fchmod

    def note(descriptor: int, wanted: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        change(descriptor, wanted)

    monkeypatch.setattr(os, "fchmod", note)
    with file_mask(0), whole_file(path) as file:
        (temporary,) = (each for each in tmp_path.iterdir() if each != path)
        seen.append(permissions(temporary))
        file.write(b"new")
    assert len(seen) == 2
    assert all(each & ~mode == 0 for each in seen)
    assert permissions(path) == mode


def test_a_new_file_is_like_the_persons_others_or_as_asked(tmp_path: Path) -> None:
    with file_mask(0o027):
        write_whole(tmp_path / "a", b"new")
        write_whole(tmp_path / "b", b"new", mode=0o600)
    assert permissions(tmp_path / "a") == 0o640
    assert permissions(tmp_path / "b") == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root writes other people's files")
def test_root_leaves_a_file_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(b"old")
    os.chown(path, 1234, 2345)
    write_whole(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 2345)


# -- what killed programs leave ----------------------------------------------------------------

LEFT: str = ".composer-0123456789abcdef.tmp"
KILLED = """
import sys
from pathlib import Path
from composer_app.music.files.safe_file import whole_file
with whole_file(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("here", flush=True)
    sys.stdin.read()
"""


def test_a_killed_programs_temporary_file_goes_and_a_running_ones_stays(
    tmp_path: Path, repository: Path
) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(b"old")
    command = [sys.executable, "-c", KILLED, str(path)]
    with subprocess.Popen(
        command, cwd=repository, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert next_line(process) == b"here\n"
        (left,) = names(tmp_path) - {"a.mid"}
        sweep(tmp_path)
        write_whole(tmp_path / "b.mid", b"new")
        assert left in names(tmp_path)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert path.read_bytes() == b"old"
    assert left in names(tmp_path)
    sweep(tmp_path)
    assert names(tmp_path) == {"a.mid", "b.mid"}


def test_writing_sweeps_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / LEFT).write_bytes(b"half")
    write_whole(tmp_path / "a.mid", b"new")
    assert names(tmp_path) == {"a.mid"}


def test_sweeping_touches_nothing_that_is_not_ours(tmp_path: Path) -> None:
    others = {
        ".composer-0123456789abcde.tmp",
        ".composer-0123456789ABCDEF.tmp",
        f"{LEFT}.mid",
        f"x{LEFT}",
        "a.tmp",
    }
    for name in others:
        (tmp_path / name).write_bytes(b"mine")
    pipe, link, folder = (f".composer-{digit * 16}.tmp" for digit in "123")
    os.mkfifo(tmp_path / pipe)
    (tmp_path / link).symlink_to("a.tmp")
    (tmp_path / folder).mkdir()
    sweep(tmp_path)
    sweep(tmp_path / "gone")
    assert names(tmp_path) == others | {pipe, link, folder}


def test_a_temporary_file_that_is_swept_before_it_is_locked_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = safe_file.take_lock
    made: list[int] = []

    def swept(descriptor: int) -> None:
        if not made:
            made.append(descriptor)
            sweep(tmp_path)
            assert names(tmp_path) == set()
        lock(descriptor)

    monkeypatch.setattr(safe_file, "take_lock", swept)
    write_whole(tmp_path / "a.mid", b"new")
    assert made
    assert (tmp_path / "a.mid").read_bytes() == b"new"
    assert names(tmp_path) == {"a.mid"}


def test_many_write_into_one_folder_at_once(tmp_path: Path) -> None:
    """Nobody sweeps away what another one is writing."""
    failed: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for number in range(30):
                write_whole(tmp_path / name, f"{name} {number}".encode())
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert {path.read_text() for path in tmp_path.iterdir()} == {f"{name} 29" for name in "abcdef"}


# -- files that somebody else has changed ------------------------------------------------------


def test_our_own_file_is_written_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    state = write_whole(path, b"one")
    state = write_whole(path, b"two", only_over=state)
    assert state.holds(path)
    write_whole(path, b"three", only_over=state)
    assert path.read_bytes() == b"three"


def test_a_file_that_was_only_touched_or_copied_back_is_still_ours(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    state = write_whole(path, b"ours")
    os.utime(path, (1, 1))
    assert state.holds(path)
    path.unlink()
    path.write_bytes(b"ours")
    state = write_whole(path, b"new", only_over=state)
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("theirs", [b"their own", b"OURS", b""])
def test_a_file_that_was_changed_is_not_replaced(tmp_path: Path, theirs: bytes) -> None:
    path = tmp_path / "a.mid"
    state = write_whole(path, b"ours")
    path.write_bytes(theirs)
    with pytest.raises(FileChangedError, match="has been changed since") as caught:
        write_whole(path, b"new", only_over=state)
    assert not caught.value.gone
    assert path.read_bytes() == theirs
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_file_that_has_gone_is_not_made_again(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    state = write_whole(path, b"ours")
    path.unlink()
    with pytest.raises(FileChangedError, match="no longer in") as caught:
        write_whole(path, b"new", only_over=state)
    assert caught.value.gone
    assert names(tmp_path) == set()


def test_a_file_that_is_changed_while_one_writes_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    state = write_whole(path, b"ours")
    with pytest.raises(FileChangedError):
        write_while(lambda: path.write_bytes(b"theirs"), path, state)
    assert path.read_bytes() == b"theirs"
    assert names(tmp_path) == {"a.mid"}


def test_the_state_is_that_of_our_bytes_whatever_comes_after_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.mid"
    # Somebody is as quick as can be.
    monkeypatch.setattr(safe_file, "sync_folder", lambda _: path.write_bytes(b"THEM"))
    state = write_whole(path, b"ours")
    monkeypatch.undo()
    with pytest.raises(FileChangedError):
        write_whole(path, b"new", only_over=state)
    assert path.read_bytes() == b"THEM"
