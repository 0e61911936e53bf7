"""Chords named by matching templates, against the labels that the corpora carry."""

import numpy as np
import pytest

from composer_app.analysis.chord_labels import (
    ChordLabels,
    beat_starts,
    label_chords,
)
from composer_app.music.files.array_file import read_arrays
from composer_app.music.harmony.chord_qualities import QUALITIES, QUALITY_TONES
from composer_app.music.timing import Meter
from composer_app.resources import resource_folder

FOLDER = resource_folder("assets") / "corpora"


def beat(*voices: list[int] | int, steps: int = 4) -> ChordLabels:
    """The label of one beat; each voice a pitch, or one for each step, -1 for a rest."""
    columns = [[each] * steps if isinstance(each, int) else each for each in voices]
    return label_chords(np.array(columns, np.int16).T, np.array([0]))


def named(labels: ChordLabels) -> tuple[int, str, int]:
    return int(labels.root[0]), QUALITIES[labels.quality[0]], int(labels.bass[0])


@pytest.mark.parametrize(
    ("voices", "chord"),
    [
        ((67, 64, 60, 48), (0, "maj", 0)),
        ((67, 60, 55, 52), (0, "maj", 4)),
        ((69, 64, 60, 57), (9, "min", 9)),
        ((65, 59, 62, 43), (7, "7", 7)),
        ((62, 60, 57, 53), (2, "m7", 5)),
        ((64, 60, 55, 47), (0, "maj7", 11)),
        ((65, 62, 59, 50), (11, "dim", 2)),
        ((69, 65, 62, 59), (11, "m7b5", 11)),
        ((68, 65, 62, 59), (11, "dim7", 11)),
        ((68, 65, 59, 50), (2, "dim7", 2)),
        ((68, 64, 60, 48), (0, "aug", 0)),
        ((67, 65, 60, 48), (0, "sus4", 0)),
        # A passing note is worth less than a chord.
        (([72, 72, 71, 71], 67, 64, 48), (0, "maj", 0)),
        # A third alone is the chord whose root is below.
        ((64, 60, -1, -1), (0, "maj", 0)),
        # The first bass of a beat is its bass.
        ((76, 72, 67, [48, 48, 50, 52]), (0, "maj", 0)),
        ((76, 72, 67, [-1, 48, 48, 52]), (0, "maj", 7)),
    ],
)
def test_a_beat_has_its_chord(
    voices: tuple[list[int] | int, ...], chord: tuple[int, str, int]
) -> None:
    assert named(beat(*voices)) == chord


def test_silence_has_no_chord_and_a_single_note_little_to_go_by() -> None:
    silent = beat(-1, -1)
    assert (silent.root[0], silent.quality[0], silent.bass[0]) == (-1, -1, -1)
    assert (silent.confidence[0], silent.classes[0]) == (0, 0)
    alone, whole = beat(60), beat(67, 64, 60, 48)
    assert alone.confidence[0] < whole.confidence[0]
    assert (alone.classes[0], whole.classes[0]) == (1, 3)


def test_a_chord_moves_with_its_notes() -> None:
    chords = [(72, 64, 55, 48), (72, 65, 57, 53), (74, 65, 59, 43), (69, 60, 57, 52)]
    pitch = np.repeat(np.array(chords, np.int16), 4, axis=0)
    start = np.arange(0, 16, 4)
    plain = label_chords(pitch, start)
    for shift in range(1, 12):
        higher = label_chords((pitch + shift).astype(np.int16), start)
        assert ((plain.root + shift) % 12).tolist() == higher.root.tolist()
        assert ((plain.bass + shift) % 12).tolist() == higher.bass.tolist()
        assert plain.quality.tolist() == higher.quality.tolist()


def test_the_hymns_have_the_labels_that_the_corpus_carries() -> None:
    rows = ("pitch", "pos", "num", "den", "start")
    hymns = read_arrays(FOLDER / "hymn.npz", rows)
    known = read_arrays(
        FOLDER / "chords_hymn.npz",
        ("chord_root", "chord_qual", "chord_bass", "chord_conf", "chord_npc"),
    )
    for begin, end in zip(hymns["start"][:-1], hymns["start"][1:], strict=True):
        span = slice(begin, end)
        beat = [
            Meter(n, d).steps_per_beat
            for n, d in zip(hymns["num"][span], hymns["den"][span], strict=True)
        ]
        start = beat_starts(hymns["pos"][span], np.array(beat, np.int16))
        labels = label_chords(hymns["pitch"][span], start)
        for key, values in (
            ("chord_root", labels.root),
            ("chord_qual", labels.quality),
            ("chord_bass", labels.bass),
            ("chord_npc", labels.classes),
        ):
            assert (labels.at_steps(values, end - begin) == known[key][span]).all()
        off = known["chord_conf"][span][start] / 100 - labels.confidence
        # The corpus has whole hundredths, rounded down.
        assert np.abs(off).max() < 0.0101


def test_beats_begin_with_the_bar_and_where_it_breaks_off() -> None:
    position = np.array([10, 11, *range(12), *range(7), *range(12)], np.int16)
    assert beat_starts(position, 4).tolist() == [0, 2, 6, 10, 14, 18, 21, 25, 29]
    assert beat_starts(position, 6).tolist() == [0, 2, 8, 14, 20, 21, 27]


@pytest.mark.parametrize(
    ("meter", "steps"),
    [((4, 4), 4), ((3, 4), 4), ((6, 8), 6), ((3, 8), 6), ((12, 8), 6), ((2, 2), 4), ((5, 8), 4)],
)
def test_a_compound_metre_has_dotted_beats(meter: tuple[int, int], steps: int) -> None:
    assert Meter(*meter).steps_per_beat == steps


def test_a_quality_is_its_tones() -> None:
    assert len(QUALITIES) == 17
    assert len(set(QUALITY_TONES.values())) == 17
    assert all(tones[0] == 0 and list(tones) == sorted(tones) for tones in QUALITY_TONES.values())
