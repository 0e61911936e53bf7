"""What is locked: cells that grow, shrink and survive as the piece changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from composer_app.generation.generator import Given
from composer_app.music.composition import Composition, Track
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.project.locks import Locks, cells_of, voice_cells
from composer_app.studio.document.selection import Selection

HIGH = tuple(Note(4 * step, 72, 4) for step in range(8))
LOW = (Note(0, 48, 8), Note(8, 50, 16), Note(24, 48, 8))
PIECE = Composition(
    tuple(
        Track(name, notes=notes)
        for name, notes in (("Soprano", HIGH), ("Alto", LOW), ("Tenor", LOW), ("Bass", LOW))
    )
)
masks = arrays(np.bool_, st.tuples(st.integers(0, 40), st.just(4)))


def lock(*notes: tuple[int, Note]) -> Locks:
    return Locks(cells_of(notes, PIECE.steps, 4))


def test_nothing_is_locked_at_first() -> None:
    none = Locks.none()
    assert not none
    assert none.notes(PIECE) == []
    assert none.full_bars(4, MeterMap()) == []
    assert none == Locks(np.zeros((90, 3), np.bool_))
    assert none != lock((1, LOW[0]))
    with pytest.raises(ValueError, match="step and track"):
        Locks(np.zeros(4, np.bool_))


def test_they_cannot_be_changed_from_outside() -> None:
    cells = np.zeros((4, 4), np.bool_)
    locks = Locks(cells)
    cells[:] = True
    assert not locks
    with pytest.raises(ValueError, match="read-only"):
        locks.cells[0, 0] = True


@given(masks, masks)
def test_adding_and_taking_away(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> None:
    both = Locks(first).plus(second)
    assert both.covers(second) == second.any()
    assert not (both.minus(second).fitted(*second.shape) & second).any()
    assert both == Locks(second).plus(first)
    assert both.minus(second).plus(second) == both


def test_a_note_is_locked_whole_as_the_generator_will_lock_it() -> None:
    cells = np.zeros((32, 4), np.bool_)
    cells[10, 1] = cells[24:, 3] = True
    locks = Locks(cells)
    assert locks.notes(PIECE) == [(1, LOW[1]), (3, LOW[2])]
    given_ = Given(PIECE.piano_roll(), locks.fitted(32, 4))
    shown = {(track, note.start) for track, note in locks.notes(PIECE)}
    for track in range(4):
        for note in PIECE.tracks[track].notes:
            whole = given_.locked[note.start : note.end, track].all()
            assert whole == ((track, note.start) in shown)


def test_what_changes_loses_its_lock_and_the_rest_keeps_it() -> None:
    locks = lock((1, LOW[0]), (1, LOW[1]), (2, LOW[0]))
    tracks = list(PIECE.tracks)
    tracks[1] = Track("Alto", notes=(LOW[0], Note(8, 51, 16), LOW[2]))
    after = Composition(tuple(tracks))
    assert locks.surviving(PIECE, after).notes(after) == [(1, LOW[0]), (2, LOW[0])]
    assert locks.surviving(PIECE, PIECE) == locks
    assert not locks.surviving(PIECE, Composition((Track("Recording", notes=HIGH[:2]),)))


def test_locks_see_the_grid() -> None:
    played = tuple(Note(n.start, n.pitch, n.duration, n.velocity, 20, -20) for n in LOW)
    after = Composition((PIECE.tracks[0], Track("Alto", notes=played), *PIECE.tracks[2:]))
    locks = Locks(np.ones((32, 4), np.bool_))
    assert locks.surviving(PIECE, after) == locks
    assert locks.surviving(after, PIECE) == locks
    assert {(1, note) for note in played} <= set(locks.notes(after))


def test_whole_bars_are_those_in_which_no_voice_is_free() -> None:
    second = Selection.of_span(PIECE, 16, 32).cells(PIECE)
    assert Locks(second).full_bars(4, MeterMap()) == []
    everything = np.ones((32, 4), np.bool_)
    assert Locks(everything).full_bars(4, MeterMap()) == [(0, 32)]
    everything[3, 2] = False
    assert Locks(everything).full_bars(4, MeterMap()) == [(16, 32)]
    assert Locks(everything[:28]).full_bars(4, MeterMap()) == [(16, 32)]
    assert Locks(everything).full_bars(1, MeterMap()) == []


def test_cells_of_tracks_are_those_of_the_voices_they_are() -> None:
    shuffled = Composition(
        (
            Track("Tune", notes=HIGH),
            Track("Deep", notes=tuple(Note(n.start, 40, n.duration) for n in LOW)),
            Track("Empty"),
            Track("Mid", notes=LOW),
        )
    )
    cells = np.zeros((32, 4), np.bool_)
    cells[0, 1] = cells[1, 3] = cells[2] = True
    voices = voice_cells(shuffled, cells)
    assert [np.flatnonzero(column).tolist() for column in voices.T] == [[2], [1, 2], [2], [0, 2]]


def test_beneath_a_melody_alone_bars_can_be_written_but_nothing_locked() -> None:
    tune = Composition((Track("Tune", notes=HIGH),))
    cells = Selection.of_bars(tune, 0, 0).cells(tune)
    assert not voice_cells(tune, cells)[:, 1:].any()
    assert voice_cells(tune, cells, alone=True)[:16].all()
    assert not voice_cells(tune, cells, alone=True)[16:].any()
