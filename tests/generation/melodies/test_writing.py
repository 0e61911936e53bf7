"""What is promised of every melody that is written, by whatever network."""

from itertools import pairwise
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer_app.generation.generator import GenerationCancelledError
from composer_app.generation.melodies.melody_task import MelodyTask, WrittenMelody, tonic_below
from composer_app.generation.melodies.melody_writer import write_melody
from composer_app.generation.melodies.writing import scale_shift
from composer_app.generation.noise import NoiseVector
from composer_app.music.harmony.chords import Chord
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter
from tests.generation.melodies.fake_network import FakeMelodyNetwork

C_MAJOR: Final = Key(0)
METERS: Final = ((2, 4), (3, 4), (4, 4), (6, 8), (5, 4), (12, 8), (3, 8))


def task(
    bars: int = 8,
    meter: tuple[int, int] = (4, 4),
    upbeat: int = 0,
    key: Key = C_MAJOR,
    **more: object,
) -> MelodyTask:
    meters = MeterMap.constant(Meter(*meter), upbeat * 240)
    steps = bars * Meter(*meter).steps_per_bar
    wish = {"style": "bach", "range": (60, 79), "free": np.ones(steps, np.bool_), **more}
    return MelodyTask(steps, meters, key, **wish)  # type: ignore[arg-type]


def written(asked: MelodyTask, seed: int = 0) -> WrittenMelody:
    return write_melody(FakeMelodyNetwork(), asked, NoiseVector.from_seed(seed, asked.steps))


@settings(max_examples=25)
@given(
    st.integers(1, 20),
    st.sampled_from(METERS),
    st.integers(0, 4),
    st.builds(Key, st.integers(0, 11), st.booleans()),
    st.integers(0, 2**32 - 1),
    st.booleans(),
)
def test_a_melody_lies_in_its_range_and_ends_as_asked(
    bars: int, meter: tuple[int, int], upbeat: int, key: Key, seed: int, closed: bool
) -> None:
    asked = task(bars, meter, upbeat, key, closed=closed)
    notes = written(asked, seed).notes
    assert notes
    assert all(60 <= note.pitch <= 79 for note in notes)
    assert notes[-1].end == asked.steps
    assert all(a.end <= b.start for a, b in pairwise(notes))
    above = (notes[-1].pitch - key.tonic) % 12
    if closed:
        assert above == 0
    elif bars * Meter(*meter).steps_per_bar > 2 * Meter(*meter).steps_per_bar:
        assert above in (2, 7, 11)


def test_the_same_noise_writes_the_same_and_seeds_differ() -> None:
    first = written(task(), 1)
    assert written(task(), 1) == first
    assert len({written(task(), seed).notes for seed in range(10)}) == 10


def test_a_long_piece_is_written_a_few_bars_at_a_time() -> None:
    network = FakeMelodyNetwork()
    asked = task(200)
    notes = write_melody(network, asked, NoiseVector.from_seed(0, asked.steps)).notes
    assert notes[-1].end == 200 * 16
    assert network.asked < 200


def test_chords_that_are_asked_for_are_what_the_network_sees() -> None:
    network = FakeMelodyNetwork()
    rows = [Chord.of_name(root, "maj") for root in (2, 7, 4, 9)]
    chords = tuple(rows[step // 16] for step in range(64))
    asked = task(4, key=Key(2), chords=chords, closed=True)
    result = write_melody(network, asked, NoiseVector.from_seed(3, 64))
    assert not result.chords
    assert network.seen["chord"][:64:16, 0].tolist() == [0, 5, 2, 7]
    assert network.seen["chord_known"][:64].all()
    # The last chord is A: D is none of its notes.
    assert result.notes[-1].pitch % 12 in rows[-1].chord_tones


def test_chords_are_drawn_where_none_are_known_and_close() -> None:
    symbols = written(task(8)).chords
    chords = [symbol.chord for symbol in symbols]
    assert chords[0] == chords[-1] == Chord.of_name(0, "maj")
    assert not any(symbol.given for symbol in symbols)
    assert len({chord.root for chord in chords if chord}) > 1


def test_what_stands_is_seen_and_not_written_again() -> None:
    network = FakeMelodyNetwork()
    old = tuple(Note(start, 64 + start % 3, 4) for start in range(0, 64, 4))
    free = np.arange(128) >= 64
    asked = task(8, free=free, notes=old)
    new = write_melody(network, asked, NoiseVector.from_seed(5, 128)).notes
    assert min(note.start for note in new) >= 64
    assert not network.seen["state"][:64:4].any()
    tonic = tonic_below(np.array([note.pitch for note in old]), Key(0))
    assert network.seen["degree"][:64:4].tolist() == [note.pitch - tonic + 12 for note in old]


def test_a_gap_is_filled_between_what_stands() -> None:
    old = (*(Note(s, 67, 4) for s in range(0, 32, 4)), *(Note(s, 65, 4) for s in range(96, 128, 4)))
    free = (np.arange(128) >= 32) & (np.arange(128) < 96)
    new = written(task(8, free=free, notes=old, ends=False)).notes
    assert new
    assert all(note.start >= 32 and note.end <= 96 for note in new)


def test_a_phrase_comes_again() -> None:
    # Of some seeds the form repeats the first phrase: its first two bars are the same notes.
    again = 0
    for seed in range(8):
        notes = written(task(8), seed).notes
        bars = [tuple((n.start % 16, n.pitch, n.duration) for n in notes if n.start // 16 == b)
                for b in range(8)]  # fmt: skip
        again += bars[0] == bars[4] and bars[1] == bars[5]
    assert again >= 2


@pytest.mark.parametrize(
    ("steps", "minor", "pitch", "expected"),
    [(1, False, 0, 2), (-1, False, 0, -1), (2, True, 0, 3), (1, False, 1, 3), (7, False, 4, 16)],
)
def test_scale_steps(steps: int, minor: bool, pitch: int, expected: int) -> None:
    table = scale_shift(41, -12, steps, minor=minor)
    assert table[pitch + 12] - 12 == expected


def test_it_can_be_cancelled() -> None:
    asked = task()
    calls = []

    def progress(share: float) -> bool:
        calls.append(share)
        return len(calls) < 10

    with pytest.raises(GenerationCancelledError):
        write_melody(FakeMelodyNetwork(), asked, NoiseVector.from_seed(0, asked.steps), progress)
    assert calls == sorted(calls)
