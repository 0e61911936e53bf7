"""What programs that write notation make of our files."""

from dataclasses import replace
from pathlib import Path

import music21

from composer_app.music.composition import Track
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.midi.file import midi_bytes, read_midi
from composer_app.music.pitch import Key

CASES = Path(__file__).parent / "cases"


def test_music21_reads_metre_and_key_in_every_part(tmp_path: Path) -> None:
    tune = read_midi(CASES / "waltz_export.mid")
    names = ("Soprano", "Alto", "Tenor", "Bass")
    notes = tune.tracks[0].notes
    tracks = tuple(
        Track(name, 40, tuple(note.moved(0, -5 * i) for note in notes))
        for i, name in enumerate(names)
    )
    piece = replace(tune, tracks=tracks, keys=(KeyChange(0, Key(5)),), title="Waltz")
    path = tmp_path / "waltz.mid"
    path.write_bytes(midi_bytes(piece))
    score = music21.converter.parse(path, forceSource=True, quantizePost=False)
    assert [part.partName for part in score.parts] == list(names)
    for part, track in zip(score.parts, tracks, strict=True):
        flat = part.flatten()
        assert [each.ratioString for each in flat.getElementsByClass("TimeSignature")] == ["3/4"]
        assert [each.sharps for each in flat.getElementsByClass("KeySignature")] == [-1]
        assert [each.number for each in flat.getElementsByClass("MetronomeMark")] == [
            tune.tempo.initial_bpm
        ]
        read = [(n.offset, n.pitch.midi, n.quarterLength) for n in part.stripTies().flatten().notes]
        assert read == [(n.start / 4, n.pitch, n.duration / 4) for n in track.notes]
