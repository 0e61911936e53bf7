"""Pitch names, ranges, keys and their estimation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks import keys
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.pitch import (
    ALBRECHT_SHANAHAN,
    KRUMHANSL_KESSLER,
    Key,
    KeyProfiles,
    estimate_key,
    fold_into_range,
    is_black_key,
    pitch_name,
)


@pytest.mark.parametrize(
    ("pitch", "sharps", "flats"),
    [
        (0, "C-1", "C-1"),
        (60, "C4", "C4"),
        (61, "C♯4", "D♭4"),
        (70, "A♯4", "B♭4"),
        (127, "G9", "G9"),
    ],
)
def test_names(pitch: int, sharps: str, flats: str) -> None:
    assert pitch_name(pitch) == sharps
    assert pitch_name(pitch, flats=True) == flats


def test_black_keys_of_an_octave() -> None:
    assert [pitch for pitch in range(60, 72) if is_black_key(pitch)] == [61, 63, 66, 68, 70]


@given(st.integers(0, 127), st.integers(0, 100), st.integers(11, 40))
def test_folding_moves_by_octaves_into_the_range(pitch: int, lowest: int, width: int) -> None:
    folded = fold_into_range(pitch, lowest, lowest + width)
    assert lowest <= folded <= lowest + width
    assert (folded - pitch) % 12 == 0
    if lowest <= pitch <= lowest + width:
        assert folded == pitch


def test_folding_needs_an_octave() -> None:
    with pytest.raises(ValueError, match="narrower than an octave"):
        fold_into_range(60, 50, 60)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (Key(0), "C major"),
        (Key(5), "F major"),
        (Key(6), "F♯ major"),
        (Key(3), "E♭ major"),
        (Key(9, minor=True), "A minor"),
        (Key(7, minor=True), "G minor"),
        (Key(10, minor=True), "B♭ minor"),
        (Key(6, minor=True), "F♯ minor"),
    ],
)
def test_key_names(key: Key, name: str) -> None:
    assert key.name == name


def test_a_tonic_is_a_pitch_class() -> None:
    with pytest.raises(ValueError, match="pitch class"):
        Key(12)


def test_a_minor_key_contains_its_raised_sixth_and_seventh() -> None:
    a_minor = Key(9, minor=True)
    assert a_minor.contains(67)
    assert a_minor.contains(68)
    assert a_minor.contains(66)
    assert not a_minor.contains(70)
    assert not Key(0).contains(68)


@pytest.mark.parametrize("tonic", range(12))
def test_scales_with_a_long_keynote_are_recognised_in_every_key(tonic: int) -> None:
    for minor, scale in ((False, (0, 2, 4, 5, 7, 9, 11, 12)), (True, (0, 2, 3, 5, 7, 8, 11, 12))):
        pitches = [60 + tonic + degree for degree in scale]
        assert estimate_key(pitches, [4, 1, 2, 1, 3, 1, 1, 4]) == Key(tonic, minor)


def test_an_estimated_key_is_of_plain_numbers() -> None:
    # Recipes and projects write keys as JSON, which knows nothing of numpy's.
    for pitches in ((60, 64, 67), (57, 60, 64, 68)):
        key = estimate_key(pitches)
        assert (type(key.tonic), type(key.minor)) == (int, bool)


def test_weights_count() -> None:
    pitches = [60, 62, 64, 65, 67, 69, 71]
    assert estimate_key(pitches, [9, 1, 5, 1, 6, 1, 1]) == Key(0)
    assert estimate_key(pitches, [4, 1, 5, 1, 1, 9, 1]) == Key(9, minor=True)


@pytest.mark.parametrize(
    ("pitches", "key"),
    [
        ([61], Key(1)),
        # An open fifth has no third that would make it minor.
        ([60, 67], Key(0)),
        ([60, 63, 67], Key(0, minor=True)),
    ],
)
def test_the_first_notes_of_a_piece_have_the_key_that_they_suggest(
    pitches: list[int], key: Key
) -> None:
    assert estimate_key(pitches) == key


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 115), min_size=1, max_size=20),
    st.integers(0, 11),
    st.sampled_from([ALBRECHT_SHANAHAN, KRUMHANSL_KESSLER]),
)
def test_a_piece_that_is_moved_is_in_the_moved_key(
    pitches: list[int], interval: int, profiles: KeyProfiles
) -> None:
    def scores(of: list[int]) -> NDArray[np.float64]:
        return profiles.of_keys @ np.bincount(np.array(of) % 12, minlength=12).astype(np.float64)

    first, second = np.sort(scores(pitches))[-2:][::-1]
    if first - second > 1e-6:  # keys that tie are decided by their order
        before = estimate_key(pitches, profiles=profiles)
        after = estimate_key([each + interval for each in pitches], profiles=profiles)
        assert after == Key((before.tonic + interval) % 12, before.minor)


def test_profiles_of_another_ear_are_another_estimate() -> None:
    """The classic profiles hear Mary had a little lamb on its most frequent note."""
    notes = load_sample("mary_lamb").notes
    pitches, lengths = [n.pitch for n in notes], [n.duration for n in notes]
    assert estimate_key(pitches, lengths) == Key(0)
    assert estimate_key(pitches, lengths, KRUMHANSL_KESSLER) == Key(4, minor=True)


@pytest.mark.slow
def test_the_profiles_find_the_key_of_chorales_more_often_than_the_classic_ones() -> None:
    pytest.importorskip("music21")
    chorales = list(keys.written_chorales("valid"))
    assert len(chorales) == 77
    for passage in keys.PASSAGES.values():
        (signature, key), (classic_signature, classic_key) = (
            keys.shares(chorales, profiles, *passage)
            for profiles in (ALBRECHT_SHANAHAN, KRUMHANSL_KESSLER)
        )
        assert signature > classic_signature + 0.05
        assert key > classic_key + 0.05


@pytest.mark.parametrize("pitches", [[], range(60, 72)])
def test_what_has_no_key_counts_as_c_major(pitches: list[int]) -> None:
    assert estimate_key(pitches) == Key(0)


@pytest.mark.parametrize(
    ("sharps", "minor", "name"),
    [
        (0, False, "C major"),
        (-3, False, "E♭ major"),
        (6, False, "F♯ major"),
        (-6, False, "G♭ major"),
        (-7, False, "C♭ major"),
        (7, False, "C♯ major"),
        (-7, True, "A♭ minor"),
        (7, True, "A♯ minor"),
        # No signature has more than seven; the same sounds with four flats.
        (8, False, "A♭ major"),
        (-9, True, "F♯ minor"),
    ],
)
def test_keys_of_signatures(sharps: int, minor: bool, name: str) -> None:
    key = Key.of_signature(sharps, minor=minor)
    assert key.name == name
    assert key.uses_flats == (key.sharps < 0)
    if abs(sharps) <= 7:
        assert key.sharps == sharps


def test_most_keys_have_but_one_spelling() -> None:
    assert Key(6, respelled=True).name == "G♭ major"
    for tonic in (0, 2, 3, 4, 5, 7, 8, 9, 10):
        with pytest.raises(ValueError, match="has but one spelling"):
            Key(tonic, respelled=True)
