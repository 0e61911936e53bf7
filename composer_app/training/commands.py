"""The training commands of the command line; torch is imported only when one runs."""

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from composer_app.errors import SettingError
from composer_app.file_arguments import (
    INPUT_HELP,
    OUTPUT_HELP,
    check_output,
    file_argument,
    is_standard,
    named_file,
    output_name,
)
from composer_app.music.files.safe_file import failure_reason
from composer_app.terminal import say, status_line
from composer_app.training.config import (
    CONFIGS,
    NETWORK_STYLES,
    Config,
    DrumConfig,
    MelodyConfig,
    OnePassConfig,
    RefiningConfig,
    make_config,
)
from composer_app.translation import _

if TYPE_CHECKING:
    from composer_app.training.corpora.corpus import Piece

MODEL_SUFFIX: Final = ".onnx"


def add_training_commands(subparsers: Any) -> None:
    """Add ``corpus``, ``train`` and ``export`` to the command line's subparsers."""
    _add(
        subparsers,
        "corpus",
        _corpus,
        "build the training corpus of a style",
        "composer-app corpus bach",
    )
    _add(
        subparsers,
        "train",
        _train,
        "train a model, resuming where the last run ended",
        "composer-app train --corpus build/bach.npz --out build/training/bach"
        " --set iterations=16000",
    )
    _add(
        subparsers,
        "export",
        _export,
        "turn a checkpoint into a model file",
        "composer-app export build/training/bach/checkpoint.pt -o models/bach.onnx",
    )


def _add(subparsers: Any, name: str, run: Any, summary: str, example: str) -> None:
    parser = subparsers.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=f"example: {example}",
    )
    if name == "corpus":
        parser.add_argument("source", choices=list(NETWORK_STYLES), help="which music")
        parser.add_argument(
            "--piano",
            action="store_true",
            help="of songs, all that the pianist plays, in five lines, instead of three voices",
        )
        parser.add_argument(
            "-o", "--out", type=file_argument, help=f"build/SOURCE.npz, if not said; {OUTPUT_HELP}"
        )
    elif name == "train":
        parser.add_argument("--technique", choices=list(CONFIGS), default="refining")
        parser.add_argument(
            "--corpus",
            type=named_file,
            action="append",
            help="a file that 'corpus' wrote; may be repeated; build/bach.npz, if not said",
        )
        parser.add_argument("--out", type=named_file, help="folder of the run's checkpoint")
        parser.add_argument("--fresh", action="store_true", help="start anew, do not resume")
        parser.add_argument(
            "--start-from",
            type=named_file,
            metavar="CHECKPOINT",
            help="begin a new run with the weights of this one, or of a model file",
        )
        parser.add_argument(
            "--teacher",
            dest="teachers",
            type=named_file,
            metavar="CHECKPOINT",
            action="append",
            default=[],
            help="train towards what this network says, with the weight --set consistency=...;"
            " of several, towards their average",
        )
        parser.add_argument(
            "--set",
            dest="overrides",
            metavar="KEY=VALUE",
            action="append",
            default=[],
            help="change a number of the recipe; may be repeated",
        )
    else:
        parser.add_argument("checkpoint", type=file_argument, help=INPUT_HELP)
        parser.add_argument(
            "-o",
            "--out",
            type=file_argument,
            default=Path("models/bach.onnx"),
            help=f"models/bach.onnx, if not said; {OUTPUT_HELP}",
        )
        parser.add_argument("--title", default="", help="the name people see")
        parser.add_argument("--description", default="", help="a sentence on what it does")
        parser.add_argument(
            "--style",
            dest="styles",
            metavar="NAME",
            action="append",
            default=[],
            help="offer this style of a network that knows several; may be repeated",
        )
    parser.set_defaults(run=run)


def _need(module: str) -> None:
    import importlib.util

    if importlib.util.find_spec(module) is None:
        raise SettingError(
            _("Training needs the package {module}", module=module),
            _("install Composer with its extra [train]"),
        )


def _make_room(out: Path) -> None:
    """Make sure, before minutes of work, that the file ``out`` can be written."""
    if not is_standard(out):
        _make_folder(out.parent)
    check_output(out)


def _make_folder(folder: Path) -> None:
    """Make sure, before hours of work, that something can be written to ``folder``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SettingError(
            _(
                "Nothing can be written to {folder}: {reason}",
                folder=folder,
                reason=failure_reason(error),
            ),
            _("choose another place"),
        ) from None


def _corpus(args: argparse.Namespace) -> int:
    from composer_app.training.corpora.corpus import read_bach
    from composer_app.training.corpora.style_corpora import read_songs_with_piano, read_style

    if args.piano and args.source != "song":
        raise SettingError(_("Only songs have a piano"), _("leave out --piano"))
    name = "piano" if args.piano else args.source
    out: Path = args.out or Path("build") / f"{name}.npz"
    _make_room(out)
    if args.piano:
        return _save(list(read_songs_with_piano()), out)
    with status_line() as show:
        progress = None if show is None else lambda share: show(f"reading chorales {share:4.0%}")
        pieces = list(read_bach(progress) if args.source == "bach" else read_style(args.source))
    return _save(pieces, out)


def _save(pieces: list["Piece"], out: Path) -> int:
    from composer_app.training.corpora.corpus import save_corpus

    save_corpus(pieces, out)
    say(
        f"{output_name(out)}: {len(pieces)} pieces, {sum(piece.steps for piece in pieces)} steps",
        aside=is_standard(out),
    )
    return 0


def _train(args: argparse.Namespace) -> int:
    _need("torch")
    from composer_app.training.corpora.corpus import load_corpus
    from composer_app.training.protocol import StopRequest
    from composer_app.training.trainers.gan_trainer import ClassicGanTrainer
    from composer_app.training.trainers.melody_trainer import MelodyTrainer
    from composer_app.training.trainers.one_pass_trainer import OnePassTrainer
    from composer_app.training.trainers.trainer import RefiningTrainer

    config = make_config(args.technique, args.overrides)
    if isinstance(config, DrumConfig):
        return _train_drums(args, config)
    out = args.out or Path("build/training") / args.technique
    checkpoint = out / "checkpoint.pt"
    _make_room(checkpoint)
    corpora = args.corpus or [Path("build/bach.npz")]
    train = [piece for path in corpora for piece in load_corpus(path, "train", "extra")]
    trainer: RefiningTrainer | ClassicGanTrainer | OnePassTrainer | MelodyTrainer
    teachers = _teachers(args.teachers, config)
    if isinstance(config, RefiningConfig | MelodyConfig):
        valid = [piece for path in corpora for piece in load_corpus(path, "valid")]
        trainer = (
            MelodyTrainer(config, train, valid)
            if isinstance(config, MelodyConfig)
            else RefiningTrainer(config, train, valid, teachers)
        )
    elif isinstance(config, OnePassConfig):
        trainer = OnePassTrainer(config, train, *teachers)
    else:
        trainer = ClassicGanTrainer(config, train)
    if checkpoint.exists() and not args.fresh:
        trainer.restore(_state(checkpoint, args.technique))
    elif args.start_from is not None:
        if isinstance(trainer, ClassicGanTrainer | MelodyTrainer):
            raise SettingError(
                _("The technique {technique} starts from nothing", technique=args.technique),
                _("leave --start-from out"),
            )
        if isinstance(trainer, OnePassTrainer):
            trainer.start_from(_one_pass_network(args.start_from))
        elif args.start_from.suffix == MODEL_SUFFIX:
            trainer.start_from_model(args.start_from)
        else:
            trainer.start_from(_state(args.start_from, "refining"))
    with StopRequest().listening() as stop:
        trainer.run(checkpoint, stop)
    return 0


def _train_drums(args: argparse.Namespace, config: DrumConfig) -> int:
    """Train the drum network on the performances that travel with Composer."""
    from composer_app.training.corpora.groove_corpus import read_grooves
    from composer_app.training.protocol import StopRequest
    from composer_app.training.trainers.drum_trainer import DrumTrainer

    if args.corpus or args.teachers:
        raise SettingError(
            _("Drums are learnt from assets/corpora/grooves.npz, without teachers"),
            _("leave --corpus and --teacher out"),
        )
    checkpoint = (args.out or Path("build/training") / args.technique) / "checkpoint.pt"
    _make_room(checkpoint)
    trainer = DrumTrainer(config, read_grooves())
    if checkpoint.exists() and not args.fresh:
        trainer.restore(_state(checkpoint, args.technique))
    elif args.start_from is not None:
        trainer.start_from(_state(args.start_from, args.technique))
    with StopRequest().listening() as stop:
        trainer.run(checkpoint, stop)
    return 0


def _teachers(paths: list[Path], config: Config) -> list[Any]:
    """The networks that are to be learned from, as many as the recipe has a use for."""
    if isinstance(config, OnePassConfig):
        if len(paths) > 1:
            raise SettingError(_("A one-pass generator has one teacher"))
    elif paths and not (isinstance(config, RefiningConfig) and config.consistency):
        raise SettingError(
            _(
                "Teachers are for the technique gan, and for refining, which heeds them with"
                " --set consistency=3, say"
            )
        )
    return [_teacher(path) for path in paths]


def _one_pass_network(path: Path) -> Any:
    """The network that writes the voices, of a checkpoint or a model file."""
    from composer_app.training.base_model import one_pass_network_of
    from composer_app.training.checkpoint import one_pass_network

    if path.suffix == MODEL_SUFFIX:
        return one_pass_network_of(path)
    return one_pass_network(_state(path, "gan"))


def _teacher(path: Path) -> Any:
    """The network of a checkpoint, or of a model file."""
    from composer_app.training.base_model import network_of
    from composer_app.training.checkpoint import refining_network

    if path.suffix == MODEL_SUFFIX:
        return network_of(path)
    return refining_network(_state(path, "refining"))


def _state(checkpoint: Path, technique: str) -> dict[str, Any]:
    from composer_app.training.checkpoint import load_checkpoint

    state = load_checkpoint(checkpoint)
    if state["technique"] != technique:
        raise SettingError(
            _(
                "{file} belongs to the technique {technique}",
                file=checkpoint,
                technique=state["technique"],
            ),
            _("choose another --out or --fresh"),
        )
    return state


def _export(args: argparse.Namespace) -> int:
    _need("torch")
    _need("onnxscript")
    from composer_app.training.export import export_checkpoint

    _make_room(args.out)
    size = export_checkpoint(args.checkpoint, args.out, args.title, args.description, args.styles)
    say(f"{output_name(args.out)}: {size / 1e6:.1f} MB", aside=is_standard(args.out))
    return 0
