"""Chords that are asked for on the command line, typed or in a file."""

from pathlib import Path

import pytest

from composer_app.errors import ChordError, ComposerError
from composer_app.generation.chord_argument import asked_chords
from composer_app.music.chord_text.naming import plain_name
from composer_app.music.composition import Composition, Track
from composer_app.music.harmony.chords import Chord, ChordSymbol
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter
from composer_app.notation.piece_file import write_piece_file
from tests.streams import give_input

MELODY = Composition((Track("Melody", notes=tuple(Note(4 * i, 72, 4) for i in range(8))),))
WITH_CHORDS = Composition(
    MELODY.tracks,
    chords=(ChordSymbol(0, Chord.of_name(0, "maj")), ChordSymbol(3840, Chord.of_name(7, "7"))),
)
WAYS = "name another file, or type the chords."


def row(text: str) -> list[tuple[int, str]]:
    wishes = asked_chords(text).wishes(MeterMap.constant(Meter()), 32)
    return [(symbol.tick, plain_name(symbol)) for symbol in wishes.symbols]


def test_what_is_typed() -> None:
    assert row("C | G7 . F .") == [(0, "C"), (3840, "G7"), (5760, "F")]
    assert row("Am") == [(0, "Am")]


@pytest.mark.parametrize("text", ["C | G7\n", "[Verse]\r\nC | G7", "\ufeffC\nG7"])
def test_a_text_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "chords.txt"
    path.write_text(text, "utf-8")
    assert row(str(path)) == [(0, "C"), (3840, "G7")]


@pytest.mark.parametrize("name", ["a.mid", "a.musicxml", "a.mxl"])
def test_the_symbols_of_a_piece(tmp_path: Path, name: str) -> None:
    write_piece_file(WITH_CHORDS, tmp_path / name)
    assert row(str(tmp_path / name)) == [(0, "C"), (3840, "G7")]
    write_piece_file(MELODY, tmp_path / name)
    with pytest.raises(ChordError) as caught:
        asked_chords(str(tmp_path / name))
    assert str(caught.value) == f"{tmp_path / name} has no chord symbols: {WAYS}"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    give_input(monkeypatch, b"F | C")
    assert row("-") == [(0, "F"), (3840, "C")]


def test_what_is_no_row_and_no_file(tmp_path: Path) -> None:
    missing = tmp_path / "missing.txt"
    with pytest.raises(ChordError, match="cannot be opened: "):
        asked_chords(str(missing))
    (tmp_path / "odd.txt").write_bytes(b"C | \xff\xfe")
    with pytest.raises(ChordError, match="is no text in UTF-8: save it as"):
        asked_chords(str(tmp_path / "odd.txt"))
    (tmp_path / "wrong.txt").write_text("C | Xyz")
    with pytest.raises(ChordError) as caught:
        asked_chords(str(tmp_path / "wrong.txt"))
    sentence = f"{tmp_path / 'wrong.txt'}: “Xyz” in bar 2 of the chords is no chord; write it as in"
    assert str(caught.value).startswith(sentence)
    with pytest.raises(ComposerError):
        asked_chords(str(tmp_path))
