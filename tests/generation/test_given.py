"""What is locked: how it is named, where it is found, and that it stays."""

import numpy as np
import pytest
from hypothesis import given as draws
from hypothesis import strategies as st

from composer_app.errors import SettingError
from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationSettings, Given
from composer_app.generation.given import (
    Lock,
    Place,
    accompaniment,
    given_from,
    parse_lock,
)
from composer_app.music.composition import Composition, Track
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.timing import Meter
from tests.generation.fake_generator import FakeGenerator

MELODY = Melody((Note(0, 72, 16), Note(16, 74, 16)))
ALTO, TENOR, BASS = (Note(0, 64, 32),), (Note(0, 55, 16), Note(16, 57, 16)), (Note(0, 48, 24),)
VOICES = (ALTO, TENOR, BASS)


@pytest.mark.parametrize(
    ("text", "lock"),
    [
        ("bass", Lock(3)),
        ("Melody", Lock(0)),
        ("bars:1-4", Lock(None, Place(1), Place(4))),
        ("bars:3", Lock(None, Place(3), Place(3))),
        ("alto:9-12", Lock(1, Place(9), Place(12))),
        ("tenor:3.2", Lock(2, Place(3, 2), Place(3, 2))),
        ("tenor:3.2-4.1", Lock(2, Place(3, 2), Place(4, 1))),
    ],
)
def test_locks_are_read(text: str, lock: Lock) -> None:
    assert parse_lock(text) == lock


@pytest.mark.parametrize(
    "text",
    ["", "bars", "violin", "bass:", "bass:01", "bass:4-3", "bass:1.0", "bars:1-2-3", "bass:x"],
)
def test_what_is_no_lock(text: str) -> None:
    with pytest.raises(ValueError, match="'"):
        parse_lock(text)


@pytest.mark.parametrize(
    ("text", "meter", "expected"),
    [
        ("bass", Meter(4, 4), (0, 64)),
        ("bars:2-3", Meter(4, 4), (16, 48)),
        ("bars:2", Meter(3, 4), (12, 24)),
        ("bars:0", Meter(3, 4), (0, 0)),
        ("alto:2.2", Meter(4, 4), (20, 24)),
        ("alto:1.4-2.1", Meter(4, 4), (12, 20)),
    ],
)
def test_locks_have_their_place(text: str, meter: Meter, expected: tuple[int, int]) -> None:
    span = parse_lock(text).span(MeterMap.constant(meter), 64)
    assert (span.start, span.stop) == expected


def test_a_note_is_locked_whole() -> None:
    given = given_from(MELODY, VOICES, [parse_lock("tenor:1.2")])
    assert given.locked[:, 2].tolist() == [True] * 16 + [False] * 16
    assert not given.locked[:, [0, 1, 3]].any()
    assert given_from(MELODY, VOICES, [parse_lock("bars:2")]).locked[:, 1].all()


def test_a_lock_of_nothing_is_a_sentence() -> None:
    with pytest.raises(SettingError, match="2 bars"):
        given_from(MELODY, VOICES, [parse_lock("bars:3")])
    with pytest.raises(SettingError, match="no accompaniment to lock"):
        given_from(MELODY, ((), (), ()), [parse_lock("bass")])
    assert given_from(MELODY, ((), (), ()), [parse_lock("melody")]).locked[:, 0].all()


def test_what_sounds_on_after_the_melody_counts() -> None:
    given = given_from(MELODY, (ALTO, TENOR, (Note(0, 48, 40),)), [])
    assert given.roll.steps == 40
    endless = (Note(0, 48, 16 * 2000),)
    assert given_from(MELODY, (ALTO, TENOR, endless), []).roll.steps == 16 * 999


def tracks(*lines: tuple[str, tuple[Note, ...]]) -> Composition:
    return Composition(tuple(Track(name, 0, notes) for name, notes in lines))


def test_an_accompaniment_has_the_notes_of_the_voices_that_are_there() -> None:
    ours = tracks(("Soprano", MELODY.notes), ("Alto", ALTO), ("Tenor", ()), ("Bass", BASS))
    assert accompaniment(ours) == (ALTO, (), BASS)
    strange = tracks(("x", BASS), ("tune", MELODY.notes), ("y", ALTO), ("z", TENOR), ("", ()))
    assert accompaniment(strange, 1) == VOICES
    assert accompaniment(Composition()) == ((), (), ())


note_lists = st.lists(
    st.tuples(st.integers(0, 20), st.integers(40, 70), st.integers(1, 8)),
    max_size=6,
    # Two notes of one pitch that overlap are no roll that anybody could have played.
    unique_by=lambda note: note[1],
)


def voices_of(shapes: list[list[tuple[int, int, int]]]) -> PianoRoll:
    return PianoRoll.from_notes(
        [[Note(*shape, velocity=50 + i) for i, shape in enumerate(notes)] for notes in shapes], 32
    )


@draws(
    st.lists(note_lists, min_size=4, max_size=4),
    st.lists(note_lists, min_size=4, max_size=4),
    st.lists(st.booleans(), min_size=128, max_size=128),
)
def test_locked_cells_are_pasted_exactly(
    before: list[list[tuple[int, int, int]]],
    after: list[list[tuple[int, int, int]]],
    locks: list[bool],
) -> None:
    roll = voices_of(before)
    given = Given(roll, np.array(locks).reshape(32, 4))
    result = given.paste(voices_of(after))
    for voice in range(4):
        locked = given.locked[:, voice]
        assert np.array_equal(result.velocity[locked, :, voice], roll.velocity[locked, :, voice])
        assert np.array_equal(result.onset[locked, :, voice], roll.onset[locked, :, voice])
        kept = {note for note in roll.notes(voice) if locked[note.start]}
        assert kept <= set(result.notes(voice)), "and no locked note is drawn out"


def test_a_generator_that_cannot_be_told_is_pasted_over() -> None:
    given = given_from(MELODY, VOICES, [parse_lock("bass")])
    piece = compose(MELODY, FakeGenerator(), GenerationSettings(), given=given)
    assert piece.tracks[3].notes == BASS
    assert piece.tracks[1].notes != ALTO


def test_given_has_the_melodys_length_at_least() -> None:
    short = Given(PianoRoll.from_notes([[], [], [], []], 8), np.zeros((8, 4), np.bool_))
    with pytest.raises(ValueError, match="8 steps of a melody of 32"):
        compose(MELODY, FakeGenerator(), GenerationSettings(), given=short)
    with pytest.raises(ValueError, match="cells"):
        Given(PianoRoll.from_notes([[]], 8), np.zeros((8, 1), np.bool_))


def test_of_a_locked_voice_no_short_note_is_lost() -> None:
    melody = Melody((Note(0, 72, 8), Note(8, 74, 8)))
    fast = tuple(Note.at_ticks(120 * i, 120 * (i + 1), 60 + i % 5) for i in range(32))
    chords = (Note(0, 48, 8), Note(0, 52, 8), Note.at_ticks(1930, 3840, 50))
    given = given_from(melody, (fast, chords, ()), [parse_lock("alto"), parse_lock("tenor")])
    piece = compose(melody, FakeGenerator(), GenerationSettings(seed=3), given=given)
    assert piece.tracks[1].notes == fast
    assert piece.tracks[2].notes == chords
