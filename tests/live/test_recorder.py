import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.live.recorder import PerformedNote, Recorder, Recording
from composer_app.music.note import Note
from composer_app.music.timing import Meter, TempoMap

# At 150 BPM a step lasts a tenth of a second, which keeps the tables readable.
BPM = 150


def performed(*notes: tuple[int, float, float]) -> Recording:
    return Recording(tuple(PerformedNote(pitch, 80, start, end) for pitch, start, end in notes))


@pytest.mark.parametrize(
    ("why", "played", "melody"),
    [
        ("nothing was played", [], []),
        ("to the nearest step", [(60, 0.04, 0.37), (62, 0.46, 0.8)], [(0, 60, 4), (5, 62, 3)]),
        ("at least one step", [(60, 0.0, 0.01)], [(0, 60, 1)]),
        ("legato is cut", [(60, 0.0, 0.52), (62, 0.4, 0.8)], [(0, 60, 4), (4, 62, 4)]),
        (
            "a covered note does not return",
            [(60, 0, 0.9), (72, 0.2, 0.4)],
            [(0, 60, 2), (2, 72, 2)],
        ),
        ("the last of a chord", [(64, 0.0, 0.5), (60, 0.01, 0.5)], [(0, 60, 5)]),
        (
            "a chord cuts what came before",
            [(50, 0, 0.9), (64, 0.4, 0.5), (60, 0.41, 0.5)],
            [(0, 50, 4), (4, 60, 1)],
        ),
        ("repeated notes stay apart", [(60, 0, 0.1), (60, 0.1, 0.2)], [(0, 60, 1), (1, 60, 1)]),
        ("a little early is on the downbeat", [(60, -0.04, 0.2)], [(0, 60, 2)]),
        (
            "played within the count-in",
            [(60, -0.05, 0.2), (62, -0.4, -0.3), (64, 0.3, 0.4)],
            [(3, 64, 1)],
        ),
        ("early and gone before the downbeat", [(60, -0.04, -0.01)], [(0, 60, 1)]),
        (
            "order of striking counts, not of listing",
            [(62, 0.2, 0.3), (60, 0.0, 0.2)],
            [(0, 60, 2), (2, 62, 1)],
        ),
    ],
)
def test_melody_of_a_recording(
    why: str, played: list[tuple[int, float, float]], melody: list[tuple[int, int, int]]
) -> None:
    notes = performed(*played).melody(BPM, Meter()).notes
    assert [(note.start, note.pitch, note.duration) for note in notes] == melody, why


def test_melody_carries_velocity_tempo_meter_and_title() -> None:
    recording = Recording((PerformedNote(60, 33, 0.0, 0.5),))
    melody = recording.melody(90, Meter(3, 4), "Evening")
    assert melody.notes == (Note(0, 60, 3, 33),)
    assert (melody.tempo, melody.meter) == (TempoMap.constant(90), Meter(3, 4))
    assert melody.title == "Evening"


@given(
    st.lists(
        st.tuples(st.integers(0, 127), st.floats(-2, 20), st.floats(0, 3)).map(
            lambda note: (note[0], note[1], note[1] + note[2])
        ),
        max_size=40,
    ),
    st.floats(20, 300),
)
def test_any_playing_gives_a_melody(played: list[tuple[int, float, float]], bpm: float) -> None:
    # Melody itself refuses notes that overlap or start before the piece.
    melody = performed(*played).melody(bpm, Meter())
    assert len(melody.notes) <= len(played)


@pytest.mark.parametrize(
    "note", [(-1, 80, 0, 1), (128, 80, 0, 1), (60, 0, 0, 1), (60, 128, 0, 1), (60, 80, 1, 0.5)]
)
def test_a_performed_note_must_make_sense(note: tuple[int, int, float, float]) -> None:
    with pytest.raises(ValueError, match=r"pitch|velocity|ends"):
        PerformedNote(*note)


def test_times_count_from_the_downbeat_of_any_clock() -> None:
    recorder = Recorder()
    recorder.start(1000.0)
    recorder.note_on(60, 80, 1000.5)
    recorder.note_on(64, 90, 1000.75)
    recorder.note_off(60, 1001.0)
    recorder.note_off(64, 1002.0)
    assert recorder.stop(1003.0) == Recording(
        (PerformedNote(60, 80, 0.5, 1.0), PerformedNote(64, 90, 0.75, 2.0))
    )


def test_early_notes_of_the_count_in_are_kept() -> None:
    recorder = Recorder()
    recorder.start(at=4.0)
    recorder.note_on(60, 80, at=3.98)
    recorder.note_off(60, at=4.5)
    (note,) = recorder.stop(5.0).notes
    assert note.start == pytest.approx(-0.02)


def test_held_notes_end_when_recording_stops() -> None:
    recorder = Recorder()
    recorder.start(0.0)
    recorder.note_on(60, 80, 1.0)
    recorder.note_on(67, 80, 1.5)
    assert [note.end for note in recorder.stop(2.0).notes] == [2.0, 2.0]


def test_velocity_zero_releases_and_a_held_pitch_is_struck_anew() -> None:
    recorder = Recorder()
    recorder.start(0.0)
    recorder.note_on(60, 80, 0.0)
    recorder.note_on(60, 0, 1.0)
    recorder.note_on(62, 80, 1.0)
    recorder.note_on(62, 70, 2.0)
    assert recorder.stop(3.0) == Recording(
        (
            PerformedNote(60, 80, 0.0, 1.0),
            PerformedNote(62, 80, 1.0, 2.0),
            PerformedNote(62, 70, 2.0, 3.0),
        )
    )


def test_events_without_meaning_are_ignored() -> None:
    recorder = Recorder()
    recorder.note_on(60, 80, 0.0)
    recorder.note_off(60, 0.5)
    assert recorder.stop(1.0) == Recording()
    recorder.start(2.0)
    recorder.note_off(61, 2.5)
    assert recorder.stop(3.0) == Recording()


def test_a_release_that_seems_older_than_its_strike_ends_at_once() -> None:
    recorder = Recorder()
    recorder.start(0.0)
    recorder.note_on(60, 80, 1.0)
    recorder.note_off(60, 0.9)
    assert recorder.stop(2.0).notes == (PerformedNote(60, 80, 1.0, 1.0),)


def test_each_recording_starts_empty() -> None:
    recorder = Recorder()
    assert not recorder.recording
    recorder.start(0.0)
    recorder.note_on(60, 80, 0.5)
    recorder.start(10.0)
    assert recorder.recording
    recorder.note_on(62, 80, 10.5)
    assert recorder.stop(11.0) == Recording((PerformedNote(62, 80, 0.5, 1.0),))
    assert not recorder.recording
    assert recorder.stop(12.0) == Recording()
