"""What is written as MusicXML is read back as the same music."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from composer_app.errors import ScoreFileError
from composer_app.music.composition import Composition, Track
from composer_app.music.meter_map import MeterMap
from composer_app.music.mix import PieceMix, TrackMix
from composer_app.music.note import Note
from composer_app.notation.piece_file import parse_piece, read_piece_file, write_piece_file
from composer_app.notation.reading import hostile_xml
from composer_app.notation.writing.musicxml_writing import musicxml_bytes, mxl_bytes
from tests.notation.pieces import compositions

# What is written down has its bars counted.
BARRED = MeterMap(upbeat=0)
TRIPLETS = tuple(Note.at_ticks(320 * i, 320 * (i + 1), 60 + i) for i in range(6))
OVERLAPS = (Note(0, 60, 8), Note(4, 64, 8), Note(4, 67, 2), Note(6, 72, 12))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(compositions(), st.booleans())
@example(
    Composition(
        (Track("T", 3, TRIPLETS), Track("", 0, OVERLAPS), Track("No notes", 9)), meters=BARRED
    ),
    True,
)
def test_any_composition_is_itself_again(piece: Composition, closed: bool) -> None:
    read = parse_piece(musicxml_bytes(piece, closed=closed), "x.musicxml")

    assert read.composition == piece


def test_an_archive_holds_the_same() -> None:
    piece = Composition((Track("Tune", 73, TRIPLETS),), meters=BARRED, title="Tune")

    assert parse_piece(mxl_bytes(piece), "x.mxl").composition == piece
    assert mxl_bytes(piece) == mxl_bytes(piece)


@given(st.integers(0, 127), st.integers(0, 127))
def test_volume_and_pan_are_kept(volume: int, pan: int) -> None:
    piece = Composition((Track("", 0, (Note(0, 60, 4),)),) * 2)
    mix = PieceMix((TrackMix(), TrackMix(volume, pan)))

    assert parse_piece(musicxml_bytes(piece, mix), "x.musicxml").mix == mix


@pytest.mark.parametrize("name", ["t.musicxml", "t.XML", "t.mxl", "T.MXL", "t.mid", "t.MIDI"])
def test_a_file_is_written_and_read_by_its_ending(tmp_path: Path, name: str) -> None:
    piece = Composition((Track("Tune", 73, TRIPLETS),), meters=BARRED, title="Tune")
    path = tmp_path / name

    write_piece_file(piece, path)

    assert read_piece_file(path).composition == piece
    starts = {b"MThd": ("mid", "midi"), b"PK": ("mxl",), b"<?xm": ("xml", "musicxml")}
    (kind,) = (start for start in starts if path.read_bytes().startswith(start))
    assert path.suffix.lower()[1:] in starts[kind]


def test_an_accidental_stands_where_its_note_first_sounds() -> None:
    upper = (Note(0, 72, 8), Note(8, 66, 4), Note(12, 65, 4))
    lower = (Note(0, 66, 4), Note(4, 60, 12))
    piece = Composition((Track("", 0, upper), Track("", 0, lower), Track("")))

    root = ET.fromstring(musicxml_bytes(piece, closed=True))

    # In the order of the file, which is that of the voices.
    signs = [
        note.findtext("accidental") for note in root.iter("note") if note.find("pitch") is not None
    ]
    assert signs == [None, None, "natural", "sharp", None, None]


@pytest.mark.parametrize("name", ["t.musicxml", "t.mxl"])
def test_nothing_is_written_that_cannot_be_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(hostile_xml, "MAX_XML_BYTES", 1000)

    with pytest.raises(ScoreFileError, match="6 notes are more than Composer can read back"):
        write_piece_file(Composition((Track("", 0, TRIPLETS),)), tmp_path / name)

    assert not list(tmp_path.iterdir())
