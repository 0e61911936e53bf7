"""The document: one writer, undoable, and honest about what is saved."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition
from composer_app.music.editing.edits import with_tempo
from composer_app.music.performing.performance import Grid, Performance, PerformedNote, Quantization
from composer_app.music.timing import Meter
from composer_app.project.locks import Locks
from composer_app.studio.document.document import Document
from composer_app.studio.document.selection import Selection
from tests.project.pieces import full_piece, melody_only, take
from tests.studio.support import open_studio, scale

PIECE = scale()
OTHER = PIECE.with_program(0, 5)


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document()


def test_starts_empty_and_unmodified(document: Document) -> None:
    assert document.composition == Composition()
    assert (document.name, document.modified, document.path) == ("Untitled", False, None)


def test_each_replacement_is_announced_and_undone(document: Document, qtbot: QtBot) -> None:
    with qtbot.waitSignal(document.compositionChanged):
        document.replace(PIECE, "Record")
    document.replace(OTHER, "Change Instrument")
    assert document.undo_stack.undoText() == "Change Instrument"
    with qtbot.waitSignal(document.compositionChanged):
        document.undo_stack.undo()
    assert document.composition == PIECE
    document.undo_stack.redo()
    assert document.composition == OTHER


def test_an_equal_composition_is_no_edit(document: Document) -> None:
    document.replace(PIECE, "Record")
    document.replace(scale(), "Record")
    assert document.undo_stack.count() == 1


@pytest.mark.parametrize(
    ("second", "undone_to"), [("same", 100.0), ("another", 110.0), ("none", 110.0)]
)
def test_edits_of_one_kind_undo_as_one(document: Document, second: str, undone_to: float) -> None:
    first_id = document.new_merge_id()
    ids = {"same": first_id, "another": document.new_merge_id(), "none": None}
    document.replace(PIECE, "Record")
    document.replace(with_tempo(PIECE, 110), "Change Tempo", first_id)
    document.replace(with_tempo(PIECE, 120), "Change Tempo", ids[second])
    document.undo_stack.undo()
    assert document.composition.tempo.initial_bpm == undone_to


def test_edits_of_two_pieces_never_merge(document: Document) -> None:
    merge_id = document.new_merge_id()
    document.begin(PIECE, "Open")
    document.replace(with_tempo(PIECE, 110), "Change Tempo", merge_id)
    document.begin(OTHER, "Open")
    document.replace(with_tempo(OTHER, 120), "Change Tempo", merge_id)
    document.undo_stack.undo()
    assert document.composition == OTHER


def test_no_two_callers_merge_their_edits(document: Document) -> None:
    callers = [document.new_merge_id() for _ in range(50)]
    assert len(set(callers)) == 50
    # Nobody makes one up, which another caller may have.
    for made_up in (-1, callers[-1] + 1, 1000):
        with pytest.raises(ValueError, match="new_merge_id"):
            document.replace(PIECE, "Record", made_up)
    for number, merge_id in enumerate(callers):
        document.replace(with_tempo(PIECE, 60 + number), "Change", merge_id)
    assert document.undo_stack.count() == 50


def test_tempo_metre_quantization_and_gestures_are_told_apart(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: dict[str, set[int | None]] = {}
    replace_it = Document.replace

    def noting(
        self: Document,
        composition: Composition,
        text: str,
        merge_id: int | None = None,
        locks: Locks | None = None,
    ) -> None:
        used.setdefault(text, set()).add(merge_id)
        replace_it(self, composition, text, merge_id, locks)

    monkeypatch.setattr(Document, "replace", noting)
    with open_studio(tmp_path) as studio:
        window = studio.window
        studio.services.document.begin(scale(), "Open")
        bar = window.transport_bar
        for tempo in (90, 91):
            bar.tempo.setValue(tempo)
        bar.meterChosen.emit(Meter(3, 4))
        performance = Performance((PerformedNote(60, 80, 0.1, 0.6),), 91.0)
        window.tools.performances.take_recording(performance)
        window.tools.performances.set_quantization(Quantization(Grid.QUARTER))
        window.roll.set_selection(Selection.everything(studio.composition))
        for _ in range(2):
            window.roll.mouse.dragBegan.emit()
            window.roll.mouse.dragged.emit(1, 1)
    kinds = [used[text] for text in ("Change Tempo", "Change Metre", "Quantize", "Move Notes")]
    assert [len(kind) for kind in kinds] == [1, 1, 1, 2]
    assert len(set().union(*kinds)) == 5


def test_modified_means_that_no_file_holds_it(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "piece.mid"
    document.begin(PIECE, "Open", path)
    assert not document.modified
    document.replace(OTHER, "Change Instrument")
    assert document.modified
    document.mark_saved(path, document.piece, whole=False)
    assert not document.modified
    document.undo_stack.undo()
    assert document.modified
    document.undo_stack.redo()
    assert not document.modified


def test_a_saved_piece_without_notes_is_not_as_saved(document: Document, tmp_path: Path) -> None:
    assert document.as_saved
    document.begin(PIECE, "Record", saved=False)
    assert not document.as_saved
    document.mark_saved(tmp_path / "piece.mid", document.piece, whole=False)
    assert document.as_saved
    document.replace(Composition(), "Delete")
    assert (document.as_saved, document.modified) == (False, False)
    document.undo_stack.undo()
    assert document.as_saved


def test_every_change_is_another_moment(document: Document) -> None:
    moments = [document.moment()]
    for change in (
        lambda: document.begin(PIECE, "Open"),
        lambda: document.replace(OTHER, "Change Instrument"),
        lambda: document.set_locks(Locks(np.ones((4, 1), np.bool_)), "Lock"),
        document.undo_stack.undo,
        document.undo_stack.undo,
        document.undo_stack.redo,
    ):
        change()
        moments.append(document.moment())
    assert len(set(moments)) == len(moments)
    document.replace(document.composition, "Nothing")
    assert document.moment() == moments[-1]


def test_an_empty_piece_is_never_modified(document: Document) -> None:
    document.replace(with_tempo(Composition(), 60), "Change Tempo")
    assert not document.modified


def test_opening_another_piece_can_be_undone(document: Document, tmp_path: Path) -> None:
    document.begin(PIECE, "Bring Back", saved=False)
    first = document.piece_number
    document.begin(OTHER, "Open", tmp_path / "other.mid")
    assert (document.name, document.modified) == ("other.mid", False)
    document.undo_stack.undo()
    assert (document.composition, document.piece_number) == (PIECE, first)
    assert document.modified
    assert document.path is None


def test_only_files_that_composer_wrote_are_saved_without_asking(
    document: Document, tmp_path: Path
) -> None:
    document.begin(PIECE, "Open", tmp_path / "theirs.mid")
    assert document.save_path is None
    document.mark_saved(tmp_path / "ours.mid", document.piece, whole=False)
    assert document.save_path == document.path == tmp_path / "ours.mid"


def test_an_untitled_piece_goes_by_its_title(document: Document) -> None:
    document.begin(PIECE, "Open")
    assert document.name == "Scale"


def test_takes_stay_with_the_piece_whatever_is_undone(document: Document) -> None:
    first, second = take(1), take(2)
    document.begin(melody_only().composition, "Record", saved=False)
    for each in (first, second):
        document.replace(each.composition, "Generate", take=each)
    assert (document.take, document.takes) == (second, (first, second))
    document.undo()
    assert (document.take, document.takes) == (first, (first, second))
    document.undo()
    assert (document.take, document.takes) == (None, (first, second))
    document.begin(OTHER, "Open")
    assert (document.take, document.takes) == (None, ())
    document.undo()
    assert document.takes == (first, second)


def test_a_take_is_known_as_long_as_its_notes_stand(document: Document) -> None:
    first = take(1)
    document.begin(melody_only().composition, "Record", saved=False)
    document.replace(first.composition, "Generate", take=first)
    document.set_locks(Locks(np.ones((4, 2), np.bool_)), "Lock")
    document.replace(document.composition.with_program(1, 7), "Change Instrument")
    assert document.take is first
    edited = document.composition.tracks[0].notes[1:]
    tracks = (replace(document.composition.tracks[0], notes=edited),)
    document.replace(replace(document.composition, tracks=tracks), "Delete")
    assert document.take is None
    # Its notes come back by another edit, and so it does.
    document.replace(first.composition, "Paste", take=take(1))
    assert document.take is first
    assert document.takes == (first,)


def test_a_project_is_as_saved_while_all_of_it_is(document: Document, tmp_path: Path) -> None:
    path, piece = tmp_path / "piece.composer", full_piece()
    document.begin_project(piece, "Open", path)
    assert (document.path, document.save_path) == (path, path)
    assert (document.composition, document.takes) == (piece.composition, piece.takes)
    assert (document.take, document.locks) == (piece.take, piece.locks)
    assert document.loop == piece.loop
    assert (document.as_saved, document.modified) == (True, False)
    document.set_loop((0.0, 16.0))
    assert document.modified
    document.set_loop(piece.loop)
    assert document.as_saved
    document.set_locks(Locks.none(), "Unlock")
    assert document.modified
    document.mark_saved(path, document.piece, whole=True)
    assert document.as_saved
    document.undo()
    assert document.modified
    # Of a MIDI file it is enough that its notes are as they were.
    document.mark_saved(tmp_path / "piece.mid", document.piece, whole=False)
    document.set_loop(None)
    assert document.as_saved


def test_a_project_that_no_file_holds_is_modified(document: Document) -> None:
    document.begin_project(full_piece(), "Bring Back", None)
    assert document.modified
    assert document.save_path is None
