"""Tries Composer on a bare Debian: ``python scripts/fresh.py --suite trixie --target run``.

debootstrap makes a Debian with nothing but git, make and Python in a folder of build/fresh; the
committed state of this checkout is cloned into it, and make is run there as a new user would. The
bare system and what pip downloads are kept for the next time, what was installed is not.

Everything that mounts something runs in name spaces of its own, so that no mount and no process
is left when it ends, however it ends. Needs root, for that and for chroot.
"""

import argparse
import ast
import fcntl
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "build" / "fresh"
# What pip downloads is kept, too.
DOWNLOADS: Final = FOLDER / "pip"
TARGETS: Final = ("run", "test")
# What the README asks a new user to have.
BARE: Final = ("git", "make", "python3", "ca-certificates")
_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_BUNDLE: Final = "composer.bundle"
_CERTIFICATES: Final = Path("/etc/ssl/certs/ca-certificates.crt")
# How this machine reaches the network is handed on; nothing of it is written down.
_NETWORK: Final = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy")
_TRUST: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO")


class FreshError(Exception):
    """It cannot be tried here; the text says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Try it; returns make's exit status."""
    parser = argparse.ArgumentParser(description="Try Composer on a bare Debian.")
    parser.add_argument("--suite", default="trixie", help="the release of Debian")
    parser.add_argument("--target", default="run", choices=TARGETS, help="what to make there")
    parser.add_argument("--torch", default="", help="TORCH for make, where not the usual one")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    try:
        if options.inside:
            return attempt(options.suite, options.target, options.torch)
        check()
        signal.signal(signal.SIGTERM, _interrupt)
        return attend(options.suite, sys.argv[1:] if arguments is None else arguments)
    except FreshError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        if not options.inside:
            print("\nInterrupted.", file=sys.stderr)
        return 130


def check() -> None:
    """Raise :class:`FreshError` where this machine lacks what the trial needs."""
    if os.geteuid() != 0:
        raise FreshError("A bare Debian can be tried by root only: sudo make fresh")
    if not sys.platform.startswith("linux"):
        raise FreshError("A bare Debian can be tried on Linux only.")
    needed = {"debootstrap": "debootstrap", "unshare": "util-linux", "setpriv": "util-linux"}
    for command, package in needed.items():
        if shutil.which(command, path=f"{os.environ.get('PATH', '')}:{_PATH}") is None:
            raise FreshError(f"{command} is missing: type: apt-get install {package}")


def attend(suite: str, arguments: Sequence[str]) -> int:
    """Have it tried in name spaces of its own, and clean up; returns make's exit status."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{suite}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FreshError(f"Debian {suite} is being tried already: wait for that.") from None
        left = (_root(suite), _half(suite))
        try:
            # What a killed one has left.
            _remove(*left)
            return enter(["--inside", *arguments])
        finally:
            _remove(*left)


def enter(arguments: Sequence[str]) -> int:
    """Run this script in name spaces whose mounts and processes end with it, and it with us."""
    with_us = ("setpriv", "--pdeathsig", "KILL")
    spaces = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
    path = f"{os.environ.get('PATH', '')}:{_PATH}"
    process = subprocess.Popen(
        [*with_us, *spaces, sys.executable, __file__, *arguments],
        env={**os.environ, "PATH": path},
    )
    try:
        return process.wait()
    finally:
        process.kill()
        process.wait()


def attempt(suite: str, target: str, torch: str) -> int:
    """Make the bare system, clone into a copy of it, run make there; returns its status."""
    began = time.monotonic()
    base = bare_system(suite)
    made = time.monotonic()
    root = _root(suite)
    _run("cp", "--archive", "--reflink=auto", str(base), str(root))
    prepare(root)
    status = make(root, target, torch, FOLDER / f"{suite}-{target}.log")
    ended = time.monotonic()
    outcome = "done" if status == 0 else f"failed with status {status}"
    print(
        f"Debian {suite}, make {target}: {outcome} after {ended - made:.0f} s"
        f" (the bare system: {made - began:.0f} s).",
        flush=True,
    )
    return status


def bare_system(suite: str) -> Path:
    """The folder of a Debian with nothing but :data:`BARE`, made unless it is there."""
    base = FOLDER / f"{suite}-base"
    if base.exists():
        return base
    half = _half(suite)
    print(f"Making a bare Debian {suite} in {base}; it is kept until make clean.", flush=True)
    command = ["debootstrap", "--variant=minbase", f"--include={','.join(BARE)}", suite, str(half)]
    scripts = Path("/usr/share/debootstrap/scripts")
    if not (scripts / suite).exists():
        # A release that is younger than this debootstrap.
        command += ["", str(scripts / "sid")]
    log = FOLDER / f"{suite}-base.log"
    with log.open("w") as output:
        done = subprocess.run(command, stdout=output, stderr=output, check=False)
    if done.returncode != 0:
        last = (log.read_text(errors="replace").strip().splitlines() or ["it says nothing"])[-1]
        raise FreshError(f"debootstrap could not make a Debian {suite} ({last}); see {log}.")
    half.rename(base)
    return base


def prepare(root: Path) -> None:
    """Put the committed state, the network and the usual file systems into ``root``."""
    _run("git", "-C", str(ROOT), "bundle", "create", "--quiet", str(root / _BUNDLE), "HEAD")
    shutil.copyfile("/etc/resolv.conf", root / "etc" / "resolv.conf")
    certificates = _trusted()
    if certificates is not None:
        for place in {certificates, _CERTIFICATES}:
            target = root / place.relative_to("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(certificates, target)
    _run("mount", "-t", "proc", "proc", str(root / "proc"))
    _run("mount", "-t", "sysfs", "-o", "ro", "sysfs", str(root / "sys"))
    (root / "dev" / "shm").mkdir(exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", str(root / "dev" / "shm"))
    options = "newinstance,ptmxmode=0666,mode=620"
    _run("mount", "-t", "devpts", "-o", options, "devpts", str(root / "dev" / "pts"))
    for path in local_sources(pip_settings().values()):
        target = root / path.relative_to("/")
        _bind(path, target)
        _run("mount", "-o", "remount,bind,ro", str(target))
    DOWNLOADS.mkdir(exist_ok=True)
    _bind(DOWNLOADS, root / "root" / ".cache" / "pip")


def make(root: Path, target: str, torch: str, log: Path) -> int:
    """Clone and run make in ``root``, to the terminal and into ``log``; returns the status."""
    given = [f"TORCH={torch}"] if torch else []
    clone = f"git -c advice.detachedHead=false clone --quiet /{_BUNDLE} composer"
    script = f'cd && {clone} && cd composer && exec make {target} "$@"'
    command = ["chroot", str(root), "/bin/bash", "-c", script, "make", *given]
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            command,
            env=environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            file.write(line)
        return process.wait()


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """The variables of the new user: none of ``ours`` but those that lead to the network."""
    kept = [*_NETWORK, *(name.upper() for name in _NETWORK), *_TRUST]
    handed_on = {
        name: value for name, value in ours.items() if name in kept or name.startswith("PIP_")
    }
    own = {"PATH": _PATH, "HOME": "/root", "LANG": "C.UTF-8", "TERM": ours.get("TERM", "dumb")}
    return {**pip_settings(), **handed_on, **own}


def pip_settings() -> dict[str, str]:
    """What this machine's pip is configured to, as environment variables."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    settings = {}
    for line in done.stdout.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.partition(".")
        if section in ("global", "install") and value:
            settings[f"PIP_{name.upper().replace('-', '_')}"] = str(ast.literal_eval(value))
    return settings


def local_sources(values: Iterable[str]) -> list[Path]:
    """The folders and files of this machine that settings of pip name."""
    found = []
    for word in " ".join(values).split():
        # The pages of an index lead to files beside it.
        path = Path(word.removeprefix("file://"))
        path = path.parent if word.startswith("file://") else path
        if path.is_absolute() and path.exists() and path not in (Path("/"), _CERTIFICATES):
            found.append(path)
    return list(dict.fromkeys(found))


def _bind(path: Path, target: Path) -> None:
    """Let ``path``, a folder or a file of this machine, be seen at ``target``."""
    if path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    _run("mount", "--bind", str(path), str(target))


def _trusted() -> Path | None:
    """The file of certificates that programs of this machine trust."""
    named = [os.environ[name] for name in _TRUST if name in os.environ]
    default = ssl.get_default_verify_paths().cafile
    candidates = (*named, default, str(_CERTIFICATES))
    return next((Path(each) for each in candidates if each and Path(each).is_file()), None)


def _root(suite: str) -> Path:
    """Where the system is that is tried."""
    return FOLDER / f"{suite}-root"


def _half(suite: str) -> Path:
    """Where the bare system is while it is being made."""
    return FOLDER / f"{suite}-base.half"


def _remove(*folders: Path) -> None:
    """Remove ``folders``, but never what is mounted in them."""
    for folder in folders:
        if folder.exists():
            _run("rm", "--recursive", "--force", "--one-file-system", str(folder))


def _run(*command: str) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise FreshError(f"{' '.join(command)} failed; its own words are above.")


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
