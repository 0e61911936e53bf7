"""Trials: rests, silence before the melody and registers are made as said and judged rightly."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from composer_app.analysis.voice_grid import REST, VoiceGrid
from composer_app.evaluation.behavior import BehaviorPlan, evaluate_behavior
from composer_app.evaluation.behavior.cases import REGISTERS, Case, Trial, cases_of, eight_bars
from composer_app.evaluation.behavior.measures import lowest, measure_behavior, register
from composer_app.evaluation.harmony import held_out_tunes
from composer_app.generation.generator import Generated, GenerationSettings, Given, Progress
from composer_app.generation.noise import NoiseVector
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.piano_roll import PianoRoll
from composer_app.music.timing import Meter
from tests.evaluation.examples import Shadow, generated
from tests.evaluation.harmony.made import FOUR_FOUR, tune


def cases(meter: Meter = FOUR_FOUR) -> dict[Trial, Case]:
    """One case of each trial; of the registers the last one."""
    return {case.trial: case for case in cases_of([tune(meter)])}


def silent_in(case: Case, begin: int, end: int) -> bool:
    return bool((case.grid.pitch[begin:end, 0] == REST).all())


@pytest.mark.parametrize(
    ("meter", "rests", "short", "long"),
    [
        (Meter(4, 4), [(32, 36), (64, 68), (96, 100)], (56, 60), (52, 76)),
        (Meter(3, 4), [(24, 28), (48, 52), (72, 76)], (40, 44), (40, 56)),
        (Meter(6, 8), [(24, 30), (48, 54), (72, 78)], (42, 46), (42, 58)),
        (Meter(2, 4), [(16, 20), (32, 36), (48, 52)], (28, 30), (28, 38)),
    ],
)
def test_rests_stand_where_they_are_said_to(
    meter: Meter, rests: list[tuple[int, int]], short: tuple[int, int], long: tuple[int, int]
) -> None:
    made = cases(meter)
    breaths, upbeat = made[Trial.DOWNBEAT_REST], made[Trial.UPBEAT_REST]
    assert list(breaths.rests) == rests
    assert (upbeat.rests, made[Trial.LONG_REST].rests) == ((short,), (long,))
    for case in (breaths, upbeat, made[Trial.LONG_REST]):
        for begin, end in case.rests:
            assert silent_in(case, begin, end)
            assert not silent_in(case, begin - 1, begin)
            assert not silent_in(case, end, end + 1)


def test_the_melody_is_delayed_and_moved() -> None:
    made = cases()
    for trial in (Trial.SILENCE_BEFORE, Trial.INTRODUCTION):
        assert made[trial].rests == ((0, 32),)
        assert made[trial].melody.notes[0].start == 32
    for case in cases_of([tune()]):
        if case.trial is Trial.REGISTER:
            zone = REGISTERS[case.register]
            pitches = [note.pitch for note in case.melody.notes]
            middle = (min(pitches) + max(pitches)) / 2
            assert abs(middle - (zone.lowest + zone.highest) / 2) <= 1


def test_cases_begin_on_a_downbeat_and_are_melodies() -> None:
    for each in held_out_tunes("leadsheets", "test"):
        melody = eight_bars(each)
        if melody is not None:
            assert melody.steps <= 8 * each.meter.steps_per_bar
            for before, after in pairwise(melody.notes):
                assert before.end <= after.start
    found = list(cases_of(held_out_tunes("leadsheets", "test")))
    assert {case.trial for case in found} == set(Trial)


def take_of(case: Case, voices: dict[int, list[tuple[int, int, int]]]) -> VoiceGrid:
    """The melody of ``case`` above notes ``(start, end, pitch)`` of the voices 1 to 3."""
    grid = case.grid
    for voice, notes in voices.items():
        for start, end, pitch in notes:
            grid.pitch[start:end, voice] = pitch
            grid.onset[start, voice] = True
    return grid


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ([], {"silent": 1, "gap": 1, "moving": 0, "notes": 0}),
        ([(0, 128, 48)], {"silent": 0, "gap": 0, "moving": 0, "notes": 0}),
        ([(0, 58, 48)], {"silent": 0, "gap": 1, "moving": 0, "notes": 0}),
        ([(0, 56, 48), (56, 60, 50)], {"silent": 0, "gap": 0, "moving": 0, "notes": 1 / 3}),
        ([(0, 58, 48), (58, 60, 50)], {"silent": 0, "gap": 0, "moving": 1, "notes": 1 / 3}),
    ],
)
def test_a_rest_is_silent_held_or_filled(
    notes: list[tuple[int, int, int]], expected: dict[str, float]
) -> None:
    case = cases()[Trial.UPBEAT_REST]
    counts = measure_behavior(take_of(case, {3: notes}), case)
    found = {name: counts[f"upbeat_rest_{name}"].share for name in expected}
    assert found == pytest.approx(expected)


def test_sound_before_the_melody_is_heard() -> None:
    case = cases()[Trial.SILENCE_BEFORE]
    assert measure_behavior(take_of(case, {2: [(32, 40, 55)]}), case)["silence_before"].share == 0
    assert measure_behavior(take_of(case, {2: [(31, 40, 55)]}), case)["silence_before"].share == 1


def test_registers_are_measured_in_semitones() -> None:
    rows = np.array(
        [
            [60, 55, 48, 40],  # E2, nothing close below C3
            [60, 55, 43, 39],  # a third below C3, and a bass below E2
            [60, 43, 43, 43],  # a unison is no third
            [60, 55, 51, 48],  # C3 is not below C3
            [60, 62, 52, 47],  # above the melody
            [REST, 62, 52, REST],
        ],
        np.int16,
    )
    take = VoiceGrid(rows, rows != REST)
    counts = register(take)
    assert counts["below_e2"] == (1, 5)
    assert counts["close_below_c3"] == (1, 6)
    assert counts["above_melody"] == (1, 5)
    assert lowest(take) == 39
    assert lowest(cases()[Trial.REGISTER].grid) is None


class Introducer(Shadow):
    """Plays from the first step on where that is asked for."""

    def generate(
        self,
        roll: PianoRoll,
        meters: MeterMap,
        noise: NoiseVector,
        settings: GenerationSettings,
        progress: Progress | None = None,
        given: Given | None = None,
    ) -> Generated:
        voices = [list(roll.notes(0)), [], [], [Note(0, 40, roll.steps)]]
        if not settings.introduction:
            voices[3] = [Note(note.start, 45, note.duration) for note in voices[0]]
        return generated(voices, roll.steps)


def test_every_trial_is_made_and_told() -> None:
    shares: list[float] = []
    result = evaluate_behavior(Introducer(), BehaviorPlan(takes=2, tunes=2), shares.append)
    assert shares[-1] == 1
    assert result.cases == {
        "downbeat_rest": 2,
        "upbeat_rest": 2,
        "long_rest": 2,
        "silence_before": 2,
        "introduction": 2,
        "register": 6,
    }
    values = result.values
    # It doubles the melody, so it rests where that does.
    assert values["downbeat_rest_silent"] == values["upbeat_rest_silent"] == 1
    assert (values["silence_before"], values["introduction"]) == (0, 1)
    assert set(result.lowest.values()) == {45}
    assert set(result.spread.values()) == {0}
    [(heading, (head, lines))] = result.sections()
    assert "16 cases made of 'valid'" in heading
    assert {len(line) for line in lines} == {len(head)}
    assert ["melody moved to 41-52: lowest note", "A2", ""] in lines
    assert result.to_dict()["values"]["introduction"] == 1
    single = evaluate_behavior(Introducer(), replace(BehaviorPlan(), takes=1, tunes=1))
    assert set(single.spread.values()) == {None}
