"""Starting: where there is no display, and what happens to unexpected errors and to Ctrl-C."""

import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import qWarning
from pytestqt.qtbot import QtBot

from composer_app import package_names
from composer_app.studio.runtime.display import display_problem, library_problem
from composer_app.studio.runtime.error_hooks import ErrorHooks
from composer_app.studio.runtime.interrupt import InterruptHandler
from tests.studio.support import open_studio


@pytest.mark.parametrize(
    ("environment", "platform", "problem"),
    [
        ({}, "linux", "DISPLAY is not set"),
        ({"DISPLAY": ":4711"}, "linux", "The display :4711 does not answer"),
        ({"QT_QPA_PLATFORM": "xcb"}, "linux", "DISPLAY is not set"),
        ({"WAYLAND_DISPLAY": "wayland-99", "XDG_RUNTIME_DIR": "/nowhere"}, "linux", "DISPLAY"),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", None),
        ({}, "darwin", None),
        ({}, "win32", None),
    ],
)
def test_a_missing_display_is_noticed(
    environment: dict[str, str], platform: str, problem: str | None
) -> None:
    found = display_problem(environment, platform)
    if problem is None:
        assert found is None
    else:
        assert found is not None
        assert problem in str(found)


def test_wayland_is_enough(tmp_path: Path) -> None:
    (tmp_path / "wayland-0").touch()
    environment = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert display_problem(environment, "linux") is None


def test_a_missing_library_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_names, "system_family", lambda: "fedora")
    sentence = str(library_problem(ImportError("libGL.so.1: cannot open shared object file")))
    assert "libGL.so.1" in sentence
    assert "since a system library is missing: type: sudo dnf install" in sentence


@pytest.mark.skipif(sys.platform != "linux", reason="X11 and Wayland are Linux's")
@pytest.mark.parametrize("variables", [{}, {"DISPLAY": ":4711"}])
def test_without_a_display_run_says_so_and_returns_2(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    code = "import sys; from composer_app.studio.app import run; sys.exit(run([]))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**environment, **variables, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert "display" in done.stderr.lower()
    assert len(done.stderr.splitlines()) == 1


def test_the_studio_opens_a_file_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    """In a process of its own, as a person starts it; unsaved work would be kept."""
    code = f"""
import gc, os, signal, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from composer_app.music.midi.file import write_midi
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.composition import Composition
from composer_app.studio import app
path = {str(tmp_path / "tune.mid")!r}
write_midi(Composition.from_melody(load_sample("twinkle")), path)

def look():
    window = next((w for w in QApplication.topLevelWidgets() if hasattr(w, "roll")), None)
    if window is not None and window.windowTitle().startswith("tune.mid"):
        print("notes", window.roll.composition.note_count, flush=True)
        print("any thread collects garbage:", gc.isenabled(), flush=True)
        os.kill(os.getpid(), signal.SIGINT)

exec_ = QApplication.exec
def run_and_look():
    ticks = QTimer()
    ticks.timeout.connect(look)
    ticks.start(20)
    return exec_()
QApplication.exec = staticmethod(run_and_look)
sys.exit(app.run([path]))
"""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    environment |= {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "notes 42" in done.stdout
    assert "any thread collects garbage: False" in done.stdout
    assert "Traceback" not in done.stderr


def test_an_unexpected_error_becomes_a_sentence_and_a_log(
    qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hooks = ErrorHooks("/some/where/composer.log")
    with open_studio(tmp_path) as studio, caplog.at_level(logging.ERROR):
        hooks.unexpected.connect(studio.window.report)
        error = ZeroDivisionError("division")
        hooks._take(ZeroDivisionError, error, None)
        qtbot.waitUntil(lambda: "ZeroDivisionError" in studio.message)
        assert "/some/where/composer.log" in studio.message
    assert any(record.exc_info and record.exc_info[1] is error for record in caplog.records)


def test_the_hooks_take_threads_and_qt_as_well(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    hooks = ErrorHooks("composer.log")
    before = (sys.excepthook, threading.excepthook)
    hooks.install()
    try:
        with qtbot.waitSignal(hooks.unexpected):
            thread = threading.Thread(target=lambda: 1 // 0)
            thread.start()
            thread.join()
        with caplog.at_level(logging.WARNING):
            qWarning("Qt is not amused")
        assert "Qt is not amused" in caplog.text
        with qtbot.assertNotEmitted(hooks.unexpected, wait=50):
            hooks._take(KeyboardInterrupt, KeyboardInterrupt(), None)
    finally:
        hooks.remove()
        sys.excepthook, threading.excepthook = before


def test_ctrl_c_reaches_the_gui_thread(qtbot: QtBot) -> None:
    calls: list[str] = []
    before = signal.getsignal(signal.SIGINT)
    handler = InterruptHandler(lambda: calls.append(threading.current_thread().name))
    try:
        os.kill(os.getpid(), signal.SIGINT)
        qtbot.waitUntil(lambda: bool(calls))
    finally:
        handler.remove()
    assert calls == ["MainThread"]
    assert signal.getsignal(signal.SIGINT) is before
