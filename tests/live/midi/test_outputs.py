"""Output ports that come and go."""

from collections.abc import Sequence

import pytest

from composer_app.errors import DeviceError
from composer_app.live.midi.connect import VIRTUAL_OUTPUT
from composer_app.live.midi.outputs import MidiOutputs, OutputChanges
from tests.live.midi_fakes import FakeClient, FakeSystem

NOTE = (0x90, 60, 64)


def test_an_output_is_opened_by_name_and_gets_what_is_sent() -> None:
    system = FakeSystem("Piano 24:0", "Organ 28:0")
    outputs = MidiOutputs(system.connect)
    assert outputs.output_names() == ["Piano", "Organ"]
    port = outputs.open("Organ")
    assert port.connected
    port.send(NOTE)
    assert system.connected_to("Organ 28:0").sent == [NOTE]
    outputs.release(port)
    port.send(NOTE)
    assert not port.connected
    assert len(system.alive) == 1


def test_the_loop_back_port_is_no_instrument() -> None:
    assert MidiOutputs(FakeSystem("Midi Through:Port-0 14:0").connect).output_names() == []


def test_two_who_send_to_a_port_share_it() -> None:
    system = FakeSystem("Piano")
    outputs = MidiOutputs(system.connect)
    first, second = outputs.open("Piano"), outputs.open("Piano")
    assert first is second
    outputs.release(first)
    second.send(NOTE)
    assert system.connected_to("Piano").sent == [NOTE]
    outputs.release(second)
    outputs.release(second)
    assert not second.connected


def test_polling_makes_no_clients() -> None:
    system = FakeSystem("Piano")
    outputs = MidiOutputs(system.connect)
    outputs.open("Piano")
    for _ in range(100):
        assert outputs.poll() == OutputChanges()
    assert len(system.clients) == 2


def test_an_unplugged_output_swallows_and_is_taken_up_again_by_name() -> None:
    system = FakeSystem("Piano 24:0")
    outputs = MidiOutputs(system.connect)
    port = outputs.open("Piano")
    restored: list[bool] = []
    port.on_restored(lambda: restored.append(port.connected))
    system.ports = []
    assert outputs.poll() == OutputChanges(vanished=("Piano",), lost=("Piano",))
    port.send(NOTE)
    assert restored == []
    system.ports = ["Piano 32:0"]
    assert outputs.poll() == OutputChanges(appeared=("Piano",), restored=("Piano",))
    assert restored == [True]
    port.send(NOTE)
    assert system.connected_to("Piano 32:0").sent == [NOTE]


def test_a_port_that_refuses_is_lost_and_opened_anew() -> None:
    system = FakeSystem("Piano")
    outputs = MidiOutputs(system.connect)
    port = outputs.open("Piano")
    system.broken = True
    port.send(NOTE)
    assert port.failed
    system.broken = False
    assert outputs.poll() == OutputChanges(lost=("Piano",), restored=("Piano",))
    port.send(NOTE)
    assert system.connected_to("Piano").sent == [NOTE]
    assert len(system.alive) == 2


def test_a_midi_system_that_died_is_told_and_taken_up_again() -> None:
    system = FakeSystem("Piano")
    outputs = MidiOutputs(system.connect)
    port = outputs.open("Piano")
    system.broken = True
    assert outputs.poll() == OutputChanges(vanished=("Piano",), lost=("Piano",))
    assert "has stopped" in str(outputs.problem)
    system.broken = False
    changes = [outputs.poll() for _ in range(20)]
    assert [change.restored for change in changes if change.restored] == [("Piano",)]
    port.send(NOTE)
    assert system.connected_to("Piano").sent == [NOTE]
    outputs.close()
    outputs.close()
    assert not system.alive
    assert not port.connected


def test_a_port_may_be_chosen_before_it_is_there() -> None:
    system = FakeSystem()
    outputs = MidiOutputs(system.connect)
    port = outputs.open("Piano")
    assert not port.connected
    system.ports = ["Piano"]
    assert outputs.poll().restored == ("Piano",)
    assert port.connected


def test_a_port_that_is_there_and_cannot_be_opened_is_an_error() -> None:
    system = FakeSystem("Busy piano")
    outputs = MidiOutputs(system.connect)
    with pytest.raises(DeviceError, match="Busy piano cannot be opened"):
        outputs.open("Busy piano")
    assert len(system.alive) == 1
    assert outputs.poll() == OutputChanges()


def test_a_port_that_others_listen_to_can_be_offered() -> None:
    system = FakeSystem("Piano")
    outputs = MidiOutputs(system.connect)
    port = outputs.open(VIRTUAL_OUTPUT)
    port.send(NOTE)
    assert system.connected_to(VIRTUAL_OUTPUT).sent == [NOTE]
    assert outputs.poll() == OutputChanges()
    system.virtual_allowed = False
    outputs.release(port)
    with pytest.raises(DeviceError, match="loopMIDI"):
        outputs.open(VIRTUAL_OUTPUT)


def test_without_a_midi_system_there_is_a_sentence_and_no_ports() -> None:
    system = FakeSystem("Piano")
    system.broken = True
    outputs = MidiOutputs(system.connect)
    assert str(outputs.problem) == "No MIDI here."
    assert outputs.output_names() == []
    assert not outputs.open("Piano").connected
    system.broken = False
    outputs.look_again()
    assert outputs.poll().restored == ("Piano",)


def test_a_port_whose_number_has_changed_meanwhile_is_still_the_one() -> None:
    system = FakeSystem("Organ", "Piano")
    outputs = MidiOutputs(system.connect)
    connect = system.connect

    def connect_later(systems: Sequence[int] | None = None) -> FakeClient:
        system.ports = ["Piano"]
        return connect(systems)

    outputs._polled._connect = connect_later
    outputs.open("Piano")
    assert system.connected_to("Piano")
