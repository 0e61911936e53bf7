"""Continue, Fill the Gap and Compose, in the real window."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from composer_app.errors import ModelError
from composer_app.generation.melodies import network
from composer_app.music.composition import Composition
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.timing import Meter
from composer_app.studio.document.selection import Selection
from composer_app.studio.generate.compose_dialog import ComposeDialog
from composer_app.studio.generate.continue_dialog import ContinueDialog
from composer_app.translation import verbatim
from tests.generation.melodies.fake_network import FakeMelodyNetwork
from tests.studio.support import Studio

TWINKLE = Composition.from_melody(load_sample("twinkle"))


class Rig:
    """A studio with a melody of twelve bars, whose dialogs can be got hold of."""

    def __init__(self, studio: Studio, qtbot: QtBot) -> None:
        self.studio, self._qtbot = studio, qtbot
        self.document = studio.services.document
        self.actions = studio.window.commands
        self.dialogs: list[object] = []
        studio.window.continuing.dialogOpened.connect(self.dialogs.append)

    @property
    def said(self) -> str:
        return str(self.studio.window.message_bar.text)

    def wait(self) -> None:
        panel, worker = self.studio.window.generate_panel, self.studio.services.worker
        self._qtbot.waitUntil(lambda: not panel.busy and not worker.busy)

    def go_on(self, bars: int = 4) -> None:
        self.actions.continue_piece.trigger()
        dialog = self.dialogs[-1]
        assert isinstance(dialog, ContinueDialog)
        dialog.bars.setValue(bars)
        dialog.button.click()
        self.wait()

    def compose_dialog(self) -> ComposeDialog:
        self.actions.compose_piece.trigger()
        dialog = self.dialogs[-1]
        assert isinstance(dialog, ComposeDialog)
        return dialog


@pytest.fixture
def rig(studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Rig:
    monkeypatch.setattr(network, "load_melody_network", FakeMelodyNetwork)
    studio.services.document.begin(TWINKLE, "Open")
    return Rig(studio, qtbot)


def test_a_melody_goes_on_alone_and_undo_takes_it_back(rig: Rig) -> None:
    shown: list[tuple[int, float, float]] = []
    rig.studio.window.continuing.notesWritten.connect(lambda *where: shown.append(where))
    rig.go_on(4)
    piece = rig.document.composition
    ((_pitch, first, end),) = shown
    assert (first, end) == (192, 208)
    assert piece.bars == 16
    assert len(piece.tracks) == 1
    assert piece.tracks[0].notes[:42] == TWINKLE.tracks[0].notes
    assert "bars 13 to 16 are new" in rig.said
    rig.document.undo()
    assert rig.document.composition == TWINKLE
    rig.document.redo()
    assert rig.document.composition == piece


def test_voices_go_on_as_a_take(rig: Rig) -> None:
    rig.actions.generate.trigger()
    rig.wait()
    before = rig.document.composition
    rig.go_on(2)
    after = rig.document.composition
    assert after.bars == before.bars + 2
    for old, new in zip(before.tracks, after.tracks, strict=True):
        assert set(old.notes) < set(new.notes)
    assert rig.document.take is not None
    assert len(rig.document.takes) == 2
    rig.document.undo()
    assert rig.document.composition == before


def test_the_gap_that_is_selected_is_filled(rig: Rig) -> None:
    kept = tuple(n for n in TWINKLE.tracks[0].notes if not 32 <= n.start < 64)
    kept = tuple(n for n in kept if not 96 <= n.start < 128)
    piece = replace(TWINKLE, tracks=(replace(TWINKLE.tracks[0], notes=kept),))
    rig.document.begin(piece, "Open")
    rig.studio.window.chosen.set(Selection.of_bars(piece, 96, 127))
    rig.actions.fill_gap.trigger()
    rig.wait()
    new = set(rig.document.composition.tracks[0].notes) - set(kept)
    assert {note.start // 32 for note in new} == {3}
    assert "The gap is filled" in rig.said
    rig.studio.window.chosen.set(Selection())
    rig.actions.fill_gap.trigger()
    rig.wait()
    assert rig.document.composition.bars == 12
    rig.actions.fill_gap.trigger()
    rig.wait()
    assert "There is no gap to fill" in rig.said


def test_a_new_piece_takes_the_place_of_the_old_one(rig: Rig) -> None:
    dialog = rig.compose_dialog()
    dialog.chords.setText("C Am F Gx")
    dialog.button.click()
    assert "no chord" in dialog.problem
    dialog.chords.setText("C Am F G")
    assert not dialog.problem
    dialog.bars.setValue(8)
    dialog.meter.setCurrentText("3/4")
    dialog.tempo.setValue(88)
    dialog.button.click()
    rig.wait()
    piece = rig.document.composition
    assert (piece.bars, piece.meter, piece.tempo.initial_bpm) == (8, Meter(3, 4), 88)
    assert [track.name for track in piece.tracks] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert rig.document.take is not None
    assert "A new piece of 8 bars" in rig.said
    rig.document.undo()
    assert rig.document.composition == TWINKLE


def test_without_a_melody_there_is_nothing_to_go_on_with(rig: Rig) -> None:
    rig.document.begin(Composition(), "New")
    assert not rig.actions.continue_piece.isEnabled()
    assert not rig.actions.fill_gap.isEnabled()
    assert rig.actions.compose_piece.isEnabled()
    dialog = rig.compose_dialog()
    dialog.bars.setValue(4)
    dialog.button.click()
    rig.wait()
    assert rig.document.composition.bars == 4


def test_what_goes_wrong_is_said_and_leaves_the_piece(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> FakeMelodyNetwork:
        raise ModelError(verbatim("The model that writes melodies is missing"))

    monkeypatch.setattr(network, "load_melody_network", missing)
    rig.go_on()
    assert rig.said.startswith("The model that writes melodies is missing")
    assert rig.document.composition == TWINKLE
    assert not rig.studio.window.generate_panel.busy


def test_a_piece_that_changed_meanwhile_stays(rig: Rig) -> None:
    changed = replace(TWINKLE, title="Another")

    rig.actions.continue_piece.trigger()
    dialog = rig.dialogs[-1]
    assert isinstance(dialog, ContinueDialog)
    dialog.button.click()
    rig.document.replace(changed, "Rename")
    rig.wait()
    assert rig.document.composition == changed
    assert "has changed meanwhile" in rig.said


def test_it_can_be_cancelled(rig: Rig) -> None:
    rig.actions.continue_piece.trigger()
    dialog = rig.dialogs[-1]
    assert isinstance(dialog, ContinueDialog)
    dialog.button.click()
    assert rig.studio.window.generate_panel.busy
    rig.actions.cancel.trigger()
    rig.wait()
    assert rig.document.composition == TWINKLE
    assert rig.said == "Cancelled: the piece is as it was."
