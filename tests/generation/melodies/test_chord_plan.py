"""The chords that a melody is written over."""

import numpy as np
import pytest

from composer_app.generation.melodies.chord_plan import (
    SONGS_GROUP,
    VOICES_GROUP,
    Slot,
    chord_of,
    dominant_states,
    draw_chords,
    group_of,
    tonic_state,
)
from composer_app.music.pitch import Key


@pytest.mark.parametrize("group", [VOICES_GROUP, SONGS_GROUP])
@pytest.mark.parametrize("minor", [False, True])
def test_cadences_are_obeyed_and_lead_there(group: str, minor: bool) -> None:
    tonic = tonic_state(minor=minor)
    slots = [Slot(i % 2 == 0) for i in range(16)]
    slots[0] = Slot(True, (tonic,))
    slots[-3] = Slot(False, dominant_states())
    slots[-2] = slots[-1] = Slot(True, (tonic,))
    for seed in range(20):
        uniform = np.random.default_rng(seed).random(16)
        found = draw_chords(slots, group, uniform, minor=minor)
        assert found[0] == found[-1] == found[-2] == tonic
        assert found[-3] in dominant_states()
        assert found == draw_chords(slots, group, uniform, minor=minor)


def test_other_chances_make_other_chords() -> None:
    slots = [Slot(True) for _ in range(12)]
    rows = {
        tuple(draw_chords(slots, SONGS_GROUP, np.random.default_rng(s).random(12), minor=False))
        for s in range(10)
    }
    assert len(rows) == 10


def test_a_chord_that_was_never_counted_stands_all_the_same() -> None:
    odd = (6, "mMaj7")
    slots = [Slot(True), Slot(True, (odd,)), Slot(True)]
    found = draw_chords(slots, VOICES_GROUP, np.full(3, 0.5), minor=False)
    assert found[1] == odd
    assert odd not in (found[0], found[2])


def test_no_slots_have_no_chords() -> None:
    assert draw_chords([], VOICES_GROUP, np.zeros(0), minor=False) == []


def test_states_are_chords_above_the_tonic() -> None:
    assert group_of("hymn") == VOICES_GROUP
    assert group_of("song") == SONGS_GROUP
    chord = chord_of((7, "7"), Key(10))
    assert (chord.root, chord.quality.name) == (5, "7")
