"""The studio as a process of its own, obeying lines on its standard input.

``record`` presses Record; ``stop`` presses Stop and prints the melody. Keys that are struck, the
beginning of the recording and news in the message bar are printed as they come, one line of JSON
each. The end of input closes the window. Everything but the sound is real: the window, the MIDI
ports, the clock.
"""

import json
import sys
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from composer_app.live.note_sink import SilentSynthesizer
from composer_app.studio.main_window import MainWindow
from composer_app.studio.recording_controller import RecordingState
from composer_app.studio.services import build_services
from composer_app.studio.settings import Settings
from composer_app.studio.theme import apply_theme


def say(value: object) -> None:
    """Print one line that the test sees at once."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Open the window and stay until the input ends."""
    app = QApplication([])
    apply_theme(app)
    settings = Settings(Path(sys.argv[1]))
    settings.count_in_bars = 0
    services = build_services(settings, open_sound=lambda: (SilentSynthesizer(), None))
    window = MainWindow(services)
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
        elif line == "record":
            window.commands.record.trigger()
        elif line == "stop":
            window.commands.stop.trigger()
            notes = services.document.composition.melody().notes
            say([[note.pitch, note.velocity] for note in notes])

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
