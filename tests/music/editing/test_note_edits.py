"""Deleting and moving notes: nothing else changes, and a line stays a line."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.editing.note_edits import (
    NoteKey,
    possible_move,
    with_moved_notes,
    without_notes,
)
from composer_app.music.melody import Melody, is_line
from composer_app.music.note import Note
from composer_app.music.performing.performance import Performance
from tests.music.played import played_lines

LINE = tuple(Note(4 * step, pitch, 4) for step, pitch in enumerate((60, 62, 64, 65)))
PIECE = Composition((Track("Soprano", notes=LINE), Track("Bass", notes=(Note(0, 48, 16),))))


@st.composite
def lines(draw: st.DrawFn) -> tuple[Note, ...]:
    notes, step = [], 0
    for _ in range(draw(st.integers(1, 8))):
        step += draw(st.integers(0, 3))
        length = draw(st.integers(1, 6))
        notes.append(Note(step, draw(st.integers(0, 127)), length, draw(st.integers(1, 127))))
        step += length
    return tuple(notes)


def test_deleted_notes_are_gone_and_the_others_stay_where_they_are() -> None:
    left = without_notes(PIECE, {(0, LINE[1]), (1, Note(0, 48, 16))})
    assert left.tracks[0].notes == (LINE[0], LINE[2], LINE[3])
    assert left.tracks[1].notes == ()
    assert [track.name for track in left.tracks] == ["Soprano", "Bass"]


def test_where_no_note_is_left_there_are_no_tracks() -> None:
    everything = {(index, note) for index, track in enumerate(PIECE.tracks) for note in track.notes}
    piece = replace(
        PIECE, title="Ode", origin=Origin("fake", 1, 1.0), performance=Performance((), 90)
    )
    assert without_notes(piece, everything) == Composition(
        tempo=PIECE.tempo, meters=PIECE.meters, title="Ode"
    )


@pytest.mark.parametrize(
    ("steps", "semitones", "expected"),
    [(2, 3, (2, 3)), (-9, 0, (-4, 0)), (0, 70, (0, 0)), (0, -60, (0, -60)), (-1, -61, (-1, 0))],
)
def test_a_move_ends_at_the_edges(steps: int, semitones: int, expected: tuple[int, int]) -> None:
    chosen = {(0, Note(4, 60, 4)), (0, Note(8, 72, 4))}
    assert possible_move(chosen, steps, semitones) == expected
    assert possible_move((), steps, semitones) == (0, 0)


def test_a_later_note_cuts_an_earlier_one_off() -> None:
    moved, arrived = with_moved_notes(PIECE, {(0, LINE[2])}, -2, 0)
    assert moved.tracks[0].notes == (LINE[0], Note(4, 62, 2), Note(6, 64, 4), LINE[3])
    assert arrived == {(0, Note(6, 64, 4))}
    moved, arrived = with_moved_notes(PIECE, {(0, LINE[1])}, 2, 0)
    assert moved.tracks[0].notes == (LINE[0], Note(6, 62, 2), LINE[2], LINE[3])
    assert arrived == {(0, Note(6, 62, 2))}


def test_a_note_that_comes_to_begin_with_another_takes_its_place() -> None:
    moved, _ = with_moved_notes(PIECE, {(0, LINE[1])}, 4, 0)
    assert moved.tracks[0].notes == (LINE[0], Note(8, 62, 4), LINE[3])


def test_chords_stay_chords_and_only_one_pitch_gives_way() -> None:
    chord = (Note(0, 60, 8), Note(0, 64, 8), Note(8, 60, 8))
    piece = Composition((Track("Piano", notes=chord),))
    moved, _ = with_moved_notes(piece, {(0, chord[2])}, -4, 0)
    assert moved.tracks[0].notes == (Note(0, 60, 4), Note(0, 64, 8), Note(4, 60, 8))


@given(lines() | played_lines().filter(bool), st.data())
def test_a_line_stays_a_line(notes: tuple[Note, ...], data: st.DataObject) -> None:
    piece = Composition((Track("Soprano", notes=notes),))
    chosen: set[NoteKey] = {(0, n) for n in data.draw(st.sets(st.sampled_from(notes), min_size=1))}
    wanted = data.draw(st.tuples(st.integers(-20, 20), st.integers(-127, 127)))
    steps, semitones = possible_move(chosen, *wanted)
    moved, arrived = with_moved_notes(piece, chosen, steps, semitones)
    line = moved.tracks[0].notes
    assert is_line(line)
    assert Melody(line).notes == line
    # Every chosen note has arrived, no longer than it was; the others are where they were.
    assert {(n.start - steps, n.pitch - semitones, n.velocity) for _, n in arrived} == {
        (n.start, n.pitch, n.velocity) for _, n in chosen
    }
    stayed = {(n.start, n.pitch, n.velocity) for n in set(line) - {n for _, n in arrived}}
    assert stayed <= {(n.start, n.pitch, n.velocity) for n in notes}
    assert sum(n.release - n.onset for n in line) <= sum(n.release - n.onset for n in notes) + 1e-9


def test_drums_are_transposed_alone_or_not_at_all() -> None:
    drums = Track("", 0, (Note(0, 36, 4),), drums=True)
    piece = Composition((Track("", 0, (Note(0, 60, 4),)), drums))
    both = {(0, Note(0, 60, 4)), (1, Note(0, 36, 4))}
    moved, arrived = with_moved_notes(piece, both, 4, 12)
    assert arrived == {(0, Note(4, 72, 4)), (1, Note(4, 36, 4))}
    moved, arrived = with_moved_notes(piece, {(1, Note(0, 36, 4))}, 0, 2)
    assert moved.tracks[1].notes == (Note(0, 38, 4),)


def test_a_moved_note_keeps_its_micro_timing() -> None:
    first = Note(0, 60, 4, 80, 0, -30)
    line = (first, Note(4, 62, 4, 80, -30, 40), Note(8, 64, 4, 80, 50, 0))
    piece = Composition((Track("Soprano", notes=line),))
    moved, arrived = with_moved_notes(piece, {(0, line[1])}, 12, 2)
    assert moved.tracks[0].notes == (first, line[2], Note(16, 64, 4, 80, -30, 40))
    assert arrived == {(0, Note(16, 64, 4, 80, -30, 40))}
    # Where it comes to sound while another still does, that one ends, by ever so little.
    moved, _ = with_moved_notes(piece, {(0, line[2])}, -4, 0)
    assert moved.tracks[0].notes == (first, Note(4, 64, 4, 80, 50, 0))
    moved, _ = with_moved_notes(piece, {(0, line[1])}, -1, 0)
    assert moved.tracks[0].notes[0] == Note(0, 60, 3, 80, 0, -30)


@given(lines() | played_lines(), st.integers(-5, 30), st.integers(-20, 20))
def test_a_whole_line_moves_unchanged(notes: tuple[Note, ...], steps: int, semitones: int) -> None:
    piece = Composition((Track("Soprano", notes=notes),))
    chosen: set[NoteKey] = {(0, note) for note in notes}
    steps, semitones = possible_move(chosen, steps, semitones)
    there, arrived = with_moved_notes(piece, chosen, steps, semitones)
    back, _ = with_moved_notes(there, arrived, -steps, -semitones)
    if not notes or notes[0].start + steps or notes[0].onset_shift >= 0:
        assert back == piece
    assert all(
        b.start - a.start == d.start - c.start
        for (a, b), (c, d) in zip(pairwise(notes), pairwise(there.tracks[0].notes), strict=True)
    )


def test_short_notes_of_one_step_do_not_push_each_other_out() -> None:
    fast = tuple(Note.at_ticks(120 * i, 120 * (i + 1), 60 + i) for i in range(8))
    piece = Composition((Track("Soprano", notes=fast),))
    moved, arrived = with_moved_notes(piece, {(0, fast[2])}, 0, 12)
    assert [n.pitch for n in moved.tracks[0].notes] == [60, 61, 74, 63, 64, 65, 66, 67]
    assert {n.pitch for _, n in arrived} == {74}
    # Dropped onto others that sound meanwhile, it takes their place.
    moved, _ = with_moved_notes(piece, {(0, fast[1])}, 1, 12)
    assert [n.pitch for n in moved.tracks[0].notes] == [60, 62, 73, 64, 65, 66, 67]
