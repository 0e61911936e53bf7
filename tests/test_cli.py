"""Every command of composer-app, with a generator that needs no network."""

import io
import json
import re
import sys
import types
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from composer_app import __version__
from composer_app import commands as all_commands
from composer_app.analysis.heard_chords import with_heard_chords
from composer_app.errors import ModelError
from composer_app.generation import commands
from composer_app.generation.models.model_info import ModelInfo
from composer_app.music.chord_text.by_bar import chord_list
from composer_app.music.composition import (
    DEFAULT_PROGRAMS,
    VOICE_NAMES,
    Composition,
    Origin,
    Track,
)
from composer_app.music.controls import Control
from composer_app.music.files.sample_melodies import load_sample, sample_melodies
from composer_app.music.harmony.chords import Chord, ChordSymbol
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.instrumentation.styles import style_named
from composer_app.music.melody import Melody
from composer_app.music.midi.file import read_midi, read_midi_piece, write_midi
from composer_app.music.mix import PieceMix, TrackMix
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.texts import Text
from composer_app.music.timing import TempoMap
from composer_app.music.voices import voice_tracks
from composer_app.notation.piece_file import read_piece_file
from composer_app.translation import verbatim
from tests.generation.fake_generator import FakeGenerator
from tests.generation.model_files import GRAPH, metadata
from tests.irregular import put_irregular
from tests.music.midi.events.test_tempo_by_ear import MARCH, file_of, tune

COMMANDS = (
    "studio",
    "generate",
    "phrase",
    "models",
    "stats",
    "picture",
    "sample",
    "corpus",
    "train",
    "export",
)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def generator(monkeypatch: pytest.MonkeyPatch) -> FakeGenerator:
    fake = FakeGenerator()

    def load(name: str) -> FakeGenerator:
        if name not in ("bach", "fake"):
            raise ModelError(verbatim(f"There is no model named {name}."))
        return fake

    monkeypatch.setattr(commands, "load_generator", load)
    return fake


def write_sample(name: str, path: str) -> None:
    write_midi(Composition.from_melody(load_sample(name)), path)


# generate -------------------------------------------------------------------------------


def test_generate_one(run: Run, generator: FakeGenerator) -> None:
    write_sample("greensleeves", "tune.mid")
    status, out, err = run("generate", "tune.mid", "-o", "out.mid")
    assert (status, err) == (0, "")
    assert out.startswith("out.mid: 17 bars, seed 0, ")
    piece = read_midi("out.mid")
    assert [track.name for track in piece.tracks] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert piece.melody() == load_sample("greensleeves")
    assert piece.origin == Origin("fake", 0, 1.0)


def test_a_style_brings_its_instruments_and_a_word_on_the_tempo(
    run: Run, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    hymn = style_named("hymn")
    info = ModelInfo("hymn", Path("bach.onnx"), style="hymn", programs=hymn.programs,
                     tempo=hymn.tempo)  # fmt: skip
    monkeypatch.setattr(commands, "find_model", lambda name: info)
    melody = Melody((Note(0, 67, 16),), TempoMap.constant(180))
    write_midi(Composition.from_melody(melody), "fast.mid")
    command = ["generate", "fast.mid", "-o", "out.mid", "--takes", "2"]
    status, out, _ = run(*command)
    assert status == 0
    assert len(out.splitlines()) == 3
    assert out.splitlines()[2] == "Hymn usually goes at 66-126 BPM, and this piece at 180."
    piece = read_midi("out__z1.mid")
    assert [track.program for track in piece.tracks] == [19] * 4
    assert piece.tempo == melody.tempo
    assert list(json.loads(run(*command, "--json")[1])) == ["files"]


def test_one_pass_improves_nothing(
    run: Run, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = ModelInfo("quick", Path("quick.onnx"), technique="gan", supports=("temperature",))
    monkeypatch.setattr(commands, "find_model", lambda name: info)
    tracks = Track("Soprano", 0, (Note(0, 67, 16),)), Track("Alto", 0, (Note(0, 60, 16),))
    write_midi(Composition(tracks), "tune.mid")
    status, _, err = run("generate", "tune.mid", "-o", "out.mid", "--improve")
    assert status == 2
    assert "quick writes everything in one pass" in err
    assert generator.calls == []


def test_what_a_model_takes_no_notice_of_is_said(
    run: Run, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_sample("frere_jacques", "tune.mid")
    command = ["generate", "tune.mid", "-o", "out.mid", "--temperature", "0.5", "--takes", "2"]
    for supports, more, said in (
        (("temperature",), [], ""),
        ((), [], "The model quick takes no notice of --temperature."),
        ((), ["--iterations", "9", "--vary-melody", "0.1"],
         "The model quick takes no notice of --temperature, --iterations and --vary-melody."),
    ):  # fmt: skip
        info = ModelInfo("quick", Path("quick.onnx"), technique="gan", supports=supports)
        monkeypatch.setattr(commands, "find_model", lambda name, info=info: info)
        status, _, err = run(*command, *more)
        assert (status, err.strip()) == (0, said)


def test_chords_that_are_asked_for_reach_the_model(run: Run, generator: FakeGenerator) -> None:
    tune = Track("Soprano", 0, tuple(Note(4 * step, 72, 4) for step in range(8)))
    symbols = (ChordSymbol(0, Chord.of_name(9, "min")), ChordSymbol(1920, Chord.of_name(4, "7")))
    write_midi(Composition((tune,), chords=symbols), "tune.mid")
    Path("row.txt").write_text("F | C/E", encoding="utf-8")
    command = ["generate", "tune.mid", "-o", "out.mid", "--upbeat", "0"]
    wanted = {
        (): [Chord.of_name(9, "min"), Chord.of_name(4, "7")],
        ("--chords", "C | G7"): [Chord.of_name(0, "maj"), Chord.of_name(7, "7")],
        ("--chords", "row.txt"): [Chord.of_name(5, "maj"), Chord.of_name(0, "maj", 4)],
    }
    for more, chords in wanted.items():
        assert run(*command, *more)[0] == 0
        *_, settings = generator.calls[-1]
        assert [symbol.chord for symbol in settings.chords.symbols] == chords, more


def test_what_is_no_chord_is_said_before_anything_is_composed(
    run: Run, generator: FakeGenerator
) -> None:
    write_sample("frere_jacques", "tune.mid")
    status, _, err = run("generate", "tune.mid", "-o", "out.mid", "--chords", "C | Wombat")
    assert status == 2
    assert "Wombat" in err
    assert "bar 2" in err
    assert generator.calls == []


def test_generate_with_more_control(run: Run, generator: FakeGenerator) -> None:
    voices = [Note(0, 60, 16)], [Note(0, 55, 16)], [Note(0, 48, 16)]
    names = ("Soprano", "Alto", "Tenor", "Bass")
    lines = ([Note(4 * step, 72, 4) for step in range(4)], *voices)
    tracks = tuple(Track(n, 0, tuple(notes)) for n, notes in zip(names, lines, strict=True))
    write_midi(Composition(tracks), "piece.mid")
    options = "--improve --lock bass --lock alto:1 --iterations 60 --max-added 40 --max-removed 10"
    more = "--vary-melody 0.25 --upbeat 4 --introduction --json"
    command = f"generate piece.mid -o out.mid {options} {more}"
    status, out, _ = run(*command.split())
    assert status == 0
    assert json.loads(out)["files"][0]["upbeat"] == 4
    ((_, _, _, settings),) = generator.calls
    assert (settings.improve, settings.iterations, settings.upbeat) == (True, 60, 4)
    assert (settings.max_added, settings.max_removed, settings.vary_melody) == (40, 10, 0.25)
    assert settings.introduction
    written = read_midi("out.mid")
    assert [written.tracks[v].notes for v in (1, 3)] == [tracks[v].notes for v in (1, 3)]
    assert written.tracks[2].notes != tracks[2].notes


def test_generate_is_steered(run: Run, generator: FakeGenerator) -> None:
    lines = (
        ("Soprano", [Note(4 * step, 72, 4) for step in range(4)]),
        ("Alto", [Note(0, 60, 6), Note(6, 62, 10)]),
        ("Tenor", [Note(0, 55, 16)]),
        ("Bass", [Note(0, 48, 16)]),
        ("Drone", [Note(2, 40, 2), Note(8, 40, 8)]),
    )
    piece = Composition(tuple(Track(name, 0, tuple(notes)) for name, notes in lines))
    write_midi(piece, "piece.mid")
    options = (
        "--density 1 --density bass:0.5 --rhythm alto:-1 --range Tenor:c#3-Bb4 --richness -0.5"
    )
    more = "--keep-rhythm alto --keep-rhythm bass:5 --chord-rate 2 --likeness 0.25"
    status, _, err = run("generate", "piece.mid", "-o", "out.mid", *options.split(), *more.split())
    assert status == 0, err
    ((_, _, _, settings),) = generator.calls
    assert settings.density == (1, 1, 0.5)
    assert settings.rhythm == (-1, 0, 0)
    assert settings.ranges == (None, (49, 70), None)
    assert settings.kept_rhythm == (((0, 6), (6, 16)), None, ((2, 4), (8, 16)))
    assert (settings.richness, settings.chord_rate, settings.likeness) == (-0.5, 2, 0.25)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("Eb", Key(3)),
        ("f#m", Key(6, minor=True)),
        ("A minor", Key(9, minor=True)),
        ("C Major", Key(0)),
    ],
)
def test_generate_is_told_the_key(run: Run, generator: FakeGenerator, said: str, key: Key) -> None:
    write_midi(Composition.from_melody(load_sample("saints")), "saints.mid")
    status, _, err = run("generate", "saints.mid", "-o", "out.mid", "--key", said)
    assert status == 0, err
    ((_, _, _, settings),) = generator.calls
    assert settings.keys == (KeyChange(0, key),)
    assert read_midi("out.mid").keys == settings.keys


def test_generate_takes_the_keys_of_the_file(run: Run, generator: FakeGenerator) -> None:
    keys = (KeyChange(0, Key(5)), KeyChange(3840, Key(2, minor=True)))
    write_midi(replace(Composition.from_melody(load_sample("saints")), keys=keys), "saints.mid")
    assert run("generate", "saints.mid", "-o", "out.mid")[0] == 0
    assert generator.calls[0][3].keys == keys


@pytest.mark.parametrize("said", ["H", "Cmin7", "A miner", "7"])
def test_what_is_no_key_is_said(run: Run, said: str) -> None:
    status, _, err = run("generate", "saints.mid", "-o", "out.mid", "--key", said)
    assert status == 2
    assert f"'{said}' is no key, such as Eb, F#m or A minor" in err


def test_generate_hears_the_upbeat(run: Run, generator: FakeGenerator) -> None:
    melody = load_sample("saints")
    late = tuple(Note(n.start - 12, n.pitch, n.duration) for n in melody.notes if n.start >= 12)
    write_midi(Composition((Track("Tune", 0, late),)), "tune.mid")
    _, out, _ = run("generate", "tune.mid", "-o", "out.mid", "--json")
    assert json.loads(out)["files"][0]["upbeat"] == 4
    assert generator.calls[0][1].upbeat_steps == 4


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            "",
            "twelve.mid: track 13 of 13, “Part 12”, is the melody: it is the highest line. The"
            " other 11 tracks stay after the four voices, at volume 0 (--four-voices leaves them"
            " out). --track",
        ),
        ("--track 4 --json", "twelve.mid: track 4 of 13, “Part 3”, is the melody. The other 11"),
        ("--four-voices", "The other 11 tracks are left out."),
        (
            "--lock bass",
            "; track 4 is the alto; track 3 is the tenor; track 2 is the bass. The other 8 tracks",
        ),
        ("--improve", "The other 8 tracks stay after the four voices (--four-voices"),
    ],
)
def test_what_becomes_of_other_tracks_is_said(
    run: Run, generator: FakeGenerator, options: str, said: str
) -> None:
    notes = [[Note(4 * i, 48 + part, 4) for i in range(20 - part)] for part in range(12)]
    parts = [Track(f"Part {part}", 0, tuple(each)) for part, each in enumerate(notes, 1)]
    mix = PieceMix((TrackMix(), TrackMix(90, 20), TrackMix(80, 30)))
    write_midi(Composition((Track("Conductor"), *parts)), "twelve.mid", mix)
    status, out, err = run("generate", "twelve.mid", "-o", "out.mid", *options.split())
    assert status == 0
    assert said in err
    assert err.count("\n") == 1
    assert "left out" not in out
    written = read_midi_piece("out.mid")
    piece, others = written.composition, written.composition.tracks[4:]
    assert [track.name for track in piece.tracks[:4]] == list(VOICE_NAMES)
    assert voice_tracks(piece) == (1, 2, 3)
    melody = int(options.split()[1]) - 2 if "--track" in options else 11
    around = "--lock" in options or "--improve" in options
    kept = [part for index, part in enumerate(parts) if index != melody]
    if around:
        kept = kept[3:]
    assert others == (() if "--four-voices" in options else tuple(kept))
    for index, track in enumerate(others, 4):
        volume = {"Part 1": 90, "Part 2": 80}.get(track.name, 100)
        pan = {"Part 1": 20, "Part 2": 30}.get(track.name, 64)
        heard = "--improve" in options
        assert written.mix.track(index) == TrackMix(volume, pan, mute=not heard)


def test_voices_of_ours_make_way_and_other_tracks_stay_as_they_are(
    run: Run, generator: FakeGenerator
) -> None:
    parts = [Track(name, 7, (Note(0, pitch, 16),)) for name, pitch in (("a", 60), ("b", 72))]
    write_midi(Composition(tuple(parts)), "two.mid")
    assert run("generate", "two.mid", "-o", "once.mid")[0] == 0
    _, _, err = run("generate", "once.mid", "-o", "twice.mid", "--seed", "5")
    assert "track 1 of 5, “Soprano”, is the melody: Composer has written the other" in err
    assert "The other track stays after the four voices (--four" in err
    once, twice = read_midi_piece("once.mid"), read_midi_piece("twice.mid")
    assert [track.name for track in twice.composition.tracks] == [*VOICE_NAMES, "a"]
    assert twice.composition.tracks[4] == once.composition.tracks[4] == parts[0]
    assert twice.composition.tracks[1] != once.composition.tracks[1]
    assert twice.mix == once.mix
    assert twice.mix.track(4) == TrackMix(mute=True)


def test_drums_play_on_and_stand_in_the_score(run: Run, generator: FakeGenerator) -> None:
    beat = Track("Beat", 25, tuple(Note(4 * i, 36, 1) for i in range(4)), drums=True)
    tune = Track("Tune", 73, (Note(0, 67, 8), Note(8, 65, 8)))
    write_midi(Composition((beat, tune, Track("Horn", 60, (Note(0, 48, 16),)))), "song.mid")
    _, _, err = run("generate", "song.mid", "-o", "out.mid")
    assert "track 2 of 3, “Tune”, is the melody" in err
    assert "at volume 0 (--four-voices leaves it out). The drums play on. --track" in err
    written = read_midi_piece("out.mid")
    assert written.composition.tracks[4:] == (beat, Track("Horn", 60, (Note(0, 48, 16),)))
    assert [written.mix.track(index).mute for index in (4, 5)] == [False, True]
    assert run("generate", "song.mid", "-o", "out.musicxml")[0] == 0
    assert read_piece_file("out.musicxml").composition.tracks[4:] == written.composition.tracks[4:]
    assert (
        "song.mid, track 1: drums are no melody"
        in run("generate", "song.mid", "-o", "x.mid", "--track", "1")[2]
    )
    _, _, err = run("generate", "song.mid", "-o", "x.mid", "--four-voices")
    assert "The other track is left out. The drums are left out. --track" in err
    write_midi(Composition((beat, tune)), "two.mid")
    _, _, err = run("generate", "two.mid", "-o", "x.mid")
    assert err.endswith("The drums play on.\n")
    _, out, _ = run("stats", "song.mid")
    assert re.search(r"^ 1  Beat +4  drums$", out, re.MULTILINE)
    assert run("stats", "song.mid", "--track", "1")[2].startswith("Track 1 of song.mid is drums")


def test_a_tempo_by_ear_is_said_and_can_be_left(run: Run, generator: FakeGenerator) -> None:
    Path("film.mid").write_bytes(file_of(tune(MARCH, 0.2, 0)))
    _, _, err = run("generate", "film.mid", "-o", "out.mid")
    assert "75 BPM is heard in its notes. --no-tempo-by-ear takes 120 BPM.\n" in err
    assert read_midi("out.mid").tempo.initial_bpm == 75
    _, _, err = run("generate", "film.mid", "-o", "out.mid", "--no-tempo-by-ear")
    assert "names no tempo, which is taken for 120 BPM.\n" in err
    assert read_midi("out.mid").tempo.initial_bpm == 120
    for command in (["stats", "film.mid"], ["picture", "film.mid", "-o", "x.png"]):
        assert "75 BPM" in run(*command)[2]
        assert "taken for 120 BPM" in run(*command, "--no-tempo-by-ear")[2]


def test_of_two_tracks_the_other_stays(run: Run, generator: FakeGenerator) -> None:
    write_midi(Composition((Track("", 0, (Note(0, 67, 16),)),) * 2), "two.mid")
    _, _, err = run("generate", "two.mid", "-o", "out.mid")
    assert err == (
        "two.mid: track 1 of 2 is the melody: nothing tells it from the others, and it comes first."
        " The other track stays after the four voices, at volume 0 (--four-voices leaves it out)."
        " --track chooses another melody.\n"
    )


def test_generate_several_with_takes_as_json(run: Run, generator: FakeGenerator) -> None:
    write_sample("twinkle", "a.mid")
    write_sample("saints", "b.mid")
    arguments = ["--takes", "2", "--seed", "7", "--temperature", "0.5", "--json"]
    status, out, err = run("generate", "a.mid", "b.mid", "-o", "new/folder", *arguments)
    assert (status, err) == (0, "")
    results = json.loads(out)["files"]
    expected = [("a__z1", 7), ("a__z2", 8), ("b__z1", 7), ("b__z2", 8)]
    for result, (name, seed) in zip(results, expected, strict=True):
        assert Path(result["file"]) == Path(f"new/folder/{name}.mid")
        assert (result["seed"], result["temperature"], result["model"]) == (seed, 0.5, "fake")
        assert result["melody"] == f"{name[0]}.mid"
        assert result["track"] == 1
        assert result["seconds"] >= 0
        piece = read_midi(result["file"])
        assert (result["bars"], result["notes"]) == (piece.bars, piece.note_count)
        assert result["chords"] == chord_list(with_heard_chords(piece))
        assert result["chords"][0]["bar"] == 1
        assert piece.origin == Origin("fake", seed, 0.5)


def test_generate_keeps_what_the_file_says_besides_notes(
    run: Run, generator: FakeGenerator
) -> None:
    bend, words = Control(0, "bend", 0, 9), (Text(0, "lyrics", "La "),)
    tune = Track("Tune", 0, tuple(Note(4 * i, 60 + i, 4) for i in range(8)), (bend,), words)
    key, marker = KeyChange(0, Key(3)), Text(960, "marker", "Verse")
    bass = Track("Bass", 0, (Note(0, 40, 4),))
    write_midi(Composition((bass, tune), keys=(key,), texts=(marker,)), "tune.mid")
    assert run("generate", "tune.mid", "-o", "out.mid", "--track", "2")[0] == 0
    made = read_midi("out.mid")
    assert (made.keys, made.texts) == ((key,), (marker,))
    assert [(each.controls, each.texts) for each in made.tracks] == [
        ((bend,), words),
        # Three voices, and the file's bass.
        *(4 * [((), ())]),
    ]


def test_generate_from_another_track(run: Run, generator: FakeGenerator) -> None:
    low, high = Track("Low", 0, (Note(0, 40, 4),)), Track("High", 0, (Note(0, 70, 4),))
    write_midi(Composition((low, high)), "tune.mid")
    assert run("generate", "tune.mid", "-o", "out.mid", "--track", "2")[0] == 0
    assert read_midi("out.mid").tracks[0].notes == high.notes


def test_one_bad_melody_among_several_leaves_nothing_half_done(
    run: Run, generator: FakeGenerator
) -> None:
    write_sample("twinkle", "good.mid")
    Path("bad.mid").write_bytes(b"nonsense")
    status, out, err = run("generate", "good.mid", "bad.mid", "missing.mid", "-o", "out")
    assert (status, out) == (2, "")
    bad, missing = err.splitlines()
    assert bad.startswith("bad.mid is not a MIDI file")
    assert missing.startswith("missing.mid cannot be opened")
    assert not Path("out").exists()
    assert generator.calls == []


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        pytest.param("tune.mid -o tune.mid", "would be overwritten", id="onto itself"),
        pytest.param("tune.mid -o no/out.mid", "There is no folder no", id="no folder"),
        pytest.param("tune.mid -o out.mid --track 2", "only one track, not 2", id="no track"),
        pytest.param("tune.mid -o out.mid --model x", "no model named x", id="no model"),
        pytest.param("tune.mid tune.mid -o out", "both become tune.mid", id="twice"),
        pytest.param("tune.mid other.mid -o out.mid", "need a folder", id="no place for two"),
        pytest.param(
            "tune.mid -o out.mid --seed 4294967295 --takes 2", "smaller seed", id="seeds run out"
        ),
        pytest.param("tune.mid -o out.mid --seed -1", "--seed: -1 is not a whole", id="seed"),
        pytest.param("tune.mid -o out.mid --seed x", "--seed: x is not a whole", id="no number"),
        pytest.param("tune.mid -o out.mid --takes 0", "--takes: 0 is not a whole", id="takes"),
        pytest.param("tune.mid -o out.mid --track 0", "--track: 0 is not a whole", id="track"),
        pytest.param("tune.mid -o out.mid --temperature nan", "nan is not a number", id="nan"),
        pytest.param("tune.mid -o out.mid --temperature 9", "9 is not a number", id="hot"),
        pytest.param("tune.mid -o out.mid --improve", "no accompaniment to improve", id="improve"),
        pytest.param("tune.mid -o out.mid --lock bass", "no accompaniment to lock", id="lock"),
        pytest.param("tune.mid -o out.mid --lock violin", "violin is nothing to lock", id="what"),
        pytest.param("tune.mid -o out.mid --lock bars:99", "there are 12 bars", id="bars"),
        pytest.param("tune.mid -o out.mid --vary-melody 2", "2 is not a number from 0", id="vary"),
        pytest.param("tune.mid -o out.mid --iterations 0", "0 is not a whole", id="iterations"),
        pytest.param("tune.mid -o out.mid --density 9", "no number of notes a beat", id="density"),
        pytest.param("tune.mid -o out.mid --density lute:1", "lute is none of", id="lute"),
        pytest.param(
            "tune.mid -o out.mid --rhythm bass:2", "2 is not a number from -1", id="rhythm"
        ),
        pytest.param("tune.mid -o out.mid --range E2-D4", "no range of a voice", id="all"),
        pytest.param("tune.mid -o out.mid --range bass:D4-E2", "below its lowest", id="range"),
        pytest.param("tune.mid -o out.mid --range bass:C1-C2", "bass is played by", id="low"),
        pytest.param("tune.mid -o out.mid --keep-rhythm lute", "lute is no voice", id="kept"),
        pytest.param("tune.mid -o out.mid --keep-rhythm bass", "has no bass whose", id="no bass"),
        pytest.param("tune.mid -o out.mid --keep-rhythm bass:9", "has only one track", id="9"),
        pytest.param("tune.mid -o out.mid --richness rich", "rich is not a number", id="rich"),
        pytest.param("tune.mid -o out.mid --chord-rate 9", "9 is not a number", id="chords"),
        pytest.param("tune.mid -o out.mid --likeness 2", "2 is not a number from 0", id="like"),
        pytest.param("tune.mid -o out.mid --likeness 1", "could come again", id="no voices"),
        pytest.param("tune.mid -o out.mid --upbeat 99", "99 is not a whole", id="upbeat"),
        pytest.param("tune.mid", "required: -o/--output", id="no output"),
    ],
)
def test_generate_refuses(run: Run, generator: FakeGenerator, arguments: str, why: str) -> None:
    write_sample("twinkle", "tune.mid")
    before = Path("tune.mid").read_bytes()
    status, out, err = run("generate", *arguments.split())
    assert (status, out) == (2, "")
    assert why in err
    assert_one_sentence(err)
    assert Path("tune.mid").read_bytes() == before
    assert [path.name for path in Path.cwd().iterdir()] == ["tune.mid"]


def assert_one_sentence(text: str) -> None:
    assert text.count("\n") == 1
    assert text.endswith(".\n")
    assert "Traceback" not in text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_only(
    run: Run, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_sample("twinkle", "tune.mid")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert run("generate", "tune.mid", "-o", "out.mid")[0] == 0
    assert "\rout.mid  50%" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K"), "the line is gone afterwards"


# stats, picture, sample, models ---------------------------------------------------------


def test_stats(run: Run) -> None:
    tracks = (Track("Lead", 0, (Note(0, 60, 4), Note(4, 64, 4), Note(9, 67, 2))), Track("Rest"))
    write_midi(Composition((*tracks, Track("One", 0, (Note(0, 48, 8),))), title="Tune"), "t.mid")
    status, out, _ = run("stats", "t.mid")
    assert status == 0
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[:2] == ['t.mid "Tune"', "C major, 4/4, 100 BPM, 1 bar, 4 notes"]
    assert lines[4:7] == [
        "1 Lead 3 C4-G4 63.7 ± 3.5 3.3 ± 1.2 80.0 ± 0.0 100% 67%",
        "2 Rest 0",
        "3 One 1 C3-C3 48.0 8.0 80.0 100% 100%",
    ]


def test_stats_as_json(run: Run) -> None:
    write_sample("twinkle", "tune.mid")
    figures = json.loads(run("stats", "tune.mid", "--json")[1])
    assert (figures["file"], figures["key"], figures["bars"]) == ("tune.mid", "C major", 12)
    (track,) = figures["tracks"]
    assert (track["notes"], track["lowest"], track["highest"]) == (42, 60, 69)


def test_picture(run: Run) -> None:
    write_sample("twinkle", "tune.mid")
    status, out, _ = run("picture", "tune.mid", "-o", "tune.png")
    assert (status, out) == (0, "tune.png: 12 bars\n")
    assert Path("tune.png").read_bytes().startswith(b"\x89PNG")


def test_sample(run: Run) -> None:
    assert run("sample", "twinkle", "-o", "t.mid")[:2] == (
        0,
        "t.mid: Twinkle, Twinkle, Little Star, 12 bars\n",
    )
    assert read_midi("t.mid").melody() == load_sample("twinkle")


def test_sample_list(run: Run) -> None:
    lines = run("sample", "--list")[1].splitlines()
    assert [line.split()[0] for line in lines] == [sample.id for sample in sample_melodies()]


MODELS = (
    ModelInfo("bach", Path("/m/bach.onnx"), "Bach chorales", "Sings like 1730.", "refining"),
    ModelInfo(
        "torn", Path("/m/torn.onnx"), "torn", problem=ModelError(verbatim("torn.onnx is not ONNX."))
    ),
)


def test_models(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(all_commands, "installed_models", lambda: MODELS)
    lines = [" ".join(line.split()) for line in run("models")[1].splitlines()]
    assert lines == [
        "bach Bach chorales (refining, 50-120 BPM)",
        "Sings like 1730.",
        "torn torn.onnx is not ONNX.",
    ]
    answer = json.loads(run("models", "--json")[1])
    assert answer["default"] == "bach"
    assert [model["name"] for model in answer["models"]] == ["bach", "torn"]
    assert answer["models"][0]["path"] == str(Path("/m/bach.onnx"))
    assert answer["models"][1]["problem"] == "torn.onnx is not ONNX."
    assert answer["models"][0]["style"] == "bach"
    assert answer["models"][0]["programs"] == list(DEFAULT_PROGRAMS)
    assert answer["models"][0]["tempo"] == {"lowest": 50, "usual": 72, "highest": 120}
    assert answer["models"][0]["manner"] == "refining"
    assert "vary_melody" in answer["models"][0]["supports"]


@pytest.mark.parametrize("nonsense", ["missing", "file"])
def test_a_folder_of_models_that_is_none_is_said(
    run: Run, generator: FakeGenerator, monkeypatch: pytest.MonkeyPatch, nonsense: str
) -> None:
    Path("file").touch()
    monkeypatch.setenv("COMPOSER_MODELS", nonsense)
    status, out, err = run("models")
    assert status == 0
    assert out.startswith("bach ")
    assert f"The folder of models {nonsense}, which COMPOSER_MODELS names, cannot be read" in err
    assert_one_sentence(err)
    assert json.loads(run("models", "--json")[1])["problem"] == err.strip()
    write_sample("twinkle", "tune.mid")
    assert run("generate", "tune.mid", "-o", "out.mid")[2] == err
    monkeypatch.delenv("COMPOSER_MODELS")
    assert json.loads(run("models", "--json")[1])["problem"] is None
    assert run("models")[2] == ""


def test_one_bad_model_leaves_the_others(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("mine").mkdir()
    put_irregular(Path("mine/pipe.onnx"), "pipe")
    (Path("mine") / "deep.onnx").write_bytes(
        GRAPH + metadata("format", "1") + metadata("technique", "gan")
        + metadata("entries", "[" * 100_000)
    )  # fmt: skip
    monkeypatch.setenv("COMPOSER_MODELS", "mine")
    status, out, err = run("models")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("bach ")
    assert any("pipe.onnx cannot be read: it is not a regular file." in line for line in lines)
    assert any("deep.onnx was made for another version" in line for line in lines)
    write_sample("twinkle", "tune.mid")
    for name in ("pipe", "deep", "mine/pipe.onnx"):
        status, out, err = run("generate", "tune.mid", "-o", "out.mid", "--model", name)
        assert (status, out) == (2, "")
        assert_one_sentence(err)
    assert run("generate", "tune.mid", "-o", "out.mid", "--model", "bach")[0] == 0


def test_no_models(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(all_commands, "installed_models", lambda: ())
    assert run("models")[:2] == (0, "No models are installed.\n")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ("stats missing.mid", "missing.mid cannot be opened"),
        ("picture missing.mid -o x.png", "missing.mid cannot be opened"),
        ("picture tune.mid -o no/x.png", "no/x.png cannot be written"),
        ("sample moon -o x.mid", "no sample melody"),
        ("sample twinkle -o no/x.mid", "no/x.mid cannot be written"),
        (f"stats {'n' * 300}", "cannot be opened: its name is too long"),
        (f"generate tune.mid -o {'n' * 300}", "cannot be written: its name is too long"),
        (f"generate tune.mid tune.mid -o {'n' * 300}", "would both become"),
        (f"picture tune.mid -o {'n' * 300}/x.png", "cannot be written: its name is too long"),
        (f"evaluate --report {'n' * 300}/x.md", "There is no folder"),
        ("sample twinkle", "-o melody.mid"),
        ("sample", "one of the arguments NAME --list is required"),
        ("sing", "invalid choice: 'sing'"),
        ("models --loudly", "unrecognized arguments: --loudly"),
    ],
)
def test_mistakes_are_one_sentence(run: Run, arguments: str, why: str) -> None:
    write_sample("twinkle", "tune.mid")
    status, out, err = run(*arguments.split())
    assert (status, out) == (2, "")
    assert why in err
    assert_one_sentence(err)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(run: Run, command: str) -> None:
    status, out, err = run(command, "--help")
    assert (status, err) == (0, "")
    assert f"usage: composer-app {command}" in out
    example = out.splitlines()[-1]
    assert example.startswith(f"example: composer-app {command}")


def test_help_and_version_of_the_whole(run: Run) -> None:
    out = run("--help")[1]
    assert all(f"    {command} " in out for command in COMMANDS)
    assert "example: composer-app generate" in out
    assert run("--version")[:2] == (0, f"Composer {__version__}\n")


# the studio, and what can happen to any command ----------------------------------------


@pytest.mark.parametrize(
    ("arguments", "opened"),
    [
        ("", []),
        ("studio", []),
        ("studio tune.mid", ["tune.mid"]),
        ("studio a.mid b.KAR", ["a.mid", "b.KAR"]),
    ],
)
def test_the_studio_opens(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: str, opened: list[str]
) -> None:
    calls = []
    app = types.ModuleType("composer_app.studio.app")
    app.run = lambda argv: calls.append(argv) or 5  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "composer_app.studio.app", app)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert run(*arguments.split())[0] == 5
    assert calls == [opened]


def test_without_a_display_the_studio_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    status, _, err = run()
    assert status == 2
    assert "no display" in err
    assert_one_sentence(err)


def test_without_its_libraries_the_studio_says_so(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setitem(sys.modules, "composer_app.studio.app", None)
    status, _, err = run("studio")
    assert status == 2
    assert "make run" in err
    assert_one_sentence(err)


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (KeyboardInterrupt(), 130, "Stopped.\n"),
        (MemoryError(), 2, "There is not enough memory for this: choose a shorter piece.\n"),
        (
            RuntimeError("no luck\ntoday"),
            2,
            "Something unexpected went wrong in Composer (RuntimeError: no luck today):"
            " set COMPOSER_DEBUG=1 to see where.\n",
        ),
    ],
)
def test_interruptions(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    status: int,
    sentence: str,
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(all_commands, "installed_models", fail)
    assert run("models") == (status, "", sentence)


# scores ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["t.musicxml", "t.MXL", "t.svg", "t.pdf"])
def test_a_piece_is_written_by_its_ending(run: Run, name: str) -> None:
    status, out, _err = run("sample", "twinkle", "-o", name)

    assert (status, out) == (0, f"{name}: Twinkle, Twinkle, Little Star, 12 bars\n")
    starts = {".musicxml": b"<?xml", ".mxl": b"PK", ".svg": b"<svg", ".pdf": b"%PDF"}
    assert Path(name).read_bytes().startswith(starts[Path(name).suffix.lower()])


def test_a_score_is_composed_around(run: Run, generator: FakeGenerator) -> None:
    run("sample", "twinkle", "-o", "t.musicxml")
    status, _out, err = run("generate", "t.musicxml", "-o", "out.mxl", "--takes", "2")

    assert (status, err) == (0, "")
    made = read_piece_file("out__z2.mxl").composition
    assert made.melody() == load_sample("twinkle")
    assert [track.name for track in made.tracks] == list(VOICE_NAMES)


def test_repeats_are_played_unless_somebody_says_otherwise(
    run: Run, generator: FakeGenerator
) -> None:
    Path("t.abc").write_text("X:1\nL:1/4\nK:C\n|:cdef:|")

    for options, notes in (((), 8), (("--no-repeats",), 4)):
        assert run("generate", "t.abc", "-o", "out.mid", *options)[0] == 0
        assert len(read_midi("out.mid").tracks[0].notes) == notes


def test_four_voices_may_share_two_staves(run: Run, generator: FakeGenerator) -> None:
    write_sample("twinkle", "t.mid")

    run("generate", "t.mid", "-o", "open.musicxml")
    run("generate", "t.mid", "-o", "closed.musicxml", "--closed-score")

    assert Path("open.musicxml").read_text().count("<part id") == 4
    assert Path("closed.musicxml").read_text().count("<part id") == 1
    assert len(read_piece_file("closed.musicxml").composition.tracks) == 4


def test_abc_is_read_and_not_written(run: Run) -> None:
    Path("t.abc").write_text("X:1\nK:C\ncdef|")

    assert run("picture", "t.abc", "-o", "t.png")[0] == 0
    status, _out, err = run("sample", "twinkle", "-o", "u.abc")
    assert status == 2
    assert "Composer reads ABC only" in err
    assert not Path("u.abc").exists()


@pytest.mark.parametrize("name", all_commands.COMMANDS)
def test_the_list_of_commands_says_of_each_what_that_says_of_itself(name: str) -> None:
    """What is asked brings its own line along; the others are known by the list alone."""
    asked = all_commands.command_parser([name, "--help"], len).format_help()
    assert asked == all_commands.command_parser(["--help"], len).format_help()
