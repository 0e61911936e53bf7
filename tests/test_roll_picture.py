"""The picture of the piano roll: where notes are painted, and what it survives."""

import io
from dataclasses import replace
from itertools import pairwise

import matplotlib.image
import numpy as np
import pytest
from numpy.typing import NDArray

from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import TICKS_PER_STEP, Meter
from composer_app.roll_picture import draw_roll
from tests.music.chord_symbols import symbol

SOPRANO, ALTO = "#E69F00", "#56B4E9"


def draw(piece: Composition) -> NDArray[np.uint8]:
    """The picture as (height, width, 3)."""
    image = matplotlib.image.imread(io.BytesIO(draw_roll(piece)), format="png")
    return np.asarray(np.round(image[:, :, :3] * 255), np.uint8)


def painted(picture: NDArray[np.uint8], color: str) -> NDArray[np.bool_]:
    """Where ``color`` is, below the header with its legend."""
    value = [int(color[place : place + 2], 16) for place in (1, 3, 5)]
    return np.asarray((picture[104:] == value).all(axis=2))


def runs(row: NDArray[np.bool_] | np.bool_) -> list[tuple[int, int]]:
    """(start, length) of what is painted in a row of pixels."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(int), [0]))))
    return [(int(a), int(b - a)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def test_notes_stand_where_they_sound() -> None:
    """Long low, short high: lengths, order and height, with repeated notes apart."""
    notes = (Note(0, 60, 8), Note(8, 60, 4), Note(12, 72, 4))
    mask = painted(draw(Composition((Track("Soprano", 0, notes),))), SOPRANO)
    rows = np.flatnonzero(mask.any(axis=1))
    # Over the height of a note, since its name is written on it.
    high, low = runs(mask[rows[0] :][:10].any(axis=0)), runs(mask[: rows[-1] + 1][-10:].any(axis=0))
    assert [len(high), len(low)] == [1, 2]
    (long_start, long), (short_start, short) = low
    assert long == pytest.approx(2 * short, abs=4)
    assert 1 <= short_start - (long_start + long) <= 4
    assert high[0][0] > short_start + short
    assert high[0][1] == pytest.approx(short, abs=2)
    assert rows[-1] - rows[0] > 12 * 10


def test_notes_are_drawn_as_they_sound() -> None:
    def edges(*notes: Note) -> list[tuple[int, int]]:
        mask = painted(
            draw(Composition((Track("Soprano", 0, (*notes, Note(15, 72, 1))),))), SOPRANO
        )
        low = np.flatnonzero(mask.any(axis=1))[-6:]
        return [(start, start + length) for start, length in runs(mask[low].any(axis=0))]

    ((first, _), (second, end)) = edges(Note(0, 60, 4), Note(4, 60, 4))
    step = (second - first) / 4
    ((left, right),) = edges(Note.at_ticks(840, 1740, 60))
    assert left == pytest.approx(first + 3.5 * step, abs=2)
    assert right == pytest.approx(end - 0.75 * step, abs=2)


@pytest.mark.parametrize(
    ("onset", "release"), [(127 * 240 - 60, 128 * 240 + 110), (2039 * 15, 30700)]
)
def test_a_note_beside_the_edge_of_a_system(onset: int, release: int) -> None:
    last = Note.at_ticks(onset, release, 60)
    assert painted(draw(Composition((Track("Soprano", 0, (last,)),))), SOPRANO).any()


def test_each_voice_has_its_colour_and_the_melody_is_on_top() -> None:
    piece = Composition(
        (Track("Soprano", 0, (Note(0, 60, 8),)), Track("Alto", 0, (Note(0, 60, 16),)))
    )
    picture = draw(piece)
    soprano, alto = painted(picture, SOPRANO), painted(picture, ALTO)
    assert np.flatnonzero(soprano.any(axis=0))[0] < np.flatnonzero(alto.any(axis=0))[0]
    assert alto.sum() == pytest.approx(soprano.sum(), rel=0.2)


def test_a_note_goes_on_in_the_next_system() -> None:
    piece = Composition((Track("Soprano", 0, (Note(0, 60, 9 * 16), Note(9 * 16, 67, 16))),))
    mask = painted(draw(piece), SOPRANO)
    rows = np.flatnonzero(mask.any(axis=1))
    gaps = [after - before for before, after in pairwise(rows) if after - before > 1]
    assert len(gaps) == 2, "C in the first system, G above C in the second"


def test_chords_stand_under_the_system_in_which_they_begin() -> None:
    plain = Composition((Track("Soprano", 0, (Note(0, 60, 120), Note(128, 67, 120))),))
    chords = (symbol("C", 0), symbol("G7/B", 128 * TICKS_PER_STEP, given=False))
    without, picture = draw(plain), draw(replace(plain, chords=chords))
    assert len(picture) == len(without) + 2 * 40
    ground = picture[110, 5]
    ink = (picture != ground).any(axis=2)

    def under(last: int) -> NDArray[np.bool_]:
        rows: NDArray[np.bool_] = ink[last - 38 : last, 96:]
        return rows

    bottom = len(picture) - 40
    first, second = under(bottom - (len(picture) - 104 - 40 + 24) // 2), under(bottom)
    assert first[:, :30].any(axis=0).sum() < second[:, :60].any(axis=0).sum()
    assert not first[:, 30:].any()
    bold = draw(replace(plain, chords=tuple(replace(each, given=True) for each in chords)))
    assert (bold != picture).any()


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param(Composition(), id="nothing at all"),
        pytest.param(Composition((Track("Soprano"),)), id="no notes"),
        pytest.param(Composition.from_melody(load_sample("greensleeves")), id="one track"),
        pytest.param(
            Composition(
                tuple(Track(f"$x_{n}$ \\frac", 0, (Note(0, n, 1),)) for n in range(20)),
                title="$\\broken{ \n 曲\0" * 20,
                origin=Origin("a model with quite a long name", 2**32 - 1, 1.0),
            ),
            id="many tracks and wild names",
        ),
        pytest.param(
            Composition((Track("", 0, tuple(Note(n // 8, n % 128, 2) for n in range(3000))),)),
            id="thousands of notes over the whole range",
        ),
        pytest.param(
            Composition(
                (Track("", 0, (Note(319_999, 127, 1),)),), meters=MeterMap.constant(Meter(1, 16))
            ),
            id="the longest piece in the shortest bars",
        ),
    ],
)
def test_anything_can_be_drawn(piece: Composition) -> None:
    height, width, _ = draw(piece).shape
    assert width == 1600
    assert 300 < height < 20_000
