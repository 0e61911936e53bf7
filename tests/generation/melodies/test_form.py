"""The form of what is written: phrases, bars that come again, and closes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.generation.melodies.form import (
    PHRASE,
    Unit,
    is_halved,
    letters,
    phrase_lengths,
    plan_form,
    units_of,
)
from composer_app.music.meter_map import MeterChange, MeterMap
from composer_app.music.timing import Meter


@pytest.mark.parametrize(
    ("bars", "phrases"),
    [
        (0, []),
        (1, [1]),
        (3, [3]),
        (4, [4]),
        (6, [6]),
        (7, [4, 3]),
        (8, [4, 4]),
        (9, [4, 5]),
        (200, [4] * 50),
    ],
)
def test_phrases_have_four_bars_and_what_is_over_joins_them(bars: int, phrases: list[int]) -> None:
    assert phrase_lengths(bars) == phrases


@pytest.mark.parametrize(
    ("meter", "upbeat", "steps", "expected"),
    [
        ("4/4", 0, 32, [(0, 0, 16), (1, 16, 32)]),
        ("4/4", 4, 36, [(-1, 0, 4), (0, 4, 20), (1, 20, 36)]),
        # Two bars of 2/4 are one, and a bar of 12/8 is two.
        ("2/4", 0, 32, [(0, 0, 16), (1, 16, 32)]),
        ("12/8", 0, 48, [(0, 0, 12), (1, 12, 24), (2, 24, 36), (3, 36, 48)]),
        ("3/4", 0, 20, [(0, 0, 12), (1, 12, 20)]),
    ],
)
def test_bars_as_the_network_counts_them(
    meter: str, upbeat: int, steps: int, expected: list[tuple[int, int, int]]
) -> None:
    meters = MeterMap.constant(Meter(*map(int, meter.split("/"))), upbeat * 240)
    found = [(unit.number, unit.first, unit.end) for unit in units_of(steps, meters)]
    assert found == expected


@pytest.mark.parametrize(("meter", "halved"), [((4, 4), True), ((3, 4), False), ((6, 8), True)])
def test_chords_change_within_bars_that_have_halves(meter: tuple[int, int], halved: bool) -> None:
    meters = MeterMap.constant(Meter(*meter))
    assert is_halved(units_of(64, meters)[0], meters) is halved


@given(st.integers(1, 60), st.lists(st.floats(0.0, 0.999), min_size=8, max_size=8), st.booleans())
def test_every_phrase_has_a_name_and_the_first_one_comes_again(
    count: int, uniform: list[float], songs: bool
) -> None:
    names = letters(count, np.array(uniform), songs=songs)
    assert len(names) == count
    if count > 2 * PHRASE:
        assert len(set(names)) < count


def units(count: int, first: int = 0, length: int = 16) -> list[Unit]:
    return [Unit(n, n * length, (n + 1) * length) for n in range(first, first + count)]


@given(st.integers(1, 40), st.integers(0, 16), st.booleans(), st.integers(0, 2**32 - 1))
def test_a_form_closes_and_is_like_what_comes_before(
    count: int, before: int, closed: bool, seed: int
) -> None:
    uniform = np.random.default_rng(seed).random(8 * (count + 2))
    form = plan_form(units(count, before), units(before), uniform, closed=closed)
    assert [bar.unit.number for bar in form] == list(range(before, before + count))
    assert form[-1].last
    assert form[-1].closed is closed
    assert not any(bar.closed and not bar.last for bar in form)
    assert all(bar.tie is None or bar.tie.source < bar.unit.number for bar in form)


def test_a_phrase_comes_again_but_for_its_close() -> None:
    # The first pattern of two phrases, in which both have one name.
    form = plan_form(units(8), [], np.zeros(64), closed=True)
    again = form[4:]
    assert [bar.tie is not None and bar.tie.pitches for bar in again] == [True, True, False, False]
    assert [bar.tie.source for bar in again if bar.tie] == [0, 1, 2, 3]


def test_bars_of_other_lengths_are_not_alike() -> None:
    short = [Unit(n, 16 + n * 12, 28 + n * 12) for n in range(1, 5)]
    form = plan_form(short, units(1), np.zeros(64), closed=True)
    assert all(bar.tie is None or bar.tie.source > 0 for bar in form)


def test_a_change_of_metre_begins_a_bar() -> None:
    changed = MeterMap((MeterChange(0, Meter(4, 4)), MeterChange(16 * 240, Meter(3, 4))))
    assert [unit.length for unit in units_of(40, changed)] == [16, 12, 12]
