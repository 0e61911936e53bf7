"""Whatever is done with a file can be cancelled, in one way, and nothing is lost by it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from composer_app.live.rendering import audio_file
from composer_app.music.files.cancelling import check
from composer_app.music.midi.file import write_midi
from composer_app.notation import piece_file
from composer_app.studio.files import saving_controller, under_way
from composer_app.studio.files.under_way import UnderWay
from composer_app.studio.messages.bar import MessageBar
from tests.studio.support import Studio, open_studio, scale


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr(under_way, "SLOW_MS", 0)
    with open_studio(tmp_path / "data") as result:
        result.services.document.begin(scale("Mine"), "Record", saved=False)
        yield result


class Slow:
    """Whatever is done with a file goes on only until it is not wanted any more."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ended = Event()
        monkeypatch.setattr(piece_file, "read_piece_file", self._by_wanted)
        monkeypatch.setattr(piece_file, "write_piece_file", self._by_wanted)
        monkeypatch.setattr(saving_controller, "write_midi", self._by_wanted)
        monkeypatch.setattr(audio_file, "write_audio", self._by_progress)

    def _by_wanted(self, *_: Any, wanted: Callable[[], bool], **__: Any) -> Any:
        patience = Event()
        while wanted():
            patience.wait(0.005)
        self.ended.set()
        check(wanted)

    def _by_progress(self, *given: Any) -> Any:
        self._by_wanted(wanted=lambda: given[4](0.25))


def start(studio: Studio, what: str, folder: Path) -> Path:
    ending = {"open": ".mid", "export": ".mid", "export_audio": ".wav"}.get(what, ".musicxml")
    path = folder / f"a{ending}"
    dialogs = studio.dialogs
    dialogs.open_path = dialogs.save_path = dialogs.audio_path = path
    dialogs.score = path, False
    getattr(studio.window.commands, what).trigger()
    return path


@pytest.mark.parametrize(
    ("what", "way"),
    [
        ("open", "button"),
        ("open", "escape"),
        ("export", "escape"),
        ("export_audio", "escape"),
        ("export_musicxml", "button"),
        ("export_score", "escape"),
    ],
)
def test_each_is_shown_and_cancelled(
    studio: Studio,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    way: str,
) -> None:
    slow, window = Slow(monkeypatch), studio.window
    path = start(studio, what, tmp_path)
    doing = "Opening" if what == "open" else "Exporting"
    qtbot.waitUntil(lambda: studio.message.startswith(f"{doing} {path.name}"))
    if way == "escape":
        window.commands.stop.trigger()
    else:
        (cancel,) = window.message_bar.action_buttons()
        assert cancel.text() == "Cancel"
        qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: slow.ended.is_set() and not studio.at_work)
    if what == "open":
        assert studio.message.startswith("Opening a.mid was cancelled, and what you have here is")
    else:
        assert studio.message == f"{path.name} was not made."
    assert not window.under_way.shown
    assert studio.composition == scale("Mine")
    assert window.isWindowModified()
    assert not path.exists()


def test_what_plays_is_stopped_first(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Slow(monkeypatch)
    start(studio, "open", tmp_path)
    qtbot.waitUntil(lambda: studio.window.under_way.shown)
    studio.window.commands.play.trigger()
    studio.window.commands.stop.trigger()
    assert not studio.window.playback.playing
    assert studio.window.under_way.shown
    studio.window.commands.stop.trigger()
    assert not studio.window.under_way.shown


def test_a_file_is_opened_after_one_that_was_cancelled(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "good.mid"
    write_midi(scale("Good"), path)
    with monkeypatch.context() as slowly:
        Slow(slowly)
        start(studio, "open", tmp_path)
        qtbot.waitUntil(lambda: studio.window.under_way.shown)
        studio.window.commands.stop.trigger()
        qtbot.waitUntil(lambda: not studio.at_work)
    studio.window.files.open(path)
    qtbot.waitUntil(lambda: not studio.at_work)
    assert studio.composition.title == "Good"


# -- without a window --------------------------------------------------------------------------


@pytest.fixture
def bar(qtbot: QtBot) -> MessageBar:
    result = MessageBar()
    qtbot.addWidget(result)
    return result


def test_what_is_over_soon_is_not_shown(qtbot: QtBot, bar: MessageBar) -> None:
    works = UnderWay(bar)
    work = works.begin("Opening", Path("a.mid"))
    works.end(work)
    works._show(work)
    assert bar.text == ""
    assert not works.shown


def test_the_share_is_shown_and_the_latest_is_cancelled_first(
    qtbot: QtBot, bar: MessageBar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_way, "_SHOWN_SECONDS", 0.0)
    works, told = UnderWay(bar), list[str]()
    first = works.begin("Exporting", Path("a.wav"), lambda: told.append("a"))
    second = works.begin("Exporting", Path("b.wav"), lambda: told.append("b"))
    works.cancel_latest()
    assert told == [], "nobody cancels what is not seen"
    for work in (first, second):
        works._show(work)
    assert second.progress(0.257)
    qtbot.waitUntil(lambda: bar.text == "Exporting b.wav: 25 %")
    works.cancel_latest()
    assert not second.progress(0.5)
    assert (told, bar.text, first.wanted()) == (["b"], "Exporting a.wav…", True)
    works.cancel(second)
    works.cancel_all()
    assert (told, bar.text, works.shown) == (["b", "a"], "", False)
