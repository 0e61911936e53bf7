"""Phrase Voices in the window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from composer_app.music.composition import BAND_NAMES, Composition, Origin, Track
from composer_app.project.locks import Locks
from composer_app.studio.tracks.phrasing_dialog import PhrasingDialog
from tests.generation.phrasing.playing import ALTO, BASS, FOUR_FOUR, MELODY, SCENE, TENOR
from tests.studio.support import Studio, open_studio

PIECE = Composition(
    (
        *(Track("Tune", 0, MELODY), Track("Alto", 0, ALTO)),
        *(Track("Tenor", 0, TENOR), Track("Bass", 0, BASS)),
        Track("Kit", 0, ALTO, drums=True),
    ),
    SCENE.tempo,
    FOUR_FOUR,
)


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path / "data") as result:
        yield result


def dialog_of(studio: Studio, piece: Composition) -> PhrasingDialog:
    studio.services.document.begin(piece, "Open")
    studio.window.commands.phrase.trigger()
    dialog = studio.window.phrasing.dialog
    assert dialog is not None
    return dialog


def press(studio: Studio, qtbot: QtBot, dialog: PhrasingDialog) -> None:
    qtbot.mouseClick(dialog.take, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not studio.services.jobs.busy)


def velocities(composition: Composition, track: int) -> set[int]:
    return {note.velocity for note in composition.tracks[track].notes}


def test_the_accompaniment_is_phrased_in_one_step(studio: Studio, qtbot: QtBot) -> None:
    dialog = dialog_of(studio, PIECE)
    assert list(dialog.tracks) == [0, 1, 2, 3]
    assert dialog.chosen == (1, 2, 3)
    dialog.swing.setCurrentIndex(2)
    before = studio.services.document.undo_stack.index()
    press(studio, qtbot, dialog)
    made = studio.composition
    assert made.tracks[0] == PIECE.tracks[0]
    assert made.tracks[4] == PIECE.tracks[4]
    assert all(len(velocities(made, track)) > 4 for track in (1, 2, 3))
    assert studio.message.startswith("3 voices are phrased; the notes are where they were.")
    assert studio.services.document.undo_stack.index() == before + 1
    studio.window.commands.undo.trigger()
    assert studio.composition == PIECE


def test_locked_notes_stay(studio: Studio, qtbot: QtBot) -> None:
    dialog = dialog_of(studio, PIECE)
    cells = Locks.none().fitted(PIECE.steps, 5)
    cells[:64, 1] = True
    studio.services.document.set_locks(Locks(cells), "Lock")
    dialog.amount.setValue(10)
    press(studio, qtbot, dialog)
    for note, before in zip(studio.composition.tracks[1].notes, ALTO, strict=True):
        assert (note == before) == (note.start < 64)


def test_the_word_follows_the_slider_and_nothing_ticked_is_nothing_to_do(
    studio: Studio, qtbot: QtBot
) -> None:
    dialog = dialog_of(studio, PIECE)
    assert dialog._word.text() == "natural"
    dialog.amount.setValue(0)
    assert dialog._word.text() == "even"
    for box in dialog.tracks.values():
        box.setChecked(False)
    assert not dialog.take.isEnabled()
    dialog.tracks[0].setChecked(True)
    assert dialog.take.isEnabled()
    press(studio, qtbot, dialog)
    assert studio.message == "They are played so already: choose another phrasing, or other voices."
    assert studio.composition == PIECE


def test_a_melody_alone_is_ticked(studio: Studio, qtbot: QtBot) -> None:
    dialog = dialog_of(studio, Composition(PIECE.tracks[:1], SCENE.tempo, FOUR_FOUR))
    assert dialog.chosen == (0,)
    press(studio, qtbot, dialog)
    assert len(velocities(studio.composition, 0)) > 4
    assert studio.message.startswith("1 voice is phrased")


def test_the_parts_of_a_band_keep_their_accents(studio: Studio, qtbot: QtBot) -> None:
    tracks = tuple(
        Track(name, 0, track.notes, drums=name == "Drums")
        for name, track in zip(BAND_NAMES, PIECE.tracks, strict=False)
    )
    dialog = dialog_of(studio, Composition(tracks, SCENE.tempo, FOUR_FOUR, "", Origin("x", 1, 1.0)))
    assert dialog.chosen == (0,)
    assert [box.isEnabled() for box in dialog.tracks.values()] == [True, False, False]


@pytest.mark.parametrize("way", ["cancel", "another piece"])
def test_nothing_changes_where_nothing_is_chosen(studio: Studio, way: str) -> None:
    dialog = dialog_of(studio, PIECE)
    if way == "cancel":
        dialog.reject()
        assert studio.composition == PIECE
    else:
        studio.services.document.begin(Composition(), "Open")
        assert not studio.window.commands.phrase.isEnabled()
    assert studio.window.phrasing.dialog is None
