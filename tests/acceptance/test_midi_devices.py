"""MIDI devices that come, go and never were, seen from the real window."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.live import rig
from tests.live.peer import Peer, keyboard, peer

pytestmark = [pytest.mark.slow, pytest.mark.unhurried]


@contextmanager
def studio_on(folder: Path, environment: dict[str, str]) -> Iterator[Peer]:
    """The studio, which must end well."""
    environment = {**environment, "QT_QPA_PLATFORM": os.environ["QT_QPA_PLATFORM"]}
    with peer("tests.acceptance.studio_peer", str(folder), environment=environment) as studio:
        yield studio
        assert studio.close() == 0


def answer(studio: Peer, command: str) -> Any:
    """What the studio answers, past what it says by itself meanwhile."""
    studio.ask(command)
    while isinstance(event := studio.event(), dict):
        pass
    return event


def strike(studio: Peer, keys: Peer, message: str) -> None:
    """Have a key struck, and wait until the studio has heard it."""
    keys.tell(message)
    while (event := studio.event()) != {"struck": int(message.split()[2], 16)}:
        assert isinstance(event, dict)


def wait_for_news(studio: Peer, part: str) -> None:
    """Until the studio has said something with ``part`` in it."""
    rig.wait_for(lambda: any(part in news for news in answer(studio, "news")), part)


def test_a_keyboard_unplugged_while_recording_leaves_what_was_played(tmp_path: Path) -> None:
    with rig.midi_cable() as cable, studio_on(tmp_path, cable.environment) as studio:
        with keyboard("keys", cable.environment) as keys:
            wait_for_news(studio, "is ready")
            assert answer(studio, "record") == "recording"
            strike(studio, keys, "send 90 3c 50")
            time.sleep(0.3)
            keys.tell("send 80 3c 40")
            strike(studio, keys, "send 90 40 5a")
            time.sleep(0.3)
        wait_for_news(studio, "was unplugged")
        assert answer(studio, "midi")[0] == "MIDI: missing"
        stopping = time.perf_counter()
        assert answer(studio, "stop") == [[60, 80], [64, 90]]
        # The key that was held ended with the cable, not with the recording.
        (_, begun, ended) = answer(studio, "performance")[1]
        assert begun + 0.3 < ended < stopping
        with keyboard("keys", cable.environment) as keys:
            wait_for_news(studio, "is back")
            assert answer(studio, "record") == "recording"
            strike(studio, keys, "send 90 43 50")
            time.sleep(0.3)
            keys.tell("send 80 43 40")
            assert answer(studio, "stop") == [[67, 80]]


def test_music_is_played_by_another_process_and_ends_with_it(tmp_path: Path) -> None:
    with rig.midi_cable() as cable, studio_on(tmp_path, cable.environment) as studio:
        synthesizer = ("tests.live.midi_peer", "sound", "strings")
        with peer(*synthesizer, environment=cable.environment) as other:
            assert other.line() == "ready"
            rig.wait_for(lambda: bool(answer(studio, "sound strings")), "the output")
            studio.ask("press 60")
            while other.event()[1:] != [0x94, 60, 80]:
                pass
            other.close()
        wait_for_news(studio, "was unplugged")
        studio.ask("release 60")
        with peer(*synthesizer, environment=cable.environment) as other:
            assert other.line() == "ready"
            wait_for_news(studio, "is back")
            studio.ask("press 62")
            heard = []
            while [0x94, 62, 80] not in heard:
                heard.append(other.event()[1:])
            assert [0xB4, 123, 0] in heard
            assert not any(message[:2] == [0x94, 60] for message in heard)
            # Nothing sounds on when the studio is left.
            assert studio.close() == 0
            while other.event()[1:] != [0x84, 62, 64]:
                pass
            other.close()


def test_without_any_midi_system_the_studio_works_and_says_so(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        # As if there were neither ALSA nor JACK.
        "ALSA_CONFIG_PATH": "/dev/null",
        "JACK_DEFAULT_SERVER": "composer-nowhere",
        "JACK_NO_START_SERVER": "1",
    }
    with studio_on(tmp_path, environment) as studio:
        assert answer(studio, "news") == []
        text, why = answer(studio, "midi")
        assert text == "No MIDI"
        assert "MIDI does not answer" in why
        assert answer(studio, "record") == "recording"
        studio.ask("press 60")
        time.sleep(0.3)
        studio.ask("release 60")
        assert answer(studio, "stop") == [[60, 80]]


def test_a_midi_system_that_hangs_does_not_keep_the_window_from_opening(tmp_path: Path) -> None:
    with rig.midi_cable() as cable, keyboard("keys", cable.environment):
        # It is in full swing, and then no more.
        cable.process.send_signal(signal.SIGSTOP)
        try:
            with studio_on(tmp_path, cable.environment) as studio:
                assert answer(studio, "message") == ["", []]
                assert answer(studio, "news") == []
        finally:
            cable.process.send_signal(signal.SIGCONT)
