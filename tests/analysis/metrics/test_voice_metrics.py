"""Metrics on hand-made pieces with known answers, and on planted faults."""

from dataclasses import replace

import numpy as np
import pytest

from composer_app.analysis.metrics import voice_metrics
from composer_app.analysis.metrics.voice_metrics import (
    VOICE_METRICS,
    Count,
    difference,
    measure,
    melody_kept,
    pooled,
)
from composer_app.analysis.voice_grid import Home, Passage, VoiceGrid
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.music.pitch import Key

# I, IV, V, I in C major, in block chords of a quarter each, without parallels.
CADENCE = ((72, 67, 64, 48), (72, 69, 65, 53), (71, 67, 62, 55), (72, 67, 64, 48))


def piece(*chords: tuple[int, ...], steps: int = 4) -> VoiceGrid:
    """Each chord held for ``steps`` steps and struck in all voices."""
    pitch = np.repeat(np.array(chords, np.int16), steps, axis=0)
    onset = np.zeros(pitch.shape, np.bool_)
    onset[::steps] = pitch[::steps] >= 0
    return VoiceGrid(pitch, onset)


def passage(grid: VoiceGrid, bar_steps: int = 16) -> Passage:
    return Passage.regular(grid, bar_steps)


def share(name: str, grid: VoiceGrid, within: Passage | None = None) -> float | None:
    return VOICE_METRICS[name](grid, within or passage(grid)).share


def shifted(*semitones: int) -> VoiceGrid:
    """The cadence with each voice moved by so many semitones."""
    return piece(*(tuple(np.add(chord, semitones).tolist()) for chord in CADENCE))


def test_a_plain_cadence() -> None:
    expected = {
        "empty_bar_rate": 0.0,
        "in_scale_rate": 1.0,
        "all_sounding_rate": 1.0,
        "polyphony": 4.0,
        "chordal_share": 1.0,
        "melody_dissonance": 0.0,
        "parallels_per_100": 0.0,
        "crossing_rate": 0.0,
        "leap_rate": 0.0,
        "voice_range": pytest.approx((2 + 3 + 7) / 3),
        "notes_per_bar": 4.0,
        "lone_sixteenth_rate": 0.0,
        # The alto keeps its note into the last chord.
        "repeated_note_rate": pytest.approx(1 / 9),
        "phrase_end_rate": None,
        "final_chord_rate": 1.0,
        # Of the two moves of the melody none is doubled by any voice.
        "melody_similarity": 0.0,
    }
    assert measure([(piece(*CADENCE), passage(piece(*CADENCE)))]) == expected


def test_a_bass_a_semitone_too_high_is_noticed() -> None:
    right, wrong = piece(*CADENCE), shifted(0, 0, 0, 1)
    home = passage(right)
    # Against the composer's key: D flat, G flat, A flat and D flat are foreign.
    assert share("in_scale_rate", wrong, home) == 0.75
    # B over A flat passes for a minor third.
    assert share("melody_dissonance", wrong) == 0.75
    assert share("chordal_share", wrong) == 0.0
    assert share("final_chord_rate", wrong, home) == 0.0


def test_a_foreign_key_is_no_fault() -> None:
    sharp = shifted(6, 6, 6, 6)
    assert share("in_scale_rate", sharp) == 1.0
    assert share("final_chord_rate", sharp) == 1.0
    assert Home.of(sharp).origin == 6


def test_the_home_of_minor_is_its_relative_major() -> None:
    minor = piece((69, 64, 60, 45), (69, 65, 62, 50), (68, 64, 59, 52), (69, 64, 60, 45))
    home = Home.of(minor)
    assert (home.key, home.origin) == (Key(9, minor=True), 0)
    assert home.scale == {9, 11, 0, 2, 4, 5, 8}
    # A single triad fits several scales: then the first is taken, major before minor.
    assert Home.of(piece((72, 67, 64, 48))).scale == Key(0).pitch_classes


def test_bars_of_silence() -> None:
    gap = piece(*CADENCE, *((72, -1, 60, 48),) * 4)
    assert share("empty_bar_rate", gap) == pytest.approx(1 / 6)
    assert share("all_sounding_rate", gap) == 0.5
    assert share("polyphony", gap) == 3.5
    # Half a bar is not a bar.
    assert share("empty_bar_rate", piece(*CADENCE[:2], *((72, -1, 60, 48),) * 2)) == 0.0
    # What is silent together with the melody is a pause of all voices.
    assert share("all_sounding_rate", piece(*CADENCE, (-1, -1, -1, -1))) == 1.0


def test_unisons_are_one_pitch() -> None:
    assert share("polyphony", piece((60, 60, 60, 48))) == 2.0


@pytest.mark.parametrize(
    ("chord", "is_one"),
    [
        ((72, 67, 64, 60), True),  # C major
        ((72, 70, 64, 60), True),  # C7 without its fifth
        ((72, 68, 64, 60), False),  # augmented
        ((72, 67, 65, 60), False),  # suspended
        ((72, -1, -1, 60), False),  # two voices
        ((-1, -1, -1, -1), False),
    ],
)
def test_chords(chord: tuple[int, ...], is_one: bool) -> None:
    assert share("chordal_share", piece(chord)) == float(is_one)


def test_one_dissonant_voice_makes_a_beat_dissonant() -> None:
    # A second in the alto on the first of two beats; fourths are consonant.
    assert share("melody_dissonance", piece((72, 70, 67, 60), (72, 67, 64, 60))) == 0.5
    assert share("melody_dissonance", piece((-1, 70, 69, 60))) is None
    assert share("melody_dissonance", piece((72, -1, -1, 60))) == 0.0


def test_parallel_fifths_and_octaves_are_counted_once_a_pair() -> None:
    # Soprano and bass in octaves, alto and tenor in fifths, all rising by a tone.
    faulty = piece((72, 67, 60, 48), (74, 69, 62, 50))
    # Soprano-bass, soprano-tenor and tenor-bass octaves; alto over tenor and bass fifths.
    assert share("parallels_per_100", faulty) == pytest.approx(100 * 5 / 8)
    still = piece((72, 67, 60, 48), (72, 67, 60, 48))
    assert share("parallels_per_100", still) == 0.0
    # Octaves in contrary motion: the soprano rises, the bass falls.
    contrary = piece((72, 67, 64, 60), (74, 67, 64, 50))
    assert share("parallels_per_100", contrary) == 0.0
    paused = piece((72, -1, -1, -1), (74, -1, -1, -1))
    assert share("parallels_per_100", paused) == 0.0


def test_crossing_leaps_and_single_steps() -> None:
    assert share("crossing_rate", piece((60, 64, 55, 48))) == 1.0
    # Of nine intervals one is wider than a minor sixth.
    wide = piece((72, 67, 64, 48), (72, 67, 64, 57), (72, 67, 64, 57), (72, 67, 64, 57))
    assert share("leap_rate", wide) == pytest.approx(1 / 9)
    # Repeated sixteenths are one note: the alto's last two are.
    short = piece(*CADENCE, steps=1)
    assert share("lone_sixteenth_rate", short) == pytest.approx(10 / 11)


def test_repeated_notes_need_the_same_pitch_without_a_pause() -> None:
    again = piece((72, 67, 64, 48), (72, 67, 64, 50))
    assert share("repeated_note_rate", again) == pytest.approx(2 / 3)
    paused = piece((72, 67, 64, 48), (72, -1, -1, -1), (72, 67, 64, 48))
    assert share("repeated_note_rate", paused) == 0.0


def test_phrases_rest_on_a_triad_of_the_key() -> None:
    # C major, A minor, A major, B diminished, a second, two voices alone.
    ends = ((72, 67, 64, 48), (72, 69, 64, 57), (73, 69, 64, 57), (71, 65, 62, 50))
    grid = piece(*ends, (74, 72, 67, 48), (72, -1, -1, 48))
    within = replace(passage(piece(*CADENCE)), phrase_ends=(3, 7, 11, 15, 19, 23))
    assert VOICE_METRICS["phrase_end_rate"](grid, within) == Count(2, 6)


@pytest.mark.parametrize(
    ("chord", "minor", "good"),
    [
        ((71, 67, 62, 55), False, True),  # the dominant
        ((71, 67, 65, 55), False, True),  # its seventh
        ((72, 69, 65, 53), False, False),  # the subdominant
        ((72, 67, 63, 48), False, False),  # C minor in C major
        ((72, 67, 63, 48), True, True),
        ((72, 67, 64, 48), True, True),  # Picardy's third
        ((72, -1, -1, 48), False, False),
    ],
)
def test_final_chords(chord: tuple[int, ...], minor: bool, good: bool) -> None:
    within = passage(piece(*CADENCE))
    within = replace(within, home=replace(within.home, key=Key(0, minor=minor)))
    assert share("final_chord_rate", piece(*CADENCE[:3], chord), within) == float(good)


def test_a_passage_that_breaks_off_has_no_final_chord() -> None:
    grid = piece(*CADENCE)
    assert share("final_chord_rate", grid, replace(passage(grid), closes=False)) is None


def test_a_voice_that_shadows_the_melody() -> None:
    # The tenor doubles all moves of the melody an octave lower, alto and bass none.
    shadow = piece((72, 67, 60, 48), (74, 67, 62, 48), (71, 67, 59, 48))
    assert share("melody_similarity", shadow) == pytest.approx(1 / 3)


def test_notes_end_at_the_next_onset_or_a_rest() -> None:
    pitch = np.array([[60] * 4, [60] * 4, [60] * 4, [-1] * 4, [62] * 4], np.int16)
    onset = np.zeros((5, 4), np.bool_)
    onset[[0, 2, 4]] = True
    grid = VoiceGrid(pitch, onset)
    assert grid.notes(0) == [(0, 2, 60), (2, 3, 60), (4, 5, 62)]
    assert grid.durations()[3] == [2, 1, 1]
    assert grid.pitch_runs().notes(1) == [(0, 3, 60), (4, 5, 62)]


def test_a_composition_becomes_a_grid() -> None:
    tracks = (
        Track("melody", 0, (Note(0, 72, 2), Note(2, 72, 2))),
        Track("chords", 0, (Note(0, 60, 4), Note(0, 64, 4))),
    )
    grid = VoiceGrid.from_composition(Composition(tracks))
    assert grid.pitch[:, 0].tolist() == [72] * 4
    assert grid.onset[:, 0].tolist() == [True, False, True, False]
    assert grid.pitch[:, 1].tolist() == [64] * 4
    assert (grid.pitch[:, 2:] == -1).all()
    assert grid.cut(2).steps == 2


def test_bars_of_a_passage() -> None:
    within = passage(piece(*CADENCE, *CADENCE[:2]))
    assert within.bars == ((0, 16), (16, 24))
    assert within.whole_bars == ((0, 16),)


def test_counts_are_added_before_they_are_divided() -> None:
    assert pooled([Count(1, 2), Count(0, 8)]) == Count(1, 10)
    assert pooled([]).share is None
    silent = piece((-1, -1, -1, -1))
    metrics = measure([(silent, passage(silent)), (piece((60, 64, 55, 48)), passage(silent))])
    assert metrics["crossing_rate"] == 0.5
    assert measure([])["in_scale_rate"] is None
    assert voice_metrics.final_chord_rate(silent.cut(0), passage(silent)) == Count(0, 0)


def test_what_differs_between_takes() -> None:
    good = piece(*CADENCE)
    assert difference(good, good) == Count(0, 48)
    # The last of four chords another one: alto, tenor and bass differ.
    assert difference(good, piece(*CADENCE[:3], (72, 69, 65, 53))) == Count(12, 48)
    assert melody_kept(good, good).share == 1.0
    assert melody_kept(shifted(0, 1, 1, 1), good).share == 1.0
    assert melody_kept(shifted(1, 0, 0, 0), good).share == 0.0
    assert melody_kept(good.pitch_runs(), good).share == 15 / 16
