"""What follows Composer's tempo: ticks, starts, stops and positions."""

from itertools import pairwise
from threading import Event
from time import perf_counter, sleep

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer_app.live.midi.clock import (
    CONTINUE,
    START,
    STOP,
    TICK,
    TICKS_PER_BEAT,
    ClockMessage,
    MidiClock,
    MidiClockSender,
    song_position,
)
from composer_app.music.timing import TempoChange, TempoMap

LOOK = 0.005


class Music:
    """Plays from ``step`` on when time begins, and is looked at every 5 ms."""

    def __init__(self, tempo: TempoMap, step: float = 0.0) -> None:
        self.tempo = tempo
        self.begin = tempo.seconds_at(step)
        self.now = 0.0
        self.playing = True
        self.clock = MidiClock()
        self.messages: list[tuple[float, ClockMessage]] = []

    @property
    def step(self) -> float:
        return self.tempo.step_at(self.begin + self.now)

    def seek(self, step: float) -> None:
        self.begin = self.tempo.seconds_at(step) - self.now

    def look(self, stairs: float = 0.0) -> None:
        seen = self.now - self.now % stairs if stairs else self.now
        step = self.tempo.step_at(self.begin + seen)
        self.take(self.clock.follow(self.now, self.playing, step, self.tempo))
        self.take(self.clock.ticks(self.now))

    def take(self, messages: list[ClockMessage]) -> None:
        self.messages += [(self.now, message) for message in messages]

    def run(self, seconds: float, stairs: float = 0.0) -> None:
        """Let time pass: looks every 5 ms, ticks exactly when they are asked for."""
        end = self.now + seconds
        look = self.now
        while True:
            due = self.clock.next_at
            if due is not None and due < min(look, end):
                self.now = max(self.now, due)
                self.take(self.clock.ticks(self.now))
            elif look < end:
                self.now = look
                self.look(stairs)
                look += LOOK
            else:
                self.now = end
                return

    def kinds(self) -> list[ClockMessage]:
        return [message for _, message in self.messages if message != TICK]

    def ticks(self) -> list[float]:
        return [time for time, message in self.messages if message == TICK]


def test_a_minute_has_twenty_four_ticks_a_quarter() -> None:
    music = Music(TempoMap.constant(120))
    music.run(60.0)
    music.playing = False
    music.look()
    assert music.kinds()[:1] == [START]
    assert music.kinds()[1] == STOP
    assert len(music.ticks()) == 120 * TICKS_PER_BEAT
    first, *_ = music.messages
    assert first == (0.0, START)
    assert music.messages[1] == (0.0, TICK)


@settings(max_examples=50, deadline=None)
@given(st.floats(20.0, 300.0), st.floats(20.0, 300.0), st.integers(4, 40))
def test_ticks_come_when_the_music_is_there_across_a_change_of_tempo(
    first: float, second: float, change: int
) -> None:
    tempo = TempoMap((TempoChange(0, first), TempoChange(change, second)))
    music = Music(tempo)
    music.run(3.0)
    expected = [tempo.seconds_at(tick / 6) for tick in range(len(music.ticks()))]
    assert music.ticks() == pytest.approx(expected, abs=1e-6)
    assert len(music.ticks()) >= int(tempo.step_at(2.99) * 6)
    assert music.kinds() == [START]


def test_a_new_tempo_while_playing_is_followed() -> None:
    music = Music(TempoMap.constant(60))
    music.run(2.0)
    step = music.step
    music.tempo = TempoMap.constant(120)
    music.seek(step)
    music.run(2.0)
    assert len(music.ticks()) == pytest.approx(2 * 24 + 4 * 24, abs=2)
    assert music.kinds() == [START]


def test_ticks_are_even_though_positions_come_in_stairs() -> None:
    music = Music(TempoMap.constant(120))
    # An engine that renders 1024 frames at a time.
    music.run(10.0, stairs=1024 / 48000)
    ticks = music.ticks()
    gaps = [b - a for a, b in pairwise(ticks[24:])]
    ideal = 60 / 120 / 24
    assert max(abs(gap - ideal) for gap in gaps) < 0.1 * ideal
    assert len(ticks) == pytest.approx(10 / ideal, abs=2)
    assert music.kinds() == [START]


@settings(max_examples=50, deadline=None)
@given(st.floats(0.5, 500.0))
def test_going_on_from_the_middle_begins_with_a_tick_on_a_sixteenth(step: float) -> None:
    tempo = TempoMap.constant(100)
    music = Music(tempo, step)
    music.run(1.0)
    position, begin = music.kinds()
    whole = position[1] | position[2] << 7
    assert (position[0], begin) == (0xF2, CONTINUE)
    assert -2e-6 <= whole - step < 1
    assert music.ticks()[0] == pytest.approx(
        tempo.seconds_at(whole) - tempo.seconds_at(step), abs=2e-6
    )


@pytest.mark.parametrize("step", [7, 14, 100])
def test_a_whole_step_is_where_it_begins_whatever_the_rounding(step: int) -> None:
    music = Music(TempoMap.constant(100), step)
    music.run(0.01)
    assert [message for _, message in music.messages] == [song_position(step), CONTINUE, TICK]


@pytest.mark.parametrize("target", [0.0, 32.0, 7.5])
def test_a_jump_is_told(target: float) -> None:
    music = Music(TempoMap.constant(120), 16.0)
    music.run(1.0)
    music.messages.clear()
    music.seek(target)
    music.run(0.5)
    expected = [START] if target == 0 else [song_position(-int(-target // 1)), CONTINUE]
    assert music.kinds() == [STOP, *expected]


def test_while_the_music_rests_only_its_position_is_told() -> None:
    music = Music(TempoMap())
    music.playing = False
    music.look()
    assert music.messages == [(0.0, song_position(0))]
    music.messages.clear()
    music.look()
    assert music.messages == []
    music.seek(33.4)
    music.look()
    music.look()
    assert music.kinds() == [song_position(33)]
    assert music.clock.next_at is None
    assert music.ticks() == []


def test_a_new_listener_is_told_everything_anew() -> None:
    music = Music(TempoMap(), 8.0)
    music.run(0.1)
    music.messages.clear()
    music.clock.forget()
    music.run(0.1)
    assert music.kinds()[-1] == CONTINUE


@pytest.mark.parametrize(
    ("step", "data"),
    [(0, (0xF2, 0, 0)), (129, (0xF2, 1, 1)), (99999, (0xF2, 127, 127)), (-1, (0xF2, 0, 0))],
)
def test_a_song_position_has_fourteen_bits(step: int, data: ClockMessage) -> None:
    assert song_position(step) == data


def test_the_thread_follows_and_stops_the_other_side_at_the_end() -> None:
    class Player:
        playing = True
        position = 0.0
        tempo = TempoMap.constant(300)

    messages: list[ClockMessage] = []
    ticked, again = Event(), Event()

    def send(message: ClockMessage) -> None:
        messages.append(message)
        if messages.count(TICK) == 4:
            ticked.set()
        if messages.count(START) == 2:
            again.set()

    sender = MidiClockSender(Player(), send)
    assert ticked.wait(20)
    sender.renew()
    assert again.wait(20)
    sender.close()
    sender.close()
    assert messages[0] == START
    assert messages[1] == TICK
    assert messages[-1] == STOP


def test_a_thread_that_was_put_to_sleep_sees_no_jump() -> None:
    looked = Event()

    class Player:
        tempo = TempoMap.constant(120)
        begin = perf_counter()
        looks = 0

        @property
        def playing(self) -> bool:
            return True

        @property
        def position(self) -> float:
            self.looks += 1
            position = self.tempo.step_at(perf_counter() - self.begin)
            if self.looks % 10 == 0:
                sleep(0.1)
            if self.looks == 40:
                looked.set()
            return position

    messages: list[ClockMessage] = []
    sender = MidiClockSender(Player(), messages.append)
    assert looked.wait(20)
    sender.close()
    assert [message for message in messages if message != TICK] == [START, STOP]
