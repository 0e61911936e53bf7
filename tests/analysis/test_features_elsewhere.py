"""The features beside what pretty_midi and music21 measure of the same music."""

from pathlib import Path
from typing import Any

import numpy as np
import pretty_midi
import pytest

from composer_app.analysis.features import (
    CONSONANT_WITH_MELODY,
    DEGREE,
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
    feature_values,
)
from composer_app.analysis.material import Material
from composer_app.music.composition import Composition, Track
from composer_app.music.meter_map import MeterMap
from composer_app.music.midi.file import write_midi
from composer_app.music.note import Note
from composer_app.music.pitch import (
    ALBRECHT_SHANAHAN,
    KRUMHANSL_KESSLER,
    Key,
    estimate_key,
)
from composer_app.music.timing import Meter
from tests.analysis.test_features import PIECE

CHORALES = ("bwv66.6", "bwv269", "bwv153.1", "bwv245.22")


def test_numbers_equal_pretty_midis(tmp_path: Path) -> None:
    write_midi(PIECE, tmp_path / "piece.mid")
    other = pretty_midi.PrettyMIDI(str(tmp_path / "piece.mid"))
    step = 60 / 90 / 4
    first = other.instruments[0].notes
    assert [n.pitch for n in first] == feature_values(PIECE, PITCH, [0]).tolist()
    assert [n.velocity for n in first] == feature_values(PIECE, VELOCITY, [0]).tolist()
    lengths = [(n.end - n.start) / step for n in first]
    np.testing.assert_allclose(lengths, feature_values(PIECE, LENGTH, [0]), atol=0.01)
    gaps = np.diff([n.start for n in first]) / step
    np.testing.assert_allclose(gaps, feature_values(PIECE, GAP, [0]), atol=0.01)
    classes = np.bincount(feature_values(PIECE, PITCH_CLASS).astype(int), minlength=12)
    np.testing.assert_allclose(other.get_pitch_class_histogram(), classes / classes.sum())
    roll = other.get_piano_roll(fs=1 / step)
    polyphony = feature_values(PIECE, POLYPHONY)
    assert (roll > 0).sum(axis=0)[: polyphony.size].tolist() == polyphony.tolist()
    alone = other.instruments[0].get_piano_roll(fs=1 / step)
    sounding = feature_values(PIECE, SOUNDING, [0])
    assert (alone > 0).any(axis=0)[: sounding.size].tolist() == sounding.tolist()


@pytest.mark.parametrize("meter", [Meter(4, 4), Meter(3, 4), Meter(6, 8)])
def test_beats_and_bars_are_pretty_midis(tmp_path: Path, meter: Meter) -> None:
    random = np.random.default_rng(3)
    starts = np.sort(random.choice(96, 40, replace=False)).tolist()
    track = Track("", 0, tuple(Note(start, 60, 1) for start in starts))
    piece = Composition((track,), meters=MeterMap.constant(meter))
    write_midi(piece, tmp_path / "piece.mid")
    other = pretty_midi.PrettyMIDI(str(tmp_path / "piece.mid"))
    onsets = other.get_onsets()
    beats = other.get_beats()
    on_beat = [bool(np.isclose(beats, onset, atol=1e-3).any()) for onset in onsets]
    assert on_beat == feature_values(piece, ON_BEAT).astype(bool).tolist()
    bars = np.append(other.get_downbeats(), np.inf) - 1e-3
    counts = np.histogram(onsets, bars)[0]
    found = feature_values(piece, NOTES_PER_BAR)
    assert counts[: found.size].tolist() == found.tolist()
    assert not counts[found.size :].any()


def read(music21: Any, name: str) -> tuple[Composition, Any]:
    score = music21.corpus.parse(f"bach/{name}")
    tracks = []
    for part in score.parts:
        notes = []
        for note in part.flatten().stripTies().notes:
            length = round(float(note.quarterLength) * 4)
            notes.append(Note(round(float(note.offset) * 4), note.pitch.midi, length))
        tracks.append(Track(part.partName or "", 0, tuple(notes)))
    return Composition(tuple(tracks)), score


@pytest.mark.slow
@pytest.mark.parametrize("name", CHORALES)
def test_keys_equal_music21s(name: str) -> None:
    music21 = pytest.importorskip("music21")

    def key_of(found: Any) -> Key:
        return Key(found.tonic.pitchClass, found.mode == "minor")

    piece, score = read(music21, name)
    analysis = music21.analysis.discrete.KrumhanslKessler(score)
    notes = [note for track in piece.tracks for note in track.notes]
    pitches, lengths = [n.pitch for n in notes], [n.duration for n in notes]
    classic = estimate_key(pitches, lengths, KRUMHANSL_KESSLER)
    assert classic == key_of(analysis.getSolution(score))
    # The same, with our profiles put in the place of music21's.
    analysis.getWeights = lambda mode: ALBRECHT_SHANAHAN.of_keys[
        0 if mode == "major" else 12
    ].tolist()
    assert piece.key() == key_of(analysis.getSolution(score))


@pytest.mark.slow
@pytest.mark.parametrize("name", CHORALES)
def test_histograms_equal_those_of_jsymbolic(name: str) -> None:
    music21 = pytest.importorskip("music21")
    piece, score = read(music21, name)

    def of(feature: str) -> list[float]:
        extractor = getattr(music21.features.jSymbolic, f"{feature}Feature")
        vector: list[float] = extractor(score).extract().vector
        return vector

    def shares(values: Any, size: int) -> Any:
        return np.bincount(values.astype(int), minlength=size) / values.size

    pitch, interval = feature_values(piece, PITCH), feature_values(piece, INTERVAL)
    np.testing.assert_allclose(of("BasicPitchHistogram"), shares(pitch, 128)[:128])
    np.testing.assert_allclose(
        of("MelodicIntervalHistogram"), shares(np.abs(interval), 128)[:128], atol=1e-12
    )
    assert of("AverageMelodicInterval") == [pytest.approx(np.abs(interval).mean())]
    assert of("RepeatedNotes") == [pytest.approx((interval == 0).mean())]
    assert of("Range") == [np.ptp(pitch)]
    assert of("PitchVariety") == [np.unique(pitch).size]
    assert of("PitchClassVariety") == [np.unique(feature_values(piece, PITCH_CLASS)).size]
    # Steps of one or two semitones among all intervals; ours leaves repeated notes out.
    moving = (interval != 0).mean()
    leaps = feature_values(piece, LEAP).mean()
    assert of("StepwiseMotion") == [pytest.approx(moving * (1 - leaps))]


@pytest.mark.slow
@pytest.mark.parametrize("name", CHORALES)
def test_each_note_is_what_music21_says(name: str) -> None:
    music21 = pytest.importorskip("music21")
    piece, score = read(music21, name)
    key = piece.key()
    other = music21.key.Key(music21.pitch.Pitch(key.tonic).name, "minor" if key.minor else "major")
    scale = {pitch.pitchClass for pitch in other.pitches}
    if key.minor:
        melodic = music21.scale.MelodicMinorScale(other.tonic)
        scale |= {
            pitch.pitchClass
            for pitch in melodic.getPitches(direction=music21.scale.Direction.ASCENDING)
        }
    tonic = (other.relative if key.minor else other).tonic.pitchClass
    for index, part in enumerate(score.parts):
        notes = [
            note for note in part.recurse().notes if note.tie is None or note.tie.type == "start"
        ]
        assert feature_values(piece, ON_BEAT, [index]).astype(bool).tolist() == [
            note.beat == int(note.beat) for note in notes
        ]
        classes = [note.pitch.pitchClass for note in notes]
        assert feature_values(piece, IN_KEY, [index]).astype(bool).tolist() == [
            each in scale for each in classes
        ]
        assert feature_values(piece, DEGREE, [index]).tolist() == [
            (each - tonic) % 12 for each in classes
        ]


@pytest.mark.slow
def test_consonances_equal_music21s_but_for_the_fourth() -> None:
    """music21 calls fourths dissonant, as counterpoint in two voices does."""
    music21 = pytest.importorskip("music21")
    for semitones in range(37):
        melody, below = Note(0, 84, 4), Note(0, 84 - semitones, 4)
        piece = Composition((Track("", 0, (melody,)), Track("", 0, (below,))))
        found = feature_values(piece, CONSONANT_WITH_MELODY)
        assert Material.melody(piece).tracks == (0,)
        interval = music21.interval.Interval(semitones)
        fourth = semitones % 12 == 5
        assert found.tolist() == [float(fourth or interval.isConsonant())], semitones
