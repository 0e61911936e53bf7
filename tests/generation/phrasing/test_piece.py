"""Phrasing whole pieces, and swing."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from composer_app.generation.phrasing.piece import evened, phrase_piece
from composer_app.generation.phrasing.scene import level
from composer_app.generation.phrasing.swing import is_straight, straightened, swung
from composer_app.music.composition import Composition, Track
from composer_app.music.meter_map import MeterMap
from composer_app.music.midi.file import parse_midi, write_midi
from composer_app.music.note import Note
from composer_app.music.timing import Meter
from composer_app.notation.bars import bars_of
from composer_app.notation.writing.rhythm import Rhythm
from tests.generation.phrasing.playing import ALTO, BASS, FOUR_FOUR, MELODY, SCENE, TENOR, line

EIGHTHS = line("60.2 62.2 64.2 65.2 " * 8)
DRUMS = Track("Kit", 0, line("38 42 " * 8), drums=True)
PIECE = Composition(
    (
        *(Track("Tune", 0, MELODY), Track("A", 0, ALTO), Track("T", 0, TENOR)),
        *(Track("B", 0, BASS), DRUMS),
    ),
    SCENE.tempo,
    FOUR_FOUR,
)
ALL = range(5)
Run = Callable[..., tuple[int, str, str]]


def shapes(piece: Composition) -> list[list[tuple[int, int, int]]]:
    return [[(n.start, n.pitch, n.duration) for n in track.notes] for track in piece.tracks]


@pytest.mark.parametrize("depth", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("swing", [0.5, 0.55, 0.6])
def test_notes_stay_and_once_more_is_the_same(depth: float, swing: float) -> None:
    played = phrase_piece(PIECE, ALL, depth, swing=swing)
    assert shapes(played) == shapes(PIECE)
    again = phrase_piece(played, ALL, depth, swing=swing)
    for first, second in zip(played.tracks, again.tracks, strict=True):
        for one, other in zip(first.notes, second.notes, strict=True):
            assert abs(one.velocity - other.velocity) <= 1
            assert one.onset_shift == other.onset_shift
            assert abs(one.end_shift - other.end_shift) <= 20


def test_only_the_chosen_tracks_are_played_and_no_drums() -> None:
    played = phrase_piece(PIECE, [1, 4], 1.0)
    assert played.tracks[1] != PIECE.tracks[1]
    assert [t for i, t in enumerate(played.tracks) if i != 1] == [
        t for i, t in enumerate(PIECE.tracks) if i != 1
    ]


def test_depth_0_makes_even_again() -> None:
    played = phrase_piece(PIECE, [1, 2, 3], 1.0)
    even = phrase_piece(played, [1, 2, 3], 0.0)
    for track, written in zip(even.tracks, PIECE.tracks, strict=True):
        assert len({note.velocity for note in track.notes}) == 1
        assert is_straight(track.notes)
        assert abs(level(track.notes[0].velocity) - level(written.notes[0].velocity)) < 3


def test_the_lowest_track_is_louder_than_what_is_between() -> None:
    played = phrase_piece(PIECE, [1, 2, 3], 1.0)
    tune, alto, tenor, bass = (
        np.mean([n.velocity for n in track.notes]) for track in played.tracks[:4]
    )
    assert max(alto, tenor) < bass < tune


def test_what_was_played_beside_the_grid_keeps_its_time() -> None:
    late = tuple(replace(note, onset_shift=45) for note in ALTO)
    (even,) = {note.onset_shift for note in evened(late)}
    assert even == 45
    assert evened(()) == ()


def test_the_second_eighth_comes_late_and_what_is_bound_stays_bound() -> None:
    notes = swung(EIGHTHS, FOUR_FOUR, 0.58)
    places = {note.onset_ticks % 960 for note in notes}
    assert places == {0, round(0.58 * 960)}
    assert all(one.release_ticks == other.onset_ticks for one, other in pairwise(notes))
    assert [note.on_grid for note in notes] == list(EIGHTHS)
    assert swung(EIGHTHS, FOUR_FOUR, 0.7) == swung(EIGHTHS, FOUR_FOUR, 0.6)
    assert swung(EIGHTHS, FOUR_FOUR, 0.5) == EIGHTHS


@pytest.mark.parametrize("share", [0.53, 0.58, 0.6])
@pytest.mark.parametrize(
    "tune", ["60.2 62.2 64 ", "60.1 62.1 64.1 65.1 67.2 69.2 ", "60.3 62.1 64 "]
)
def test_swing_is_written_straight_and_can_be_taken_back(tune: str, share: float) -> None:
    notes = line(tune * 6)
    played = swung(notes, FOUR_FOUR, share)
    bars = bars_of(Composition((Track("", 0, notes),), SCENE.tempo, FOUR_FOUR))
    spans = [
        [(chord.start, chord.end) for voice in Rhythm(each, bars).voices for chord in voice]
        for each in (notes, played)
    ]
    assert spans[0] == spans[1]
    for before, after in pairwise(played):
        assert before.onset_ticks < before.release_ticks <= after.onset_ticks
    if any(note.start % 4 == 2 for note in notes):
        assert straightened(played, FOUR_FOUR) == notes


def test_compound_beats_and_what_was_played_do_not_swing() -> None:
    six = MeterMap.constant(Meter(6, 8), 0)
    assert swung(EIGHTHS, six, 0.6) == EIGHTHS
    played = tuple(replace(note, onset_shift=-40) for note in EIGHTHS[1:])
    assert swung(played, FOUR_FOUR, 0.6) == played
    assert straightened(played, FOUR_FOUR) == played


def test_an_upbeat_swings_from_its_bars_end() -> None:
    meters = MeterMap.constant(Meter(4, 4), 480)
    upbeat = Note(0, 60, 2), Note(2, 62, 2), Note(4, 64, 2)
    assert [note.onset_shift for note in swung(upbeat, meters, 0.6)] == [96, 0, 96]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_midi(PIECE, "piece.mid")
    write_midi(replace(PIECE, tracks=PIECE.tracks[:1]), "tune.mid")
    return tmp_path


def written(name: str) -> Composition:
    return parse_midi(Path(name).read_bytes(), name).composition


@pytest.mark.usefixtures("file")
def test_a_file_is_phrased_but_for_its_melody(run: Run) -> None:
    status, out, err = run("phrase", "piece.mid", "-o", "out.mid", "--depth", "0.8")
    assert (status, out, err) == (0, "out.mid: A, T, B\n", "")
    made = written("out.mid")
    assert shapes(made) == shapes(PIECE)
    assert made.tracks[0] == PIECE.tracks[0]
    assert made.tracks[4].notes == DRUMS.notes
    assert made.chords == ()
    assert len({note.velocity for note in made.tracks[1].notes}) > 5


@pytest.mark.usefixtures("file")
def test_the_melody_is_phrased_where_that_is_asked_for(run: Run) -> None:
    assert run("phrase", "tune.mid", "-o", "out.mid") == (
        2,
        "",
        "tune.mid has nothing to phrase but its melody: add --melody.\n",
    )
    status, out, _err = run("phrase", "tune.mid", "-o", "out.mid", "--melody", "--swing", "0.6")
    assert (status, out) == (0, "out.mid: Tune\n")
    notes = written("out.mid").tracks[0].notes
    assert len({note.velocity for note in notes}) > 5
    assert {n.onset_shift for n in notes if n.start % 4 == 2} == {96}


@pytest.mark.usefixtures("file")
def test_tracks_are_named_and_others_are_a_sentence(run: Run) -> None:
    status, out, _err = run("phrase", "piece.mid", "-o", "out.mid", "--track", "4", "--track", "2")
    assert (status, out) == (0, "out.mid: A, B\n")
    for track in ("5", "9"):
        status, _out, err = run("phrase", "piece.mid", "-o", "out.mid", "--track", track)
        assert status == 2
        assert err == f"piece.mid has no track {track} with pitches: choose another track.\n"


@pytest.mark.usefixtures("file")
@pytest.mark.parametrize("options", [("--depth", "2"), ("--swing", "0.7"), ("--swing", "x")])
def test_what_is_out_of_range_is_refused(run: Run, options: tuple[str, str]) -> None:
    status, _out, err = run("phrase", "piece.mid", "-o", "out.mid", *options)
    assert status == 2
    assert f"{options[1]} is not a number from" in err


@pytest.mark.parametrize("first", [0, 1])
def test_locked_notes_stay_and_nothing_runs_into_them(first: int) -> None:
    """Every other eighth is locked where all others swing."""
    piece = Composition((Track("Tune", 0, MELODY), Track("E", 0, EIGHTHS)), SCENE.tempo, FOUR_FOUR)
    locked = np.zeros((piece.steps, 2), np.bool_)
    for note in EIGHTHS[first::2]:
        locked[note.start, 1] = True
    played = phrase_piece(piece, [1], 1.0, swing=0.6, locked=locked).tracks[1].notes
    for at, (note, before) in enumerate(zip(played, EIGHTHS, strict=True)):
        assert (note == before) == (at % 2 == first)
        assert (note.start, note.duration) == (before.start, before.duration)
    for before, after in pairwise(played):
        assert before.release_ticks <= after.onset_ticks
    # Of a track that had no column nothing is locked.
    one = phrase_piece(piece, [1], 1.0, locked=locked[:, :1])
    assert one == phrase_piece(piece, [1], 1.0)


def test_what_rings_on_between_the_lines_goes_on_ringing() -> None:
    long = (Note(0, 60, 4, 70, 0, 90), Note(8, 62, 4, 70, 5, -60))
    assert evened(long) == (Note(0, 60, 4, 70, 0, 90), Note(8, 62, 4, 70))


def test_what_follows_a_locked_note_waits_for_its_end() -> None:
    swinging = swung(EIGHTHS, FOUR_FOUR, 0.6)
    piece = Composition((Track("Tune", 0, MELODY), Track("E", 0, swinging)), SCENE.tempo, FOUR_FOUR)
    locked = np.zeros((piece.steps, 2), np.bool_)
    for note in swinging[::2]:
        locked[note.start, 1] = True
    played = phrase_piece(piece, [1], 0.5, locked=locked).tracks[1].notes
    assert played[::2] == swinging[::2]
    for before, after in pairwise(played):
        assert before.release_ticks <= after.onset_ticks
