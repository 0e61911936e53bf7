"""What is shown of text from outside."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.errors import MidiFileError
from composer_app.plain_text import MOST_NAME_LETTERS, one_line, one_line_name
from composer_app.translation import verbatim

SHOWN = [
    ("Lead\0 \x1b[31mX\n", "Lead X"),
    ("\x1b[2J\x1b[1;1HCleared", "Cleared"),
    ("\x1b]0;another title\x07Tune", "Tune"),
    ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
    ("\x1b]52;never ended", "52;never ended"),
    ("\x1bP1$r0m\x1b\\Tune", "Tune"),
    ("\x1b(0Tune\x1b7", "Tune"),
    ("\x1b\x1b[31m[31m", "[31m"),
    ("\x9b31mX\x90Y\x9c", "31mXY"),
    ("two\r\nlines\tand\u2028more", "two lines and more"),
    ("\n\nTune\n", "Tune"),
    ("abc\u202egpj.exe", "abcgpj.exe"),
    ("\u2066a\u2069\u200e\u200f\u061cb", "ab"),
    ("a\u200bb\ufeffc\u2060d\u00ade\u034ff", "abcdef"),
    ("\u3164\u115f\u2800", ""),
    ("\U000e0041\U000e007f", ""),
    ("half \ud83d of a pair", "half \ufffd of a pair"),
    # os.fsdecode of a name in Latin-1.
    ("caf\udce9.mid", "caf\ufffd.mid"),
    ("\ufffe\uffff\U0010ffff\u0378", "\ufffd" * 4),
    # Of these nothing is lost.
    ("", ""),
    ("  Two  voices ", "  Two  voices "),
    ("Prélude n°\u00a03 – «Ré♭»", "Prélude n°\u00a03 – «Ré♭»"),
    ("第一楽章\u3000速く", "第一楽章\u3000速く"),
    ("می\u200cخواهم", "می\u200cخواهم"),
    ("👩\u200d🎤 ❤\ufe0f", "👩\u200d🎤 ❤\ufe0f"),
    ("\u0600\u0661", "\u0600\u0661"),
    # Joiners of nothing.
    ("a\u200db\u200c", "ab"),
    ("\u200d\u200d\u200c", ""),
]


@pytest.mark.parametrize(("text", "shown"), SHOWN, ids=lambda text: ascii(text)[:40])
def test_what_is_shown_of_a_text(text: str, shown: str) -> None:
    assert one_line(text) == shown
    assert one_line_name(text) == shown


def test_a_pictograph_that_this_python_does_not_know_stays() -> None:
    unknown = next(c for c in map(chr, range(0x1FAFF, 0x1F000, -1)) if not unicodedata.name(c, ""))
    assert one_line(unknown) == unknown


# Letters at random seldom are those that matter.
HOSTILE = st.text(
    st.sampled_from("\0\n\r\t\x1b[]P\\;31m\x07\x85\x9b\x9c\u200d\u200c\u202e\ud800\ufffe🎤aé ")
    | st.characters()
)


@given(HOSTILE)
def test_nothing_shown_controls_anything(text: str) -> None:
    shown = one_line(text)
    assert {unicodedata.category(c) for c in shown}.isdisjoint({"Cc", "Cs", "Zl", "Zp"})
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert not set(shown) & set("\u200b\u2060\ufeff")
    assert len(shown.splitlines()) <= 1
    shown.encode()
    assert one_line(shown) == shown


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=100))
def test_letters_signs_and_numbers_stay(text: str) -> None:
    seen = "".join(c for c in text if c not in "\u115f\u1160\u2800\u3164\uffa0")
    assert one_line(text) == seen


@given(HOSTILE, st.integers(10, 40))
def test_a_long_text_loses_its_middle(text: str, most: int) -> None:
    assert len(one_line(text * 9, most)) <= most


def test_a_long_path_keeps_its_beginning_and_the_advice() -> None:
    shown = one_line(f"/home/{'x' * 5000}.mid cannot be read: choose another.")
    assert shown.startswith("/home/xxx")
    assert shown.endswith("xxx.mid cannot be read: choose another.")
    assert "…" in shown
    assert len(one_line_name("n" * 5000)) == MOST_NAME_LETTERS


@pytest.mark.parametrize("text", ["\x1bP", "\x1b[", "\x1b]0;", "\x1b ", "\n", "\u200d", "a"])
def test_a_text_of_megabytes_takes_no_time(text: str) -> None:
    began = time.monotonic()
    assert len(one_line(text * (8_000_000 // len(text)))) <= 2000
    assert time.monotonic() - began < 5


def test_every_error_is_one_line() -> None:
    error = MidiFileError(verbatim("evil\x1b[2J\n.mid is not a MIDI file: choose another."))
    assert str(error) == "evil .mid is not a MIDI file: choose another."
    assert f"{error}" == str(error)
