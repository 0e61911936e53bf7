"""The studio is killed again and again, at random moments, and what is left is looked at.

``python -m tests.acceptance.killing --kills 200`` prints what was lost. Several studios are run
side by side, each with folders of its own, in which one session follows another: each brings back
what the one before it has left, works (see kill_peer.py), and is killed.

Lost is, in seconds before the kill, everything that is neither offered back nor in a file that
was saved. Damage is: a file that is not whole, or holds something that nobody wrote, or an older
state than was said to be there; somebody else's file that has changed; a temporary file that is
still there after the next start; a left-over that is not offered.
"""

import argparse
import json
import os
import random
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

from composer_app.music.composition import Composition
from composer_app.music.midi.file import read_midi, write_midi
from composer_app.project.project_file import read_project
from composer_app.studio.document.document import Document
from composer_app.studio.document.recovery import Recovery
from tests.acceptance.kill_peer import digest
from tests.studio.support import scale

ROOT = Path(__file__).resolve().parents[2]
# Everything before that many seconds must be safe.
PROMISE = 5.0
# Only what never comes is waited for so long.
PATIENCE = 120.0
# Kills come so many seconds after the work has begun, and some while the studio still starts.
WORKING = (0.0, 6.0)
STARTING = (0.3, 3.0)
SHARE_STARTING = 0.12

# Digests and the time at which each was followed by the next one.
Facts = dict[str, Any]


@dataclass
class Outcome:
    """What so many kills have done."""

    kills: int = 0
    while_starting: int = 0
    while_recording: int = 0
    pieces: int = 0
    recordings: int = 0
    files: int = 0
    lost: list[float] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Count what another chain has seen as well."""
        for name in ("kills", "while_starting", "while_recording", "pieces", "recordings", "files"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.lost += other.lost
        self.damage += other.damage

    @property
    def most_lost(self) -> float:
        """Seconds of work."""
        return max(self.lost, default=0.0)

    def sentence(self) -> str:
        """All of it in a line."""
        lost = sorted(self.lost)
        median = lost[len(lost) // 2] if lost else 0.0
        return (
            f"{self.kills} kills ({self.while_starting} while starting, {self.while_recording}"
            f" while recording): {self.pieces} unsaved pieces and {self.recordings} recordings"
            f" looked for, {self.files} files read; lost at most {self.most_lost:.2f} s, median"
            f" {median:.2f} s; {len(self.damage)} damaged"
        )


@dataclass
class Piece:
    """An unsaved piece that the next start must offer, or have in one of ``files``.

    ``states`` are (digest, when it was superseded), the last one at the kill.
    """

    begun: float
    states: list[tuple[str, float]]
    killed: float

    def lost(self, found: set[str]) -> float:
        """Seconds before the kill from which on nothing was found."""
        times = [until for state, until in self.states if state in found]
        return self.killed - max(times, default=self.begun)

    def __str__(self) -> str:
        return f"a piece of {len(self.states)} states, {self.killed - self.begun:.1f} s old"


@dataclass
class Take:
    """A recording that was cut short: keys that were struck, and when."""

    keys: list[list[int]]
    times: list[float]
    killed: float

    def lost(self, found: list[list[list[int]]]) -> float:
        """Seconds before the kill from which on no key was found."""
        best = max((len(each) for each in found if each == self.keys[: len(each)]), default=0)
        return self.killed - self.times[best] if best < len(self.times) else 0.0

    def __str__(self) -> str:
        return f"a recording of {len(self.keys)} keys"


class Child:
    """A studio at work, and what it has said so far."""

    def __init__(self, data: Path, music: Path, seed: int) -> None:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
        arguments = (str(data), str(music), str(seed))
        command = [sys.executable, "-m", "tests.acceptance.kill_peer", *arguments]
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        self.said: list[Facts] = []
        self._lines: Queue[str | None] = Queue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def listen(self, until: str | None = None, deadline: float = float("inf")) -> bool:
        """Take note of what it says, to the end or ``until`` it says that; whether it did."""
        while (rest := deadline - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=min(rest, PATIENCE))
            except Empty:
                return False
            if line is None:
                return False
            # The last line may be torn.
            if line.endswith("\n"):
                self.said.append(json.loads(line))
                if self.said[-1]["what"] == until:
                    return True
        return False

    def go(self) -> None:
        """Let it work."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def kill(self) -> float:
        """Kill it, and hear the rest of what it said before; the time."""
        killed = time.monotonic()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.listen()
        return killed

    def complaints(self) -> str:
        """What it wrote to stderr."""
        self.errors.seek(0)
        return self.errors.read()

    def of(self, what: str) -> list[Facts]:
        """All that it said of this kind."""
        return [each for each in self.said if each["what"] == what]


class Chain:
    """Sessions in one pair of folders, one after the other."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.data, self.music = folder / "data", folder / "music"
        self.recovery = self.data / "recovery"
        self.music.mkdir(parents=True)
        self._random = random.Random(seed)
        self._seed = seed
        self.outcome = Outcome()
        # What the next session must offer.
        self._pieces: list[Piece] = []
        self._takes: list[Take] = []
        # Digests that were to be written to each file, in order, and how many were to begin with.
        self._asked: dict[str, list[str]] = {}
        self._certain: dict[str, int] = {}
        self._known: set[str] = set()
        self._strangers = {
            self.music / "theirs.mid": b"MThd, theirs",
            self.music / ".composer-notes.tmp": b"notes",
            self.music / "letter.txt": b"Dear Sir",
        }
        for path, content in self._strangers.items():
            path.write_bytes(content)

    def protect(self, path: Path) -> None:
        """``path`` is another session's, which is still running."""
        self._strangers[path] = path.read_bytes()

    def run(self, kills: int) -> Outcome:
        """So many sessions that are killed, and one that looks at what the last one left."""
        for _ in range(kills):
            self._session(kill=True)
        self._session(kill=False)
        return self.outcome

    # -- one session -----------------------------------------------------------------------

    def _session(self, *, kill: bool) -> None:
        child = Child(self.data, self.music, self._random.randrange(1 << 30))
        begun = time.monotonic()
        started = False
        killed = begun
        try:
            if kill and self._random.random() < SHARE_STARTING:
                child.listen("ready", begun + self._random.uniform(*STARTING))
                self.outcome.while_starting += 1
            else:
                started = child.listen("ready", begun + PATIENCE)
                if not started:
                    self._damaged(f"a studio that did not start: {child.complaints()[-2000:]}")
                self._look_at_temporaries()
                if kill:
                    child.go()
                    child.listen(deadline=time.monotonic() + self._random.uniform(*WORKING))
        finally:
            killed = child.kill()
        self.outcome.kills += kill
        self._look_at_complaints(child)
        self._look_at_what_came_back(child, complete=started)
        self._look_at_files(child)
        self._expect(child, killed)

    def _look_at_complaints(self, child: Child) -> None:
        complaints = child.complaints()
        if "Traceback" in complaints:
            self._damaged(f"an error: {complaints[-2000:]}")

    def _look_at_temporaries(self) -> None:
        """They go while the studio starts; nobody waits for that."""
        deadline = time.monotonic() + PATIENCE
        while left := [
            path
            for folder in (self.music, self.recovery)
            for path in (*folder.glob(".composer-*.tmp"), *folder.glob("*.folders"))
            if path not in self._strangers and not self._is_of_another(path)
        ]:
            if time.monotonic() > deadline:
                self._damaged(f"left: {[path.name for path in left]}")
                return
            time.sleep(0.02)

    def _is_of_another(self, path: Path) -> bool:
        sessions = {each.name.partition("-")[0] for each in self._strangers}
        return path.stem in sessions

    def _look_at_what_came_back(self, child: Child, *, complete: bool) -> None:
        """Is everything there that the session before should have left?"""
        back = child.of("back")
        digests = {each["digest"] for each in back}
        struck = [each["struck"] for each in back if "recording" in each["question"]]
        for each in back:
            if "recording" not in each["question"] and each["digest"] not in self._known:
                self._damaged(f"something that nobody wrote came back: {each}")
        self._known |= digests
        if not complete:
            # Killed before everything was brought back: the rest is for the next one.
            return
        saved = set(self._contents().values())
        for piece in self._pieces:
            self.outcome.pieces += 1
            # Those that only came back, and nobody worked on, would flatter the median.
            changing = len(piece.states) > 1
            self._note_lost(piece.lost(digests | saved), str(piece), changing=changing)
        for take in self._takes:
            self.outcome.recordings += 1
            performed = [each["struck"] for each in back if each["struck"]]
            self._note_lost(take.lost(struck + performed), str(take), changing=True)
        self._pieces, self._takes = [], []

    def _note_lost(self, seconds: float, what: str, *, changing: bool) -> None:
        if changing:
            self.outcome.lost.append(seconds)
        if seconds > PROMISE:
            self._damaged(f"{seconds:.1f} s lost of {what}")

    def _contents(self) -> dict[str, str]:
        """What each MIDI file and each project holds."""
        contents = {}
        for path in (*self.music.glob("*.mid"), *self.music.glob("*.composer")):
            if path not in self._strangers:
                try:
                    contents[path.name] = digest(_music(path))
                except Exception as error:
                    self._damaged(f"{path.name} is not whole: {error}")
        return contents

    def _note_what_was_written(self, child: Child) -> None:
        for each in child.said:
            if each["what"] == "asked":
                self._asked.setdefault(each["file"], []).append(each["digest"])
            elif each["what"] == "written":
                for name, state in each["files"].items():
                    asked = self._asked.setdefault(name, [])
                    if state not in asked:
                        # Both are words of the same process on what it asked for, and now and then
                        # the first has not arrived. What the file holds is looked at in any case.
                        asked.append(state)
                    self._certain[name] = len(asked) - 1 - asked[::-1].index(state)

    def _look_at_files(self, child: Child) -> None:
        self._note_what_was_written(child)
        contents = self._contents()
        for name, state in contents.items():
            self.outcome.files += 1
            asked = self._asked.get(name, [])
            if state not in asked:
                self._damaged(f"{name} holds what nobody wanted there")
            elif state not in asked[self._certain.get(name, 0) :]:
                self._damaged(f"{name} holds an older state than was said")
        for name in self._certain.keys() - contents.keys():
            self._damaged(f"{name} has gone")
        for path in (*self.music.glob("*.wav"), *self.music.glob("*.ogg")):
            self.outcome.files += 1
            self._look_at_sound(path)
        self._look_at_strangers()

    def _look_at_strangers(self) -> None:
        for path, content in self._strangers.items():
            if not path.exists() or path.read_bytes() != content:
                self._damaged(f"{path.name}, which is not ours, has been touched")
        for path in self.recovery.glob("*"):
            if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:
                self._damaged(f"others may read {path.name}")

    def _look_at_sound(self, path: Path) -> None:
        import soundfile

        try:
            samples, _ = soundfile.read(path)
        except Exception as error:
            self._damaged(f"{path.name} is not whole: {error}")
        else:
            if len(samples) < 1000:
                self._damaged(f"{path.name} holds {len(samples)} samples")

    def _expect(self, child: Child, killed: float) -> None:
        """What the next session must offer after this one."""
        by_piece: dict[int, list[Facts]] = {}
        for each in child.of("state"):
            by_piece.setdefault(each["piece"], []).append(each)
            self._known.add(each["digest"])
        for states in by_piece.values():
            if states[-1]["modified"]:
                until = [each["t"] for each in states[1:]] + [killed]
                digests = [each["digest"] for each in states]
                both = list(zip(digests, until, strict=True))
                self._pieces.append(Piece(states[0]["t"], both, killed))
        begun = max((each["t"] for each in child.of("recording")), default=killed)
        ended = max((each["t"] for each in child.of("recorded")), default=0.0)
        strikes = [each for each in child.of("strike") if each["t"] >= begun]
        if begun > ended and strikes:
            self.outcome.while_recording += 1
            times = [each["t"] for each in strikes]
            self._takes.append(Take([each["key"] for each in strikes], times, killed))

    def _damaged(self, what: str) -> None:
        self.outcome.damage.append(f"seed {self._seed}: {what}")


# -- many of them ------------------------------------------------------------------------------


def share_out(kills: int, chains: int) -> list[int]:
    """How many kills each of the chains gets."""
    return [kills // chains + (index < kills % chains) for index in range(chains)]


def run(kills: int, seed: int, folder: Path, at_once: int = 4, longest: int = 10) -> Outcome:
    """Kill so often in all, ``longest`` times in one pair of folders at most."""
    chains = max(min(at_once, kills), -(-kills // longest))
    outcome = Outcome()
    with ThreadPoolExecutor(at_once) as pool, another_session() as protect:
        made = [Chain(folder / str(number), seed + number) for number in range(chains)]
        for chain in made:
            protect(chain)
        for each in pool.map(Chain.run, made, share_out(kills, chains)):
            outcome.add(each)
    return outcome


def _music(path: Path) -> Composition:
    return read_midi(path) if path.suffix == ".mid" else read_project(path).composition


@contextmanager
def another_session() -> Iterator[Any]:
    """Sessions of our own, one beside each chain: nobody is to touch what is theirs."""
    opened: list[Recovery] = []

    def protect(chain: Chain) -> None:
        document = Document()
        recovery = Recovery(document, chain.recovery)
        opened.append(recovery)
        document.begin(scale("Theirs"), "Record", saved=False)
        assert recovery.finish() is None
        for path in chain.recovery.glob("*.composer"):
            chain.protect(path)
        half = chain.recovery / "unfinished.txt"
        write_midi(scale("Not a session's"), half)
        half.chmod(0o600)
        chain.protect(half)

    try:
        yield protect
    finally:
        for recovery in opened:
            recovery.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill as often as is asked, and say what was lost; 1 if that was too much."""
    from PySide6.QtCore import QCoreApplication

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 20))
    args = parser.parse_args(arguments)
    application = QCoreApplication([])
    print(f"seed {args.seed}", flush=True)  # noqa: T201
    with tempfile.TemporaryDirectory(prefix="composer-kills-") as folder:
        outcome = run(args.kills, args.seed, Path(folder), args.at_once)
    del application
    print("\n".join([*outcome.damage, outcome.sentence()]))  # noqa: T201
    return 1 if outcome.damage or outcome.most_lost > PROMISE else 0


if __name__ == "__main__":
    sys.exit(main())
