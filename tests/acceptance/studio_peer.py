"""The studio as a process of its own, obeying lines on its standard input.

Commands, answered in one line of JSON each unless said otherwise:

- ``record`` presses Record and is not answered; the beginning of the recording is announced.
- ``stop`` presses Stop; the answer is the melody, as [pitch, velocity] of each note.
- ``performance``: what was recorded, as [pitch, seconds, seconds] on the clock that MIDI is stamped
  with, of the beginning and end of each note.
- ``press PITCH``, ``release PITCH``: a key of the on-screen keyboard; not answered.
- ``generate`` harmonises a long melody with the installed model over and over, in a thread, until
  ``rest``, whose answer is how many steps of that were done.
- ``message``: the sentence in the message bar, and the buttons beside it.
- ``click TEXT`` clicks one of these; the answer is true.
- ``news``: everything that was said of MIDI, good and bad.
- ``midi``: what the toolbar says of it, and why.
- ``sound NAME`` plays through the MIDI output whose name has NAME in it; the answer is its name.
- ``melody``: as ``stop``, without pressing anything.

Keys that are struck on a MIDI keyboard, the beginning of the recording and news in the message bar
are printed as they come. The end of input closes the window. Everything but the sound is real: the
window, the MIDI ports, the clock.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationCancelledError, GenerationSettings
from composer_app.generation.models.catalog import DEFAULT_MODEL, load_generator
from composer_app.live.note_sink import SilentSynthesizer
from composer_app.music.melody import Melody
from composer_app.music.note import Note
from composer_app.studio.recording.recording_controller import RecordingState
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.widgets.theme import apply_theme
from composer_app.studio.window.main_window import MainWindow, open_main_window
from composer_app.studio.window.services import Services, build_services

LONG_MELODY = Melody(tuple(Note(4 * beat, 60 + beat % 12, 4) for beat in range(128)))


def say(value: object) -> None:
    """Print one line that the test sees at once."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


class BusyGenerator:
    """Generates over and over in a thread, as the studio's worker would."""

    def __init__(self) -> None:
        self._stopped = Event()
        self._steps = 0
        self._thread: Thread | None = None

    def start(self) -> None:
        """Returns at once."""
        self._stopped.clear()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """How many of the network's steps there were since :meth:`start`."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
        steps, self._steps = self._steps, 0
        return steps

    def _run(self) -> None:
        generator = load_generator(DEFAULT_MODEL)
        seed = 0
        while not self._stopped.is_set():
            try:
                compose(LONG_MELODY, generator, GenerationSettings(seed), self._go_on)
            except GenerationCancelledError:
                return
            seed += 1

    def _go_on(self, _: float) -> bool:
        self._steps += 1
        return not self._stopped.is_set()


class StudioCommands:
    """What the lines do."""

    def __init__(self, window: MainWindow, services: Services) -> None:
        self._window = window
        self._services = services
        self._generating = BusyGenerator()
        self._news: list[str] = []
        window.midi.told.connect(self._news.append)
        window.midi.failed.connect(self._news.append)
        self._table: dict[str, Callable[[str], None]] = {
            "record": lambda _: window.commands.record.trigger(),
            "stop": self._stop,
            "melody": lambda _: self._say_melody(),
            "performance": lambda _: self._say_performance(),
            "press": lambda pitch: services.live.note_on(int(pitch), 80),
            "release": lambda pitch: services.live.note_off(int(pitch)),
            "generate": lambda _: self._generating.start(),
            "rest": lambda _: say(self._generating.stop()),
            "message": lambda _: self._say_message(),
            "click": self._click,
            "news": lambda _: say(self._news),
            "midi": lambda _: self._say_midi(),
            "sound": self._choose_sound,
        }

    def obey(self, line: str) -> None:
        """Carry out one line."""
        command, _, argument = line.partition(" ")
        self._table[command](argument)

    def _stop(self, _: str) -> None:
        self._window.commands.stop.trigger()
        self._say_melody()

    def _say_melody(self) -> None:
        notes = self._services.document.composition.melody().notes
        say([[note.pitch, note.velocity] for note in notes])

    def _say_performance(self) -> None:
        performance = self._services.document.composition.performance
        begun = self._window.recording.origin
        notes = performance.notes if performance else ()
        say([[note.pitch, begun + note.start, begun + note.end] for note in notes])

    def _say_message(self) -> None:
        bar = self._window.message_bar
        say([bar.text, [button.text() for button in bar.action_buttons()]])

    def _say_midi(self) -> None:
        button = self._window.transport_bar.midi_button
        say([button.text(), button.toolTip()])

    def _choose_sound(self, part: str) -> None:
        names = [name for name in self._services.outputs.output_names() if part in name]
        if names:
            self._window.midi.choose_output(names[0])
        say(names)

    def _click(self, text: str) -> None:
        buttons = self._window.message_bar.action_buttons()
        next(button for button in buttons if button.text() == text).click()
        say(True)


def main() -> None:
    """Open the window and stay until the input ends."""
    app = QApplication([])
    apply_theme(app)
    settings = Settings(Path(sys.argv[1]))
    settings.count_in_bars = 0
    services = build_services(settings, open_sound=lambda _: (SilentSynthesizer(), None))
    window = open_main_window(services)
    commands = StudioCommands(window, services)
    lines: Queue[str | None] = Queue()

    def read() -> None:
        for line in sys.stdin:
            lines.put(line.strip())
        lines.put(None)

    def obey() -> None:
        try:
            line = lines.get_nowait()
        except Empty:
            return
        if line is None:
            window.close()
            app.quit()
        else:
            commands.obey(line)

    def say_state(state: RecordingState) -> None:
        if state is RecordingState.RECORDING:
            say("recording")

    window.recording.stateChanged.connect(say_state)
    services.live.midiStruck.connect(lambda pitch: say({"struck": pitch}))
    window.midi.told.connect(lambda sentence: say({"told": sentence}))
    timer = QTimer()
    timer.timeout.connect(obey)
    timer.start(5)
    Thread(target=read, daemon=True).start()
    window.show()
    app.exec()
    services.close()


if __name__ == "__main__":
    main()
