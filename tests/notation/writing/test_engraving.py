"""Scores are drawn: every note, the words around them, on as many pages as it takes."""

import re
import sys
import xml.etree.ElementTree as ET
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from composer_app.errors import ScoreFileError
from composer_app.music.composition import VOICE_NAMES, Composition, Track
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.notation.piece_file import write_piece_file
from composer_app.notation.writing import engraving
from composer_app.notation.writing.engraving import engraved
from composer_app.notation.writing.score_pdf import pdf_bytes
from tests.hostile import HOSTILE
from tests.music.chord_symbols import symbol

QUARTERS = 16
FOUR = Composition(
    tuple(
        Track(name, 52, tuple(Note(4 * i, 74 - 7 * v, 4) for i in range(QUARTERS)))
        for v, name in enumerate(VOICE_NAMES)
    ),
    title="Müller's $x$ & <Tune>",
)


def texts(svg: str) -> str:
    root = ET.fromstring(svg)
    return " ".join(t for each in root.iter() for t in (each.text or "").split() if t)


def count(svg: str, kind: str) -> int:
    return len(re.findall(rf'class="{kind}\b', svg))


@pytest.mark.parametrize("closed", [False, True])
def test_all_notes_and_words_are_drawn(closed: bool) -> None:
    (svg,) = engraved(FOUR, closed=closed)

    assert count(svg, "note") == 4 * QUARTERS
    assert count(svg, "clef") == (2 if closed else 4) * count(svg, "system")
    drawn = texts(svg)
    assert "Müller's $x$ & <Tune>" in drawn
    assert "♩ = 100" in drawn
    assert ("Soprano" in drawn) is not closed


def test_chord_symbols_are_drawn_as_they_are_called() -> None:
    names = ["C", "B♭7(♭9)", "F♯m7♭5/A", "N.C.", "C7sus4", "Dadd9", "G7alt", "C6/9", "E♭"]
    chords = tuple(symbol(name, 960 * place) for place, name in enumerate(names))
    (svg,) = engraved(replace(FOUR, keys=(KeyChange(0, Key(0)),), chords=chords))

    drawn = re.findall(r'class="harm">(.*?)</g>', svg)
    assert [re.sub(r"<[^>]*>", "", each) for each in drawn] == names
    # Signs are as large as the letters, and smaller than what verovio leaves room for.
    sizes = {int(size) for each in drawn for size in re.findall(r'font-size="(\d+)px"', each)}
    (label,) = {re.findall(r'class="label">.*?(\d\d+)px', svg)[0]}
    assert max(sizes) < int(label)
    assert sizes <= {0, max(sizes)}


def test_a_long_piece_has_pages_or_a_long_page() -> None:
    track = Track("", 0, tuple(Note(4 * i, 60 + i % 12, 4) for i in range(1200)))
    piece = Composition((track,) * 2)

    pages = engraved(piece)

    assert len(pages) > 1
    assert sum(count(page, "note") for page in pages) == 2400
    (page,) = engraved(piece, paged=False)
    assert count(page, "note") == 2400


def test_any_thread_draws() -> None:
    """The window exports in threads, another one each time."""
    here = engraved(FOUR)
    with ThreadPoolExecutor(1) as other:
        assert other.submit(engraved, FOUR).result() == here


def test_the_same_music_gives_the_same_picture() -> None:
    assert engraved(FOUR) == engraved(FOUR)
    pages = engraved(FOUR)
    assert pdf_bytes(pages, "T") == pdf_bytes(pages, "T")


def test_a_pdf_has_the_pages_and_their_words() -> None:
    pages = engraved(FOUR)
    data = pdf_bytes(pages * 2, FOUR.title)

    assert data.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", data)) == 2
    found = re.findall(rb"stream\n(.*?)\nendstream", data, re.DOTALL)
    streams = [zlib.decompress(each) for each in found]
    # The title, four names, the tempo.
    assert sum(stream.count(b"BT") >= 6 for stream in streams) == 2


@pytest.mark.parametrize("name", ["tune.pdf", "tune.SVG"])
def test_it_is_written_by_its_ending(tmp_path: Path, name: str) -> None:
    write_piece_file(FOUR, tmp_path / name)

    start = b"%PDF" if name.endswith("pdf") else b"<svg"
    assert (tmp_path / name).read_bytes().startswith(start)


def test_hostile_names_are_drawn_as_text() -> None:
    piece = replace(FOUR, title=HOSTILE, tracks=(Track(HOSTILE, 0, (Note(0, 60, 4),)),))

    (svg,) = engraved(piece)

    assert "<b>a&b</b>" in texts(svg)
    assert pdf_bytes([svg], HOSTILE).startswith(b"%PDF")


def test_what_is_missing_is_said_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "verovio", None)

    with pytest.raises(ScoreFileError) as raised:
        engraved(FOUR)

    assert raised.value.command == "pip install verovio"


def test_what_would_take_too_long_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engraving, "MAX_NOTES", 10)

    with pytest.raises(ScoreFileError, match="takes too long to draw"):
        engraved(FOUR)
