"""The ten melodies that travel with Composer, and the notation they are written in."""

from pathlib import Path

import pytest

from composer_app.errors import MelodyError
from composer_app.music.files import sample_melodies as module
from composer_app.music.files.sample_melodies import load_sample, parse_melodies, sample_melodies
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter, TempoMap

HEADER = "[tune]\ntitle: A Tune\nsource: somebody\nkey: Bb minor\nmeter: 3/4\ntempo: 90\n"


@pytest.mark.parametrize(
    ("sample_id", "meter", "bars", "key", "opening"),
    [
        ("twinkle", "4/4", 12, "C major", "60 60 67 67 69 69 67"),
        ("ode_to_joy", "4/4", 8, "C major", "64 64 65 67 67 65 64 62"),
        ("frere_jacques", "4/4", 8, "C major", "60 62 64 60 60 62 64 60"),
        ("mary_lamb", "4/4", 8, "C major", "64 62 60 62 64 64 64"),
        ("jingle_bells", "4/4", 16, "G major", "71 71 71 71 71 71 71 74 67 69 71"),
        ("amazing_grace", "3/4", 17, "G major", "62 67 71 67 71 69 67 64 62"),
        ("greensleeves", "3/4", 17, "A minor", "69 72 74 76 77 76 74 71 67"),
        ("new_world_largo", "4/4", 8, "C major", "64 67 67 64 62 60"),
        ("deck_the_halls", "4/4", 16, "F major", "72 70 69 67 65 67 69 65"),
        ("saints", "4/4", 16, "C major", "60 64 65 67 60 64 65 67"),
    ],
)
def test_each_sample(sample_id: str, meter: str, bars: int, key: str, opening: str) -> None:
    sample = {sample.id: sample for sample in sample_melodies()}[sample_id]
    melody = load_sample(sample_id)
    assert melody is sample.melody
    assert melody.title == sample.title
    assert sample.source
    assert (str(melody.meter), melody.bars, sample.key.name) == (meter, bars, key)
    pitches = [note.pitch for note in melody.notes]
    assert pitches[: len(opening.split())] == [int(pitch) for pitch in opening.split()]
    # Every tune but one ends on its keynote and none leaves its key for more than a moment.
    assert pitches[-1] % 12 == sample.key.tonic
    strangers = [pitch for pitch in pitches if not sample.key.contains(pitch)]
    assert len(strangers) <= 1


def test_there_are_ten() -> None:
    assert len({sample.id for sample in sample_melodies()}) == len(sample_melodies()) == 10


@pytest.mark.parametrize("sample_id", ["amazing_grace", "greensleeves", "saints"])
def test_an_upbeat_ends_its_bar(sample_id: str) -> None:
    melody = load_sample(sample_id)
    after_upbeat = next(n for n in melody.notes if n.start >= melody.meter.steps_per_bar)
    assert melody.notes[0].start > 0
    assert after_upbeat.start == melody.meter.steps_per_bar


def test_the_notation() -> None:
    (sample,) = parse_melodies(
        "# a comment\n\n" + HEADER + "R:8 Bb3:4 |\nF#4:10 C5:2 |\n-:12 | B2:4\n"
    )
    assert sample.key == Key(10, minor=True)
    assert sample.melody == Melody(
        (Note(8, 58, 4), Note(12, 66, 10), Note(22, 72, 14), Note(36, 47, 4)),
        TempoMap.constant(90),
        MeterMap.constant(Meter(3, 4), upbeat=0),
        "A Tune",
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEADER + "C4:13", "bar 1 has 13 steps, not a bar of 3/4"),
        (HEADER + "C4:8 | C4:12", "bar 1 has 8 steps"),
        (HEADER + "C4:12 | H4:12", "bar 2: what is H4:12"),
        (HEADER + "R:4 -:8", "bar 1: no note to go on with"),
        (HEADER + "-:12", "bar 1: no note to go on with"),
        (HEADER.replace("3/4", "3/5") + "C4:4", "no metre"),
        (HEADER.replace("minor", "dorian") + "C4:4", "dorian"),
        (HEADER.replace("tempo", "speed") + "C4:4", "tempo"),
    ],
)
def test_mistakes_name_themselves(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"sample melody tune: .*{why}"):
        list(parse_melodies(text))


def test_an_unknown_sample_names_the_known_ones() -> None:
    with pytest.raises(MelodyError, match=r'no sample melody "moon": choose one of twinkle, ode_'):
        load_sample("moon")


def test_missing_assets_are_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "resource_folder", lambda _: tmp_path)
    with pytest.raises(MelodyError, match="sample melodies are missing"):
        sample_melodies.__wrapped__()
