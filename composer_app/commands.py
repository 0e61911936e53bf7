"""Every command of ``composer-app``: how it is called, and what the short ones do."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

from composer_app import __version__
from composer_app.errors import SettingError
from composer_app.file_arguments import (
    OUTPUT_HELP,
    OUTPUT_KINDS_HELP,
    PIECE_HELP,
    add_tempo_by_ear,
    check_output,
    file_argument,
    is_standard,
    named_file,
    output_name,
    read_piece,
    write_output,
    write_piece,
)
from composer_app.generation.models.catalog import (
    DEFAULT_MODEL,
    installed_models,
    models_folder_problem,
)
from composer_app.music.composition import Composition
from composer_app.music.files.sample_melodies import load_sample, sample_melodies
from composer_app.terminal import FAILED, say, say_json, warn
from composer_app.translation import _

# The commands in the order of the help, each with what it does and who adds it. Its module is
# imported when it is asked for: importing all takes longer than most of them, or than the window.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "studio": ("open the studio", ""),
    "generate": ("compose four tracks around a melody", ""),
    "continue": (
        "write more bars after a piece, or fill a gap in its melody",
        "generation.melodies.commands:add_melody_commands",
    ),
    "compose": (
        "write a piece from chords alone, or from nothing but a seed",
        "generation.melodies.commands:add_melody_commands",
    ),
    "phrase": ("give the tracks of a piece phrases, breath and balance", ""),
    "render": ("turn a MIDI file or a score into an audio file", "live.commands:add_live_commands"),
    "play": ("play a MIDI file or a score", "live.commands:add_live_commands"),
    "styles": ("list the styles to generate in", ""),
    "models": ("list the installed models", ""),
    "stats": (
        "measure a MIDI file, or fit a distribution to numbers",
        "reporting.stats_command:add_stats_command",
    ),
    "chords": (
        "print the chords of a piece by bar, with Roman numerals",
        "reporting.chords_command:add_chords_command",
    ),
    "picture": ("draw the piano roll of a MIDI file or a score", ""),
    "sample": ("write a sample melody", ""),
    "doctor": ("check this installation", "doctor:add_doctor_command"),
    "corpus": (
        "build the training corpus of a style",
        "training.commands:add_training_commands",
    ),
    "train": (
        "train a model, resuming where the last run ended",
        "training.commands:add_training_commands",
    ),
    "export": (
        "turn a checkpoint into a model file",
        "training.commands:add_training_commands",
    ),
    "profile": (
        "work out what the training pieces of a style measure",
        "reporting.profile_command:add_profile_command",
    ),
    "evaluate": (
        "measure a model's pieces against the composer's own, and its chords against known ones",
        "evaluation.command:add_evaluation_command",
    ),
}


class _Parser(argparse.ArgumentParser):
    """An argument parser whose mistakes are one sentence and whose examples stay in one line."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"formatter_class": argparse.RawDescriptionHelpFormatter, **settings})

    def _print_message(self, message: str, file: Any = None) -> None:
        # Help and version, of which argparse itself would not notice that nobody can read them.
        say(*message.splitlines())

    def error(self, message: str) -> NoReturn:
        warn(f"{self.prog}: {message} (see {self.prog} --help).")
        raise SystemExit(FAILED)


def command_parser(
    arguments: Sequence[str], open_studio: Callable[[Sequence[Path]], int]
) -> argparse.ArgumentParser:
    """What understands ``arguments``: of other commands than theirs it knows the names alone.

    What it makes of them has ``run``, which takes it and returns the exit status.
    """

    def studio(args: argparse.Namespace) -> int:
        return open_studio(args.files)

    parser = _Parser(
        prog="composer-app",
        description="Play or open a melody, get a four-track composition.\n"
        "Without a command the studio's window opens.",
        epilog="example: composer-app generate melody.mid -o composition.mid",
    )
    parser.add_argument("--version", action="version", version=f"Composer {__version__}")
    parser.set_defaults(run=studio, files=[])
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    asked = next((each for each in arguments if not each.startswith("-")), "")
    adder_of_asked = COMMANDS.get(asked, ("", ""))[1]
    for name, (does, adder) in COMMANDS.items():
        if name in commands.choices:
            continue  # as its neighbour, by the same adder
        if adder and adder == adder_of_asked:
            module, __, function = adder.partition(":")
            getattr(import_module(f"composer_app.{module}"), function)(commands)
        elif name == "studio" == asked:
            _add_studio(commands, studio)
        elif name == asked:
            _OWN[name](commands)
        else:
            commands.add_parser(name, help=does)
    return parser


def _add_studio(commands: Any, studio: Callable[[argparse.Namespace], int]) -> None:
    parser = _command(commands, "studio", studio, "studio melody.mid")
    parser.add_argument(
        "files",
        nargs="*",
        type=named_file,
        metavar="FILE",
        help="a project, a MIDI file or a score to open; others get windows of their own",
    )


def _add_generate(commands: Any) -> None:
    from composer_app.analysis.heard_chords import with_heard_chords
    from composer_app.generation.commands import add_generate_command

    add_generate_command(commands, with_heard_chords)


def _add_phrase(commands: Any) -> None:
    from composer_app.analysis.heard_chords import with_heard_chords
    from composer_app.generation.phrasing.command import add_phrase_command

    add_phrase_command(commands, with_heard_chords)


def _add_models(commands: Any) -> None:
    parser = _command(commands, "models", _models, "models --json")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def _add_styles(commands: Any) -> None:
    parser = _command(commands, "styles", _styles, "styles --json")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def _add_picture(commands: Any) -> None:
    example = "picture composition.mid -o composition.png"
    parser = _command(commands, "picture", _picture, example)
    parser.add_argument("file", type=file_argument, metavar="FILE", help=PIECE_HELP)
    parser.add_argument(
        "-o", "--output", type=file_argument, required=True, metavar="OUT.png", help=OUTPUT_HELP
    )
    add_tempo_by_ear(parser)


def _add_sample(commands: Any) -> None:
    parser = _command(commands, "sample", _sample, "sample twinkle -o melody.mid")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("name", nargs="?", metavar="NAME", help="which one")
    what.add_argument("--list", action="store_true", help="list them instead")
    parser.add_argument(
        "-o",
        "--output",
        type=file_argument,
        metavar="OUT.mid",
        help=f"{OUTPUT_KINDS_HELP}; {OUTPUT_HELP}",
    )


_OWN: Final = {
    "generate": _add_generate,
    "phrase": _add_phrase,
    "models": _add_models,
    "styles": _add_styles,
    "picture": _add_picture,
    "sample": _add_sample,
}


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], example: str
) -> argparse.ArgumentParser:
    does = COMMANDS[name][0]
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=does,
        description=f"{does[0].upper()}{does[1:]}.",
        epilog=f"example: composer-app {example}",
    )
    parser.set_defaults(run=run)
    return parser


# the other commands ---------------------------------------------------------------------


def _models(args: argparse.Namespace) -> int:
    models, problem = installed_models(), models_folder_problem()
    if args.json:
        rows = [
            {
                **asdict(model),
                "path": str(model.path),
                "manner": model.manner,
                "problem": model.problem and str(model.problem),
            }
            for model in models
        ]
        say_json({"models": rows, "default": DEFAULT_MODEL, "problem": problem and str(problem)})
        return 0
    if problem:
        warn(str(problem))
    if not models:
        say("No models are installed.")
    for model in models:
        if model.problem:
            say(f"{model.name:<16} {model.problem}")
            continue
        say(f"{model.name:<16} {model.title} ({model.manner}, {model.tempo} BPM)")
        if model.description:
            say(f"{'':<16} {model.description}")
    return 0


def _styles(args: argparse.Namespace) -> int:
    from composer_app.generation.bands.style_list import described, installed_styles

    styles = installed_styles()
    if args.json:
        say_json({"styles": [described(style) for style in styles]})
        return 0
    for style in styles:
        if style.problem:
            say(f"{style.name:<16} {style.problem}")
            continue
        meters = ", ".join(map(str, style.meters))
        say(f"{style.name:<16} {style.title} ({meters}, {style.tempo} BPM)")
        say(f"{'':<16} {style.description}")
    return 0


def _picture(args: argparse.Namespace) -> int:
    check_output(args.output)
    piece = read_piece(args.file, tempo_by_ear=not args.no_tempo_by_ear)
    # matplotlib is slow to import: only when something is drawn.
    from composer_app.roll_picture import draw_roll

    write_output(args.output, draw_roll(piece))
    _say_written(args.output, _count(piece.bars, "bar"))
    return 0


def _sample(args: argparse.Namespace) -> int:
    if args.list:
        for sample in sample_melodies():
            say(f"{sample.id:<16} {sample.title} ({sample.source})")
        return 0
    if args.output is None:
        raise SettingError(_("Say where the melody shall go, as in -o melody.mid"))
    melody = load_sample(args.name)
    write_piece(Composition.from_melody(melody), args.output)
    _say_written(args.output, f"{melody.title}, {_count(melody.bars, 'bar')}")
    return 0


def _say_written(path: Path, what: str) -> None:
    say(f"{output_name(path)}: {what}", aside=is_standard(path))


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
