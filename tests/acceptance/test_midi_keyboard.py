"""A keyboard is plugged in, played and recorded: over a real MIDI cable, into the real window."""

import time
from pathlib import Path

import pytest

from tests.live import rig
from tests.live.peer import keyboard, peer

pytestmark = [pytest.mark.slow, pytest.mark.unhurried]

MELODY = ((60, 80), (62, 90), (64, 100), (65, 70))


def test_what_is_played_on_a_keyboard_is_recorded(tmp_path: Path) -> None:
    with rig.midi_cable() as cable:
        # Without a MIDI system of the machine's own, so that JACK's is the one that is found.
        environment = {**cable.environment, "QT_QPA_PLATFORM": "offscreen"}
        with peer("tests.acceptance.studio_peer", str(tmp_path), environment=environment) as studio:
            with keyboard("keys", environment) as keys:
                assert "is ready: play" in studio.event()["told"]
                studio.ask("record")
                assert studio.event() == "recording"
                for pitch, velocity in MELODY:
                    keys.tell(f"send 90 {pitch:02x} {velocity:02x}")
                    assert studio.event() == {"struck": pitch}
                    time.sleep(0.25)
                    keys.tell(f"send 80 {pitch:02x} 40")
                studio.ask("stop")
                assert studio.event() == [list(note) for note in MELODY]
            assert studio.close() == 0
