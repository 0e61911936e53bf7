"""Reading a file ends soon after nobody wants it any more, at whatever stage it is."""

import gzip
from pathlib import Path

import pytest

from composer_app.music.composition import Composition, Track
from composer_app.music.files.cancelling import FileCancelledError
from composer_app.music.midi.file import midi_bytes
from composer_app.music.note import Note
from composer_app.notation.piece_file import parse_piece
from composer_app.notation.writing.musicxml_writing import musicxml_bytes, mxl_bytes
from composer_app.project.project_file import write_project
from composer_app.studio.files.read_piece import read_piece
from tests.project.pieces import full_piece

PARTS, BARS = 6, 8
PIECE = Composition(
    tuple(
        Track(f"Part {part}", 0, tuple(Note(16 * bar, 60 + bar, 16) for bar in range(BARS)))
        for part in range(PARTS)
    )
)
ABC = b"X:1\nL:1/1\nK:C\n" + b"C|D|\n" * BARS


class Patience:
    """Wants a file for so many questions."""

    def __init__(self, questions: int | None = None) -> None:
        self.asked = 0
        self._most = questions

    def __call__(self) -> bool:
        self.asked += 1
        return self._most is None or self.asked <= self._most


@pytest.mark.parametrize(
    ("data", "name", "questions"),
    [
        # Each track is parsed and understood, and between that all notes have their ends found.
        pytest.param(midi_bytes(PIECE), "x.mid", 2 * PARTS + 6, id="midi"),
        pytest.param(gzip.compress(midi_bytes(PIECE)), "x.mid", 2 * PARTS + 6, id="packed midi"),
        # Each bar of a part is read, and each part is played.
        pytest.param(musicxml_bytes(PIECE), "x.musicxml", PARTS * (BARS + 1), id="musicxml"),
        pytest.param(mxl_bytes(PIECE), "x.mxl", PARTS * (BARS + 1), id="mxl"),
        pytest.param(ABC, "x.abc", BARS, id="abc"),
    ],
)
def test_a_file_that_is_not_wanted_is_left_at_any_stage(
    data: bytes, name: str, questions: int
) -> None:
    patient = Patience()
    read = parse_piece(data, name, wanted=patient)
    assert read.composition == parse_piece(data, name).composition
    assert patient.asked >= questions

    for most in range(patient.asked):
        impatient = Patience(most)
        with pytest.raises(FileCancelledError):
            parse_piece(data, name, wanted=impatient)
        # Once is enough.
        assert impatient.asked == most + 1


def test_long_xml_is_left_in_the_middle_of_being_parsed() -> None:
    data = musicxml_bytes(PIECE).replace(
        b"<part-list>", b"<!-- " + b"x" * 4_000_000 + b" --><part-list>"
    )
    patient, short = Patience(), Patience()
    parse_piece(data, "x.musicxml", wanted=patient)
    parse_piece(musicxml_bytes(PIECE), "x.musicxml", wanted=short)
    assert patient.asked == short.asked + 4


@pytest.mark.parametrize("ending", [".mid", ".composer"])
def test_what_the_studio_makes_of_a_file_is_left_as_well(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"piece{ending}"
    if ending == ".mid":
        path.write_bytes(midi_bytes(PIECE))
    else:
        write_project(full_piece(), path)
    patient = Patience()
    read_piece(path, patient)

    for most in range(patient.asked):
        with pytest.raises(FileCancelledError):
            read_piece(path, Patience(most))
    read_piece(path, Patience(patient.asked))
