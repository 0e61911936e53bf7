"""``composer-app continue`` and ``composer-app compose``."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from composer_app.errors import ModelError
from composer_app.generation.melodies import commands
from composer_app.generation.melodies.network import MelodyNetwork, load_melody_network
from composer_app.music.composition import Composition, Track
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.midi.file import read_midi, read_midi_piece, write_midi
from composer_app.music.note import Note
from tests.generation.melodies.fake_network import FakeMelodyNetwork

Run = Callable[..., tuple[int, str, str]]
pytestmark = pytest.mark.no_cover


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch) -> FakeMelodyNetwork:
    fake = FakeMelodyNetwork()
    monkeypatch.setattr(commands, "load_melody_network", lambda: fake)
    return fake


@pytest.fixture
def twinkle(tmp_path: Path) -> Path:
    path = tmp_path / "twinkle.mid"
    write_midi(Composition.from_melody(load_sample("twinkle")), path)
    return path


def test_a_melody_goes_on_alone(run: Run, twinkle: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mid"
    status, said, problems = run("continue", str(twinkle), "-o", str(out), "--bars", "4")
    assert (status, problems) == (0, "")
    assert said.startswith(f"{out}: 16 bars, bars 13 to 16 are new, seed 0")
    piece = read_midi(out)
    assert len(piece.tracks) == 1
    assert piece.tracks[0].notes[:42] == load_sample("twinkle").notes


def test_a_band_joins_in_and_goes_on(run: Run, twinkle: Path, tmp_path: Path) -> None:
    once, twice = tmp_path / "once.mid", tmp_path / "twice.mid"
    status, said, _ = run(
        "continue", str(twinkle), "-o", str(once), "--bars=4", "--style=folk", "--json"
    )
    report = json.loads(said)
    assert (status, report["bars"], report["written"], report["model"]) == (0, 16, [13, 16], "folk")
    status, said, _ = run("continue", str(once), "-o", str(twice), "--bars=4", "--json")
    assert json.loads(said)["bars"] == 20
    old, new = read_midi(once), read_midi(twice)
    for before, after in zip(old.tracks, new.tracks, strict=True):
        assert set(before.notes) <= set(after.notes)
    status, _, problems = run("continue", str(once), "-o", str(twice), "--style", "bach")
    assert status == 2
    assert "written by a band" in problems


def test_a_gap_is_filled(run: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "gap.mid", tmp_path / "out.mid"
    notes = tuple(n for n in load_sample("twinkle").notes if not 64 <= n.start < 128)
    write_midi(Composition((Track("", 0, notes),)), source)
    status, said, _ = run("continue", str(source), "-o", str(out), "--fill")
    assert status == 0
    assert "bars 5 to 8 are new" in said
    status, said, _ = run("continue", str(source), "-o", str(out), "--from-bar=5", "--to-bar=5")
    assert "bar 5 is new" in said
    for words, sentence in (
        (("--from-bar=1", "--to-bar=2"), "no gap to fill"),
        (("--from-bar=99",), "no bar 99 to fill: the melody has 12 bars"),
        (("--from-bar=7", "--to-bar=5"), "ends in bar 5, before bar 7"),
    ):
        status, _, problems = run("continue", str(source), "-o", str(out), *words)
        assert status == 2
        assert sentence in problems


def test_other_tracks_stay(run: Run, twinkle: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "two.mid", tmp_path / "out.mid"
    piano = Track("Piano", 0, tuple(Note(s, 48, 8) for s in range(0, 192, 8)))
    write_midi(Composition((*read_midi(twinkle).tracks, piano)), source)
    status, _, said = run("continue", str(source), "-o", str(out), "--bars", "2", "--track", "1")
    assert status == 0
    assert "The other track stays as it is" in said
    assert read_midi(out).tracks[1].notes == piano.notes
    words = ("--track", "1", "--style", "folk")
    status, _, said = run("continue", str(source), "-o", str(out), "--bars", "2", *words)
    assert status == 0
    assert "at volume 0" in said
    joined = read_midi_piece(out)
    assert joined.composition.tracks[4].notes == piano.notes
    assert joined.mix.track(4).mute
    assert not joined.mix.track(1).mute


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("continue", "{twinkle}", "-o", "{out}", "--bars", "0"), "from 1 to 200"),
        (("continue", "missing.mid", "-o", "{out}"), "missing.mid"),
        (("continue", "{twinkle}", "-o", "{twinkle}"), "would be overwritten"),
        (("continue", "{twinkle}", "-o", "{out}", "--style", "polka"), "no style named"),
        (("compose", "-o", "{out}", "--chords", "C Xyz"), "no chord"),
        (("compose", "-o", "{out}", "--meter", "5"), "no metre such as"),
        (("compose", "-o", "{out}", "--meter", "4/5"), "no metre such as"),
        (("compose", "-o", "{out}", "--tempo", "2"), "no tempo from"),
        (("compose", "-o", "{out}", "--key", "H#"), "is no key"),
        (("compose", "-o", "{out}", "--bars", "500"), "from 1 to 200"),
        (("compose", "-o", "/nowhere/out.mid"), "no folder"),
        (("compose", "-o", "{out}", "--meter", "2/4", "--upbeat", "9"), "no part of a bar"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    run: Run, twinkle: Path, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    places = {"twinkle": str(twinkle), "out": str(tmp_path / "out.mid")}
    status, _, problems = run(*(word.format(**places) for word in words))
    assert status == 2
    assert sentence in problems
    assert "Traceback" not in problems
    assert not (tmp_path / "out.mid").exists()


def test_a_piece_from_a_seed_and_from_chords(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.mid"
    status, said, _ = run("compose", "-o", str(out), "--style", "waltz", "--bars", "8", "--json")
    report = json.loads(said)
    assert (status, report["bars"], report["model"]) == (0, 8, "waltz")
    piece = read_midi(out)
    assert str(piece.meter) == "3/4"
    assert [track.name for track in piece.tracks] == ["Melody", "Chords", "Bass", "Drums"]
    words = ("compose", "-o", str(out), "--chords", "C Am F G", "--melody-only", "--seed", "4")
    status, said, _ = run(*words)
    assert status == 0
    assert "16 bars" in said
    piece = read_midi(out)
    assert len(piece.tracks) == 1
    assert [s.chord.root for s in piece.chords if s.chord] == [0, 9, 5, 7] * 4
    status, said, _ = run("compose", "-o", str(out), "--tempo", "300", "--style", "folk")
    assert "usually goes at" in said


def test_chords_of_a_piece_are_not_a_row(run: Run, twinkle: Path, tmp_path: Path) -> None:
    status, _, said = run("compose", "-o", str(tmp_path / "o.mid"), "--chords", str(twinkle))
    assert status == 2
    assert "no chord symbols" in said


# the shipped network ------------------------------------------------------------------------


def test_the_shipped_network_says_what_it_is() -> None:
    network = load_melody_network(1)
    assert {"bach", "hymn", "leadsheet"} <= set(network.styles)
    assert network.degrees > 24


def test_another_model_writes_no_melodies(repository: Path) -> None:
    with pytest.raises(ModelError, match="melodies"):
        MelodyNetwork(repository / "models" / "bach.onnx")


@pytest.mark.parametrize("style", ["bach", "leadsheet"])
def test_the_shipped_network_writes_music(style: str) -> None:
    import numpy as np

    from composer_app.generation.melodies.melody_task import MelodyTask
    from composer_app.generation.melodies.melody_writer import write_melody
    from composer_app.generation.noise import NoiseVector
    from composer_app.music.meter_map import MeterMap
    from composer_app.music.pitch import Key

    network = load_melody_network(1)
    free = np.ones(128, np.bool_)
    task = MelodyTask(128, MeterMap(), Key(7), style, (60, 79), free)
    melodies = [write_melody(network, task, NoiseVector.from_seed(s, 128)).notes for s in (1, 2)]
    assert melodies[0] != melodies[1]
    for notes in melodies:
        assert notes[-1].pitch % 12 == 7
        assert np.mean([Key(7).contains(note.pitch) for note in notes]) > 0.9
        leaps = np.abs(np.diff([note.pitch for note in notes]))
        assert leaps.max() <= 12
        assert leaps.mean() < 5
