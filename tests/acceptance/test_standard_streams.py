"""Commands between pipes: ``-`` for a file, readers that leave, streams that are closed or full."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import mido
import pytest

from composer_app.training.corpora.corpus import save_corpus
from composer_app.training.corpora.style_corpora import read_style
from tests.acceptance.command_line import PATIENCE, TWINKLE, called, melody_events, midi_bytes

TUNE = midi_bytes([melody_events(TWINKLE)])
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")


def composer(
    *arguments: str,
    given: bytes = b"",
    close: Sequence[int] = (),
    full: Sequence[int] = (),
    folder: Path | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """``composer-app ARGUMENTS`` with ``given`` on standard input.

    ``close`` are the standard streams that are closed, ``full`` those that lead to a full device.
    """
    code = (
        "import os, sys\n"
        f"for number in {list(full)}: os.dup2(os.open('/dev/full', os.O_WRONLY), number)\n"
        f"for number in {list(close)}: os.close(number)\n"
        f"os.execv(sys.executable, [sys.executable, '-m', 'composer_app', *{list(arguments)}])"
    )
    package = str(Path(__file__).parents[2])
    path = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    return subprocess.run(
        [sys.executable, "-c", code],
        input=given,
        capture_output=True,
        cwd=folder,
        env={**environment, "PYTHONPATH": path},
        timeout=PATIENCE,
        check=False,
    )


def sentence(done: subprocess.CompletedProcess[bytes]) -> str:
    """``done`` failed as a command should, and this is what it said."""
    error = done.stderr.decode()
    assert done.returncode == 2, error
    assert error.count("\n") == 1, error
    # Some end with what they quote.
    assert error.endswith((".\n", "'\n"))
    return error


def tracks(data: bytes) -> int:
    file = mido.MidiFile(file=io.BytesIO(data))
    return sum(any(message.type == "note_on" for message in track) for track in file.tracks)


# - for a file


def test_a_sample_and_a_composition_go_from_hand_to_hand(tmp_path: Path) -> None:
    sample = composer("sample", "twinkle", "-o", "-", folder=tmp_path)
    assert sample.returncode == 0
    assert sample.stderr == b"standard output: Twinkle, Twinkle, Little Star, 12 bars\n"
    made = composer("generate", "-", "-o", "-", "--json", given=sample.stdout, folder=tmp_path)
    assert made.returncode == 0, made.stderr
    assert tracks(made.stdout) == 4
    (row,) = json.loads(made.stderr)["files"]
    assert (row["file"], row["melody"]) == ("-", "-")
    plain = called("generate", "-", "-o", "-", given=sample.stdout, folder=tmp_path)
    assert plain.stdout == made.stdout
    assert plain.stderr.startswith(b"standard output: 12 bars, seed 0, ")
    assert list(tmp_path.iterdir()) == []


def test_a_picture_and_statistics_are_made_of_what_comes_in(tmp_path: Path) -> None:
    picture = called("picture", "-", "-o", "-", given=TUNE, folder=tmp_path)
    assert picture.stdout.startswith(b"\x89PNG")
    assert picture.stderr == b"standard output: 4 bars\n"
    stats = called("stats", "-", given=TUNE, folder=tmp_path)
    assert stats.stdout.startswith(b"standard input\nC major, 4/4, ")
    assert json.loads(called("stats", "-", "--json", given=TUNE).stdout)["file"] == "-"
    plot = called("stats", "-", "--plot", "-", given=TUNE, folder=tmp_path)
    assert plot.stdout.startswith(b"\x89PNG")
    assert plot.stderr == stats.stdout
    fit = called("stats", "-", "--fit", "gaussian", given=b"1\n2\n3\n", folder=tmp_path)
    assert fit.stdout.startswith(b"standard input: 3 values\n")
    assert list(tmp_path.iterdir()) == []


def test_sound_is_a_stream_as_well(tmp_path: Path) -> None:
    pytest.importorskip("soundfile")
    done = composer("render", "-", "-o", "-", given=TUNE, folder=tmp_path)
    if b"SoundFont" in done.stderr or b"FluidSynth" in done.stderr:
        pytest.skip("there is nothing to play with here")
    assert done.stdout.startswith(b"RIFF")
    assert done.stdout[8:12] == b"WAVE"
    assert done.stderr.startswith(b"standard output: 0:0")
    assert list(tmp_path.iterdir()) == []


def test_a_corpus_is_a_stream_as_well(tmp_path: Path) -> None:
    corpus = composer("corpus", "hymn", "-o", "-", folder=tmp_path)
    assert corpus.stdout.startswith(b"PK")
    assert corpus.stderr == b"standard output: 280 pieces, 72118 steps\n"
    # A few of them are enough for a profile.
    few = tmp_path / "few" / "hymn.npz"
    save_corpus([piece for piece in read_style("hymn") if piece.split == "train"][:20], few)
    profile = called(
        "profile", "hymn", "--corpus", "-", "-o", "r.profile.json",
        given=few.read_bytes(), folder=few.parent,
    )  # fmt: skip
    assert profile.returncode == 0, profile.stderr
    written = sorted(path.name for path in few.parent.iterdir())
    assert written == ["hymn.copies.npz", "hymn.npz", "r.profile.json"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ("generate - tune.mid -o out", "Standard input is one melody"),
        ("generate tune.mid -o - --takes 2", "Standard output takes one piece"),
        ("generate tune.mid tune.mid -o -", "Standard output takes one piece"),
        ("generate - -o .", "has no name"),
        ("generate - -o out.mid --track 7", "standard input has only one track, not 7"),
        ("stats - --track 7", "standard input has one track"),
        ("render tune.mid -o out.wav --soundfont -", "a name is needed"),
        ("profile bach -o -", "a name is needed"),
        ("train --corpus -", "a name is needed"),
        ("train --out -", "a name is needed"),
        ("studio -", "a name is needed"),
        ("evaluate --melodies -", "a name is needed"),
    ],
)
def test_what_is_no_single_file_is_a_sentence(tmp_path: Path, arguments: str, why: str) -> None:
    (tmp_path / "tune.mid").write_bytes(TUNE)
    assert why in sentence(called(*arguments.split(), given=TUNE, folder=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["tune.mid"]


@pytest.mark.parametrize(
    ("arguments", "given", "why"),
    [
        ("stats -", b"", "standard input is empty"),
        ("stats -", b"1\n2\n", "add --fit gaussian"),
        ("stats -", TUNE[:20], "standard input is damaged"),
        ("picture - -o out.png", b"x" * 33_000_000, "standard input is larger than 32 MB"),
        ("stats - --fit gaussian", b"one\n", "Line 1 of standard input is not a number"),
        ("profile hymn --corpus - -o r.json", b"PK", "standard input is not a corpus"),
    ],
    ids=["empty", "numbers", "cut", "huge", "words", "no corpus"],
)
def test_what_is_wrong_with_the_input_is_a_sentence(
    tmp_path: Path, arguments: str, given: bytes, why: str
) -> None:
    assert why in sentence(called(*arguments.split(), given=given, folder=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_an_input_without_end_is_not_read_to_its_end() -> None:
    with Path("/dev/zero").open("rb") as endless:
        done = subprocess.run(
            [sys.executable, "-m", "composer_app", "stats", "-"],
            stdin=endless,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    assert "larger than 32 MB" in sentence(done)


@pytest.mark.parametrize(
    "command",
    ["generate", "render", "play", "stats", "picture", "sample", "corpus", "export", "evaluate"],
)
def test_help_tells_of_it(command: str) -> None:
    text = " ".join(called(command, "--help").stdout.decode().split())
    assert "- is standard input" in text or "- is standard output" in text


def test_a_terminal_gets_no_file() -> None:
    import pty

    screen, line = pty.openpty()
    with ExitStack() as stack:
        stack.callback(os.close, screen)
        done = subprocess.run(
            [sys.executable, "-m", "composer_app", "sample", "twinkle", "-o", "-"],
            stdout=line,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
        os.close(line)
        assert "Standard output is this terminal" in sentence(done)


# readers that leave, streams that are closed or full


@pytest.mark.parametrize("arguments", ["models", "models --json", "--help", "stats tune.mid"])
@pytest.mark.parametrize("buffered", [True, False])
def test_a_reader_that_leaves_ends_it_quietly(
    tmp_path: Path, arguments: str, buffered: bool
) -> None:
    (tmp_path / "tune.mid").write_bytes(TUNE)
    environment = {**os.environ, "PYTHONUNBUFFERED": "" if buffered else "1"}
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "composer_app", *arguments.split()],
        stdout=writing,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        cwd=tmp_path,
        env=environment,
        timeout=PATIENCE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_reader_of_a_file_that_leaves_ends_it_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "composer_app", "sample", "twinkle", "-o", "-"],
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=PATIENCE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("close", [(1,), (0, 1), (0, 1, 2), (2,)], ids=str)
def test_closed_streams_disturb_nobody(tmp_path: Path, close: tuple[int, ...]) -> None:
    for arguments in (["models"], ["sample", "twinkle", "-o", "t.mid"], ["--help"]):
        done = composer(*arguments, close=close, folder=tmp_path)
        assert (done.returncode, done.stderr) == (0, b"")
    # Nothing that was printed went into the file that might have got the stream's number.
    assert tracks((tmp_path / "t.mid").read_bytes()) == 1


def test_a_stream_that_is_closed_and_needed_is_a_sentence(tmp_path: Path) -> None:
    assert "Standard output is closed" in sentence(
        composer("sample", "twinkle", "-o", "-", close=[1], folder=tmp_path)
    )
    assert "Standard input is closed" in sentence(composer("stats", "-", close=[0]))


@needs_full
@pytest.mark.parametrize(
    "arguments", ["models", "models --json", "--help", "--version", "sample twinkle -o -"]
)
def test_a_full_device_is_a_sentence(arguments: str) -> None:
    done = composer(*arguments.split(), full=[1])
    assert "Standard output cannot be written (No space left on device)" in sentence(done)


@needs_full
def test_where_no_warning_can_be_heard_the_status_tells() -> None:
    assert composer("stats", "missing.mid", full=[2]).returncode == 2
    assert composer("stats", "missing.mid", full=[1, 2]).returncode == 2
    assert composer("models", full=[1, 2]).returncode == 2
