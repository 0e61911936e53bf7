"""Files on the command line, and the streams that stand for them."""

import argparse
import io
import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from composer_app.errors import MidiFileError, SettingError, StreamError
from composer_app.file_arguments import (
    STANDARD,
    check_output,
    file_argument,
    input_name,
    is_standard,
    named_file,
    output_file,
    output_name,
    read_input,
    read_piece,
    write_output,
    write_piece,
)
from composer_app.music.composition import Composition
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.midi.file import midi_bytes, read_midi
from composer_app.notation.piece_file import MAX_FILE_BYTES
from tests.streams import Standing, take_output

TWINKLE = Composition.from_melody(load_sample("twinkle"))


def test_a_dash_is_a_stream_and_every_other_name_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert is_standard(file_argument("-"))
    for name in ("./-", "a/-", "--", "-x", "a.mid", "", "-\n"):
        assert not is_standard(file_argument(name)), name
    write_piece(TWINKLE, file_argument("./-"))
    assert (tmp_path / "-").is_file()
    assert read_piece(file_argument("./-")) == TWINKLE
    assert (input_name(STANDARD), output_name(STANDARD)) == ("standard input", "standard output")
    assert input_name(Path("a.mid")) == output_name(Path("a.mid")) == "a.mid"


def test_where_a_name_is_needed_a_dash_is_none() -> None:
    assert named_file("a.mid") == Path("a.mid")
    assert named_file("./-") == Path("-")
    with pytest.raises(argparse.ArgumentTypeError, match="a name is needed"):
        named_file("-")


def test_a_piece_goes_through_the_streams(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    output = take_output(monkeypatch)
    write_piece(TWINKLE, STANDARD)
    monkeypatch.setattr(sys, "stdin", Standing(output.getvalue()))
    assert read_piece(STANDARD) == TWINKLE
    (tmp_path / "t.mid").write_bytes(output.getvalue())
    assert read_midi(tmp_path / "t.mid") == TWINKLE


@pytest.mark.parametrize("standard", [True, False])
def test_what_was_mended_is_said_aside(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    standard: bool,
) -> None:
    data = midi_bytes(TWINKLE)
    path = STANDARD if standard else tmp_path / "t.mid"
    for junk in (b"", b"Dear Sir,\r\n"):
        monkeypatch.setattr(sys, "stdin", Standing(junk + data))
        (tmp_path / "t.mid").write_bytes(junk + data)
        assert read_piece(path) == TWINKLE
        captured = capsys.readouterr()
        assert captured.out == ""
        if junk:
            (line,) = captured.err.splitlines()
            assert line.startswith(f"{input_name(path)} was read with changes")
            assert line.endswith("what stands before its music is skipped.")
        else:
            assert captured.err == ""


def test_what_is_read_has_a_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x" * 10)
    for path in (STANDARD, tmp_path / "f"):
        monkeypatch.setattr(sys, "stdin", Standing(b"x" * 10))
        assert read_input(path, 10) == b"x" * 10
    monkeypatch.setattr(sys, "stdin", Standing(b"x" * 10))
    with pytest.raises(StreamError, match="is larger than 9e-06 MB"):
        read_input(STANDARD, 9)
    with pytest.raises(OSError, match="larger"):
        read_input(tmp_path / "f", 9)
    monkeypatch.setattr(sys, "stdin", Standing(b"x" * (MAX_FILE_BYTES + 1)))
    with pytest.raises(MidiFileError, match="standard input is larger than 32 MB"):
        read_piece(STANDARD)


def test_an_input_that_cannot_be_read_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(StreamError, match="is closed"):
        read_piece(STANDARD)
    with pytest.raises(StreamError, match="is closed"):
        read_input(STANDARD, 10)
    monkeypatch.setattr(sys, "stdin", Standing(terminal=True))
    with pytest.raises(StreamError, match="is this terminal"):
        read_piece(STANDARD)
    # A person may type numbers.
    assert read_input(STANDARD, 10) == b""


def test_an_input_that_breaks_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    number = os.open("/", os.O_RDONLY)

    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: object) -> int:
            os.read(number, 1)
            return 0

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Broken())))
    with pytest.raises(StreamError, match="cannot be read: it is a folder"):
        read_input(STANDARD, 10)
    os.close(number)


def test_a_terminal_gets_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    output = take_output(monkeypatch, terminal=True)
    for attempt in (check_output, lambda path: write_output(path, b"\x1b[2J")):
        with pytest.raises(StreamError, match="is this terminal"):
            attempt(STANDARD)
    assert output.getvalue() == b""
    check_output(Path("any.mid"))


def test_an_output_that_is_closed_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stdout__", None)
    with pytest.raises(StreamError, match="Standard output is closed"):
        write_output(STANDARD, b"x")


def test_an_output_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "f"
    write_output(path, b"before")
    with suppress(ZeroDivisionError), output_file(path) as file:
        file.write(b"after")
        raise ZeroDivisionError
    assert path.read_bytes() == b"before"
    with pytest.raises(SettingError, match="cannot be written: it is a folder; choose another"):
        write_output(tmp_path, b"x")
