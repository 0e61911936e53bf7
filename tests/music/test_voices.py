"""Which tracks are melody, alto, tenor and bass, and that everybody is told the same."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from composer_app.analysis.features import CONSONANT_WITH_MELODY, measure
from composer_app.analysis.likeness.likeness import compare
from composer_app.analysis.likeness.profiles import load_profile
from composer_app.analysis.material import Material
from composer_app.analysis.metrics.roll_metrics import similarity_index
from composer_app.evaluation.excerpts import composition_of, excerpts_of
from composer_app.generation.batch import Plan, read_jobs
from composer_app.generation.given import accompaniment
from composer_app.music.composition import VOICE_NAMES, Composition, Origin, Track
from composer_app.music.editing.edits import with_melody_track
from composer_app.music.midi.file import read_midi, write_midi
from composer_app.music.note import Note
from composer_app.music.voices import (
    all_four_sound,
    find_melody,
    four_voices,
    left_out,
    main_tracks,
    main_tracks_called,
    voice_tracks,
)
from composer_app.project.locks import voice_cells
from composer_app.reporting.plots.question import Question
from composer_app.reporting.report import report_on
from composer_app.studio.statistics.comparison import verdict_of
from composer_app.training.corpora.style_corpora import read_style

HIGH = (Note(0, 72, 8), Note(8, 74, 8))
MIDDLE = (Note(0, 60, 16),)
LOW = (Note(0, 48, 16),)


def composition(*tracks: tuple[str, tuple[Note, ...]]) -> Composition:
    return Composition(tuple(Track(name, 0, notes) for name, notes in tracks))


def hymns() -> list[Composition]:
    """Excerpts of held-out hymns in four voices, without titles and names."""
    pieces = [piece for piece in read_style("hymn") if piece.split == "valid"]
    return [
        replace(piece, tracks=tuple(replace(track, name="") for track in piece.tracks))
        for piece in (composition_of(e.grid, e.meter, e.name) for e in excerpts_of(pieces))
    ]


def melody_first(piece: Composition) -> Composition:
    """As the window has a piece that it opens."""
    return with_melody_track(piece, find_melody(piece))


def test_drums_are_no_voice_and_are_not_measured() -> None:
    drums = Track("", 0, tuple(Note(step, 36, 1) for step in range(16)), drums=True)
    plain = composition(("", HIGH), ("", MIDDLE), ("", LOW))
    piece = replace(plain, tracks=(drums, *plain.tracks, drums))
    assert find_melody(piece) == 1
    assert voice_tracks(piece, 1) == (2, None, 3)
    assert left_out(piece, 1) == (0, 4)
    assert main_tracks(piece) == (1, 2, 3)
    assert main_tracks_called(piece) == "all but the drums"
    assert Material.of(piece).tracks == (1, 2, 3)
    everything = [(0, drums.notes[0]), (1, HIGH[0])]
    assert Material.selection(piece, everything).notes == ((1, HIGH[0]),)
    found, without = (report_on(each).summary.tracks for each in (piece, plain))
    assert found[1:4] == without
    assert (found[0].notes, found[0].drums, found[0].pitch) == (16, True, None)
    assert report_on(piece).roll_metrics == report_on(plain).roll_metrics


def in_order(piece: Composition, order: tuple[int, ...]) -> Composition:
    return replace(piece, tracks=tuple(piece.tracks[index] for index in order))


@pytest.mark.parametrize(
    ("tracks", "melody"),
    [
        ([("", LOW), ("", HIGH), ("", MIDDLE)], 1),
        # The name counts more than the height,
        ([("Piano", HIGH), ("Lead Vocals", MIDDLE), ("", LOW)], 1),
        ([("flute", HIGH), ("MELODY", LOW)], 1),
        # but a track that is called so and silent has no melody,
        ([("Melody", ()), ("", LOW), ("", HIGH)], 2),
        # and these names say nothing.
        ([("Voice", LOW), ("Themed bells", MIDDLE), ("Part 3", HIGH)], 2),
        # A bell that rings once is no melody.
        ([("", LOW), ("", MIDDLE), ("", (Note(0, 100, 2),))], 1),
        # Of equals the first.
        ([("", MIDDLE), ("", MIDDLE)], 0),
        ([("", LOW)], 0),
        ([("Tacet", ()), ("", LOW)], 1),
        ([], 0),
        ([("Tacet", ())], 0),
    ],
)
def test_the_melody_is_found(tracks: list[tuple[str, tuple[Note, ...]]], melody: int) -> None:
    assert find_melody(composition(*tracks)) == melody


def test_in_a_take_the_melody_is_known_to_come_first() -> None:
    tracks = (Track("", 0, LOW), Track("Melody", 0, HIGH))
    assert find_melody(Composition(tracks, origin=Origin("bach", 1, 1.0))) == 0
    assert find_melody(Composition(tracks)) == 1


def test_the_melody_of_hymns_is_found_wherever_it_stands() -> None:
    random = np.random.default_rng(5)
    for piece in hymns():
        order = tuple(int(each) for each in random.permutation(4))
        assert order[find_melody(in_order(piece, order))] == 0


def test_a_melody_that_was_chosen_is_found_in_its_file(tmp_path: Path) -> None:
    path = tmp_path / "piece.mid"
    write_midi(composition(("flute", HIGH), ("horn", MIDDLE)), path)
    assert find_melody(read_midi(path)) == 0
    write_midi(with_melody_track(read_midi(path), 1), path)
    chosen = melody_first(read_midi(path))
    assert [track.name for track in chosen.tracks] == ["horn", "flute"]
    # One that was left where it stood is chosen, too.
    write_midi(with_melody_track(composition(("horn", MIDDLE), ("flute", HIGH)), 0), path)
    assert find_melody(read_midi(path)) == 0


# -- alto, tenor and bass ----------------------------------------------------------------------


def many(pitch: int, count: int) -> tuple[Note, ...]:
    return tuple(Note(4 * step, pitch, 4) for step in range(count))


@pytest.mark.parametrize(
    ("tracks", "melody", "voices"),
    [
        # The order of the file does not count,
        ([("", HIGH), ("", LOW), ("", MIDDLE), ("", HIGH)], 0, (3, 2, 1)),
        ([("", LOW), ("", MIDDLE), ("tune", HIGH), ("", HIGH)], 2, (3, 1, 0)),
        # and a track without notes is no voice.
        ([("", HIGH), ("", ()), ("", LOW), ("", MIDDLE), ("", MIDDLE)], 0, (3, 4, 2)),
        # Of two the tenor is missing, one alone is the bass.
        ([("", HIGH), ("", LOW), ("", MIDDLE)], 0, (2, None, 1)),
        ([("", HIGH), ("", MIDDLE)], 0, (None, None, 1)),
        ([("", HIGH)], 0, (None, None, None)),
        ([], 0, (None, None, None)),
        # More than three: those with the most notes.
        (
            [("", HIGH), ("", many(40, 2)), ("", many(50, 5)), ("", many(60, 4)),
             ("", many(55, 3))],
            0,
            (3, 4, 2),
        ),
        # A flourish of short notes does not lift a bass.
        (
            [("", HIGH), ("", (Note(0, 40, 60), *(Note(60 + i, 90, 1) for i in range(4)))),
             ("", many(50, 5)), ("", many(60, 5))],
            0,
            (3, 2, 1),
        ),
        # Names count more than heights, however they are written,
        ([("Soprano", HIGH), ("alto", LOW), ("TENOR", HIGH), ("Bass", MIDDLE)], 0, (1, 2, 3)),
        ([("Soprano", HIGH), ("Bass", MIDDLE), ("Alto", LOW)], 0, (2, None, 1)),
        ([("Soprano", HIGH), ("Tenor", MIDDLE)], 0, (None, 1, None)),
        # also beside others that have more notes, where all three are there,
        (
            [("tune", HIGH), ("Piano", many(60, 9)), ("Bass", LOW), ("Tenor", LOW), ("Alto", LOW)],
            0,
            (4, 3, 2),
        ),
        # but not where some are called something else,
        ([("tune", HIGH), ("Alto", LOW), ("Piano", MIDDLE)], 0, (2, None, 1)),
        # or two are called the same: neither is lost.
        ([("Soprano", HIGH), ("Alto", LOW), ("Alto", MIDDLE)], 0, (2, None, 1)),
        ([("Soprano", HIGH), ("Alto", LOW), ("Alto", MIDDLE), ("Bass", LOW)], 0, (2, 1, 3)),
        # What is said to be the melody is no other voice, whatever it is called.
        ([("Alto", HIGH), ("Tenor", MIDDLE), ("Bass", LOW)], 0, (None, 1, 2)),
    ],
)  # fmt: skip
def test_voices_are_found_among_the_tracks(
    tracks: list[tuple[str, tuple[Note, ...]]],
    melody: int,
    voices: tuple[int | None, int | None, int | None],
) -> None:
    piece = composition(*tracks)
    assert voice_tracks(piece, melody) == voices
    found = [() if index is None else piece.tracks[index].notes for index in voices]
    assert [track.notes for track in four_voices(piece, melody)[1:]] == found
    silent = {index for index, track in enumerate(piece.tracks) if not track.notes}
    every = {melody, *left_out(piece, melody), *voices, *silent} - {None}
    assert every - {melody} == set(range(len(tracks))) - {melody}, "no track is lost"
    assert all_four_sound(piece, melody) == (None not in voices)


def test_tracks_beyond_the_four_voices_are_left_out() -> None:
    lines = [many(50 + k, 8 - k) for k in range(6)]
    tracks = (Track("None"), *(Track(f"Part {k}", 0, line) for k, line in enumerate(lines)))
    assert left_out(Composition(tracks), 1) == (5, 6), "the three largest others are voices"
    assert left_out(Composition(tracks), 6) == (4, 5)
    assert left_out(Composition(tracks[:5]), 1) == ()


def test_a_melody_whose_notes_are_gone_remains_the_melody() -> None:
    named = ((), LOW, MIDDLE, LOW)
    tracks = tuple(Track(name, 0, notes) for name, notes in zip(VOICE_NAMES, named, strict=True))
    piece = Composition(tracks)
    assert Material.melody(piece).notes == ()
    assert voice_tracks(piece) == (1, 2, 3)
    assert not all_four_sound(piece)
    assert compare(piece, load_profile("hymn")).places == ()
    assert similarity_index(piece) is None
    assert Question(piece, part="melody").material.notes == ()
    assert not measure(Material.of(piece), CONSONANT_WITH_MELODY).values.size


# -- one answer --------------------------------------------------------------------------------


def piece_of(count: int, order: int) -> Composition:
    """Tracks of different heights and numbers of notes, in an order of their own."""
    random = np.random.default_rng(100 * count + order)
    tracks = [
        Track("", 0, many(40 + 5 * int(height), 8 + int(size)))
        for height, size in zip(random.permutation(count), random.permutation(count), strict=True)
    ]
    return Composition(tuple(tracks))


@pytest.mark.parametrize("count", range(1, 8))
@pytest.mark.parametrize("order", range(4))
def test_generation_statistics_and_window_agree(tmp_path: Path, count: int, order: int) -> None:
    path = tmp_path / "piece.mid"
    write_midi(piece_of(count, order), path)
    ((job,), problems) = read_jobs([Plan(path, ())], None)
    assert problems == []
    melody, voices = job.melody.notes, job.voices
    # The window puts the melody in front when it opens the file.
    window = melody_first(read_midi(path))
    assert window.melody().notes == melody
    assert accompaniment(window) == voices
    # What is locked there is locked for the generation.
    for voice, notes in enumerate((melody, *voices)):
        cells = np.zeros((window.steps, count), np.bool_)
        kept = [
            index for index, track in enumerate(window.tracks) if notes and track.notes == notes
        ]
        cells[:, kept] = True
        assert voice_cells(window, cells)[:, voice].all() == bool(notes)
    # The statistics, in the window and on the command line.
    report = report_on(read_midi(path), "hymn")
    assert report.melody == job.track - 1
    assert [note for _, note in Question(window, part="melody").material.notes] == list(melody)
    assert (Question(window).voice == "") == all(voices)
    compared = verdict_of(window, "hymn")
    assert compared.likeness == report.likeness
    assert (compared.likeness.voices == 4) == all(voices)


def test_a_hymn_upside_down_is_as_like_hymns_as_before() -> None:
    profile = load_profile("hymn")
    piece = hymns()[0]
    upside_down = in_order(piece, (3, 2, 1, 0))
    before, after = report_on(piece, "hymn"), report_on(upside_down, "hymn")
    assert (before.melody, after.melody) == (0, 3)
    assert before.likeness is not None
    assert after.likeness == before.likeness
    assert after.shared == before.shared
    # In the window the melody is the one that the mixer shows, and that was put in front.
    assert compare(upside_down, profile) != before.likeness
    assert compare(with_melody_track(upside_down, 3), profile) == before.likeness
    assert Material.melody(upside_down).tracks == (0,)
    # Whoever knows better says so.
    assert report_on(piece, "hymn", melody=3).likeness == compare(upside_down, profile)


def test_of_a_duet_the_melody_is_compared_wherever_it_stands() -> None:
    soprano, bass = hymns()[0].tracks[0], hymns()[0].tracks[3]
    first, second = (
        report_on(Composition(tracks), "hymn").likeness
        for tracks in ((soprano, bass), (bass, soprano))
    )
    assert first is not None
    assert first.voices == 1
    assert first == second


def test_the_notes_of_a_shared_run_are_those_of_its_voices() -> None:
    four = with_melody_track(in_order(hymns()[0], (3, 2, 1, 0)), 3)
    piece = replace(four, tracks=(*four.tracks, Track("Bells", 0, (Note(0, 100, 512),))))
    verdict = verdict_of(piece, "hymn")
    assert verdict.shared is not None
    tracks = {index for index, _ in verdict.shared_notes}
    assert tracks == ({0, 1, 2, 3} if verdict.shared.melody else {1, 2, 3})
