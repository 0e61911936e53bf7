import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.music.texts import Text


@pytest.mark.parametrize(
    ("given", "kept", "shown"),
    [
        ("love ", "love ", "love"),
        ("/la", "/la", "la"),
        ("\\\\Once", "\\\\Once", "Once"),
        ("end\r", "end\r", "end"),
        ("a\r\n b", "a\r\n b", "a b"),
        ("\x1b[31mred\x07", "red", "red"),
        (" \x00 ", "  ", ""),
        ("", "", ""),
    ],
)
def test_texts_are_safe_and_keep_their_lines(given: str, kept: str, shown: str) -> None:
    text = Text(0, "lyrics", given)
    assert (text.text, text.shown) == (kept, shown)


@given(st.text())
def test_a_clean_text_stays_as_it_is(words: str) -> None:
    text = Text(0, "lyrics", words)
    assert Text(0, "lyrics", text.text) == text
    assert all(letter.isprintable() for letter in text.shown if letter.isascii())


def test_there_is_no_such_text() -> None:
    with pytest.raises(ValueError, match="before the start"):
        Text(-1, "marker", "")
    with pytest.raises(ValueError, match="no kind of text"):
        Text(0, "words", "")  # type: ignore[arg-type]
