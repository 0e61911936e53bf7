"""The menu of a bar in the ruler: metre changes and the upbeat, as a person makes them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from composer_app.music.meter_map import MeterChange, MeterMap
from composer_app.music.timing import Meter
from composer_app.studio.roll.margins import Ruler
from composer_app.studio.transport.bar_menu import BarMenu
from tests.studio.support import Studio, open_studio, scale

WALTZ = Meter(3, 4)


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(tmp_path) as result:
        yield result


@pytest.fixture
def bar_menu(studio: Studio) -> BarMenu:
    studio.services.document.begin(scale(), "Open")
    found = studio.window.findChild(BarMenu)
    assert found is not None
    return found


def actions(menu: QMenu) -> dict[str, QAction]:
    """Every action by its words, those of submenus as well."""
    found: dict[str, QAction] = {}
    for action in menu.actions():
        submenu = action.menu()
        if isinstance(submenu, QMenu):
            found |= actions(submenu)
        found[action.text()] = action
    return found


def test_a_metre_from_a_bar_on(studio: Studio, bar_menu: BarMenu) -> None:
    actions(bar_menu.menu(20))["3/4"].trigger()
    assert studio.composition.meters == MeterMap(
        (MeterChange(0, Meter(4, 4)), MeterChange(3840, WALTZ))
    )
    assert actions(bar_menu.menu(20))["3/4"].isChecked()
    actions(bar_menu.menu(20))["Go on in 4/4 Here"].trigger()
    assert studio.composition.meters == MeterMap()
    studio.services.document.undo_stack.undo()
    assert not studio.composition.meters.is_constant


def test_the_metre_of_the_first_bar_is_that_of_the_piece(studio: Studio, bar_menu: BarMenu) -> None:
    menu = actions(bar_menu.menu(3))
    assert "Metre" in menu
    menu["6/8"].trigger()
    assert studio.composition.meters == MeterMap.constant(Meter(6, 8))


def test_where_bar_1_begins(studio: Studio, bar_menu: BarMenu) -> None:
    menu = actions(bar_menu.menu(4.7))
    assert not menu["No Upbeat"].isEnabled()
    menu["Begin Bar 1 Here"].trigger()
    assert studio.composition.meters.upbeat == 960
    assert not actions(bar_menu.menu(4))["Begin Bar 1 Here"].isEnabled()
    assert not actions(bar_menu.menu(40))["Begin Bar 1 Here"].isEnabled()
    actions(bar_menu.menu(4))["No Upbeat"].trigger()
    assert studio.composition.meters.upbeat == 0


def test_the_ruler_asks_for_it(studio: Studio, bar_menu: BarMenu) -> None:
    ruler = studio.window.findChild(Ruler)
    assert ruler is not None
    place = QPoint(ruler.width() // 2, 5)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, ruler.mapToGlobal(place), Qt.KeyboardModifier(0)
    )
    QApplication.sendEvent(ruler, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert "Begin Bar 1 Here" in actions(menu)
    menu.close()


def test_the_metre_where_the_music_is_is_shown_and_changed(
    studio: Studio, bar_menu: BarMenu
) -> None:
    actions(bar_menu.menu(20))["3/4"].trigger()
    bar = studio.window.transport_bar
    assert bar.meter.currentText() == "4/4"
    studio.window.transport.seek(18.0)
    assert bar.meter.currentText() == "3/4"
    bar.meter.activated.emit(bar.meter.findText("2/4"))
    assert [str(change.meter) for change in studio.composition.meters.changes] == ["4/4", "2/4"]
