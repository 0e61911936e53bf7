"""Each style brings its instruments and a word on the tempo; what a person chose stays."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from composer_app.generation.models.model_info import ModelInfo
from composer_app.music.composition import DEFAULT_PROGRAMS, Composition, Track
from composer_app.music.instrumentation.styles import Tempo
from composer_app.music.note import Note
from tests.studio.support import Studio, open_studio, scale

BACH = ModelInfo("bach", Path("b.onnx"), "Bach chorale", "As in 1730.", "refining")
HYMN = replace(BACH, name="hymn", style="hymn", programs=(19,) * 4, tempo=Tempo(60, 90, 110))
JAZZ = replace(BACH, name="jazz", style="jazz", technique="gan", programs=(3,) * 4)


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path, models=(BACH, HYMN, JAZZ)) as result:
        result.window.show()
        qtbot.waitUntil(lambda: result.window.running and not result.services.jobs.busy)
        yield result


def generate(studio: Studio, qtbot: QtBot, model: str) -> list[int]:
    panel = studio.window.generate_panel
    panel.model.setCurrentIndex(panel.model.findData(model))
    panel.seed.setValue(panel.seed.value() + 1)
    qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not panel.busy)
    return [track.program for track in studio.composition.tracks]


def test_the_style_brings_its_instruments(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(scale(), "Open")
    assert generate(studio, qtbot, "hymn") == [19] * 4
    assert generate(studio, qtbot, "jazz") == [3] * 4
    assert generate(studio, qtbot, "bach") == list(DEFAULT_PROGRAMS)


def test_an_instrument_that_was_chosen_stays(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(scale(), "Open")
    generate(studio, qtbot, "bach")
    studio.window.mixer.programChosen.emit(2, 58)
    assert generate(studio, qtbot, "hymn") == [19, 19, 58, 19]
    assert generate(studio, qtbot, "jazz") == [3, 3, 58, 3]


def test_an_opened_file_keeps_its_instrument(studio: Studio, qtbot: QtBot) -> None:
    notes = scale().tracks[0].notes
    opened = Composition((Track("Flute", 73, notes), Track("Drums", 9, (Note(0, 40, 4),))))
    studio.services.document.begin(opened, "Open")
    assert generate(studio, qtbot, "hymn") == [73, 19, 19, 19, 9]


def test_an_instrument_chosen_while_it_is_written_stays(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(scale(), "Open")
    panel = studio.window.generate_panel
    panel.model.setCurrentIndex(panel.model.findData("hymn"))
    studio.window.generation.generate()
    studio.window.mixer.programChosen.emit(0, 58)
    # Another model is looked at meanwhile.
    panel.model.setCurrentIndex(panel.model.findData("jazz"))
    qtbot.waitUntil(lambda: not panel.busy)
    assert [track.program for track in studio.composition.tracks] == [58, 19, 19, 19]


def test_an_unusual_tempo_is_spoken_of_once_and_kept(studio: Studio, qtbot: QtBot) -> None:
    studio.services.document.begin(scale(), "Open")
    studio.window.transport_bar.tempo.setValue(150)
    advice = "Hymn usually goes at 60-110 BPM, and this piece at 150."
    for said in (True, False):
        generate(studio, qtbot, "hymn")
        assert studio.message.startswith("Three voices written beneath your melody")
        assert (advice in studio.message) == said
        assert studio.composition.tempo.initial_bpm == 150
    studio.window.transport_bar.tempo.setValue(90)
    generate(studio, qtbot, "hymn")
    assert "usually" not in studio.message
    studio.window.transport_bar.tempo.setValue(150)
    generate(studio, qtbot, "hymn")
    assert advice in studio.message


def test_the_panel_says_how_a_model_works(studio: Studio) -> None:
    panel = studio.window.generate_panel
    for name, about in (
        ("hymn", "As in 1730.\nRefining · 60-110 BPM"),
        ("jazz", "As in 1730.\nOne pass · 50-120 BPM"),
    ):
        row = panel.model.findData(name)
        panel.model.setCurrentIndex(row)
        assert panel._description.text() == about
        assert panel.model.itemData(row, Qt.ItemDataRole.ToolTipRole) == about
