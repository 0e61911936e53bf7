"""MIDI keyboards that come and go."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from composer_app.live.midi_ports import PortChanges
from composer_app.studio.live_input import LiveInput
from composer_app.studio.midi_controller import MidiController
from composer_app.studio.settings import Settings
from composer_app.studio.sound import Sound
from tests.live.doubles import SetClock
from tests.studio.support import FakePorts, HeardSink


class Rig:
    """The controller and what it said."""

    def __init__(self, folder: Path) -> None:
        self.ports = FakePorts()
        self.settings = Settings(folder)
        self.menu = QMenu()
        sound = Sound(lambda: (HeardSink(), None))
        self.live = LiveInput(sound, SetClock())
        self.controller = MidiController(self.ports, self.live, self.settings, self.menu)
        self.status: list[tuple[str, str, bool]] = []
        self.news: list[str] = []
        self.controller.statusChanged.connect(lambda *status: self.status.append(status))
        self.controller.told.connect(self.news.append)
        self.controller.failed.connect(self.news.append)

    def choices(self) -> dict[str, bool]:
        return {
            action.text(): action.isChecked()
            for action in self.menu.actions()
            if action.isCheckable()
        }


@pytest.fixture
def rig(qtbot: QtBot, tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.controller.stop()


def test_without_keyboards_the_menu_says_so(rig: Rig) -> None:
    rig.controller.start()
    assert rig.choices() == {"None": True}
    assert any("No MIDI keyboard" in action.text() for action in rig.menu.actions())
    assert rig.status[-1][0] == "MIDI"


def test_without_a_midi_system_the_reason_is_given(rig: Rig) -> None:
    rig.ports.problem = "There is no MIDI system here."
    rig.controller.start()
    assert rig.status[-1] == ("No MIDI", "There is no MIDI system here.", False)


def test_a_keyboard_is_chosen_and_remembered(rig: Rig) -> None:
    rig.ports.names = ["Big Keys", "Small Keys"]
    rig.controller.start()
    rig.controller.choose("Small Keys")
    assert rig.ports.open_name == "Small Keys"
    assert rig.choices() == {"None": False, "Big Keys": False, "Small Keys": True}
    assert rig.settings.midi_input == "Small Keys"
    assert rig.status[-1][0] == "Small Keys"
    rig.controller.choose("")
    assert rig.ports.open_name is None
    assert rig.settings.midi_input == ""


def test_the_remembered_keyboard_is_taken_up_when_it_appears(rig: Rig) -> None:
    rig.settings.midi_input = "Small Keys"
    rig.controller.start()
    assert rig.status[-1][2], "it should say that the keyboard is missing"
    rig.ports.names = ["Small Keys"]
    rig.controller.poll()
    assert rig.ports.open_name == "Small Keys"
    assert rig.status[-1] == ("Small Keys", "Playing from Small Keys", False)


def test_the_only_keyboard_is_taken_up_at_once(rig: Rig) -> None:
    rig.controller.start()
    rig.ports.names = ["Midi Through:Midi Through Port-0", "Small Keys"]
    rig.controller.poll()
    assert rig.ports.open_name == "Small Keys"
    assert rig.settings.midi_input == "Small Keys"
    assert rig.news == ["Small Keys is ready: play, or press Record."]


def test_where_there_is_a_choice_the_person_makes_it(rig: Rig) -> None:
    rig.ports.names = ["Big Keys", "Small Keys"]
    rig.controller.start()
    assert rig.ports.open_name is None
    # Who has chosen none is not given one either.
    rig.controller.choose("")
    rig.ports.names = ["Small Keys"]
    rig.controller.poll()
    assert rig.ports.open_name is None
    assert rig.news == []


def test_unplugging_and_replugging_is_told(rig: Rig) -> None:
    rig.ports.names = ["Small Keys"]
    rig.controller.start()
    rig.controller.choose("Small Keys")
    rig.ports.names = []
    rig.ports.changes = [PortChanges(vanished=("Small Keys",), lost="Small Keys")]
    rig.controller.poll()
    assert "Small Keys was unplugged" in rig.news[-1]
    assert rig.status[-1][2]
    rig.ports.names = ["Small Keys"]
    rig.ports.changes = [PortChanges(appeared=("Small Keys",), restored="Small Keys")]
    rig.controller.poll()
    assert rig.news[-1] == "Small Keys is back."
    assert not rig.status[-1][2]


def test_a_port_that_cannot_be_opened_is_a_sentence(rig: Rig) -> None:
    rig.controller.start()
    rig.controller.choose("Gone")
    assert rig.news == ["Gone is not there."]


def test_looking_again_fills_the_menu(rig: Rig) -> None:
    rig.controller.start()
    rig.ports.names = ["Small & Loud"]
    rig.controller.refresh()
    assert "Small && Loud" in rig.choices()
