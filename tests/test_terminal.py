"""What a command prints, and what it does where nobody can hear it."""

import errno
import io
import json
import sys

import pytest

from composer_app.errors import StreamError
from composer_app.terminal import flush_output, say, say_json, status_line, warn

HOSTILE = "Lead\0 \x1b[31mX\n\u202e"


class Full(io.StringIO):
    """A stream whose device is full, or whose reader has left."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error

    def flush(self) -> None:
        raise self.error


FULL = OSError(errno.ENOSPC, "No space left on device")


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_are_lines_whatever_they_quote(capsys: pytest.CaptureFixture[str]) -> None:
    say("one", HOSTILE)
    say("beside", aside=True)
    warn(HOSTILE, "two")
    assert capsys.readouterr() == ("one\nLead X\n", "beside\nLead X\ntwo\n")


def test_json_is_ascii_and_keeps_the_texts(capsys: pytest.CaptureFixture[str]) -> None:
    data = {"name": HOSTILE, "file": "caf\udce9.mid"}
    say_json(data)
    say_json(data, aside=True)
    for text in capsys.readouterr():
        assert text.isascii()
        assert "\x1b" not in text
        assert json.loads(text) == data


def test_a_full_device_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Full(FULL))
    for attempt in (lambda: say("x"), lambda: say_json(1), flush_output):
        with pytest.raises(StreamError, match=r"cannot be written \(No space left on device\)"):
            attempt()


def test_a_reader_that_has_left_is_no_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Full(BrokenPipeError(errno.EPIPE, "Broken pipe")))
    for attempt in (lambda: say("x"), lambda: say_json(1), flush_output):
        with pytest.raises(BrokenPipeError):
            attempt()


def test_where_nobody_hears_a_warning_the_work_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Full(FULL))
    warn("x")
    say("x", aside=True)
    say_json(1, aside=True)


def test_a_status_line_goes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with status_line() as show:
        assert show is not None
        show(HOSTILE + " 50%")
        show("n" * 500)
    first, second, last, nothing = screen.getvalue().split("\x1b[K")
    assert first == "\rLead X 50%"
    assert len(second) == 101
    assert (last, nothing) == ("\r", "")


def test_there_is_no_status_line_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)
    with status_line() as show:
        assert show is None
    assert file.getvalue() == ""
