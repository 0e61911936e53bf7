"""Unsaved work comes back."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from composer_app.errors import MidiFileError
from composer_app.music.midi_file import read_midi
from composer_app.music.performance import Grid, Performance, Quantization
from composer_app.music.timing import Meter
from composer_app.studio.document import Document
from composer_app.studio.message_bar import Tone
from composer_app.studio.recovery import Recovery
from tests.studio.support import Studio, open_studio, scale


def start(studio: Studio, qtbot: QtBot) -> None:
    """Show the window, and wait for what begins after that."""
    studio.window.show()
    qtbot.waitUntil(lambda: studio.window.generate_panel.model_name != "")


def offered(studio: Studio) -> dict[str, QPushButton]:
    return {button.text(): button for button in studio.window.message_bar.action_buttons()}


def leave_unsaved(folder: Path, *titles: str) -> None:
    """A session that was closed without saving its pieces."""
    with open_studio(folder) as studio:
        for title in titles:
            studio.services.document.begin(scale(title), "Record", saved=False)


def test_closing_without_saving_loses_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    leave_unsaved(tmp_path, "Lost?")
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        qtbot.mouseClick(offered(studio)["Bring Back"], Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: studio.composition.note_count > 0)
        assert studio.composition == scale("Lost?")
        assert studio.window.isWindowModified()
        qtbot.waitUntil(lambda: not studio.services.recovery.left_over())
    # Brought back and still not saved: it is offered again.
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        assert "Bring Back" in offered(studio)


def test_discarding_is_for_good(qtbot: QtBot, tmp_path: Path) -> None:
    leave_unsaved(tmp_path, "Unwanted")
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        qtbot.mouseClick(offered(studio)["Discard"], Qt.MouseButton.LeftButton)
        assert studio.services.recovery.left_over() == ()
        assert studio.message == ""


def test_a_piece_left_for_another_is_kept_too(qtbot: QtBot, tmp_path: Path) -> None:
    leave_unsaved(tmp_path, "First", "Second")
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        assert "1 more" in studio.message
        left = studio.services.recovery.left_over()
        assert {read_midi(path).title for path in left} == {"First", "Second"}


def test_what_was_saved_is_not_offered(qtbot: QtBot, tmp_path: Path) -> None:
    with open_studio(tmp_path / "data") as studio:
        studio.services.document.begin(scale(), "Record", saved=False)
        studio.dialogs.save_path = tmp_path / "saved.mid"
        studio.window.commands.save.trigger()
        qtbot.waitUntil(lambda: not studio.window.isWindowModified())
    with open_studio(tmp_path / "data") as studio:
        assert studio.services.recovery.left_over() == ()


def test_a_running_session_keeps_its_files_to_itself(qtbot: QtBot, tmp_path: Path) -> None:
    document = Document()
    recovery, other = Recovery(document, tmp_path), Recovery(Document(), tmp_path)
    document.begin(scale(), "Record", saved=False)
    assert recovery.finish() is None
    assert other.left_over() == ()
    recovery.close()
    assert len(other.left_over()) == 1
    other.close()


def test_work_is_written_shortly_after_a_change(qtbot: QtBot, tmp_path: Path) -> None:
    document = Document()
    recovery = Recovery(document, tmp_path)
    recovery._timer.setInterval(0)
    document.begin(scale(), "Record", saved=False)
    qtbot.waitUntil(lambda: any(tmp_path.glob("*.mid")))
    document.undo_stack.undo()
    document.undo_stack.redo()
    (path,) = tmp_path.glob("*.mid")
    qtbot.waitUntil(lambda: read_midi(path) == scale())
    recovery.close()


@pytest.mark.parametrize("answer", ["Close Anyway", "Save As…"])
def test_the_window_stays_open_if_nothing_can_be_kept(
    qtbot: QtBot, tmp_path: Path, answer: str
) -> None:
    with open_studio(tmp_path / "data") as studio:
        window = studio.window
        start(studio, qtbot)
        # A file where the folder should be.
        (tmp_path / "data" / "recovery").write_text("in the way")
        studio.services.document.begin(scale(), "Record", saved=False)
        assert not window.close()
        assert window.isVisible()
        assert window.message_bar.tone is Tone.ERROR
        studio.dialogs.save_path = tmp_path / "saved.mid"
        qtbot.mouseClick(offered(studio)[answer], Qt.MouseButton.LeftButton)
        if answer == "Save As…":
            qtbot.waitUntil(lambda: not window.isWindowModified())
            window.close()
        assert not window.isVisible()


# -- recordings that were cut short ------------------------------------------------------------

VIEW = Quantization(Grid.EIGHTH, 80)


def leave_recording(folder: Path, *pitches: int) -> None:
    """A session that ended in the middle of a recording."""
    recovery = Recovery(Document(), folder / "recovery")
    journal = recovery.open_journal(Performance((), 120, Meter(3, 4), VIEW))
    for beat, pitch in enumerate(pitches):
        journal.note_on(pitch, 80, beat * 0.5)
        journal.note_off(pitch, beat * 0.5 + 0.5)
    journal.close()
    journal.join()
    recovery.close()


def test_a_recording_that_was_cut_short_comes_back(qtbot: QtBot, tmp_path: Path) -> None:
    leave_recording(tmp_path, 60, 62, 64)
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        assert "recording was cut short" in studio.message
        qtbot.mouseClick(offered(studio)["Bring Back"], Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: studio.composition.note_count > 0)
        notes = studio.composition.melody().notes
        assert [(note.pitch, note.start) for note in notes] == [(60, 0), (62, 4), (64, 8)]
        assert (studio.composition.tempo.initial_bpm, studio.composition.meter) == (
            120,
            Meter(3, 4),
        )
        performance = studio.composition.performance
        assert performance is not None
        assert performance.view == VIEW
        qtbot.waitUntil(lambda: not list((tmp_path / "recovery").glob("*.journal")))
        assert list((tmp_path / "recovery").glob("*.mid"))


def test_a_recording_that_was_cut_short_can_be_discarded(qtbot: QtBot, tmp_path: Path) -> None:
    leave_recording(tmp_path, 60)
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        qtbot.mouseClick(offered(studio)["Discard"], Qt.MouseButton.LeftButton)
    assert not list((tmp_path / "recovery").glob("*.journal"))


def test_a_recording_without_notes_is_not_worth_a_question(qtbot: QtBot, tmp_path: Path) -> None:
    leave_recording(tmp_path)
    assert list((tmp_path / "recovery").glob("*.journal"))
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        assert studio.services.recovery.left_over() == ()
    assert not list((tmp_path / "recovery").glob("*.journal"))


def test_a_recording_in_progress_has_a_journal_until_its_music_is_safe(
    qtbot: QtBot, tmp_path: Path
) -> None:
    def files(kind: str) -> list[Path]:
        return list((tmp_path / "recovery").glob(f"*.{kind}"))

    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        studio.window.commands.record.trigger()
        studio.clock.now += 5.0
        studio.services.live.note_on(60, 80)
        qtbot.waitUntil(lambda: any(b'"on", 60' in path.read_bytes() for path in files("journal")))
        # Another Composer leaves it alone.
        other = Recovery(Document(), tmp_path / "recovery")
        assert other.left_over() == ()
        other.close()
        studio.window.commands.stop.trigger()
        qtbot.waitUntil(lambda: not files("journal"))
        assert len(files("mid")) == 1
        # Nothing played, nothing left.
        studio.window.commands.record.trigger()
        studio.window.commands.stop.trigger()
        qtbot.waitUntil(lambda: not files("journal"))


def test_the_journal_stays_if_the_music_cannot_be_kept_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MidiFileError("The disk is full.")

    document = Document()
    recovery = Recovery(document, tmp_path)
    journal = recovery.open_journal(Performance((), 120))
    journal.note_on(60, 80, 0.0)
    monkeypatch.setattr("composer_app.studio.recovery.write_midi", fail)
    document.begin(scale(), "Record", saved=False)
    recovery.end_journal(journal)
    recovery.close()
    other = Recovery(Document(), tmp_path)
    assert other.left_over() == (journal.path,)
    other.close()


def test_a_journal_that_cannot_be_written_is_said_and_the_recording_goes_on(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        (tmp_path / "recovery").write_text("in the way")
        studio.window.commands.record.trigger()
        qtbot.waitUntil(lambda: "would not survive a crash" in studio.message)
        studio.clock.now += 5.0
        studio.services.live.note_on(60, 80)
        studio.window.commands.stop.trigger()
        assert studio.composition.note_count == 1
        # Closing is answered with the same problem; this piece may go.
        studio.window._lost_is_fine = True
