"""What is phrased stays what it is in scores, files and sound."""

import pytest

from composer_app.generation.phrasing.performing import Part
from composer_app.generation.phrasing.scene import Role
from composer_app.music.composition import DEFAULT_PROGRAMS, VOICE_NAMES, Composition, Track
from composer_app.music.midi.file import midi_bytes, parse_midi
from composer_app.music.note import Note
from composer_app.notation.bars import bars_of
from composer_app.notation.piece_file import parse_piece
from composer_app.notation.writing.musicxml_writing import musicxml_bytes
from composer_app.notation.writing.rhythm import Rhythm
from tests.generation.phrasing.playing import FOUR_FOUR, MELODY, PARTS, SCENE, play

SWUNG = tuple(
    Note.at_ticks(960 * beat + at, 960 * beat + until, 60 + beat % 8, 68)
    for beat in range(32)
    for at, until in ((0, 640), (640, 960))
)
# Whatever a voice may have: sixteenths, rests after odd ones, dotted notes, ties over bars.
MIXED = tuple(
    Note(start, 55 + start % 7, length, 68)
    for start, length in (
        *((0, 1), (1, 1), (2, 2), (4, 3), (7, 1), (8, 5), (16, 1), (20, 1), (24, 2), (27, 1)),
        *((28, 8), (36, 3), (40, 6), (46, 6), (52, 2), (54, 2), (57, 3), (60, 3), (64, 16)),
    )
)


def piece(depth: float) -> Composition:
    voices = (MELODY, *play(depth))
    tracks = (
        Track(name, program, notes)
        for name, program, notes in zip(VOICE_NAMES, DEFAULT_PROGRAMS, voices, strict=True)
    )
    return Composition(tuple(tracks), SCENE.tempo, FOUR_FOUR)


@pytest.mark.parametrize("depth", [0.5, 1.0])
@pytest.mark.parametrize("notes", [SWUNG, MIXED, *(part.notes for part in PARTS)])
def test_the_score_is_the_same(notes: tuple[Note, ...], depth: float) -> None:
    """Signs, that is, by where they stand, what they last and what is drawn."""

    def written(notes: tuple[Note, ...]) -> object:
        rhythm = Rhythm(notes, bars)
        return [
            [
                (
                    *(sign.start, sign.ticks, sign.value, sign.dots, sign.tuplet, sign.beams),
                    *(sign.tied_from, sign.tied_to, tuple(note.pitch for note in sign.notes)),
                )
                for bar in rhythm.signs(voice)
                for sign in bar
            ]
            for voice in rhythm.voices
        ]

    bars = bars_of(Composition((Track("", 0, notes),), SCENE.tempo, FOUR_FOUR))
    (played,) = play(depth, [Part(notes, Role.INNER)])
    assert played != notes
    assert written(played) == written(notes)


def test_midi_files_keep_it() -> None:
    made = piece(0.7)
    assert parse_midi(midi_bytes(made), "x").composition.tracks == made.tracks


def test_musicxml_keeps_it() -> None:
    made = piece(0.7)
    assert parse_piece(musicxml_bytes(made), "x.musicxml").composition.tracks == made.tracks
