"""What was left over is offered back by name, and no two windows take the same."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from composer_app.live.recording.heard_notes import KeyEvent
from composer_app.music.mix import PieceMix, TrackMix
from composer_app.music.performing.performance import Grid, Performance, Quantization
from composer_app.music.timing import Meter
from composer_app.studio.document.bring_back import shown_title
from composer_app.studio.document.document import Document
from composer_app.studio.document.recovery import Recovery
from composer_app.studio.messages.bar import Tone
from tests.studio.support import Studio, open_studio, scale

NOW = datetime(2026, 11, 29, 15, 0).astimezone()
VIEW = Quantization(Grid.EIGHTH, 80)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_GB"))
    yield
    QLocale.setDefault(before)


def start(studio: Studio, qtbot: QtBot) -> None:
    """Show the window, and wait for what begins after that."""
    studio.window.bring_back._clock = lambda: NOW
    studio.window.show()
    qtbot.waitUntil(lambda: studio.window.running and not studio.at_work)


def buttons(studio: Studio) -> dict[str, QPushButton]:
    return {button.text(): button for button in studio.window.message_bar.action_buttons()}


def click(studio: Studio, qtbot: QtBot, text: str) -> None:
    qtbot.mouseClick(buttons(studio)[text], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not studio.at_work)


def leave_unsaved(folder: Path, *titles: str) -> None:
    """A session that was closed without saving its pieces; the last is from 14:02."""
    with open_studio(folder) as studio:
        for title in titles:
            studio.services.document.begin(scale(title), "Record", saved=False)
    when = NOW.timestamp() - 58 * 60
    for path in (folder / "recovery").glob("*.composer"):
        number = int(path.stem.split("-")[1])
        os.utime(path, (when, when - 60 * (len(titles) - number)))


def leave_recording(folder: Path, *pitches: int) -> Path:
    """A session that ended in the middle of a recording."""
    recovery = Recovery(Document(), folder / "recovery")
    journal = recovery.open_journal(Performance((), 120, Meter(3, 4), VIEW))
    for beat, pitch in enumerate(pitches):
        journal.hear(KeyEvent(pitch, 80, beat * 0.5))
        journal.hear(KeyEvent(pitch, 0, beat * 0.5 + 0.5))
    journal.close()
    journal.join()
    recovery.close()
    os.utime(journal.path, (NOW.timestamp(), NOW.timestamp()))
    return journal.path


def test_the_question_names_the_piece_its_time_and_how_many_more(
    qtbot: QtBot, tmp_path: Path
) -> None:
    leave_unsaved(tmp_path, "First", "Second", "Air in C")
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        assert studio.message == (
            "“Air in C” (1 bar, today 14:02) was not saved when Composer last ended"
            " (2 more after it): shall it come back?"
        )
        click(studio, qtbot, "Bring Back")
        assert studio.composition == scale("Air in C")
        assert studio.message.startswith("Air in C is back.")
        studio.window.message_bar.dismiss()
        assert "“Second” (1 bar, today 14:01)" in studio.message
        assert "(1 more after it)" in studio.message
        click(studio, qtbot, "Discard")
        assert "“First”" in studio.message
        assert "more after it" not in studio.message


def test_a_piece_comes_back_with_its_mix_and_the_one_before_keeps_its_own(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_studio(tmp_path) as studio:
        document = studio.services.document
        document.begin(scale("Lost?"), "Open")
        # Nothing but the balance has been changed.
        document.set_track_mix(0, TrackMix(33, 99, solo=True))
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        document = studio.services.document
        document.begin(scale("Here"), "Record", saved=False)
        document.set_track_mix(0, TrackMix(77, mute=True))
        click(studio, qtbot, "Bring Back")
        assert studio.composition == scale("Lost?")
        assert document.mix == PieceMix((TrackMix(33, 99, solo=True),))
        assert studio.window.playback.mix.tracks == (TrackMix(33, 99, solo=True),)
        document.undo()
        assert studio.composition == scale("Here")
        assert document.mix == PieceMix((TrackMix(77, mute=True),))


def test_closing_without_saving_loses_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    leave_unsaved(tmp_path, "Lost?")
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        click(studio, qtbot, "Bring Back")
        assert studio.composition == scale("Lost?")
        assert studio.window.isWindowModified()
        assert studio.services.recovery.left_over() == ()
        assert "shall it come back" not in studio.message
    # Brought back and still not saved: it is offered again.
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        assert "“Lost?”" in studio.message
        assert "more after it" not in studio.message


def test_discarding_is_for_good(qtbot: QtBot, tmp_path: Path) -> None:
    leave_unsaved(tmp_path, "Unwanted")
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        click(studio, qtbot, "Discard")
        assert studio.services.recovery.left_over() == ()
        assert studio.message == ""


def test_what_was_saved_is_not_offered(qtbot: QtBot, tmp_path: Path) -> None:
    with open_studio(tmp_path / "data") as studio:
        studio.services.document.begin(scale(), "Record", saved=False)
        studio.dialogs.save_path = tmp_path / "saved.mid"
        studio.window.commands.save.trigger()
        qtbot.waitUntil(lambda: not studio.window.isWindowModified())
    with open_studio(tmp_path / "data") as studio:
        assert studio.services.recovery.left_over() == ()


def test_of_two_windows_one_brings_it_back(qtbot: QtBot, tmp_path: Path) -> None:
    leave_unsaved(tmp_path, "Wanted")
    with open_studio(tmp_path) as one, open_studio(tmp_path) as other:
        for studio in (one, other):
            start(studio, qtbot)
            assert "“Wanted”" in studio.message
        click(one, qtbot, "Bring Back")
        click(other, qtbot, "Bring Back")
        assert one.composition == scale("Wanted")
        assert other.composition.note_count == 0
        assert other.message == "Another window of Composer has brought it back already."
        other.window.message_bar.dismiss()
        assert other.message == ""


def test_it_is_safe_while_it_comes_back(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it cannot be written anew, what was left over stays."""
    leave_unsaved(tmp_path, "Wanted")

    def fail(*_: object, **__: object) -> None:
        raise OSError("The disk is full.")

    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        monkeypatch.setattr("composer_app.studio.document.recovery.write_whole", fail)
        click(studio, qtbot, "Bring Back")
        assert studio.composition == scale("Wanted")
        studio.window.closing.close_without_loss()
    monkeypatch.undo()
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        assert "“Wanted”" in studio.message


def test_one_that_is_damaged_hides_no_other_and_is_said_once(qtbot: QtBot, tmp_path: Path) -> None:
    leave_unsaved(tmp_path, "Good", "Bad")
    (bad,) = (tmp_path / "recovery").glob("*-2-*.composer")
    bad.write_bytes(b"bad")
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        aside = tmp_path / "recovery" / "damaged"
        assert studio.message == (
            "Not all unsaved work can come back, because some of it is damaged: its file is kept"
            f" in {aside}."
        )
        assert studio.window.message_bar.tone is Tone.WARNING
        studio.window.message_bar.dismiss()
        assert "“Good”" in studio.message
        assert "more after it" not in studio.message
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        assert "“Good”" in studio.message


# -- recordings that were cut short ------------------------------------------------------------


def test_a_recording_that_was_cut_short_comes_back(qtbot: QtBot, tmp_path: Path) -> None:
    leave_recording(tmp_path, 60, 62, 64)
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        assert studio.message == (
            "A recording (1 bar, today 15:00) was cut short when Composer last ended: shall it"
            " come back?"
        )
        click(studio, qtbot, "Bring Back")
        notes = studio.composition.melody().notes
        assert [(note.pitch, note.start) for note in notes] == [(60, 0), (62, 4), (64, 8)]
        assert (studio.composition.tempo.initial_bpm, studio.composition.meter) == (
            120,
            Meter(3, 4),
        )
        performance = studio.composition.performance
        assert performance is not None
        assert performance.quantization == VIEW
        assert not list((tmp_path / "recovery").glob("*.journal"))
        assert list((tmp_path / "recovery").glob("*.composer"))


def test_a_recording_that_was_cut_short_can_be_discarded(qtbot: QtBot, tmp_path: Path) -> None:
    path = leave_recording(tmp_path, 60)
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        click(studio, qtbot, "Discard")
    assert not path.exists()


def test_a_recording_without_notes_is_not_worth_a_question(qtbot: QtBot, tmp_path: Path) -> None:
    path = leave_recording(tmp_path)
    assert path.exists()
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        assert studio.message == ""
    assert not path.exists()


# -- words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Air in C", "Air in C"),
        ("", "Untitled"),
        (" \n", "Untitled"),
        ("Two\nlines\t \r of it", "Two lines of it"),
        ("\u202ehcaB\x07", "hcaB"),
    ],
)
def test_titles_are_shown_in_a_line(title: str, shown: str) -> None:
    assert shown_title(title) == shown


def test_what_cannot_be_looked_at_is_logged_and_disturbs_nobody(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(Recovery, "look", fail)
    monkeypatch.setattr(Recovery, "tidy", fail)
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        assert studio.message == ""
        qtbot.waitUntil(lambda: "tidied up" in caplog.text)
    assert "could not be looked at" in caplog.text


def test_starting_tidies_up(qtbot: QtBot, tmp_path: Path) -> None:
    recovery = tmp_path / "recovery"
    recovery.mkdir()
    half = recovery / ".composer-0123456789abcdef.tmp"
    half.touch()
    with open_studio(tmp_path) as studio:
        start(studio, qtbot)
        qtbot.waitUntil(lambda: not half.exists())
