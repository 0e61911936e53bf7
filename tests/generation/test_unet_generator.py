"""The one-pass technique: what the network is given, how its answer is read, what is refused."""

import itertools
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given as any_of
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from composer_app.errors import ModelError
from composer_app.generation.composing import compose
from composer_app.generation.generator import (
    Generated,
    GenerationCancelledError,
    GenerationSettings,
    Given,
)
from composer_app.generation.noise import NoiseVector
from composer_app.generation.one_pass.rolls import truncated
from composer_app.generation.unet_generator import UNetGenerator
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.timing import TICKS_PER_STEP, Meter
from tests.generation.one_pass_models import (
    ROLL,
    ROLL_METADATA,
    VOICES,
    VOICES_METADATA,
    write_model,
)

onnxruntime = pytest.importorskip("onnxruntime")

LAYOUTS = {"roll": (ROLL, ROLL_METADATA), "voices": (VOICES, VOICES_METADATA)}
EIGHT_BARS = tuple(Note(4 * i, 60 + (7 * i) % 12, 4, 90) for i in range(32))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, UNetGenerator]:
    folder = tmp_path_factory.mktemp("models")
    return {
        layout: UNetGenerator(write_model(folder / f"{layout}.onnx", source, metadata))
        for layout, (source, metadata) in LAYOUTS.items()
    }


@pytest.fixture(params=["roll", "voices"])
def generator(request: pytest.FixtureRequest, models: dict[str, UNetGenerator]) -> UNetGenerator:
    return models[str(request.param)]


def generate(generator: UNetGenerator, notes: tuple[Note, ...], **settings: Any) -> Generated:
    chosen = GenerationSettings(**settings)
    steps = notes[-1].end
    noise = NoiseVector.from_seed(chosen.seed, steps)
    meters = MeterMap().with_upbeat((chosen.upbeat or 0) * TICKS_PER_STEP)
    return generator.generate(PianoRoll.from_notes([notes], steps), meters, noise, chosen)


class Listener:
    """Stands before a generator's session and keeps what goes in."""

    def __init__(self, generator: UNetGenerator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.feeds: list[dict[str, NDArray[Any]]] = []
        self.session = generator._session
        monkeypatch.setattr(generator, "_session", self)

    def run(self, names: list[str], feeds: dict[str, NDArray[Any]], options: Any = None) -> Any:
        self.feeds.append(feeds)
        return self.session.run(names, feeds, options)


# what both layouts promise ---------------------------------------------------------------


def test_four_tracks_the_first_of_them_the_melody(generator: UNetGenerator) -> None:
    melody = load_sample("twinkle")
    piece = compose(melody, generator, GenerationSettings(seed=7))
    assert piece.tracks[0].notes == melody.notes
    assert all(track.notes for track in piece.tracks)
    assert piece.steps == melody.steps
    assert piece.origin is not None
    assert (piece.origin.model, piece.origin.seed) == (generator.name, 7)


def test_the_seed_alone_decides(generator: UNetGenerator) -> None:
    def take(seed: int) -> PianoRoll:
        return generate(generator, EIGHT_BARS, seed=seed).roll

    assert take(1) == take(1)
    assert take(1) != take(2)


def test_one_seed_one_piece_at_every_number_of_threads(tmp_path: Path) -> None:
    for layout, (source, metadata) in LAYOUTS.items():
        path = write_model(tmp_path / f"{layout}.onnx", source, metadata)
        takes = [generate(UNetGenerator(path, n), EIGHT_BARS, seed=3).roll for n in (1, 2, 4)]
        assert takes[0] == takes[1] == takes[2]


def test_a_longer_melody_begins_with_the_same_bars(generator: UNetGenerator) -> None:
    # The last note is an ending to the network: what comes before it must be the same.
    short = generate(generator, EIGHT_BARS[:16], seed=5).roll
    long = generate(generator, EIGHT_BARS, seed=5).roll
    assert np.array_equal(short.velocity[:60], long.velocity[:60])
    assert np.array_equal(short.onset[:60], long.onset[:60])


tunes = st.lists(
    st.tuples(st.integers(0, 127), st.integers(1, 9), st.integers(0, 40), st.integers(1, 127)),
    min_size=1,
    max_size=8,
)
METERS = [Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(7, 8), Meter(5, 4)]


@hypothesis_settings(max_examples=25, deadline=None)
@any_of(
    st.sampled_from(["roll", "voices"]), tunes, st.sampled_from(METERS), st.integers(0, 2**32 - 1)
)
def test_any_melody_is_kept_and_harmonised(
    models: dict[str, UNetGenerator],
    layout: str,
    tune: list[tuple[int, int, int, int]],
    meter: Meter,
    seed: int,
) -> None:
    made, step = [], 0
    for pitch, duration, pause, velocity in tune:
        made.append(Note(step + pause, pitch, duration, velocity))
        step += pause + duration
    melody = Melody(tuple(made), meters=MeterMap.constant(meter))
    piece = compose(melody, models[layout], GenerationSettings(seed))
    assert piece.tracks[0].notes == melody.notes
    assert piece.steps == melody.steps
    if layout == "voices":
        for track in piece.tracks[1:]:
            assert all(a.end <= b.start for a, b in itertools.pairwise(track.notes))


def test_what_is_given_is_kept(generator: UNetGenerator) -> None:
    tenor = (Note(0, 50, 24), Note(24, 52, 40))
    roll = PianoRoll.from_notes([EIGHT_BARS, (), tenor, ()], 128)
    locked = np.zeros((128, 4), np.bool_)
    locked[:64, 2] = True
    locked[16:32, 3] = True  # a rest
    melody = PianoRoll.from_notes([EIGHT_BARS], 128)
    noise = NoiseVector.from_seed(2, 128)
    settings = GenerationSettings(2)
    free = generator.generate(melody, MeterMap(), noise, settings)
    kept = generator.generate(melody, MeterMap(), noise, settings, given=Given(roll, locked))
    assert kept.roll.notes(2)[:2] == tenor
    assert not kept.roll.sounding[16:32, :, 3].any()
    assert np.array_equal(kept.roll.sounding[:, :, 1], free.roll.sounding[:, :, 1])
    assert np.array_equal(kept.roll.sounding[64:, :, 2], free.roll.sounding[64:, :, 2])
    assert kept.confidence.shape == (128, 4)
    assert (kept.confidence == 1).all()


@pytest.mark.parametrize(("layout", "least", "until"), [("roll", 6, 0.3), ("voices", 2, 0.0)])
def test_progress_rises_and_can_cancel(
    models: dict[str, UNetGenerator], layout: str, least: int, until: float
) -> None:
    melody = Melody((Note(0, 60, 4), Note(900, 62, 4)))
    shares: list[float] = []
    compose(melody, models[layout], GenerationSettings(), lambda s: not shares.append(s))
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert len(shares) >= least
    with pytest.raises(GenerationCancelledError):
        compose(melody, models[layout], GenerationSettings(), lambda share: share < until)


@pytest.mark.parametrize("layout", ["roll", "voices"])
def test_a_long_run_is_broken_off(
    models: dict[str, UNetGenerator], monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    asked: list[float] = []
    ended = threading.Event()

    class Endless:
        """Runs until it is told to end."""

        def run(self, names: list[str], feeds: dict[str, NDArray[Any]], options: Any) -> None:
            while not options.terminate:
                time.sleep(0.001)
            ended.set()
            raise RuntimeError("terminated")

    def progress(share: float) -> bool:
        asked.append(share)
        return len(asked) < 5

    monkeypatch.setattr(models[layout], "_session", Endless())
    with pytest.raises(GenerationCancelledError):
        compose(Melody((Note(0, 60, 1000),)), models[layout], GenerationSettings(), progress)
    assert ended.is_set()
    assert len(asked) == 5


def test_noise_that_is_too_short_is_a_mistake(generator: UNetGenerator) -> None:
    roll = PianoRoll.from_notes([EIGHT_BARS])
    with pytest.raises(ValueError, match="covers 64 steps, not 128"):
        generator.generate(roll, MeterMap(), NoiseVector.from_seed(0, 64), GenerationSettings())


# the published layout --------------------------------------------------------------------


def test_two_bars_are_drawn_with_the_noise_of_those_bars(
    models: dict[str, UNetGenerator], monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = Listener(models["roll"], monkeypatch)
    generate(models["roll"], EIGHT_BARS[:20], seed=4)  # five bars
    (feeds,) = listener.feeds
    assert feeds["condition"].shape == (3, 32, 128, 1)
    assert set(np.unique(feeds["condition"])) == {-1.0, 1.0}
    expected = PianoRoll.from_notes([EIGHT_BARS[:20]], 96).sounding
    assert np.array_equal(feeds["condition"].reshape(96, 128, 1) > 0, expected)
    z = truncated(NoiseVector.from_seed(4, 96).z, 2.0)
    assert np.array_equal(feeds["noise"], z.reshape(3, 2, 8, 512))


def test_windows_together_are_windows_one_by_one(models: dict[str, UNetGenerator]) -> None:
    notes = tuple(Note(4 * i, 55 + (5 * i) % 17, 4) for i in range(160))  # 20 windows: 3 runs
    whole = generate(models["roll"], notes, seed=6).roll
    z = NoiseVector.from_seed(6, 640).z
    for index in range(20):
        part = PianoRoll.from_notes(
            [[Note(n.start - 32 * index, n.pitch, 4) for n in notes[8 * index : 8 * index + 8]]]
        )
        noise = NoiseVector(z[2 * index : 2 * index + 2].copy(), 6)
        alone = models["roll"].generate(part, MeterMap(), noise, GenerationSettings(6)).roll
        span = slice(32 * index, 32 * index + 32)
        assert np.array_equal(whole.sounding[span], alone.sounding)


def test_a_voice_may_sound_several_pitches_and_cells_join(
    models: dict[str, UNetGenerator], monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(names: list[str], feeds: dict[str, NDArray[Any]]) -> list[NDArray[np.float32]]:
        roll = np.full((len(feeds["condition"]), 32, 128, 4), -1, np.float32)
        roll[:, :, 48, 3] = 1  # all through, over the seams of the windows
        roll[0, 4:8, [60, 64], 1] = 0.01
        roll[0, 8:12, 64, 1] = 0.0  # not above 0: silent
        roll[:, :, 90, 0] = 1  # the melody's channel counts for nothing
        return [roll]

    monkeypatch.setattr(Listener, "run", lambda self, names, feeds: answer(names, feeds))
    Listener(models["roll"], monkeypatch)
    result = generate(models["roll"], EIGHT_BARS).roll
    assert result.notes(0) == EIGHT_BARS
    level = round(90 * 0.85)
    assert result.notes(1) == (Note(4, 60, 4, level), Note(4, 64, 4, level))
    assert result.notes(2) == ()
    assert result.notes(3) == (Note(0, 48, 128, level),)


def test_windows_begin_with_a_bar(
    models: dict[str, UNetGenerator], monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = Listener(models["roll"], monkeypatch)
    notes = (Note(0, 67, 4), Note(4, 72, 16), Note(20, 74, 16))
    result = generate(models["roll"], notes, upbeat=4).roll
    (feeds,) = listener.feeds
    cells = feeds["condition"].reshape(-1, 128) > 0
    assert len(cells) == 64
    assert not cells[:12].any()
    assert cells[12:16, 67].all()
    assert cells[16:32, 72].all()
    assert not cells[48:].any()
    assert result.notes(0) == notes


def test_the_published_design_moves_no_melody(
    models: dict[str, UNetGenerator], monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = Listener(models["roll"], monkeypatch)
    generate(models["roll"], (Note(0, 30, 16), Note(16, 110, 16)))
    (feeds,) = listener.feeds
    assert feeds["condition"][0, :16, 30, 0].min() == 1
    assert feeds["condition"][0, 16:, 110, 0].min() == 1


@pytest.mark.parametrize("limit", [0.5, 2.0])
def test_truncated_noise_is_normal_within_its_limit(limit: float) -> None:
    z = NoiseVector.from_seed(9, 160).z
    cut = truncated(z, limit)
    inside = np.abs(z) <= limit
    assert np.abs(cut).max() <= limit
    assert np.array_equal(cut[inside], z[inside])
    assert cut.std() == pytest.approx(z[inside].std(), rel=0.01)
    # Bars do not know of each other.
    assert np.array_equal(cut[:3], truncated(z[:3], limit))
    assert (truncated(np.full((1, 8, 512), 9, np.float32), 2.0) == 2).all()


# our layout ------------------------------------------------------------------------------


def test_what_the_network_is_told(
    models: dict[str, UNetGenerator], monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = Listener(models["voices"], monkeypatch)
    notes = (Note(0, 60, 4), Note(6, 60, 4), Note(10, 62, 10))
    generate(models["voices"], notes, seed=4, temperature=0.7)
    (feeds,) = listener.feeds
    assert {name: (value.shape, value.dtype.name) for name, value in feeds.items()} == {
        "melody": ((1, 32), "int64"),
        "melody_onset": ((1, 32), "float32"),
        "position": ((1, 32), "int64"),
        "fermata": ((1, 32), "int64"),
        "valid": ((1, 32), "float32"),
        "noise": ((1, 2, 8, 512), "float32"),
        "temperature": ((1,), "float32"),
    }
    rows = {name: value[0].tolist() for name, value in feeds.items()}
    c, d, rest = 60 - 36 + 1, 62 - 36 + 1, 0
    assert rows["melody"] == [c] * 4 + [rest] * 2 + [c] * 4 + [d] * 10 + [rest] * 12
    assert np.flatnonzero(rows["melody_onset"]).tolist() == [0, 6, 10]
    assert rows["position"] == [*range(16), *range(4), *[0] * 12]
    assert rows["fermata"] == [2] * 10 + [1] * 10 + [0] * 12
    assert rows["valid"] == [1] * 20 + [0] * 12
    assert rows["temperature"] == pytest.approx(0.7)
    assert np.array_equal(feeds["noise"][0], NoiseVector.from_seed(4, 20).z)


def test_the_upbeat_is_told(
    models: dict[str, UNetGenerator], monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = Listener(models["voices"], monkeypatch)
    generate(models["voices"], EIGHT_BARS, upbeat=4)
    assert listener.feeds[0]["position"][0, :6].tolist() == [12, 13, 14, 15, 0, 1]


def moved(semitones: int) -> tuple[Note, ...]:
    return tuple(Note(n.start, n.pitch + semitones, 4, 90) for n in EIGHT_BARS)


def test_high_melodies_are_moved_to_sopranos_and_their_voices_back(
    models: dict[str, UNetGenerator],
) -> None:
    usual = generate(models["voices"], EIGHT_BARS, seed=8).roll
    high = generate(models["voices"], moved(24), seed=8).roll
    for voice in range(1, 4):
        back = [(n.start, n.pitch - 24, n.duration) for n in high.notes(voice)]
        assert [(n.start, n.pitch, n.duration) for n in usual.notes(voice)] == back


def test_low_melodies_are_moved_to_where_there_is_little_room_beneath(
    models: dict[str, UNetGenerator], monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = Listener(models["voices"], monkeypatch)
    low = generate(models["voices"], moved(-19), seed=8).roll
    heard = listener.feeds[0]["melody"][0, ::4]
    assert heard.tolist() == [57 - 36 + 1 + note.pitch - 60 for note in EIGHT_BARS]
    assert low.notes(0) == moved(-19)
    usual = generate(models["voices"], EIGHT_BARS, seed=8).roll
    alto, before = ([n.pitch for n in each.notes(1)[:12]] for each in (low, usual))
    assert alto == [pitch - 19 for pitch in before], "the voices go with the melody"


def test_temperature_is_passed_on(models: dict[str, UNetGenerator]) -> None:
    cool = generate(models["voices"], EIGHT_BARS, seed=1, temperature=0.1).roll
    assert cool != generate(models["voices"], EIGHT_BARS, seed=1, temperature=1.5).roll


def test_cells_become_notes(
    models: dict[str, UNetGenerator], monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(names: list[str], feeds: dict[str, NDArray[Any]]) -> list[NDArray[Any]]:
        pitch = np.zeros((1, 32, 4), np.int64)
        onset = np.zeros((1, 32, 4), np.float32)
        pitch[0, :8, 1] = 13  # C3, struck once more at 4; a probability of less leaves it
        onset[0, 4, 1], onset[0, 6, 1] = 0.5, 0.49
        pitch[0, 8:16, 1] = 15  # another pitch is struck without being asked
        onset[0, :, 2] = 1  # a rest is not
        pitch[0, 15, 3] = 10
        answers: dict[str, NDArray[Any]] = {"pitch": pitch, "onset": onset}
        return [answers[name] for name in names]

    monkeypatch.setattr(Listener, "run", lambda self, names, feeds: answer(names, feeds))
    Listener(models["voices"], monkeypatch)
    result = generate(models["voices"], (Note(0, 72, 16, 100), Note(16, 72, 4, 100))).roll
    assert result.notes(1)[:3] == (Note(0, 48, 4, 85), Note(4, 48, 4, 85), Note(8, 50, 8, 85))
    # The last chord is not the network's.
    alto, tenor, bass = (result.notes(voice) for voice in (1, 2, 3))
    assert len(alto) == 4
    assert [note.start for note in tenor] == [16]
    assert bass == (Note(15, 45, 5, 85),)


def test_a_network_may_say_how_sure_it_is_and_be_told_a_style(tmp_path: Path) -> None:
    source = (
        VOICES.replace("(int64[batch,steps] melody", "(int64[batch,steps] style, \\0", 1)
        .replace("\\0", "int64[batch,steps] melody")
        .replace("float[batch,steps,4] onset)", "float[batch,steps,4] onset,"
                 " float[batch,steps,4] confidence)")
        .replace("onset = Sigmoid(strikes)", "onset = Sigmoid(strikes)\n  style1 = Cast<to = 1>"
                 "(style)\n  half = Mul(style1, quarter)\n  half3 = Unsqueeze(half, last)\n"
                 "  zeros = Sub(onset, onset)\n  confidence = Add(zeros, half3)")
        .replace("float one = {1.0}", "float one = {1.0}, float quarter = {0.25}")
    )  # fmt: skip
    metadata = {**VOICES_METADATA, "styles": '["bach", "hymn", "jazz"]'}
    path = write_model(tmp_path / "three.onnx", source, metadata)
    for style, sure in (("hymn", 0.25), ("jazz", 0.5)):
        generator = UNetGenerator(path, style=style, name="other")
        assert (generator.name, generator.style) == ("other", style)
        confidence = generate(generator, EIGHT_BARS).confidence
        assert (confidence[:, 0] == 1).all()
        assert (confidence[:, 1:] == np.float32(sure)).all()


# what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "change", "why"),
    [
        ("roll", {"layout": "holes"}, "another version"),
        ("roll", {"layout": None}, "lacks the metadata"),
        ("roll", {"noise_limit": "much"}, "lacks the metadata"),
        ("roll", {"noise_limit": "nan"}, "lacks the metadata"),
        ("voices", {"styles": "[" * 100_000}, "lacks the metadata"),
        ("voices", {"lowest_pitch": None}, "lacks the metadata"),
        ("voices", {"highest_pitch": "high"}, "lacks the metadata"),
        ("voices", {"highest_pitch": "40"}, "lacks the metadata"),
        ("voices", {"styles": "hymn"}, "lacks the metadata"),
        ("voices", {"styles": "3"}, "lacks the metadata"),
        ("voices", {"styles": '["hymn"]'}, "lacks the metadata"),
        ("roll", {"layout": "voices", **VOICES_METADATA}, "inputs and outputs"),
        ("voices", {"layout": "roll"}, "inputs and outputs"),
    ],
)
def test_metadata_that_does_not_fit(
    tmp_path: Path, layout: str, change: dict[str, str | None], why: str
) -> None:
    source, metadata = LAYOUTS[layout]
    changed = {**metadata, **change}
    path = write_model(
        tmp_path / "odd.onnx", source, {k: v for k, v in changed.items() if v is not None}
    )
    with pytest.raises(ModelError, match=r"odd\.onnx .*" + why):
        UNetGenerator(path)


@pytest.mark.parametrize(
    ("layout", "old", "new", "why"),
    [
        ("roll", "noise)", "other) ", "inputs and outputs"),
        ("roll", "128", "96", "its condition is .* not .'any', 32, 128"),
        ("roll", "[batch,32,128,4]", "[1,32,128,4]", "its roll is .1, 32"),
        ("voices", "int64[batch,steps] position", "float[batch,steps] position", "inputs and"),
        ("voices", "[batch,cells,8,512]", "[batch,cells,512]", "its noise is"),
        ("voices", "[batch,cells,8,512]", "[batch,cells,8]", "its noise is"),
        ("voices", ", float[batch,steps,4] onset)", ")", "inputs and outputs"),
        ("voices", "int64[batch,steps,4] pitch", "int64[batch,steps,3] pitch", "its pitch is"),
        ("voices", "float[batch] temperature)", "float[batch] temperature, float[1] more)",
         "inputs and outputs"),
    ],
)  # fmt: skip
def test_networks_that_do_not_fit(
    tmp_path: Path, layout: str, old: str, new: str, why: str
) -> None:
    source, metadata = LAYOUTS[layout]
    assert old in source
    changed = source.replace(old, new)
    if new == "other) ":
        changed = changed.replace("Reshape(noise", "Reshape(other")
    path = write_model(tmp_path / "odd.onnx", changed, metadata)
    with pytest.raises(ModelError, match=why):
        UNetGenerator(path)


def test_a_damaged_file_is_a_sentence(tmp_path: Path) -> None:
    source, metadata = LAYOUTS["voices"]
    path = write_model(tmp_path / "odd.onnx", source, metadata)
    content = path.read_bytes()
    for length in (0, 10, len(content) // 2, len(content) - 3):
        path.write_bytes(content[:length])
        with pytest.raises(ModelError, match=r"damaged|lacks the metadata"):
            UNetGenerator(path)
    # The file ends where it should, but an operator is not one.
    path.write_bytes(content.replace(b"Sigmoid", b"Sigmoud"))
    with pytest.raises(ModelError, match="cannot be loaded"):
        UNetGenerator(path)


def test_a_network_that_fails_while_it_runs_is_a_sentence(tmp_path: Path) -> None:
    source, metadata = LAYOUTS["roll"]
    odd = source.replace("cells = {-1, 32, 128, 2}", "cells = {-1, 32, 100, 2}")
    path = write_model(tmp_path / "odd.onnx", odd, metadata)
    with pytest.raises(ModelError, match=r"odd\.onnx cannot be (run|loaded)"):
        generate(UNetGenerator(path), EIGHT_BARS)


def test_a_network_that_makes_pitches_up_is_a_sentence(tmp_path: Path) -> None:
    source, metadata = LAYOUTS["voices"]
    path = write_model(
        tmp_path / "odd.onnx", source.replace("top = {48.0}", "top = {200.0}").replace(
            "down = {0.0, 4.0", "down = {0.0, -150.0"), metadata
    )  # fmt: skip
    with pytest.raises(ModelError, match="gives pitches"):
        generate(UNetGenerator(path), EIGHT_BARS)
