"""From a melody to a composition, around a generator that needs no network."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from composer_app.errors import MelodyError
from composer_app.generation.composing import check_melody, compose, compose_with_confidence
from composer_app.generation.generator import (
    MAX_BARS,
    Generated,
    GenerationCancelledError,
    GenerationSettings,
    Given,
    Progress,
    accompaniment_velocity,
)
from composer_app.generation.given import given_from, parse_lock
from composer_app.generation.noise import NoiseVector
from composer_app.music.composition import DEFAULT_PROGRAMS, Composition, Origin
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.timing import Meter, TempoMap
from tests.generation.fake_generator import FakeGenerator

MELODY = Melody(
    # A rest first, a note repeated without a gap, two loudnesses: all of it must survive.
    (Note(4, 72, 4, 100), Note(8, 72, 4, 60), Note(14, 67, 10, 127)),
    TempoMap.constant(90),
    MeterMap.constant(Meter(3, 4)),
    "Tune",
)


@pytest.mark.parametrize(
    "melody", [MELODY, load_sample("twinkle"), load_sample("greensleeves")], ids=lambda m: m.title
)
def test_the_first_of_four_tracks_is_the_melody_untouched(melody: Melody) -> None:
    piece = compose(melody, FakeGenerator(), GenerationSettings(seed=3))
    assert [track.name for track in piece.tracks] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert piece.tracks[0].notes == melody.notes
    assert piece.melody().notes == melody.notes
    assert piece.meters == melody.meters.with_upbeat(0)
    assert all(track.notes for track in piece.tracks)
    assert [track.program for track in piece.tracks] == list(DEFAULT_PROGRAMS)


PLAYED = Melody(
    (Note(0, 72, 4, 90, 50, -20), Note(4, 74, 4, 80, 0, 60), Note(8, 76, 8, 80, 60, -9))
)


def test_the_melody_keeps_its_micro_timing_and_the_network_sees_the_grid() -> None:
    generator = FakeGenerator()
    piece = compose(PLAYED, generator, GenerationSettings(seed=3))
    assert piece.melody().notes == PLAYED.notes
    on_grid = [note.on_grid for note in PLAYED.notes]
    assert generator.calls[0][0] == PianoRoll.from_notes([on_grid])
    assert all(note == note.on_grid for track in piece.tracks[1:] for note in track.notes)


def test_a_varied_melody_keeps_it_where_it_is_the_same() -> None:
    piece = compose(PLAYED, FakeGenerator(), GenerationSettings(seed=3, vary_melody=0.1))
    assert piece.tracks[0].notes == PLAYED.notes


def test_kept_voices_keep_theirs() -> None:
    below = tuple(
        tuple(replace(note, pitch=note.pitch - down) for note in PLAYED.notes)
        for down in (5, 12, 20)
    )
    given = given_from(PLAYED, below, [parse_lock("tenor"), parse_lock("bass:1")])
    piece = compose(PLAYED, FakeGenerator(), GenerationSettings(seed=3), given=given)
    assert [track.notes for track in piece.tracks[2:]] == [*below[1:]]
    assert piece.tracks[1].notes != below[0]


def test_where_it_came_from_is_remembered() -> None:
    piece = compose(
        MELODY, FakeGenerator("bach"), GenerationSettings(5, 0.7), programs=(1, 2, 3, 4)
    )
    assert piece.origin == Origin("bach", 5, 0.7)
    assert [track.program for track in piece.tracks] == [1, 2, 3, 4]


def test_what_the_generator_is_given() -> None:
    generator = FakeGenerator()
    compose(MELODY, generator, GenerationSettings(seed=5))
    ((roll, meters, noise, settings),) = generator.calls
    assert roll == PianoRoll.from_notes([MELODY.notes])
    assert roll.velocity.shape == (24, 128, 1)
    assert meters == MeterMap.constant(Meter(3, 4), upbeat=0)
    assert noise.seed == settings.seed == 5
    assert noise.steps >= roll.steps


def test_the_seed_alone_decides() -> None:
    def take(seed: int) -> object:
        return compose(MELODY, FakeGenerator(), GenerationSettings(seed)).tracks

    assert take(1) == take(1)
    assert take(1) != take(2)


def test_progress_is_passed_on_and_can_cancel() -> None:
    shares: list[float] = []
    compose(MELODY, FakeGenerator(), GenerationSettings(), lambda s: not shares.append(s))
    assert shares == [0.0, 0.5, 1.0]
    with pytest.raises(GenerationCancelledError):
        compose(MELODY, FakeGenerator(), GenerationSettings(), lambda share: share < 0.5)


@pytest.mark.parametrize(
    ("melody", "why"),
    [
        (Melody(), "has no notes"),
        (Melody((Note(MAX_BARS * 16, 60, 1),)), "has 1000 bars"),
        (Melody((Note(10_000 * 16 - 1, 60, 1),)), "has 10000 bars"),
    ],
)
def test_melodies_that_cannot_be_harmonised(melody: Melody, why: str) -> None:
    generator = FakeGenerator()
    with pytest.raises(MelodyError, match=why):
        compose(melody, generator, GenerationSettings())
    assert generator.calls == []


def test_the_longest_melody_is_accepted() -> None:
    check_melody(Melody((Note(MAX_BARS * 16 - 1, 60, 1),)))


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"seed": -1}, "seed"),
        ({"seed": 2**32}, "seed"),
        ({"temperature": 0.0}, "temperature"),
        ({"temperature": 2.1}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"upbeat": -1}, "upbeat"),
        ({"upbeat": 99}, "upbeat"),
        ({"iterations": 0}, "iterations"),
        ({"max_removed": 101}, "max_removed"),
        ({"vary_melody": 1.1}, "vary_melody"),
    ],
)
def test_settings_out_of_range(settings: dict[str, float], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        GenerationSettings(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("velocities", "expected"), [([100, 60], 68), ([127], 108), ([1], 1), ([], 68)]
)
def test_the_accompaniment_is_softer_than_the_melody(velocities: list[int], expected: int) -> None:
    notes = [Note(4 * place, 60, 4, velocity) for place, velocity in enumerate(velocities)]
    assert accompaniment_velocity(PianoRoll.from_notes([notes])) == expected


@pytest.mark.parametrize(("style", "upbeat"), [("bach", 4), ("hymn", 4)])
def test_an_upbeat_is_heard_where_long_notes_mark_the_bar(style: str, upbeat: int) -> None:
    tune = load_sample("saints")
    notes = tuple(Note(n.start - 12, n.pitch, n.duration) for n in tune.notes if n.start >= 12)
    generator = FakeGenerator(style=style)
    compose(Melody(notes, meters=MeterMap.constant(tune.meter)), generator, GenerationSettings())
    assert generator.calls[0][1].upbeat_steps == upbeat


def test_an_upbeat_that_is_given_is_not_listened_for() -> None:
    generator = FakeGenerator()
    compose(MELODY, generator, GenerationSettings(upbeat=3))
    assert generator.calls[0][1].upbeat_steps == 3


def test_what_is_given_is_as_long_as_the_melody() -> None:
    given = given_from(PLAYED, ((), (), ()), [])
    longer = replace(PLAYED, notes=(*PLAYED.notes, Note(PLAYED.steps, 60, 16)))
    with pytest.raises(ValueError, match="given are"):
        compose(longer, FakeGenerator(), GenerationSettings(), given=given)


# -- before the melody begins ------------------------------------------------------------------


class EagerGenerator(FakeGenerator):
    """Voices that sound from the first step to the last, around what is given."""

    def generate(
        self,
        roll: PianoRoll,
        meters: MeterMap,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Generated:
        steps = roll.steps
        pedals = [[Note(0, pitch, steps - 4), Note(steps - 4, pitch, 4)] for pitch in (64, 55, 48)]
        result = PianoRoll.from_notes([roll.notes(0), *pedals], steps)
        confidence = np.full((steps, 4), 0.5, np.float32)
        if given is None:
            return Generated(result, confidence)
        confidence[given.locked] = 1.0
        return Generated(given.paste(result), confidence)


def spans(composition: Composition) -> list[list[tuple[int, int]]]:
    """Of alto, tenor and bass, where each note begins and ends."""
    return [[(note.start, note.end) for note in track.notes] for track in composition.tracks[1:]]


def test_no_voice_begins_before_the_melody() -> None:
    made = compose_with_confidence(MELODY, EagerGenerator(), GenerationSettings())
    assert spans(made.composition) == [[(4, 20), (20, 24)]] * 3
    assert made.composition.tracks[0].notes == MELODY.notes
    assert (made.confidence[:4] == 1).all(), "that there is silence is certain"
    assert (made.confidence[4:] == 0.5).all()
    assert made.recipe.given is None, "a person has given nothing"


def test_an_introduction_is_written_where_it_is_asked_for() -> None:
    settings = GenerationSettings(introduction=True)
    piece = compose(MELODY, EagerGenerator(), settings)
    assert spans(piece) == [[(0, 20), (20, 24)]] * 3


def test_a_melody_that_begins_at_once_is_given_as_before() -> None:
    calls: list[object] = []

    class Asked(EagerGenerator):
        def generate(self, *args: Any) -> Generated:
            calls.append(args[-1])
            return super().generate(*args)

    compose(PLAYED, Asked(), GenerationSettings())
    assert calls == [None]


ACCOMPANIMENT = (
    (Note(0, 65, 2), Note(2, 67, 6)),
    (Note(0, 57, 4), Note(4, 59, 4)),
    (Note(0, 50, 2),),
)


def test_what_is_locked_before_the_melody_stays_and_the_rest_is_silent() -> None:
    given = given_from(MELODY, ACCOMPANIMENT, [parse_lock("tenor")])
    made = compose_with_confidence(MELODY, EagerGenerator(), GenerationSettings(), given=given)
    alto, tenor, bass = spans(made.composition)
    assert tenor == [(0, 4), (4, 8)]
    assert alto == bass == [(4, 20), (20, 24)]
    assert made.recipe.given is given


def test_an_accompaniment_that_is_improved_keeps_its_introduction() -> None:
    given = given_from(MELODY, ACCOMPANIMENT, [])
    settings = GenerationSettings(improve=True)
    alto, tenor, bass = spans(compose(MELODY, EagerGenerator(), settings, given=given))
    # A note is kept whole, also where the melody begins beneath it.
    assert alto[:2] == [(0, 2), (2, 8)]
    assert tenor[:2] == [(0, 4), (4, 20)]
    assert bass[:2] == [(0, 2), (4, 20)]
