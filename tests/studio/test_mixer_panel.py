"""The mixer's strips."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition, Track
from composer_app.music.instruments import INSTRUMENT_NAMES
from composer_app.music.note import Note
from composer_app.studio.mixer_panel import MixerPanel

NOTES = (Note(0, 60, 4),)
PIECE = Composition((Track("Soprano", 73, NOTES), Track("", 0, NOTES), Track("Empty", 42)))


@pytest.fixture
def panel(qtbot: QtBot) -> MixerPanel:
    result = MixerPanel()
    qtbot.addWidget(result)
    result.set_composition(PIECE)
    return result


def test_a_strip_for_each_track(panel: MixerPanel) -> None:
    assert [strip.instrument.currentText() for strip in panel.strips] == [
        "Flute",
        "Grand piano",
        "Cello",
    ]
    assert panel.strips[1].instrument.accessibleName() == "Instrument of Track 2"
    panel.set_composition(Composition())
    assert panel.strips == ()
    assert not panel._empty.isHidden()


def test_every_program_can_be_shown_and_chosen(panel: MixerPanel) -> None:
    chosen: list[tuple[int, int]] = []
    panel.programChosen.connect(lambda track, program: chosen.append((track, program)))
    box = panel.strips[1].instrument
    for program in range(128):
        box.set_program(program)
        assert (box.program, box.currentText()) == (program, INSTRUMENT_NAMES[program])
    assert chosen == []
    row = box.findText("Church organ")
    box.setCurrentIndex(row)
    box.activated.emit(row)
    assert chosen == [(1, 19)]


def test_families_are_headings_only(panel: MixerPanel) -> None:
    model = panel.strips[0].instrument.model()
    assert model.rowCount() == 128 + 16
    assert model.flags(model.index(0, 0)) == Qt.ItemFlag.NoItemFlags


def test_mute_is_reported_and_kept(panel: MixerPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.mutedChanged):
        panel.strips[1].mute.click()
    panel.set_composition(PIECE.with_program(0, 1))
    assert panel.muted == {1}
    with qtbot.waitSignal(panel.mutedChanged):
        panel.set_composition(Composition(PIECE.tracks[:1]))
    assert panel.muted == frozenset()


def test_the_melody_is_marked_and_another_track_can_be_it(panel: MixerPanel, qtbot: QtBot) -> None:
    assert [strip.melody.isChecked() for strip in panel.strips] == [True, False, False]
    assert not panel.strips[2].melody.isEnabled()
    with qtbot.assertNotEmitted(panel.melodyChosen):
        panel.strips[0].melody.click()
    assert panel.strips[0].melody.isChecked()
    with qtbot.waitSignal(panel.melodyChosen) as chosen:
        panel.strips[1].melody.click()
    assert chosen.args == [1]


def test_a_long_name_is_cut_but_not_lost(panel: MixerPanel) -> None:
    long = "The first violins of the large orchestra"
    panel.set_composition(Composition((Track(long, 40, NOTES),)))
    label = panel.strips[0]._name
    assert label.text().endswith("…")
    assert label.toolTip().startswith(long)
