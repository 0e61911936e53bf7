"""The shipped model, end to end: what goes in and what must come out."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer_app.errors import ModelError
from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationCancelledError, GenerationSettings
from composer_app.generation.placement import bar_positions, octave_shift
from composer_app.generation.refining.canvas import Schedule
from composer_app.generation.refining.refining_generator import RefiningGenerator
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter

onnxruntime = pytest.importorskip("onnxruntime")

QUICK = Schedule((2, 1, 1), 0, 2)


@pytest.fixture(scope="module")
def model_path(repository: Path) -> Path:
    return repository / "models" / "bach.onnx"


@pytest.fixture(scope="module")
def generator(model_path: Path) -> RefiningGenerator:
    return RefiningGenerator(model_path)


@pytest.fixture(scope="module")
def quick(model_path: Path) -> RefiningGenerator:
    return RefiningGenerator(model_path, 1, QUICK)


def test_four_tracks_the_first_of_them_the_melody(generator: RefiningGenerator) -> None:
    melody = load_sample("twinkle")
    composition = compose(melody, generator, GenerationSettings(seed=7))
    assert [track.name for track in composition.tracks] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert composition.tracks[0].notes == melody.notes
    assert composition.origin is not None
    assert (composition.origin.model, composition.origin.seed) == ("bach", 7)
    roll = composition.piano_roll()
    # Four voices practically always sound together.
    assert np.all(roll.sounding.any(axis=1), axis=1).mean() > 0.95
    for track in composition.tracks[1:]:
        assert track.end == melody.steps


def test_other_seeds_and_temperatures_give_other_pieces(generator: RefiningGenerator) -> None:
    melody = load_sample("twinkle")
    base = compose(melody, generator, GenerationSettings(1, 1.0))
    assert compose(melody, generator, GenerationSettings(2, 1.0)).tracks[1:] != base.tracks[1:]
    assert compose(melody, generator, GenerationSettings(1, 0.5)).tracks[1:] != base.tracks[1:]


notes = st.lists(
    st.tuples(st.integers(0, 127), st.integers(1, 9), st.integers(0, 5), st.integers(1, 127)),
    min_size=1,
    max_size=12,
)
METERS = [Meter(4, 4), Meter(3, 4), Meter(2, 4), Meter(6, 8), Meter(7, 8), Meter(5, 4)]


@settings(max_examples=12, deadline=None)
@given(notes, st.sampled_from(METERS), st.integers(0, 2**32 - 1))
def test_any_melody_is_kept_and_harmonised(
    quick: RefiningGenerator, shape: list[tuple[int, int, int, int]], meter: Meter, seed: int
) -> None:
    made, step = [], 0
    for pitch, duration, pause, velocity in shape:
        made.append(Note(step + pause, pitch, duration, velocity))
        step += pause + duration
    melody = Melody(tuple(made), meters=MeterMap.constant(meter))
    composition = compose(melody, quick, GenerationSettings(seed))
    assert composition.tracks[0].notes == melody.notes
    assert composition.steps == melody.steps
    for track in composition.tracks[1:]:
        line = track.notes
        assert all(a.end <= b.start for a, b in itertools.pairwise(line))


def test_repeated_notes_are_struck_again(generator: RefiningGenerator) -> None:
    composition = compose(load_sample("twinkle"), generator, GenerationSettings(5))
    repeats = [
        a.pitch == b.pitch and a.end == b.start
        for track in composition.tracks[1:]
        for a, b in zip(track.notes, track.notes[1:], strict=False)
    ]
    assert any(repeats)


def test_progress_rises_and_can_cancel(generator: RefiningGenerator) -> None:
    shares: list[float] = []

    def watch(share: float) -> bool:
        shares.append(share)
        return True

    compose(load_sample("twinkle"), generator, GenerationSettings(), watch)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert len(shares) > 5

    def refuse(share: float) -> bool:
        return share < 0.2

    with pytest.raises(GenerationCancelledError):
        compose(load_sample("twinkle"), generator, GenerationSettings(), refuse)


@pytest.mark.parametrize(
    ("pitches", "shift"),
    [
        ((60, 72, 81), 0),
        ((43, 52, 64), 12),
        ((41, 45, 48), 24),
        ((53, 60, 65), 12),
        ((59, 60, 72), 0),
        ((90, 95), -24),
        ((0, 1), 60),
    ],
)
def test_melodies_are_moved_only_as_far_as_they_must(pitches: tuple[int, ...], shift: int) -> None:
    assert octave_shift([Note(i, pitch, 1) for i, pitch in enumerate(pitches)]) == shift


@pytest.mark.parametrize(
    ("meter", "bar"),
    [("4/4", 16), ("3/4", 12), ("2/4", 16), ("6/8", 12), ("3/8", 12), ("12/8", 12), ("5/4", 20)],
)
def test_bars_look_to_the_network_like_those_it_knows(meter: str, bar: int) -> None:
    numerator, denominator = (int(part) for part in meter.split("/"))
    positions = bar_positions(40, MeterMap.constant(Meter(numerator, denominator)))
    assert positions.max() <= 23
    assert np.flatnonzero(positions == 0).tolist() == list(range(0, 40, bar))


def _onnx_model(tmp_path: Path, **metadata: str) -> Path:
    onnx = pytest.importorskip("onnx", reason="the extra [train] is not installed")
    helper = onnx.helper
    value = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    result = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Neg", ["x"], ["y"])], "g", [value], [result])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    helper.set_model_props(model, metadata)
    onnx.save(model, tmp_path / "odd.onnx")
    return tmp_path / "odd.onnx"


def test_a_model_of_the_wrong_shape_is_a_sentence(tmp_path: Path) -> None:
    numbers = {"lowest_pitch": "36", "highest_pitch": "83", "steps_multiple": "16"}
    with pytest.raises(ModelError, match="inputs and outputs"):
        RefiningGenerator(_onnx_model(tmp_path, **numbers))
    for odd in (
        {"lowest_pitch": "low"},
        {**numbers, "steps_multiple": "0"},
        {**numbers, "highest_pitch": "35"},
        {**numbers, "styles": "[" * 100_000},
        {**numbers, "styles": "3"},
        {**numbers, "styles": "[3]"},
    ):
        with pytest.raises(ModelError, match="lacks the metadata"):
            RefiningGenerator(_onnx_model(tmp_path, **odd))


def test_a_model_with_other_pitches_than_it_says_is_a_sentence(
    model_path: Path, tmp_path: Path
) -> None:
    onnx = pytest.importorskip("onnx", reason="the extra [train] is not installed")
    model = onnx.load(model_path)
    for entry in model.metadata_props:
        if entry.key == "highest_pitch":
            entry.value = "90"
    onnx.save(model, tmp_path / "wide.onnx")
    with pytest.raises(ModelError, match="wrong shape"):
        RefiningGenerator(tmp_path / "wide.onnx")
