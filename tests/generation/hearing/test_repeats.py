"""What a melody repeats is found, however it is varied, and what it does not repeat is not."""

from dataclasses import replace
from random import Random
from time import process_time

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from composer_app.generation.hearing.repeats import Repeat, find_repeats, tied
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.meter_map import MeterChange, MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import TICKS_PER_STEP, Meter

COMMON, WALTZ, JIG = (MeterMap.constant(Meter(*of)) for of in ((4, 4), (3, 4), (6, 8)))
# Four bars of 4/4, in (pitch, steps).
TUNE = [(67, 4), (69, 4), (71, 4), (72, 4), (74, 8), (71, 8)]
TUNE += [(72, 4), (71, 2), (69, 2), (67, 4), (64, 4), (66, 8), (67, 8)]
OTHER = [(62, 8), (64, 4), (65, 4), (60, 6), (62, 2), (64, 4), (69, 4)]
OTHER += [(68, 4), (64, 4), (57, 8), (60, 2), (59, 2), (57, 2), (55, 2), (52, 8)]
THIRD = [(76, 4), (79, 8), (77, 4), (81, 2), (79, 2), (76, 4), (72, 8)]


def line(*notes: tuple[int, int], start: int = 0) -> list[Note]:
    """``(pitch, steps)`` one after the other; pitch 0 is a rest."""
    melody = []
    for pitch, steps in notes:
        if pitch:
            melody.append(Note(start, pitch, steps))
        start += steps
    return melody


def higher(notes: list[tuple[int, int]], semitones: int) -> list[tuple[int, int]]:
    return [(pitch + semitones, steps) for pitch, steps in notes]


def found(
    melody: list[Note], meters: MeterMap = COMMON, least_bars: int = 2
) -> list[tuple[int, ...]]:
    """What :func:`find_repeats` finds as ``(first, again, length, shift)``."""
    repeats = find_repeats(melody, meters, melody[-1].end, least_bars)
    return [(each.first, each.again, each.length, each.shift) for each in repeats]


def sample(name: str, least_bars: int = 2) -> list[tuple[int, ...]]:
    melody = load_sample(name)
    return found(list(melody.notes), melody.meters, least_bars)


def test_twinkle_returns_and_repeats_its_middle() -> None:
    assert sample("twinkle") == [(64, 96, 32, 0), (0, 128, 64, 0)]


def test_another_ending_is_not_part_of_the_repeat() -> None:
    # Three bars of four: "Ode to Joy" ends its second line with another bar.
    assert sample("ode_to_joy") == [(0, 64, 48, 0)]
    first, second = [(62, 4), (69, 4), (74, 8)], [(67, 16)]
    assert found(line(*TUNE, *first, *TUNE, *second)) == [(0, 80, 64, 0)]


def test_bars_that_are_repeated_at_once_are_found_when_asked_for() -> None:
    assert sample("frere_jacques") == []
    assert sample("frere_jacques", 1) == [(0, 16, 16, 0), (64, 80, 16, 0)]


def test_two_bars_of_quarters_and_halves_are_a_repeat_of_frere_jacques() -> None:
    # Its bars 3 and 4, and 7 and 8, have too few notes to be told from others one by one.
    notes = list(load_sample("frere_jacques").notes)
    again = [*notes, *(note.moved(128) for note in notes)]
    assert found(again) == [(0, 128, 128, 0)]


def test_an_upbeat_belongs_to_what_it_leads_to() -> None:
    phrase = [(62, 4), (67, 4), (69, 4), (71, 4), (72, 4), (74, 4), (71, 4), (67, 4)]
    other = [(64, 4), (66, 4), (62, 4), (64, 4), (59, 4), (61, 4), (62, 8)]
    meters = COMMON.with_upbeat(4 * TICKS_PER_STEP)
    melody = line(*phrase, *phrase, *other, *phrase)
    assert found(melody, meters) == [(0, 32, 32, 0), (32, 96, 32, 0)]
    # From the upbeat on, though without it the piece would begin with the downbeat.
    assert sample("amazing_grace")[1] == (48, 144, 36, 0)


def test_an_upbeat_of_half_a_beat_stands_before_the_repeat() -> None:
    # The beat in which the first phrase ends has the upbeat of the second.
    phrase = [(62, 2), (67, 4), (69, 4), (71, 4), (72, 4), (74, 4), (71, 4), (67, 6)]
    melody = line(*phrase, *phrase)
    assert found(melody, COMMON.with_upbeat(2 * TICKS_PER_STEP)) == []
    longer = line(*phrase * 2, (60, 30))
    assert found(longer, COMMON.with_upbeat(2 * TICKS_PER_STEP)) == [(2, 34, 32, 0)]


def test_a_beat_is_not_like_the_end_of_one() -> None:
    phrase = [(67, 2), (69, 4), (71, 2), (72, 4), (74, 4), (71, 2), (67, 6)]
    # The last eighth of a beat, and later the first.
    melody = line((62, 2), *phrase, (64, 6), (62, 2), (0, 4), *phrase)
    assert found(melody, JIG.with_upbeat(2 * TICKS_PER_STEP)) == [(2, 38, 24, 0)]


def test_of_a_short_bar_each_beat_must_agree() -> None:
    upbeat, varied = [(62, 4), (64, 4), (66, 4)], [(62, 4), (64, 3), (65, 1), (66, 4)]
    meters = COMMON.with_upbeat(12 * TICKS_PER_STEP)
    melody = line(*upbeat, *TUNE, (55, 4), *varied, *TUNE)
    assert found(melody, meters) == [(8, 88, 68, 0)]


@pytest.mark.parametrize("semitones", [-12, -5, 1, 2, 7, 12])
def test_what_is_transposed(semitones: int) -> None:
    melody = line(*TUNE, *OTHER, *higher(TUNE, semitones))
    assert found(melody) == [(0, 128, 64, semitones)]


def test_what_comes_again_as_it_was_is_no_transposition_of_something_longer() -> None:
    melody = line(*TUNE, *OTHER, *higher(TUNE, 5), *TUNE)
    assert found(melody) == [(0, 128, 64, 5), (0, 192, 64, 0)]


@pytest.mark.parametrize(
    "varied",
    [
        pytest.param([(67, 4), (69, 4), (71, 4), (72, 2), (74, 2)], id="a passing note"),
        pytest.param([(67, 2), (67, 2), (69, 4), (71, 4), (72, 4)], id="another rhythm"),
        pytest.param([(67, 4), (69, 1), (71, 1), (69, 2), (71, 4), (72, 4)], id="an ornament"),
        pytest.param([(67, 4), (69, 3), (0, 1), (71, 4), (72, 4)], id="detached"),
        pytest.param([(67, 5), (69, 3), (71, 4), (72, 4)], id="late by a sixteenth"),
    ],
)
def test_what_is_varied_a_little(varied: list[tuple[int, int]]) -> None:
    again = [*varied, *TUNE[4:]]
    assert found(line(*TUNE, *OTHER, *again)) == [(0, 128, 64, 0)]


def test_what_is_exact_says_so() -> None:
    exact, varied = (
        find_repeats(line(*TUNE, *OTHER, *again), COMMON, 192)
        for again in (TUNE, [(67, 2), (67, 2), *TUNE[1:]])
    )
    assert [each.exact for each in exact] == [True]
    assert [each.exact for each in varied] == [False]


def test_how_long_notes_are_held_makes_no_other_melody() -> None:
    short = [note for pitch, steps in TUNE for note in ((pitch, steps - 1), (0, 1))]
    (repeat,) = find_repeats(line(*TUNE, *OTHER, *short), COMMON, 192)
    assert repeat == Repeat(0, 128, 64, 0, exact=True)


def test_a_bar_that_is_another_divides_a_repeat() -> None:
    long = [*TUNE, *THIRD, *OTHER]
    changed = [*TUNE, (60, 16), *THIRD[3:], *OTHER]
    assert found(line(*long, (50, 16), *changed)) == [(0, 176, 64, 0), (80, 256, 80, 0)]


def test_only_what_agrees_as_far_as_is_asked() -> None:
    melody = line(*TUNE, *OTHER, (67, 4), (69, 4), (71, 4), (72, 2), (74, 2), *TUNE[4:])
    strict = find_repeats(melody, COMMON, 192, agreement=1.0)
    # The first three beats are too short for a repeat by themselves.
    assert [(each.first, each.again, each.length) for each in strict] == [(16, 144, 48)]


def test_the_third_verse_goes_back_to_the_first() -> None:
    melody = line(*TUNE * 3, *OTHER, *TUNE)
    repeats = find_repeats(melody, COMMON, 320)
    source, shift = tied(320, repeats)
    for verse in (64, 128, 256):
        assert source[verse : verse + 64].tolist() == list(range(64))
    assert source[192:256].tolist() == list(range(192, 256))
    assert not shift.any()


def test_a_transposed_verse_of_a_transposed_verse() -> None:
    melody = line(*TUNE, *higher(TUNE, 2), *higher(TUNE, 4))
    source, shift = tied(192, find_repeats(melody, COMMON, 192))
    assert source.tolist() == [*range(64)] * 3
    assert shift.tolist() == [0] * 64 + [2] * 64 + [4] * 64


def test_an_ostinato_goes_back_to_its_first_two_bars() -> None:
    bar = [(60, 4), (64, 4), (67, 4), (64, 4)]
    source, _ = tied(256, find_repeats(line(*bar * 16), COMMON, 256))
    assert source.tolist() == [*range(32)] * 8


@pytest.mark.parametrize(
    ("meters", "bar"),
    [
        (WALTZ, 12),
        (JIG, 12),
        (MeterMap.constant(Meter(5, 4)), 20),
        (MeterMap.constant(Meter(7, 8)), 14),
    ],
)
def test_other_metres(meters: MeterMap, bar: int) -> None:
    chance = Random(bar)
    bars = [[(chance.randrange(60, 80), 2) for _ in range(bar // 2)] for _ in range(8)]
    a, b = ([note for each in bars[part : part + 4] for note in each] for part in (0, 4))
    assert found(line(*a, *b, *a), meters) == [(0, 8 * bar, 4 * bar, 0)]


def test_the_same_notes_at_another_place_in_the_bar_are_no_repeat() -> None:
    assert found(line(*TUNE, (50, 4), *TUNE, (50, 12))) == []


def test_a_bar_of_another_metre_is_another_bar() -> None:
    # Three bars of 4/4 are four of 3/4, with the same notes.
    meters = MeterMap((MeterChange(0, Meter(4, 4)), MeterChange(64 * TICKS_PER_STEP, Meter(2, 2))))
    assert found(line(*TUNE, *TUNE), meters) == []
    short = (MeterChange(0, Meter(4, 4)), MeterChange(64 * TICKS_PER_STEP, Meter(3, 8)))
    back = MeterMap((*short, MeterChange(70 * TICKS_PER_STEP, Meter(4, 4))))
    assert found(line(*TUNE, (50, 6), *TUNE), back) == [(0, 70, 64, 0)]


def test_silence_repeats_nothing() -> None:
    melody = line(*TUNE[:6], (0, 128), *OTHER[:4], (0, 128), *THIRD[:2])
    assert found(melody) == []
    # Nor is it part of what does, beyond the bar.
    around = line((0, 64), *TUNE, (0, 64), (0, 64), *TUNE, (0, 64), (50, 4))
    assert found(around) == [(64, 256, 64, 0)]


def test_held_notes_are_not_told_from_each_other() -> None:
    assert found(line(*[(60, 16)] * 8)) == []
    assert found(line(*[(60, 4)] * 32)) == []


def test_no_notes_or_no_steps() -> None:
    assert find_repeats([], COMMON, 64) == ()
    assert find_repeats([], COMMON, 0) == ()
    assert find_repeats(line(*TUNE), COMMON, 0) == ()
    assert find_repeats(line(*TUNE), COMMON, 1) == ()
    source, shift = tied(0, ())
    assert source.shape == shift.shape == (0,)


def test_notes_beyond_the_end_do_not_count() -> None:
    repeats = find_repeats(line(*TUNE, *TUNE, *TUNE), COMMON, 96)
    assert [(each.first, each.again, each.length) for each in repeats] == [(0, 64, 32)]


def test_a_repeat_does_not_overlap_what_it_repeats() -> None:
    with pytest.raises(ValueError, match="overlaps"):
        Repeat(0, 32, 33)
    with pytest.raises(ValueError, match="nothing"):
        Repeat(0, 32, 0)


METERS = st.sampled_from(
    [Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(2, 2), Meter(5, 8), Meter(7, 32)]
)
PITCHES = st.integers(58, 64)
LENGTHS = st.sampled_from([1, 2, 3, 4, 6, 8])


@drawn(
    phrases=st.lists(
        st.lists(st.tuples(PITCHES, LENGTHS), min_size=1, max_size=12), min_size=1, max_size=5
    ),
    order=st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 3)), min_size=1, max_size=12),
    meter=METERS,
    upbeat=st.integers(0, 9),
    least_bars=st.integers(1, 3),
)
def test_whatever_is_found_is_there(
    phrases: list[list[tuple[int, int]]],
    order: list[tuple[int, int]],
    meter: Meter,
    upbeat: int,
    least_bars: int,
) -> None:
    pieces = [higher(phrases[index % len(phrases)], by) for index, by in order]
    melody = line(*(note for piece in pieces for note in piece))
    steps = melody[-1].end
    meters = MeterMap.constant(meter).with_upbeat(upbeat * TICKS_PER_STEP)
    repeats = find_repeats(melody, meters, steps, least_bars)
    pitch = np.repeat([note.pitch for note in melody], [note.duration for note in melody])
    struck = np.isin(np.arange(steps), [note.start for note in melody])
    again = np.zeros(steps, np.int64)
    for each in repeats:
        now, then = (slice(at, at + each.length) for at in (each.again, each.first))
        again[now] += 1
        assert each.length >= max(least_bars * meter.steps_per_bar, 16)
        assert meters.position(each.first)[1:] == meters.position(each.again)[1:]
        same = pitch[now] == pitch[then] + each.shift
        # Whole bars agree as far as they must; beats at either end entirely.
        assert same.mean() >= 0.85
        assert each.exact == bool(same.all() and (struck[now] == struck[then]).all())
    assert again.max(initial=0) <= 1
    source, shift = tied(steps, repeats)
    assert ((source == np.arange(steps)) == (again == 0)).all()
    assert (source[source] == source).all()
    assert (shift[again == 0] == 0).all()


@drawn(
    seed=st.integers(0, 10_000),
    between=st.integers(0, 3),
    semitones=st.integers(-6, 6),
    meter=st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(6, 8)]),
)
def test_whatever_repeats_is_found(seed: int, between: int, semitones: int, meter: Meter) -> None:
    chance = Random(seed)
    bar = meter.steps_per_bar
    bars = [[(chance.randrange(60, 80), 2) for _ in range(bar // 2)] for _ in range(4 + between)]
    tune = [note for each in bars[:4] for note in each]
    middle = [note for each in bars[4:] for note in each]
    melody = line(*tune, *middle, *higher(tune, semitones))
    repeats = find_repeats(melody, MeterMap.constant(meter), melody[-1].end)
    whole = Repeat(0, (4 + between) * bar, 4 * bar, semitones)
    assert whole in repeats or repeats[-1].length > whole.length


def test_the_order_of_the_notes_and_lower_ones_are_of_no_account() -> None:
    melody = line(*TUNE, *OTHER, *TUNE)
    chords = [*reversed(melody), *(replace(note, pitch=note.pitch - 12) for note in melody[:5])]
    assert find_repeats(chords, COMMON, 192) == find_repeats(melody, COMMON, 192)


@pytest.mark.parametrize("kind", ["verses", "chance", "ostinato"])
def test_long_pieces_take_little_longer(kind: str) -> None:
    def seconds(bars: int) -> float:
        chance = Random(1)
        verse = [[(chance.randrange(60, 80), 4) for _ in range(4)] for _ in range(16)]
        notes = {
            "verses": lambda bar: verse[bar % 16],
            "chance": lambda bar: [(chance.randrange(60, 80), 4) for _ in range(4)],
            "ostinato": lambda bar: verse[0],
        }[kind]
        melody = line(*(note for bar in range(bars) for note in notes(bar)))
        begin = process_time()
        find_repeats(melody, COMMON, 16 * bars)
        return process_time() - begin

    seconds(50)
    # Eight times as long: with a quadratic search 64 times.
    assert seconds(800) < 40 * max(seconds(100), 0.005)
