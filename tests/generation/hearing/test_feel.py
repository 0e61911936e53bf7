"""What is in triplets or swing is heard as that, and the voices go along."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from composer_app.generation.composing import compose_with_confidence, make_again
from composer_app.generation.generator import GenerationSettings
from composer_app.generation.given import given_from, parse_lock
from composer_app.generation.hearing.feel import Feel, hear_feel, in_feel
from composer_app.generation.recipe import recipe_from_text
from composer_app.music.files.sample_melodies import sample_melodies
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.midi.file import read_midi
from composer_app.music.note import Note
from composer_app.music.timing import Meter
from tests.generation.fake_generator import FakeGenerator

CASES = Path(__file__).parents[2] / "music" / "midi" / "cases"


def case(name: str) -> Melody:
    return read_midi(CASES / f"{name}.mid").melody()


def at(*onsets: int) -> tuple[Note, ...]:
    """Notes that begin at these ticks, each until the next one."""
    ends = [*onsets[1:], onsets[-1] + 240]
    return tuple(Note.at_ticks(on, end, 60) for on, end in zip(onsets, ends, strict=True))


def ticks(notes: tuple[Note, ...]) -> list[tuple[int, int]]:
    return [(note.onset_ticks, note.release_ticks) for note in notes]


@pytest.mark.parametrize(
    ("name", "feel"),
    [
        ("triplets", Feel.SWING),
        ("sextuplets", Feel.SWING),
        ("swing_2_1", Feel.SWING),
        ("fast_run_32nds", Feel.STRAIGHT),
        ("legato_overlap", Feel.STRAIGHT),
    ],
)
def test_the_feel_of_a_file(name: str, feel: Feel) -> None:
    assert hear_feel(case(name).notes, 0) is feel


def test_the_sample_melodies_are_straight() -> None:
    for sample in sample_melodies():
        assert hear_feel(sample.melody.notes, 0) is Feel.STRAIGHT, sample.title


@pytest.mark.parametrize(
    ("onsets", "upbeat", "feel"),
    [
        # Played freely, a little more and a little less than two to one.
        ((0, 615, 960, 1600, 1920, 2570, 2880, 3500), 0, Feel.SWING),
        ((0, 480, 960, 1440, 1920, 2400, 2880, 3360), 0, Feel.STRAIGHT),
        # Three are too few to go by, and half of all are not mainly.
        ((0, 640, 960, 1600, 1920, 2560, 2880, 3840), 0, Feel.STRAIGHT),
        ((0, 640, 960, 1440, 1920, 2560, 2880, 3360, 3840, 4480, 4800, 5280), 0, Feel.STRAIGHT),
        # The beats begin an eighth later.
        ((0, 480, 1120, 1440, 2080, 2400, 3040, 3360, 4000), 2, Feel.SWING),
        ((), 0, Feel.STRAIGHT),
    ],
)
def test_what_is_swing(onsets: tuple[int, ...], upbeat: int, feel: Feel) -> None:
    assert hear_feel(at(*onsets) if onsets else (), upbeat) is feel


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        # Quarters stay, eighths swing.
        ([(0, 4), (4, 6), (6, 8)], [(0, 960), (960, 1600), (1600, 1920)]),
        # A dotted eighth and a sixteenth are swing written out.
        ([(0, 3), (3, 4)], [(0, 640), (640, 960)]),
        ([(0, 1), (1, 3), (3, 4)], [(0, 320), (320, 640), (640, 960)]),
        ([(0, 1), (1, 2), (2, 4)], [(0, 320), (320, 640), (640, 960)]),
        ([(0, 1), (1, 2), (2, 3), (3, 4)], [(0, 320), (320, 480), (480, 640), (640, 960)]),
        ([(0, 2)], [(0, 640)]),
        ([(2, 6)], [(640, 1600)]),
    ],
)
def test_where_the_voices_go(spans: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    notes = tuple(Note(start, 60, end - start, 70) for start, end in spans)
    assert ticks(in_feel(notes, Feel.SWING, 0)) == expected
    assert in_feel(notes, Feel.STRAIGHT, 0) == notes
    later = tuple(note.moved(2) for note in notes)
    assert ticks(in_feel(later, Feel.SWING, 2)) == [(a + 480, b + 480) for a, b in expected]


lines = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5), st.booleans()), max_size=12)


@drawn(lines, st.integers(0, 6))
def test_a_line_stays_one_and_what_is_locked_stays_where_it_is(
    rows: list[tuple[int, int, bool]], upbeat: int
) -> None:
    notes: list[Note] = []
    end = 0
    locked = np.zeros(200, np.bool_)
    for rest, length, lock in rows:
        note = Note(end + rest, 60, length)
        end = note.end
        locked[note.start : end] = lock
        notes.append(note)
    moved = in_feel(notes, Feel.SWING, upbeat, locked)
    assert len(moved) == len(notes)
    assert all(a.release_ticks <= b.onset_ticks for a, b in pairwise(moved))
    for before, after in zip(notes, moved, strict=True):
        if locked[before.start]:
            assert after.onset_ticks == before.onset_ticks


def test_what_was_played_stays_as_it_was_played() -> None:
    played = (Note.at_ticks(0, 900, 60), Note.at_ticks(1450, 1800, 62))
    assert in_feel(played, Feel.SWING, 0) == played


# -- in a take -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["triplets", "sextuplets", "swing_2_1", "fast_run_32nds"])
def test_the_melody_is_untouched(name: str) -> None:
    melody = case(name)
    made = compose_with_confidence(melody, FakeGenerator(), GenerationSettings(3))
    assert made.composition.tracks[0].notes == melody.notes
    assert made.composition.melody().notes == melody.notes


def test_the_voices_go_with_a_swung_melody() -> None:
    melody = case("swing_2_1")
    made = compose_with_confidence(melody, FakeGenerator(), GenerationSettings(3))
    # This generator moves the melody down, as it sees it.
    for track in made.composition.tracks[1:]:
        assert ticks(track.notes) == ticks(melody.notes)


@pytest.mark.parametrize(
    ("settings", "meter", "swings"),
    [
        (GenerationSettings(3), Meter(4, 4), True),
        (GenerationSettings(3, feel=Feel.STRAIGHT), Meter(4, 4), False),
        (GenerationSettings(3, feel=Feel.SWING), Meter(4, 4), True),
        (GenerationSettings(3, feel=Feel.SWING), Meter(6, 8), False),
    ],
)
def test_the_feel_can_be_chosen_and_is_in_the_recipe(
    settings: GenerationSettings, meter: Meter, swings: bool
) -> None:
    melody = replace(case("swing_2_1"), meters=MeterMap.constant(meter))
    generator = FakeGenerator()
    made = compose_with_confidence(melody, generator, settings)
    alto = made.composition.tracks[1].notes
    assert any(note.onset_shift for note in alto) == swings
    assert made.composition.origin is not None
    recipe = recipe_from_text(made.composition.origin.recipe)
    assert recipe is not None
    assert recipe.settings.feel is settings.feel
    assert make_again(recipe, generator).composition == made.composition


def test_locked_voices_keep_their_own_feel() -> None:
    melody = case("swing_2_1")
    alto = tuple(Note(2 * i, 57, 2) for i in range(16))
    given = given_from(melody, (alto, (), ()), [parse_lock("alto")])
    made = compose_with_confidence(melody, FakeGenerator(), GenerationSettings(3), given=given)
    assert made.composition.tracks[1].notes == alto
    assert any(note.onset_shift for note in made.composition.tracks[2].notes)
