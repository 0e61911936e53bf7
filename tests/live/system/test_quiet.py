import os

import pytest

from composer_app.live.system.quiet import quiet_stderr


def test_nothing_is_heard_inside_and_everything_outside(capfd: pytest.CaptureFixture[str]) -> None:
    os.write(2, b"before ")
    with quiet_stderr():
        os.write(2, b"inside ")
    os.write(2, b"after")
    assert capfd.readouterr().err == "before after"


def test_an_error_inside_gives_the_voice_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), quiet_stderr():
        raise KeyError
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_a_process_without_stderr_needs_no_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    def dup(descriptor: int) -> int:
        raise OSError("Bad file descriptor")

    monkeypatch.setattr(os, "dup", dup)
    ran = False
    with quiet_stderr():
        ran = True
    assert ran
