"""What the melody is chosen from: tracks with reasons, parts of a track, and what is heard."""

from composer_app.music.composition import Composition, Track
from composer_app.music.melody_evidence.candidates import (
    Excerpt,
    beginning,
    heard_alone,
    melody_tracks,
    parts_of,
)
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.performing.melody_line import Line
from composer_app.music.timing import Meter, TempoMap

TUNE = tuple(Note(4 * n, 72 + (2 * n) % 7, 4) for n in range(16))
BASS = tuple(Note(16 * n, 40 + 5 * (n % 2), 16) for n in range(4))
BARS = MeterMap.constant(Meter())


def test_the_present_melody_comes_first_and_the_others_by_what_speaks_for_them() -> None:
    piece = Composition(
        (Track("Pad", 50, BASS), Track("Empty"), Track("Low", 32, BASS), Track("Flute", 73, TUNE))
    )
    found = melody_tracks(piece)
    assert [each.index for each in found] == [0, 3, 2]
    assert found[1].track is piece.tracks[3]
    assert "it is the highest line" in str(found[1].reason)
    assert str(found[2].reason) == "others are more like a melody"


def test_a_track_alone_has_no_other_beside_it() -> None:
    (only,) = melody_tracks(Composition((Track("", 0, TUNE),)))
    assert str(only.reason) == "no other track has notes"
    assert melody_tracks(Composition()) == ()


def test_parts_that_are_the_same_are_offered_once() -> None:
    both = Track("Piano", 0, (*TUNE, *BASS))
    found = parts_of(both, TempoMap())
    assert list(found) == [Line.UPPER, Line.LOWER]
    assert found[Line.UPPER] == TUNE
    assert {note.pitch for note in found[Line.LOWER]} == {40, 45}
    assert parts_of(Track("", 0, TUNE), TempoMap()) == {Line.UPPER: TUNE}


def test_a_skyline_of_its_own_is_offered() -> None:
    """The upper part rests for a bar, in which the accompaniment goes on."""
    rests = tuple(note for note in TUNE if not 16 <= note.start < 32)
    chords = tuple(Note(2 * n, 48 + 4 * (n % 3), 2) for n in range(32))
    found = parts_of(Track("Piano", 0, (*rests, *chords)), TempoMap())
    assert list(found) == [Line.UPPER, Line.SKYLINE, Line.LOWER]
    assert len(found[Line.SKYLINE]) > len(found[Line.UPPER])


def test_the_beginning_is_where_a_part_begins() -> None:
    late = tuple(note.moved(20) for note in TUNE)
    piece = Composition((Track("", 0, late),), meters=BARS)
    # Bar 2, in which it begins, up to the end of the piece.
    assert beginning(piece, late) == Excerpt(16, 96, 2)
    long = tuple(note.moved(64 * n) for n in range(5) for note in TUNE)
    assert beginning(Composition((Track("", 0, long),)), long) == Excerpt(0, 128, 1)


def test_what_is_heard_ends_with_the_excerpt() -> None:
    piece = Composition((Track("Bass", 32, BASS), Track("Tune", 73, TUNE)), meters=BARS)
    alone = heard_alone(piece, piece.tracks[0], BASS, Excerpt(16, 40, 2))
    (track,) = alone.tracks
    assert (track.program, alone.tempo, alone.meters) == (32, piece.tempo, piece.meters)
    assert track.notes == (Note(16, 45, 16), Note(32, 40, 8))
