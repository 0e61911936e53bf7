"""The command line on real files, good and bad; in a process of its own where that may matter."""

import json
from collections.abc import Callable
from pathlib import Path

import mido
import numpy as np
import pytest

from composer_app.music.midi.file import read_midi
from tests.acceptance.command_line import (
    TWINKLE,
    assert_one_sentence,
    composer,
    composer_here,
    melody_events,
    midi_bytes,
    variable_length,
    write_melody,
)

BEAT = 4  # steps: sixteenths
MIDI_CASES = Path(__file__).parents[1] / "music" / "midi" / "cases"


@pytest.fixture
def melody(tmp_path: Path) -> Path:
    return write_melody(tmp_path / "melody.mid")


def note_steps(track: mido.MidiTrack, resolution: int) -> list[tuple[int, int, int]]:
    """(pitch, first step, length in steps) of a track, read with mido alone.

    How a note is played, a little late or short, is rounded away.
    """
    now = 0
    struck: dict[int, int] = {}
    notes = []
    for message in track:
        now += message.time
        if message.type == "note_on" and message.velocity:
            struck[message.note] = now
        elif message.type in ("note_on", "note_off") and message.note in struck:
            start = struck.pop(message.note)
            notes.append((message.note, start, now - start))
    step = resolution // BEAT
    placed = ((p, round(s / step), max(1, round(d / step))) for p, s, d in notes)
    return sorted(placed, key=lambda note: note[1])


def expected(notes: tuple[tuple[int, int], ...]) -> list[tuple[int, int, int]]:
    starts = np.cumsum([0, *(beats for _, beats in notes)])[:-1]
    return [
        (pitch, int(start) * BEAT, beats * BEAT)
        for (pitch, beats), start in zip(notes, starts, strict=True)
    ]


def voices(path: Path) -> list[list[tuple[int, int, int]]]:
    """The notes of each track that has any."""
    file = mido.MidiFile(path)
    tracks = [note_steps(track, file.ticks_per_beat) for track in file.tracks]
    return [notes for notes in tracks if notes]


# Good input


def test_a_melody_becomes_four_tracks_and_stays_the_first(melody: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mid"
    done = composer("generate", melody, "-o", out, "--seed", "7")
    assert done.returncode == 0, done.stderr
    tracks = voices(out)
    assert len(tracks) == 4
    assert tracks[0] == expected(TWINKLE)
    names = [track.name for track in mido.MidiFile(out).tracks]
    assert names[-4:] == ["Soprano", "Alto", "Tenor", "Bass"]


def test_the_same_seed_gives_the_same_file_and_another_another(
    melody: Path, tmp_path: Path
) -> None:
    first, again, other = (tmp_path / name for name in ("1.mid", "2.mid", "3.mid"))
    composer("generate", melody, "-o", first, "--seed", "7", environment=threads(1))
    composer("generate", melody, "-o", again, "--seed", "7", environment=threads(2))
    composer_here("generate", melody, "-o", other, "--seed", "8")
    assert voices(first) == voices(again)
    assert voices(first) != voices(other)


def threads(number: int) -> dict[str, str]:
    return {"OMP_NUM_THREADS": str(number)}


def test_several_melodies_and_takes_fill_a_folder(melody: Path, tmp_path: Path) -> None:
    second = write_melody(tmp_path / "second.mid", TWINKLE[:7])
    out = tmp_path / "out"
    done = composer_here("generate", melody, second, "-o", out, "--takes", "2")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in out.iterdir()) == [
        "melody__z1.mid",
        "melody__z2.mid",
        "second__z1.mid",
        "second__z2.mid",
    ]
    assert voices(out / "second__z2.mid")[0] == expected(TWINKLE[:7])
    assert voices(out / "melody__z1.mid") != voices(out / "melody__z2.mid")


def test_one_track_of_several_is_chosen(tmp_path: Path) -> None:
    tune = ((72, 1), (74, 1), (76, 2))
    chunks = [melody_events(TWINKLE), melody_events(tune)]
    path = tmp_path / "two.mid"
    path.write_bytes(midi_bytes(chunks))
    out = tmp_path / "out.mid"
    assert composer_here("generate", path, "-o", out, "--track", "2").returncode == 0
    assert voices(out)[0] == expected(tune)


def test_the_lower_part_of_a_track_is_chosen_and_the_voices_swing(tmp_path: Path) -> None:
    out = tmp_path / "out.mid"
    options = ("--line", "lower", "--feel", "swing", "--phrasing", "0")
    done = composer_here("generate", MIDI_CASES / "two_parts_in_one_track.mid", "-o", out, *options)
    assert done.returncode == 0, done.stderr
    assert voices(out)[0] == [(60, 0, 4 * BEAT), (59, 4 * BEAT, 2 * BEAT)]
    file = mido.MidiFile(out)
    third = file.ticks_per_beat // 3
    for track in file.tracks:
        struck, now = set(), 0
        for message in track:
            now += message.time
            if message.type == "note_on":
                struck.add(now % file.ticks_per_beat)
        # On the second sixteenth of a beat, and on the fourth, nothing begins.
        assert struck <= {0, third, file.ticks_per_beat // 2, 2 * third}


def test_generate_speaks_json(melody: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mid"
    done = composer_here("generate", melody, "-o", out, "--json")
    assert str(out) in json.dumps(json.loads(done.stdout))


def test_the_shipped_model_is_listed(tmp_path: Path) -> None:
    done = composer("models", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "bach" in json.dumps(json.loads(done.stdout))
    assert "bach" in composer_here("models").stdout


def test_the_statistics_of_a_melody(melody: Path) -> None:
    done = composer_here("stats", melody)
    assert done.returncode == 0, done.stderr
    assert "C major" in done.stdout


def test_a_sample_can_be_written_drawn_and_composed_with(tmp_path: Path) -> None:
    sample, picture = tmp_path / "sample.mid", tmp_path / "sample.png"
    assert composer_here("sample", "twinkle", "-o", sample).returncode == 0
    # Both phrases of the tune begin as the one above does.
    first = [pitch for pitch, _, _ in voices(sample)[0]][:7]
    assert np.diff(first).tolist() == np.diff([pitch for pitch, _ in TWINKLE[:7]]).tolist()
    assert composer_here("picture", sample, "-o", picture).returncode == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("command", ["generate", "models", "stats", "sample", "picture", "train"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    done = composer_here(command, "--help")
    assert done.returncode == 0
    assert f"composer-app {command}" in done.stdout.split("example", 1)[1]


# Bad input. Each maker returns the file to give to Composer.


def missing(folder: Path) -> Path:
    return folder / "missing.mid"


def a_folder(folder: Path) -> Path:
    return folder


def empty(folder: Path) -> Path:
    path = folder / "empty.mid"
    path.touch()
    return path


def not_midi(folder: Path) -> Path:
    path = folder / "letter.mid"
    path.write_text("Dear Composer, this is a letter and no MIDI file.\n" * 20)
    return path


def truncated(folder: Path) -> Path:
    path = write_melody(folder / "truncated.mid")
    path.write_bytes(path.read_bytes()[:20])
    return path


def garbage(folder: Path) -> Path:
    """100 MB, with the first bytes of a MIDI file so that it is not refused for those alone."""
    path = folder / "garbage.mid"
    with path.open("wb") as file:
        file.write(midi_bytes([])[:14] + np.random.default_rng(1).bytes(1_000_000))
        # The rest takes no room on the disk.
        file.truncate(100_000_000)
    return path


def no_notes(folder: Path) -> Path:
    path = folder / "silent.mid"
    path.write_bytes(midi_bytes([b""]))
    return path


def ten_thousand_bars(folder: Path) -> Path:
    return write_melody(folder / "endless.mid", [(60, 4)] * 10_000)


def one_note_at_the_end_of_time(folder: Path) -> Path:
    """A file of a few bytes whose only note comes after more than a year."""
    path = folder / "late.mid"
    path.write_bytes(
        midi_bytes([(variable_length(2**28 - 1) + b"\xff\x01\x00") * 60 + melody_events([(60, 1)])])
    )
    return path


BAD_FILES = [
    missing,
    a_folder,
    empty,
    not_midi,
    truncated,
    garbage,
    no_notes,
    ten_thousand_bars,
    one_note_at_the_end_of_time,
]


@pytest.mark.parametrize("make", BAD_FILES, ids=lambda make: make.__name__)
def test_a_bad_file_gets_a_sentence_that_names_it_and_leaves_nothing_behind(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    inputs, outputs = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    outputs.mkdir()
    bad = make(inputs)
    sentence = assert_one_sentence(composer_here("generate", bad, "-o", outputs / "out.mid"))
    assert bad.name in sentence or "bars" in sentence
    assert list(outputs.iterdir()) == []


def test_a_process_that_fails_says_one_sentence_and_its_status_tells(tmp_path: Path) -> None:
    bad, out = not_midi(tmp_path), tmp_path / "out.mid"
    for arguments in (f"generate {bad} -o {out}", f"stats {bad}", "sample yesterday -o -"):
        assert_one_sentence(composer(*arguments.split()))
    assert not out.exists()


@pytest.mark.parametrize("make", [missing, not_midi, garbage, no_notes], ids=lambda m: m.__name__)
@pytest.mark.parametrize("command", ["stats", "picture"])
def test_the_other_commands_refuse_bad_files_as_well(
    tmp_path: Path, command: str, make: Callable[[Path], Path]
) -> None:
    out = ["-o", str(tmp_path / "out.png")] if command == "picture" else []
    bad = make(tmp_path)
    assert bad.name in assert_one_sentence(composer_here(command, bad, *out))


@pytest.mark.parametrize(
    "options",
    [
        ["--seed", "-1"],
        ["--seed", "4294967296"],
        ["--seed", "many"],
        ["--temperature", "0"],
        ["--temperature", "nan"],
        ["--takes", "0"],
        ["--track", "0"],
        ["--track", "9"],
        ["--line", "middle"],
        ["--feel", "waltz"],
        ["--model", "nobody"],
        ["--model", "../../etc/passwd"],
    ],
    ids=" ".join,
)
def test_an_impossible_wish_gets_a_sentence(
    melody: Path, tmp_path: Path, options: list[str]
) -> None:
    out = tmp_path / "out.mid"
    done = composer_here("generate", melody, "-o", out, *options)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    # argparse may put the usage in front; the last line is the sentence.
    assert options[0].lstrip("-") in done.stderr.lower() or options[1] in done.stderr
    assert not out.exists()


def test_an_unknown_sample_gets_a_sentence_that_names_the_known_ones(tmp_path: Path) -> None:
    done = composer_here("sample", "yesterday", "-o", tmp_path / "out.mid")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "twinkle" in done.stderr


@pytest.mark.parametrize("place", ["a file's inside", "a place that forbids"])
def test_an_output_that_cannot_be_written_gets_a_sentence(
    melody: Path, tmp_path: Path, place: str
) -> None:
    # /proc refuses new files to everybody, root included.
    out = melody / "out.mid" if place == "a file's inside" else Path("/proc/composer/out.mid")
    before = melody.read_bytes()
    sentence = assert_one_sentence(composer_here("generate", melody, "-o", out))
    assert str(out) in sentence or str(out.parent) in sentence
    assert melody.read_bytes() == before


def test_several_melodies_do_not_fit_into_one_file(melody: Path, tmp_path: Path) -> None:
    second = write_melody(tmp_path / "second.mid")
    taken = tmp_path / "taken.mid"
    taken.write_bytes(b"mine")
    assert_one_sentence(composer_here("generate", melody, second, "-o", taken))
    assert taken.read_bytes() == b"mine"


def test_an_earlier_composition_survives_a_failure(melody: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mid"
    out.write_bytes(b"an earlier composition")
    composer_here("generate", not_midi(tmp_path), "-o", out)
    assert out.read_bytes() == b"an earlier composition"


# Bad models, in a folder that Composer looks into before its own.


def not_onnx(path: Path) -> None:
    path.write_text("These are not the weights you are looking for.\n" * 100)


def empty_model(path: Path) -> None:
    path.touch()


def a_stranger(path: Path) -> None:
    """Sound ONNX that was not made for Composer."""
    save_identity(path, {})


def wrong_shape(path: Path) -> None:
    """Calls itself a Composer model, but computes something else."""
    save_identity(path, {"format": "1", "technique": "refining", "title": "Bach"})


def save_identity(path: Path, metadata: dict[str, str]) -> None:
    pytest.importorskip("onnx", reason="the extra [train] is not installed")
    from onnx import TensorProto, helper, save

    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2])
    made = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2])
    node = helper.make_node("Identity", ["x"], ["y"])
    graph = helper.make_graph([node], "stranger", [given], [made])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, metadata)
    save(model, path)


@pytest.mark.parametrize(
    "damage", [not_onnx, empty_model, a_stranger, wrong_shape], ids=lambda damage: damage.__name__
)
def test_a_model_that_cannot_be_used_gets_a_sentence(
    melody: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    damage(models / "bach.onnx")
    out = tmp_path / "out.mid"
    environment = {"COMPOSER_MODELS": str(models)}
    done = composer_here("generate", melody, "-o", out, environment=environment)
    assert "bach" in assert_one_sentence(done)
    assert not out.exists()
    listed = composer_here("models", "--json", environment=environment)
    assert listed.returncode == 0, listed.stderr
    json.loads(listed.stdout)


def test_a_model_file_that_is_missing_gets_a_sentence(melody: Path, tmp_path: Path) -> None:
    model = tmp_path / "missing.onnx"
    done = composer_here("generate", melody, "-o", tmp_path / "out.mid", "--model", model)
    assert str(model) in assert_one_sentence(done)


def test_a_piece_is_composed_and_goes_on(tmp_path: Path) -> None:
    """From nothing to a piece of a band, and to a longer one that begins with every note of it."""
    first, longer = tmp_path / "first.mid", tmp_path / "longer.mid"
    made = composer("compose", "-o", first, "--style", "folk", "--bars", "4", "--seed", "5")
    assert (made.returncode, made.stderr) == (0, "")
    assert "4 bars, bars 1 to 4 are new, seed 5" in made.stdout
    made = composer("continue", first, "-o", longer, "--bars", "4", "--ending", "closed")
    assert (made.returncode, made.stderr) == (0, "")
    old, new = read_midi(first), read_midi(longer)
    assert new.bars == 8
    assert [track.name for track in new.tracks] == ["Melody", "Chords", "Bass", "Drums"]
    for before, after in zip(old.tracks, new.tracks, strict=True):
        assert set(before.notes) <= set(after.notes)
        assert len(after.notes) > len(before.notes)
    assert old.key_signature is not None
    assert new.tracks[0].notes[-1].pitch % 12 == old.key_signature.tonic
