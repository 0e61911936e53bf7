"""Files that are damaged, or made to do harm: a sentence, never a traceback, never for long."""

import io
import random
import re
import time
import zipfile
from collections.abc import Callable

import pytest

from composer_app.errors import ComposerError, ScoreFileError
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.notation.piece_file import parse_piece
from composer_app.notation.reading import hostile_xml, musicxml_reading, playing
from composer_app.notation.writing.musicxml_writing import musicxml_bytes, mxl_bytes
from tests.notation.pieces import measure, note, score

# Generous: nothing here takes a tenth of it on an idle machine.
SECONDS = 30
PIECE = Composition(
    (Track("Tune", 73, tuple(Note(2 * i, 60 + i % 12, 2) for i in range(24))),), title="Tune"
)
ABC = (
    b'X:1\nT:Tune\nM:6/8\nL:1/8\nQ:1/4=90\nK:Dm\nV:1 name="A"\n|:d2{e}f [Ace]>B (3cde'
    b"|1 ^f3- f3 :|2 !D.C.! z6|]\n[V:2]D,6|Z|\n"
)


def entities(levels: int) -> bytes:
    lines = ['<!ENTITY a0 "note">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, levels)]
    return (
        '<?xml version="1.0"?><!DOCTYPE score-partwise ['
        + "".join(lines)
        + f"]><score-partwise><movement-title>&a{levels - 1};</movement-title></score-partwise>"
    ).encode()


def with_archive(member: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("score.xml", member)
    return buffer.getvalue()


LONG = "9" * 5000


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: entities(12), id="a billion laughs"),
        pytest.param(
            lambda: (
                b'<!DOCTYPE score-partwise [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                b"<score-partwise><work><work-title>&x;</work-title></work></score-partwise>"
            ),
            id="a file of the system",
        ),
        pytest.param(lambda: b"<score-partwise>" + b"<a>" * 200_000, id="deep"),
        pytest.param(lambda: b"<score-partwise>" + b"<a/>" * 3_000_000, id="wide"),
        pytest.param(
            lambda: with_archive(b"<score-partwise>" + b" " * 100_000_000), id="a zip bomb"
        ),
        pytest.param(lambda: mxl_bytes(PIECE)[:-40], id="half an archive"),
        pytest.param(lambda: b"PK\x03\x04" + bytes(1000), id="no archive"),
        pytest.param(lambda: musicxml_bytes(PIECE)[:3000], id="half a score"),
        pytest.param(lambda: score(measure(note("C4", 1e300))), id="an endless note"),
        pytest.param(
            lambda: score(measure(note("C4")).replace(">1<", f">{LONG}<")), id="a long number"
        ),
        pytest.param(lambda: score(measure(note("C4")).replace(">1<", ">nan<")), id="no number"),
        pytest.param(lambda: score(measure(note("H4"))), id="no letter"),
        pytest.param(lambda: score(measure(note("C4", 100_000)) * 200), id="for weeks"),
        pytest.param(lambda: score(measure() * 30_000), id="bars without end"),
        pytest.param(lambda: score(""), id="no notes"),
        pytest.param(lambda: score(measure(note("R", 4))), id="a rest"),
        pytest.param(lambda: b"<html><body>score-partwise</body></html>", id="a web page"),
        pytest.param(lambda: b"<score-partwise/>", id="nothing"),
        pytest.param(lambda: b"X:1\nK:C\n", id="a tune without notes"),
        pytest.param(lambda: b"X:1\nK:C\n" + b"c" * 600_000, id="a tune without end"),
        pytest.param(lambda: b"X:1\nK:C\n" + b"c" * 61_000, id="more notes than a tune has"),
        pytest.param(lambda: b"X:1\nK:C\nZ9999|" + b"Z9999|" * 100 + b"c", id="bars of rests"),
        pytest.param(
            lambda: b"X:1\nK:C\n" + b"".join(b"[V:%d]c" % n for n in range(100)), id="100 voices"
        ),
    ],
)
def test_what_is_no_score_is_said(make: Callable[[], bytes]) -> None:
    data = make()
    begun = time.monotonic()

    with pytest.raises(ComposerError) as raised:
        parse_piece(data, "evil\x1b[31m.musicxml")

    assert time.monotonic() - begun < SECONDS
    sentence = str(raised.value)
    assert sentence.startswith("evil.musicxml ")
    assert sentence.isprintable()


def test_repeats_within_repeats_come_to_an_end() -> None:
    times = '<barline><repeat direction="backward" times="99"/></barline>'
    data = score("".join(measure(note("C4", 4), times) for _ in range(900)))

    with pytest.raises(ScoreFileError, match="is longer than"):
        parse_piece(data, "x.xml")


@pytest.mark.parametrize("divisions", ["1e-9", "-3", "0"])
def test_strange_divisions_are_harmless(divisions: str) -> None:
    part = measure(f"<attributes><divisions>{divisions}</divisions></attributes>", note("C4"))
    try:
        piece = parse_piece(score(part), "x.xml")
    except ScoreFileError:
        return
    assert piece.composition.note_count == 1


def test_marks_are_counted_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hostile_xml, "_MAX_MARKS", 100)

    with pytest.raises(ScoreFileError, match="too large"):
        parse_piece(musicxml_bytes(PIECE), "x.xml")


HARMONY = "<harmony><root><root-step>C</root-step></root><kind>major</kind></harmony>"
SUNG = note("C4").replace("</note>", "<lyric><text>la</text></lyric></note>")
BACK = '<barline><repeat direction="backward" times="10"/></barline>'


@pytest.mark.parametrize(
    ("limit", "parts"),
    [
        ("MAX_SIGNS", [measure(note("C4"), HARMONY * 50)]),
        ("MAX_SIGNS", [measure(note("C4"), '<sound tempo="90"/>' * 50)]),
        ("MAX_SIGNS", [measure((HARMONY + note("C4")) * 5, BACK)]),
        ("MAX_SYLLABLES", [measure(SUNG * 50)]),
        ("MAX_SYLLABLES", [measure(SUNG * 5, BACK)]),
        ("MAX_TRACKS", [measure(note("C4"))] * 50),
        ("MAX_NOTES", [measure(note("C4") * 50)]),
        ("MAX_NOTES", [measure(note("C4") * 5, BACK)]),
    ],
)
@pytest.mark.parametrize("most", [50, 49])
def test_what_takes_longest_is_counted(
    limit: str, parts: list[str], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (musicxml_reading, playing):
        monkeypatch.setattr(module, limit, most)
    if most == 50:
        assert parse_piece(score(*parts), "x.xml").composition.note_count > 0
        return
    with pytest.raises(ScoreFileError, match=r"too large|more than 49 notes"):
        parse_piece(score(*parts), "x.xml")


def test_entities_that_are_defined_elsewhere_say_nothing() -> None:
    doctype = b'<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD" "http://x.invalid/x.dtd">'
    title = b"<movement-title>Mary&nbsp;&amp; the lamb&#33;</movement-title><part-list>"
    data = score(measure(note("C4"))).replace(b"<part-list>", title, 1)
    data = data.replace(b"<score-partwise", doctype + b"<score-partwise", 1)
    assert parse_piece(data, "x.xml").composition.title == "Mary& the lamb!"
    wide = data.decode().encode("utf-16")
    assert parse_piece(wide, "x.xml").composition.title == "Mary& the lamb!"


def test_names_may_have_a_prefix() -> None:
    plain = score(measure(note("C4"))).decode()
    named = re.sub(r"<(/?)([a-z])", r"<\1m:\2", plain[plain.index("<score-partwise") :])
    named = named.replace("<m:score-partwise", '<m:score-partwise xmlns:m="http://x.invalid"', 1)
    assert parse_piece(named.encode(), "x.xml").composition.note_count == 1


def mutated(data: bytes, chance: random.Random) -> bytes:
    """``data`` with a few bytes changed, left out, doubled or put elsewhere."""
    damaged = bytearray(data)
    for _change in range(chance.randint(1, 8)):
        damaged = damaged or bytearray(b" ")
        at = chance.randrange(len(damaged))
        length = chance.randint(1, 30)
        match chance.randrange(5):
            case 0:
                damaged[at] = chance.randrange(256)
            case 1:
                del damaged[at : at + length]
            case 2:
                other = chance.randrange(len(damaged))
                damaged[at:at] = damaged[other : other + length]
            case 3:
                damaged[at:at] = bytes(chance.choice(b'0123456789-./<>"[](){}|:') for _ in range(3))
            case _:
                del damaged[max(1, at) :]
    return bytes(damaged)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("data", "name"),
    [(musicxml_bytes(PIECE), "x.musicxml"), (mxl_bytes(PIECE), "x.mxl"), (ABC, "x.abc")],
    ids=["xml", "mxl", "abc"],
)
def test_damaged_files_are_music_or_named_so(data: bytes, name: str, seed: int) -> None:
    chance = random.Random(seed)
    sentences = []
    for _try in range(150):
        try:
            assert parse_piece(mutated(data, chance), name).composition.note_count
        except ComposerError as error:
            sentences.append(str(error))
    assert all(each.startswith(name) and each.isprintable() for each in sentences)
