"""Recording with a clock that is set: count-in, clicks, and the melody that comes out."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from composer_app.live.note_sink import DRUM_CHANNEL
from composer_app.live.playback.count_in import CountIn, Downbeat
from composer_app.live.playback.metronome import ACCENT_PITCH, CLICK_PITCH, Metronome
from composer_app.live.recording.journal import Journal, read_journal
from composer_app.music.melody import Melody
from composer_app.music.note import Note
from composer_app.music.performing.performance import Grid, Performance, Quantization
from composer_app.music.performing.quantization import melody_of
from composer_app.music.timing import Meter
from composer_app.studio.recording.recording_controller import (
    Journals,
    RecordingController,
    RecordingState,
)
from composer_app.studio.sound.live_input import LiveInput
from composer_app.studio.sound.sound import Sound
from tests.live.doubles import SetClock
from tests.studio.support import HeardSink

BPM = 120.0
BEAT = 0.5
LEAD = 0.1


class SteppedClicks:
    """The player's count-in without its thread."""

    def __init__(self, sink: HeardSink, clock: SetClock) -> None:
        self._count_in = CountIn(sink, clock)
        self.advance = self._count_in.advance
        self.end_clicks = self._count_in.stop

    def count_in(
        self, metronome: Metronome, bars: int, *, go_on: bool = False, volume: float = 1.0
    ) -> Downbeat:
        return self._count_in.start(metronome, bars, go_on=go_on, volume=volume)


class Rig:
    """A recorder with everything it needs, one beat after another."""

    def __init__(self, journals: Journals | None = None) -> None:
        self.clock = SetClock(50.0)
        self.sink = HeardSink(self.clock)
        self.sound = Sound(lambda: (self.sink, None))
        self.sound._take((self.sink, None))
        self.live = LiveInput(self.sound, self.clock)
        self.clicker = SteppedClicks(self.sink, self.clock)
        self.controller = RecordingController(
            self.live, self.clicker, self.clock, journals=journals
        )
        self.controller._timer.setInterval(1_000_000)
        self.performances: list[Performance] = []
        self.controller.recorded.connect(self.performances.append)

    @property
    def melodies(self) -> list[Melody]:
        return [melody_of(performance) for performance in self.performances]

    def go_to(self, beat: float, bars_counted: int = 1) -> None:
        """Move the clock to ``beat`` after the downbeat of a recording in 4/4."""
        goal = 50.0 + LEAD + self.sink.latency + (4 * bars_counted + beat) * BEAT
        while self.clock.now < goal:
            self.clock.now = min(goal, self.clock.now + 0.02)
            self.clicker.advance()
            self.sink.render()
        self.controller.tick()

    def clicks(self) -> list[int]:
        return [
            pitch
            for _, kind, channel, pitch in self.sink.taken()
            if kind == "on" and channel == DRUM_CHANNEL
        ]


@pytest.fixture
def rig(qtbot: QtBot) -> Rig:
    return Rig()


def play(rig: Rig, beat: float, pitch: int, beats: float = 1.0) -> None:
    rig.go_to(beat)
    rig.live.note_on(pitch, 90)
    rig.go_to(beat + beats)
    rig.live.note_off(pitch)


def test_counts_in_then_records(rig: Rig) -> None:
    states: list[RecordingState] = []
    rig.controller.stateChanged.connect(states.append)
    rig.controller.start(BPM, Meter(), 1, clicks=True)
    rig.go_to(-0.1)
    assert rig.clicks() == [ACCENT_PITCH, CLICK_PITCH, CLICK_PITCH, CLICK_PITCH]
    rig.go_to(0.05)
    assert rig.clicks() == [ACCENT_PITCH]
    rig.controller.stop()
    assert states == [RecordingState.COUNTING_IN, RecordingState.RECORDING, RecordingState.IDLE]


def test_without_the_metronome_only_the_count_in_is_heard(rig: Rig) -> None:
    rig.controller.start(BPM, Meter(), 1, clicks=False)
    rig.go_to(8.5)
    assert len(rig.clicks()) == 4


def test_what_was_played_becomes_a_melody_on_the_grid(rig: Rig) -> None:
    rig.controller.start(BPM, Meter(), 1, clicks=True)
    play(rig, 0.04, 60)
    play(rig, 1.02, 62, 0.5)
    play(rig, 2.0, 64, 2.0)
    rig.controller.stop()
    (melody,) = rig.melodies
    assert melody.notes == (Note(0, 60, 4, 90), Note(4, 62, 2, 90), Note(8, 64, 8, 90))
    assert (melody.tempo.initial_bpm, melody.meter) == (BPM, Meter())


def test_what_was_played_while_counting_in_is_left_out(rig: Rig) -> None:
    rig.controller.start(BPM, Meter(), 1, clicks=True)
    play(rig, -3.0, 50)
    play(rig, -0.1, 60, 1.1)
    rig.controller.stop()
    assert [note.pitch for note in rig.melodies[0].notes] == [60]
    assert rig.melodies[0].notes[0].start == 0


def test_a_note_still_held_at_the_end_is_kept(rig: Rig) -> None:
    rig.controller.start(BPM, Meter(), 0, clicks=False)
    rig.go_to(0.0, bars_counted=0)
    rig.live.note_on(60, 80)
    rig.go_to(2.0, bars_counted=0)
    rig.controller.stop()
    assert rig.melodies[0].notes == (Note(0, 60, 8, 80),)


def test_what_was_played_is_kept_as_it_was_played(rig: Rig) -> None:
    view = Quantization(Grid.QUARTER, 70)
    rig.controller.start(BPM, Meter(3, 4), 0, clicks=True, quantization=view)
    play(rig, 0.04, 60, 1.02)
    rig.controller.stop()
    (performance,) = rig.performances
    (note,) = performance.notes
    assert (performance.bpm, performance.meter, performance.quantization) == (
        BPM,
        Meter(3, 4),
        view,
    )
    # The count-in of one bar in 4/4 that play() reckons with was not asked for.
    assert note.start == pytest.approx(2.0 + 0.02)
    assert note.end == pytest.approx(2.0 + 0.53)


@pytest.mark.parametrize("correction", [0.0, 0.03, -0.02])
def test_what_is_played_with_a_click_that_is_heard_late_is_on_it(
    rig: Rig, correction: float
) -> None:
    rig.sink.latency = 0.08
    rig.controller.start(BPM, Meter(), 1, clicks=True, correction=correction)
    rig.go_to(2.0)
    clicks = [
        at + rig.sink.latency
        for at, kind, channel, pitch in rig.sink.taken()
        if kind == "on" and pitch == ACCENT_PITCH
    ]
    # The clicks of the bar counted in and of the first bar, as they are heard.
    assert clicks == [pytest.approx(50.0 + LEAD + 0.08), pytest.approx(52.0 + LEAD + 0.08)]
    for beat, heard in enumerate((clicks[1], clicks[1] + BEAT)):
        rig.live.struck.emit(60 + beat, 90, heard + correction)
        rig.live.released.emit(60 + beat, heard + correction + 0.25)
    rig.controller.stop()
    onsets = [note.start for note in rig.performances[0].notes]
    assert onsets == [pytest.approx(0.0, abs=1e-6), pytest.approx(BEAT)]


def test_the_position_is_that_which_is_heard(rig: Rig) -> None:
    rig.sink.latency = 0.1
    rig.controller.start(BPM, Meter(), 1, clicks=True)
    rig.go_to(-0.05)
    assert rig.controller.state is RecordingState.COUNTING_IN
    # The click of the downbeat is on its way.
    assert rig.clicks().count(ACCENT_PITCH) == 2
    rig.go_to(2.0)
    assert rig.controller.state is RecordingState.RECORDING
    assert rig.controller.position == pytest.approx(8.0)


def test_the_clicks_end_with_the_recording(rig: Rig) -> None:
    rig.controller.start(BPM, Meter(), 1, clicks=True)
    rig.go_to(2.5)
    rig.controller.stop()
    rig.sink.scheduled.clear()
    rig.clicks()
    rig.go_to(9.0)
    assert rig.clicks() == []


def test_nothing_played_is_no_melody(rig: Rig, qtbot: QtBot) -> None:
    rig.controller.start(BPM, Meter(), 1, clicks=True)
    rig.go_to(2.0)
    with qtbot.waitSignal(rig.controller.nothingPlayed):
        rig.controller.stop()
    assert rig.melodies == []
    assert not rig.controller.active


def test_notes_are_drawn_while_they_are_played(rig: Rig) -> None:
    drawn: list[tuple[tuple[int, float, float], ...]] = []
    rig.controller.notesChanged.connect(drawn.append)
    rig.controller.start(BPM, Meter(), 1, clicks=False)
    rig.go_to(0.0)
    rig.live.note_on(60, 80)
    rig.go_to(1.0)
    assert drawn[-1] == (pytest.approx((60, 0.0, 4.0)),)
    rig.live.note_off(60)
    rig.go_to(2.0)
    assert drawn[-1] == (pytest.approx((60, 0.0, 4.0)),)
    rig.controller.stop()
    assert drawn[-1] == ()


@pytest.mark.parametrize("early", [0.02, 0.5, 3.5])
def test_a_note_struck_before_the_downbeat_is_drawn_from_there(rig: Rig, early: float) -> None:
    drawn: list[tuple[tuple[int, float, float], ...]] = []
    measured: list[tuple[tuple[int, int, float, float], ...]] = []
    rig.controller.notesChanged.connect(drawn.append)
    rig.controller.playedChanged.connect(measured.append)
    rig.controller.start(BPM, Meter(), 1, clicks=False)
    rig.go_to(-early)
    rig.live.note_on(60, 80)
    rig.go_to(-early / 2)
    assert not any(drawn), "nothing is drawn before the downbeat"
    rig.go_to(1.0)
    assert drawn[-1] == ((60, 0.0, pytest.approx(4.0)),)
    assert measured[-1] == ((60, 80, 0.0, pytest.approx(4.0)),)
    rig.live.note_off(60)
    rig.go_to(2.0)
    assert drawn[-1] == ((60, 0.0, pytest.approx(4.0)),)
    starts = [start for notes in drawn for _, start, _ in notes]
    assert min(starts) == 0.0


class OneJournal:
    """The journal of one recording, which stays where it is."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open_journal(self, empty: Performance) -> Journal:
        return Journal(self.path, empty)

    def end_journal(self, journal: Journal) -> None:
        journal.close()
        journal.join()


def test_recorder_journal_and_drawing_hear_the_same(qtbot: QtBot, tmp_path: Path) -> None:
    rig = Rig(OneJournal(tmp_path / "a.journal"))
    measured: list[tuple[tuple[int, int, float, float], ...]] = []
    rig.controller.playedChanged.connect(measured.append)
    rig.live.struck.emit(70, 80, 50.0)
    rig.controller.start(BPM, Meter(), 1, clicks=False)
    origin = rig.controller.origin
    rig.go_to(0.0)
    for pitch, velocity, at in (
        (60, 80, -0.1),  # before the downbeat
        (60, 70, 0.5),  # struck again while it is held
        (60, 0, 1.0),
        (60, 0, 1.25),  # released twice
        (61, 0, 1.25),  # or without having been struck
        (62, 90, 1.5),
        (62, 0, 1.4),  # or before it was
        (64, 50, 1.75),
        (64, 0, 2.0),
        (70, 0, 2.0),  # a key that has been down since before the recording
    ):
        if velocity:
            rig.live.struck.emit(pitch, velocity, origin + at)
        else:
            rig.live.released.emit(pitch, origin + at)
    rig.go_to(6.0)
    rig.controller.stop()
    rig.live.struck.emit(66, 80, origin + 4.0)
    (performance,) = rig.performances
    notes = performance.notes
    assert [(note.pitch, note.velocity) for note in notes] == [
        (60, 80),
        (60, 70),
        (62, 90),
        (64, 50),
    ]
    times = [(note.start, note.end) for note in notes]
    expected = [(-0.1, 0.5), (0.5, 1.0), (1.5, 1.5), (1.75, 2.0)]
    assert times == [pytest.approx(each, abs=1e-6) for each in expected]
    written = read_journal(tmp_path / "a.journal").notes
    assert [(n.pitch, n.velocity, n.start, n.end) for n in written] == [
        (n.pitch, n.velocity, pytest.approx(n.start, abs=1e-6), pytest.approx(n.end, abs=1e-6))
        for n in notes
    ]
    # A step lasts an eighth of a second.
    *_, drawn, ended = measured
    assert ended == ()
    assert list(drawn) == [
        (n.pitch, n.velocity, pytest.approx(max(0.0, 8 * n.start)), pytest.approx(8 * n.end))
        for n in notes
    ]


def test_what_has_not_changed_is_not_drawn_again(rig: Rig) -> None:
    drawn: list[tuple[tuple[int, float, float], ...]] = []
    rig.controller.start(BPM, Meter(), 1, clicks=False)
    rig.go_to(0.0)
    rig.live.note_on(60, 80)
    rig.go_to(0.5)
    rig.live.note_off(60)
    rig.go_to(1.0)
    rig.controller.notesChanged.connect(drawn.append)
    rig.go_to(2.0)
    assert drawn == []


def test_the_position_counts_up_to_the_downbeat(rig: Rig) -> None:
    positions: list[float] = []
    rig.controller.positionChanged.connect(positions.append)
    rig.controller.start(BPM, Meter(), 2, clicks=False)
    rig.go_to(-4.0, bars_counted=2)
    rig.go_to(1.5, bars_counted=2)
    assert positions[1:] == [pytest.approx(-16.0), pytest.approx(6.0)]


def test_notes_sound_at_once_and_midi_ones_light_up(rig: Rig, qtbot: QtBot) -> None:
    from mido import Message

    lit: list[tuple[str, int]] = []
    rig.live.midiStruck.connect(lambda pitch: lit.append(("on", pitch)))
    rig.live.midiReleased.connect(lambda pitch: lit.append(("off", pitch)))
    rig.live.note_on(60, 70)
    rig.live.midi_message(Message("note_on", note=64, velocity=70), 50.0)
    assert rig.sink.sounding == {(4, 60), (4, 64)}
    rig.live.midi_message(Message("note_on", note=64, velocity=0), 50.1)
    rig.live.midi_message(Message("control_change", control=64, value=127), 50.2)
    rig.live.note_off(60)
    assert rig.sink.sounding == set()
    assert lit == [("on", 64), ("off", 64)]


def test_played_notes_use_the_chosen_instrument(rig: Rig) -> None:
    rig.live.set_program(73)
    assert rig.sink.programs[4] == 73
