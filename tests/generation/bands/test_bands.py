"""What a band plays to every melody of the acceptance set."""

import io
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import mido
import numpy as np
import pytest

from composer_app.generation.bands.style_file import DRUMS
from composer_app.generation.composing import make_again
from composer_app.generation.generator import GenerationSettings, Given
from composer_app.generation.given import (
    accompaniment,
    given_from,
    locks_of_ensemble,
    parse_lock,
)
from composer_app.generation.hearing.feel import Feel
from composer_app.generation.recipe import recipe_from_text
from composer_app.music.composition import BAND_NAMES, Composition
from composer_app.music.harmony.chord_wishes import ChordWishes
from composer_app.music.harmony.chords import Chord, ChordSpan, ChordSymbol
from composer_app.music.melody import Melody
from composer_app.music.midi.file import midi_bytes
from composer_app.music.voices import has_a_band, main_tracks
from composer_app.reporting.report import report_on
from tests.generation.bands.melodies import MELODIES
from tests.generation.bands.playing import BANDS, band, chord_at, played

_SHORT = [name for name in MELODIES if name != "two hundred bars"]


def _on_grid(piece: Composition) -> list[list[tuple[int, int, int]]]:
    return [[(n.start, n.pitch, n.duration) for n in track.notes] for track in piece.tracks[1:]]


def _attacks(part: int) -> Callable[[Composition], int]:
    return lambda piece: len({note.start for note in piece.tracks[part].notes})


@pytest.mark.parametrize("name", BANDS)
def test_plays_every_melody_whole_and_in_range(name: str) -> None:
    players = band(name).band.players
    for title in _SHORT:
        melody = MELODIES[title]
        piece = played(name, melody)
        assert [track.name for track in piece.tracks] == list(BAND_NAMES), title
        assert piece.tracks[0].notes == melody.notes, title
        assert all(track.notes for track in piece.tracks), title
        assert piece.tracks[3].drums, title
        assert {n.pitch for n in piece.tracks[3].notes} <= set(DRUMS.values()), title
        for track, player in zip(piece.tracks[1:3], players[1:3], strict=True):
            assert all(player.low <= n.pitch <= player.high for n in track.notes), title
        first = min(n.start for track in piece.tracks[1:] for n in track.notes)
        assert first >= melody.notes[0].start, title
        assert piece.steps <= melody.meters.whole_bars(melody.steps), title
        assert piece.meters == melody.meters, title


@pytest.mark.parametrize("name", BANDS)
def test_obeys_its_chords(name: str) -> None:
    right = of = roots = changes = 0
    for title in _SHORT:
        piece = played(name, MELODIES[title])
        bass = {note.start: note for note in piece.tracks[2].notes}
        for note in piece.tracks[1].notes:
            # What is pushed belongs to the chord that comes within a beat.
            classes = chord_at(piece, note.start).pitch_classes
            coming = chord_at(piece, min(note.start + 4, piece.steps - 1)).pitch_classes
            right += note.pitch % 12 in classes or note.pitch % 12 in coming
            of += 1
        for start, note in bass.items():
            before = start and chord_at(piece, start - 1) == chord_at(piece, start)
            if not before and start % 4 == 0:
                changes += 1
                roots += note.pitch % 12 == chord_at(piece, start).bass
    assert right >= 0.98 * of > 0
    assert roots >= 0.98 * changes > 0


@pytest.mark.parametrize("name", BANDS)
def test_no_two_notes_of_a_chord_are_muddy(name: str) -> None:
    for title in _SHORT:
        piece = played(name, MELODIES[title])
        by_start: dict[int, set[int]] = {}
        for note in piece.tracks[1].notes:
            by_start.setdefault(note.start, set()).add(note.pitch)
        for pitches in map(sorted, by_start.values()):
            for lower, upper in pairwise(pitches):
                assert lower >= 48 or upper - lower >= 5, (title, pitches)


@pytest.mark.parametrize("name", BANDS)
def test_chords_stay_below_a_high_melody(name: str) -> None:
    for title in ("plain", "high", "three"):
        piece = played(name, MELODIES[title])
        melody = piece.tracks[0].notes
        above = sum(
            chord.pitch >= note.pitch
            for note in melody
            for chord in piece.tracks[1].notes
            if note.start <= chord.start < note.end
        )
        assert above <= 0.05 * len(piece.tracks[1].notes), title


@pytest.mark.parametrize("name", BANDS)
def test_ten_seeds_are_ten_bands_and_each_repeats(name: str) -> None:
    melody = MELODIES["repeats"]
    takes = [played(name, melody, GenerationSettings(seed=seed)) for seed in range(10)]
    assert len({str(_on_grid(take)) for take in takes}) == 10
    assert played(name, melody, GenerationSettings(seed=3)) == takes[3]


@pytest.mark.parametrize("title", ["plain", "ends off the beat"])
def test_ends_on_its_last_chord_with_a_root(title: str) -> None:
    for name in BANDS:
        piece = played(name, MELODIES[title])
        final = MELODIES[title].notes[-1]
        struck = [note for note in piece.tracks[2].notes if note.start >= final.start]
        # On a swinging eighth it may stand a step later.
        assert 0 <= struck[0].start - final.start <= 1
        for bass in (struck[0], struck[-1]):
            assert bass.pitch % 12 == chord_at(piece, final.start).bass
        assert struck[-1].end == piece.steps
        # There is a closing figure where the last note is long enough for it.
        assert (len(struck) > 1) == (title == "plain" and bool(band(name).band.endings)), name


def test_an_upbeat_is_the_melody_alone() -> None:
    for name in BANDS:
        for title, downbeat in (("upbeat", 4), ("long upbeat", 12)):
            piece = played(name, MELODIES[title])
            starts = [note.start for track in piece.tracks[1:] for note in track.notes]
            assert min(starts) == downbeat, (name, title)


def test_an_introduction_is_played_where_it_is_asked_for() -> None:
    melody = MELODIES["begins late"]
    piece = played("pop", melody, GenerationSettings(introduction=True))
    assert min(note.start for note in piece.tracks[2].notes) == 0


def test_long_rests_are_filled() -> None:
    for name in BANDS:
        piece = played(name, MELODIES["long rests"])
        for bar in piece.meters.bars_of(48):
            inside = range(bar.first_step, bar.end_step)
            assert any(n.start in inside for n in piece.tracks[2].notes), (name, bar.number)


def test_swing_is_as_late_as_the_style_says() -> None:
    piece = played("swing", MELODIES["plain"], GenerationSettings(seed=1))
    ride = [note for note in piece.tracks[3].notes if note.start % 4 == 3]
    assert ride
    for note in ride:
        assert note.onset_ticks % 960 == pytest.approx(0.64 * 960, abs=9)
    straight = played("swing", MELODIES["plain"], GenerationSettings(seed=1, feel=Feel.STRAIGHT))
    off = [note for note in straight.tracks[3].notes if note.start % 4 == 2]
    assert off
    assert all(note.onset_ticks % 960 == pytest.approx(480, abs=9) for note in off)


def test_drums_stand_on_the_grid() -> None:
    for name in BANDS:
        if name == "swing":
            continue
        piece = played(name, MELODIES["repeats"])
        assert all(abs(note.onset_shift) <= 9 for note in piece.tracks[3].notes), name


def test_the_second_beat_of_a_waltz_is_early() -> None:
    piece = played("waltz", MELODIES["three"])
    second = [n for track in piece.tracks[1:] for n in track.notes if n.start % 12 == 4]
    other = [n for n in piece.tracks[3].notes if n.start % 12 in (0, 8)]
    assert second
    assert all(note.onset_shift == pytest.approx(-0.07 * 960, abs=12) for note in second)
    assert all(abs(note.onset_shift) <= 9 for note in other)


def test_typed_chords_are_played() -> None:
    melody = MELODIES["plain"]
    asked = [(0, 9, "min"), (3840, 2, "7"), (7680, 7, "sus4"), (11520, 0, "maj7")]
    ends = [tick for tick, *_ in asked[1:]] + [melody.steps * 240]
    spans = [
        ChordSpan(ChordSymbol(tick, Chord.of_name(root, quality)), end)
        for (tick, root, quality), end in zip(asked, ends, strict=True)
    ]
    for name in BANDS:
        piece = played(name, melody, GenerationSettings(chords=ChordWishes(tuple(spans))))
        assert [c for c in piece.chords if c.given] == [span.symbol for span in spans]
        bass = {note.start: note.pitch % 12 for note in piece.tracks[2].notes}
        pushed = {start + 2: pitch for start, pitch in bass.items()}
        for tick, root, _quality in asked:
            step = tick // 240
            assert bass.get(step, pushed.get(step)) == root, (name, tick)


def test_busy_plays_more_and_simple_less() -> None:
    melody = MELODIES["repeats"]
    for name in BANDS:
        counts = []
        for busy in (-1.0, 0.0, 1.0):
            found = [
                played(name, melody, GenerationSettings(seed=seed, busy=(busy,) * 3))
                for seed in range(3)
            ]
            counts.append([sum(map(_attacks(part), found)) for part in (1, 2, 3)])
        assert np.all(np.array(counts[0]) <= np.array(counts[1])), (name, counts)
        assert np.all(np.array(counts[0]) < np.array(counts[2])), (name, counts)


def test_repeated_phrases_are_alike() -> None:
    for name in BANDS:
        piece = played(name, MELODIES["repeats"])
        same = of = 0
        bass = {note.start: note.pitch for note in piece.tracks[2].notes}
        for step in range(0, 60, 4):
            if chord_at(piece, step) == chord_at(piece, step + 64):
                of += 1
                same += bass.get(step) == bass.get(step + 64)
        assert same >= 0.85 * of, name


def test_locked_parts_and_bars_stay() -> None:
    melody = MELODIES["repeats"]
    before = played("pop", melody)
    wishes = ChordWishes()
    locks = locks_of_ensemble([parse_lock("bass"), parse_lock("bars:1-2")], band=True)
    given = given_from(melody, accompaniment(before), locks)
    after = played("pop", melody, GenerationSettings(seed=5, chords=wishes), given)
    assert after.tracks[2].notes == before.tracks[2].notes
    for part in (1, 3):
        kept = [note for note in before.tracks[part].notes if note.start < 32]
        assert [note for note in after.tracks[part].notes if note.start < 32][: len(kept)] == kept
        assert after.tracks[part].notes != before.tracks[part].notes


def test_a_take_is_made_again_from_its_recipe() -> None:
    piece = played("bossa", MELODIES["syncopated"], GenerationSettings(seed=9, busy=(0.5, 0, -1)))
    assert piece.origin is not None
    recipe = recipe_from_text(piece.origin.recipe)
    assert recipe is not None
    again = make_again(recipe, band("bossa")).composition
    assert replace(again, origin=None) == replace(piece, origin=None)


def test_a_band_is_known_by_its_tracks() -> None:
    piece = played("rock", MELODIES["plain"])
    assert has_a_band(piece)
    assert main_tracks(piece) == (0, 1, 2)


def test_two_hundred_bars_are_played_to_their_end() -> None:
    piece = played("folk", MELODIES["two hundred bars"])
    assert piece.bars == 200
    for track in piece.tracks[1:]:
        assert max(note.end for note in track.notes) > piece.steps - 32


_PARTS = ("chords", "bass", "drums")


def _locked_but(piece: Composition, melody: Melody, *locks: str) -> Given | None:
    found = locks_of_ensemble([parse_lock(lock) for lock in locks], band=True)
    return given_from(melody, accompaniment(piece), found)


@pytest.mark.parametrize("part", [1, 2, 3])
def test_each_part_is_played_anew_by_itself(part: int) -> None:
    melody = MELODIES["repeats"]
    for name in BANDS:
        before = played(name, melody)
        others = [other for index, other in enumerate(_PARTS, 1) if index != part]
        given = _locked_but(before, melody, *others)
        after = played(name, melody, GenerationSettings(seed=6), given)
        for index in (1, 2, 3):
            same = after.tracks[index].notes == before.tracks[index].notes
            assert same == (index != part), (name, index)


def test_bars_of_a_part_are_played_anew_and_nothing_else() -> None:
    melody = MELODIES["repeats"]
    before = played("pop", melody)
    given = _locked_but(before, melody, "chords", "drums", "bass:1-2", "bass:5-12")
    after = played("pop", melody, GenerationSettings(seed=6, busy=(0, 1, 0)), given)
    assert [after.tracks[i] for i in (1, 3)] == [before.tracks[i] for i in (1, 3)]
    old, new = before.tracks[2].notes, after.tracks[2].notes
    assert {note for note in set(old) ^ set(new) if not 32 <= note.start < 64} <= {
        note for note in old if note.start < 32 < note.end
    }
    assert set(old) != set(new)


def test_a_file_of_a_band_has_drums_on_channel_ten_and_its_programs() -> None:
    for name in BANDS:
        piece = played(name, MELODIES["plain"])
        file = mido.MidiFile(file=io.BytesIO(midi_bytes(piece)))
        programs: dict[int, int] = {}
        for chunk in file.tracks:
            for message in chunk:
                if message.type == "program_change":
                    programs.setdefault(message.channel, message.program)
        drums = {m.channel for m in file.tracks[-1] if m.type == "note_on"}
        assert drums == {9}
        others = [program for channel, program in programs.items() if channel != 9]
        assert others == list(band(name).band.programs[:3])


def test_statistics_are_those_of_what_has_pitches() -> None:
    piece = played("folk", MELODIES["repeats"])
    without = replace(piece, tracks=piece.tracks[:3])
    report, other = report_on(piece), report_on(without)
    assert report.melody == 0
    for one, same in zip(report.features, other.features, strict=True):
        assert np.array_equal(one.measured.values, same.measured.values), one.measured.feature.id
