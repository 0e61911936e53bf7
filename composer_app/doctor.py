"""The command ``doctor``: what Composer finds on this machine, and what mends what is missing.

Each probe runs in a process of its own with a time limit, because a library that is not what it
should be may hang or crash. ``python -m composer_app.doctor PROBE`` is such a process: it prints
its facts as JSON.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from composer_app import __version__
from composer_app.errors import ComposerError
from composer_app.live.doctor import Fact, midi_facts, missing, sound_facts
from composer_app.package_names import midi_line, pip_line
from composer_app.resources import resource_folder
from composer_app.terminal import say, say_json

BROKEN: Final = 1
_LIMIT_SECONDS: Final = 30.0
_MIDI: Final = "python-rtmidi"
# What is installed, under the name that pip knows.
_PACKAGES: Final = (
    "numpy",
    "mido",
    "chardet",
    "PySide6-Essentials",
    _MIDI,
    "matplotlib",
    "pyfluidsynth",
    "pretty_midi",
    "soundfile",
)
_ANSWER: Final = "facts: "


def add_doctor_command(commands: Any) -> None:
    """Add ``doctor`` to the command line's subparsers."""
    parser = commands.add_parser(
        "doctor",
        help="check this installation",
        description="Check this installation: models, window, sound, MIDI, versions.\n"
        f"The exit status is {BROKEN} if Composer cannot compose, else 0.",
        epilog="example: composer-app doctor",
    )
    parser.set_defaults(run=_doctor)
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")


def _doctor(args: argparse.Namespace) -> int:
    facts = examine()
    works = all(fact.ok for fact in facts if fact.needed)
    if args.json:
        rows = [asdict(fact) for fact in facts]
        say_json({"works": works, "facts": rows})
    else:
        say(*report(facts))
    return 0 if works else BROKEN


def examine(limit: float = _LIMIT_SECONDS) -> list[Fact]:
    """Everything there is to know; a probe that takes longer than ``limit`` seconds is ended."""
    with ThreadPoolExecutor(len(_PROBES)) as pool:
        answers = list(pool.map(lambda name: ask(name, limit), _PROBES))
    return [*(fact for facts in answers for fact in facts), *_versions()]


def report(facts: Sequence[Fact]) -> list[str]:
    """A line for each fact, and one that says what it comes to."""
    width = max(len(fact.name) for fact in facts)
    lines = []
    for fact in facts:
        line = f"{'ok' if fact.ok else 'missing':<8} {fact.name:<{width}}  {fact.value}"
        if fact.remedy and fact.remedy not in fact.value:
            line += f" To mend it, type: {fact.remedy}"
        lines.append(line)
    lacking = [fact for fact in facts if not fact.ok]
    if not lacking:
        verdict = "Everything works."
    elif any(fact.needed for fact in lacking):
        verdict = "Composer cannot compose: see what is missing above."
    else:
        verdict = "Composer can compose; see what is missing above."
    return [*lines, "", verdict]


def ask(probe: str, limit: float) -> list[Fact]:
    """What the process of ``probe`` answers, or why it does not within ``limit`` seconds."""
    name, needed = probe, probe == "composing"
    package = str(Path(__file__).resolve().parents[1])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "composer_app.doctor", probe],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [missing(name, f"The check did not end within {limit:g} s.", needed=needed)]
    except OSError as error:
        return [missing(name, f"The check cannot be started ({error}).", needed=needed)]
    for line in done.stdout.splitlines():
        if line.startswith(_ANSWER):
            with suppress(ValueError, TypeError):
                return [Fact(**row) for row in json.loads(line.removeprefix(_ANSWER))]
    last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
    sentence = f"The check broke off with status {done.returncode}: {last}"
    return [missing(name, sentence, needed=needed)]


# the probes, each in a process of its own -----------------------------------------------


def _composing_facts() -> list[Fact]:
    """Whether a MIDI file can be read, composed around and written."""
    from composer_app.generation.models.catalog import (
        DEFAULT_MODEL,
        installed_models,
        models_folder_problem,
    )

    models = installed_models()
    problems = {model.name: model.problem or _loading_problem(model.name) for model in models}
    onnx = _onnx()
    facts = [onnx]
    if folder := models_folder_problem():
        facts.append(missing("models folder", folder))
    if DEFAULT_MODEL not in problems:
        sentence = f"The model {DEFAULT_MODEL} is not installed."
        facts.append(missing(f"model {DEFAULT_MODEL}", sentence, _reinstall(), needed=True))
    for model in models:
        name, needed = model.name, model.name == DEFAULT_MODEL
        # Without onnxruntime no model can be blamed for not loading.
        problem = problems[name] if onnx.ok else model.problem
        if problem:
            facts.append(missing(f"model {name}", problem, _reinstall(), needed=needed))
        else:
            what = f"{model.title} ({model.manner}), {model.path}"
            facts.append(Fact(f"model {name}", what, needed=needed))
    if all(fact.ok for fact in facts if fact.needed):
        facts.append(_main_job(DEFAULT_MODEL))
    return facts


def _onnx() -> Fact:
    from composer_app.generation.models.onnx_session import onnxruntime_module

    try:
        onnxruntime = onnxruntime_module()
        providers = ", ".join(onnxruntime.get_available_providers())
        return Fact("onnxruntime", f"{onnxruntime.__version__}, {providers}", needed=True)
    except Exception as error:  # whatever a damaged library raises
        sentence = f"The library onnxruntime cannot be loaded ({error})."
        return missing("onnxruntime", sentence, pip_line("onnxruntime"), needed=True)


def _loading_problem(model: str) -> str | ComposerError | None:
    from composer_app.generation.models.catalog import load_generator

    try:
        load_generator(model)
    except ComposerError as error:
        return error.afresh()
    except Exception as error:  # onnxruntime is not there, or a damage that nobody foresaw
        return f"The model {model} cannot be loaded ({error})."
    return None


def _main_job(model: str) -> Fact:
    """Read, compose, write and read again, with four notes."""
    from tempfile import TemporaryDirectory

    from composer_app.generation.composing import compose
    from composer_app.generation.generator import GenerationSettings
    from composer_app.generation.models.catalog import load_generator
    from composer_app.music.composition import Composition
    from composer_app.music.melody import Melody
    from composer_app.music.midi.file import read_midi, write_midi
    from composer_app.music.note import Note

    name = "composing"
    melody = Melody(tuple(Note(4 * i, pitch, 4) for i, pitch in enumerate((67, 69, 71, 72))))
    try:
        with TemporaryDirectory(prefix="composer-doctor-") as folder:
            path = Path(folder) / "melody.mid"
            write_midi(Composition.from_melody(melody), path)
            read = read_midi(path).melody()
            piece = compose(read, load_generator(model), GenerationSettings())
            write_midi(piece, path)
            tracks = sum(1 for track in read_midi(path).tracks if track.notes)
    except Exception as error:
        problem = error if isinstance(error, ComposerError) else f"It fails ({error!r})."
        return missing(name, problem, needed=True)
    return Fact(name, f"a test melody was read, got {tracks} tracks and was written", needed=True)


def _reinstall() -> str:
    models = resource_folder("models")
    if (models.parent / ".git").exists():
        return f"git -C {models.parent} checkout -- models"
    return pip_line("--force-reinstall composer-app")


def _window_facts() -> list[Fact]:
    from composer_app.studio.runtime.display import display_problem, library_problem, qt_platform

    name = "window"
    problem = display_problem()
    if problem:
        return [missing(name, problem)]
    try:
        version, platform_name = qt_platform()
    except ImportError as error:
        if (error.name or "").startswith("PySide6"):
            sentence = f"Qt is not installed ({error})."
            return [missing(name, sentence, pip_line("PySide6-Essentials"))]
        return [missing(name, library_problem(error))]
    return [Fact(name, f"Qt {version}, platform {platform_name}")]


_PROBES: Final[dict[str, Callable[[], list[Fact]]]] = {
    "composing": _composing_facts,
    "window": _window_facts,
    "sound": sound_facts,
    "MIDI": midi_facts,
}


def _versions() -> list[Fact]:
    python = f"{platform.python_version()} ({sys.executable}), {platform.platform()}"
    facts = [Fact("Composer", __version__), Fact("Python", python)]
    for package in _PACKAGES:
        try:
            facts.append(Fact(package, metadata.version(package)))
        except metadata.PackageNotFoundError:
            sentence = "This package is not installed."
            line = midi_line() if package == _MIDI else pip_line(package)
            facts.append(missing(package, sentence, line))
    return facts


def answer(probe: str) -> None:
    """Print the facts of ``probe``, for :func:`examine`; whatever else is printed is ignored."""
    facts = _PROBES[probe]()
    sys.stdout.write(f"{_ANSWER}{json.dumps([asdict(fact) for fact in facts])}\n")
    sys.stdout.flush()
    # Without teardown: a library that crashes at the very end has answered all the same.
    os._exit(0)


if __name__ == "__main__":
    answer(sys.argv[1])
