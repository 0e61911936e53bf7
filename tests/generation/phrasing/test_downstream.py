"""What is phrased stays what it is in scores, files and sound."""

import pytest

from composer_app.generation.phrasing.performing import Part
from composer_app.generation.phrasing.scene import Role, Scene
from composer_app.music.composition import DEFAULT_PROGRAMS, VOICE_NAMES, Composition, Track
from composer_app.music.meter_map import MeterMap
from composer_app.music.midi.file import midi_bytes, parse_midi
from composer_app.music.note import Note
from composer_app.music.timing import Meter
from composer_app.notation.bars import bars_of
from composer_app.notation.piece_file import parse_piece
from composer_app.notation.writing.musicxml_writing import musicxml_bytes
from composer_app.notation.writing.rhythm import Rhythm
from tests.generation.phrasing.playing import FOUR_FOUR, MELODY, PARTS, SCENE, line, play

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


@pytest.mark.parametrize("depth", [0.3, 0.6, 1.0])
def test_a_breath_on_a_fourth_sixteenth_makes_no_triplet(depth: float) -> None:
    meters = MeterMap.constant(Meter(4, 4), 240)
    tune = line("67.1 60 60 65 67 67 65 64 62 60 60 62 64 64.6 62.2 62.7 " * 2)
    scene = Scene(tune, meters, SCENE.tempo)
    assert [phrase.start for phrase in scene.phrases] == [0, 64]
    # The beat from step 61 on has a note of a dotted eighth, and a rest.
    notes = (Note(57, 60, 4, 68), Note(61, 59, 3, 68), Note(65, 60, 4, 68))
    (played,) = play(depth, [Part(notes, Role.INNER)], scene)
    assert played[1].end_shift < 0
    bars = bars_of(Composition((Track("", 0, tune),), SCENE.tempo, meters))
    assert [
        [(chord.start, chord.end) for voice in Rhythm(each, bars).voices for chord in voice]
        for each in (played, notes)
    ] == [[(note.start * 240, note.end * 240) for note in notes]] * 2


def test_midi_files_keep_it() -> None:
    made = piece(0.7)
    assert parse_midi(midi_bytes(made), "x").composition.tracks == made.tracks


def test_musicxml_keeps_it() -> None:
    made = piece(0.7)
    assert parse_piece(musicxml_bytes(made), "x.musicxml").composition.tracks == made.tracks
