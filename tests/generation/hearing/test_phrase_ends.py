"""The ends of phrases are heard where they are plain, and nothing is said where they are not."""

from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from composer_app.generation.hearing.phrase_ends import (
    expected_f1,
    features,
    hear_phrase_ends,
    phrase_marks,
    segment,
    top_notes,
)
from composer_app.generation.placement import bar_places
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import TICKS_PER_STEP, Meter

COMMON, WALTZ = MeterMap.constant(Meter(4, 4)), MeterMap.constant(Meter(3, 4))
# Two bars: up and down again by step, then a long note.
PHRASE = [(67, 4), (69, 4), (71, 4), (72, 4), (71, 4), (69, 4), (67, 8)]


def line(*notes: tuple[int, int], start: int = 0) -> list[Note]:
    """``(pitch, steps)`` one after the other."""
    melody = []
    for pitch, steps in notes:
        melody.append(Note(start, pitch, steps))
        start += steps
    return melody


def runs(marks: NDArray[np.int64], value: int) -> list[tuple[int, int]]:
    """Where ``marks`` are ``value``: first step, and the one after the last."""
    edges = np.flatnonzero(np.diff(marks == value, prepend=False, append=False))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


@pytest.mark.parametrize("repeats", [2, 4, 7])
def test_eight_beats_and_a_long_note_are_a_phrase(repeats: int) -> None:
    melody = line(*PHRASE * repeats)
    marks = phrase_marks(melody, 32 * repeats, COMMON, "bach")
    assert runs(marks, 1) == [(32 * n + 24, 32 * n + 32) for n in range(repeats)]
    assert set(marks.tolist()) == {0, 1}


def test_phrases_with_an_upbeat() -> None:
    phrase = [(62, 4), (67, 4), (69, 4), (71, 4), (72, 4), (71, 4), (69, 4), (67, 4)]
    melody = line(*phrase * 4)
    marks = phrase_marks(melody, 128, COMMON.with_upbeat(4 * TICKS_PER_STEP), "bach")
    assert runs(marks, 1) == [(32 * n + 28, 32 * n + 32) for n in range(4)]


def test_phrases_in_three_four() -> None:
    melody = load_sample("amazing_grace")
    ends = hear_phrase_ends(melody.notes, melody.meters)
    assert ends is not None
    assert [note.end for note in ends] == [56, 104, 152, 200]


def test_a_rest_ends_a_phrase() -> None:
    phrase = [(67, 4), (69, 4), (71, 4), (72, 4), (71, 4), (69, 4), (67, 4)]
    melody = [note for begin in range(0, 128, 32) for note in line(*phrase, start=begin)]
    marks = phrase_marks(melody, 128, COMMON, "bach")
    assert runs(marks, 1) == [(24, 28), (56, 60), (88, 92), (120, 128)]


def test_detached_playing_changes_nothing() -> None:
    melody = [Note(n.start, n.pitch, n.duration - 1) for n in line(*PHRASE * 4)]
    ends = hear_phrase_ends(melody, COMMON)
    assert ends is not None
    assert [note.end for note in ends] == [31, 63, 95, 127]


def test_two_four_is_half_of_four_four() -> None:
    melody = line(*PHRASE * 4)
    assert hear_phrase_ends(melody, MeterMap.constant(Meter(2, 4))) == hear_phrase_ends(
        melody, COMMON
    )


@pytest.mark.parametrize(
    "melody",
    [
        [Note(step, 48 + step % 36, 1) for step in range(256)],
        [Note(2 * step, 60 + step * 5 % 12, 2) for step in range(128)],
        line(*PHRASE),
        [Note(0, 60, 4)],
        [Note(0, 60, 400)],
        [Note(16 * bar, 60 + bar * 7 % 12, 16) for bar in range(16)],
        [Note(6 * step, 60 + step * 7 % 12, 6) for step in range(32)],
        line(*[(67, 2), (69, 4), (71, 4), (72, 4), (71, 4), (69, 4), (67, 10)] * 4),
    ],
    ids=["sixteenths", "eighths", "phrase", "note", "drone", "bars", "dotted", "syncopated"],
)
def test_unlike_a_chorale_or_unsure_is_unknown(melody: list[Note]) -> None:
    steps = melody[-1].end
    marks = phrase_marks(melody, steps, COMMON, "bach")
    assert marks[: melody[-1].start].tolist() == [2] * melody[-1].start
    assert set(marks[melody[-1].start :].tolist()) == {1}


@pytest.mark.parametrize("style", ["hymn", "jazz"])
def test_other_styles_were_trained_without_ends(style: str) -> None:
    marks = phrase_marks(line(*PHRASE * 4), 128, COMMON, style)
    assert marks.tolist() == [2] * 120 + [1] * 8


@pytest.mark.parametrize("meter", ["6/8", "5/4", "3/8", "7/8", "4/2"])
def test_metres_that_nobody_has_counted(meter: str) -> None:
    numerator, denominator = (int(part) for part in meter.split("/"))
    assert (
        hear_phrase_ends(line(*PHRASE * 4), MeterMap.constant(Meter(numerator, denominator)))
        is None
    )


def test_nothing_is_played() -> None:
    assert phrase_marks([], 8, COMMON, "bach").tolist() == [2] * 8
    assert hear_phrase_ends([], COMMON) is None


def test_what_comes_after_the_melody_belongs_to_its_last_note() -> None:
    marks = phrase_marks(line(*PHRASE * 4), 160, COMMON, "bach")
    assert runs(marks, 1)[-1] == (120, 160)


def test_the_top_of_a_chord_is_the_line() -> None:
    chords = [Note(0, 60, 8), Note(0, 67, 8), Note(4, 64, 2), Note(8, 62, 4)]
    assert top_notes(chords) == [Note(0, 67, 4), Note(4, 64, 2), Note(8, 62, 4)]


@pytest.mark.parametrize("seed", range(40))
def test_any_melody(seed: int) -> None:
    random = Random(seed)
    bar, usual = random.choice([(16, COMMON), (12, WALTZ)])
    melody = []
    step = random.randrange(20)
    for _ in range(random.randrange(1, 80)):
        length = random.choice([1, 2, 3, 4, 4, 4, 5, 8, 8, 12, 16, 40, 200])
        melody.append(Note(step, random.randrange(128), length))
        step += random.choice([0, length, length, length, length + random.randrange(40)])
    steps = max(note.end for note in melody) + random.randrange(20)
    meters = usual.with_upbeat(random.randrange(bar) * TICKS_PER_STEP)
    marks = phrase_marks(melody, steps, meters, "bach")
    assert marks.shape == (steps,)
    last = max(note.start for note in melody)
    assert (marks[last:] == 1).all()
    assert set(marks[:last].tolist()) <= {2} or set(marks[:last].tolist()) <= {0, 1}
    assert np.array_equal(marks, phrase_marks(melody, steps, meters, "bach"))
    chosen, probable = segment(features(top_notes(melody), bar, bar_places(steps, meters)), bar)
    assert chosen[-1]
    assert probable[-1] == pytest.approx(1)
    assert ((probable >= 0) & (probable < 1 + 1e-6)).all()
    assert 0 <= expected_f1(chosen, probable) <= 1 + 1e-6


def test_as_sure_as_the_ends_are_probable() -> None:
    chosen = np.array([False, True, True, True])
    assert expected_f1(chosen, np.array([0.0, 1.0, 1.0, 1.0])) == 1
    # Half of the four ends that are heard or missed on average.
    assert expected_f1(chosen, np.array([1.0, 0.5, 0.5, 1.0])) == 0.5
    assert expected_f1(chosen & [False, False, False, True], np.full(4, 0.5)) == 0
