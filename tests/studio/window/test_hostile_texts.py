"""A window never shows control characters, markup or mnemonics that came out of a file."""

import logging
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent, Qt
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar, QToolTip
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from composer_app.analysis.likeness.copies import SharedRun
from composer_app.analysis.likeness.likeness import compare
from composer_app.analysis.likeness.profiles import load_profile
from composer_app.errors import ComposerError, ModelError, ProfileError
from composer_app.generation.models.model_info import ModelInfo
from composer_app.live.midi.inputs import PortChanges
from composer_app.music.midi.file import write_midi
from composer_app.reporting.plots import picture
from composer_app.studio import app
from composer_app.studio.statistics import likeness_page
from composer_app.studio.statistics.comparison import StyleComparison
from composer_app.studio.widgets.shown_text import tip_text, title_text, without_mnemonic
from composer_app.studio.window import sound_page
from composer_app.translation import verbatim
from tests.hostile import (
    HOSTILE,
    HOSTILE_NAME,
    MARKUP,
    assert_harmless,
    hostile_midi,
    write_hostile,
)
from tests.studio.shown import shown_texts
from tests.studio.support import FAKE_MODEL, Studio, open_studio, scale

MODELS = (
    FAKE_MODEL,
    ModelInfo(HOSTILE, Path(HOSTILE_NAME), HOSTILE, HOSTILE, "gan"),
    ModelInfo("bad", Path(HOSTILE_NAME), HOSTILE, problem=ModelError(verbatim(HOSTILE))),
)
# What is left of the hostile texts, however they are shown.
MARKS = ("src=", "a&b", "a&&b", "a&amp;b")


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A window around which everything is hostile: models, devices, instruments."""
    fonts = [tmp_path / HOSTILE_NAME.replace(".mid", ".sf2")]
    monkeypatch.setattr(sound_page, "find_soundfonts", lambda: iter(fonts))
    # What a style is called stands in a file beside the models.
    monkeypatch.setattr(likeness_page, "styles", lambda: (("bach", MARKUP),))
    with open_studio(tmp_path / "data", models=MODELS, sound_problem=HOSTILE) as result:
        result.ports.names = [HOSTILE]
        result.midi_system.ports = [HOSTILE]
        result.window.resize(1280, 900)
        result.window.show()
        qtbot.waitUntil(lambda: result.window.generate_panel.model_name == "fake")
        yield result


def fill(menu: QMenuBar | QMenu) -> None:
    """Let every menu below ``menu`` be filled, as if it were about to be opened."""
    for action in menu.actions():
        # Filling one may empty another.
        below = action.menu() if isValid(action) else None
        if isinstance(below, QMenu):
            below.aboutToShow.emit()
            fill(below)


def assert_nothing_hostile(studio: Studio, least: int) -> None:
    """Everything shown now is harmless, and at least so many texts come from outside."""
    seen = 0
    fill(studio.window.menuBar())
    for where, text, html, mnemonics in shown_texts():
        said = f"{where}: {text!a}"
        try:
            assert_harmless(text, breaks=True)
        except AssertionError as error:
            raise AssertionError(said) from error
        if any(mark in text for mark in MARKS):
            seen += 1
            as_html = html and Qt.mightBeRichText(text)
            assert not (as_html and ("<img" in text or "<b>" in text)), said
            assert not (mnemonics and "a&b" in text), said
        if where.startswith("title of MainWindow"):
            assert text.replace("[*][*]", "").count("[*]") == 1, said
    assert seen >= least


def opened(studio: Studio, qtbot: QtBot, path: Path) -> None:
    studio.window.files.open(path)
    qtbot.waitUntil(lambda: studio.services.document.path == path)
    qtbot.waitUntil(lambda: not studio.window.statistics.busy)


def told(studio: Studio, qtbot: QtBot, part: str) -> None:
    qtbot.waitUntil(lambda: part in studio.message)
    assert_harmless(studio.message)


def test_a_file_whose_every_text_is_hostile(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    opened(studio, qtbot, write_hostile(tmp_path))
    assert "Lead 2J <img" in studio.composition.tracks[0].name
    assert "Opened evil" in studio.message
    assert_harmless(studio.services.document.name)
    window = studio.window
    # Settings hold no halves of surrogate pairs: this one is among the recent files.
    opened(studio, qtbot, write_hostile(tmp_path, HOSTILE_NAME.replace("\udcff", "")))
    assert len(studio.services.settings.recent_files) == 1
    assert_nothing_hostile(studio, 30)
    window.selection.voices.aboutToShow.emit()
    window.selection.voices.actions()[3].trigger()
    assert "of the <b>a&b" in window.selection.bar.text
    assert_nothing_hostile(studio, 30)
    # A take of it, beside which the hostile one stands.
    window.generate_panel.button.click()
    qtbot.waitUntil(lambda: not window.generate_panel.busy)
    qtbot.waitUntil(lambda: not window.statistics.busy)
    assert_nothing_hostile(studio, 20)


def test_statistics_that_name_other_pieces(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names in the files beside the models are other people's texts as well."""
    run = SharedRun("bach", MARKUP, 9, 8, 3, 2, True)
    bach = replace(load_profile("bach"), title=MARKUP)
    problem = ProfileError(verbatim(MARKUP))
    monkeypatch.setattr(
        likeness_page,
        "verdict_of",
        lambda piece, style: StyleComparison(piece, compare(piece, bach), run, (problem,)),
    )
    monkeypatch.setattr(picture, "load_profile", lambda style: bach)
    opened(studio, qtbot, write_hostile(tmp_path))
    statistics = studio.window.statistics
    for tab in statistics.tabs:
        tab.click()
        qtbot.waitUntil(lambda: not statistics.busy)
        assert_nothing_hostile(studio, 30)
    assert "Near-copy" in statistics.likeness.copy.text
    statistics.tabs[0].click()
    box = statistics.distribution.choices.beside
    for index in range(box.count()):
        box.setCurrentIndex(index)
        box.activated.emit(index)
        qtbot.waitUntil(lambda: not statistics.busy)
        assert_nothing_hostile(studio, 30)
    # The last one is the style.
    assert f"from {MARKUP}" in statistics.distribution.figures.shown


def test_tooltips_over_notes(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    opened(studio, qtbot, write_hostile(tmp_path))
    roll = studio.window.roll
    port, geometry = roll.viewport(), roll._geometry
    note = studio.composition.tracks[0].notes[0]
    place = QPoint(
        round(geometry.x(note.start + 1)) - roll.corner.x(),
        round(geometry.y(note.pitch)) + 2 - roll.corner.y(),
    )
    event = QHelpEvent(QEvent.Type.ToolTip, place, port.mapToGlobal(place))
    QApplication.sendEvent(port, event)
    text = QToolTip.text()
    assert "Lead" in text
    assert "<img" not in text
    assert_harmless(text, breaks=True)


def test_names_of_files_in_messages(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    bad = tmp_path / HOSTILE_NAME
    bad.write_bytes(b"nonsense")
    studio.window.files.open(bad)
    told(studio, qtbot, "is not a MIDI file")
    studio.window.files.open(tmp_path / "none" / HOSTILE_NAME)
    told(studio, qtbot, "cannot be opened")
    studio.services.document.begin(scale(HOSTILE), HOSTILE)
    studio.dialogs.save_path = tmp_path / "out" / HOSTILE_NAME
    studio.window.commands.save_as.trigger()
    told(studio, qtbot, "cannot be written")
    (suggestion,) = studio.dialogs.suggestions
    assert_harmless(suggestion)
    studio.dialogs.save_path = bad
    studio.window.commands.save_as.trigger()
    told(studio, qtbot, "Saved evil")
    studio.dialogs.audio_path = tmp_path / "none" / HOSTILE_NAME.replace(".mid", ".wav")
    studio.window.commands.export_audio.trigger()
    qtbot.waitUntil(lambda: "wav" in studio.message)
    assert_harmless(studio.message)
    studio.window.report(f"Something unexpected went wrong ({HOSTILE}).")
    assert_nothing_hostile(studio, 5)


def test_ports_devices_and_instruments(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    studio.ports.changes.append(PortChanges(appeared=(HOSTILE,)))
    window.midi.poll()
    window.settings_dialog.open_page()
    assert_nothing_hostile(studio, 8)
    studio.services.settings.midi_output = HOSTILE
    studio.ports.changes.append(PortChanges(vanished=(HOSTILE,), lost=HOSTILE))
    window.midi.poll()
    assert_nothing_hostile(studio, 8)
    window.settings_dialog.close()


def test_a_piece_that_was_left_over(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "recovery"
    folder.mkdir(parents=True)
    (folder / "0123-1.mid").write_bytes(hostile_midi())
    with open_studio(tmp_path / "data", models=MODELS) as studio:
        studio.window.show()
        qtbot.waitUntil(lambda: "shall it come back" in studio.message)
        studio.window.message_bar.action_buttons()[0].click()
        qtbot.waitUntil(lambda: studio.composition.note_count > 0)
        assert_nothing_hostile(studio, 5)


def test_the_log_is_harmless_as_well(tmp_path: Path) -> None:
    try:
        write_midi(scale(), tmp_path / "none" / HOSTILE_NAME)
    except ComposerError:
        trace = sys.exc_info()
    # Not by way of a logger: pytest itself cannot report half a surrogate pair to another process.
    record = logging.LogRecord("x", logging.WARNING, "", 1, "%s failed.", (HOSTILE_NAME,), trace)
    handler = app._log_to(tmp_path / "composer.log")
    logging.getLogger().removeHandler(handler)
    handler.handle(record)
    handler.close()
    text = (tmp_path / "composer.log").read_text(encoding="utf-8")
    assert "evil" in text
    assert "Traceback" in text
    assert_harmless(text, breaks=True)


def test_text_as_widgets_take_it() -> None:
    assert without_mnemonic("Rock && Roll & more\n") == "Rock &&&& Roll && more"
    assert tip_text("a < b\nc") == "a < b\nc"
    assert tip_text("<b>a&b</b>\n\x1b[2Jc").count("&lt;b&gt;a&amp;b&lt;/b&gt;") == 1
    assert title_text("a[*]\x07") == "a[*][*]"
