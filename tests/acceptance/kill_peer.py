"""The studio as a process of its own that works as fast as it can, until it is killed.

``python -m tests.acceptance.kill_peer SETTINGS MUSIC SEED``: brings back whatever is offered, says
"ready", waits for a line, and then edits, saves, exports and records at random, without end. What
it does it prints, a line of JSON each, with the time (``time.monotonic``, the same for all
processes of a machine):

- ``state``: the document has changed; ``piece`` is its number, ``digest`` what it holds now,
  ``modified`` whether no file has it.
- ``offered``: a question, and ``back`` when it has been answered by bringing back: the digest and
  the keys that were struck, as [pitch, velocity].
- ``asked``: this digest is to be written to that file; ``written``: it is there now.
- ``strike``: a key was struck while recording.
"""

import hashlib
import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from composer_app.live.midi.outputs import MidiOutputs
from composer_app.live.note_sink import SilentSynthesizer
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.widgets.theme import apply_theme
from composer_app.studio.window.main_window import MainWindow, open_main_window
from composer_app.studio.window.services import Services, build_services
from tests.live.midi_fakes import FakeSystem
from tests.studio.support import AnsweringDialogs, FakePorts

TICK_MS = 12
MOST_NOTES = 120
REFUSED = ("changed", "error", "file")


def digest(composition: Composition) -> str:
    """The same for equal compositions."""
    return hashlib.sha1(repr(composition).encode()).hexdigest()


def say(what: str, **facts: object) -> None:
    """Print a line, which is on its way before anything else happens."""
    sys.stdout.write(json.dumps({"t": time.monotonic(), "what": what, **facts}) + "\n")
    sys.stdout.flush()


class Worker:
    """A person in a hurry."""

    def __init__(
        self, window: MainWindow, services: Services, dialogs: AnsweringDialogs, music: Path
    ) -> None:
        seed = int(sys.argv[3])
        self._random = random.Random(seed)
        self._window, self._services, self._dialogs = window, services, dialogs
        self._music = music
        self._seed = seed
        self._count = 0
        self._asked: dict[str, str] = {}
        self._record_until = 0.0
        self._held: int | None = None
        self._go = Event()
        self._stand = window.message_bar.show_persistent
        window.message_bar.show_persistent = self._hear  # type: ignore[method-assign]
        services.document.stateChanged.connect(self._say_state)
        self._work = QTimer()
        self._work.timeout.connect(self._bring_back)
        self._work.start(TICK_MS)
        self._actions: list[tuple[float, Callable[[], None]]] = [
            (1.0, self._edit),
            (0.004, self._begin),
            (0.02, self._save_as),
            (0.06, self._save),
            (0.02, self._export),
            (0.004, self._export_audio),
            (0.012, self._record),
            (0.02, self._undo),
        ]

    # -- what was left over --------------------------------------------------------------------

    def _button(self, text: str) -> QPushButton | None:
        buttons = self._window.message_bar.action_buttons()
        return next((each for each in buttons if each.text() == text), None)

    def _bring_back(self) -> None:
        """Take back all that is offered, one piece a turn."""
        if not self._window.running or self._services.jobs.busy:
            return
        button = self._button("Bring Back")
        if button is not None:
            self._question = self._window.message_bar.text
            say("offered", question=self._question)
            before = self._services.document.piece_number
            button.click()
            self._work.stop()
            self._wait = QTimer()
            self._wait.timeout.connect(lambda: self._say_back(before))
            self._wait.start(1)
            return
        if self._window.message_bar.text:
            # Something else is being said: the question comes back after it.
            say("told", text=self._window.message_bar.text)
            self._window.message_bar.dismiss()
            return
        say("ready")
        self._work.stop()
        Thread(target=self._read, daemon=True).start()
        self._work = QTimer()
        self._work.timeout.connect(self._act)
        self._work.start(TICK_MS)

    def _say_back(self, before: int) -> None:
        document = self._services.document
        if document.piece_number == before:
            return
        self._wait.stop()
        composition = document.composition
        performance = composition.performance
        struck = [[note.pitch, note.velocity] for note in performance.notes] if performance else []
        say("back", question=self._question, digest=digest(composition), struck=struck)
        self._work.start(TICK_MS)

    def _read(self) -> None:
        sys.stdin.readline()
        self._go.set()

    # -- work ----------------------------------------------------------------------------------

    def _act(self) -> None:
        if not self._go.is_set():
            return
        self._note_written()
        if self._window.recording.active:
            self._play()
            return
        weights, actions = zip(*self._actions, strict=True)
        self._random.choices(actions, weights)[0]()

    def _say_state(self) -> None:
        document = self._services.document
        say(
            "state",
            piece=document.piece_number,
            digest=digest(document.composition),
            modified=document.modified,
        )

    def _new(self) -> Composition:
        self._count += 1
        count = self._random.randrange(1, MOST_NOTES)
        notes = tuple(Note(2 * step, self._random.randrange(40, 90), 2) for step in range(count))
        return Composition((Track("Melody", 0, notes),), title=f"{self._seed} {self._count}")

    def _begin(self) -> None:
        self._services.document.begin(self._new(), "New", saved=False)

    def _edit(self) -> None:
        document = self._services.document
        if not document.composition.note_count:
            self._begin()
            return
        self._count += 1
        first, *rest = document.composition.tracks
        notes = list(first.notes)
        index = self._random.randrange(len(notes))
        notes[index] = replace(notes[index], velocity=self._random.randrange(1, 128))
        changed = replace(
            document.composition,
            tracks=(replace(first, notes=tuple(notes)), *rest),
            title=f"{self._seed} {self._count}",
        )
        document.replace(changed, "Change")

    def _undo(self) -> None:
        for _ in range(self._random.randrange(1, 5)):
            self._services.document.undo_stack.undo()

    def _ask(self, path: Path) -> None:
        if self._services.document.composition.note_count:
            self._dialogs.save_path = path
            self._asked[path.name] = digest(self._services.document.composition)
            say("asked", file=path.name, digest=self._asked[path.name])

    def _save_as(self) -> None:
        self._ask(self._music / self._random.choice(["a.mid", "b.composer"]))
        self._window.commands.save_as.trigger()

    def _save(self) -> None:
        path = self._services.document.save_path
        if path is not None:
            self._ask(path)
            self._window.commands.save.trigger()

    def _export(self) -> None:
        self._ask(self._music / "export.mid")
        self._window.commands.export.trigger()

    def _export_audio(self) -> None:
        if not self._window.audio_export.running:
            self._dialogs.audio_path = self._music / self._random.choice(["a.wav", "a.ogg"])
            self._window.commands.export_audio.trigger()

    def _hear(self, key: str, *message: Any, **settings: Any) -> None:
        """A save that was refused is not going to be written."""
        if key in REFUSED:
            say("refused", text=str(message[0]))
            self._asked.clear()
        self._stand(key, *message, **settings)

    def _note_written(self) -> None:
        busy = getattr(self._services, "writer", self._services.jobs).busy
        if self._asked and not busy:
            say("written", files=self._asked)
            self._asked = {}

    def _record(self) -> None:
        self._record_until = time.monotonic() + self._random.uniform(0.5, 3.0)
        say("recording")
        self._window.commands.record.trigger()

    def _play(self) -> None:
        live = self._services.live
        if self._held is not None:
            live.note_off(self._held)
            self._held = None
        elif time.monotonic() > self._record_until:
            self._window.commands.stop.trigger()
            say("recorded")
        else:
            self._held = self._random.randrange(40, 90)
            velocity = self._random.randrange(1, 128)
            live.note_on(self._held, velocity)
            say("strike", key=[self._held, velocity])


def main() -> None:
    """Open the window and work."""
    app = QApplication([])
    apply_theme(app)
    settings = Settings(Path(sys.argv[1]))
    settings.count_in_bars = 0
    dialogs = AnsweringDialogs()
    services = build_services(
        settings,
        ports=FakePorts(),
        outputs=MidiOutputs(FakeSystem().connect),
        open_sound=lambda _: (SilentSynthesizer(), None),
        find_models=lambda: (),
        dialogs=dialogs,
    )
    window = open_main_window(services)
    worker = Worker(window, services, dialogs, Path(sys.argv[2]))
    window.show()
    app.exec()
    del worker


if __name__ == "__main__":
    main()
