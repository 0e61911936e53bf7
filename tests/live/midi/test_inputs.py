from time import sleep

import pytest
from mido import Message

from composer_app.errors import DeviceError
from composer_app.live.midi.connect import VIRTUAL_INPUT
from composer_app.live.midi.inputs import MidiInputs, PortChanges
from tests.live.doubles import SetClock
from tests.live.midi_fakes import FakeClient, FakeSystem

# A thread that touches what rtmidi has deleted is a crash, and must fail the test.
pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")


class Desk:
    """Ports on a fake system, and what arrived from them."""

    def __init__(self, *ports: str) -> None:
        self.system = FakeSystem(*ports)
        self.clock = SetClock()
        self.ports = MidiInputs(self.clock, self.system.connect)
        self.heard: list[tuple[Message, float]] = []

    @property
    def client(self) -> FakeClient:
        """The one that is polled and connected."""
        return self.system.alive[0]

    def hear(self, message: Message, at: float) -> None:
        self.heard.append((message, at))

    def open(self, name: str) -> None:
        self.ports.open_input(name, self.hear)

    def messages(self) -> list[Message]:
        return [message for message, _ in self.heard]


def note(pitch: int, channel: int = 0, velocity: int = 64) -> Message:
    return Message("note_on", note=pitch, channel=channel, velocity=velocity)


def release(pitch: int, channel: int = 0, velocity: int = 64) -> Message:
    return Message("note_off", note=pitch, channel=channel, velocity=velocity)


def test_messages_are_handed_on_with_the_time_of_the_callback() -> None:
    desk = Desk("Piano 24:0", "Organ 28:0")
    desk.open("Organ")
    assert (desk.ports.open_name, desk.client.open) == ("Organ", "Organ 28:0")
    desk.clock.now = 5.0
    desk.client.play(0x90, 60, 64)
    desk.client.play(0xF8)
    desk.clock.now = 6.0
    desk.client.play(0x90, 60, 0)
    desk.clock.now = 7.0
    desk.client.play(0xB0, 64, 127)
    pedal = Message("control_change", control=64, value=127)
    assert desk.heard == [(note(60), 5.0), (release(60, velocity=0), 6.0), (pedal, 7.0)]


@pytest.mark.parametrize(
    ("name", "complaint"), [("Violin", "is not there"), ("Busy piano", "cannot be opened")]
)
def test_a_port_that_cannot_be_had_is_an_error_and_nothing_is_open(
    name: str, complaint: str
) -> None:
    desk = Desk("Piano", "Busy piano")
    desk.open("Piano")
    with pytest.raises(DeviceError, match=f"{name} {complaint}"):
        desk.open(name)
    assert desk.ports.open_name is None
    assert desk.ports.poll() == PortChanges()


def test_closing_releases_what_is_held_and_only_that() -> None:
    desk = Desk("Piano")
    desk.open("Piano")
    desk.client.play(0x90, 60, 64)
    desk.client.play(0x91, 62, 64)
    desk.client.play(0x90, 64, 64)
    desk.client.play(0x80, 64, 64)
    desk.heard.clear()
    desk.ports.close_input()
    desk.ports.close_input()
    assert desk.messages() == [release(60), release(62, channel=1)]
    assert desk.ports.open_name is None
    assert desk.client.open is None


def test_opening_another_port_releases_what_is_held_on_the_first() -> None:
    desk = Desk("Piano", "Organ")
    desk.open("Piano")
    desk.client.play(0x90, 60, 64)
    desk.open("Organ")
    assert desk.messages() == [note(60), release(60)]
    assert desk.ports.open_name == "Organ"


def test_poll_tells_what_came_and_went() -> None:
    desk = Desk("Piano")
    assert desk.ports.poll() == PortChanges()
    desk.system.ports = ["Organ"]
    assert desk.ports.poll() == PortChanges(appeared=("Organ",), vanished=("Piano",))
    assert desk.ports.poll() == PortChanges()
    assert desk.ports.input_names() == ["Organ"]


def test_an_unplugged_keyboard_is_released_and_taken_up_again_by_name() -> None:
    desk = Desk("Piano 24:0")
    desk.open("Piano")
    desk.client.play(0x90, 60, 64)
    desk.system.ports = []
    assert desk.ports.poll() == PortChanges(vanished=("Piano",), lost="Piano")
    assert desk.messages() == [note(60), release(60)]
    assert desk.ports.open_name is None
    desk.system.ports = ["Piano 32:0"]
    assert desk.ports.poll() == PortChanges(appeared=("Piano",), restored="Piano")
    desk.client.play(0x90, 62, 64)
    assert desk.messages()[-1] == note(62)


def test_replugged_between_two_polls_it_is_opened_anew() -> None:
    desk = Desk("Piano 24:0")
    desk.open("Piano")
    desk.system.ports = ["Piano 32:0"]
    assert desk.ports.poll() == PortChanges(lost="Piano", restored="Piano")
    assert desk.client.open == "Piano 32:0"


def test_a_keyboard_that_is_not_ready_yet_is_tried_again() -> None:
    desk = Desk("Piano")
    desk.open("Piano")
    desk.system.ports = []
    desk.ports.poll()
    desk.client.open_port = lambda port, name: (_ for _ in ()).throw(OSError)  # type: ignore[method-assign]
    desk.system.ports = ["Piano"]
    assert desk.ports.poll().restored is None
    del desk.client.open_port
    assert desk.ports.poll().restored == "Piano"


def test_a_closed_input_does_not_come_back() -> None:
    desk = Desk("Piano")
    desk.open("Piano")
    desk.ports.close_input()
    desk.system.ports = []
    desk.ports.poll()
    desk.system.ports = ["Piano"]
    assert desk.ports.poll().restored is None


def test_a_midi_system_that_goes_away_is_a_lost_port() -> None:
    desk = Desk("Piano")
    desk.open("Piano")
    desk.system.broken = True
    assert desk.ports.poll().lost == "Piano"
    assert desk.ports.input_names() == []
    # The thread that reads has had time to touch what is gone.
    sleep(0.02)
    assert desk.system.crashes == 0


def test_closed_ports_have_no_names() -> None:
    desk = Desk("Piano")
    desk.open("Piano")
    desk.ports.close()
    desk.ports.close()
    assert not desk.system.alive
    assert desk.ports.input_names() == []
    with pytest.raises(DeviceError, match="not there"):
        desk.open("Piano")


def test_pedals_and_wheels_come_to_rest_with_the_notes() -> None:
    desk = Desk("Piano")
    desk.open("Piano")
    for data in ((0x90, 60, 64), (0xB0, 64, 127), (0xB1, 1, 30), (0xE0, 0, 96), (0xB0, 7, 20)):
        desk.client.play(*data)
    desk.heard.clear()
    desk.system.ports = []
    desk.ports.poll()
    assert desk.messages() == [
        release(60),
        Message("control_change", control=64, value=0),
        Message("control_change", channel=1, control=1, value=0),
        Message("pitchwheel", pitch=0),
    ]


def test_what_a_driver_delivers_after_the_end_is_not_heard() -> None:
    desk = Desk("Piano")
    desk.open("Piano")
    client = desk.client
    desk.ports.close_input()
    client.waiting.append(([0x90, 60, 64], 0.0))
    desk.ports.offer_virtual(desk.hear)
    desk.system.connected_to(VIRTUAL_INPUT).play(0x90, 62, 64)
    assert desk.messages() == [note(62)]


def test_a_midi_system_that_died_and_returned_is_connected_anew() -> None:
    desk = Desk("Piano")
    desk.open("Piano")
    desk.ports.offer_virtual(desk.hear)
    desk.client.play(0x90, 60, 64)
    desk.system.broken = True
    # Whoever asks first finds out; the next poll tells it.
    assert desk.ports.input_names() == []
    assert desk.ports.poll().lost == "Piano"
    assert desk.messages() == [note(60), release(60)]
    desk.system.broken = False
    changes = [desk.ports.poll() for _ in range(20)]
    assert [change.restored for change in changes if change.restored] == ["Piano"]
    desk.system.connected_to("Piano").play(0x90, 62, 64)
    desk.system.connected_to(VIRTUAL_INPUT).play(0x90, 64, 64)
    assert desk.messages()[2:] == [note(62), note(64)]
    assert len(desk.system.alive) == 2


def test_a_connection_to_a_system_that_was_replaced_unnoticed_is_made_anew() -> None:
    desk = Desk("Piano")
    desk.open("Piano")
    desk.client.play(0x90, 60, 64)
    desk.system.broken = True
    assert desk.ports.input_names() == []
    desk.system.broken = False
    desk.ports.look_again()
    # The port has the name it had, but nobody is connected to it.
    assert desk.ports.poll() == PortChanges(lost="Piano", restored="Piano")
    desk.client.play(0x90, 62, 64)
    assert desk.messages() == [note(60), release(60), note(62)]


def test_other_programs_play_into_the_port_that_is_offered() -> None:
    desk = Desk("Piano")
    desk.open("Piano")
    desk.ports.offer_virtual(desk.hear)
    desk.system.connected_to(VIRTUAL_INPUT).play(0x92, 60, 64)
    desk.system.connected_to("Piano").play(0x90, 62, 64)
    assert desk.messages() == [note(60, channel=2), note(62)]
    desk.ports.withdraw_virtual()
    desk.ports.withdraw_virtual()
    assert desk.messages()[2:] == [release(60, channel=2)]
    assert len(desk.system.alive) == 1
    desk.ports.poll()
    assert len(desk.system.alive) == 1


def test_where_ports_cannot_be_offered_the_way_round_is_told() -> None:
    desk = Desk("Piano")
    desk.system.virtual_allowed = False
    with pytest.raises(DeviceError, match="loopMIDI"):
        desk.ports.offer_virtual(desk.hear)
    assert len(desk.system.alive) == 1


def test_without_a_midi_system_there_is_a_sentence_and_no_ports() -> None:
    system = FakeSystem("Piano")
    system.broken = True
    ports = MidiInputs(connect=system.connect)
    assert str(ports.problem) == "No MIDI here."
    assert ports.input_names() == []
    assert ports.poll() == PortChanges()
    system.broken = False
    ports.look_again()
    assert ports.poll() == PortChanges(appeared=("Piano",))
    ports.close()
