"""Sentences in two lines: names give way, advice does not, and nothing is cut."""

import unicodedata

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from composer_app.studio.messages.label import LINES, MessageLabel, fitted
from composer_app.studio.widgets.theme import text_font

ADVICE = "is not a MIDI file: choose a file that ends in .mid."
NAMES = {
    "letters": "nospace" * 28 + ".mid",
    "words": "a very long name of a tune " * 7 + ".mid",
    "combining": "e\u0301" * 98 + ".mid",
    "right to left": "שלום עולם " * 19 + ".mid",
    "emoji": "👩\u200d🎤" * 60 + ".mid",
    "path": "/home/somebody/" + "folder/" * 25 + "file.mid",
}


def plain(lines: tuple[str, ...]) -> str:
    return " ".join(lines).replace("\u2068", "").replace("\u2069", "")


def widths(lines: tuple[str, ...]) -> list[float]:
    metrics = QFontMetricsF(text_font())
    return [metrics.horizontalAdvance(line) for line in lines]


@pytest.mark.parametrize("width", [260, 480, 820, 1400])
@pytest.mark.parametrize("kind", NAMES)
def test_a_name_of_200_letters_leaves_the_advice_whole(
    qapp: QApplication, kind: str, width: int
) -> None:
    name = NAMES[kind]
    lines = fitted(f"{name} {ADVICE}", (name,), text_font(), width)
    assert 1 <= len(lines) <= LINES
    assert max(widths(lines)) <= width + 1
    shown = plain(lines)
    assert shown.endswith(ADVICE)
    head, _, tail = shown.removesuffix(f" {ADVICE}").partition("…")
    assert head
    assert tail
    assert name.startswith(head)
    assert name.endswith(tail), "the ending of a file's name says what it is"
    assert not unicodedata.combining(tail[0]), "an accent stays with its letter"


def test_what_fits_is_left_alone(qapp: QApplication) -> None:
    text = "Saved prelude.mid in /home/somebody/Music."
    assert fitted(text, ("prelude.mid", "/home/somebody/Music"), text_font(), 900) == (text,)


def test_a_sentence_without_names_takes_two_lines_and_then_loses_its_middle(
    qapp: QApplication,
) -> None:
    text = "The beginning matters. " + "So does much of this. " * 12 + "Press Record to begin."
    for width, cut in ((1600, False), (600, True)):
        lines = fitted(text, (), text_font(), width)
        assert len(lines) == 2
        assert max(widths(lines)) <= width + 1
        assert ("…" in plain(lines)) == cut
        assert plain(lines).startswith("The beginning matters.")
        assert plain(lines).endswith("Press Record to begin.")


def test_a_narrower_bar_shortens_further_and_the_tooltip_has_it_all(qtbot: QtBot) -> None:
    label = MessageLabel()
    qtbot.addWidget(label)
    label.resize(1000, 34)
    label.show()
    name = NAMES["words"]
    label.show_sentence(f"{name} {ADVICE}", (name,), muted=False)
    wide = plain(label.lines)
    assert label.toolTip() == f"{name} {ADVICE}"
    assert label.accessibleName() == f"Message: {name} {ADVICE}"
    label.resize(300, 34)
    assert len(plain(label.lines)) < len(wide)
    label.show_sentence("Saved.", (), muted=False)
    assert (label.lines, label.toolTip(), label.whole) == (("Saved.",), "", True)


def test_both_lines_are_painted_inside_the_label(qtbot: QtBot) -> None:
    label = MessageLabel()
    qtbot.addWidget(label)
    label.resize(300, label.height_needed())
    label.show()
    label.show_sentence("word " * 14, (), muted=False)
    assert len(label.lines) == 2
    image = label.grab().toImage()
    ground = image.pixelColor(image.width() - 1, 0)
    inked = [
        any(image.pixelColor(x, y) != ground for x in range(0, image.width(), 2))
        for y in range(image.height())
    ]
    assert not inked[0]
    assert not inked[-1]
    middle = image.height() // 2
    assert any(inked[:middle])
    assert any(inked[middle:])
