import time
from collections.abc import Callable, Iterator
from threading import Thread, active_count

import pytest

from composer_app.live.note_sink import DRUM_CHANNEL
from composer_app.live.playback import player as player_module
from composer_app.live.playback.metronome import ACCENT_PITCH, CLICK_PITCH, Metronome
from composer_app.live.playback.mixing import Mix
from composer_app.live.playback.player import Loop, Player
from composer_app.music.composition import Composition, Track
from composer_app.music.mix import TrackMix
from composer_app.music.note import Note
from composer_app.music.timing import Meter, TempoMap
from tests.live.doubles import ListeningSink, SetClock
from tests.live.rig import wait_for

# At 150 BPM a step lasts a tenth of a second.
PIECE = Composition((Track("", 40, (Note(0, 60, 4), Note(4, 62, 4))),), TempoMap.constant(150))


class RenderingSink(ListeningSink):
    """Plays what is due whenever somebody looks at its time, and counts how often."""

    looks = 0

    @property
    def time(self) -> float:
        self.looks += 1
        return super().time

    def heard(self) -> set[tuple[int, int]]:
        self.render()
        return self.sounding


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def sink(clock: SetClock) -> RenderingSink:
    return RenderingSink(clock)


@pytest.fixture
def player(clock: SetClock, sink: RenderingSink) -> Iterator[Player]:
    player = Player(sink, clock)
    player.load(PIECE)
    yield player
    player.close()


def soon(condition: Callable[[], bool]) -> None:
    wait_for(condition, "the player")


def test_it_plays_by_itself_to_the_end(
    player: Player, clock: SetClock, sink: RenderingSink
) -> None:
    player.play()
    clock.now = 0.1
    soon(lambda: sink.heard() == {(0, 60)})
    clock.now = 0.35
    soon(lambda: len(sink.scheduled) == 2)
    clock.now = 0.51
    soon(lambda: sink.heard() == {(0, 62)})
    assert player.position == pytest.approx(5.0)
    clock.now = 0.75
    soon(lambda: len(sink.scheduled) == 1)
    clock.now = 1.0
    soon(lambda: not player.playing)
    assert not sink.heard()
    assert player.position == 8.0


def test_it_plays_again_after_a_stop(player: Player, clock: SetClock, sink: RenderingSink) -> None:
    player.play(4)
    clock.now = 0.1
    player.stop()
    assert not sink.heard()
    player.play()
    clock.now = 0.2
    soon(lambda: sink.heard() == {(0, 60)})
    assert player.playing


def test_another_piece_and_another_sink_take_over(
    player: Player, clock: SetClock, sink: RenderingSink
) -> None:
    player.play()
    player.load(PIECE.with_program(0, 7))
    player.set_mix(Mix((TrackMix(volume=20),)))
    assert (sink.programs, sink.controls[0, 7]) == ({0: 7}, 20)
    other = RenderingSink(clock)
    player.set_sink(other)
    clock.now = 0.1
    assert not sink.heard()
    assert other.heard() == {(0, 60)}


def test_it_loops_and_clicks(player: Player, clock: SetClock, sink: RenderingSink) -> None:
    player.set_loop(Loop(4, 8))
    player.set_clicks(1.0)
    player.play(4)
    for _ in range(20):
        clock.now += 0.06
        looks = sink.looks
        soon(lambda looks=looks: sink.looks > looks + 2)  # type: ignore[misc]
        sink.render()
    assert player.position == pytest.approx(4 + (1.19 / 0.1) % 4)
    struck = [pitch for _, call, _, pitch in sink.calls if call == "on"]
    assert sorted(struck) == [62] * 3 + [CLICK_PITCH] * 3
    player.set_loop(None)


def test_at_rest_it_hardly_looks_at_the_clock(player: Player, sink: RenderingSink) -> None:
    player.play()
    soon(lambda: sink.looks > 10)
    player.stop()
    began, looks, more = time.monotonic(), sink.looks, 10
    soon(lambda: sink.looks >= looks + more)
    # Two looks may still belong to the music and to its end. A thread never sleeps too short.
    assert time.monotonic() - began > 0.9 * (more - 2) * player_module._RESTING_SECONDS


def test_counting_in_stops_the_music_and_leads_to_the_downbeat(
    player: Player, clock: SetClock, sink: RenderingSink
) -> None:
    sink.epoch = 3.0
    sink.latency = 0.05
    player.play()
    clock.now = 10.0
    downbeat = player.count_in(Metronome(120, Meter(3, 4)), 1)
    assert not player.playing
    assert not sink.heard()
    assert downbeat.clock == pytest.approx(10 + 0.05 + 0.1 + 1.5)
    assert downbeat.engine == pytest.approx(downbeat.clock - 3.0 - 0.05)
    player.end_clicks()
    clock.now = 20.0
    assert not sink.heard()
    struck = [channel for _, call, channel, _ in sink.calls if call == "on"]
    assert DRUM_CHANNEL not in struck


def test_a_click_that_sounds_when_the_clicks_end_is_released(
    player: Player, clock: SetClock, sink: RenderingSink
) -> None:
    downbeat = player.count_in(Metronome(120, Meter(3, 4)), 0, go_on=True)
    clock.now = downbeat.clock
    assert sink.heard() == {(DRUM_CHANNEL, ACCENT_PITCH)}
    player.end_clicks()
    assert not sink.heard()
    assert not sink.scheduled


def test_close_releases_and_ends_the_thread_and_nothing_plays_after(
    clock: SetClock, sink: RenderingSink
) -> None:
    threads = active_count()
    player = Player(sink, clock)
    assert active_count() == threads + 1
    player.load(PIECE)
    player.play()
    clock.now = 0.1
    sink.render()
    player.close()
    player.close()
    player.play()
    player.stop()
    assert not player.playing
    clock.now = 5.0
    assert not sink.heard()
    assert active_count() == threads


def test_many_threads_may_call_it(player: Player, sink: RenderingSink) -> None:
    def fidget() -> None:
        for step in range(50):
            player.play(step % 8)
            player.load(PIECE)
            assert player.position >= 0
            player.stop()

    threads = [Thread(target=fidget) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    player.stop()
    assert not sink.heard()
