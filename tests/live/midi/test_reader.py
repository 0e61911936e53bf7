"""The thread that fetches what arrives."""

import sys
import threading
from time import perf_counter

import pytest

from composer_app.live.midi import reader as module
from composer_app.live.midi.reader import MidiReader
from tests.live.midi_fakes import FakeClient, FakeSystem
from tests.live.rig import wait_for


class Ear:
    """Notes what it hears, and on which thread."""

    def __init__(self) -> None:
        self.heard: list[tuple[list[int], float]] = []
        self.threads: set[str] = set()

    def receive(self, data: list[int], since_last: float) -> None:
        self.heard.append((data, since_last))
        self.threads.add(threading.current_thread().name)


def port(system: FakeSystem) -> FakeClient:
    client = system.connect()
    client.open_virtual_port("port")
    return client


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "composer-midi-in"]


def test_every_port_is_read_in_order_by_one_thread() -> None:
    before = len(readers())
    reader, system, ears = MidiReader(), FakeSystem(), (Ear(), Ear())
    assert len(readers()) == before
    clients = [port(system) for _ in ears]
    for client, ear in zip(clients, ears, strict=True):
        client.waiting.extend([([0x90, 60, 1], 0.0), ([0x90, 61, 1], 0.5)])
        reader.add(client, ear)
    for client in clients:
        client.play(0x90, 62, 1)
    assert len(readers()) == before + 1
    reader.close()
    reader.close()
    assert len(readers()) == before
    for ear in ears:
        assert [data[1] for data, _ in ear.heard] == [60, 61, 62]
        assert [since for _, since in ear.heard] == [0.0, 0.5, 0.0]
        assert ear.threads == {"composer-midi-in"}


def test_a_thread_that_computes_is_not_waited_for_long() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.005)
    reader = MidiReader()
    try:
        assert sys.getswitchinterval() == pytest.approx(0.005)
        reader.add(port(FakeSystem()), Ear())
        assert sys.getswitchinterval() == pytest.approx(0.001)
    finally:
        reader.close()
        sys.setswitchinterval(before)


def test_what_is_removed_is_not_touched_any_more() -> None:
    reader, system, ears = MidiReader(), FakeSystem(), (Ear(), Ear())
    gone, left = port(system), port(system)
    reader.add(gone, ears[0])
    reader.add(left, ears[1])
    reader.remove(gone)
    gone.waiting.append(([0x90, 60, 1], 0.0))
    gone.delete()
    left.play(0x90, 61, 1)
    reader.close()
    assert ears[0].heard == []
    assert system.crashes == 0
    assert len(ears[1].heard) == 1


def test_a_system_that_breaks_does_not_end_the_thread() -> None:
    reader, broken, sound, ear = MidiReader(), FakeSystem(), FakeSystem(), Ear()
    reader.add(port(broken), Ear())
    client = port(sound)
    reader.add(client, ear)
    broken.broken = True
    client.play(0x90, 60, 1)
    reader.close()
    assert len(ear.heard) == 1


def test_after_a_long_rest_it_listens_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOOKS_IN_VAIN", 3)
    reader, ear = MidiReader(), Ear()
    client = port(FakeSystem())
    began, looks = perf_counter(), 30
    reader.add(client, ear)
    wait_for(lambda: client.looks >= looks, "looks")
    # A thread never sleeps too short, however busy the machine is.
    resting = (looks - 4) * module._RESTING_PERIOD_SECONDS
    assert perf_counter() - began > 0.9 * resting, "it looks less often while nobody plays"
    client.play(0x90, 60, 1)
    reader.close()
    assert len(ear.heard) == 1
