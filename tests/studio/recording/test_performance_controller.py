"""What was recorded can be quantized anew as often as one likes, and is never lost by it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from composer_app.live.rendering.rendering import timed_events
from composer_app.music.editing.edits import with_tempo
from composer_app.music.note import Note
from composer_app.music.performing.performance import (
    Grid,
    Performance,
    PerformedNote,
    Quantization,
    Reduction,
)
from composer_app.music.performing.quantization import composition_of
from composer_app.studio.recording.quantize_menu import QuantizeMenu
from tests.studio.support import Studio, open_studio, scale

# At 150 BPM a sixteenth lasts a tenth of a second: onsets at 0.4, 2.6, 7.2 and 8.6 sixteenths.
PLAYED = tuple(
    PerformedNote(pitch, 80, start, start + 0.3)
    for pitch, start in ((60, 0.04), (62, 0.26), (64, 0.72), (65, 0.86))
)
PERFORMANCE = Performance(PLAYED, 150)


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as studio:
        yield studio


def starts(studio: Studio) -> list[int]:
    return [note.start for note in studio.composition.melody().notes]


def menu(studio: Studio) -> QuantizeMenu:
    return studio.window.transport_bar.quantize_menu


def record(studio: Studio, performance: Performance = PERFORMANCE) -> None:
    studio.window.tools.performances.take_recording(performance)


def test_quantizing_is_a_view_that_can_be_changed_without_loss(studio: Studio) -> None:
    record(studio)
    assert menu(studio).subject == "THIS RECORDING"
    assert starts(studio) == [0, 3, 7, 9]
    menu(studio).grids[Grid.QUARTER].trigger()
    assert starts(studio) == [0, 4, 7, 8]
    menu(studio).grids[Grid.EIGHTH].trigger()
    assert starts(studio) == [0, 2, 7, 8]
    menu(studio).strength.setValue(0)
    assert starts(studio) == [0, 3, 7, 9]
    menu(studio).grids[Grid.SIXTEENTH].trigger()
    assert starts(studio) == [0, 3, 7, 9]
    performance = studio.composition.performance
    assert performance is not None
    assert performance.notes == PLAYED


def onsets(studio: Studio) -> list[float]:
    """Seconds from the downbeat at which the melody's notes are played."""
    events = timed_events(studio.composition)
    return [timed.seconds for timed in events if timed.event.kind == "note_on"]


def test_without_a_grid_it_is_played_as_it_was(studio: Studio) -> None:
    record(studio)
    menu(studio).grids[Grid.OFF].trigger()
    as_played = [note.start for note in PLAYED]
    # To the nearest tick of a MIDI file: at 150 BPM there are 2400 a second.
    assert onsets(studio) == pytest.approx(as_played, abs=0.5 / 2400 + 1e-9)
    menu(studio).grids[Grid.QUARTER].trigger()
    assert onsets(studio) == pytest.approx([0, 0.4, 0.7, 0.8])
    menu(studio).strength.setValue(50)
    assert onsets(studio) == pytest.approx([0.02, 0.33, 0.71, 0.83], abs=0.5 / 2400 + 1e-9)
    menu(studio).grids[Grid.EIGHTH_TRIPLET].trigger()
    menu(studio).strength.setValue(100)
    third = 0.4 / 3
    assert onsets(studio) == pytest.approx([0, 2 * third, 5 * third, 0.8])


def test_choices_undo_as_one_and_the_menu_follows(studio: Studio) -> None:
    stack = studio.services.document.undo_stack
    record(studio)
    menu(studio).grids[Grid.QUARTER].trigger()
    menu(studio).strength.setValue(80)
    menu(studio).strength.setValue(60)
    stack.undo()
    assert starts(studio) == [0, 3, 7, 9]
    assert menu(studio).grids[Grid.SIXTEENTH].isChecked()
    stack.redo()
    assert menu(studio).grids[Grid.QUARTER].isChecked()
    assert menu(studio).strength.value() == 60
    stack.undo()
    stack.undo()
    assert studio.composition.note_count == 0
    assert menu(studio).subject == "THE NEXT RECORDING"


def test_the_reduction_of_chords_can_be_undone(studio: Studio) -> None:
    chord = tuple(PerformedNote(pitch, 80, 0.2 + at, 1.0) for pitch, at in ((67, 0), (60, 0.01)))
    record(studio, Performance(chord, 150))
    assert [note.pitch for note in studio.composition.melody().notes] == [67]
    menu(studio).reductions[Reduction.LATEST].trigger()
    assert [note.pitch for note in studio.composition.melody().notes] == [60]
    menu(studio).reductions[Reduction.TOP].trigger()
    assert [note.pitch for note in studio.composition.melody().notes] == [67]


def test_notes_that_overlap_can_be_had_back(studio: Studio, qtbot: QtBot) -> None:
    legato = (PerformedNote(60, 80, 0.0, 0.6), PerformedNote(64, 80, 0.4, 0.8))
    record(studio, Performance(legato, 150))
    assert [note.duration for note in studio.composition.tracks[0].notes] == [4, 4]
    menu(studio).reductions[Reduction.ALL].trigger()
    assert studio.composition.tracks[0].notes == (Note(0, 60, 6), Note(4, 64, 4))
    assert menu(studio).subject == "THIS RECORDING"
    studio.window.show()
    qtbot.waitUntil(lambda: studio.window.generate_panel.model_name != "")
    studio.window.commands.generate.trigger()
    qtbot.waitUntil(lambda: len(studio.composition.tracks) == 4)
    assert studio.composition.tracks[0].notes == (Note(0, 60, 4), Note(4, 64, 4))
    assert menu(studio).subject == "THIS RECORDING"
    menu(studio).reductions[Reduction.LATEST].trigger()
    assert studio.composition.tracks[0].notes == (Note(0, 60, 4), Note(4, 64, 4))
    assert len(studio.composition.tracks) == 4


def test_what_a_choice_hides_is_said(studio: Studio) -> None:
    # Struck within the window of a chord, and yet in two sixteenths.
    pair = tuple(PerformedNote(pitch, 80, at, 0.5) for pitch, at in ((60, 0.04), (62, 0.06)))
    record(studio, Performance(pair, 150, quantization=Quantization(reduction=Reduction.LATEST)))
    assert starts(studio) == [0, 1]
    menu(studio).reductions[Reduction.TOP].trigger()
    assert starts(studio) == [1]
    assert "1 of the 2 notes played" in studio.message


def test_the_recording_follows_through_tempo_and_instruments(studio: Studio) -> None:
    record(studio)
    document = studio.services.document
    document.replace(with_tempo(document.composition, 60), "Change Tempo")
    document.replace(document.composition.with_program(0, 73), "Change Instrument")
    menu(studio).grids[Grid.QUARTER].trigger()
    assert starts(studio) == [0, 4, 7, 8]
    assert studio.composition.tempo.initial_bpm == 60
    assert studio.composition.tracks[0].program == 73


def test_generated_voices_stay_when_the_melody_is_quantized(studio: Studio, qtbot: QtBot) -> None:
    record(studio)
    studio.window.show()
    qtbot.waitUntil(lambda: studio.window.generate_panel.model_name != "")
    studio.window.commands.generate.trigger()
    qtbot.waitUntil(lambda: len(studio.composition.tracks) == 4)
    voices = studio.composition.tracks[1:]
    assert menu(studio).subject == "THIS RECORDING"
    menu(studio).grids[Grid.QUARTER].trigger()
    assert starts(studio) == [0, 4, 7, 8]
    assert studio.composition.tracks[1:] == voices
    assert studio.composition.origin is None
    assert studio.services.document.take is None
    # Where the melody only sounds otherwise, the take is still what it was.
    menu(studio).grids[Grid.OFF].trigger()
    assert studio.composition.tracks[1:] == voices
    assert studio.services.document.take is not None


def test_an_edited_melody_is_left_alone(studio: Studio) -> None:
    record(studio)
    composition = studio.composition
    edited = replace(composition.tracks[0], notes=(Note(0, 72, 4),))
    studio.services.document.replace(replace(composition, tracks=(edited,)), "Edit")
    assert menu(studio).subject == "THE NEXT RECORDING"
    menu(studio).grids[Grid.QUARTER].trigger()
    assert studio.composition.tracks[0].notes == (Note(0, 72, 4),)
    studio.services.document.undo_stack.undo()
    assert menu(studio).subject == "THIS RECORDING"
    assert starts(studio) == [0, 3, 7, 9]


def test_what_is_chosen_is_remembered_for_the_next_recording(qtbot: QtBot, tmp_path: Path) -> None:
    with open_studio(tmp_path) as studio:
        menu(studio).grids[Grid.EIGHTH_TRIPLET].trigger()
        menu(studio).strength.setValue(65)
        menu(studio).reductions[Reduction.LATEST].trigger()
    with open_studio(tmp_path) as studio:
        expected = Quantization(Grid.EIGHTH_TRIPLET, 65, Reduction.LATEST)
        assert studio.window.tools.performances.quantization == expected
        assert studio.window.transport_bar.quantize_button.text().strip() == "1/8T"
        studio.window.commands.record.trigger()
        studio.clock.now += 10.0
        studio.services.live.note_on(60, 80)
        studio.window.commands.record.trigger()
        performance = studio.composition.performance
        assert performance is not None
        assert performance.quantization == expected


def test_it_is_there_again_when_the_file_is_opened(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    record(studio, replace(PERFORMANCE, quantization=Quantization(Grid.OFF)))
    as_played = onsets(studio)
    studio.dialogs.save_path = studio.dialogs.open_path = tmp_path / "piece.mid"
    studio.window.commands.save.trigger()
    qtbot.waitUntil(lambda: not studio.window.isWindowModified())
    studio.services.document.begin(scale(), "Other")
    studio.window.commands.open.trigger()
    qtbot.waitUntil(lambda: studio.composition.performance is not None)
    assert menu(studio).subject == "THIS RECORDING"
    assert onsets(studio) == as_played
    menu(studio).grids[Grid.QUARTER].trigger()
    assert starts(studio) == [0, 4, 7, 8]


def test_an_open_file_keeps_its_piece(studio: Studio, tmp_path: Path) -> None:
    document = studio.services.document
    document.begin(scale(), "Open", tmp_path / "scale.mid")
    record(studio)
    assert document.path is None
    assert studio.composition == composition_of(PERFORMANCE, "Recording", 40)
    document.undo_stack.undo()
    assert studio.composition == scale()


def test_strength_means_nothing_without_a_grid(qtbot: QtBot) -> None:
    quantize = QuantizeMenu()
    qtbot.addWidget(quantize)
    quantize.set_quantization(Quantization(Grid.OFF), attached=False)
    assert not quantize.strength.isEnabled()
    assert quantize.summary == "Off"
    with qtbot.waitSignal(quantize.quantizationChosen) as chosen:
        quantize.grids[Grid.QUARTER_TRIPLET].trigger()
    assert chosen.args == [Quantization(Grid.QUARTER_TRIPLET)]
    assert quantize.strength.isEnabled()
    quantize.strength.setFocus()
    with qtbot.waitSignal(quantize.quantizationChosen):
        qtbot.keyClick(quantize.strength, Qt.Key.Key_Left)
