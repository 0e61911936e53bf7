"""Harmony against annotation: blocks of the right chords get everything, others what is due."""

from dataclasses import replace

import numpy as np
import pytest

from composer_app.analysis.metrics.voice_metrics import Count
from composer_app.analysis.voice_grid import REST, VoiceGrid
from composer_app.evaluation.harmony.baselines import in_blocks, three_chords
from composer_app.evaluation.harmony.measures import (
    Counts,
    agreement,
    chance,
    eighths,
    key_right,
    measure_harmony,
    repeated_phrases,
    root_changes,
)
from composer_app.evaluation.harmony.tunes import chord_classes
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter
from tests.evaluation.harmony.made import CHORDS, C, chord_rows, tune

SIX_EIGHT = Meter(6, 8)


def share(counts: Counts, name: str) -> float:
    value = counts[name].share
    assert value is not None, name
    return value


@pytest.mark.parametrize("meter", [Meter(4, 4), Meter(3, 4), SIX_EIGHT, Meter(2, 4)])
def test_the_annotated_chords_in_blocks_agree_with_themselves(meter: Meter) -> None:
    made = tune(meter)
    counts = measure_harmony(in_blocks(made, made.chords), made)
    for name in ("root_and_third", "bass_on_root", "bass_on_bass", "chord_tones"):
        assert share(counts, name) == 1, name
    for name in ("first_bass", "last_bass", "bass_repeats_4"):
        assert share(counts, name) == 1, name
    assert counts["root_and_third"].of == len(made.beats)
    # C F G C | C F G C: six changes in eight bars.
    assert counts["root_changes"] == Count(6, 8)
    assert counts["notes_per_beat"] == Count(8 * 3, len(made.beats) * 3)


def test_wrong_chords_are_counted_as_wrong() -> None:
    made = tune()
    always_c = chord_rows([C] * 8, 16)
    counts = measure_harmony(in_blocks(made, always_c), made)
    # C stands in four bars of eight. Where G7 is written, its root is in the block, and for half a
    # bar its third in the melody.
    assert share(counts, "bass_on_root") == 0.5
    assert share(counts, "root_and_third") == 0.5 + 2 / 16
    # Of alto, tenor and bass in F and G7 the C is in F, the G in G7.
    assert 0.5 < share(counts, "chord_tones") < 0.9
    assert root_changes(np.zeros(len(made.beats), np.int8), made) == Count(0, 8)
    silent = VoiceGrid(made.grid.pitch, made.grid.onset)
    assert measure_harmony(silent, made)["chord_tones"].share is None


def test_inversions_have_the_root_but_not_in_the_bass() -> None:
    made = tune()
    third = np.where(made.chords.root == 0, 4, made.chords.root).astype(np.int8)
    take = in_blocks(made, replace(made.chords, bass=third))
    counts = measure_harmony(take, made)
    assert share(counts, "root_and_third") == 1
    assert share(counts, "bass_on_root") == 0.5
    assert (share(counts, "first_bass"), share(counts, "last_bass")) == (0, 0)
    inverted = replace(made, chords=replace(made.chords, bass=third))
    assert share(measure_harmony(take, inverted), "bass_on_bass") == 1


def test_chance_is_what_staying_in_key_brings() -> None:
    made = tune()
    take = in_blocks(made, made.chords)
    assert share(chance(take, made), "bass_on_root") == pytest.approx(1 / 3, abs=0.1)
    one_chord = replace(made, chords=chord_rows([C] * 8, 16))
    assert share(chance(in_blocks(one_chord, one_chord.chords), one_chord), "bass_on_root") == 1


def test_only_beats_with_melody_and_chord_count() -> None:
    made = tune()
    pitch, onset = made.grid.pitch.copy(), made.grid.onset.copy()
    pitch[:16, 0], onset[:16, 0] = REST, False
    rows = chord_rows(list(CHORDS), 16)
    rows.root[32:48] = rows.quality[32:48] = rows.bass[32:48] = -1
    changed = replace(made, grid=VoiceGrid(pitch, onset), chords=rows)
    assert agreement(changed.grid, changed, rows)["bass_on_root"].of == 6 * 4
    assert (chord_classes(rows)[32:48] == 0).all()


def test_a_tune_that_is_cut_has_no_last_bass() -> None:
    made = tune(ends=False)
    counts = measure_harmony(in_blocks(made, made.chords), made)
    assert counts["last_bass"].of == 0
    assert counts["first_bass"].of == 1


def test_the_last_bass_is_the_one_that_stays() -> None:
    made = tune()
    take = in_blocks(made, made.chords)
    # G under the beginning of the last note, C under its end.
    take.pitch[120:124, 3] = 43
    assert share(measure_harmony(take, made), "last_bass") == 1
    take.pitch[124:, 3] = 43
    assert share(measure_harmony(take, made), "last_bass") == 0


def test_repeated_phrases_are_found_and_their_basses_compared() -> None:
    made = tune()
    assert list(repeated_phrases(made, 4)) == [(0, 64)]
    assert list(repeated_phrases(made, 2)) == [(0, 64), (32, 96)]
    take = in_blocks(made, made.chords)
    take.pitch[64:80, 3] = 45
    assert measure_harmony(take, made)["bass_repeats_4"] == Count(12, 16)
    # Another note, or one that is held where it was struck, makes another phrase.
    for array, value in ((made.grid.pitch, 60), (made.grid.onset, False)):
        before = array[80, 0].copy()
        array[80, 0] = value
        assert list(repeated_phrases(made, 4)) == []
        array[80, 0] = before


def test_silence_is_no_phrase() -> None:
    made = tune()
    made.grid.pitch[8:64, 0] = made.grid.pitch[72:128, 0] = REST
    made.grid.onset[8:64, 0] = made.grid.onset[72:128, 0] = False
    assert list(repeated_phrases(made, 4)) == []


def test_eighths_tell_six_eight_from_a_waltz() -> None:
    made = tune(SIX_EIGHT)
    onset = np.zeros(made.grid.onset.shape, np.bool_)
    onset[0::6, 1:] = True
    assert share(eighths(VoiceGrid(made.grid.pitch, onset), made), "eighths_1_and_4") == 1
    waltz = np.zeros(made.grid.onset.shape, np.bool_)
    waltz[0::4, 1:] = True
    counts = eighths(VoiceGrid(made.grid.pitch, waltz), made)
    assert share(counts, "eighths_1_and_4") == pytest.approx(1 / 3)
    assert [counts[f"eighth_{n}"].share for n in range(1, 7)] == pytest.approx([1 / 3, 0] * 3)
    assert "eighth_1" not in measure_harmony(tune().grid, tune())


def test_three_chords_follow_the_melody() -> None:
    made = tune()
    rows = three_chords(made, Key(0))
    # E G | F A | B D | C C: I, IV, V, I.
    assert rows.root[::16].tolist() == [0, 5, 7, 0, 0, 5, 7, 0]
    minor = three_chords(made, Key(9, minor=True))
    assert set(minor.root.tolist()) <= {9, 2, 4}


def test_a_key_is_right_with_its_mode() -> None:
    assert key_right(Key(0), tune()).share == 1
    assert key_right(Key(9, minor=True), tune()).share == 0
    assert key_right(Key(0, minor=True), tune()).share == 0
