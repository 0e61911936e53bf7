"""What was played without Record becomes a melody with one command."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from composer_app.music.composition import Composition
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter, TempoMap
from composer_app.studio.messages.bar import Tone
from tests.studio.support import Studio, open_studio

# 150 BPM: a sixteenth lasts a tenth of a second.
LONG = Composition.from_melody(
    Melody(tuple(Note(16 * bar, 60, 16) for bar in range(40)), TempoMap.constant(150))
)


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as studio:
        empty = Composition(tempo=TempoMap.constant(150), meters=MeterMap.constant(Meter(3, 4)))
        studio.services.document.replace(empty, "Tempo")
        yield studio


def play(studio: Studio, pitch: int, seconds: float = 0.4) -> None:
    studio.services.live.note_on(pitch, 80)
    studio.clock.now += seconds
    studio.services.live.note_off(pitch)


def melody(studio: Studio) -> list[tuple[int, int]]:
    return [(note.pitch, note.start) for note in studio.composition.melody().notes]


def test_capture_makes_a_melody_that_can_be_undone_and_quantized(studio: Studio) -> None:
    for pitch in (60, 62, 64):
        play(studio, pitch)
    studio.clock.now += 60
    studio.window.commands.capture.trigger()
    assert melody(studio) == [(60, 0), (62, 4), (64, 8)]
    assert studio.composition.meter == Meter(3, 4)
    assert studio.composition.performance is not None
    assert studio.message.startswith("Captured 3 notes")
    assert studio.window.message_bar.tone is Tone.SUCCESS
    studio.services.document.undo_stack.undo()
    assert melody(studio) == []


def test_capturing_again_adds_what_was_played_since(studio: Studio) -> None:
    play(studio, 60)
    studio.window.commands.capture.trigger()
    play(studio, 62)
    studio.window.commands.capture.trigger()
    assert melody(studio) == [(60, 0), (62, 4)]


def test_nothing_played_is_said(studio: Studio) -> None:
    studio.window.commands.capture.trigger()
    assert "Nothing was played yet" in studio.message
    assert studio.composition.note_count == 0


def test_beside_a_piece_that_plays_its_bars_count(studio: Studio, qtbot: QtBot) -> None:
    document = studio.services.document
    document.begin(LONG, "Long")
    playback = studio.window.playback
    runs: list[tuple[float, float, float]] = []
    buffer = studio.window.tools.capture._buffer
    original = buffer.transport_runs

    def note_run(at: float, step: float, bpm: float) -> None:
        runs.append((at, step, bpm))
        original(at, step, bpm)

    buffer.transport_runs = note_run  # type: ignore[method-assign]
    studio.window.commands.play.trigger()
    begun = len(runs)
    assert runs[-1][2] == 150
    # Where the playhead is by now does not matter: what is told of it does.
    studio.clock.now += 1.0
    playback.positionChanged.emit(runs[-1][1] + 10.0)
    assert len(runs) == begun
    playback.positionChanged.emit(100.0)
    assert runs[-1] == (studio.clock.now, 100.0, 150)
    studio.clock.now += 0.4
    play(studio, 72)
    studio.window.commands.stop.trigger()
    studio.window.commands.capture.trigger()
    # Struck at step 104: the middle of the seventh bar of 4/4.
    assert melody(studio) == [(72, 8)]


def test_what_was_recorded_keeps_its_bars(studio: Studio) -> None:
    studio.services.settings.count_in_bars = 0
    studio.window.commands.record.trigger()
    # A tenth of a second of lead, then four sixteenths into the first bar.
    studio.clock.now += 0.1 + 0.4
    play(studio, 67)
    studio.window.commands.stop.trigger()
    assert melody(studio) == [(67, 4)]
    studio.services.document.undo_stack.undo()
    studio.window.commands.capture.trigger()
    assert melody(studio) == [(67, 4)]


def test_during_a_recording_it_ends_the_recording(studio: Studio) -> None:
    studio.window.commands.record.trigger()
    studio.clock.now += 8.0
    play(studio, 67)
    studio.window.commands.capture.trigger()
    assert not studio.window.recording.active
    assert studio.message.startswith("Recorded 1 note")


def test_step_input_is_not_playing(studio: Studio) -> None:
    studio.window.commands.step_input.trigger()
    play(studio, 60)
    studio.window.commands.step_input.trigger()
    studio.window.commands.capture.trigger()
    assert "Nothing was played yet" in studio.message
