"""Which track is taken for the melody, which one next, and what is said of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from composer_app.evaluation.excerpts import composition_of, excerpts_of
from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.melody_evidence.notes import NoteEvidence, note_evidence
from composer_app.music.melody_evidence.ranking import rank_melodies
from composer_app.music.midi.file import read_midi
from composer_app.music.note import Note
from composer_app.music.texts import Text, TextKind
from composer_app.training.corpora.style_corpora import read_style

CASES = Path(__file__).parents[1] / "midi" / "cases"
SCALE = (0, 2, 4, 5, 7, 5, 4, 2, 0, 4, 7, 4, 2, 5, 2, 0)


def tune(tonic: int, length: int = 4) -> tuple[Note, ...]:
    lengths = (2, 1, 1, 4)
    notes, start = [], 0
    for index, degree in enumerate(SCALE):
        notes.append(Note(start, tonic + degree, lengths[index % 4] * length // 4))
        start = notes[-1].end
    return tuple(notes)


def chords(tonic: int) -> tuple[Note, ...]:
    return tuple(Note(8 * bar, tonic + above, 8) for bar in range(4) for above in (0, 4, 7))


def broken(tonic: int) -> tuple[Note, ...]:
    return tuple(Note(step, tonic + (0, 7, 16, 12)[step % 4], 1) for step in range(32))


def bass(tonic: int) -> tuple[Note, ...]:
    return tuple(Note(4 * beat, tonic + (0, 7)[beat % 2], 4) for beat in range(8))


def piece(*tracks: Track) -> Composition:
    return Composition(tracks)


def taken(composition: Composition) -> tuple[int, str]:
    ranking = rank_melodies(composition)
    return ranking.best, str(ranking.reason)


@pytest.mark.parametrize(
    ("tracks", "best", "why"),
    [
        # A tune above its bass, a tune beneath broken chords, a tune among thick ones.
        ((Track("", 0, bass(40)), Track("", 0, tune(72))), 1, "it is the highest line"),
        ((Track("", 0, broken(64)), Track("", 0, tune(60)), Track("", 0, bass(36))), 1, "it moves"),
        ((Track("", 0, chords(72)), Track("", 0, tune(60))), 1, "it plays one note at a time"),
        # What the file says counts more.
        ((Track("", 0, tune(72)), Track("Gesang", 0, bass(40))), 1, "it is named for a melody"),
        ((Track("", 0, tune(72)), Track("Soprano", 0, tune(65))), 1, "it is named for a melody"),
        ((Track("Bass", 0, tune(60)), Track("", 0, tune(60))), 1, "its name suggests it"),
        ((Track("", 50, tune(60)), Track("", 73, tune(60))), 1, "its instrument plays melodies"),
        # A single stroke of a bell is no melody, however high.
        ((Track("", 14, (Note(0, 96, 1),)), Track("", 0, tune(60))), 1, "it plays throughout"),
        ((Track("", 0, tune(60)), Track("", 0, tune(60))), 0, "nothing tells it from the others"),
        ((Track("Channel 2", 0, tune(60)), Track("Channel 4", 0, tune(60))), 1, "it comes first"),
        ((Track("", 0, ()), Track("", 0, tune(60))), 1, "no other track has notes"),
        ((), 0, "no other track has notes"),
    ],
)
def test_the_melody_and_why(tracks: tuple[Track, ...], best: int, why: str) -> None:
    found, reason = taken(piece(*tracks))
    assert found == best
    assert why in reason


def test_a_melody_is_taken_before_a_bass_that_comes_first() -> None:
    read = read_midi(CASES / "bass_first_melody_named.mid")
    ranking = rank_melodies(read)
    assert [note.pitch for note in read.tracks[ranking.best].notes] == [72, 74, 76, 77, 79, 79, 79]
    assert str(ranking.reason) == "it is named for a melody"
    assert ranking.clear


def test_the_words_tell_whose_they_are() -> None:
    held = tuple(Note(8 * bar, 79, 8) for bar in range(4))
    tracks = (Track("", 0, tune(72)), Track("", 0, held), Track("", 0, bass(40)))
    assert rank_melodies(piece(*tracks)).best == 0
    kinds: tuple[TextKind, ...] = ("lyrics", "text")
    for kind in kinds:
        # Karaoke files have words as texts of a track without notes.
        words = tuple(Text(note.onset_ticks, kind, "la") for note in held)
        sung = rank_melodies(replace(piece(*tracks), texts=words))
        assert (sung.best, str(sung.reason), sung.clear) == (1, "the words are sung to it", True)
    title = (Text(0, "text", "A song"),)
    assert rank_melodies(replace(piece(*tracks), texts=title)).best == 0


def test_the_next_best_is_what_would_be_taken_without_the_first() -> None:
    tracks = [Track("", 0, tune(tonic)) for tonic in (40, 52, 60, 72)]
    ranking = rank_melodies(piece(*tracks))
    assert [candidate.track for candidate in ranking.candidates][:2] == [3, 2]
    assert ranking.next_best == 2
    assert not ranking.clear
    alone = rank_melodies(piece(tracks[0]))
    assert (alone.next_best, alone.clear) == (None, True)


def test_whoever_has_written_or_chosen_need_not_look() -> None:
    tracks = (Track("", 0, ()), Track("", 0, bass(40)), Track("Melody", 0, tune(72)))
    take = Composition(tracks, origin=Origin("bach", 1, 1.0))
    assert taken(take) == (1, "Composer has written the other voices beneath it")
    assert taken(Composition(tracks, melody_chosen=True)) == (1, "it was chosen for it")
    assert rank_melodies(take).clear
    assert rank_melodies(take).next_best == 2


# -- what is measured --------------------------------------------------------------------------


def test_what_is_measured_of_each_track() -> None:
    above = Track("", 0, (Note(0, 72, 4), Note(4, 74, 4), Note(8, 82, 4), Note(12, 82, 4)))
    below = Track("", 0, (Note(0, 60, 8), Note(0, 64, 4), Note(8, 84, 2)))
    first, second = note_evidence([above, below])
    assert first.wide == pytest.approx(np.log2(1 + 82 - 72.3))
    assert first == NoteEvidence(
        top=8 / 10,
        single=1.0,
        stepwise=1 / 3,
        leaps=1 / 3,
        busy=0.0,
        rhythm=0.0,
        wide=first.wide,
        seldom=0.0,
    )
    assert (second.top, second.single) == (2 / 10, 6 / 10)
    assert second.rhythm == 0.0


def test_a_part_that_begins_late_and_one_without_notes_are_measured() -> None:
    late = Track("", 0, tuple(note.moved(20_000) for note in tune(60)))
    first, second = note_evidence([Track("", 0, tune(60)), late])
    assert first.seldom == 0
    assert second == NoteEvidence()
    assert note_evidence([late])[0].single == 1, "the piece is looked at from its first note on"
    assert note_evidence([Track("", 0, ())]) == [NoteEvidence()]
    assert note_evidence([]) == []


# -- real music --------------------------------------------------------------------------------


def hymns() -> Iterator[Composition]:
    pieces = [piece for piece in read_style("hymn") if piece.split == "valid"]
    for excerpt in excerpts_of(pieces):
        found = composition_of(excerpt.grid, excerpt.meter, excerpt.name)
        yield replace(found, tracks=tuple(replace(track, name="") for track in found.tracks))


def test_the_soprano_of_hymns_is_found_and_the_alto_is_next() -> None:
    random = np.random.default_rng(3)
    right, next_right, count = 0, 0, 0
    for hymn in hymns():
        order = random.permutation(4).tolist()
        ranking = rank_melodies(replace(hymn, tracks=tuple(hymn.tracks[i] for i in order)))
        right += order[ranking.best] == 0
        next_right += ranking.next_best is not None and order[ranking.next_best] == 1
        count += 1
    assert count > 20
    assert right >= 0.95 * count
    assert next_right >= 0.8 * count
