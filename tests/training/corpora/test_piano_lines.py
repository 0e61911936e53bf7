"""A pianist's two hands as lines of one note at a time."""

from itertools import islice

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from composer_app.training.corpora.corpus import REST
from composer_app.training.corpora.piano_lines import PIANO_LINES, piano_lines
from composer_app.training.corpora.style_corpora import read_songs_with_piano, read_style

RIGHT, LEFT = 1, 2


def lines_of(*notes: tuple[int, int, int, int], steps: int = 8) -> list[list[int]]:
    """The pitches of each line; notes are start, duration, pitch and staff."""
    start, duration, pitch, staff = np.array(notes, np.int64).T
    lines: list[list[int]] = piano_lines(start, duration, pitch, staff, steps)[0].T.tolist()
    return lines


def test_a_chord_stands_in_the_order_of_its_pitches() -> None:
    lines = lines_of((0, 2, 60, RIGHT), (0, 2, 67, RIGHT), (0, 2, 64, RIGHT), steps=2)
    assert lines == [[67, 67], [64, 64], [60, 60], [REST] * 2, [REST] * 2]


def test_single_notes_are_the_outer_lines() -> None:
    lines = lines_of((0, 1, 72, RIGHT), (0, 1, 40, LEFT), steps=1)
    assert [line[0] for line in lines] == [72, REST, REST, REST, 40]


def test_a_held_bass_keeps_its_line_under_what_moves() -> None:
    lines = lines_of(
        (0, 4, 36, LEFT), (1, 1, 48, LEFT), (2, 1, 52, LEFT), (3, 1, 48, LEFT), steps=4
    )
    assert lines[4] == [36] * 4
    assert lines[3] == [REST, 48, 52, 48]


def test_a_held_melody_keeps_its_line_over_what_moves() -> None:
    lines = lines_of((0, 4, 76, RIGHT), (1, 1, 60, RIGHT), (2, 1, 64, RIGHT), steps=4)
    assert lines[0] == [76] * 4
    assert lines[1] == [REST, 60, 64, REST]


def test_of_a_full_chord_the_outer_notes_are_kept() -> None:
    lines = lines_of(*((0, 1, pitch, RIGHT) for pitch in (60, 64, 67, 70, 72)), steps=1)
    assert [line[0] for line in lines[:3]] == [72, 70, 60]


def test_what_a_new_note_cuts_off_is_not_heard_after_it() -> None:
    lines = lines_of((0, 6, 40, LEFT), (0, 6, 52, LEFT), (2, 1, 45, LEFT), steps=6)
    assert lines[4] == [40] * 6
    assert lines[3] == [52, 52, 45, REST, REST, REST]


NOTES = st.lists(
    st.tuples(
        st.integers(0, 20), st.integers(0, 9), st.integers(21, 108), st.sampled_from([RIGHT, LEFT])
    ),
    min_size=1,
    max_size=40,
)


@given(NOTES)
def test_every_sounding_pitch_is_one_that_was_played(
    notes: list[tuple[int, int, int, int]],
) -> None:
    start, duration, played_pitch, staff = np.array(notes, np.int64).T
    pitch, onset = piano_lines(start, duration, played_pitch, staff, 24)
    assert pitch.shape == onset.shape == (24, PIANO_LINES)
    assert not onset[pitch == REST].any()
    for line, hand in enumerate([RIGHT] * 3 + [LEFT] * 2):
        played = {
            (step, p)
            for begin, length, p, on in notes
            if on == hand
            for step in range(begin, begin + max(1, length))
        }
        column = pitch[:, line]
        assert {(t, int(p)) for t, p in enumerate(column) if p != REST} <= played
        changes = np.append(column[:1] != REST, (column[1:] != column[:-1]) & (column[1:] != REST))
        assert onset[changes, line].all()


def test_songs_have_a_voice_and_five_lines_of_piano() -> None:
    songs = zip(read_songs_with_piano(), read_style("song"), strict=True)
    for song, reduced in islice(songs, 12):
        assert song.pitch.shape == (reduced.steps, 1 + PIANO_LINES)
        assert (song.pitch[:, 0] == reduced.pitch[:, 0]).all()
        assert (song.name, song.split, song.style) == (reduced.name, reduced.split, "song")
        assert (song.pitch[:, 1:] != REST).any(axis=1).mean() > 0.5
