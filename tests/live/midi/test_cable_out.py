"""MIDI to other processes: what Composer sends, and the ports it offers, on a real cable."""

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from mido import Message

from composer_app.live.midi.clock import START, STOP, TICK, MidiClockSender
from composer_app.live.midi.connect import VIRTUAL_OUTPUT, connect_input, connect_output
from composer_app.live.midi.inputs import MidiInputs
from composer_app.live.midi.output_synthesizer import MidiSynthesizer
from composer_app.live.midi.outputs import MidiOutputs, OutputPort
from composer_app.live.note_sink import SinkEvent
from composer_app.music.timing import TempoChange, TempoMap
from tests.live import rig
from tests.live.peer import Peer, peer

pytestmark = pytest.mark.slow

PORT = "strings"
IN_TIME = 0.01
ATTEMPTS = 3


@pytest.fixture(scope="module")
def cable() -> Iterator[dict[str, str]]:
    """A cable that this process is plugged into, too."""
    with rig.midi_cable() as cable, pytest.MonkeyPatch.context() as patch:
        for name, value in cable.environment.items():
            if name.startswith("JACK_"):
                patch.setenv(name, value)
        yield cable.environment


@pytest.fixture
def outputs(cable: dict[str, str]) -> Iterator[MidiOutputs]:
    import rtmidi

    outputs = MidiOutputs(lambda _: connect_output([rtmidi.API_UNIX_JACK]))

    def found() -> bool:
        outputs.look_again()
        return outputs.problem is None

    rig.wait_for(found, "the JACK server")
    yield outputs
    outputs.close()


@contextmanager
def sound(environment: dict[str, str], port: str = PORT) -> Iterator[Peer]:
    """A synthesizer at the other end; closing unplugs it."""
    with peer("tests.live.midi_peer", "sound", port, environment=environment) as other:
        assert other.line() == "ready"
        yield other
        other.close()


def find(outputs: MidiOutputs, port: str = PORT) -> str:
    """The name of the port of this kind, as soon as it is there."""
    rig.wait_for(lambda: any(port in name for name in outputs.output_names()), "the port")
    [name] = [name for name in outputs.output_names() if port in name]
    return name


def until(other: Peer, last: list[int]) -> list[list[Any]]:
    """What the other process hears, up to and with the message ``last``; [time, bytes...]."""
    heard: list[list[Any]] = []
    while not heard or heard[-1][1:] != last:
        heard.append(other.event())
    return heard


def play_evenly(synthesizer: MidiSynthesizer, other: Peer, count: int, gap: float) -> float:
    """Play ``count`` notes, see that all arrive in order and none early; how late, the median."""
    begin = synthesizer.time + 0.2
    for index in reversed(range(count)):
        at = begin + index * gap
        pitch = index % 128
        synthesizer.schedule(at, SinkEvent("note_on", 0, pitch, 64))
        synthesizer.schedule(at + gap / 2, SinkEvent("note_off", 0, pitch))
    synthesizer.schedule(begin + count * gap, SinkEvent("program_change", 0, 9))
    heard = until(other, [0xC0, 9])
    strikes = [event for event in heard if event[1] == 0x90]
    releases = [event for event in heard if event[1] == 0x80]
    assert [event[2] for event in strikes] == [index % 128 for index in range(count)]
    assert [event[2] for event in releases] == [index % 128 for index in range(count)]
    late = [event[0] - begin - index * gap for index, event in enumerate(strikes)]
    assert min(late) >= 0
    return float(median(late))


@pytest.mark.real_time
def test_notes_come_in_order_and_in_time(cable: dict[str, str], outputs: MidiOutputs) -> None:
    with sound(cable) as other:
        synthesizer = MidiSynthesizer(outputs.open(find(outputs)))
        # The machine may be taken away from us meanwhile, but not every time.
        attempts = (play_evenly(synthesizer, other, 150, 0.01) for _ in range(ATTEMPTS))
        assert any(late < IN_TIME for late in attempts)
        synthesizer.close()


@pytest.mark.unhurried
def test_a_device_that_is_unplugged_and_returns_is_silent_then_played(
    cable: dict[str, str], outputs: MidiOutputs
) -> None:
    with sound(cable) as other:
        name = find(outputs)
        synthesizer = MidiSynthesizer(outputs.open(name))
        synthesizer.program_change(2, 40)
        synthesizer.note_on(2, 60, 64)
        until(other, [0x92, 60, 64])
    rig.wait_for(lambda: outputs.poll().lost == (name,), "the loss to be noticed")
    for pitch in range(100):
        synthesizer.note_on(2, pitch, 64)
        synthesizer.note_off(2, pitch)
    with sound(cable) as other:
        rig.wait_for(lambda: outputs.poll().restored == (name,), "the device to be taken up")
        synthesizer.note_on(2, 64, 64)
        heard = [event[1:] for event in until(other, [0x92, 64, 64])]
        assert [0xB2, 123, 0] in heard
        assert [0xC2, 40] in heard
        assert sum(event[0] == 0x92 for event in heard) == 1
        synthesizer.close()
        until(other, [0xBF, 120, 0])


@pytest.mark.unhurried
def test_a_program_plays_into_composer_and_is_played_by_it(
    cable: dict[str, str], outputs: MidiOutputs
) -> None:
    import rtmidi

    ports = MidiInputs(connect=lambda _: connect_input([rtmidi.API_UNIX_JACK]))
    played: list[tuple[Message, float]] = []
    ports.offer_virtual(lambda message, at: played.append((message, at)))
    port = outputs.open(VIRTUAL_OUTPUT)
    assert not any("Composer" in name for name in ports.input_names())
    assert not any("Composer" in name for name in outputs.output_names())
    with peer("tests.live.midi_peer", "daw", environment=cable) as daw:
        assert daw.line() == "ready"
        before = perf_counter()
        daw.tell("send 91 3c 40")
        rig.wait_for(lambda: bool(played), "the other program's note")
        [(message, at)] = played
        assert message == Message("note_on", channel=1, note=60, velocity=64)
        assert before <= at <= perf_counter()
        port.send([0x90, 64, 100])
        assert daw.event()[1:] == [0x90, 64, 100]
        daw.close()
    ports.close()


class Music:
    """Plays from ``begin`` (seconds of ``perf_counter``) on."""

    def __init__(self, tempo: TempoMap) -> None:
        self.tempo = tempo
        self.begin: float | None = None

    @property
    def playing(self) -> bool:
        return self.begin is not None

    @property
    def position(self) -> float:
        begin = self.begin
        return 0.0 if begin is None else self.tempo.step_at(perf_counter() - begin)


def count_ticks(port: OutputPort, other: Peer, count: int) -> float:
    """Let the music run for ``count`` ticks; how far they are from their places, the median."""
    music = Music(TempoMap((TempoChange(0, 120.0), TempoChange(8, 240.0))))
    sender = MidiClockSender(music, port.send)
    assert other.event()[1:] == [0xF2, 0, 0]
    music.begin = perf_counter()
    heard: list[list[Any]] = []
    while [event[1:] for event in heard].count(list(TICK)) < count:
        heard.append(other.event())
    music.begin = None
    until(other, list(STOP))
    sender.close()
    assert [tuple(event[1:]) for event in heard] == [START, *count * [TICK]]
    ticks = [event[0] for event in heard[1:]]
    offsets = [at - music.tempo.seconds_at(tick / 6) for tick, at in enumerate(ticks)]
    usual = median(offsets)
    return float(median(abs(offset - usual) for offset in offsets))


@pytest.mark.real_time
def test_another_process_counts_the_ticks(cable: dict[str, str], outputs: MidiOutputs) -> None:
    with sound(cable) as other:
        port = outputs.open(find(outputs))
        attempts = (count_ticks(port, other, 120) for _ in range(ATTEMPTS))
        assert any(uneven < IN_TIME for uneven in attempts)


@pytest.mark.unhurried
def test_a_server_that_dies_freezes_nobody_and_is_taken_up_again() -> None:
    with rig.midi_cable() as cable:
        environment = cable.environment
        with peer("tests.live.midi_peer", "player", PORT, environment=environment) as composer:
            with sound(environment):
                assert composer.line() == "ready"
                cable.process.kill()
                cable.process.wait()
                # More than rtmidi's queue holds: a dead server's, it would wait for ever.
                composer.tell("strike 10000")
                composer.ask("poll")
                lost, _, problem = composer.event()
                assert PORT in lost[0]
                assert "has stopped" in problem
            server = f"jackd -n {environment['JACK_DEFAULT_SERVER']} -r -S --no-mlock -d dummy"
            with rig.running(*server.split(), environment=environment), sound(environment) as other:
                restored: list[str] = []
                while not restored:
                    composer.ask("poll")
                    _, restored, problem = composer.event()
                assert PORT in restored[0]
                assert problem is None
                composer.tell("strike 1")
                until(other, [0x90, 0, 64])
                assert composer.close() == 0
