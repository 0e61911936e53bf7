import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from mido import Message

from composer_app.errors import DeviceError
from composer_app.live.midi_ports import (
    MidiPorts,
    PortChanges,
    channel_message,
    connect,
    display_names,
)
from tests.live.doubles import SetClock


class FakeClient:
    """The part of rtmidi that is used; the test plugs keyboards in and plays them."""

    def __init__(self, *ports: str) -> None:
        self.ports = list(ports)
        self.open: str | None = None
        self.callback: Callable[[tuple[list[int], float], object], None] | None = None
        self.deleted = False
        self.broken = False

    def get_ports(self) -> list[str]:
        assert not self.deleted
        if self.broken:
            raise OSError("no longer there")
        return list(self.ports)

    def open_port(self, port: int, name: str) -> None:
        assert self.open is None, "rtmidi refuses to open two"
        if self.ports[port].startswith("Busy"):
            raise OSError("busy")
        self.open = self.ports[port]

    def close_port(self) -> None:
        self.open = None

    def set_callback(self, func: Callable[[tuple[list[int], float], object], None]) -> None:
        self.callback = func

    def cancel_callback(self) -> None:
        self.callback = None

    def delete(self) -> None:
        assert not self.deleted
        self.deleted = True

    def play(self, *data: int) -> None:
        assert self.callback is not None
        self.callback((list(data), 0.0), None)


class Desk:
    """Ports on a fake client, and what arrived from them."""

    def __init__(self, *ports: str) -> None:
        self.client = FakeClient(*ports)
        self.clock = SetClock()
        self.ports = MidiPorts(self.clock, lambda: self.client)
        self.heard: list[tuple[Message, float]] = []

    def open(self, name: str) -> None:
        self.ports.open_input(name, lambda message, at: self.heard.append((message, at)))

    def messages(self) -> list[Message]:
        return [message for message, _ in self.heard]


def note(pitch: int, channel: int = 0, velocity: int = 64) -> Message:
    return Message("note_on", note=pitch, channel=channel, velocity=velocity)


def release(pitch: int, channel: int = 0, velocity: int = 64) -> Message:
    return Message("note_off", note=pitch, channel=channel, velocity=velocity)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([0x90, 60, 64], note(60)),
        ([0x93, 60, 1], note(60, channel=3, velocity=1)),
        ([0x90, 60, 0], release(60, velocity=0)),
        ([0x80, 60, 7], release(60, velocity=7)),
        ([0xB0, 64, 127], Message("control_change", control=64, value=127)),
        ([0xE0, 0, 64], Message("pitchwheel", pitch=0)),
        ([0xF8], None),
        ([0xFE], None),
        ([0xF0, 0x7E, 0xF7], None),
        ([], None),
        ([0x90, 60], None),
        ([0x90, 60, 200], None),
        ([60, 64], None),
    ],
)
def test_only_whole_channel_messages_count(data: list[int], message: Message | None) -> None:
    assert channel_message(data) == message


def test_names_lose_their_numbers_and_are_told_apart() -> None:
    ports = ["Piano:Piano MIDI 1 24:0", "Piano:Piano MIDI 1 28:0", "Midi Through:Port-0 14:0", "A"]
    assert display_names(ports) == [
        "Piano:Piano MIDI 1",
        "Piano:Piano MIDI 1 (2)",
        "Midi Through:Port-0",
        "A",
    ]


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
    desk.client.ports = ["Organ"]
    assert desk.ports.poll() == PortChanges(appeared=("Organ",), vanished=("Piano",))
    assert desk.ports.poll() == PortChanges()
    assert desk.ports.input_names() == ["Organ"]


def test_an_unplugged_keyboard_is_released_and_taken_up_again_by_name() -> None:
    desk = Desk("Piano 24:0")
    desk.open("Piano")
    desk.client.play(0x90, 60, 64)
    desk.client.ports = []
    assert desk.ports.poll() == PortChanges(vanished=("Piano",), lost="Piano")
    assert desk.messages() == [note(60), release(60)]
    assert desk.ports.open_name is None
    desk.client.ports = ["Piano 32:0"]
    assert desk.ports.poll() == PortChanges(appeared=("Piano",), restored="Piano")
    desk.client.play(0x90, 62, 64)
    assert desk.messages()[-1] == note(62)


def test_replugged_between_two_polls_it_is_opened_anew() -> None:
    desk = Desk("Piano 24:0")
    desk.open("Piano")
    desk.client.ports = ["Piano 32:0"]
    assert desk.ports.poll() == PortChanges(lost="Piano", restored="Piano")
    assert desk.client.open == "Piano 32:0"


def test_a_keyboard_that_is_not_ready_yet_is_tried_again() -> None:
    desk = Desk("Piano")
    desk.open("Piano")
    desk.client.ports = []
    desk.ports.poll()
    desk.client.open_port = lambda port, name: (_ for _ in ()).throw(OSError)  # type: ignore[method-assign]
    desk.client.ports = ["Piano"]
    assert desk.ports.poll().restored is None
    del desk.client.open_port
    assert desk.ports.poll().restored == "Piano"


def test_a_closed_input_does_not_come_back() -> None:
    desk = Desk("Piano")
    desk.open("Piano")
    desk.ports.close_input()
    desk.client.ports = []
    desk.ports.poll()
    desk.client.ports = ["Piano"]
    assert desk.ports.poll().restored is None


def test_a_midi_system_that_goes_away_is_a_lost_port() -> None:
    desk = Desk("Piano")
    desk.open("Piano")
    desk.client.broken = True
    assert desk.ports.poll().lost == "Piano"
    assert desk.ports.input_names() == []


def test_closed_ports_have_no_names() -> None:
    desk = Desk("Piano")
    desk.open("Piano")
    desk.ports.close()
    desk.ports.close()
    assert desk.client.deleted
    assert desk.ports.input_names() == []
    with pytest.raises(DeviceError, match="not there"):
        desk.open("Piano")


def test_without_a_midi_system_there_is_a_sentence_and_no_ports() -> None:
    def fail() -> FakeClient:
        raise DeviceError("No MIDI here.")

    ports = MidiPorts(connect=fail)
    assert ports.problem == "No MIDI here."
    assert ports.input_names() == []
    assert ports.poll() == PortChanges()
    ports.close()


def pretend_rtmidi(monkeypatch: pytest.MonkeyPatch, *clients: FakeClient | None) -> None:
    """Install an rtmidi with one API for each of ``clients``; None is one that is not there."""

    def midi_in(system: int, name: str) -> FakeClient:
        client = clients[system]
        if client is None:
            raise OSError("no such thing")
        return client

    fake = SimpleNamespace(MidiIn=midi_in, get_compiled_api=lambda: list(range(len(clients))))
    monkeypatch.setitem(sys.modules, "rtmidi", fake)


def test_the_first_system_with_ports_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    empty, full = FakeClient(), FakeClient("Piano")
    pretend_rtmidi(monkeypatch, None, empty, full, FakeClient("Never asked"))
    assert connect() is full
    assert empty.deleted
    assert not full.deleted


def test_without_ports_the_first_system_that_works_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = FakeClient(), FakeClient()
    pretend_rtmidi(monkeypatch, first, None, second)
    assert connect() is first
    assert second.deleted


def test_only_the_wanted_systems_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = FakeClient()
    pretend_rtmidi(monkeypatch, FakeClient("Piano"), wanted)
    assert connect([1]) is wanted


@pytest.mark.parametrize(
    ("platform", "remedy"), [("linux", "sudo modprobe snd-seq"), ("darwin", "restart")]
)
def test_without_any_system_the_remedy_is_told(
    platform: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_rtmidi(monkeypatch, None, None)
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(DeviceError, match=remedy):
        connect()


def test_without_its_library_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    with pytest.raises(DeviceError, match="libasound2"):
        connect()
