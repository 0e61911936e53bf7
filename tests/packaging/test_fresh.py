"""Trying a bare Debian: what it says where it cannot, and what it hands on where it can."""

import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import fresh
import pytest

from tests.streams import next_line


def can_mount() -> bool:
    """Whether this user may have name spaces of its own here."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    done = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return done.returncode == 0


@pytest.fixture
def root_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)


def test_an_ordinary_person_is_told_who_can(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert fresh.main([]) == 1
    assert capsys.readouterr().err == "A bare Debian can be tried by root only: sudo make fresh\n"


@pytest.mark.parametrize(
    ("missing", "package"),
    [("debootstrap", "debootstrap"), ("unshare", "util-linux"), ("setpriv", "util-linux")],
)
def test_a_missing_tool_is_named(
    root_user: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    missing: str,
    package: str,
) -> None:
    monkeypatch.setattr(
        "shutil.which", lambda name, path: None if name == missing else f"/usr/bin/{name}"
    )
    assert fresh.main(["--suite", "trixie"]) == 1
    said = capsys.readouterr().err
    assert said == f"{missing} is missing: type: apt-get install {package}\n"


def test_the_new_user_has_nothing_of_ours_but_the_way_to_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fresh, "pip_settings", lambda: {"PIP_CERT": "/a", "PIP_TIMEOUT": "9"})
    ours = {
        "PATH": "/home/me/bin",
        "DISPLAY": ":0",
        "CI": "true",
        "PYTHONPATH": "/src",
        "https_proxy": "proxy",
        "NO_PROXY": "localhost",
        "PIP_TIMEOUT": "60",
        "SSL_CERT_FILE": "/b",
    }
    theirs = fresh.environment(ours)
    assert theirs == {
        "PATH": fresh._PATH,
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "https_proxy": "proxy",
        "NO_PROXY": "localhost",
        "PIP_CERT": "/a",
        "PIP_TIMEOUT": "60",
        "SSL_CERT_FILE": "/b",
    }


def test_folders_that_pip_is_pointed_to_can_be_seen_from_inside(tmp_path: Path) -> None:
    (tmp_path / "index" / "simple").mkdir(parents=True)
    (tmp_path / "wheels").mkdir()
    (tmp_path / "caps.txt").touch()
    found = fresh.local_sources(
        [
            f"file://{tmp_path}/index/simple {tmp_path}/nowhere",
            f"{tmp_path}/wheels",
            f"{tmp_path}/caps.txt",
            "1 / relative /etc/ssl/certs/ca-certificates.crt",
        ]
    )
    assert found == [tmp_path / "index", tmp_path / "wheels", tmp_path / "caps.txt"]


def test_settings_of_pip_become_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("[global]\ntimeout = 7\nextra-index-url =\n  file:///a\n  file:///b\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    settings = fresh.pip_settings()
    assert settings["PIP_TIMEOUT"] == "7"
    assert settings["PIP_EXTRA_INDEX_URL"].split() == ["file:///a", "file:///b"]


def test_one_debian_is_tried_by_one_at_a_time(
    root_user: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(fresh, "FOLDER", tmp_path)
    # What it needs may be missing here.
    monkeypatch.setattr(fresh, "check", lambda: None)
    with (tmp_path / "trixie.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert fresh.main(["--suite", "trixie"]) == 1
    assert "is being tried already" in capsys.readouterr().err


@pytest.mark.parametrize("killed", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.skipif(not can_mount(), reason="only root can mount, and not everywhere")
def test_a_kill_leaves_no_mount_and_no_process(
    tmp_path: Path, repository: Path, killed: signal.Signals
) -> None:
    """The real name spaces, in which something is mounted and runs, are killed."""
    inside = tmp_path / "inside.py"
    inside.write_text(
        "import subprocess, sys, time\n"
        f"subprocess.run(['mount', '-t', 'tmpfs', 'tmpfs', {str(tmp_path)!r}], check=True)\n"
        f"open({str(tmp_path)!r} + '/hidden', 'w')\n"
        "print('mounted', flush=True)\n"
        "subprocess.run(['sleep', '300'])\n"
    )
    code = f"import fresh, sys; fresh.__file__ = {str(inside)!r}; fresh.check = lambda: None;"
    code += f"fresh.FOLDER = fresh.Path({str(tmp_path / 'fresh')!r}); sys.exit(fresh.main([]))"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(repository / "scripts")},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    assert next_line(process) == "mounted\n"
    process.send_signal(killed)
    assert process.wait() == (-killed if killed is signal.SIGKILL else 130)
    # Its output ends when the last process inside has ended.
    assert select.select([process.stdout], [], [], 60)[0]
    assert process.stdout.read() == ""
    process.stdout.close()
    assert str(tmp_path) not in Path("/proc/mounts").read_text()
    assert not (tmp_path / "hidden").exists()
    assert inside.exists()
