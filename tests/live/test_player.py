import time
from collections.abc import Callable, Iterator
from threading import Thread, active_count

import pytest

from composer_app.live.player import Player
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.music.timing import TempoMap
from tests.live.doubles import ListeningSink, SetClock
from tests.live.rig import wait_for

# At 150 BPM a step lasts a tenth of a second.
PIECE = Composition((Track("", 40, (Note(0, 60, 4), Note(4, 62, 4))),), TempoMap.constant(150))


class CountingClock(SetClock):
    """Also counts how often it was looked at."""

    looks = 0

    def __call__(self) -> float:
        self.looks += 1
        return self.now


@pytest.fixture
def clock() -> CountingClock:
    return CountingClock()


@pytest.fixture
def sink(clock: CountingClock) -> ListeningSink:
    return ListeningSink(clock)


@pytest.fixture
def player(clock: CountingClock, sink: ListeningSink) -> Iterator[Player]:
    player = Player(sink, clock)
    player.load(PIECE)
    yield player
    player.close()


def soon(condition: Callable[[], bool]) -> None:
    wait_for(condition, "the player")


def test_it_plays_by_itself_to_the_end(
    player: Player, clock: CountingClock, sink: ListeningSink
) -> None:
    player.play()
    soon(lambda: sink.sounding == {(0, 60)})
    clock.now = 0.5
    soon(lambda: sink.sounding == {(0, 62)})
    assert player.position == pytest.approx(5.0)
    clock.now = 1.0
    soon(lambda: not player.playing)
    assert not sink.sounding
    assert player.position == 8.0


def test_it_plays_again_after_a_stop(player: Player, sink: ListeningSink) -> None:
    player.play(4)
    player.stop()
    assert not sink.sounding
    player.play()
    soon(lambda: sink.sounding == {(0, 60)})
    assert player.playing


def test_another_piece_and_another_sink_take_over(
    player: Player, clock: CountingClock, sink: ListeningSink
) -> None:
    player.play()
    player.load(PIECE.with_program(0, 7))
    assert sink.programs == {0: 7}
    other = ListeningSink(clock)
    player.set_sink(other)
    assert not sink.sounding
    assert other.sounding == {(0, 60)}


def test_at_rest_it_does_nothing_at_all(player: Player, clock: CountingClock) -> None:
    player.play()
    soon(lambda: clock.looks > 10)
    player.stop()
    time.sleep(0.05)
    looks = clock.looks
    time.sleep(0.1)
    assert clock.looks == looks


def test_close_releases_and_ends_the_thread_and_nothing_plays_after(
    clock: CountingClock, sink: ListeningSink
) -> None:
    threads = active_count()
    player = Player(sink, clock)
    assert active_count() == threads + 1
    player.load(PIECE)
    player.play()
    player.close()
    player.close()
    player.play()
    player.stop()
    assert not player.playing
    assert not sink.sounding
    assert active_count() == threads


def test_many_threads_may_call_it(player: Player, sink: ListeningSink) -> None:
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
    assert not sink.sounding
