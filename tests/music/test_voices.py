"""Where the melody is looked for, and in what order tracks are compared as voices."""

from dataclasses import replace

import numpy as np
import pytest

from composer_app.analysis.likeness import compare
from composer_app.analysis.material import Material
from composer_app.analysis.profiles import load_profile
from composer_app.evaluation.excerpts import composition_of, excerpts_of
from composer_app.music.composition import VOICE_NAMES, Composition, Origin, Track
from composer_app.music.edits import with_melody_track
from composer_app.music.note import Note
from composer_app.music.voices import find_melody, voice_order
from composer_app.reporting.report import report_on
from composer_app.studio.statistics.comparison import verdict_of
from composer_app.training.style_corpora import read_style

HIGH = (Note(0, 72, 8), Note(8, 74, 8))
MIDDLE = (Note(0, 60, 16),)
LOW = (Note(0, 48, 16),)


def hymns() -> list[Composition]:
    """Excerpts of held-out hymns in four voices, without titles and names."""
    pieces = [piece for piece in read_style("hymn") if piece.split == "valid"]
    return [
        replace(piece, tracks=tuple(replace(track, name="") for track in piece.tracks))
        for piece in (composition_of(e.grid, e.meter, e.name) for e in excerpts_of(pieces))
    ]


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
    piece = Composition(tuple(Track(name, 0, notes) for name, notes in tracks))
    assert find_melody(piece) == melody


def test_in_a_take_the_melody_is_known_to_come_first() -> None:
    tracks = (Track("", 0, LOW), Track("Melody", 0, HIGH))
    assert find_melody(Composition(tracks, origin=Origin("bach", 1, 1.0))) == 0
    assert find_melody(Composition(tracks)) == 1


def test_the_melody_of_hymns_is_found_wherever_it_stands() -> None:
    random = np.random.default_rng(5)
    for piece in hymns():
        order = tuple(int(each) for each in random.permutation(4))
        assert order[find_melody(in_order(piece, order))] == 0


def test_voices_go_downward_from_the_melody() -> None:
    tracks = (Track("", 0, LOW), Track("Tacet"), Track("", 0, MIDDLE), Track("", 0, HIGH))
    assert voice_order(Composition(tracks)) == (0, 3, 2)
    assert voice_order(Composition((Track("Tacet"),))) == voice_order(Composition()) == ()
    five = Composition((*tracks, Track("", 0, LOW), Track("", 0, HIGH)))
    assert voice_order(five) == (0, 3, 2, 4)
    # An alto that lies below the tenor crosses it.
    named = (HIGH, LOW, MIDDLE, LOW)
    voices = tuple(Track(name, 0, notes) for name, notes in zip(VOICE_NAMES, named, strict=True))
    assert voice_order(Composition(voices)) == (0, 1, 2, 3)


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
