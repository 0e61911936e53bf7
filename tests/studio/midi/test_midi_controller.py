"""MIDI keyboards that come and go."""

import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest
from mido import Message
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from composer_app.errors import DeviceError
from composer_app.live.midi.clock import START, STOP, TICK
from composer_app.live.midi.connect import VIRTUAL_OUTPUT
from composer_app.live.midi.inputs import PortChanges
from composer_app.live.midi.outputs import MidiOutputs
from composer_app.live.note_sink import LIVE_CHANNEL
from composer_app.music.timing import TempoMap
from composer_app.studio.midi.midi_controller import MidiController
from composer_app.studio.midi.midi_menu import MidiMenu
from composer_app.studio.midi.midi_output_controller import MidiOutputController
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.live_input import LiveInput
from composer_app.studio.sound.sound import Sound
from composer_app.translation import verbatim
from tests.live.doubles import SetClock
from tests.live.midi_fakes import FakeSystem
from tests.studio.support import FakePorts, HeardSink

DEEP = "AWS DeepComposer:AWS DeepComposer MIDI 1"


class Music:
    """What the clock follows."""

    playing = False
    position = 0.0
    tempo = TempoMap.constant(300)


class Rig:
    """The controller, everything around it, and what it said."""

    def __init__(self, folder: Path) -> None:
        self.ports = FakePorts()
        self.system = FakeSystem()
        self.outputs = MidiOutputs(self.system.connect)
        self.settings = Settings(folder)
        self.menu = QMenu()
        self.sink = HeardSink()
        self.sound = Sound(lambda: (self.sink, None))
        self.live = LiveInput(self.sound, SetClock())
        self.music = Music()
        self.output = MidiOutputController(
            self.outputs,
            self.sound,
            self.music,
            self.settings,
            perf_counter,
            self.sound.open,
        )
        self.panic = QAction("All Notes Off")
        self.controller = MidiController(
            self.ports, self.output, self.live, self.settings, MidiMenu(self.menu, self.panic)
        )
        self.status: list[tuple[str, str, bool]] = []
        self.news: list[str] = []
        self.controller.statusChanged.connect(lambda *status: self.status.append(status))
        self.controller.told.connect(self.news.append)
        self.controller.failed.connect(self.news.append)

    def close(self) -> None:
        self.controller.stop()
        self.sound.close()
        self.outputs.close()

    def start(self, qtbot: QtBot) -> None:
        self.controller.start()
        if not self.settings.midi_output:
            self.wait_for_own_sound(qtbot)

    def wait_for_own_sound(self, qtbot: QtBot) -> None:
        qtbot.waitUntil(lambda: self.sound.synthesizer is self.sink)

    def submenu(self, text: str) -> QMenu:
        [menu] = [
            action.menu()
            for action in self.menu.actions()
            if action.menu() and text in action.text().replace("&", "")
        ]
        assert isinstance(menu, QMenu)
        return menu

    def choices(self, submenu: str = "") -> dict[str, bool]:
        """What can be chosen in the menu, and whether it is."""
        return {
            action.text(): action.isChecked()
            for action in (self.submenu(submenu) if submenu else self.menu).actions()
            if action.actionGroup()
        }

    def click(self, text: str, submenu: str = "") -> None:
        [action] = [
            action
            for action in (self.submenu(submenu) if submenu else self.menu).actions()
            if action.text().replace("&", "") == text
        ]
        action.trigger()

    def sent(self, name: str) -> list[tuple[int, ...]]:
        return self.system.connected_to(name).sent


@pytest.fixture
def rig(qtbot: QtBot, tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.close()


def test_without_keyboards_the_menu_says_so(rig: Rig) -> None:
    rig.controller.start()
    assert rig.choices() == {"No Keyboard": True}
    assert any("No MIDI keyboard" in action.text() for action in rig.menu.actions())
    assert rig.status[-1][0] == "MIDI"


def test_without_a_midi_system_the_reason_is_given(rig: Rig) -> None:
    rig.ports.problem = DeviceError(verbatim("There is no MIDI system here."))
    rig.controller.start()
    assert rig.status[-1] == ("No MIDI", "There is no MIDI system here.", False)


@pytest.mark.parametrize("installed", [True, False])
def test_what_composer_itself_lacks_is_said_in_the_bar(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    if not installed:
        monkeypatch.setitem(sys.modules, "rtmidi", None)
    rig.ports.problem = DeviceError(verbatim("MIDI cannot be used: do this."))
    rig.controller.start()
    rig.controller.poll()
    assert rig.news == ([] if installed else ["MIDI cannot be used: do this."])


def test_a_keyboard_is_chosen_and_remembered(rig: Rig) -> None:
    rig.ports.names = ["Big Keys", "Small Keys"]
    rig.controller.start()
    rig.controller.choose("Small Keys")
    assert rig.ports.open_name == "Small Keys"
    assert rig.choices() == {"No Keyboard": False, "Big Keys": False, "Small Keys": True}
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
    assert rig.ports.looked_again


def test_the_thirty_two_keys_are_recognised_among_others(rig: Rig) -> None:
    rig.ports.names = ["Big Keys", DEEP]
    rig.controller.start()
    assert rig.ports.open_name == DEEP
    assert "the DeepComposer keyboard, 32 keys, F2 to C5" in rig.news[-1]
    assert "32 keys" in rig.status[-1][1]


def test_keys_are_shifted_and_light_up_where_they_sound(rig: Rig, qtbot: QtBot) -> None:
    lit: list[int] = []
    rig.live.midiStruck.connect(lit.append)
    rig.live.midiReleased.connect(lambda pitch: lit.remove(pitch))
    rig.ports.names = [DEEP]
    rig.start(qtbot)
    rig.click("1 Octave Up", "Octave")
    assert rig.choices("Octave")["1 Octave Up"]
    rig.ports.send("note_on", 60, 90, 1.0)
    assert rig.sink.sounding == {(LIVE_CHANNEL, 72)}
    assert lit == [72]
    rig.click("2 Octaves Down", "Octave")
    rig.ports.send("note_off", 60, 0, 1.5)
    assert rig.sink.sounding == set()
    assert lit == []
    assert rig.settings.midi_shift == -24


def test_one_channel_is_listened_to(rig: Rig, qtbot: QtBot) -> None:
    rig.ports.names = ["Small Keys"]
    rig.start(qtbot)
    assert rig.choices("Channel")["Every Channel"]
    rig.click("Channel 2", "Channel")
    rig.ports.send("note_on", 60, 90, 1.0)
    assert rig.sink.sounding == set()
    rig.click("Channel 1", "Channel")
    assert [text for text, chosen in rig.choices("Channel").items() if chosen] == ["Channel 1"]
    rig.ports.send("note_on", 60, 90, 1.0)
    assert rig.sink.sounding == {(LIVE_CHANNEL, 60)}
    assert Settings(rig.settings.recovery_folder.parent).midi_channel == 0


def test_pedal_bend_and_modulation_reach_the_sound(rig: Rig, qtbot: QtBot) -> None:
    rig.ports.names = ["Small Keys"]
    rig.start(qtbot)
    assert rig.ports.callback is not None
    rig.ports.callback(Message("control_change", control=64, value=127), 1.0)
    rig.ports.callback(Message("control_change", control=1, value=30), 1.0)
    rig.ports.callback(Message("pitchwheel", pitch=-500), 1.0)
    assert rig.sink.controls == {(LIVE_CHANNEL, 64): 127, (LIVE_CHANNEL, 1): 30}
    assert rig.sink.bends == {LIVE_CHANNEL: -500}


def test_panic_silences_and_lets_go_of_every_key(rig: Rig, qtbot: QtBot) -> None:
    released: list[int] = []
    lit: list[int] = []
    rig.live.released.connect(lambda pitch, at: released.append(pitch))
    rig.live.midiReleased.connect(lit.append)
    rig.ports.names = ["Small Keys"]
    rig.start(qtbot)
    rig.ports.send("note_on", 60, 90, 1.0)
    rig.live.note_on(64, 90)
    rig.sink.note_on(0, 72, 90)
    rig.controller.panic()
    assert rig.sink.sounding == set()
    assert released == [60, 64]
    assert lit == [60]
    rig.ports.send("note_off", 60, 0, 2.0)
    assert released == [60, 64]


def test_a_midi_output_takes_the_place_of_the_sound(rig: Rig, qtbot: QtBot) -> None:
    rig.system.ports = ["Piano"]
    rig.start(qtbot)
    assert rig.sound.synthesizer is rig.sink
    rig.click("Piano", "Sound")
    rig.live.note_on(60, 90)
    assert (0x94, 60, 90) in rig.sent("Piano")
    assert rig.choices("Sound")["Piano"]
    assert rig.settings.midi_output == "Piano"
    client = rig.system.connected_to("Piano")
    rig.click("Composer's Own Sound", "Sound")
    rig.wait_for_own_sound(qtbot)
    assert rig.sound.synthesizer is rig.sink
    qtbot.waitUntil(lambda: client.deleted)
    assert (0x84, 60, 64) in client.sent
    assert rig.settings.midi_output == ""


def test_the_output_chosen_last_is_opened_and_no_other_sound(rig: Rig, qtbot: QtBot) -> None:
    rig.settings.midi_output = "Piano"
    rig.system.ports = ["Piano"]
    rig.start(qtbot)
    assert "Piano" in rig.sound.synthesizer.description
    assert rig.news == []


def test_an_output_that_is_missing_at_the_start_is_told_and_taken_up(
    rig: Rig, qtbot: QtBot
) -> None:
    rig.settings.midi_output = "Piano"
    rig.start(qtbot)
    assert rig.news == ["Piano is not there: plug it in, or choose another sound."]
    assert rig.choices("Sound")["Piano"]
    rig.system.ports = ["Piano"]
    rig.controller.poll()
    assert rig.news[-1] == "Piano is back."
    rig.live.note_on(60, 90)
    assert (0x94, 60, 90) in rig.sent("Piano")


def test_an_output_that_is_unplugged_is_told_and_taken_up_again(rig: Rig, qtbot: QtBot) -> None:
    rig.settings.midi_output = "Piano"
    rig.system.ports = ["Piano 20:0"]
    rig.start(qtbot)
    rig.live.note_on(60, 90)
    rig.system.ports = []
    rig.controller.poll()
    assert "Piano was unplugged" in rig.news[-1]
    rig.live.note_off(60)
    rig.live.note_on(62, 90)
    rig.system.ports = ["Piano 24:0"]
    rig.controller.poll()
    assert rig.news[-1] == "Piano is back."
    assert (0xB4, 123, 0) in rig.sent("Piano 24:0")


def test_an_output_that_cannot_be_opened_leaves_the_own_sound(rig: Rig, qtbot: QtBot) -> None:
    rig.system.ports = ["Busy piano"]
    rig.start(qtbot)
    rig.click("Busy piano", "Sound")
    rig.wait_for_own_sound(qtbot)
    assert "Busy piano cannot be opened" in rig.news[-1]
    assert rig.sound.synthesizer is rig.sink
    assert rig.choices("Sound")["Composer's Own Sound"]


def test_a_sound_that_opens_too_late_is_dropped(rig: Rig, qtbot: QtBot) -> None:
    rig.system.ports = ["Piano"]
    rig.controller.start()
    rig.controller.choose_output("Piano")
    qtbot.wait(50)
    assert "Piano" in rig.sound.synthesizer.description


def test_other_programs_are_offered_ports(rig: Rig, qtbot: QtBot) -> None:
    rig.start(qtbot)
    assert rig.ports.virtual_callback is not None
    rig.ports.virtual_callback(Message("note_on", note=60, velocity=9), 1.0)
    assert rig.sink.sounding == {(LIVE_CHANNEL, 60)}
    rig.click(f"{VIRTUAL_OUTPUT} (to other programs)", "Sound")
    rig.live.note_on(62, 90)
    assert (0x94, 62, 90) in rig.sent(VIRTUAL_OUTPUT)
    rig.click("Offer Ports to Other Programs")
    rig.wait_for_own_sound(qtbot)
    assert rig.ports.virtual_callback is None
    assert rig.sound.synthesizer is rig.sink
    assert list(rig.choices("Sound")) == ["Composer's Own Sound"]
    qtbot.waitUntil(lambda: len(rig.system.alive) == 1)
    assert not rig.settings.midi_ports_offered
    rig.click("Offer Ports to Other Programs")
    assert rig.ports.virtual_callback is not None
    assert rig.settings.midi_ports_offered


def test_where_ports_cannot_be_offered_only_who_asks_is_told(rig: Rig, qtbot: QtBot) -> None:
    rig.ports.virtual_allowed = False
    rig.start(qtbot)
    assert rig.news == []
    rig.controller.offer_ports(True)
    assert rig.news == ["There are no virtual ports here."]
    assert not rig.settings.midi_ports_offered


def test_the_clock_goes_where_it_is_sent(rig: Rig, qtbot: QtBot) -> None:
    rig.system.ports = ["Drum machine"]
    rig.start(qtbot)
    rig.click("Drum machine", "Clock")
    sent = rig.sent("Drum machine")
    rig.music.playing = True
    qtbot.waitUntil(lambda: sent.count(TICK) > 3)
    assert START in sent
    assert rig.settings.midi_clock == "Drum machine"
    client = rig.system.connected_to("Drum machine")
    rig.click("To Nobody", "Clock")
    assert sent[-1] == STOP
    assert client.deleted
    assert rig.settings.midi_clock == ""


def test_leaving_stops_the_clock_and_every_note(rig: Rig, qtbot: QtBot) -> None:
    rig.settings.midi_clock = rig.settings.midi_output = "Piano"
    rig.system.ports = ["Piano"]
    rig.music.playing = True
    rig.start(qtbot)
    sent = rig.sent("Piano")
    qtbot.waitUntil(lambda: TICK in sent)
    rig.live.note_on(60, 90)
    rig.controller.stop()
    assert (0x84, 60, 64) in sent
    assert sent[-1] == STOP


def test_a_midi_system_that_stops_and_returns_is_told(rig: Rig) -> None:
    rig.controller.start()
    rig.ports.problem = DeviceError(verbatim("The MIDI system has stopped."))
    rig.controller.poll()
    rig.controller.poll()
    rig.ports.problem = None
    rig.controller.poll()
    assert rig.news == ["The MIDI system has stopped.", "MIDI works again."]
