"""A field takes any number that is typed, and makes the nearest of it that there is."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from composer_app.studio.widgets.number_field import NumberField


def typed(field: NumberField, text: str) -> str:
    """What is seen after ``text`` has been typed over everything, before Enter."""
    field.selectAll()
    QTest.keyClicks(field, text)
    return field.lineEdit().text()


@pytest.fixture(params=["C", "de_DE", "fr_FR"])
def field(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[NumberField]:
    """From -5 to 300.25 units, wherever in the world."""
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    result = NumberField("The size", -5, 300.25, suffix=" units", decimals=2)
    qtbot.addWidget(result)
    result.setValue(42.5)
    result.show()
    yield result
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("7", 7, "7 units"),
        ("-3", -3, "-3 units"),
        ("92.5", 92.5, "92.5 units"),
        ("92,25", 92.25, "92.25 units"),
        ("300.25", 300.25, "300.25 units"),
        ("", 42.5, "42.5 units"),
        ("-", 42.5, "42.5 units"),
    ],
)
def test_what_is_in_the_range_is_taken(
    field: NumberField, text: str, value: float, shown: str
) -> None:
    told: list[str] = []
    field.corrected.connect(told.append)
    if text:
        assert typed(field, text) == f"{text.replace(',', '.')} units"
    else:
        field.selectAll()
        QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (field.value(), field.text(), told) == (value, shown, [])


@pytest.mark.parametrize(
    ("text", "value"),
    [("999", 300.25), ("1000000000000000000000", 300.25), ("-6", -5), ("300,3", 300.25)],
)
def test_what_is_beyond_is_typed_and_the_nearest_taken(
    field: NumberField, qtbot: QtBot, text: str, value: float
) -> None:
    told: list[str] = []
    field.corrected.connect(told.append)
    assert typed(field, text) == f"{text.replace(',', '.')} units"
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.value() == value
    qtbot.waitUntil(lambda: bool(told))
    number = text.replace(",", ".")
    assert told == [f"The size goes from -5 to 300.25 units: {number} became {value:g} units."]


def test_what_is_no_number_cannot_be_typed(field: NumberField) -> None:
    assert typed(field, "1x2 e3") == "123 units"


def test_a_choice_beside_the_numbers_is_none_of_them(qtbot: QtBot) -> None:
    field = NumberField("The share", -1, 50, suffix=" %", special="any")
    qtbot.addWidget(field)
    told: list[str] = []
    field.corrected.connect(told.append)
    field.setValue(-1)
    assert field.text() == "any"
    typed(field, "-20")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(told))
    assert (field.number, told) == (0, ["The share goes from 0 to 50 %: -20 became 0 %."])


def test_the_wheel_takes_no_focus(qtbot: QtBot) -> None:
    field = NumberField("The share", 0, 50)
    qtbot.addWidget(field)
    assert field.focusPolicy() == Qt.FocusPolicy.StrongFocus
