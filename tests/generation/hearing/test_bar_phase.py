"""Upbeats are heard, and where that is unsure there is none."""

from dataclasses import replace
from pathlib import Path

import pytest

from composer_app.generation.hearing.bar_phase import (
    ROWS,
    detect_upbeat,
    edges,
    heard_unit,
    heard_upbeats,
    note_kinds,
    phase_scores,
    with_heard_upbeat,
)
from composer_app.generation.hearing.bar_phase_tables import EDGES, PRIORS, TABLES
from composer_app.music.composition import Composition, Track
from composer_app.music.files.sample_melodies import load_sample, sample_melodies
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterChange, MeterMap
from composer_app.music.midi.file import read_midi
from composer_app.music.note import Note
from composer_app.music.timing import Meter
from composer_app.music.voices import find_melody

CASES = Path(__file__).parents[2] / "music" / "midi" / "cases"
FOUR = Meter(4, 4)
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


@pytest.mark.parametrize("meter", ["5/4", "7/8", "3/2", "6/4", "12/16"])
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


def parts(case: str) -> tuple[tuple[Note, ...], list[Note]]:
    """The melody of a file, and the notes of its other tracks."""
    piece = read_midi(CASES / f"{case}.mid")
    melody = find_melody(piece)
    others = [track for index, track in enumerate(piece.tracks) if index != melody]
    return piece.tracks[melody].notes, [note for track in others for note in track.notes]


@pytest.mark.parametrize(
    ("case", "upbeat"),
    [("reel_on_the_downbeat", 0), ("upbeat_after_rest", 0), ("pickup_bar_1_4", 4)],
)
def test_files_of_other_programs(case: str, upbeat: int) -> None:
    melody, others = parts(case)
    assert detect_upbeat(melody, FOUR) == upbeat
    assert detect_upbeat(melody, FOUR, others) == upbeat


# Repeated quarters, in which nothing is to be heard.
EVEN = [Note(4 * step, 60, 4) for step in range(32)]


@pytest.mark.parametrize(
    ("meter", "upbeat"),
    [("4/4", 4), ("4/4", 8), ("4/4", 12), ("3/4", 8), ("2/4", 4), ("2/2", 4), ("6/8", 6)],
)
def test_the_bass_moves_on_downbeats(meter: str, upbeat: int) -> None:
    numerator, denominator = (int(part) for part in meter.split("/"))
    told = Meter(numerator, denominator)
    bar = told.steps_per_bar
    starts = range(upbeat, 128, bar)
    chords = [
        Note(start, pitch + 2 * (index % 2), bar)
        for index, start in enumerate(starts)
        for pitch in (64, 60, 48)
    ]
    assert detect_upbeat(EVEN, told) == 0
    assert detect_upbeat(EVEN, told, chords) == upbeat


def test_a_bass_that_only_sounds_again_says_nothing() -> None:
    again = [Note(start, 48, 16) for start in range(4, 128, 16)]
    assert detect_upbeat(EVEN, FOUR, again) == 0


def test_high_chords_are_no_bass() -> None:
    waltz = [
        Note(12 * bar + beat, pitch + bar % 2, 4)
        for bar in range(10)
        for beat, pitch in ((4, 40), (8, 64), (12, 66))
    ]
    notes = [Note(4 * step, 60, 4) for step in range(31)]
    assert detect_upbeat(notes, Meter(3, 4), waltz) == 4


@pytest.mark.parametrize("sample", ["jingle_bells", "saints", "deck_the_halls"])
def test_rests_fill_the_first_bar(sample: str) -> None:
    melody = load_sample(sample)
    late = [note.moved(4) for note in begun_later(melody, 16)]
    padded = [note.moved(12) for note in [Note(0, 60, 4), *late]]
    assert detect_upbeat(padded, FOUR) == 0
    assert detect_upbeat([note.moved(-12) for note in padded], FOUR) == 4


def test_grace_notes_in_the_step_of_their_note_change_nothing() -> None:
    late = begun_later(load_sample("saints"), 12)
    graced = [grace for note in late for grace in (Note(note.start, note.pitch + 2, 1), note)]
    assert phase_scores(graced, 16).tolist() == phase_scores(late, 16).tolist()
    assert detect_upbeat(graced, FOUR) == 4


def test_short_notes_are_as_long_as_until_the_next_one() -> None:
    late = begun_later(load_sample("deck_the_halls"), 12)
    staccato = [Note(n.start, n.pitch, max(n.duration // 2, 1)) for n in late[:-1]]
    short = [*staccato, late[-1]]
    legato = phase_scores([note for note in late if note.start >= 4], 16)
    assert phase_scores([note for note in short if note.start >= 4], 16).tolist() == legato.tolist()
    assert detect_upbeat(short, FOUR) == 4


def test_each_note_speaks_four_times_but_for_the_ends() -> None:
    melody = load_sample("saints").notes
    rows, starts = note_kinds(melody)
    assert rows.shape == starts.shape == (4 * len(melody) - 4,)
    assert rows.min() >= 0
    assert rows.max() < ROWS


@pytest.mark.parametrize("length", [1, 2, 3, 17])
def test_two_notes_of_any_length_have_kinds(length: int) -> None:
    rows, _ = note_kinds([Note(0, 60, length), Note(length, 67, 1)])
    assert len(rows) == 4
    assert rows.min() >= 0


def test_a_last_bar_that_the_upbeat_fills_up() -> None:
    notes = [Note(0, 60, 4), Note(4, 64, 16), Note(20, 60, 12)]
    begins, fills, ends = edges(notes, 16).T
    assert begins.tolist() == [1, 0, 1, 0, 0, 0, 0, 0]
    assert fills.tolist() == [0, 1, 1, 1, 1, 1, 1, 1]
    assert ends.tolist() == [0] * 8
    longer = [*notes[:2], Note(20, 60, 16)]
    assert edges(longer, 16)[:, 2].tolist() == [0, 0, 1, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("meter", ["4/4", "2/2", "3/4", "2/4", "3/8", "6/8", "9/8", "12/8"])
def test_the_tables_fit_their_metres(meter: str) -> None:
    numerator, denominator = (int(part) for part in meter.split("/"))
    unit = heard_unit(Meter(numerator, denominator))
    assert unit is not None
    assert {len(row) for row in TABLES[unit]} == {unit}
    assert len(TABLES[unit]) == ROWS
    assert len(PRIORS[unit]) == len(heard_upbeats(unit))
    assert len(EDGES[unit]) == 3


def test_a_piece_has_the_upbeat_that_is_heard_unless_it_is_known() -> None:
    melody = load_sample("saints")
    late = Track("", 0, tuple(begun_later(melody, 12)))
    unknown = Composition((late,))
    assert with_heard_upbeat(unknown, 0).meters.upbeat == 4 * 240
    known = replace(unknown, meters=MeterMap(upbeat=0))
    assert with_heard_upbeat(known, 0) == known
    changing = MeterMap((MeterChange(0, FOUR), MeterChange(3840, Meter(3, 4))))
    counted = replace(unknown, meters=changing)
    assert with_heard_upbeat(counted, 0) == counted
