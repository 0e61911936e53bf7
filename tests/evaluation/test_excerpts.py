"""What is cut out of a corpus, and what a folder of melodies becomes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from composer_app.analysis.voice_grid import VoiceGrid
from composer_app.errors import CorpusError
from composer_app.evaluation.excerpts import (
    composition_of,
    excerpt,
    excerpts_of,
    meter_of,
    read_melodies,
)
from composer_app.music.composition import Composition
from composer_app.music.midi.file import write_midi
from composer_app.music.timing import Meter
from tests.evaluation.examples import chorale


def test_excerpts_run_from_a_downbeat_to_the_end_of_a_phrase() -> None:
    cut = excerpt(chorale())
    assert cut is not None
    # The piece has 160 steps; the upbeat goes, and after 124 steps the fourth fermata ends.
    assert cut.grid.steps == 124
    assert cut.grid.pitch[0, 0] == 74
    assert cut.passage.phrase_ends == (27, 59, 91, 123)
    assert cut.passage.closes
    assert cut.passage.bars[:2] == ((0, 16), (16, 32))
    assert cut.passage.bars[-1] == (112, 124)
    assert cut.position[:17].tolist() == [*range(16), 0]
    assert (cut.meter, cut.complete) == (Meter(4, 4), True)
    assert cut.melody.steps == 124
    assert [note.duration for note in cut.melody.notes] == [4] * 31


def test_without_a_phrase_end_it_breaks_off_after_eight_bars() -> None:
    cut = excerpt(replace(chorale(), fermata=np.zeros(160, np.bool_)))
    assert cut is not None
    assert (cut.grid.steps, cut.passage.closes, cut.passage.phrase_ends) == (128, False, ())


def test_a_short_piece_is_taken_to_its_end() -> None:
    piece = chorale(steps=100)
    piece.pitch[92:] = -1
    cut = excerpt(piece)
    assert cut is not None
    # The melody ends before the silence of the last eight steps.
    assert (cut.grid.steps, cut.passage.closes) == (88, True)


def test_what_makes_no_excerpt_is_left_out() -> None:
    piece = chorale()
    silent = piece.pitch.copy()
    silent[:, 0] = -1
    odd = [
        chorale(steps=40),
        replace(piece, bad=np.ones(piece.steps, np.bool_)),
        replace(piece, pitch=silent),
    ]
    assert [excerpt(each) for each in odd] == [None, None, None]
    assert [each.name for each in excerpts_of([*odd, piece])] == ["a"]


def test_of_few_pieces_several_excerpts_are_taken() -> None:
    long = chorale("long", steps=420)
    # Three whole ones, with a fermata at the end; 44 steps more are too few.
    few = excerpts_of([long, chorale()])
    assert [(each.name, each.grid.steps) for each in few] == [
        ("long", 124),
        ("long", 124),
        ("long", 124),
        ("a", 124),
    ]
    for each in few:
        assert each.position[0] == 0
    assert len(excerpts_of([long] * 20)) == 20
    # What cannot be used is passed over.
    long.bad[10] = True
    assert len(excerpts_of([long])) == 2
    assert len(excerpts_of([chorale(steps=4 + 16 * 100)])) == 8


@pytest.mark.parametrize(
    ("steps", "meter"), [(16, Meter(4, 4)), (12, Meter(3, 4)), (6, Meter(3, 8)), (5, Meter(5, 16))]
)
def test_metres(steps: int, meter: Meter) -> None:
    assert meter_of(steps) == meter


@pytest.mark.parametrize(
    ("steps", "beat", "meter"),
    [(12, 6, Meter(6, 8)), (24, 6, Meter(12, 8)), (16, 8, Meter(2, 2)), (14, 6, Meter(7, 8))],
)
def test_a_metre_has_the_beats_of_the_piece(steps: int, beat: int, meter: Meter) -> None:
    assert meter_of(steps, beat) == meter


def test_what_is_held_into_an_excerpt_is_struck_there() -> None:
    piece = chorale()
    piece.onset[4] = False
    cut = excerpt(piece)
    assert cut is not None
    assert cut.grid.onset[0].all()


def test_an_excerpt_can_be_drawn() -> None:
    cut = excerpt(chorale())
    assert cut is not None
    drawn = composition_of(cut.grid, cut.meter, "a title")
    again = VoiceGrid.from_composition(drawn)
    np.testing.assert_array_equal(again.pitch, cut.grid.pitch)
    np.testing.assert_array_equal(again.onset, cut.grid.onset)
    assert drawn.title == "a title"


def test_a_folder_of_melodies(tmp_path: Path) -> None:
    source = excerpt(chorale())
    assert source is not None
    for name in ("b.mid", "a.MID"):
        write_midi(Composition.from_melody(source.melody), tmp_path / name)
    (tmp_path / "notes.txt").write_text("no music")
    melodies = read_melodies(tmp_path)
    assert [each.name for each in melodies] == ["a", "b"]
    assert not melodies[0].complete
    np.testing.assert_array_equal(melodies[0].grid.pitch[:, 0], source.grid.pitch[:, 0])
    assert (melodies[0].grid.pitch[:, 1:] == -1).all()
    # The key of a take is its own, since there is no composer to ask.
    grid, passage = melodies[0].judged(source.grid)
    assert grid is source.grid
    assert passage.home == source.passage.home


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        (None, b"", "There are no MIDI files in"),
        ("a.mid", b"", "a.mid is empty"),
    ],
)
def test_folders_that_cannot_be_used(
    tmp_path: Path, name: str | None, content: bytes, complaint: str
) -> None:
    if name:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CorpusError, match=complaint):
        read_melodies(tmp_path)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="There is no folder"):
        read_melodies(tmp_path / "nowhere")


def test_of_long_movements_three_passages_are_taken() -> None:
    movement = chorale(steps=4 + 16 * 80)
    cuts = excerpts_of([movement] * 20)
    assert len(cuts) == 60
    # One that is not on the grid is passed over, and others stand in for it.
    bad = movement.bad.copy()
    bad[8] = True
    assert len(excerpts_of([replace(movement, bad=bad)] * 20)) == 60
