"""Values that are made by columns are those that are made one by one."""

import random
from collections.abc import Sequence

import numpy as np
import pytest

from composer_app.music.controls import Control
from composer_app.music.many import notes_at_ticks, values_of
from composer_app.music.note import Note


def test_notes_of_columns_are_those_of_rows() -> None:
    chance = random.Random(3)
    onsets = [chance.randrange(5_000) for _row in range(500)]
    releases = [onset + chance.choice((1, 50, 119, 120, 121, 240, 999)) for onset in onsets]
    pitches = [chance.randrange(128) for _row in onsets]
    velocities = [chance.randint(1, 127) for _row in onsets]
    columns = (onsets, releases, pitches, velocities)
    made = notes_at_ticks(*(np.array(column, np.int64) for column in columns))
    assert made == [Note.at_ticks(*row) for row in zip(*columns, strict=True)]
    assert {type(value) for note in made for value in (note.start, note.end_shift)} == {int}
    assert notes_at_ticks(*(np.zeros(0, np.int64) for _column in range(4))) == []


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ((-300, 100, 60, 80), "before the piece|step -1"),
        ((0, 0, 60, 80), "cannot end at tick 0"),
        ((0, 100, 128, 80), "pitch 128"),
        ((0, 100, -1, 80), "pitch -1"),
        ((0, 100, 60, 0), "velocity 0"),
        ((0, 100, 60, 128), "velocity 128"),
    ],
)
def test_what_is_no_note_is_none_in_a_column(row: tuple[int, int, int, int], why: str) -> None:
    columns = [
        np.array([good, bad], np.int64) for good, bad in zip((0, 9, 60, 80), row, strict=True)
    ]
    with pytest.raises(ValueError, match=why):
        notes_at_ticks(*columns)


def test_each_field_needs_a_column() -> None:
    columns: dict[str, Sequence[object]] = {
        "tick": [0, 5],
        "kind": ["bend"] * 2,
        "number": [0, 0],
        "value": [1, 2],
    }
    assert values_of(Control, 2, columns) == [Control(0, "bend", 0, 1), Control(5, "bend", 0, 2)]
    del columns["value"]
    with pytest.raises(ValueError, match="are not the fields of Control"):
        values_of(Control, 2, columns)
