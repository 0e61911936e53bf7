"""The virtual environment: who may change it, how it is made, and what pip installs into it.

Only the standard library is used: this runs before anything is installed.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

ROOT: Final = Path(__file__).resolve().parents[1]
CONSTRAINTS: Final = ROOT / "constraints.txt"
# Behind this line, constraints.txt has what this torch brings along.
WITH_TORCH: Final = "# With "

# Everything that a virtual environment and Composer's set-up put into its folder.
_OWN_NAMES: Final = frozenset(
    {"bin", "include", "lib", "lib64", "share", "etc", "pyvenv.cfg", ".gitignore"}
)
_OWN_PREFIX: Final = "composer-"
_UNFINISHED: Final = "A set-up has begun.\n"
_FULL: Final = ("No space left on device", "[Errno 28]", "Disk quota exceeded", "[Errno 122]")
_NEXT_TO_NOTHING: Final = 10_000_000  # bytes
_UNREACHABLE: Final = (
    "Failed to establish a new connection",
    "NewConnectionError",
    "NameResolutionError",
    "ConnectTimeoutError",
    "Temporary failure in name resolution",
    "Network is unreachable",
    "ProxyError",
)


class SetUpError(Exception):
    """The environment cannot be made; the text says what to do."""


class Environment:
    """The environment at ``venv``, which this process alone changes between enter and exit.

    Another set-up that is under way is waited for, also where its process was killed and pip
    still runs. Beside the folder, NAME.lock remembers a set-up that did not come to its end: what
    it has left is not trusted, since pip takes a half-installed package for an installed one.
    """

    def __init__(self, venv: Path) -> None:
        self.venv = venv
        self._path = venv.with_name(f"{venv.name}.lock")
        self._lock: IO[str] | None = None

    @property
    def python(self) -> str:
        """The environment's Python."""
        return str(self.venv / "bin" / "python")

    def __enter__(self) -> "Environment":
        """Wait until nobody else changes the environment. Raises :class:`SetUpError`."""
        try:
            self.venv.parent.mkdir(parents=True, exist_ok=True)
            self._lock = self._path.open("a+", encoding="utf-8")
        except OSError as error:
            raise SetUpError(
                f"{self._path} cannot be written ({error.strerror}): name a place of your own for"
                " the virtual environment, such as: make run VENV=~/composer-venv"
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Waiting for another set-up of {self.venv} to end.", flush=True)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        except OSError:  # a file system without locks
            pass
        return self

    def __exit__(self, *_: object) -> None:
        """Let others in."""
        if self._lock is not None:
            self._lock.close()

    def begin(self) -> None:
        """Remember that what is there is not to be trusted, until :meth:`end`."""
        self._note(_UNFINISHED)

    def end(self) -> None:
        """All is well again."""
        self._note("")

    def make(self) -> None:
        """Make an empty environment, unless one that works is there."""
        sound = not self._read()
        if sound and succeeds([self.python, "-m", "pip", "--version"]):
            return
        if self._somebody_elses():
            raise SetUpError(
                f"{self.venv} is in the way and is no virtual environment: move it elsewhere."
            )
        self.begin()
        print(f"Making a virtual environment in {self.venv} with {sys.executable}", flush=True)
        command = [sys.executable, "-m", "venv", "--clear", str(self.venv)]
        status, words = self._run(command)
        if status != 0:
            raise SetUpError(
                self._reason(words)
                or "Python could not make a virtual environment; its own words are above."
            )

    def pip(self, *what: str, build: bool = False) -> None:
        """Install ``what``. Raises :class:`SetUpError` where that fails.

        ``build``: the constraints hold for what it is built with as well.
        """
        status, words = self._install(what, build)
        if status != 0:
            raise SetUpError(
                self._reason(words)
                or "pip could not install what Composer needs; its own words are above. When the"
                " cause is gone, run the same command again."
            )

    def can_pip(self, *what: str, build: bool = False, silent: bool = False) -> bool:
        """Install ``what`` if that is possible; whether it was."""
        return self._install(what, build, silent)[0] == 0

    def _install(self, what: Sequence[str], build: bool, silent: bool = False) -> tuple[int, str]:
        quiet = [] if sys.stdout.isatty() and not silent else ["--quiet"]
        command = [self.python, "-m", "pip", "install", "--no-input", *quiet, *what]
        return self._run(command, building() if build else None, silent)

    def _run(
        self,
        command: Sequence[str],
        environment: dict[str, str] | None = None,
        silent: bool = False,
    ) -> tuple[int, str]:
        """Run ``command``; its status, and what it said on stderr, which is passed on as it comes.

        It holds the lock as long as it lives, should this process be killed.
        """
        held = () if self._lock is None else (self._lock.fileno(),)
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL if silent else None,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                cwd=ROOT,
                env=environment,
                pass_fds=held,
            )
        except OSError as error:
            return 1, str(error)
        words = []
        with process:
            assert process.stderr is not None
            for line in process.stderr:
                words.append(line)
                if not silent:
                    sys.stderr.write(line)
        return process.returncode, "".join(words)

    def _reason(self, words: str) -> str:
        # What makes an environment does not always say that the disk is full.
        with suppress(OSError):
            if shutil.disk_usage(self.venv).free < _NEXT_TO_NOTHING:
                return reason(_FULL[0])
        return reason(words)

    def _somebody_elses(self) -> bool:
        """Whether something is there that neither Python nor Composer has made."""
        if not self.venv.exists() or (self.venv / "pyvenv.cfg").exists():
            return False
        names = [path.name for path in self.venv.iterdir()]
        own = all(name in _OWN_NAMES or name.startswith(_OWN_PREFIX) for name in names)
        return bool(names) and not (own and self._read())

    def _read(self) -> str:
        if self._lock is None:
            return ""
        self._lock.seek(0)
        return self._lock.read()

    def _note(self, text: str) -> None:
        if self._lock is not None:
            try:
                self._lock.truncate(0)
                self._lock.write(text)
                self._lock.flush()
            except OSError as error:
                raise SetUpError(reason(str(error)) or f"{self._path}: {error}") from error


def reason(words: str) -> str:
    """What to do about a failure that explains itself in ``words``; empty where they are new."""
    if any(sign in words for sign in _FULL):
        return (
            "The disk is full, where the virtual environment goes or where temporary files do:"
            " make room and run the same command again."
        )
    if any(sign in words for sign in _UNREACHABLE):
        return (
            "The Python packages could not be downloaded: see that this computer reaches the"
            " network, and run the same command again."
        )
    return ""


def constraints(torch: str, venv: Path) -> Path:
    """The file of exact versions that goes with ``torch``.

    Another torch than the usual one brings along other versions, which are its own affair.
    """
    text = CONSTRAINTS.read_text(encoding="utf-8")
    always, mark, rest = text.partition(WITH_TORCH)
    if not mark or rest.split(":", 1)[0] == torch:
        return CONSTRAINTS
    own = venv / f"{_OWN_PREFIX}constraints.txt"
    own.write_text(always, encoding="utf-8")
    return own


def building() -> dict[str, str]:
    """The environment variables that make the constraints hold for build tools as well.

    pip has called this PIP_CONSTRAINT, and calls it PIP_BUILD_CONSTRAINT from 25.3 on.
    """
    # Relative, since pip would take a space in the path for the beginning of another one.
    ours = CONSTRAINTS.name
    before = os.environ.get("PIP_CONSTRAINT", "")
    return {
        **os.environ,
        "PIP_CONSTRAINT": f"{before} {ours}".strip(),
        "PIP_BUILD_CONSTRAINT": ours,
    }


def succeeds(command: Sequence[str]) -> bool:
    """Run ``command`` in silence; whether it ran and ended well."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0
