"""What a start imports, seen in a process of its own: slow libraries must wait for their turn."""

import json
import os
import subprocess
import sys
from pathlib import Path

# Never, by nobody but the training.
LEARNING = {"torch", "music21", "onnx", "onnxscript"}
# Not before the window has been shown; then the parts that need them fetch them.
SLOW = {"matplotlib", "onnxruntime", "scipy", "mido", "chardet", "verovio"}
# Nor is what an empty piece does not need: numbers, what measures them, and what renders sound.
NEEDS_MUSIC = {
    "numpy",
    "composer_app.analysis.likeness.copies",
    "composer_app.analysis.fitting",
    "composer_app.analysis.likeness.likeness",
    "composer_app.distributions",
    "composer_app.live.rendering.audio_file",
    "composer_app.notation.writing.engraving_process",
    "composer_app.reporting.plots.picture",
    "composer_app.reporting.plots.words",
    "composer_app.studio.score.view",
}
# Nor what moves the window and makes it sound.
CONTROLLERS = {
    "composer_app.commands",
    "composer_app.generation.bands.style_file",
    "composer_app.generation.models.catalog",
    "composer_app.live.playback.player",
    "composer_app.live.synth.synthesizer",
    "composer_app.music.chord_text.parsing",
    "composer_app.project.project_file",
    "composer_app.studio.document.document",
    "composer_app.studio.files.saving_controller",
    "composer_app.studio.window.news",
    "composer_app.studio.window.services",
}
# Nor starting other programs.
STARTS_PROGRAMS = {"subprocess"}

# Opens the studio and says what had been imported when its window had been painted, and after a
# second of its event loop.
OPEN_THE_STUDIO = """
import json, sys, threading, time
from PySide6.QtWidgets import QApplication
from composer_app.studio import app

seen = {}

def imported():
    mine = {name for name in sys.modules if name.startswith("composer_app.")}
    return sorted(mine | {name.partition(".")[0] for name in sys.modules})

make = app.make_services

def look_and_make(*given):
    seen["all widgets"] = "QWizard" in vars(sys.modules["PySide6.QtWidgets"])
    seen["before"] = imported()
    seen["threads"] = threading.active_count()
    return make(*given)

def loop():
    end = time.monotonic() + 1.0
    soon = {"numpy", "mido", "composer_app.music.midi.events.parsing"}
    while time.monotonic() < end or (soon - set(sys.modules) and time.monotonic() < end + 60):
        QApplication.processEvents()
        time.sleep(0.01)
    visible = any(window.isVisible() for window in QApplication.topLevelWidgets())
    print(json.dumps({**seen, "after": imported(), "visible": visible}))
    return 0

app.make_services = look_and_make
QApplication.exec = staticmethod(loop)
sys.exit(app.run([]))
"""

# Leaves the studio as soon as it has been imported; says whose way of importing is left.
IMPORT_THE_STUDIO = """
import builtins, os, sys
from composer_app.studio import app

plain = builtins.__import__

def leave(_):
    assert "composer_app.studio.window.main_window" in sys.modules
    print("Python's" if builtins.__import__ is plain else builtins.__import__, flush=True)
    os._exit(0)

app._log_to = leave
app.run([])
"""


def run_python(code: str, home: Path) -> str:
    """The last line that ``code`` prints in a fresh Python whose user has no settings yet."""
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")}
    environment |= {"XDG_DATA_HOME": str(home / "data"), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_opening_the_studio_waits_for_no_slow_library(tmp_path: Path) -> None:
    seen = json.loads(run_python(OPEN_THE_STUDIO, tmp_path))
    assert seen["visible"]
    assert not (LEARNING | SLOW | NEEDS_MUSIC | STARTS_PROGRAMS) & set(seen["before"])
    assert not seen["all widgets"], "a viewport of Qt's own was asked for: see own_viewport.py"
    assert seen["threads"] == 1, "the window would wait for Python's lock"
    assert not CONTROLLERS & set(seen["before"]), (
        "what moves the window is imported when it is seen"
    )
    assert not LEARNING & set(seen["after"])
    soon = {"mido", "numpy", "composer_app.music.midi.events.parsing"}
    assert soon <= set(seen["after"]), "neither the first key nor the first file waits for them"


def test_qt_does_not_read_the_source_of_every_module_that_is_imported(tmp_path: Path) -> None:
    assert run_python(IMPORT_THE_STUDIO, tmp_path) == "Python's"


def test_the_command_line_imports_what_its_command_needs_only(tmp_path: Path) -> None:
    code = "import sys; from composer_app.cli import main; main(['models'])\n"
    code += "print(*{name.partition('.')[0] for name in sys.modules})"
    imported = set(run_python(code, tmp_path).split())
    assert "composer_app" in imported
    assert not (LEARNING | SLOW | {"numpy", "PySide6", "rtmidi", "fluidsynth"}) & imported


def test_the_training_protocol_can_be_spoken_without_torch(tmp_path: Path) -> None:
    code = "import sys, composer_app.training.protocol, composer_app.training.config\n"
    code += "print(*{name.partition('.')[0] for name in sys.modules})"
    assert not LEARNING & set(run_python(code, tmp_path).split())
