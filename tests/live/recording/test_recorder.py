"""What was played, as it was played: in seconds from the downbeat, corrected by the latency."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.live.recording.heard_notes import KeyEvent
from composer_app.live.recording.recorder import Recorder
from composer_app.music.performing.performance import PerformedNote


def test_times_count_from_the_downbeat_of_any_clock() -> None:
    recorder = Recorder()
    recorder.start(1000.0)
    recorder.note_on(60, 80, 1000.5)
    recorder.note_on(64, 90, 1000.75)
    recorder.note_off(60, 1001.0)
    recorder.note_off(64, 1002.0)
    assert recorder.stop(1003.0) == (
        PerformedNote(60, 80, 0.5, 1.0),
        PerformedNote(64, 90, 0.75, 2.0),
    )


@given(
    st.floats(0, 1e5),
    st.floats(0, 0.5),
    st.lists(st.tuples(st.floats(0, 60), st.floats(0, 2)), min_size=1, max_size=8),
)
def test_who_plays_with_a_click_that_is_heard_is_recorded_where_it_stands(
    downbeat: float, late: float, times: list[tuple[float, float]]
) -> None:
    recorder = Recorder()
    recorder.start(downbeat, late)
    for pitch, (scheduled, length) in enumerate(times):
        heard = downbeat + scheduled + late
        recorder.note_on(pitch, 80, heard)
        recorder.note_off(pitch, heard + length)
    notes = sorted(recorder.stop(downbeat + 100), key=lambda note: note.pitch)
    for note, (scheduled, length) in zip(notes, times, strict=True):
        assert note.start == pytest.approx(scheduled, abs=2e-6)
        assert note.end == pytest.approx(scheduled + length, abs=2e-6)


def test_early_notes_of_the_count_in_are_kept() -> None:
    recorder = Recorder()
    recorder.start(4.0)
    recorder.note_on(60, 80, at=3.98)
    recorder.note_off(60, at=4.5)
    (note,) = recorder.stop(5.0)
    assert note.start == pytest.approx(-0.02)


def test_held_notes_end_when_recording_stops() -> None:
    recorder = Recorder()
    recorder.start(0.0)
    recorder.note_on(60, 80, 1.0)
    recorder.note_on(67, 80, 1.5)
    assert [note.end for note in recorder.stop(2.0)] == [2.0, 2.0]


def test_velocity_zero_releases_and_a_held_pitch_is_struck_anew() -> None:
    recorder = Recorder()
    recorder.start(0.0)
    recorder.note_on(60, 80, 0.0)
    recorder.note_on(60, 0, 1.0)
    recorder.note_on(62, 80, 1.0)
    recorder.note_on(62, 70, 2.0)
    assert recorder.stop(3.0) == (
        PerformedNote(60, 80, 0.0, 1.0),
        PerformedNote(62, 80, 1.0, 2.0),
        PerformedNote(62, 70, 2.0, 3.0),
    )


def test_events_without_meaning_are_ignored() -> None:
    recorder = Recorder()
    recorder.note_on(60, 80, 0.0)
    recorder.note_off(60, 0.5)
    assert recorder.stop(1.0) == ()
    recorder.start(2.0)
    recorder.note_off(61, 2.5)
    assert recorder.stop(3.0) == ()


def test_a_release_that_seems_older_than_its_strike_ends_at_once() -> None:
    recorder = Recorder()
    recorder.start(0.0)
    recorder.note_on(60, 80, 1.0)
    recorder.note_off(60, 0.9)
    assert recorder.stop(2.0) == (PerformedNote(60, 80, 1.0, 1.0),)


def test_each_recording_starts_empty() -> None:
    recorder = Recorder()
    assert not recorder.recording
    recorder.start(0.0)
    recorder.note_on(60, 80, 0.5)
    recorder.start(10.0)
    assert recorder.recording
    recorder.note_on(62, 80, 10.5)
    assert recorder.stop(11.0) == (PerformedNote(62, 80, 0.5, 1.0),)
    assert not recorder.recording
    assert recorder.stop(12.0) == ()


def test_whoever_is_told_hears_what_is_recorded_from_the_downbeat() -> None:
    told: list[KeyEvent] = []
    recorder = Recorder()
    recorder.note_on(50, 80, 9.0)
    recorder.start(10.0, 0.5, told.append)
    assert (recorder.origin, recorder.events, recorder.holding) == (10.5, 0, False)
    recorder.note_on(60, 80, 11.0)
    assert (recorder.events, recorder.holding) == (1, True)
    recorder.note_off(60, 11.5)
    assert (recorder.events, recorder.holding) == (2, False)
    assert [(event.pitch, event.velocity, event.at) for event in told] == [
        (60, 80, 0.5),
        (60, 0, 1.0),
    ]
    (note,) = recorder.stop(12.0)
    assert (note.start, note.end) == (0.5, 1.0)
