import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QToolTip
from pytestqt.qtbot import QtBot

from composer_app.studio.widgets.elided import ElidedBox, ElidedLabel, elided, menu_text

LONG = "A name that is much longer than any place there is for it"


@pytest.mark.parametrize(
    ("name", "starts", "ends"),
    [
        ("Soprano of the second choir", "Sop", "…"),
        ("Soprano of the second choir 2", "Sop", "2"),
        ("Track of the organ 12", "Tr", "12"),
        ("2nd soprano of the choir", "2nd", "…"),
    ],
)
def test_numbers_at_the_end_stay(qtbot: QtBot, name: str, starts: str, ends: str) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    shown = elided(name, label.fontMetrics(), 90)
    assert shown.startswith(starts)
    assert shown.endswith(ends)
    assert "…" in shown
    assert elided(name, label.fontMetrics(), 1000) == name


@pytest.mark.parametrize("width", [60, 400, 900])
def test_a_label_says_all_of_it_or_has_it_as_its_tooltip(qtbot: QtBot, width: int) -> None:
    label = ElidedLabel(LONG)
    qtbot.addWidget(label)
    label.resize(width, 20)
    assert label.text() == LONG
    cut = label.wanted_width > width
    assert (label.shown != LONG) == cut
    assert label.tip == (LONG if cut else "")
    label.setToolTip("Something more useful")
    assert label.tip == "Something more useful"


@pytest.mark.parametrize("width", [60, 400, 900])
def test_a_box_says_all_of_it_or_has_it_as_its_tooltip(qtbot: QtBot, width: int) -> None:
    box = ElidedBox("What it is")
    qtbot.addWidget(box)
    box.addItem(LONG)
    box.setToolTip("What it does")
    box.resize(width, 28)
    cut = box.wanted_width > width
    assert (box.shown != LONG) == cut
    assert box.tip == (f"{LONG}\nWhat it does" if cut else "What it does")
    box.setToolTip(f"Device: {LONG}")
    assert box.tip == f"Device: {LONG}"
    assert isinstance(box, QComboBox)


@pytest.mark.parametrize("kind", [ElidedLabel, ElidedBox])
def test_a_tooltip_is_no_html(qtbot: QtBot, kind: type[ElidedLabel] | type[ElidedBox]) -> None:
    widget = kind()
    qtbot.addWidget(widget)
    widget.setToolTip("<b>a & b</b>")
    widget.show()
    place = widget.rect().center()
    QApplication.sendEvent(
        widget, QHelpEvent(QEvent.Type.ToolTip, place, widget.mapToGlobal(place))
    )
    assert "&lt;b&gt;a &amp; b&lt;/b&gt;" in QToolTip.text()


def test_a_menu_is_not_as_wide_as_the_longest_name() -> None:
    assert menu_text("Rock & Roll.mid") == "Rock && Roll.mid"
    long = menu_text("x" * 100 + " & end.mid")
    assert len(long) <= 60
    assert long.endswith("&& end.mid")
