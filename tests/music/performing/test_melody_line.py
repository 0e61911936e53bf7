"""Which of several notes that overlap are the melody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.music.melody import Melody
from composer_app.music.note import Note
from composer_app.music.performing.melody_line import Line, melody_line
from composer_app.music.timing import TempoMap
from tests.music.played import played_lines

AT_120 = TempoMap.constant(120)
LOWEST, HIGHEST = 40, 90

overlapping_notes = st.lists(
    st.builds(Note, st.integers(0, 30), st.integers(55, 65), st.integers(1, 12)), max_size=8
)
any_notes = st.lists(
    st.builds(
        lambda onset, length, pitch: Note.at_ticks(onset, onset + length, pitch),
        st.integers(0, 20_000),
        st.integers(1, 9_000),
        st.integers(LOWEST, HIGHEST),
    ),
    max_size=40,
)


def played(*rows: tuple[float, float, int]) -> tuple[Note, ...]:
    """Notes from rows of onset and end in beats, and pitch."""
    return tuple(Note.at_ticks(round(960 * on), round(960 * off), p) for on, off, p in rows)


def sketch(notes: tuple[Note, ...]) -> list[tuple[float, int]]:
    """Onset in beats and pitch of each note."""
    return [(note.onset / 4, note.pitch) for note in notes]


@pytest.mark.parametrize(
    ("notes", "line"),
    [
        pytest.param([(0, 60, 4), (4, 62, 4)], [(0, 60, 4), (4, 62, 4)], id="a melody"),
        pytest.param([(0, 60, 4), (0, 67, 4), (0, 64, 4)], [(0, 67, 4)], id="a chord"),
        pytest.param([(0, 67, 8), (4, 60, 4)], [(0, 67, 8)], id="a lower note below"),
        pytest.param([(0, 60, 8), (4, 67, 2)], [(0, 60, 4), (4, 67, 2)], id="a higher note cuts"),
        pytest.param([(0, 60, 8), (4, 60, 8)], [(0, 60, 4), (4, 60, 8)], id="struck again"),
        pytest.param([(0, 60, 2), (0, 67, 4), (3, 62, 4)], [(0, 67, 4)], id="late and low"),
        pytest.param([], [], id="nothing"),
    ],
)
@pytest.mark.parametrize("which", [Line.UPPER, Line.SKYLINE])
def test_what_is_highest(
    which: Line, notes: list[tuple[int, int, int]], line: list[tuple[int, int, int]]
) -> None:
    found = melody_line((Note(*note) for note in notes), TempoMap(), which)
    assert found == tuple(Note(*note) for note in line)


@given(overlapping_notes)
def test_the_skyline_is_what_is_struck_highest(notes: list[Note]) -> None:
    # At this tempo no overlap of a sixteenth is legato, and no chord is rolled.
    line = melody_line(notes, TempoMap.constant(100), Line.SKYLINE)
    struck = {(note.start, note.pitch) for note in notes}
    assert {(note.start, note.pitch) for note in line} <= struck
    for step in {note.start for note in notes}:
        highest = max(note.pitch for note in notes if note.start <= step < note.end)
        if (step, highest) in struck:
            assert [n.pitch for n in line if n.start <= step < n.end] == [highest]


@given(any_notes, st.sampled_from(Line), st.sampled_from([4.0, 60.0, 1000.0]))
def test_every_line_is_a_melody_of_struck_notes(notes: list[Note], which: Line, bpm: float) -> None:
    line = melody_line(notes, TempoMap.constant(bpm), which)
    assert Melody(line).notes == line
    struck = {(note.onset_ticks, note.pitch) for note in notes}
    assert {(note.onset_ticks, note.pitch) for note in line} <= struck
    assert bool(line) == bool(notes)


@given(any_notes)
def test_the_lower_line_is_the_upper_one_upside_down(notes: list[Note]) -> None:
    def turned(rows: tuple[Note, ...] | list[Note]) -> tuple[Note, ...]:
        return tuple(
            Note.at_ticks(n.onset_ticks, n.release_ticks, LOWEST + HIGHEST - n.pitch) for n in rows
        )

    upper = melody_line(turned(notes), AT_120, Line.UPPER)
    lower = melody_line(notes, AT_120, Line.LOWER)
    assert [n.onset_ticks for n in lower] == [n.onset_ticks for n in upper]
    assert [n.pitch for n in turned(upper)] == [n.pitch for n in lower]


# -- keys that are let go late -------------------------------------------------------------------


@given(played_lines(), st.sampled_from(Line), st.integers(1, 114))
def test_legato_loses_no_note(notes: tuple[Note, ...], which: Line, late: int) -> None:
    # 115 ticks are 60 ms at 120 BPM.
    lengths = [note.release_ticks - note.onset_ticks for note in notes]
    shorter = [min(pair) for pair in zip(lengths, [*lengths, 10_000][1:], strict=True)]
    ringing = [
        Note.at_ticks(n.onset_ticks, n.release_ticks + min(late, (length - 1) // 4), n.pitch)
        for n, length in zip(notes, shorter, strict=True)
    ]
    line = melody_line(ringing, AT_120, which)
    assert [(n.onset_ticks, n.pitch) for n in line] == [(n.onset_ticks, n.pitch) for n in notes]


@pytest.mark.parametrize(
    ("bpm", "overlap", "lower_is_heard"),
    [
        (120, 0.23, True),  # 115 ms
        (120, 0.25, False),  # 125 ms
        (30, 0.05, True),  # 100 ms
        (30, 0.07, False),  # 140 ms
        (300, 0.45, True),  # 90 ms
        (300, 0.55, False),  # 110 ms, but more than half of the note
    ],
)
def test_what_is_legato_and_what_is_a_chord(
    bpm: float, overlap: float, lower_is_heard: bool
) -> None:
    notes = played((0, 1 + overlap, 67), (1, 2, 60))
    line = melody_line(notes, TempoMap.constant(bpm))
    assert sketch(line) == [(0, 67), (1, 60)][: 1 + lower_is_heard]
    assert line[0].release_ticks == (960 if lower_is_heard else notes[0].release_ticks)


def test_a_rolled_chord_is_heard_at_its_top() -> None:
    notes = played((0, 1, 60), (0.03, 1, 64), (0.06, 1, 67), (1, 2, 65))
    assert sketch(melody_line(notes, AT_120)) == [(pytest.approx(0.06, abs=1e-3), 67), (1, 65)]


# -- parts ---------------------------------------------------------------------------------------

TUNE = [(beat, beat + 1, 72 + beat % 3) for beat in (0, 1, 2, 3, 5, 6, 7)]
HAND = [(beat / 2, beat / 2 + 0.5, 48 + beat % 4) for beat in range(16)]


def test_the_left_hand_does_not_fill_the_rests_of_the_right() -> None:
    notes = played(*TUNE, *HAND)
    assert melody_line(notes, AT_120) == played(*TUNE)
    assert (4, 48) in sketch(melody_line(notes, AT_120, Line.SKYLINE))


def test_nor_do_its_chords() -> None:
    # A waltz: the tune rests for a bar and a half.
    tune = [(0, 2, 76), (2, 3, 79), (3, 5, 77), (5, 7, 74), (11, 12, 74), (12, 15, 76)]
    hand = [
        (bar + beat, bar + beat + 1, pitch)
        for bar in range(0, 15, 3)
        for beat, chord in enumerate(((48,), (52, 55, 60), (52, 55, 60)))
        for pitch in chord
    ]
    assert melody_line(played(*tune, *hand), AT_120) == played(*tune)


def test_a_soprano_that_goes_low_is_still_one() -> None:
    upper = [(beat, beat + 1, pitch) for beat, pitch in enumerate((72, 74, 76, 64, 62, 64, 74, 72))]
    others = [(beat, beat + 1, pitch - below) for beat, _, pitch in upper for below in (3, 8, 15)]
    assert melody_line(played(*upper, *others), AT_120) == played(*upper)


def test_the_lower_part_can_be_asked_for() -> None:
    assert melody_line(played(*TUNE, *HAND), AT_120, Line.LOWER) == played(*HAND)


def test_a_tune_keeps_its_low_notes_before_a_chord() -> None:
    low = [(beat, beat + 1, 55 + beat % 5) for beat in range(12)]
    chord = [(12, 16, pitch) for pitch in (48, 55, 64, 72)]
    assert sketch(melody_line(played(*low, *chord), AT_120)) == [
        *((beat, pitch) for beat, _, pitch in low),
        (12, 72),
    ]


def test_parts_that_are_close_lose_nothing_where_they_meet() -> None:
    # In the fourth beat both sing one note, which a file has once.
    upper = [(0, 1, 67), (1, 2, 69), (2, 3, 67), (3, 4, 64), (4, 5, 65), (5, 6, 67)]
    lower = [(0, 1, 64), (1, 2, 65), (2, 3, 64), (4, 5, 62), (5, 6, 64)]
    assert melody_line(played(*upper, *lower), AT_120) == played(*upper)


def test_a_note_that_nobody_has_let_go_of_hides_nothing() -> None:
    tune = [(beat, beat + 1, 72 + beat % 4) for beat in range(1, 9)]
    notes = played((0, 9, 84), *tune)
    assert sketch(melody_line(notes, AT_120)) == [(0, 84), *((b, p) for b, _, p in tune)]
    assert sketch(melody_line(notes, AT_120, Line.SKYLINE)) == [(0, 84)]


@pytest.mark.parametrize(("first", "last"), [(0, 17), (0, 13), (4, 17)])
def test_a_long_note_above_others_is_held(first: int, last: int) -> None:
    # Before it, after it or both there are parts, too: somebody sings it.
    above = [row for row in ((0, 4, 74), (4, 13, 76), (13, 17, 74)) if first <= row[0] < last]
    below = [(beat, beat + 1, 60 + beat % 4) for beat in range(first, last)]
    assert melody_line(played(*above, *below), AT_120) == played(*above)
