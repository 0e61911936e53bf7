"""A start: the window is seen before it works, stays as it was seen, and loses no click."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from composer_app.live.midi.outputs import MidiOutputs
from composer_app.live.note_sink import SilentSynthesizer
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.window.main_window import MainWindow
from composer_app.studio.window.services import Services, build_services
from tests import screens
from tests.live.midi_fakes import FakeSystem
from tests.studio.support import AnsweringDialogs, FakePorts


def services_for(settings: Settings, jobs: Jobs) -> Services:
    return build_services(
        settings,
        jobs=jobs,
        ports=FakePorts(),
        outputs=MidiOutputs(FakeSystem().connect),
        open_sound=lambda _: (SilentSynthesizer(), None),
        find_models=lambda: (),
        dialogs=AnsweringDialogs(),
    )


def picture(window: MainWindow) -> QImage:
    return window.grab().toImage()


def usual(settings: Settings) -> None:
    """As somebody finds it who starts it for the first time."""


def unusual(settings: Settings) -> None:
    settings.chord_row = not settings.chord_row
    settings.computer_keys = not settings.computer_keys
    settings.follow = not settings.follow
    settings.metronome = not settings.metronome


def german(settings: Settings) -> None:
    """The letters that play, which are seen on the keys, stand elsewhere."""
    settings.key_labels = "ZYYZ"


@pytest.mark.parametrize("remember", [usual, unusual, german])
def test_what_is_seen_first_stays(
    qtbot: QtBot, tmp_path: Path, remember: Callable[[Settings], None]
) -> None:
    settings, jobs = Settings(tmp_path), Jobs(later=True)
    remember(settings)
    window = MainWindow(settings, jobs)
    with qtbot.waitSignal(window.firstPainted):
        window.show()
    first = picture(window)
    assert not window.running
    services = services_for(settings, jobs)
    window.begin(services)
    assert picture(window) == first
    jobs.begin()
    qtbot.waitUntil(lambda: window.running and not jobs.busy)
    window.close()
    services.close()


def test_nothing_is_worked_out_before(qtbot: QtBot, tmp_path: Path) -> None:
    jobs = Jobs(later=True)
    window = MainWindow(Settings(tmp_path), jobs)
    with qtbot.waitSignal(window.firstPainted):
        window.show()
    done: list[str] = []
    jobs.run(window, lambda: "work", done.append, lambda error: None)
    qtbot.wait(20)
    assert done == []
    jobs.begin()
    qtbot.waitUntil(lambda: done == ["work"])
    services = services_for(Settings(tmp_path), jobs)
    window.begin(services)
    window.close()
    services.close()


def test_who_closes_it_before_it_works_is_heard(qtbot: QtBot, tmp_path: Path) -> None:
    settings, jobs = Settings(tmp_path), Jobs(later=True)
    window = MainWindow(settings, jobs)
    window.show()
    assert not window.close()
    assert window.isVisible()
    services = services_for(settings, jobs)
    window.begin(services)
    qtbot.waitUntil(lambda: not window.isVisible())
    jobs.begin()
    services.close()


# Clicks "Letters play" when the window has been painted and does not work yet, and says whether
# letters play then, when it works, and when the click has been heard.
CLICK_EARLY = """
import json, subprocess, sys, time
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMainWindow, QToolButton
from composer_app.studio import app

def window():
    return next(each for each in QApplication.topLevelWidgets() if isinstance(each, QMainWindow))

make, seen = app.make_services, []

def click_and_make(*given):
    switch = window().commands.computer_keys
    buttons = window().findChildren(QToolButton)
    (button,) = (each for each in buttons if each.defaultAction() is switch)
    place = button.mapToGlobal(button.rect().center())
    subprocess.run(
        ["xdotool", "mousemove", str(place.x()), str(place.y()), "click", "1"], check=True
    )
    seen.append(window().commands.computer_keys.isChecked())
    return make(*given)

def wait():
    seen.append(window().commands.computer_keys.isChecked())
    late = time.monotonic() + 60
    while window().commands.computer_keys.isChecked() and time.monotonic() < late:
        QApplication.processEvents()
        time.sleep(0.01)
    seen.append(window().commands.computer_keys.isChecked())
    print(json.dumps([*seen, window()._settings.computer_keys]))
    window().close()
    return 0

app.make_services = click_and_make
QApplication.exec = staticmethod(wait)
sys.exit(app.run([]))
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool"
)
def test_a_click_before_it_works_waits_until_it_does(tmp_path: Path) -> None:
    homes = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    with screens.x_server(1366, 768) as display:
        done = subprocess.run(
            [sys.executable, "-c", CLICK_EARLY],
            env={**os.environ, **homes, "QT_QPA_PLATFORM": "xcb", "DISPLAY": display},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [True, True, False, False]
