"""Notes on their way to a sink: none overtakes another of its pitch."""

import pytest

from composer_app.live.note_sink import DRUM_CHANNEL
from composer_app.live.playback.metronome import ACCENT_PITCH, click_event
from composer_app.live.playback.scheduler import Scheduler
from composer_app.music.note import Note
from tests.live.doubles import ListeningSink, SetClock

NOTE = Note(0, 60, 4)


@pytest.fixture
def sink() -> ListeningSink:
    return ListeningSink(SetClock())


def times(sink: ListeningSink) -> list[tuple[str, float]]:
    return [(event.kind, round(at, 4)) for at, event in sink.scheduled]


def test_a_note_that_is_taken_back_at_once_is_released_after_its_strike(
    sink: ListeningSink,
) -> None:
    scheduler = Scheduler(sink)
    scheduler.strike(1.0, 0, NOTE)
    scheduler.release(1.0, (0, 60))
    scheduler.strike(1.0, 0, NOTE)
    (_, struck), (_, released), (_, again) = times(sink)
    assert struck < released <= again, "releases of one moment come first"


def test_it_knows_what_is_held(sink: ListeningSink) -> None:
    scheduler = Scheduler(sink)
    scheduler.strike(1.0, 0, NOTE)
    assert scheduler.held == {(0, 60): NOTE}
    assert scheduler.holds((0, 60), NOTE)
    assert not scheduler.holds((0, 60), Note(0, 60, 5))
    assert not scheduler.holds((1, 60), NOTE)
    scheduler.release(2.0, (0, 60))
    assert scheduler.held == {}


def test_halting_releases_what_may_sound_and_nothing_else(sink: ListeningSink) -> None:
    scheduler = Scheduler(sink)
    scheduler.strike(0.0, 0, Note(0, 50, 1))
    scheduler.release(0.1, (0, 50))
    scheduler.strike(0.2, 0, NOTE)
    scheduler.tap(2.0, click_event(True), 0.02)
    sink.clock.now = 2.01
    scheduler.forget_before(2.01)
    scheduler.halt()
    released = [(channel, pitch) for _, call, channel, pitch in sink.calls if call == "off"]
    assert released == [(0, 50), (0, 60), (DRUM_CHANNEL, ACCENT_PITCH)]
    assert sink.scheduled == []
    assert not sink.sounding
