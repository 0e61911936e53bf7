"""More control over the refining technique, with the shipped model: what is locked stays."""

import threading
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given as draws
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from composer_app.generation.composing import compose, compose_with_confidence
from composer_app.generation.generator import GenerationCancelledError, GenerationSettings, Given
from composer_app.generation.given import accompaniment, given_from, parse_lock
from composer_app.generation.refining.canvas import Schedule
from composer_app.generation.refining.refining_generator import RefiningGenerator
from composer_app.generation.repeating import Repeats
from composer_app.music.composition import Composition
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.timing import Meter

pytest.importorskip("onnxruntime")

MELODY = Melody(tuple(note for note in load_sample("ode_to_joy").notes if note.end <= 64))


@pytest.fixture(scope="module")
def generator(repository: Path) -> RefiningGenerator:
    return RefiningGenerator(repository / "models" / "bach.onnx")


@pytest.fixture(scope="module")
def quick(repository: Path) -> RefiningGenerator:
    return RefiningGenerator(repository / "models" / "bach.onnx", 1, Schedule((2, 1, 1), 0, 2))


@pytest.fixture(scope="module")
def take(generator: RefiningGenerator) -> Composition:
    return compose(MELODY, generator, GenerationSettings(3))


def given_of(take: Composition, *locks: str) -> Given:
    return given_from(MELODY, accompaniment(take, 0), [parse_lock(lock) for lock in locks])


note_lists = st.lists(
    st.tuples(st.integers(0, 40), st.integers(20, 100), st.integers(1, 9)), max_size=8
)


@with_settings(max_examples=10, deadline=None)
@draws(
    st.lists(note_lists, min_size=3, max_size=3),
    st.lists(st.booleans(), min_size=64 * 4, max_size=64 * 4),
    st.booleans(),
    st.sampled_from([0.0, 0.4]),
    st.integers(0, 2**32 - 1),
)
def test_any_locked_cells_are_kept_exactly(
    quick: RefiningGenerator,
    shapes: list[list[tuple[int, int, int]]],
    locks: list[bool],
    improve: bool,
    vary: float,
    seed: int,
) -> None:
    voices = [[Note(*shape, velocity=60) for shape in notes] for notes in shapes]
    roll = PianoRoll.from_notes([MELODY.notes, *voices], 64)
    given = Given(roll, np.array(locks).reshape(64, 4))
    settings = GenerationSettings(seed, improve=improve, vary_melody=vary)
    made = compose_with_confidence(MELODY, quick, settings, given=given)
    result = made.composition.piano_roll()
    for voice in range(4):
        locked = given.locked[: result.steps, voice]
        for name in ("velocity", "onset"):
            was, now = getattr(roll, name), getattr(result, name)
            assert np.array_equal(now[locked, :, voice], was[: result.steps][locked, :, voice])
        assert (made.confidence[given.locked[:, voice], voice] == 1).all()


def test_a_locked_voice_stays_and_the_others_fit_it(
    generator: RefiningGenerator, take: Composition
) -> None:
    again = compose(MELODY, generator, GenerationSettings(9), given=given_of(take, "bass"))
    assert again.tracks[3].notes == take.tracks[3].notes
    assert again.tracks[1].notes != take.tracks[1].notes
    roll = again.piano_roll()
    pitch = np.where(roll.sounding.any(axis=1), roll.sounding.argmax(axis=1), -1)
    for upper, lower in pairwise(pitch.T):
        assert ((upper >= lower) | (lower < 0) | (upper < 0)).all()


def test_locked_bars_stay(generator: RefiningGenerator, take: Composition) -> None:
    given = given_of(take, "bars:1-2")
    again = compose(MELODY, generator, GenerationSettings(9), given=given)
    for before, after in zip(take.tracks, again.tracks, strict=True):
        kept = [note for note in before.notes if note.start < 32]
        assert [note for note in after.notes if note.start < 32] == kept
    assert again.tracks[1:] != take.tracks[1:]


def wrong(take: Composition) -> tuple[Composition, set[tuple[int, Note]]]:
    """The take with seven of its notes a semitone or a tritone off, and these."""
    tracks, planted = list(take.tracks), set()
    for voice in (1, 2, 3):
        notes = list(tracks[voice].notes)
        for index in range(2, len(notes) - 2, 5):
            note = notes[index]
            notes[index] = Note(note.start, note.pitch + (1, -1, 6)[index % 3], note.duration)
            planted.add((voice, notes[index]))
        tracks[voice] = type(tracks[voice])(tracks[voice].name, 0, tuple(notes))
    return Composition(tuple(tracks), take.tempo, take.meters), planted


def test_improving_takes_away_what_sounds_wrong(
    generator: RefiningGenerator, take: Composition
) -> None:
    spoiled, planted = wrong(take)
    settings = GenerationSettings(4, improve=True, max_removed=30)
    better = compose(MELODY, generator, settings, given=given_of(spoiled))
    before = {(v, note) for v in (1, 2, 3) for note in spoiled.tracks[v].notes}
    after = {(v, n) for v in (1, 2, 3) for n in better.tracks[v].notes}
    removed = before - after
    assert len(removed) <= 0.3 * len(before)
    assert len(removed & planted) >= 0.6 * len(planted), "wrong notes go"
    assert len(removed - planted) <= len(planted), "and few of the others with them"
    assert better.tracks[0].notes == MELODY.notes
    # What was taken away is replaced.
    assert better.piano_roll().sounding.any(axis=1).mean() > 0.95


def test_nothing_may_be_removed_or_added(generator: RefiningGenerator, take: Composition) -> None:
    spoiled, _ = wrong(take)
    settings = GenerationSettings(4, improve=True, max_removed=0, max_added=0)
    same = compose(MELODY, generator, settings, given=given_of(spoiled))
    for voice in range(4):
        before, after = spoiled.tracks[voice].notes, same.tracks[voice].notes
        assert [(n.start, n.pitch, n.duration) for n in before] == [
            (n.start, n.pitch, n.duration) for n in after
        ]


def test_a_missing_voice_is_added(generator: RefiningGenerator, take: Composition) -> None:
    voices = accompaniment(take, 0)
    given = given_from(MELODY, (voices[0], (), voices[2]), [])
    settings = GenerationSettings(4, improve=True, max_removed=0)
    full = compose(MELODY, generator, settings, given=given)
    assert full.tracks[1].notes == take.tracks[1].notes
    assert full.tracks[3].notes == take.tracks[3].notes
    assert sum(note.duration for note in full.tracks[2].notes) >= 60


@pytest.mark.parametrize("percent", [0, 50, 150])
def test_no_more_notes_than_allowed(generator: RefiningGenerator, percent: int) -> None:
    piece = compose(MELODY, generator, GenerationSettings(2, max_added=percent))
    written = sum(len(track.notes) for track in piece.tracks[1:])
    assert written <= len(MELODY.notes) * percent / 100
    assert written >= len(MELODY.notes) * percent / 100 - 1


@pytest.mark.parametrize("share", [0.2, 0.6])
def test_the_melody_may_vary(generator: RefiningGenerator, share: float) -> None:
    piece = compose(MELODY, generator, GenerationSettings(2, vary_melody=share))
    was = PianoRoll.from_notes([MELODY.notes], 64).sounding[:, :, 0]
    now = PianoRoll.from_notes([piece.tracks[0].notes], 64).sounding[:, :, 0]
    changed = (was != now).any(axis=1).mean()
    assert 0 < changed <= share
    assert now.any(axis=1).all(), "it goes on where it went on"
    assert piece.tracks[0].notes[-1] == MELODY.notes[-1]


def test_iterations_scale_the_schedule(generator: RefiningGenerator) -> None:
    usual = Schedule()
    assert usual.scaled(None) == usual.scaled(usual.total) == usual
    assert usual.scaled(2 * usual.total - 4).passes == tuple(2 * n for n in usual.passes)
    assert abs(usual.scaled(100).total - 100) <= 2
    # Once over each thing that is drawn, and a repair of each voice.
    assert usual.scaled(1) == usual.scaled(6)
    assert usual.scaled(6).repairs == 3
    assert usual.scaled(6).total <= 16
    assert usual.scaled(20).looks == 0, "a look back that hides half of the beats is none"
    # A long piece is written in fewer passes, but is looked at again and repaired, too.
    short, long = Schedule.of_length(1024), Schedule.of_length(1025)
    assert short == usual
    assert long.total < short.total
    assert (long.looks, long.repairs) == (short.looks, short.repairs)
    seen: list[float] = []
    compose(MELODY, generator, GenerationSettings(iterations=60), lambda s: not seen.append(s))
    assert len(seen) > 40


def test_confidence_is_a_probability(generator: RefiningGenerator) -> None:
    confidence = compose_with_confidence(MELODY, generator, GenerationSettings(5)).confidence
    assert confidence.shape == (64, 4)
    assert confidence.dtype == np.float32
    assert (confidence[:, 0] == 1).all()
    assert ((confidence > 0) & (confidence <= 1)).all()
    calm = compose_with_confidence(MELODY, generator, GenerationSettings(5, 0.2)).confidence
    assert calm[:, 1:].mean() > confidence[:, 1:].mean()


@pytest.mark.parametrize(
    "settings",
    [
        GenerationSettings(8, improve=True),
        GenerationSettings(8, vary_melody=0.3, max_added=80, iterations=20),
    ],
)
def test_the_seed_decides(
    generator: RefiningGenerator, take: Composition, settings: GenerationSettings
) -> None:
    spoiled, _ = wrong(take)
    first = compose(MELODY, generator, settings, given=given_of(spoiled, "bass:1"))
    assert compose(MELODY, generator, settings, given=given_of(spoiled, "bass:1")) == first


def test_a_long_pass_is_broken_off(generator: RefiningGenerator) -> None:
    """Cancelling 999 bars takes a small part of what a single pass over them takes."""
    long = Melody(tuple(Note(4 * step, 60 + step % 12, 4) for step in range(999 * 4)))
    asked = threading.Event()
    last_asked: list[float] = []

    def progress(share: float) -> bool:
        if asked.is_set():
            last_asked.append(time.perf_counter())
            return False
        if share > 0:
            # The first pass is over and its length is known; break the second one off.
            asked.set()
        return True

    passes: list[float] = []
    infer = generator._session.run

    class Timed:
        def run(self, *arguments: object) -> object:
            began = time.perf_counter()
            try:
                return infer(*arguments)
            finally:
                passes.append(time.perf_counter() - began)

    whole = generator._session
    generator._session = Timed()
    try:
        with pytest.raises(GenerationCancelledError):
            compose(long, generator, GenerationSettings(), progress)
    finally:
        generator._session = whole
    assert len(passes) == 2
    assert passes[1] < 0.5 * passes[0], passes


PHRASE = (72, 74, 76, 77, 79, 77, 76, 74, 72, 76, 74, 71, 72, 74, 76, 72)


@pytest.mark.parametrize(("repeats", "alike"), [("repeat", True), ("ignore", False)])
def test_what_the_melody_repeats_the_voices_repeat_or_not(
    generator: RefiningGenerator, repeats: str, alike: bool
) -> None:
    pitches = (*PHRASE, *PHRASE, 74, 76, 77, 79, 81, 79, 77, 76)
    tune = Melody(
        tuple(Note(4 * i, pitch, 4) for i, pitch in enumerate(pitches)),
        meters=MeterMap.constant(Meter(4, 4), 0),
    )
    settings = GenerationSettings(3, repeats=Repeats(repeats))
    roll = PianoRoll.from_notes(
        [track.notes for track in compose(tune, generator, settings).tracks], tune.steps
    )
    first, again = roll.sounding[4:60], roll.sounding[68:124]
    assert bool((first == again).all(axis=(1, 2)).mean() > 0.9) is alike
