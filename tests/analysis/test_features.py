"""Features counted by hand, against other libraries, and as properties of any piece."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer_app.analysis.features import (
    CONSONANT_WITH_MELODY,
    DEGREE,
    FEATURES,
    GAP,
    IN_KEY,
    INTERVAL,
    LEAP,
    LENGTH,
    NOTES_PER_BAR,
    ON_BEAT,
    PITCH,
    PITCH_CLASS,
    POLYPHONY,
    SOUNDING,
    VELOCITY,
    Feature,
    feature_values,
    measure,
    measure_all,
)
from composer_app.analysis.material import Material
from composer_app.music.composition import Composition, Track
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter, TempoMap

# A scale of C major in quarters with a C sharp that comes one sixteenth late.
SCALE = [Note(4 * i, pitch, 4, 70 + i) for i, pitch in enumerate((60, 62, 64, 65, 67, 69, 71, 72))]
UPPER = Track("Soprano", 40, (*SCALE, Note(33, 61, 1, 100)))
LOWER = Track("Bass", 42, (Note(0, 48, 32, 60),))
PIECE = Composition(
    (UPPER, LOWER, Track("Tacet")), TempoMap.constant(90), MeterMap.constant(Meter(4, 4)), "Scale"
)

# One bar of 4/4. Melody: E5 for a half, a quarter's rest, C5. Below: a third of two voices struck
# together, then a lower note that overlaps it.
E5, C5 = Note(0, 76, 8), Note(12, 72, 4)
G4, B4, C4 = Note(0, 67, 8), Note(0, 71, 8), Note(6, 60, 6)
CHORDS = Composition((Track("Melody", 0, (E5, C5)), Track("Chords", 0, (G4, B4, C4))))

NOTES = st.builds(Note, st.integers(0, 60), st.integers(40, 80), st.integers(1, 12))
PIECES = st.lists(st.lists(NOTES, max_size=12), max_size=4).map(
    lambda voices: Composition(tuple(Track("", 0, tuple(set(notes))) for notes in voices))
)


@pytest.mark.parametrize(
    ("feature", "counted"),
    [
        (PITCH, [60, 62, 64, 65, 67, 69, 71, 72, 61]),
        (PITCH_CLASS, [0, 2, 4, 5, 7, 9, 11, 0, 1]),
        (DEGREE, [0, 2, 4, 5, 7, 9, 11, 0, 1]),
        (LENGTH, [4] * 8 + [1]),
        (VELOCITY, [70, 71, 72, 73, 74, 75, 76, 77, 100]),
        (GAP, [4] * 7 + [5]),
        (INTERVAL, [2, 2, 1, 2, 2, 2, 1, -11]),
        (NOTES_PER_BAR, [4, 4, 1]),
        (POLYPHONY, [1] * 32 + [0, 1]),
        (IN_KEY, [1] * 8 + [0]),
        (ON_BEAT, [1] * 8 + [0]),
        (SOUNDING, [1] * 32 + [0, 1]),
        (CONSONANT_WITH_MELODY, []),
        (LEAP, [0] * 7 + [1]),
    ],
)
def test_values_of_a_track_counted_by_hand(feature: Feature, counted: list[float]) -> None:
    values = feature_values(PIECE, feature, [0])
    assert values.dtype == np.float64
    assert values.tolist() == counted


@pytest.mark.parametrize(
    ("feature", "counted"),
    [
        # B and G are struck together: one onset, of which B is the top.
        (GAP, [12, 6]),
        (INTERVAL, [-4, -11]),
        (NOTES_PER_BAR, [2, 3]),
        (POLYPHONY, [3] * 6 + [4] * 2 + [1] * 4 + [1] * 4),
        (SOUNDING, [1] * 8 + [0] * 4 + [1] * 4 + [1] * 12 + [0] * 4),
        # G and C lie a sixth and a third (and an octave) below E, B a fourth.
        (CONSONANT_WITH_MELODY, [1, 1, 1]),
        (LEAP, [1, 1]),
    ],
)
def test_values_of_chords_counted_by_hand(feature: Feature, counted: list[float]) -> None:
    assert feature_values(CHORDS, feature).tolist() == counted


def test_dissonance_is_judged_where_the_note_starts_and_the_melody_sounds() -> None:
    below = Track("", 0, (Note(0, 65, 4), Note(4, 64, 4), Note(9, 59, 2), Note(12, 61, 1)))
    piece = Composition((CHORDS.tracks[0], below))
    measured = measure(Material.of(piece), CONSONANT_WITH_MELODY)
    # F below E is a seventh; E an octave; at step 9 the melody rests; C sharp below C a seventh.
    assert measured.values.tolist() == [0, 1, 0]
    assert measured.sources[2] == ((1, Note(12, 61, 1)), (0, C5))


def test_the_melody_is_its_track_s_highest_note() -> None:
    chord = Track("", 0, (Note(0, 60, 4), Note(0, 71, 4), Note(2, 64, 8)))
    piece = Composition((chord, Track("", 0, (Note(0, 55, 2), Note(3, 60, 1), Note(5, 54, 1)))))
    measured = measure(Material.of(piece), CONSONANT_WITH_MELODY)
    # B over G, B over C, and when B has ended E over F sharp.
    assert measured.values.tolist() == [1, 0, 0]
    above = [sources[1][1].pitch for sources in measured.sources]
    assert above == [71, 71, 64]


def test_repeated_notes_are_neither_steps_nor_leaps() -> None:
    pitches = (60, 60, 62, 65, 65, 63)
    notes = tuple(Note(4 * i, pitch, 4) for i, pitch in enumerate(pitches))
    piece = Composition((Track("", 0, notes),))
    assert feature_values(piece, LEAP).tolist() == [0, 1, 0]
    assert feature_values(piece, INTERVAL).tolist() == [0, 2, 3, 0, -2]


def test_two_pitches_that_are_one_are_no_polyphony() -> None:
    unison = Composition((Track("", 0, (Note(0, 60, 2),)), Track("", 0, (Note(1, 60, 2),))))
    assert feature_values(unison, POLYPHONY).tolist() == [1, 1, 1]


def test_degrees_make_all_keys_alike() -> None:
    for shift in range(12):
        moved = tuple(Note(n.start, n.pitch + shift, n.duration) for n in SCALE)
        piece = Composition((Track("", 0, moved),))
        assert feature_values(piece, DEGREE).tolist() == [0, 2, 4, 5, 7, 9, 11, 0]
    # In minor they are counted from the relative major's tonic.
    minor = (57, 59, 60, 62, 64, 65, 64, 57, 64, 60, 57, 57)
    notes = tuple(Note(4 * i, pitch, 4) for i, pitch in enumerate(minor))
    piece = Composition((Track("", 0, notes),))
    assert piece.key().name == "A minor"
    assert feature_values(piece, DEGREE)[0] == 9


def test_tracks_are_chosen_by_index_and_follow_each_other() -> None:
    assert feature_values(PIECE, PITCH)[-1] == 48
    assert feature_values(PIECE, PITCH, [1, 0])[0] == 48
    assert feature_values(PIECE, PITCH, [2]).shape == (0,)
    assert feature_values(Composition(), IN_KEY).shape == (0,)


def test_the_key_is_that_of_the_whole_piece() -> None:
    only_f_sharp = Track("F sharp", 0, (Note(0, 66, 1),))
    piece = Composition((UPPER, LOWER, only_f_sharp))
    assert feature_values(piece, IN_KEY, [2]).tolist() == [0]


def test_the_beat_of_six_eight_is_the_dotted_quarter() -> None:
    notes = tuple(Note(2 * eighth, 60, 2) for eighth in range(6))
    piece = Composition((Track("", 0, notes),), meters=MeterMap.constant(Meter(6, 8)))
    assert feature_values(piece, ON_BEAT).tolist() == [1, 0, 0, 1, 0, 0]


def test_the_melody_is_the_first_track() -> None:
    piece = Composition((UPPER, Track("Tacet"), LOWER))
    assert measure(Material.melody(piece), PITCH).values.tolist()[-1] == 61
    assert Material.melody(Composition((Track("Tacet"),))).notes == ()


def test_a_selection_is_measured_within_its_piece() -> None:
    second, third, last = SCALE[1], SCALE[2], SCALE[7]
    part = Material.selection(PIECE, [(0, second), (0, third), (0, last)])
    assert measure(part, PITCH).values.tolist() == [62, 64, 72]
    # The last one follows a note that was not selected.
    assert measure(part, INTERVAL).values.tolist() == [2]
    assert measure(part, GAP).sources == (((0, second), (0, third)),)
    # From the first selected note to the end of the last: steps 4 to 32, bars 1 and 2.
    assert measure(part, NOTES_PER_BAR).values.tolist() == [2, 1]
    assert measure(part, POLYPHONY).values.tolist() == [1] * 8 + [0] * 16 + [1] * 4
    assert part.key.name == "C major"


def test_notes_that_are_gone_are_not_measured() -> None:
    stale = Material.selection(PIECE, [(0, Note(0, 99, 1)), (7, SCALE[0]), (-1, SCALE[0])])
    assert all(measured.values.size == 0 for measured in measure_all(stale).values())
    assert Material.selection(Composition((UPPER,)), [(-1, SCALE[0])]).notes == ()


def test_a_bar_is_traced_back_to_its_notes() -> None:
    intervals = measure(Material.of(PIECE), INTERVAL)
    assert intervals.behind(-12, 0) == {(0, SCALE[7]), (0, UPPER.notes[-1])}
    assert intervals.behind(1, 2) == {(0, SCALE[i]) for i in (2, 3, 6, 7)}
    assert intervals.behind(3, 99) == frozenset()


@settings(deadline=None, max_examples=50)
@given(PIECES)
def test_selecting_all_is_measuring_all(piece: Composition) -> None:
    everything = Material.of(piece)
    selected = Material.selection(piece, everything.notes)
    for feature in FEATURES:
        whole, part = measure(everything, feature), measure(selected, feature)
        assert len(whole.sources) == whole.values.size
        if feature in (NOTES_PER_BAR, POLYPHONY, SOUNDING):
            # Those count silence as well: the selection begins where its notes do.
            assert part.values.sum() == whole.values.sum()
        else:
            assert part.values.tolist() == whole.values.tolist()
            assert part.sources == whole.sources
        assert set().union(*whole.sources) <= set(everything.notes)


@settings(deadline=None, max_examples=50)
@given(PIECES, st.data())
def test_values_of_a_selection_come_from_its_notes(piece: Composition, data: st.DataObject) -> None:
    notes = Material.of(piece).notes
    chosen = data.draw(st.sets(st.sampled_from(notes))) if notes else set()
    for measured in measure_all(Material.selection(piece, chosen)).values():
        melody = measured.feature is CONSONANT_WITH_MELODY
        for sources in measured.sources:
            # What a note is consonant with need not be selected.
            assert set(sources[:1] if melody else sources) <= chosen


def test_features_are_told_apart_by_their_ids() -> None:
    assert len({feature.id for feature in FEATURES}) == len(FEATURES) == 14
    kinds = [feature.kind for feature in FEATURES]
    assert [kinds.count(kind) for kind in ("number", "category", "trial")] == [7, 2, 5]
