"""What arrangers of bands do: voicings, two hands, answers, a bass with the kick, sections."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.generation.bands.arranging import with_kick
from composer_app.generation.bands.chance import Chance, Row
from composer_app.generation.bands.chords_part import Sound, play_chords
from composer_app.generation.bands.form import Form, form_of
from composer_app.generation.bands.harmony import Chart
from composer_app.generation.bands.laying_out import answers_of, lines_of
from composer_app.generation.bands.patterns import (
    COMMON,
    HELD,
    HOLD,
    SILENCE,
    Level,
    Pattern,
    in_every_meter,
    parse_line,
)
from composer_app.generation.bands.style_file import Player
from composer_app.generation.bands.voicing import barre, next_voicing
from composer_app.generation.generator import GenerationSettings
from composer_app.generation.given import (
    accompaniment,
    given_from,
    locks_of_ensemble,
    parse_lock,
)
from composer_app.generation.noise import NoiseVector
from composer_app.generation.repeating import Repeats
from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.music.harmony.chords import Chord, ChordSymbol
from composer_app.music.meter_map import MeterMap
from composer_app.music.mix import TrackMix
from composer_app.music.note import Note
from composer_app.music.timing import Meter
from tests.generation.bands.melodies import MELODIES
from tests.generation.bands.playing import band, played

_C = Chord.of_name(0, "maj")
_C7 = Chord.of_name(0, "7")
_BARS = 4


def _form(melody: tuple[Note, ...], meter: Meter = COMMON) -> Form:
    return form_of(melody, MeterMap.constant(meter, 0), Repeats.REPEAT, introduction=False)


def _player(voicing: str = "close", *, rings: bool = False, strums: bool = False) -> Player:
    return Player(0, 40, 72, TrackMix(), rings, strums, voicing=voicing)


def _bar_long(*pitches: int, gap: int = 0) -> tuple[Note, ...]:
    return tuple(Note(16 * bar, pitch, 16 - gap) for bar, pitch in enumerate(pitches))


def _sounds(player: Player, rhythm: str, chord: Chord = _C, held: str = "") -> list[Sound]:
    melody = _bar_long(84, 83, 86, 84)
    form = _form(melody)
    lines = {"": rhythm * _BARS, HELD: held * _BARS}
    chart = Chart([ChordSymbol(0, chord)], form.end)
    return play_chords(lines, form, chart, melody, player, _chance(form))


def _chance(form: Form, seed: int = 1) -> Chance:
    return Chance(NoiseVector.from_seed(seed, form.end))


@given(st.integers(0, 11), st.sampled_from(QUALITIES))
def test_a_guitar_takes_chords_from_root_and_fifth(root: int, quality: str) -> None:
    chord = Chord.of_name(root, quality)
    for voicing in barre(chord, 40, 67):
        assert voicing[0] % 12 == root
        assert {pitch % 12 for pitch in voicing} <= chord.pitch_classes
        assert voicing == tuple(sorted(voicing))
    assert barre(chord, 40, 67)


def test_an_inverted_chord_leaves_its_root_at_the_bottom_to_the_bass() -> None:
    for root in range(12):
        for name in ("maj7", "m7", "7", "6", "maj"):
            chord = Chord.of_name(root, name)
            found = next_voicing(chord, None, (48, 72), (), 60, "inverted")
            assert found[0] % 12 != root
            assert {pitch % 12 for pitch in found} == set(chord.pitch_classes)


def test_soft_strokes_of_a_guitar_are_power_chords_and_loud_ones_have_the_third() -> None:
    sounds = _sounds(_player(voicing="barre"), "x---o---x---o---")
    for step, third in ((0, True), (4, False)):
        classes = {each.pitch % 12 for each in sounds if each.start == step}
        assert classes == ({0, 4, 7} if third else {0, 7})


def test_strums_go_down_and_up() -> None:
    sounds = _sounds(_player(strums=True), "x---o---x---o---", _C7)
    down = sorted((each.pitch, each.late) for each in sounds if each.start == 0)
    up = sorted((each.pitch, each.late) for each in sounds if each.start == 4)
    assert [late for _, late in down] == sorted({late for _, late in down})
    assert len(down) == 4
    assert len(up) == 3
    assert [late for _, late in up] == sorted({late for _, late in up}, reverse=True)


def test_a_chord_that_lasts_is_turned_over_every_two_bars() -> None:
    sounds = _sounds(_player(), "x-------x-------")
    bars = [{each.pitch for each in sounds if each.start == 16 * bar} for bar in range(_BARS)]
    assert bars[0] == bars[1] != bars[2]
    assert {pitch % 12 for pitch in bars[2]} == {0, 4, 7}


def test_one_hand_holds_root_and_third_and_the_other_strikes_the_rest() -> None:
    sounds = _sounds(_player(), "....x-..x-..x-..", _C7, "o---------------")
    held = {each.pitch % 12 for each in sounds if each.start == 16}
    struck = {each.pitch % 12 for each in sounds if each.start == 20}
    assert held == {0, 4}
    assert struck == {7, 10}
    assert all(each.end == 32 for each in sounds if each.start == 16)


def test_a_pedal_holds_the_tones_of_a_broken_chord() -> None:
    broken = _sounds(_player(rings=True), "1---2---3---2---")
    first = {each.start: each for each in broken}
    assert first[16].end == 32
    # What is struck again ends there.
    assert first[20].end == 28
    assert first[28].end == 36
    dry = _sounds(_player(), "1---2---3---2---")
    assert all(each.length == 4 for each in dry if each.start < 48)


def test_a_bass_strikes_its_root_with_the_kick() -> None:
    form = _form(_bar_long(72, 74, 76, 72))
    line = "R-----R-R-----5-" * _BARS
    found = with_kick(line, form, [0, 4, 8, 10])
    assert found[:16] == "R---R---R-R---5-"
    compound = _form(tuple(Note(12 * bar, 72, 12) for bar in range(4)), Meter(6, 8))
    assert with_kick("R---R-R---R-" * 4, compound, [0]) == "R---R-R---R-" * 4


def test_the_bass_of_pop_and_rock_shares_its_strokes_with_the_kick() -> None:
    for name in ("pop", "rock"):
        together = of = 0
        for seed in range(4):
            piece = played(name, MELODIES["repeats"], GenerationSettings(seed=seed))
            kicks = {note.start for note in piece.tracks[3].notes if note.pitch == 36}
            bass = {note.start for note in piece.tracks[2].notes}
            last = piece.tracks[0].notes[-1].start
            together += len({step for step in kicks & bass if step % 4 and step < last})
            of += len({step for step in kicks if step % 4 == 2 and step < last})
        assert together >= 0.6 * of > 0, name


def test_a_bass_that_is_played_anew_follows_the_kick_that_stays() -> None:
    melody = MELODIES["repeats"]
    before = played("pop", melody)
    # A kick that no pattern has, on the eighth after each downbeat.
    ticks = range(2, melody.steps - 20, 16)
    kicks = tuple(Note(step, 36, 1) for step in ticks)
    tracks = (*before.tracks[:3], replace(before.tracks[3], notes=kicks))
    locks = locks_of_ensemble([parse_lock("drums")], band=True)
    kept = given_from(melody, accompaniment(replace(before, tracks=tracks)), locks)
    after = played("pop", melody, GenerationSettings(seed=4), kept)
    bass = {note.start for note in after.tracks[2].notes}
    free = played("pop", melody, GenerationSettings(seed=4)).tracks[2].notes
    assert bass >= set(ticks[:4])
    assert not {note.start for note in free} >= set(ticks[:4])


def _answer(melody: tuple[Note, ...], busy: float = 1.0) -> str:
    form = _form(melody)
    pattern = Pattern(
        COMMON, Level.MEDIUM, {"": parse_line("1234 5432 1234 5432", "chords", COMMON)}
    )
    return answers_of(form, in_every_meter([pattern]), melody, _chance(form), busy)


def test_answers_come_where_the_melody_rests() -> None:
    line = _answer(
        (Note(0, 60, 4), Note(16, 62, 16), Note(32, 64, 2), Note(34, 65, 14), Note(48, 60, 16))
    )
    assert line[:16] == SILENCE * 4 + "5432" + "12345432"
    # A note that is held is answered after its first beat, the last one never.
    assert line[16:32] == SILENCE * 4 + "543212345432"
    assert set(line[32:36]) == {SILENCE}
    assert set(line[48:]) == {SILENCE}
    assert set(_answer(_bar_long(60, 62, 64, 60), -1.0)) == {SILENCE}


def test_an_answer_lies_under_a_note_that_is_held() -> None:
    for name in ("pop", "ballad", "swing"):
        melody = MELODIES["one long note"]
        piece = played(name, melody)
        above = [n for n in piece.tracks[1].notes if n.pitch >= melody.notes[0].pitch]
        assert not above, name


def test_another_section_has_other_patterns() -> None:
    a = ((60, 4), (64, 4), (67, 4), (64, 4)) * 4
    b = ((69, 8), (65, 8)) * 4
    notes, step = [], 0
    for pitch, length in (*a, *a, *b, *a):
        notes.append(Note(step, pitch, length))
        step += length
    form = _form(tuple(notes))
    others = [phrase.index for phrase in form.others]
    assert others == [2]
    assert _form(tuple(notes[:16])).others == ()
    for seed in range(6):
        line = lines_of(form, band("pop").band.patterns["bass"], _chance(form, seed), Row.BASS, 0)[
            ""
        ]
        bars = [line[start : start + 16] for start in range(0, 256, 16)]
        assert bars[4] == bars[0]
        assert bars[8] != bars[0]
    assert HOLD in line


@pytest.mark.parametrize("name", ["folk", "rock", "waltz"])
def test_chords_sound_nearly_all_the_time(name: str) -> None:
    piece = played(name, MELODIES["repeats"])
    sounding = {s for n in piece.tracks[1].notes for s in range(n.start, n.end)}
    assert len(sounding) >= 0.8 * piece.steps
