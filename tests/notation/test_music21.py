"""Another program reads in our MusicXML what we have written."""

import warnings
from dataclasses import replace
from typing import Any

import pytest

from composer_app.music.composition import VOICE_NAMES, Composition, Track
from composer_app.music.files.sample_melodies import load_sample, sample_melodies
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter, TempoMap
from composer_app.notation.writing.musicxml_writing import musicxml_bytes
from tests.music.chord_symbols import symbol

_SIXTEENTHS = tuple(Note(i * 3, 55 + i * 5 % 24, 3) for i in range(40))
_LONG = (Note(2, 48, 37), Note(41, 50, 7), Note(60, 46, 61))
_TRIPLETS = tuple(
    Note.at_ticks(onset, onset + length, 70)
    for onset, length in ((0, 320), (320, 640), (960, 160), (1120, 160), (1280, 640), (1920, 1280))
)
_CHORDS = (Note(0, 60, 8), Note(0, 64, 8), Note(4, 67, 2), Note(8, 62, 4), Note(8, 65, 4))


def pieces() -> list[Composition]:
    four = [_SIXTEENTHS, _LONG, _TRIPLETS, _CHORDS]
    made = [
        Composition(
            tuple(Track(name, 52, notes) for name, notes in zip(VOICE_NAMES, four, strict=True)),
            TempoMap.constant(90),
            MeterMap.constant(Meter(*meter), upbeat=0),
            "Four",
        )
        for meter in ((4, 4), (3, 4), (6, 8), (7, 8), (2, 2), (3, 8))
    ]
    samples = [load_sample(sample.id) for sample in sample_melodies()]
    return made + [Composition.from_melody(melody) for melody in samples]


def joined(part: Any) -> list[tuple[int, int, int]]:
    """(onset, pitch, length) of the notes of a part of music21's, in ticks, those tied as one."""
    notes: list[tuple[int, int, int]] = []
    for each in sorted(part.flatten().notes, key=lambda each: each.offset):
        onset, length = round(each.offset * 960), round(each.quarterLength * 960)
        for single in each.notes if each.isChord else [each]:
            pitch = single.pitch.midi
            if single.tie is not None and single.tie.type in ("stop", "continue"):
                before = next(
                    note for note in notes if note[0] + note[2] == onset and note[1] == pitch
                )
                notes.remove(before)
                notes.append((before[0], pitch, before[2] + length))
            else:
                notes.append((onset, pitch, length))
    return notes


@pytest.mark.slow
def test_music21_reads_the_chord_symbols() -> None:
    from music21 import converter, harmony

    names = ["C", "F#m7b5/A", "Bb13", "Ab7sus4", "Ebmaj7", "Gdim7", "Dm", "E7(b9)", "Cadd9", "N.C."]
    chords = tuple(symbol(name, 720 * place) for place, name in enumerate(names))
    data = musicxml_bytes(replace(pieces()[0], chords=chords)).decode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = converter.parse(data, format="musicxml")
    found = list(read.recurse().getElementsByClass(harmony.Harmony))

    assert [each.getOffsetInHierarchy(read) for each in found] == [0.75 * i for i in range(10)]
    for theirs, ours in zip(found, chords, strict=True):
        if ours.chord is None:
            assert isinstance(theirs, harmony.NoChord)
            continue
        assert theirs.root().pitchClass == ours.chord.root
        assert theirs.bass().pitchClass == ours.chord.bass
        if ours.chord.quality.name == "7sus4":
            # MusicXML counts an added seventh as minor, music21 as major.
            continue
        assert set(ours.chord.chord_tones) <= {pitch.pitchClass for pitch in theirs.pitches}


@pytest.mark.slow
@pytest.mark.parametrize("closed", [False, True])
def test_music21_reads_what_was_written(closed: bool) -> None:
    from music21 import converter, tempo

    for piece in pieces():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data = musicxml_bytes(piece, closed=closed).decode()
            read = converter.parse(data, format="musicxml")
        theirs = sorted(note for part in read.parts for note in joined(part))
        ours = sorted(
            (note.onset_ticks, note.pitch, note.release_ticks - note.onset_ticks)
            for track in piece.tracks
            for note in track.notes
        )
        assert theirs == ours
        part = read.parts[0]
        assert part.recurse().getElementsByClass("TimeSignature")[0].ratioString == str(piece.meter)
        marks = read.recurse().getElementsByClass(tempo.MetronomeMark)
        assert {round(m.getQuarterBPM() or 0, 6) for m in marks} == {piece.tempo.initial_bpm}
        assert (read.metadata.title or "") == piece.title
        lengths = {bar.barDuration.quarterLength for bar in part.getElementsByClass("Measure")}
        assert lengths == {piece.meter.steps_per_bar / 4}
