from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from composer_app.generation.phrasing.loudness import (
    BALANCE,
    arch,
    harmonic_charge,
    long_arch,
    melodic_charge,
)
from composer_app.generation.phrasing.performing import Part
from composer_app.generation.phrasing.scene import Role, Scene, Strength, level, louder
from composer_app.generation.phrasing.timing import (
    EARLIEST,
    LATEST,
    milliseconds_per_tick,
)
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter, TempoMap
from tests.generation.phrasing.playing import (
    ALTO,
    BASS,
    CHORDS,
    FOUR_FOUR,
    MELODY,
    PARTS,
    SCENE,
    line,
    play,
)

DEPTHS = (0.1, 0.3, 0.5, 0.8, 1.0)
FAST = Scene(MELODY, FOUR_FOUR, TempoMap.constant(400), CHORDS)
SLOW = Scene(MELODY, FOUR_FOUR, TempoMap.constant(30), CHORDS)


def levels(notes: tuple[Note, ...]) -> list[float]:
    return [level(note.velocity) for note in notes]


def test_depth_0_plays_what_is_written() -> None:
    assert play(0.0) == tuple(part.notes for part in PARTS)


@pytest.mark.parametrize("scene", [SCENE, FAST, SLOW])
@pytest.mark.parametrize("depth", DEPTHS)
def test_notes_keep_pitch_and_place(scene: Scene, depth: float) -> None:
    for part, notes in zip(PARTS, play(depth, scene=scene), strict=True):
        assert [replace(n.on_grid, velocity=80) for n in notes] == [
            replace(n, velocity=80) for n in part.notes
        ]
        assert all(1 <= note.velocity <= 127 for note in notes)


@pytest.mark.parametrize("scene", [SCENE, FAST, SLOW])
@pytest.mark.parametrize("depth", DEPTHS)
def test_notes_stay_in_order_and_apart(scene: Scene, depth: float) -> None:
    for notes in play(depth, scene=scene):
        for before, after in pairwise(notes):
            assert before.onset_ticks < before.release_ticks <= after.onset_ticks


@pytest.mark.parametrize("depth", DEPTHS)
def test_voices_that_begin_together_are_struck_together(depth: float) -> None:
    for notes in play(depth):
        assert all(EARLIEST <= note.onset_shift <= LATEST for note in notes)
    # At 120 a quarter that is a spread of 12.5 ms at most.
    assert (LATEST - EARLIEST) * milliseconds_per_tick(SCENE.tempo, 0) <= 13


def test_more_depth_moves_every_note_farther() -> None:
    for notes in zip(*(voice for depth in DEPTHS for voice in [play(depth)[0]]), strict=True):
        off = [abs(note.velocity - 68) for note in notes]
        gaps = [-note.end_shift for note in notes]
        assert off == sorted(off)
        assert gaps == sorted(gaps)


def test_deeper_is_livelier() -> None:
    spread = [np.std([n.velocity for voice in play(depth) for n in voice]) for depth in DEPTHS]
    assert spread == sorted(spread)
    assert spread[0] > 0.3
    assert spread[-1] > 3


def test_the_same_chance_plays_in_the_same_way() -> None:
    assert play(0.7) == play(0.7)
    assert play(0.7) != play(0.7, seed=4)


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_melody_is_above_every_note_of_the_rest(depth: float) -> None:
    assert all(note.velocity < 80 for voice in play(depth) for note in voice)


@pytest.mark.parametrize("role", [Role.INNER, Role.OUTER])
def test_what_is_nearly_as_loud_as_the_melody_does_not_drown_it(role: Role) -> None:
    for velocity in (72, 78):
        (notes,) = play(1.0, [Part(line("60 " * 32, velocity), role)])
        # But for what chance adds.
        assert max(levels(notes)) <= level(80) - 0.4
    soft = Scene(
        tuple(replace(n, velocity=40 if n.start == 32 else 80) for n in MELODY),
        FOUR_FOUR,
        SCENE.tempo,
    )
    (notes,) = play(1.0, [Part(line("60 " * 32, 68), role)], soft)
    assert next(note.velocity for note in notes if note.start == 32) < 40


def test_inner_voices_are_softer_than_outer_ones() -> None:
    alto, tenor, bass = (np.mean(levels(voice)) for voice in play(1.0))
    assert max(alto, tenor) < bass < level(80)
    before = np.mean(levels(BASS))
    assert bass == pytest.approx(before + BALANCE[Role.OUTER], abs=0.5)


def test_a_phrase_swells_and_dies_away() -> None:
    for phrase in SCENE.phrases:
        curve = [arch(phrase, step) for step in range(phrase.start, phrase.end)]
        peak = phrase.start + int(np.argmax(curve))
        assert phrase.start < peak < phrase.end - 8
        assert curve == [
            *sorted(curve[: peak - phrase.start]),
            *sorted(curve[peak - phrase.start :], reverse=True),
        ]
    even = Part(line("60 " * 32, 68), Role.INNER)
    (notes,) = play(1.0, [even])
    loud = [note.velocity for note in notes]
    for first in (0, 16):
        assert max(loud[first + 4 : first + 12]) > max(loud[first], loud[first + 15])


def test_the_whole_piece_grows_where_it_has_several_phrases() -> None:
    long = Scene(tuple(n.moved(128 * i) for i in range(3) for n in MELODY), FOUR_FOUR, SCENE.tempo)
    assert long_arch(Note(260, 60, 4), long) > long_arch(Note(0, 60, 4), long)
    assert long_arch(Note(60, 60, 4), SCENE) == 0


@pytest.mark.parametrize(
    ("meter", "tick", "strength"),
    [
        (Meter(4, 4), 0, Strength.BAR),
        (Meter(4, 4), 960, Strength.PULSE),
        (Meter(4, 4), 1920, Strength.HALF),
        (Meter(4, 4), 1920 + 18, Strength.HALF),
        (Meter(4, 4), 3840 - 6, Strength.BAR),
        (Meter(4, 4), 480, Strength.OFF_BEAT),
        (Meter(4, 4), 640, Strength.OFF_BEAT),
        (Meter(4, 4), 240, Strength.WEAK),
        (Meter(3, 4), 1920, Strength.PULSE),
        (Meter(6, 8), 1440, Strength.HALF),
        (Meter(6, 8), 480, Strength.OFF_BEAT),
        (Meter(6, 8), 240, Strength.WEAK),
        (Meter(2, 2), 1920, Strength.HALF),
        (Meter(2, 2), 960, Strength.OFF_BEAT),
        (Meter(5, 8), 480, Strength.PULSE),
        (Meter(5, 8), 240, Strength.OFF_BEAT),
        (Meter(6, 16), 240, Strength.OFF_BEAT),
    ],
)
def test_places_in_the_bar_are_strong_or_weak(meter: Meter, tick: int, strength: Strength) -> None:
    scene = Scene(MELODY, MeterMap.constant(meter, 0), SCENE.tempo)
    assert scene.strength(tick) is strength


def test_an_upbeat_is_counted_from_its_bars_end() -> None:
    scene = Scene(MELODY, MeterMap.constant(Meter(4, 4), 960), SCENE.tempo)
    assert scene.strength(0) is Strength.PULSE
    assert scene.strength(960) is Strength.BAR


def test_downbeats_are_louder_than_what_is_off_the_beat() -> None:
    even = Part(line("60.2 " * 64, 68), Role.INNER)
    (notes,) = play(1.0, [even])
    strong = np.mean([n.velocity for n in notes if n.start % 16 == 0])
    weak = np.mean([n.velocity for n in notes if n.start % 4 == 2])
    assert strong > weak + 4


def test_tension_is_louder() -> None:
    chord_tone, leading = (melodic_charge(Note(0, pitch, 4), SCENE) for pitch in (60, 71))
    home, far = (harmonic_charge(Note(step, 60, 4), SCENE) for step in (0, 48))
    assert leading > chord_tone == 0
    assert far > home == 0
    silent = Scene(MELODY, FOUR_FOUR, SCENE.tempo)
    assert melodic_charge(MELODY[3], silent) == harmonic_charge(MELODY[3], silent) == 0


def test_voices_follow_the_dynamics_of_the_melody() -> None:
    swelling = tuple(replace(n, velocity=50 + n.start // 2) for n in MELODY)
    scene = Scene(swelling, FOUR_FOUR, SCENE.tempo, CHORDS)
    for flat, following in zip(play(1.0), play(1.0, scene=scene), strict=True):
        first, last = following[0].velocity - flat[0].velocity, 0
        last = following[-1].velocity - flat[-1].velocity
        assert first < -8
        assert last > 4


def test_repeated_notes_are_struck_apart_and_steps_are_bound() -> None:
    (notes,) = play(1.0, [Part(line("60 60 62 64 64 72"), Role.INNER)])
    gaps = [-note.end_shift for note in notes]
    assert gaps[0] == gaps[3] > 60
    assert gaps[1] == gaps[2] == 0
    assert 0 < gaps[4] < gaps[0]


def test_a_breath_is_taken_before_a_new_phrase_and_none_at_the_end() -> None:
    for notes in play(1.0, [Part(line("60 62 64 65 " * 8), Role.INNER)]):
        gaps = {note.end: -note.end_shift for note in notes}
        assert gaps[64] == max(gaps.values()) > 100
        assert gaps[128] == 0


def test_what_is_locked_stays_and_nothing_runs_into_it() -> None:
    locked = np.zeros(128, np.bool_)
    locked[32:64] = True
    plain = play(1.0)[0]
    (notes,) = play(1.0, [Part(ALTO, Role.INNER, locked)])
    for note, free, written in zip(notes, plain, ALTO, strict=True):
        inside = 32 <= note.start < 64
        assert note == written if inside else note.velocity == free.velocity
    for before, after in pairwise(notes):
        assert before.release_ticks <= after.onset_ticks


def test_chords_of_one_part_stay_together() -> None:
    chords = tuple(Note(4 * beat, pitch, 4, 60) for beat in range(16) for pitch in (55, 60, 64))
    (notes,) = play(1.0, [Part(chords, Role.INNER)])
    for beat in range(16):
        assert len({note.onset_shift for note in notes if note.start == 4 * beat}) == 1
    for pitch in (55, 60, 64):
        for before, after in pairwise([note for note in notes if note.pitch == pitch]):
            assert before.release_ticks < after.onset_ticks


def test_swing_and_triplets_keep_their_place() -> None:
    swung = tuple(
        Note.at_ticks(960 * beat + at, 960 * beat + until, 60 + beat, 68)
        for beat in range(16)
        for at, until in ((0, 640), (640, 960))
    )
    (notes,) = play(1.0, [Part(swung, Role.INNER)])
    for note, written in zip(notes, swung, strict=True):
        assert (note.start, note.end) == (written.start, written.end)
        assert EARLIEST <= note.onset_ticks - written.onset_ticks <= LATEST
    for before, after in pairwise(notes):
        assert before.release_ticks <= after.onset_ticks


def test_extreme_velocities_stay_what_midi_can_say() -> None:
    for velocity in (1, 127):
        melody = tuple(replace(note, velocity=velocity) for note in MELODY)
        scene = Scene(melody, FOUR_FOUR, SCENE.tempo, CHORDS)
        for notes in play(1.0, [Part(line("60 " * 32, velocity), Role.OUTER)], scene):
            assert all(1 <= note.velocity <= 127 for note in notes)


def test_decibels_and_velocities_are_each_others_inverse() -> None:
    assert louder(80, 0) == 80
    assert level(louder(40, 6)) - level(40) == pytest.approx(6, abs=0.3)
    assert louder(120, 12) == 127


def test_without_notes_there_is_nothing_to_play() -> None:
    assert play(1.0, [Part((), Role.INNER)]) == ((),)
    lonely = Scene((), FOUR_FOUR, SCENE.tempo)
    (notes,) = play(1.0, [Part(line("60 62 64"), Role.INNER)], lonely)
    assert [note.pitch for note in notes] == [60, 62, 64]


def test_a_melody_is_phrased_around_its_own_level() -> None:
    (notes,) = play(1.0, [Part(MELODY, Role.MELODY)])
    assert np.mean(levels(notes)) == pytest.approx(level(80), abs=0.3)
    assert max(n.velocity for n in notes) > 84


@pytest.mark.parametrize("seed", range(40))
def test_anything_keeps_its_place_and_order(seed: int) -> None:
    """Random lines and chords with micro-timing and locks, in any metre, at any tempo."""
    random = np.random.default_rng(seed)
    meter = Meter(int(random.integers(1, 16)), int(random.choice([1, 2, 4, 8, 16, 32])))
    upbeat = int(random.integers(0, meter.ticks_per_bar))
    scene = Scene(
        random_line(random, 120),
        MeterMap.constant(meter, upbeat if random.random() < 0.5 else 0),
        TempoMap.constant(float(random.integers(4, 1000))),
        CHORDS if random.random() < 0.5 else (),
    )
    locked = random.random(140) < 0.2
    part = Part(
        random_line(random, 60),
        Role.INNER if seed % 2 else Role.MELODY,
        locked if seed % 3 else None,
    )
    (notes,) = play(float(random.random()), [part], scene)
    for note, written in zip(notes, part.notes, strict=True):
        assert (note.start, note.pitch, note.duration) == (
            written.start,
            written.pitch,
            written.duration,
        )
        assert note == written or not part.is_locked(written)
    for (before, after), (first, second) in zip(pairwise(notes), pairwise(part.notes), strict=True):
        assert before.onset_ticks <= after.onset_ticks
        if first.release_ticks <= second.onset_ticks:
            assert before.release_ticks <= after.onset_ticks


def random_line(random: np.random.Generator, count: int) -> tuple[Note, ...]:
    """Notes one after the other, with rests, half of them beside the grid."""
    notes: list[Note] = []
    now = int(random.integers(0, 400))
    for _ in range(count):
        onset = now + int(random.choice([0, 0, 0, 240, 777]))
        if random.random() < 0.5:
            onset = -(-onset // 240) * 240
        now = onset + int(random.choice([60, 110, 240, 240, 480, 960, 1234]))
        pitch, velocity = int(random.integers(30, 100)), int(random.integers(1, 128))
        notes.append(Note.at_ticks(onset, now, pitch, velocity))
    return tuple(notes)
