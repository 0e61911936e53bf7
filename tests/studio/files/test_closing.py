"""Closing loses nothing: it waits for what is being written, and says what cannot be kept."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from composer_app.music.midi.file import read_midi, write_midi
from composer_app.project.project_file import read_project
from composer_app.studio.files import closing, saving_controller
from composer_app.studio.messages.bar import Tone
from composer_app.studio.runtime.interrupt import close_from_outside
from tests.streams import next_line
from tests.studio.support import Studio, open_studio, scale


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path / "data") as studio:
        studio.window.show()
        qtbot.waitUntil(lambda: studio.window.running and not studio.services.jobs.busy)
        yield studio


class SlowDisk:
    """MIDI files are written once it lets them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers = Event()
        monkeypatch.setattr(closing, "_PATIENCE_SECONDS", 0.01)
        monkeypatch.setattr(saving_controller, "write_midi", self._write)

    def _write(self, *given: Any, **settings: Any) -> Any:
        self.answers.wait(60)
        return write_midi(*given, **settings)


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> SlowDisk:
    return SlowDisk(monkeypatch)


def buttons(studio: Studio) -> dict[str, QPushButton]:
    return {button.text(): button for button in studio.window.message_bar.action_buttons()}


def click(studio: Studio, qtbot: QtBot, text: str) -> None:
    qtbot.mouseClick(buttons(studio)[text], Qt.MouseButton.LeftButton)


def save(studio: Studio, path: Path) -> None:
    studio.dialogs.save_path = path
    studio.window.commands.save_as.trigger()


def test_what_was_just_saved_is_saved(studio: Studio, tmp_path: Path) -> None:
    """Nothing is said, since it takes no time."""
    studio.services.document.begin(scale(), "Record", saved=False)
    save(studio, tmp_path / "a.mid")
    assert studio.window.close()
    assert read_midi(tmp_path / "a.mid") == scale()
    # And it is known to be: the next start offers nothing.
    assert not list((tmp_path / "data" / "recovery").glob("*.composer"))


def test_closing_waits_for_a_slow_disk(
    studio: Studio, slow_disk: SlowDisk, qtbot: QtBot, tmp_path: Path
) -> None:
    studio.services.document.begin(scale("First"), "Record", saved=False)
    save(studio, tmp_path / "a.mid")
    studio.services.document.replace(scale("Second"), "Change")
    save(studio, tmp_path / "a.mid")
    assert not studio.window.close()
    assert studio.message == "Composer closes as soon as a.mid is written."
    assert not studio.window.close()
    assert studio.window.isVisible()
    slow_disk.answers.set()
    qtbot.waitUntil(lambda: not studio.window.isVisible())
    assert read_midi(tmp_path / "a.mid") == scale("Second")
    assert not list((tmp_path / "data" / "recovery").glob("*.composer"))


def test_one_may_think_better_of_closing(
    studio: Studio, slow_disk: SlowDisk, qtbot: QtBot, tmp_path: Path
) -> None:
    studio.services.document.begin(scale(), "Record", saved=False)
    save(studio, tmp_path / "a.mid")
    assert not studio.window.close()
    click(studio, qtbot, "Stay Open")
    slow_disk.answers.set()
    qtbot.waitUntil(lambda: not studio.services.writer.busy)
    qtbot.wait(20)
    assert studio.window.isVisible()
    assert read_midi(tmp_path / "a.mid") == scale()


def test_a_disk_that_never_answers_keeps_nobody(
    studio: Studio,
    slow_disk: SlowDisk,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("composer_app.studio.runtime.file_writer._PARTING_SECONDS", 0.01)
    studio.services.document.begin(scale(), "Record", saved=False)
    save(studio, tmp_path / "a.mid")
    assert not studio.window.close()
    click(studio, qtbot, "Close Now")
    assert not studio.window.isVisible()
    # It is kept for the next start, and so is word of where a half file may be.
    (kept,) = (tmp_path / "data" / "recovery").glob("*.composer")
    assert read_project(kept).composition == scale()
    studio.services.close()
    assert list((tmp_path / "data" / "recovery").glob("*.folders"))
    slow_disk.answers.set()


@pytest.mark.parametrize("is_slow", [True, False])
def test_a_save_that_fails_keeps_the_window_open_once(
    studio: Studio,
    slow_disk: SlowDisk,
    qtbot: QtBot,
    tmp_path: Path,
    is_slow: bool,
) -> None:
    studio.services.document.begin(scale(), "Record", saved=False)
    if not is_slow:
        slow_disk.answers.set()
    save(studio, tmp_path / "gone" / "a.mid")
    assert not studio.window.close()
    slow_disk.answers.set()
    qtbot.waitUntil(lambda: "there is no such file or folder" in studio.message)
    assert studio.window.message_bar.tone is Tone.ERROR
    qtbot.wait(20)
    assert studio.window.isVisible()
    assert studio.window.close()
    (kept,) = (tmp_path / "data" / "recovery").glob("*.composer")
    assert read_project(kept).composition == scale()


def test_a_save_that_failed_before_keeps_no_window_open(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    studio.services.document.begin(scale(), "Record", saved=False)
    save(studio, tmp_path / "gone" / "a.mid")
    qtbot.waitUntil(lambda: not studio.services.writer.busy)
    assert studio.window.close()


def test_a_file_that_somebody_has_changed_is_not_replaced_by_closing(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "a.mid"
    studio.services.document.begin(scale(), "Record", saved=False)
    save(studio, path)
    qtbot.waitUntil(lambda: not studio.window.isWindowModified())
    path.write_bytes(b"theirs")
    studio.services.document.replace(scale("Mine"), "Change")
    studio.window.commands.save.trigger()
    assert not studio.window.close()
    assert path.read_bytes() == b"theirs"
    click(studio, qtbot, "Replace")
    assert studio.window.close()
    assert read_midi(path) == scale("Mine")


@pytest.mark.parametrize("answer", ["Close Anyway", "Save As…"])
def test_the_window_stays_open_if_nothing_can_be_kept(
    studio: Studio, qtbot: QtBot, tmp_path: Path, answer: str
) -> None:
    window = studio.window
    # A file where the folder should be.
    (tmp_path / "data" / "recovery").write_text("in the way")
    studio.services.document.begin(scale(), "Record", saved=False)
    for _ in range(2):
        assert not window.close()
        assert window.isVisible()
        assert window.message_bar.tone is Tone.ERROR
    studio.dialogs.save_path = tmp_path / "saved.mid"
    click(studio, qtbot, answer)
    if answer == "Save As…":
        qtbot.waitUntil(lambda: not window.isWindowModified())
        window.close()
    assert not window.isVisible()


def test_it_stays_open_for_a_piece_that_is_not_the_one_shown(
    studio: Studio, tmp_path: Path
) -> None:
    (tmp_path / "data" / "recovery").write_text("in the way")
    studio.services.document.begin(scale("Unsaved"), "Record", saved=False)
    studio.services.document.begin(scale("Opened"), "Open")
    assert not studio.window.close()
    assert "could not be kept" in studio.message
    (tmp_path / "data" / "recovery").unlink()


# -- told from outside -------------------------------------------------------------------------

STARTED = """
import signal, sys
# It would stay ignored, had the tests been started with nohup.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog
from composer_app.studio import app
from tests.studio.support import scale

def look():
    window = next((w for w in QApplication.topLevelWidgets() if hasattr(w, "roll")), None)
    if window is None or not window.running:
        return
    ticks.stop()
    window._services.document.begin(scale("Unsaved"), "Record", saved=False)
    {before}
    QTimer.singleShot(300, lambda: print("here", flush=True))
    {busy}

exec_ = QApplication.exec
def run_and_look():
    global ticks
    ticks = QTimer()
    ticks.timeout.connect(look)
    ticks.start(20)
    return exec_()
QApplication.exec = staticmethod(run_and_look)
sys.exit(app.run([]))
"""
BUSY: dict[str, tuple[str, str]] = {
    "nothing": ("", ""),
    "asking for a file": ("", "window.commands.open.trigger()"),
    "recording": (
        "window.commands.record.trigger()",
        "window._services.live.note_on(60, 80)",
    ),
    "asking twice": (
        "window.commands.settings.trigger(); window.statistics_dock.toggle();"
        " QFileDialog(window).open()",
        "window.commands.save_as.trigger()",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "busy"),
    [(signal.SIGHUP, "nothing"), *((signal.SIGTERM, busy) for busy in list(BUSY)[1:])],
)
def test_a_signal_closes_as_closing_does(
    tmp_path: Path, repository: Path, number: signal.Signals, busy: str
) -> None:
    before, then = BUSY[busy]
    code = STARTED.format(before=before or "pass", busy=then or "pass")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "JACK_NO_START_SERVER": "1"}
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        environment[name] = str(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=repository,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert next_line(process) == "here\n"
        process.send_signal(number)
        try:
            _, errors = process.communicate(timeout=60)
        finally:
            # Where it did not close.
            process.kill()
    assert process.returncode == 0
    assert "Traceback" not in errors
    recovery = next(tmp_path.rglob("recovery"))
    kept = [read_project(path).composition.title for path in recovery.glob("*.composer")]
    assert "Unsaved" in kept
    # In order: nothing else is left.
    assert {path.suffix for path in recovery.iterdir()} == {".composer"}


def test_dialogs_that_will_not_close_keep_no_signal_waiting(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stubborn:
        closed = 0

        def close(self) -> bool:
            self.closed += 1
            return False

    dialog = Stubborn()
    closed: list[bool] = []
    monkeypatch.setattr(QApplication, "activeModalWidget", lambda: dialog)
    close: Callable[[], object] = lambda: closed.append(True)  # noqa: E731
    close_from_outside(close)
    assert (dialog.closed, closed) == (1, [True])
