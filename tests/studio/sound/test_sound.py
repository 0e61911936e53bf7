"""A synthesizer whose device comes and goes."""

import time
from collections.abc import Callable, Iterator
from threading import Event

import pytest
from pytestqt.qtbot import QtBot

from composer_app.errors import DeviceError
from composer_app.live.note_sink import SilentSynthesizer, Synthesizer
from composer_app.live.synth.engine_clock import DEAD_SECONDS
from composer_app.studio.sound.sound import Sound
from composer_app.translation import verbatim
from tests.studio.support import HeardSink

NOTHING = "Nothing answers."
NO_DEVICE = DeviceError(verbatim(NOTHING))


class Device(HeardSink):
    """A synthesizer that a test can close the device of."""

    closed = False

    def close(self) -> None:
        self.closed = True


class Rig:
    """A sound whose openings are answered by a test, and what it has said."""

    def __init__(self) -> None:
        self.answers: list[tuple[Synthesizer, DeviceError | None] | Exception] = []
        self.asked = 0
        self.sound = Sound(self.open)
        self.sound._retry.setInterval(10)
        self.sound._watch.setInterval(10)
        self.said: list[str] = []
        self.replaced: list[Synthesizer] = []
        self.sound.problemFound.connect(self.said.append)
        self.sound.restored.connect(self.said.append)
        self.sound.opened.connect(lambda: self.replaced.append(self.sound.synthesizer))

    def open(self) -> tuple[Synthesizer, DeviceError | None]:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def rig(qtbot: QtBot) -> Iterator[Rig]:
    rig = Rig()
    yield rig
    rig.sound.close()


def soon(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=10_000)


def test_it_is_silent_until_it_has_been_opened(rig: Rig, qtbot: QtBot) -> None:
    device = Device()
    rig.answers = [(device, None)]
    assert isinstance(rig.sound.synthesizer, SilentSynthesizer)
    rig.sound.open()
    soon(qtbot, lambda: rig.sound.synthesizer is device)
    assert rig.said == []


def test_a_device_that_vanishes_is_said_and_taken_up_again(rig: Rig, qtbot: QtBot) -> None:
    first, second = Device(), Device()
    first.note_on(0, 60, 80)
    rig.answers = [
        (first, None),
        (SilentSynthesizer(waiting=True), NO_DEVICE),
        (second, None),
    ]
    rig.sound.open()
    soon(qtbot, lambda: rig.sound.synthesizer is first)
    first.alive = False
    soon(qtbot, lambda: rig.sound.synthesizer is second)
    assert not first.sounding
    assert first.closed
    assert isinstance(rig.replaced[1], SilentSynthesizer)
    assert len(rig.said) == 2, "the attempts in between are not worth a word"
    assert "vanished" in rig.said[0]
    assert rig.said[1] == "The sound is back: a listener."


def test_a_device_that_was_never_there_is_waited_for(rig: Rig, qtbot: QtBot) -> None:
    device = Device()
    silent = (SilentSynthesizer(waiting=True), NO_DEVICE)
    rig.answers = [silent, silent, (device, None)]
    rig.sound.open()
    soon(qtbot, lambda: rig.sound.synthesizer is device)
    assert rig.said == [NOTHING, "The sound is back: a listener."]


def test_what_is_not_installed_is_not_asked_for_again(rig: Rig, qtbot: QtBot) -> None:
    rig.answers = [(SilentSynthesizer(), NO_DEVICE)]
    rig.sound.open()
    soon(qtbot, lambda: rig.said == [NOTHING])
    qtbot.wait(100)
    assert rig.asked == 1


def test_a_loss_is_noticed_within_two_seconds(qtbot: QtBot) -> None:
    sound = Sound(lambda: (SilentSynthesizer(), None))
    assert sound._watch.interval() / 1000 + DEAD_SECONDS < 2.0


def test_an_opening_that_fails_is_a_sentence(
    rig: Rig, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    rig.answers = [RuntimeError("bang")]
    rig.sound.open()
    soon(qtbot, lambda: len(rig.said) == 1)
    assert "could not be started" in rig.said[0]
    assert "bang" in caplog.text


def test_another_synthesizer_takes_over_and_back(rig: Rig, qtbot: QtBot) -> None:
    device, other, again = Device(), Device(), Device()
    rig.answers = [(device, None), (again, None)]
    rig.sound.open()
    soon(qtbot, lambda: rig.sound.synthesizer is device)
    rig.sound.use(other)
    assert rig.sound.synthesizer is other
    soon(qtbot, lambda: device.closed)
    rig.sound.open()
    soon(qtbot, lambda: rig.sound.synthesizer is again)
    soon(qtbot, lambda: other.closed)
    assert rig.said == []


def test_another_synthesizer_ends_a_complaint(rig: Rig, qtbot: QtBot) -> None:
    rig.answers = [(SilentSynthesizer(waiting=True), NO_DEVICE)]
    rig.sound.open()
    soon(qtbot, lambda: rig.said == [NOTHING])
    other = Device()
    rig.sound.use(other)
    assert rig.said[1:] == ["There is sound: a listener."]
    qtbot.wait(50)
    assert rig.sound.synthesizer is other


def test_what_comes_too_late_is_closed(rig: Rig, qtbot: QtBot) -> None:
    late, other, proceed = Device(), Device(), Event()

    def open_slowly() -> tuple[Synthesizer, DeviceError | None]:
        proceed.wait(10)
        return late, None

    rig.sound.reopen(open_slowly)
    rig.sound.use(other)
    proceed.set()
    soon(qtbot, lambda: late.closed)
    assert rig.sound.synthesizer is other


def test_other_settings_let_go_of_the_device_first(rig: Rig, qtbot: QtBot) -> None:
    first, second = Device(), Device()
    rig.answers = [(first, None)]
    rig.sound.open()
    soon(qtbot, lambda: rig.sound.synthesizer is first)
    closed_when_asked = []

    def open_otherwise() -> tuple[Synthesizer, DeviceError | None]:
        closed_when_asked.append(first.closed)
        return second, None

    rig.sound.reopen(open_otherwise)
    soon(qtbot, lambda: rig.sound.synthesizer is second)
    assert closed_when_asked == [True]


def test_a_device_that_hangs_holds_nobody_up(rig: Rig, qtbot: QtBot) -> None:
    hanging = Event()

    class Hanging(Device):
        def close(self) -> None:
            hanging.wait(30)

    device = Hanging()
    rig.answers = [
        (device, None),
        (SilentSynthesizer(waiting=True), NO_DEVICE),
    ]
    rig.sound.open()
    soon(qtbot, lambda: rig.sound.synthesizer is device)
    device.alive = False
    began = time.monotonic()
    rig.sound.check()
    assert isinstance(rig.sound.synthesizer, SilentSynthesizer)
    rig.sound.close()
    waited = time.monotonic() - began
    hanging.set()
    assert waited < 20, "closing was given up"


def test_nothing_is_opened_after_the_end(rig: Rig, qtbot: QtBot) -> None:
    device = Device()
    rig.answers = [(device, None)]
    rig.sound.open()
    rig.sound.close()
    soon(qtbot, lambda: device.closed)
    rig.sound.open()
    assert rig.asked == 1
    assert isinstance(rig.sound.synthesizer, SilentSynthesizer)
