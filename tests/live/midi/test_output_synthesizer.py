"""A MIDI output in the place of the synthesizer."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer_app.live.midi.output_synthesizer import EventQueue, MidiSynthesizer
from composer_app.live.midi.outputs import MidiOutputs
from composer_app.live.note_sink import EventKind, SinkEvent, Synthesizer
from tests.live import rig
from tests.live.midi_fakes import FakeSystem

CHANNELS = range(16)
# What a device is told so that nothing sounds, channel by channel.
REST = [
    message
    for channel in CHANNELS
    for message in (
        (0xB0 | channel, 64, 0),
        (0xB0 | channel, 123, 0),
        (0xB0 | channel, 120, 0),
        (0xE0 | channel, 0, 64),
    )
]


class Stage:
    """A synthesizer on a fake port."""

    def __init__(self) -> None:
        self.system = FakeSystem("Piano")
        self.outputs = MidiOutputs(self.system.connect)
        self.synthesizer = MidiSynthesizer(self.outputs.open("Piano"))
        self.sent.clear()

    @property
    def sent(self) -> list[tuple[int, ...]]:
        return self.system.connected_to("Piano").sent


@contextmanager
def stage() -> Iterator[Stage]:
    stage = Stage()
    try:
        yield stage
    finally:
        stage.synthesizer.close()


@given(
    st.lists(
        st.tuples(
            st.floats(0.0, 10.0),
            st.sampled_from(["note_on", "note_off", "control_change"]),
            st.integers(0, 127),
        )
    ),
    st.floats(0.0, 10.0),
)
@settings(deadline=None)
def test_the_queue_gives_each_event_once_at_its_time_in_order(
    entries: list[tuple[float, EventKind, int]], middle: float
) -> None:
    queue = EventQueue()
    for at, kind, pitch in entries:
        queue.put(at, SinkEvent(kind, 0, pitch))
    assert queue.next_at == min((entry[0] for entry in entries), default=None)
    first = queue.take(middle)
    assert queue.next_at is None or queue.next_at > middle
    rest = queue.take(10.0)
    assert queue.next_at is None
    ranks = {"note_off": 0, "control_change": 1, "note_on": 2}
    expected = sorted(entries, key=lambda entry: (entry[0], ranks[entry[1]]))
    assert [(event.kind, event.data1) for event in first + rest] == [
        (kind, pitch) for _, kind, pitch in expected
    ]
    assert len(first) == sum(at <= middle for at, _, _ in entries)


def test_everything_reaches_the_port_as_midi() -> None:
    with stage() as it:
        synthesizer: Synthesizer = it.synthesizer
        synthesizer.program_change(3, 40)
        synthesizer.note_on(3, 60, 99)
        synthesizer.control_change(3, 64, 127)
        synthesizer.pitch_bend(3, -8192)
        synthesizer.pitch_bend(3, 0)
        synthesizer.pitch_bend(3, 8191)
        synthesizer.channel_pressure(3, 20)
        synthesizer.key_pressure(3, 60, 30)
        synthesizer.note_off(3, 60)
        assert it.sent == [
            (0xC3, 40),
            (0x93, 60, 99),
            (0xB3, 64, 127),
            (0xE3, 0, 0),
            (0xE3, 0, 64),
            (0xE3, 127, 127),
            (0xD3, 20),
            (0xA3, 60, 30),
            (0x83, 60, 64),
        ]
        assert "Piano" in synthesizer.description


def test_a_note_struck_again_is_released_first() -> None:
    with stage() as it:
        it.synthesizer.note_on(0, 60, 99)
        it.synthesizer.note_on(0, 60, 98)
        assert it.sent == [(0x90, 60, 99), (0x80, 60, 64), (0x90, 60, 98)]


def test_all_notes_off_says_it_in_every_way() -> None:
    with stage() as it:
        it.synthesizer.note_on(0, 60, 99)
        it.synthesizer.note_on(9, 40, 99)
        it.synthesizer.note_off(9, 40)
        it.sent.clear()
        it.synthesizer.all_notes_off()
        assert it.sent == [(0x80, 60, 64), *REST]
        it.sent.clear()
        it.synthesizer.note_on(0, 60, 99)
        assert it.sent == [(0x90, 60, 99)]


def test_opening_and_closing_silence_the_device() -> None:
    system = FakeSystem("Piano")
    port = MidiOutputs(system.connect).open("Piano")
    synthesizer = MidiSynthesizer(port)
    sent = system.connected_to("Piano").sent
    assert sent == REST
    synthesizer.note_on(0, 60, 64)
    synthesizer.schedule(synthesizer.time + 60, SinkEvent("note_on", 0, 61, 64))
    synthesizer.close()
    assert sent[len(REST) + 1 :] == [(0x80, 60, 64), *REST]
    count = len(sent)
    synthesizer.close()
    synthesizer.note_on(0, 60, 64)
    synthesizer.control_change(0, 1, 2)
    synthesizer.program_change(0, 1)
    synthesizer.pitch_bend(0, 1)
    synthesizer.channel_pressure(0, 1)
    synthesizer.key_pressure(0, 60, 1)
    synthesizer.all_notes_off()
    synthesizer.schedule(synthesizer.time, SinkEvent("note_on", 0, 61, 64))
    port.tell_restored()
    assert len(sent) == count


class Watched(list[tuple[int, ...]]):
    """What was sent, with the time, and a flag that is raised at the end."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.wanted = count
        self.times: list[float] = []
        self.full = Event()

    def append(self, message: tuple[int, ...]) -> None:
        self.times.append(perf_counter())
        super().append(message)
        if len(self) == self.wanted:
            self.full.set()


def test_what_is_scheduled_is_sent_in_order_and_never_early() -> None:
    with stage() as it:
        sent = it.system.connected_to("Piano").sent = Watched(4)
        start = it.synthesizer.time
        for at, pitch in ((0.08, 62), (0.04, 60), (-1.0, 58), (0.041, 61)):
            it.synthesizer.schedule(start + at, SinkEvent("note_on", 0, pitch, 64))
        assert sent.full.wait(20)
        assert [message[1] for message in sent] == [58, 60, 61, 62]
        due = [0.0, 0.04, 0.041, 0.08]
        assert all(time - start >= at for time, at in zip(sent.times, due, strict=True))


def test_what_is_unscheduled_is_never_sent() -> None:
    with stage() as it:
        sent = it.system.connected_to("Piano").sent = Watched(1)
        start = it.synthesizer.time
        it.synthesizer.schedule(start + 0.05, SinkEvent("note_on", 0, 60, 64))
        it.synthesizer.unschedule()
        it.synthesizer.schedule(start + 0.06, SinkEvent("note_off", 0, 61))
        assert sent.full.wait(20)
        assert sent == [(0x80, 61, 64)]


def test_a_device_that_returns_is_silenced_and_set_up_again() -> None:
    with stage() as it:
        it.synthesizer.program_change(1, 40)
        it.synthesizer.control_change(1, 7, 90)
        it.synthesizer.control_change(1, 64, 127)
        it.synthesizer.control_change(1, 101, 0)
        it.synthesizer.note_on(1, 60, 64)
        it.system.ports = []
        it.outputs.poll()
        it.synthesizer.note_off(1, 60)
        it.synthesizer.note_on(1, 62, 64)
        it.synthesizer.program_change(1, 41)
        it.system.ports = ["Piano"]
        it.outputs.poll()
        assert it.sent == [(0x81, 62, 64), *REST, (0xC1, 41), (0xB1, 7, 90)]


@pytest.mark.parametrize("moment", ["unplugged", "dead"])
def test_scheduled_notes_for_a_device_that_is_gone_do_no_harm(moment: str) -> None:
    with stage() as it:
        if moment == "unplugged":
            it.system.ports = []
        else:
            it.system.broken = True
        it.outputs.poll()
        it.synthesizer.schedule(0.0, SinkEvent("note_on", 0, 60, 64))
        it.synthesizer.note_on(0, 61, 64)
        rig.wait_for(lambda: it.synthesizer._queue.next_at is None, "the thread to send")
        it.system.ports, it.system.broken = ["Piano"], False
        while not it.outputs.poll().restored:
            pass
        sent = it.system.connected_to("Piano").sent = Watched(1)
        it.synthesizer.schedule(0.0, SinkEvent("note_on", 0, 62, 64))
        assert sent.full.wait(20)
        assert sent == [(0x90, 62, 64)]
