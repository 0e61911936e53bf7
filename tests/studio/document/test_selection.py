"""What is selected, as a value: notes and bars, their cells, and the geometry of a band."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.music.composition import Composition, Track
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter
from composer_app.studio.document.selection import Selection, next_note, note_beside
from composer_app.studio.roll.geometry import RollGeometry
from composer_app.studio.roll.notes import note_at, notes_touched, tracks_of

HIGH = (Note(0, 72, 4), Note(4, 74, 16), Note(20, 76, 12))
LOW = (Note(0, 48, 8), Note(12, 50, 4), Note(16, 52, 16))
PIECE = Composition((Track("Soprano", notes=HIGH), Track("Middle"), Track("Bass", notes=LOW)))


def test_nothing_is_false_and_describes_itself_as_nothing() -> None:
    nothing = Selection()
    assert not nothing
    assert nothing.describe(PIECE) == ""
    assert nothing.reach is None
    assert not nothing.cells(PIECE).any()
    assert nothing.kept_in(PIECE) is nothing


def test_toggling_twice_changes_nothing() -> None:
    once = Selection().toggled({(0, HIGH[0]), (2, LOW[1])})
    assert once.notes == {(0, HIGH[0]), (2, LOW[1])}
    assert once.toggled(once.notes) == Selection()
    assert once.plus({(0, HIGH[0])}) == once


@pytest.mark.parametrize(
    ("selection", "text"),
    [
        (Selection.of_track(PIECE, 2), "3 notes of the bass"),
        (Selection(frozenset({(0, HIGH[0])})), "1 note of the soprano"),
        (Selection.everything(PIECE), "6 notes"),
        (Selection.of_bars(PIECE, 0, 3), "bar 1"),
        (Selection.of_bars(PIECE, 20, 3), "bars 1–2"),
    ],
)
def test_it_says_what_it_is(selection: Selection, text: str) -> None:
    assert selection.describe(PIECE) == text


def test_bars_hold_what_begins_in_them_and_their_rests() -> None:
    second = Selection.of_bars(PIECE, 17, 17)
    assert second.span == (16, 32)
    assert second.notes == {(0, HIGH[2]), (2, LOW[2])}
    cells = second.cells(PIECE)
    # The note that sounds into the bar is not part of it; the rest of the middle voice is.
    assert np.flatnonzero(cells[:, 0]).tolist() == list(range(20, 32))
    assert np.flatnonzero(cells[:, 1]).tolist() == list(range(16, 32))
    assert np.flatnonzero(cells[:, 2]).tolist() == list(range(16, 32))


def test_a_note_that_begins_in_a_bar_belongs_to_it_beyond_its_end() -> None:
    assert np.flatnonzero(Selection.of_bars(PIECE, 0, 0).cells(PIECE)[:, 0]).tolist() == list(
        range(20)
    )


def test_bars_beyond_the_piece_are_its_last_one() -> None:
    assert Selection.of_bars(PIECE, 90, 200).span == (16, 32)
    waltz = Composition(PIECE.tracks, meters=MeterMap.constant(Meter(3, 4)))
    assert Selection.of_bars(waltz, 11, 12).span == (0, 24)


def test_in_another_piece_only_what_is_there_stays_selected() -> None:
    fewer = Composition((Track("Soprano", notes=HIGH[:2]), *PIECE.tracks[1:]))
    assert Selection.everything(PIECE).kept_in(fewer) == Selection.everything(fewer)
    assert Selection.of_bars(PIECE, 17, 17).kept_in(fewer) == Selection.of_bars(fewer, 17, 17)
    assert Selection.of_bars(PIECE, 17, 17).kept_in(Composition()) == Selection()
    waltz = Composition(PIECE.tracks, meters=MeterMap.constant(Meter(3, 4)))
    assert Selection.of_bars(PIECE, 17, 17).kept_in(waltz) == Selection()


def test_notes_inside_cells_are_those_that_lie_in_them_whole() -> None:
    cells = np.zeros((32, 3), np.bool_)
    cells[:20, 0] = cells[4:, 2] = True
    assert Selection.inside(PIECE, cells).notes == {
        (0, HIGH[0]),
        (0, HIGH[1]),
        *((2, note) for note in LOW[1:]),
    }


def test_the_arrows_walk_along_a_voice_and_across() -> None:
    first = Selection(frozenset({(0, HIGH[0])}))
    assert next_note(PIECE, Selection(), 1, near=5) == (0, HIGH[1])
    assert next_note(PIECE, Selection(), 1, near=500) == (0, HIGH[2])
    assert next_note(PIECE, first, 1) == (0, HIGH[1])
    assert next_note(PIECE, first, -1) is None
    assert next_note(PIECE, Selection.everything(PIECE), -1) is None
    assert next_note(Composition(), Selection(), 1) is None
    # The empty track is passed over, and a rest leads to the nearest note.
    assert note_beside(PIECE, first, 1) == (2, LOW[0])
    assert note_beside(PIECE, Selection(frozenset({(0, Note(10, 70, 1))})), 1) == (2, LOW[1])
    assert note_beside(PIECE, first, -1) is None
    assert note_beside(PIECE, Selection(), 1) is None


scales = st.builds(
    RollGeometry,
    pixels_per_step=st.sampled_from((0.5, 2.0, 3.7, 8.0, 20.0)),
    row_height=st.integers(4, 20),
)
some_notes = st.builds(Note, st.integers(0, 40), st.integers(21, 108), st.integers(1, 9))
pixels = st.tuples(st.integers(-40, 400), st.integers(-40, 2000))


@given(
    scales,
    pixels,
    pixels,
    st.lists(some_notes),
)
def test_a_band_selects_exactly_the_notes_it_touches(
    scale: RollGeometry, here: tuple[int, int], there: tuple[int, int], notes: list[Note]
) -> None:
    (left, right), (top, bottom) = sorted((here[0], there[0])), sorted((here[1], there[1]))
    piece = Composition((Track("Soprano", notes=tuple(notes)),))
    touched = notes_touched(tracks_of(piece), *scale.box(left, top, right, bottom))
    for note in notes:
        # In pixels: the note covers [x, end) and [y, y + a row).
        across = scale.x(note.start) <= right and scale.x(note.end) > left + 1e-9
        down = scale.y(note.pitch) <= bottom and scale.y(note.pitch) + scale.row_height > top
        if abs(scale.x(note.end) - left) > 1e-6 and abs(scale.x(note.start) - right) > 1e-6:
            assert ((0, note) in touched) == (across and down)


@given(st.lists(some_notes, min_size=1), st.data())
def test_the_middle_of_a_note_hits_one_that_is_there(
    notes: list[Note], data: st.DataObject
) -> None:
    piece = Composition((Track("Soprano", notes=tuple(notes)),))
    note = data.draw(st.sampled_from(notes))
    hit = note_at(tracks_of(piece), note.start + note.duration / 2, note.pitch)
    assert hit is not None
    assert hit[1].start <= note.start + note.duration / 2 < hit[1].end
    assert hit[1].pitch == note.pitch


def test_a_near_miss_hits_and_a_hidden_voice_does_not() -> None:
    tracks = tracks_of(PIECE)
    assert note_at(tracks, 8.5, 48, 1.0) == (2, LOW[0])
    assert note_at(tracks, 8.5, 48, 0.2) is None
    assert note_at(tracks, 9.5, 48, 1.0) is None
    assert note_at((tracks[0], None, None), 1.0, 48) is None
    assert notes_touched((None, None, tracks[2]), 0, 40, 0, 127) == {(2, note) for note in LOW}


def test_short_notes_on_one_step_are_reached_one_after_another() -> None:
    # Higher and lower in turns, so that order of pitch is not order of time.
    fast = tuple(Note.at_ticks(120 * i, 120 * (i + 1), 60 + i % 3) for i in range(8))
    piece = Composition((Track("Soprano", notes=fast),))
    at, found = Selection(frozenset({(0, fast[0])})), [fast[0]]
    while (key := next_note(piece, at, 1)) is not None:
        found.append(key[1])
        at = Selection(frozenset({key}))
    assert found == list(fast)
    # The later one of these is the lower one.
    assert fast[5].start == fast[6].start
    assert next_note(piece, Selection(frozenset((0, n) for n in fast[5:7])), 1) == (0, fast[7])


def test_the_mouse_finds_short_notes_where_they_sound() -> None:
    fast = tuple(Note.at_ticks(120 * i, 120 * (i + 1), 60) for i in range(8))
    tracks = tracks_of(Composition((Track("Soprano", notes=fast),)))
    assert [note_at(tracks, (120 * i + 60) / 240, 60) for i in range(8)] == [
        (0, note) for note in fast
    ]
