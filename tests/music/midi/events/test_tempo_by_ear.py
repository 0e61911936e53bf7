"""Files that count film frames have no beats: they are heard in the notes, or none are."""

import random
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import pytest

from composer_app.music.midi.events.tempo_by_ear import tempo_by_ear
from composer_app.music.midi.file import parse_midi, read_midi
from tests.music.midi.hexfile import chunk, header

CASES = Path(__file__).parents[1] / "cases"
# 25 frames a second of 40 ticks: milliseconds.
MILLISECONDS = 0xE728
# In sixteenths, from the first beat on.
MARCH = (4, 4, 2, 2, 4, 4, 4, 8, 4, 4, 2, 2, 4, 6, 2, 8, 2, 2, 2, 2, 4, 4, 4, 4, 8, 4, 4, 8)
# Thirds of a beat.
JIG = (*(2, 1) * 3, 3, *(1, 1, 1) * 2, 2, 1, 3, *(2, 1) * 3, 3, 2, 1, 2, 1, 6)


def number(value: int) -> bytes:
    """As MIDI files write it."""
    groups = [value & 127]
    while value := value >> 7:
        groups.append(value & 127 | 128)
    return bytes(reversed(groups))


def file_of(notes: list[tuple[float, float]]) -> bytes:
    """A file of (onset, length) in seconds, one after another."""
    body, now = b"", 0
    for onset, length in notes:
        on, off = round(1000 * onset), round(1000 * (onset + length))
        body += number(on - now) + b"\x90\x3c\x50" + number(off - on) + b"\x80\x3c\x00"
        now = off
    return header(1, 1, MILLISECONDS) + chunk(body.hex())


def tune(rhythm: Sequence[int], part: float, silence: float) -> list[tuple[float, float]]:
    """Notes of ``rhythm`` in parts of a beat, ``part`` seconds each, after a ``silence``."""
    starts = accumulate(rhythm, initial=0)
    return [
        (silence + part * start, 0.9 * part * length)
        for start, length in zip(starts, rhythm, strict=False)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_the_tempo_of_a_march_is_heard_and_where_its_beats_are(seed: int) -> None:
    chance = random.Random(seed)
    bpm = round(chance.uniform(72, 126), 1)
    upbeat = chance.choice((0, 2, 4))
    rhythm = (upbeat, *MARCH[1:]) if upbeat else MARCH
    notes = tune(rhythm, 15 / bpm, chance.uniform(0, 3))
    read = parse_midi(file_of(notes), "march")
    assert read.heard_bpm == pytest.approx(bpm, rel=2e-4)
    assert read.composition.tempo.initial_bpm == pytest.approx(bpm, rel=2e-4)
    starts = [note.start for note in read.composition.tracks[0].notes]
    assert [start - starts[0] for start in starts] == [0, *accumulate(rhythm[:-1])]
    assert starts[0] % 4 == -upbeat % 4
    # The silence before it is nearly what it was.
    assert starts[0] * 15 / bpm == pytest.approx(notes[0][0], abs=60 / bpm)
    (clause,) = (str(each) for each in read.mended)
    assert f"{bpm:.4g} BPM is heard in its notes" in clause


@pytest.mark.parametrize("seed", range(4))
def test_thirds_of_a_beat_are_heard(seed: int) -> None:
    bpm = random.Random(seed).randrange(80, 130)
    read = parse_midi(file_of(tune(JIG, 20 / bpm, 0.5)), "jig")
    # Dotted quarters, or the quarters of the same eighths.
    assert read.heard_bpm in (bpm, pytest.approx(1.5 * bpm))


def test_what_has_no_beats_is_counted_at_120() -> None:
    chance = random.Random(3)
    at, notes = 0.0, []
    for _ in range(60):
        at += chance.uniform(0.1, 0.9)
        notes.append((at, 0.05))
    read = parse_midi(file_of(notes), "rain")
    assert read.heard_bpm is None
    assert read.composition.tempo.initial_bpm == 120
    assert "taken for 120 BPM" in str(read.mended[0])


def test_a_few_notes_say_nothing() -> None:
    few = tune((4, 4, 4, 4, 4, 4), 0.19, 0)
    assert parse_midi(file_of(few), "few").heard_bpm is None
    assert tempo_by_ear((), (), ()) is None
    assert read_midi(CASES / "smpte_25_40.mid").tempo.initial_bpm == 120


def test_notes_at_once_are_no_pulse() -> None:
    assert tempo_by_ear([1.0] * 50, [1.0] * 50, [80.0] * 50) is None
    assert tempo_by_ear([0.02 * i for i in range(50)], [0.02] * 50, [80.0] * 50) is None


def test_nobody_need_listen() -> None:
    data = file_of(tune(MARCH, 0.2, 0))
    read = parse_midi(data, "march", tempo_by_ear=False)
    assert (read.heard_bpm, read.composition.tempo.initial_bpm) == (None, 120)
    # 75 BPM: the same moments.
    heard = parse_midi(data, "march")
    assert heard.heard_bpm == 75
    assert heard.composition.tempo.seconds_at(heard.composition.sounding_steps) == pytest.approx(
        read.composition.tempo.seconds_at(read.composition.sounding_steps), abs=0.01
    )


def test_a_file_with_beats_has_its_own_tempo() -> None:
    data = file_of(tune(MARCH, 0.2, 0))
    counted = data[:12] + (480).to_bytes(2, "big") + data[14:]
    read = parse_midi(counted, "march")
    assert (read.heard_bpm, read.mended) == (None, ())
