"""Every command that writes a file: a pipe or a device is left alone, a full disk is a sentence."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from composer_app.music.composition import Composition
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.midi.file import write_midi
from composer_app.training.corpora.corpus import save_corpus
from composer_app.training.corpora.style_corpora import read_style
from tests.live.conftest import library as library
from tests.live.conftest import soundfont as soundfont
from tests.small_disk import fill, small_disk

Run = Callable[..., tuple[int, str, str]]

# The output, OUT, ends in .SUFFIX.
COMMANDS = {
    "generate": ("mid", "generate tune.mid -o OUT"),
    "phrase": ("mid", "phrase tune.mid --melody -o OUT"),
    "sample": ("mid", "sample twinkle -o OUT"),
    "picture": ("png", "picture tune.mid -o OUT"),
    "render": ("wav", "render tune.mid -o OUT"),
    "stats": ("png", "stats tune.mid --plot OUT"),
    "fit": ("svg", "stats numbers.txt --fit gaussian --plot OUT"),
    "evaluate": ("html", "evaluate --report OUT"),
    "corpus": ("npz", "corpus hymn -o OUT"),
    "profile": ("json", "profile hymn --corpus hymn.npz -o OUT"),
}
# They read a network before they look where it goes, or need a network.
QUICK = [each for each in COMMANDS if each not in ("generate", "evaluate")]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "hymn.npz"
    save_corpus(list(read_style("hymn"))[:40], path)
    return path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corpus: Path) -> Path:
    write_midi(Composition.from_melody(load_sample("twinkle")), tmp_path / "tune.mid")
    (tmp_path / "numbers.txt").write_text("1\n2\n3\n4\n")
    (tmp_path / "hymn.npz").symlink_to(corpus)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_device(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root makes devices")
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("this root may make no devices")


def make_link_to_stdout(path: Path) -> None:
    path.symlink_to("/dev/stdout")


KINDS: dict[str, tuple[Callable[[Path], None], str]] = {
    "pipe": (make_pipe, "it is a pipe, not a file"),
    "device": (make_device, "it is a device, not a file"),
    "stream": (make_link_to_stdout, "it is a stream of a program, not a file"),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_never_replaced(
    run: Run, soundfont: Path, folder: Path, command: str, kind: str
) -> None:
    suffix, line = COMMANDS[command]
    make, reason = KINDS[kind]
    path = folder / f"out.{suffix}"
    make(path)
    before, others = path.lstat(), set(folder.iterdir())
    status, out, err = run(*line.replace("OUT", path.name).split())
    assert (status, out) == (2, "")
    assert err == f"out.{suffix} cannot be written: {reason}; choose another place.\n"
    assert path.lstat().st_ino == before.st_ino
    assert set(folder.iterdir()) == others


def test_a_place_is_looked_at_before_the_work_is_done(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object) -> None:
        pytest.fail("the work has begun")

    monkeypatch.setattr("composer_app.training.corpora.style_corpora.read_style", read)
    make_pipe(folder / "out.npz")
    status, _, err = run("corpus", "hymn", "-o", "out.npz")
    assert status == 2
    assert "it is a pipe" in err
    monkeypatch.setattr("composer_app.reporting.profile_command.load_corpus", read)
    make_pipe(folder / "hymn.copies.npz")
    status, _, err = run("profile", "hymn", "--corpus", "hymn.npz", "-o", "new.json")
    assert status == 2
    assert "hymn.copies.npz cannot be written: it is a pipe" in err
    make_pipe(folder / "checkpoint.pt")
    status, _, err = run("train", "--corpus", "hymn.npz", "--out", ".")
    assert status == 2
    assert "checkpoint.pt cannot be written: it is a pipe" in err


@pytest.mark.parametrize("command", QUICK)
def test_a_full_disk_is_a_sentence_and_leaves_the_old_file(
    run: Run, soundfont: Path, folder: Path, command: str
) -> None:
    suffix, line = COMMANDS[command]
    with small_disk(folder / "disk") as disk:
        path = disk / f"out.{suffix}"
        path.write_bytes(b"old")
        fill(disk)
        status, _, err = run(*line.replace("OUT", f"disk/{path.name}").split())
        assert status == 2
        assert "disk/" in err
        assert "full" in err or "No space" in err
        assert err.count("\n") == 1
        assert path.read_bytes() == b"old"
        assert {each.name for each in disk.iterdir()} == {path.name, "filler"}


def test_dev_null_is_refused_like_any_device(run: Run) -> None:
    """Who wants no file leaves the command out; it is not replaced by one, not even by root."""
    status, _, err = run("sample", "twinkle", "-o", "/dev/null")
    assert status == 2
    assert err == (
        "/dev/null cannot be written: it is a device, not a file; choose another place.\n"
    )
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
