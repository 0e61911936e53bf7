"""Drums as the network writes them: repeatable, in the groove, with fills where asked for."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer_app.errors import ModelError
from composer_app.generation.bands.band_generator import BandGenerator
from composer_app.generation.bands.drum_network import DrumBar, DrumNetwork, Stroke, strokes_of
from composer_app.generation.bands.form import form_of
from composer_app.generation.bands.style_file import DRUMS
from composer_app.generation.bands.style_list import find_style, load_band
from composer_app.generation.bands.touch import Clock
from composer_app.generation.bands.written_drums import as_played
from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationSettings
from composer_app.generation.given import accompaniment, given_from, locks_of_ensemble, parse_lock
from composer_app.generation.models.catalog import (
    band_info,
    find_drums,
    find_model,
    load_drums,
)
from composer_app.generation.noise import NoiseVector
from composer_app.generation.repeating import Repeats
from composer_app.music.composition import Composition
from composer_app.music.melody import Melody
from composer_app.music.midi.file import read_midi, write_midi
from composer_app.music.note import Note
from composer_app.music.timing import TICKS_PER_STEP
from tests.generation.bands.melodies import MELODIES, melody
from tests.generation.bands.playing import FakePlanner

WRITTEN = ("swing", "ballad", "pop", "rock", "folk", "bossa")


@cache
def _network() -> DrumNetwork:
    return load_drums("drums")


@cache
def _band(name: str) -> BandGenerator:
    planner: Any = FakePlanner()
    return BandGenerator(find_style(name), planner, _network())


def _drums(
    name: str, tune: Melody, wanted: GenerationSettings | None = None, **more: Any
) -> tuple[Note, ...]:
    return _piece(name, tune, wanted, **more).tracks[3].notes


def _piece(
    name: str, tune: Melody, wanted: GenerationSettings | None = None, **more: Any
) -> Composition:
    band = _band(name)
    return compose(tune, band, wanted or GenerationSettings(), programs=band.band.programs, **more)


def _bars(count: int, seed: int = 1, fills: tuple[int, ...] = ()) -> list[DrumBar]:
    noise = NoiseVector.from_seed(seed, count * 16).z[:, 3]
    return [DrumBar(noise[i], i in fills) for i in range(count)]


@settings(max_examples=15, deadline=None)
@given(
    count=st.integers(1, 9),
    seed=st.integers(0, 2**32 - 1),
    style=st.sampled_from(("rock", "jazz/swing", "latin/brazilian-bossa", "never heard of")),
    tempo=st.floats(40, 260),
    swing=st.floats(0.5, 0.75),
    temperature=st.floats(0.2, 2.0),
)
def test_any_bars_are_written_within_bounds_and_the_same_again(
    count: int, seed: int, style: str, tempo: float, swing: float, temperature: float
) -> None:
    network, bars = _network(), _bars(count, seed)
    made = network.write(bars, style, tempo, swing, temperature)
    assert made.shape == (count, 16, 3 * len(network.pitches))
    assert np.isfinite(made).all()
    for bar in made:
        for stroke in strokes_of(bar, network.pitches, 0):
            assert stroke.pitch in DRUMS.values()
            assert 1 <= stroke.velocity <= 127
            assert -0.5 <= stroke.timing <= 0.5
    assert np.array_equal(network.write(bars, style, tempo, swing, temperature), made)
    # With more bars the earlier ones stay.
    fewer = network.write(bars[: count - 1], style, tempo, swing, temperature)
    assert np.array_equal(fewer, made[: count - 1])


def _unlike(fills: tuple[int, ...]) -> float:
    """How unlike the bar before it the fourth bar is, on average over some seeds."""
    network, shares = _network(), []
    count = len(network.pitches)
    for seed in range(12):
        made = network.write(_bars(4, seed, fills), "rock", 110, 0.5, 1.0)[..., :count] > 0
        either = (made[2] | made[3]).sum()
        shares.append(1 - (made[2] & made[3]).sum() / max(1, either))
    return float(np.mean(shares))


def test_a_fill_that_is_asked_for_leaves_the_groove() -> None:
    assert _unlike((3,)) > _unlike(()) + 0.1


def test_the_groove_is_played_on_the_kit() -> None:
    network = _network()
    count = len(network.pitches)
    ride, closed = (network.pitches.index(DRUMS[name]) for name in ("ride", "closed"))
    totals = []
    for name in ("ride", "closed"):
        kit = [DRUMS["kick"], DRUMS["snare"], DRUMS[name]]
        made = [network.write(_bars(4, s), "rock", 110, 0.5, 1.0, kit) for s in range(6)]
        totals.append(np.sum([each[..., :count] for each in made], axis=(0, 1, 2)))
    assert totals[0][ride] > 4 * totals[0][closed]
    assert totals[1][closed] > 4 * totals[1][ride]


def test_more_is_played_where_more_is_asked_for() -> None:
    tune = MELODIES["repeats"]
    for name in ("rock", "swing"):
        busy, simple = (
            sum(
                len(_drums(name, tune, GenerationSettings(seed, busy=(0.0, 0.0, much))))
                for seed in range(4)
            )
            for much in (1.0, -1.0)
        )
        assert busy > 1.2 * simple, name


@pytest.mark.parametrize("name", WRITTEN)
def test_plays_every_melody_between_entrance_and_end(name: str) -> None:
    for title, tune in MELODIES.items():
        if title == "two hundred bars":
            continue
        piece = _piece(name, tune)
        drums = piece.tracks[3].notes
        assert {note.pitch for note in drums} <= set(DRUMS.values()), title
        assert all(1 <= note.velocity <= 127 for note in drums), title
        assert min(note.start for note in drums) >= tune.notes[0].start, title
        assert max(note.end for note in drums) <= piece.steps, title
        # The last chord has its stroke.
        last = max(note.start for note in drums)
        assert {DRUMS["kick"], DRUMS["crash"]} <= {n.pitch for n in drums if n.start == last}, title


def test_timing_and_velocities_are_a_drummers_and_survive_files(tmp_path: Path) -> None:
    piece = _piece("rock", MELODIES["repeats"])
    drums = piece.tracks[3].notes
    assert len({note.velocity for note in drums}) > 15
    assert len({note.onset_shift for note in drums}) > 15
    write_midi(piece, tmp_path / "band.mid")
    read = read_midi(tmp_path / "band.mid").tracks[3]
    assert read.drums
    assert [(n.onset_ticks, n.pitch, n.velocity) for n in read.notes] == [
        (n.onset_ticks, n.pitch, n.velocity) for n in drums
    ]


def test_the_ride_swings_with_the_band() -> None:
    tune = MELODIES["repeats"]
    late = [
        note.onset_ticks % 960 / 960
        for seed in range(6)
        for note in _drums("swing", tune, GenerationSettings(seed, busy=(0.0, 0.0, 1.0)))
        if note.pitch == DRUMS["ride"] and 0.4 < note.onset_ticks % 960 / 960 < 0.8
    ]
    assert len(late) > 10
    assert np.median(late) == pytest.approx(0.64, abs=0.06)


def test_seeds_differ_and_bars_that_are_added_change_no_earlier_ones() -> None:
    tune = MELODIES["repeats"]
    takes = [_drums("pop", tune, GenerationSettings(seed)) for seed in range(4)]
    assert len({str(take) for take in takes}) == 4
    assert _drums("pop", tune, GenerationSettings(2)) == takes[2]


def test_what_is_locked_stays_and_the_groove_goes_on_from_it() -> None:
    tune = MELODIES["repeats"]
    first = _piece("rock", tune, GenerationSettings(1))
    locks = locks_of_ensemble([parse_lock("drums:1-2")], band=True)
    around = given_from(tune, accompaniment(first), locks)
    second = _piece("rock", tune, GenerationSettings(2), given=around)
    until = first.meters.bars_of(first.steps)[2].first_step

    def early(piece: Composition) -> list[Note]:
        return [note for note in piece.tracks[3].notes if note.start < until]

    assert early(second) == early(first)
    free = _piece("rock", tune, GenerationSettings(2))
    assert second.tracks[3].notes != free.tracks[3].notes


def test_other_metres_keep_their_patterns() -> None:
    planner: Any = FakePlanner()
    for meter in ("3/4", "6/8", "5/4"):
        tune = melody([(60, 4), (62, 4), (64, 4)] * 10, meter)
        without = BandGenerator(find_style("pop"), planner)
        expected = compose(tune, without, GenerationSettings(), programs=without.band.programs)
        assert _drums("pop", tune) == expected.tracks[3].notes


@pytest.mark.parametrize(
    "spoil",
    [lambda path: path.unlink(), lambda path: path.write_bytes(b"no model")],
    ids=["missing", "damaged"],
)
def test_without_the_model_patterns_play_and_a_sentence_says_so(
    spoil: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.onnx").write_bytes(b"")
    spoil(tmp_path / "mine.onnx")
    text = find_style("rock").path.read_text().replace('model = "drums"', 'model = "mine"')
    (tmp_path / "mine.toml").write_text(text)
    monkeypatch.setenv("COMPOSER_STYLES", str(tmp_path))
    monkeypatch.setenv("COMPOSER_MODELS", str(tmp_path))
    assert find_model("mine").technique in ("band", "")
    style = find_style("mine")
    assert style.band is not None
    assert find_drums(style.band.drums) is None
    assert band_info(style).remark.startswith("Its drums are played from patterns:")
    assert not band_info(find_style("rock")).remark


def test_a_model_that_writes_voices_writes_no_drums() -> None:
    with pytest.raises(ModelError, match="writes no drums"):
        load_drums("models/bach.onnx")
    with pytest.raises(ModelError, match="no model of drums"):
        load_drums("bach")


def test_a_style_of_drums_that_nobody_knows_is_played_from_patterns() -> None:
    taste = find_style("rock").band.drums
    assert taste is not None
    assert find_drums(replace(taste, styles=("polka",))) is None
    assert find_drums(taste) is not None


@pytest.mark.slow
def test_the_installed_band_has_its_drummer() -> None:
    generator = load_band(find_style("bossa"), 1)
    piece = compose(MELODIES["plain"], generator, GenerationSettings())
    assert len({note.velocity for note in piece.tracks[3].notes}) > 8


def test_of_two_strokes_that_are_one_to_the_ear_the_first_stays() -> None:
    tune = MELODIES["plain"]
    meters = tune.meters.with_upbeat(0)
    clock = Clock(form_of(tune.notes, meters, Repeats.REPEAT, introduction=False), 0.5)
    snare, ride = DRUMS["snare"], DRUMS["ride"]
    # The second stroke on the snare comes a twentieth of a step after the first.
    strokes = [
        Stroke(4, snare, 90, 0.48),
        Stroke(5, snare, 60, -0.47),
        Stroke(5, ride, 70, 0.0),
        Stroke(6, snare, 80, 0.0),
    ]
    notes = as_played(strokes, clock, 80)
    assert [(note.pitch, note.onset_ticks) for note in notes] == [
        (snare, round(4.48 * TICKS_PER_STEP)),
        (ride, 5 * TICKS_PER_STEP),
        (snare, 6 * TICKS_PER_STEP),
    ]
    assert all(note.release_ticks > note.onset_ticks for note in notes)
