"""Libraries are found without starting ldconfig, a compiler or a linker; if need be, once."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from ctypes import util
from pathlib import Path

import pytest

from composer_app.live.system import jack_watch, system_libraries
from composer_app.live.system.system_libraries import find_library, quick_search
from tests.acceptance.command_line import PATIENCE
from tests.packaging.test_imports import OPEN_THE_STUDIO

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has ldconfig")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names that the system has been asked for, which it does not know."""
    names: list[str] = []
    monkeypatch.setattr(system_libraries, "_ask_system", names.append)
    system_libraries._asked.cache_clear()
    yield names
    system_libraries._asked.cache_clear()


def loading(monkeypatch: pytest.MonkeyPatch, *present: str) -> None:
    """Let the loader know these libraries alone."""

    def load(name: str) -> object:
        if name not in present:
            raise OSError(f"{name}: cannot open shared object file")
        return object()

    monkeypatch.setattr(ctypes, "CDLL", load)
    monkeypatch.setattr(sys, "platform", "linux")


def test_what_the_loader_knows_is_not_asked_for(
    monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    loading(monkeypatch, "libfluidsynth.so.2", "libjack.so.0")
    assert find_library("fluidsynth") == "libfluidsynth.so.2"
    assert find_library("jack") == "libjack.so.0"
    assert asked == []


def test_the_system_is_asked_once_for_what_the_loader_does_not_know(
    monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    loading(monkeypatch)
    for _ in range(3):
        assert find_library("fluidsynth") is None
        # As pyfluidsynth asks for libraries of Windows.
        assert find_library("libfluidsynth-3") is None
    assert asked == ["fluidsynth"]
    # What has been installed meanwhile is found.
    loading(monkeypatch, "libfluidsynth.so.3")
    assert find_library("fluidsynth") == "libfluidsynth.so.3"


def test_other_systems_search_as_they_do(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert find_library("libfluidsynth-3") is None
    assert asked == ["libfluidsynth-3"]


def test_packages_search_in_the_same_way_while_they_are_imported() -> None:
    usual = util.find_library
    with quick_search():
        assert util.find_library is find_library
    assert util.find_library is usual
    with pytest.raises(ZeroDivisionError), quick_search():
        raise ZeroDivisionError
    assert util.find_library is usual


def test_without_jack_nothing_is_watched(monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> None:
    loading(monkeypatch)
    assert jack_watch._library() is None
    assert jack_watch._library() is None
    assert asked == ["jack"]


# Each process writes down which programs it starts.
WATCH = """
import os, subprocess
class Watched(subprocess.Popen):
    def __init__(self, args, *more, **named):
        with open(os.environ["STARTED"], "a") as file:
            name = args if isinstance(args, str) else os.fspath(args[0])
            file.write(f"{os.getpid()} {os.path.basename(name)}\\n")
        super().__init__(args, *more, **named)
subprocess.Popen = Watched
"""
SEARCHING = {"ldconfig", "gcc", "cc", "ld", "objdump", "sh"}


def started(tmp_path: Path, *command: str) -> list[str]:
    """The programs for searching that ``command`` started, itself or its children."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    note = tmp_path / "started.txt"
    note.touch()
    package = str(Path(__file__).parents[3])
    folders = [str(tmp_path / "watch"), package, *filter(None, [os.environ.get("PYTHONPATH")])]
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run(
        [sys.executable, *command],
        env={**os.environ, **home, "PYTHONPATH": os.pathsep.join(folders), "STARTED": str(note)},
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    lines = note.read_text().splitlines()
    return [line for line in lines if line.split()[1] in SEARCHING]


@linux
@pytest.mark.slow
@pytest.mark.parametrize("command", ["doctor", "render", "studio"])
def test_nothing_is_started_to_search(tmp_path: Path, library: None, command: str) -> None:
    arguments = {
        "doctor": ("-m", "composer_app", "doctor"),
        "render": ("-m", "composer_app", "render", "t.mid", "-o", "t.wav"),
        "studio": ("-c", OPEN_THE_STUDIO),
    }
    if command == "render":
        from composer_app.music.composition import Composition
        from composer_app.music.files.sample_melodies import load_sample
        from composer_app.music.midi.file import write_midi

        write_midi(Composition.from_melody(load_sample("twinkle")), tmp_path / "t.mid")
    # soundfile's wheel carries its library; one that does not may ask once.
    assert started(tmp_path, *arguments[command]) == []
