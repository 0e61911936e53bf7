"""Upbeats are heard, and where that is unsure there is none."""

import pytest

from composer_app.generation.bar_phase import detect_upbeat, phase_scores
from composer_app.music.melody import Melody
from composer_app.music.note import Note
from composer_app.music.sample_melodies import load_sample, sample_melodies
from composer_app.music.timing import Meter

SAMPLES = [sample.id for sample in sample_melodies()]


def begun_later(melody: Melody, steps: int) -> list[Note]:
    """What is left of ``melody`` when it begins ``steps`` later."""
    return [Note(n.start - steps, n.pitch, n.duration) for n in melody.notes if n.start >= steps]


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_sample_melodies_begin_with_their_bar(sample: str) -> None:
    melody = load_sample(sample)
    assert detect_upbeat(melody.notes, melody.meter) == 0


@pytest.mark.parametrize(
    ("sample", "later", "upbeat"),
    [
        ("jingle_bells", 12, 4),
        ("saints", 12, 4),
        ("new_world_largo", 8, 8),
        ("deck_the_halls", 12, 4),
        ("amazing_grace", 8, 4),
        ("greensleeves", 8, 4),
    ],
)
def test_a_tune_that_begins_within_its_bar(sample: str, later: int, upbeat: int) -> None:
    melody = load_sample(sample)
    assert detect_upbeat(begun_later(melody, later), melody.meter) == upbeat


def test_who_wrote_a_rest_has_counted_the_bars() -> None:
    melody = load_sample("saints")
    late = [Note(note.start + 4, note.pitch, note.duration) for note in melody.notes[:5]]
    assert detect_upbeat(late, melody.meter) == 0


# Row, Row, Row Your Boat, in two beats of three eighths.
ROW = (
    *((60, 6), (60, 6), (60, 4), (62, 2), (64, 6), (64, 4), (62, 2), (64, 4), (65, 2), (67, 12)),
    *((72, 2), (72, 2), (72, 2), (67, 2), (67, 2), (67, 2), (64, 2), (64, 2), (64, 2)),
    *((60, 2), (60, 2), (60, 2), (67, 4), (65, 2), (64, 4), (62, 2), (60, 12)),
)


@pytest.mark.parametrize(
    ("later", "meter", "upbeat"),
    [
        (0, "6/8", 0),
        (16, "6/8", 2),  # with the eighth before the second bar's second beat
        (12, "6/8", 0),
        (0, "12/8", 0),
        (16, "12/8", 2),
        (16, "9/8", 2),
        (16, "3/8", 2),
    ],
)
def test_an_eighth_before_a_dotted_quarter(later: int, meter: str, upbeat: int) -> None:
    starts = [0]
    for _, duration in ROW:
        starts.append(starts[-1] + duration)
    notes = tuple(Note(start, *note) for start, note in zip(starts, ROW, strict=False))
    numerator, denominator = (int(part) for part in meter.split("/"))
    late = begun_later(Melody(notes), later)
    assert detect_upbeat(late, Meter(numerator, denominator)) == upbeat


@pytest.mark.parametrize("meter", ["5/4", "7/8"])
def test_metres_that_nobody_has_counted(meter: str) -> None:
    numerator, denominator = (int(part) for part in meter.split("/"))
    notes = begun_later(load_sample("amazing_grace"), 8)
    assert detect_upbeat(notes, Meter(numerator, denominator)) == 0


@pytest.mark.parametrize(
    "notes",
    [
        [],
        [Note(0, 60, 4)],
        [Note(0, 60, 4), Note(4, 62, 4)],
        [Note(step, 60 + step % 2, 1) for step in range(64)],
        [Note(4 * step, 60, 4) for step in range(16)],
    ],
)
def test_unsure_is_none(notes: list[Note]) -> None:
    assert detect_upbeat(notes, Meter(4, 4)) == 0


def test_two_four_is_half_of_four_four() -> None:
    melody = load_sample("saints")
    assert detect_upbeat(begun_later(melody, 12), Meter(2, 4)) == 4


def test_scores_turn_with_the_bar() -> None:
    melody = load_sample("jingle_bells")
    scores = phase_scores(melody.notes, 16)
    assert scores.shape == (8,)
    assert scores.argmax() == 0
    assert phase_scores(begun_later(melody, 12), 16).argmax() == 2
