"""MIDI from another process: a keyboard plays into Composer's port over a real cable."""

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from mido import Message

from composer_app.live.midi.keyboard_input import KeyboardInput
from tests.live import rig
from tests.live.doubles import ListeningSink
from tests.live.peer import Peer, keyboard, peer

pytestmark = pytest.mark.slow

PORT = "keys"


def composer_peer(environment: dict[str, str]) -> AbstractContextManager[Peer]:
    """Composer's end of the cable."""
    return peer("tests.live.midi_peer", "composer", PORT, environment=environment)


@pytest.fixture(scope="module")
def cable() -> Iterator[dict[str, str]]:
    with rig.midi_cable() as cable:
        yield cable.environment


@pytest.fixture
def composer(cable: dict[str, str]) -> Iterator[Peer]:
    with composer_peer(cable) as composer:
        yield composer
        assert composer.close() == 0


@pytest.mark.real_time
def test_notes_arrive_exactly_in_order_and_on_time(cable: dict[str, str], composer: Peer) -> None:
    count = 2000
    with keyboard(PORT, cable) as keys:
        assert PORT in composer.event()["opened"]
        keys.tell(f"burst {count}")
        events = [composer.event() for _ in range(2 * count)]
    strikes = [event for event in events if event[0] == "note_on"]
    releases = [event for event in events if event[0] == "note_off"]
    assert [event[1:3] for event in strikes] == [[i % 128, 1 + i % 127] for i in range(count)]
    assert [event[1] for event in releases] == [i % 128 for i in range(count)]
    times = [event[3] for event in events]
    assert times == sorted(times)
    # As LiveInput plays them: none hangs in the end.
    keys_down, sink = KeyboardInput(), ListeningSink()
    for kind, pitch, velocity, _ in events:
        for played in keys_down.take(Message(kind, note=pitch, velocity=velocity)):
            played.send(sink)
    assert len(sink.calls) == 2 * count
    assert sink.sounding == set()


@pytest.mark.unhurried
def test_what_is_no_note_does_no_harm(cable: dict[str, str], composer: Peer) -> None:
    with keyboard(PORT, cable) as keys:
        composer.event()
        for message in ("f8", "fe", "f0 7e 7f 06 01 f7", "90 3c 40", "90 3c 00", "b0 40 7f"):
            keys.tell(f"send {message}")
        heard = [composer.event()[:3] for _ in range(3)]
    assert heard == [["note_on", 60, 64], ["note_off", 60, 0], ["control_change", 64, 127]]


@pytest.mark.unhurried
def test_unplugging_releases_what_is_held_and_plugging_in_goes_on(
    cable: dict[str, str], composer: Peer
) -> None:
    with keyboard(PORT, cable) as keys:
        name = composer.event()["opened"]
        keys.tell("send 90 3c 40")
        assert composer.event()[:3] == ["note_on", 60, 64]
    assert composer.event()[:2] == ["note_off", 60]
    assert composer.event() == {"lost": name, "restored": None}
    with keyboard(PORT, cable) as keys:
        assert composer.event() == {"lost": None, "restored": name}
        keys.tell("send 90 40 40")
        assert composer.event()[:3] == ["note_on", 64, 64]


@pytest.mark.unhurried
def test_a_midi_server_that_dies_takes_nothing_with_it() -> None:
    # rtmidi goes on naming the ports of a dead JACK server, so all there is to see is that the
    # program neither hangs nor crashes.
    with rig.midi_cable() as cable, composer_peer(cable.environment) as composer:
        with keyboard(PORT, cable.environment) as keys:
            composer.event()
            keys.tell("send 90 3c 40")
            assert composer.event()[:3] == ["note_on", 60, 64]
            cable.process.kill()
            cable.process.wait()
        assert composer.close() == 0
