"""Finding a MIDI system, and what its ports are called."""

import sys
from pathlib import Path
from threading import Event, Timer
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from composer_app import package_names
from composer_app.errors import DeviceError
from composer_app.live.midi.connect import (
    JackClient,
    PolledClient,
    connect_input,
    connect_output,
    midi_installed,
    other_ports,
)
from composer_app.live.system import jack_watch
from composer_app.live.system.jack_watch import JackWatch
from composer_app.package_names import midi_line
from tests.live.midi_fakes import FakeClient, FakeSystem
from tests.live.rig import wait_for


def names(*full_names: str) -> list[str]:
    return [port.name for port in other_ports(full_names)]


def test_names_lose_their_numbers_and_are_told_apart() -> None:
    ports = ["Piano:Piano MIDI 1 24:0", "Piano:Piano MIDI 1 28:0", "Midi Through:Port-0 14:0", "A"]
    assert names(*ports) == [
        "Piano:Piano MIDI 1",
        "Piano:Piano MIDI 1 (2)",
        "Midi Through:Port-0",
        "A",
    ]


def test_its_own_ports_are_not_offered_and_the_others_keep_their_numbers() -> None:
    ports = other_ports(
        [
            "Composer:Composer out 128:0",
            "Composer-01:Composer in",
            "AWS DeepComposer:AWS DeepComposer MIDI 1 20:0",
            "Composer in",
            "Composer out 2",
            "Composer's Piano",
        ]
    )
    assert [(port.name, port.number) for port in ports] == [
        ("AWS DeepComposer:AWS DeepComposer MIDI 1", 2),
        ("Composer's Piano", 5),
    ]


def pretend_rtmidi(monkeypatch: pytest.MonkeyPatch, *systems: FakeSystem | None) -> None:
    """Install an rtmidi with one API for each of ``systems``; None is one that is not there."""

    def make(number: int, name: str, **options: int) -> FakeClient:
        system = systems[number]
        if system is None:
            raise OSError("no such thing")
        assert name == "Composer"
        return system.connect()

    fake = SimpleNamespace(
        MidiIn=make, MidiOut=make, get_compiled_api=lambda: list(range(len(systems)))
    )
    monkeypatch.setitem(sys.modules, "rtmidi", fake)


def test_the_first_system_with_ports_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    empty, own, full = FakeSystem(), FakeSystem("Composer:Composer out"), FakeSystem("Piano")
    pretend_rtmidi(monkeypatch, None, empty, own, full, FakeSystem("Never asked"))
    assert connect_output() is full.clients[0]
    assert not empty.alive
    assert not own.alive


def test_everything_is_heard_so_that_the_times_between_are_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    system = FakeSystem("Piano")
    pretend_rtmidi(monkeypatch, system)
    connect_input()
    assert system.clients[0].ignored == (False, False, False)


def test_without_ports_the_first_system_that_works_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = FakeSystem(), FakeSystem()
    pretend_rtmidi(monkeypatch, first, None, second)
    assert connect_input() is first.clients[0]
    assert not second.alive


def test_only_the_wanted_systems_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = FakeSystem()
    pretend_rtmidi(monkeypatch, FakeSystem("Piano"), wanted)
    assert connect_input([1]) is wanted.clients[0]


@pytest.mark.parametrize(
    ("platform", "remedy"), [("linux", "sudo modprobe snd-seq"), ("darwin", "restart")]
)
def test_without_any_system_the_remedy_is_told(
    platform: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_rtmidi(monkeypatch, None, None)
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(DeviceError, match=remedy):
        connect_input()


def test_without_its_library_the_remedy_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "rtmidi.py").write_text("raise ImportError('libasound.so.2: cannot open')")
    monkeypatch.delitem(sys.modules, "rtmidi", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(package_names, "system_family", lambda: "suse")
    with pytest.raises(DeviceError, match=r"type: sudo zypper install libasound2$"):
        connect_output()
    assert midi_installed()


def test_without_the_package_the_line_to_type_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    for connect in (connect_input, connect_output):
        with pytest.raises(DeviceError, match="python-rtmidi is missing: type: ") as failure:
            connect()
        assert str(failure.value).endswith(f"type: {midi_line()}")
    assert not midi_installed()


def test_one_client_is_asked_again_and_again() -> None:
    system = FakeSystem("Piano")
    polled = PolledClient(system.connect)
    for _ in range(100):
        assert [port.name for port in polled.poll()] == ["Piano"]
    assert len(system.clients) == 1
    polled.close()
    polled.close()
    assert not system.alive
    assert polled.poll() == ()


def test_a_system_that_died_is_taken_up_again_without_hurry() -> None:
    system = FakeSystem("Piano")
    polled = PolledClient(system.connect)
    system.broken = True
    assert polled.poll() == ()
    assert "has stopped" in str(polled.problem)
    system.broken = False
    polls = 1
    while not polled.poll():
        polls += 1
    assert 5 <= polls <= 20
    assert polled.problem is None
    assert len(system.alive) == 1


def test_a_system_that_never_was_is_looked_for_on_demand_only() -> None:
    system = FakeSystem("Piano")
    system.broken = True
    polled = PolledClient(system.connect)
    assert str(polled.problem) == "No MIDI here."
    with pytest.raises(DeviceError, match="No MIDI here"):
        polled.another()
    system.broken = False
    for _ in range(50):
        polled.poll()
    assert system.clients == []
    polled.retry()
    assert [port.name for port in polled.ports()] == ["Piano"]
    assert polled.problem is None


def test_a_client_of_a_dead_server_is_not_called_any_more() -> None:
    client = FakeSystem("Piano").connect()
    watch = JackWatch()
    guarded = JackClient(client, watch)
    assert guarded.get_ports() == ["Piano"]
    guarded.open_port(0, "music")
    watch._notice(None)
    with pytest.raises(OSError, match="gone"):
        guarded.send_message([0x90, 60, 64])
    guarded.close_port()
    guarded.delete()
    assert client.sent == []
    assert client.open == "Piano"
    assert not client.deleted


def test_a_burst_leaves_the_time_to_hear_that_the_server_has_gone() -> None:
    client = FakeSystem("Piano").connect()
    watch = JackWatch()
    guarded = JackClient(client, watch)
    guarded.open_port(0, "music")
    # Told by a thread that needs Python's lock, as JACK's does.
    Timer(0.001, watch._notice, [None]).start()

    def flood() -> None:
        for _ in range(100_000):
            guarded.send_message([0x90, 60, 64])

    with pytest.raises(OSError, match="gone"):
        flood()
    # rtmidi's queue holds 2,340 of this length, and then waits for ever.
    assert len(client.sent) < 2000


class SlowJack:
    """A JACK library whose server answers when it is told to."""

    def __init__(self) -> None:
        self.answers = Event()
        self.asked = 0
        self.jack_client_open = Mock(side_effect=self._open)
        self.jack_on_shutdown = Mock()

    def _open(self, *_: object) -> int:
        self.asked += 1
        assert self.answers.wait(60)
        return 1


def test_a_server_that_does_not_answer_is_left_alone_until_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library, jack, alsa = SlowJack(), FakeSystem("Piano"), FakeSystem("Organ")
    pretend_rtmidi(monkeypatch, jack, alsa)
    monkeypatch.setattr(sys.modules["rtmidi"], "API_UNIX_JACK", 0, raising=False)
    monkeypatch.setattr(jack_watch, "_library", lambda: library)
    monkeypatch.setattr(jack_watch, "_watches", [])
    monkeypatch.setattr(jack_watch, "_PATIENCE_SECONDS", 0.01)
    assert connect_output() is alsa.clients[0]
    assert connect_input() is alsa.clients[1]
    assert jack.clients == []
    assert library.asked == 1
    library.answers.set()
    wait_for(lambda: jack_watch.jack_watch().watching, "the server to answer")
    assert connect_output().get_ports() == ["Piano"]
    assert library.asked == 1
