"""Export Audio: a whole file or none, and a sentence in either case."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from composer_app.live.rendering import audio_file
from composer_app.live.rendering.audio_file import write_audio
from composer_app.music.composition import Composition, Track
from composer_app.music.mix import TrackMix
from composer_app.music.note import Note
from composer_app.studio.files import closing, under_way
from composer_app.studio.messages.bar import Tone
from composer_app.studio.widgets.file_dialogs import FileDialogs, plain_name
from tests.live.conftest import library as library
from tests.live.conftest import soundfont as soundfont
from tests.live.rig import strongest_pitch
from tests.studio.support import Studio, open_studio

OCARINA = 79


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path / "data") as result:
        tracks = tuple(Track("", OCARINA, (Note(0, pitch, 8, 100),)) for pitch in (60, 67))
        result.services.document.begin(Composition(tracks, title="A: tune"), "Open")
        yield result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "music"
    path.mkdir()
    return path


def export(studio: Studio, path: Path | None) -> None:
    studio.dialogs.audio_path = path
    studio.window.commands.export_audio.trigger()


def settle(studio: Studio, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not studio.window.audio_export.running, timeout=20_000)


@pytest.mark.parametrize("name", ["out.wav", "out.ogg"])
def test_a_file_is_made_and_said(
    studio: Studio, qtbot: QtBot, soundfont: Path, folder: Path, name: str
) -> None:
    export(studio, folder / name)
    assert studio.window.audio_export.running
    settle(studio, qtbot)
    assert studio.message == f"Exported {name} in {folder}."
    assert studio.window.message_bar.tone is Tone.SUCCESS
    samples, rate = soundfile.read(folder / name)
    assert (rate, samples.shape[1]) == (48000, 2)
    assert np.abs(samples).max() > 0.5
    export(studio, None)
    assert studio.dialogs.suggestions == ["A tune.wav", f"A tune{Path(name).suffix}"]
    assert not studio.window.isWindowModified()


def test_it_sounds_as_the_mixer_says_but_as_loud_as_can_be(
    studio: Studio, qtbot: QtBot, soundfont: Path, folder: Path
) -> None:
    mix = studio.window.playback.mix.with_track(1, TrackMix(mute=True))
    studio.window.playback.set_mix(replace(mix, master=1))
    export(studio, folder / "a.wav")
    settle(studio, qtbot)
    samples = soundfile.read(folder / "a.wav")[0].mean(axis=1)
    assert strongest_pitch(samples[9600:28800]) == pytest.approx(60, abs=0.2)
    assert np.abs(samples).max() > 0.5


class Waiting:
    """Renders for real, but stops half-way until it is let go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go_on = Event()
        monkeypatch.setattr(audio_file, "write_audio", self._write)
        monkeypatch.setattr(under_way, "_SHOWN_SECONDS", 0.0)
        monkeypatch.setattr(under_way, "SLOW_MS", 0)

    def _write(
        self,
        piece: Composition,
        path: Path,
        soundfont: Path | None,
        settings: Any,
        progress: Callable[[float], bool],
        mix: Any,
    ) -> Any:
        def wait(share: float) -> bool:
            answer = progress(share)
            if share > 0.5:
                self.go_on.wait(20)
            return answer and progress(share)

        return write_audio(piece, path, soundfont, settings, wait, mix)


def test_progress_is_shown_and_cancel_leaves_no_file(
    studio: Studio,
    qtbot: QtBot,
    soundfont: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting = Waiting(monkeypatch)
    export(studio, folder / "a.wav")
    qtbot.waitUntil(lambda: studio.message.startswith("Exporting a.wav"))
    qtbot.waitUntil(lambda: "5" in studio.message or "6" in studio.message)
    export(studio, folder / "b.wav")
    assert studio.message == "a.wav is still being made: wait for it, or cancel it."
    assert studio.dialogs.suggestions == ["A tune.wav"]
    studio.window.message_bar.dismiss()
    (cancel,) = studio.window.message_bar.action_buttons()
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    waiting.go_on.set()
    settle(studio, qtbot)
    assert studio.message == "a.wav was not made."
    assert list(folder.iterdir()) == []
    export(studio, folder / "b.wav")
    settle(studio, qtbot)
    assert [each.name for each in folder.iterdir()] == ["b.wav"]


@pytest.mark.parametrize("patient", [True, False])
def test_closing_waits_for_the_file_unless_one_does_not_want_it(
    qtbot: QtBot,
    soundfont: Path,
    tmp_path: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    patient: bool,
) -> None:
    monkeypatch.setattr(closing, "_PATIENCE_SECONDS", 0.01)
    waiting = Waiting(monkeypatch)
    with open_studio(tmp_path / "data") as studio:
        window = studio.window
        window.show()
        piece = Composition((Track("", OCARINA, (Note(0, 60, 8),)),))
        studio.services.document.begin(piece, "Open")
        export(studio, folder / "a.wav")
        qtbot.waitUntil(lambda: "5" in studio.message or "6" in studio.message)
        assert not window.close()
        assert window.isVisible()
        assert studio.message == "Composer closes as soon as a.wav is written."
        if patient:
            waiting.go_on.set()
            qtbot.waitUntil(lambda: not window.isVisible())
        else:
            now, _stay = window.message_bar.action_buttons()
            qtbot.mouseClick(now, Qt.MouseButton.LeftButton)
            assert not window.isVisible()
            waiting.go_on.set()
    assert [path.name for path in folder.iterdir()] == (["a.wav"] if patient else [])


@pytest.mark.parametrize(
    ("module", "sentence"),
    [("fluidsynth", "pip install pyfluidsynth"), ("soundfile", "pip install soundfile")],
)
def test_what_is_missing_is_a_sentence(
    studio: Studio,
    qtbot: QtBot,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    sentence: str,
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    export(studio, folder / "a.wav")
    settle(studio, qtbot)
    assert studio.message.endswith(sentence)
    assert studio.window.message_bar.tone is Tone.ERROR
    assert list(folder.iterdir()) == []


def test_no_soundfont_and_no_place_are_sentences(
    studio: Studio, qtbot: QtBot, library: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(studio, folder / "gone" / "a.wav")
    settle(studio, qtbot)
    assert "a.wav cannot be written: there is no such file or folder" in studio.message
    monkeypatch.setattr("composer_app.live.rendering.rendering.find_soundfonts", lambda: iter(()))
    export(studio, folder / "a.wav")
    settle(studio, qtbot)
    assert "no SoundFont was found" in studio.message


def test_an_unexpected_error_is_a_sentence_too(
    studio: Studio, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(audio_file, "write_audio", explode)
    export(studio, folder / "a.wav")
    settle(studio, qtbot)
    assert studio.message.startswith("Something unexpected went wrong, and a.wav was not made.")


def test_nothing_is_not_exported(studio: Studio) -> None:
    studio.window.commands.new.trigger()
    export(studio, Path("a.wav"))
    assert studio.dialogs.suggestions == []
    assert "nothing to export" in studio.message


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (("/m/a.mp3", "WAV (*.wav)"), Path("/m/a.mp3")),
        (("/m/a.FLAC", "WAV (*.wav)"), Path("/m/a.FLAC")),
        (("/m/No. 1", "MP3 (*.mp3)"), Path("/m/No. 1.mp3")),
        (("/m/a", ""), Path("/m/a.ogg")),
        (("", ""), None),
    ],
)
def test_the_dialog_gives_a_name_with_an_ending(
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    answer: tuple[str, str],
    expected: Path | None,
) -> None:
    asked: list[Any] = []

    def ask(*given: Any) -> tuple[str, str]:
        asked.extend(given)
        return answer

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    widget = QWidget()
    qtbot.addWidget(widget)
    assert FileDialogs().ask_save_audio(widget, Path("/m/tune.ogg")) == expected
    assert asked[2:] == [
        "/m/tune.ogg",
        "WAV (*.wav);;FLAC (*.flac);;MP3 (*.mp3);;Ogg Vorbis (*.ogg)",
        "Ogg Vorbis (*.ogg)",
    ]


@pytest.mark.parametrize(
    ("title", "name"),
    [("A: tune/2", "A tune 2"), ("...", "Untitled"), ("", "Untitled"), (" Étude ♪ ", "Étude ♪")],
)
def test_titles_become_names(title: str, name: str) -> None:
    assert plain_name(title) == name
