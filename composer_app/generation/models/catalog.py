"""The models that are installed: ``NAME.onnx`` in models/, and in a folder of the user's.

The environment variable COMPOSER_MODELS names a further folder whose models come first. A file
whose network knows several styles stands for several models: its metadata "entries" says which.
Entries of styles that are not offered are left out.

Anybody may have made a file that lies there. Each is judged alone: what is wrong with one is that
one's problem, and hides no other.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from composer_app.errors import ComposerError, ModelError
from composer_app.generation.bands.style_file import DrumTaste, StyleFile, read_style
from composer_app.generation.bands.style_list import find_style, installed_styles, load_band
from composer_app.generation.generator import Generator
from composer_app.generation.models.model_file import read_metadata
from composer_app.generation.models.model_info import (
    BAND,
    DRUMS,
    TECHNIQUES,
    WRITES_MELODIES,
    ModelInfo,
)
from composer_app.generation.models.model_metadata import json_list, known_styles
from composer_app.generation.support import BAND_SETTINGS, supported
from composer_app.music.files.safe_file import failure_reason
from composer_app.music.instrumentation.styles import (
    NOT_OFFERED,
    STYLES,
    Tempo,
    check_programs,
    style_named,
)
from composer_app.plain_text import one_line_name
from composer_app.resources import resource_folder
from composer_app.translation import _, verbatim

if TYPE_CHECKING:
    from composer_app.generation.bands.drum_network import DrumNetwork
    from composer_app.generation.refining.refining_generator import RefiningGenerator

DEFAULT_MODEL: Final = "bach"
MODELS_VARIABLE: Final = "COMPOSER_MODELS"
_FORMAT: Final = "1"
_ENDING: Final = ".onnx"


def installed_models() -> tuple[ModelInfo, ...]:
    """Every model found that writes voices, the default one first. Loads none of them."""
    found: dict[str, ModelInfo] = {}
    for folder in _folders():
        files = _files(folder)
        models = [model for path in files for model in describe_all(path) if _is_listed(model)]
        # A file of its own comes before an entry of the same name in another.
        for model in sorted(models, key=lambda m: m.name != m.path.stem):
            found.setdefault(model.name, model)
    return tuple(sorted(found.values(), key=_rank))


def _rank(model: ModelInfo) -> tuple[bool, int, int, str]:
    techniques, styles = list(TECHNIQUES), list(STYLES)
    return (
        model.name != DEFAULT_MODEL,
        techniques.index(model.technique) if model.technique in techniques else len(techniques),
        styles.index(model.style) if model.style in styles else len(styles),
        model.name,
    )


def describe(path: Path) -> ModelInfo:
    """What the model at ``path`` says of itself, or what is wrong with it; of several the first."""
    return describe_all(path)[0]


def describe_all(path: Path) -> tuple[ModelInfo, ...]:
    """The models in the file ``path``, at least one, or what is wrong with it."""
    try:
        return _described(path, read_metadata(path))
    except ModelError as error:
        problem = error.afresh()
    except Exception:
        # Nobody can foresee what all a file may hold, and it must not hide the others.
        problem = ModelError(
            _("{file} is damaged", file=path.name), _("install it again, or choose another model")
        )
    return (ModelInfo(path.stem, path, title=path.stem, problem=problem),)


def _is_listed(model: ModelInfo) -> bool:
    """Whether ``model`` is one that accompanies melodies, or might be."""
    return model.technique not in (WRITES_MELODIES, DRUMS)


def _described(path: Path, metadata: Mapping[str, str]) -> tuple[ModelInfo, ...]:
    if "technique" not in metadata or "format" not in metadata:
        raise ModelError(
            _("{file} is an ONNX file, but not a model made for Composer", file=path.name)
        )
    if metadata["technique"] == DRUMS and metadata["format"] == _FORMAT:
        title, description = metadata.get("title") or path.stem, metadata.get("description", "")
        return (ModelInfo(path.stem, path, title, description, DRUMS),)
    try:
        models = tuple(_model(path, metadata, row) for row in _rows(path.stem, metadata))
        offered = tuple(model for model in models if model.style not in NOT_OFFERED)
        known = metadata["format"] == _FORMAT and metadata["technique"] in TECHNIQUES
    except (AttributeError, TypeError, ValueError, OverflowError):
        models, offered, known = (), (), False
    if offered and known:
        return offered
    title, description = metadata.get("title") or path.stem, metadata.get("description", "")
    if models and known:
        problem = ModelError(
            _(
                "{file} writes {style}, which Composer does not offer",
                file=path.name,
                style=models[0].style,
            ),
            _("choose another model"),
        )
    else:
        problem = ModelError(_("{file} was made for another version of Composer", file=path.name))
    technique = metadata["technique"]
    return (ModelInfo(path.stem, path, title, description, technique, problem),)


def _rows(name: str, metadata: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the file says of each of its models; :class:`ValueError` if it makes no sense."""
    styles = known_styles(metadata)
    rows = json_list(metadata, "entries", "[]")
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("entries are objects")
    if not rows:
        plain = {key: metadata[key] for key in ("title", "description") if metadata.get(key)}
        rows = [{"title": name, "description": "", **plain, "name": name, "style": styles[0]}]
    if any(row.get("style") not in styles for row in rows):
        raise ValueError("an entry has a style that the network does not know")
    return rows


def _model(path: Path, metadata: Mapping[str, str], row: Mapping[str, Any]) -> ModelInfo:
    """One entry; what it leaves out is as usual for its style."""
    name, style = row.get("name"), style_named(row["style"])
    title = row.get("title", style.title)
    description = row.get("description", style.description)
    if not all(isinstance(text, str) for text in (name, title, description)):
        raise ValueError("names, titles and descriptions are texts")
    if not one_line_name(str(name)).strip():
        raise ValueError("a name has letters")
    programs = tuple(row.get("programs", style.programs))
    if not all(type(program) is int for program in programs):
        raise ValueError("programs are whole numbers")
    check_programs(programs)
    tempo = Tempo(*row["tempo"]) if "tempo" in row else style.tempo
    return ModelInfo(
        str(name),
        path,
        title,
        description,
        metadata["technique"],
        style=style.name,
        programs=programs,
        tempo=tempo,
        supports=supported(metadata),
    )


def load_generator(name: str = DEFAULT_MODEL, threads: int | None = None) -> Generator:
    """The generator ``name``: an installed model, a band's style, or the path of an .onnx file.

    For a file that holds several models, ``FILE.onnx:ENTRY`` says which; without, it is the first.
    ``threads`` for inference; None leaves the choice to the generator. Raises
    :class:`ModelError` if there is no such model or it cannot be used.
    """
    info = find_model(name)
    if info.problem is not None:
        raise info.problem.afresh()
    if info.is_band:
        return load_band(read_style(info.path), threads)
    # onnxruntime is slow to import: only when a model is really wanted.
    if info.technique == "gan":
        from composer_app.generation.unet_generator import UNetGenerator

        return UNetGenerator(info.path, threads, style=info.style, name=info.name)
    from composer_app.generation.refining.refining_generator import RefiningGenerator

    return RefiningGenerator(info.path, threads, style=info.style, name=info.name)


def find_model(name: str = DEFAULT_MODEL) -> ModelInfo:
    """What there is to know of ``name``, as :func:`load_generator` takes it, without loading it.

    Raises :class:`ModelError` if there is no such model; one that is there may have a problem.
    """
    file, ending, entry = name.rpartition(_ENDING)
    if ending and (not entry or entry.startswith(":")):
        return _in_file(Path(file + ending), entry[1:])
    models = installed_models()
    for model in (*models, *installed_bands()):
        if model.name == name:
            return model
    names = ", ".join(model.name for model in models)
    missing = (
        ModelError(
            _("There is no model named {model!r}: installed are {known}", model=name, known=names)
        )
        if names
        else ModelError(_("No model is installed: models/ is empty"), _("install Composer again"))
    )
    folder = models_folder_problem()
    raise missing if folder is None else ModelError(verbatim(f"{missing} {folder}"))


def model_of_style(name: str) -> str:
    """What one generates with in the style ``name``; StyleError where there is no such style."""
    style = find_style(name)
    return style.model or style.name


def find_planner(name: str, threads: int | None = None) -> "RefiningGenerator":
    """The refining network ``name``, which plans chords for a band; ModelError without one."""
    generator = load_generator(name, threads)
    from composer_app.generation.refining.refining_generator import RefiningGenerator

    if not isinstance(generator, RefiningGenerator) or not generator.takes_row:
        raise ModelError(
            _("The model {model} plans no chords", model=name), _("name another one in the style")
        )
    return generator


def find_drums(taste: DrumTaste | None) -> "DrumNetwork | None":
    """The network that ``taste`` names for the drums of a band; None where there is none to use."""
    if taste is None or drums_problem(taste) is not None:
        return None
    try:
        network = load_drums(taste.model)
    except ModelError:
        return None
    return network if any(map(network.knows, taste.styles)) else None


def load_drums(name: str) -> "DrumNetwork":
    """The network ``name`` that writes drums, installed or the path of an .onnx file.

    Raises :class:`ModelError` where there is none, or it cannot be used.
    """
    # onnxruntime is slow to import: only when a model is really wanted.
    from composer_app.generation.bands.drum_network import DrumNetwork

    path = Path(name) if name.endswith(_ENDING) else _drums_named(name).path
    return DrumNetwork(path)


def drums_problem(taste: DrumTaste) -> ComposerError | None:
    """Why the network that ``taste`` names cannot be used, as far as its file says; else None."""
    try:
        return _drums_named(taste.model).problem
    except ModelError as error:
        return error


def _drums_named(name: str) -> ModelInfo:
    for path in (path for folder in _folders() for path in _files(folder) if path.stem == name):
        model = describe(path)
        if model.technique == DRUMS or model.problem is not None:
            return model
    raise ModelError(_("There is no model of drums named {model!r}", model=name))


def installed_bands() -> tuple[ModelInfo, ...]:
    """The styles that bands play, as what one can generate with."""
    return tuple(band_info(style) for style in installed_styles() if not style.model)


def everything_to_choose_from() -> tuple[ModelInfo, ...]:
    """The styles in their order, and after them the models that no style is written with."""
    models = {model.name: model for model in installed_models()}
    found: list[ModelInfo] = []
    for style in installed_styles():
        if style.model in models:
            found.append(models.pop(style.model))
        elif not style.model:
            found.append(band_info(style))
    return (*found, *models.values())


def band_info(style: StyleFile) -> ModelInfo:
    """The band of ``style`` as what one can generate with, or what is wrong with its file."""
    if style.band is None:
        problem = style.problem
        return ModelInfo(style.name, style.path, style.name, technique=BAND, problem=problem)
    return ModelInfo(
        style.name,
        style.path,
        style.title,
        style.description,
        BAND,
        style=style.name,
        programs=style.band.programs,
        tempo=style.tempo,
        supports=BAND_SETTINGS,
        mix=tuple(player.mix for player in style.band.players),
        remark=_drums_remark(style.band.drums),
    )


def _drums_remark(taste: DrumTaste | None) -> str:
    problem = None if taste is None else drums_problem(taste)
    if problem is None:
        return ""
    return str(_("Its drums are played from patterns: {reason}", reason=str(problem)))


def _in_file(path: Path, entry: str) -> ModelInfo:
    models = describe_all(path)
    for model in models:
        if not entry or entry == model.name or model.problem is not None:
            # Not installed, it is known by its file.
            name = f"{path.stem}:{entry}" if entry else path.stem
            return replace(model, name=name)
    raise ModelError(
        _(
            "{file} holds no model named {entry!r}: it holds {known}",
            file=path.name,
            entry=entry,
            known=", ".join(model.name for model in models),
        )
    )


def models_folder_problem() -> ModelError | None:
    """Why nothing is found in the folder that COMPOSER_MODELS names; None if it can be read."""
    folder = os.environ.get(MODELS_VARIABLE)
    if not folder:
        return None
    try:
        next(Path(folder).iterdir(), None)
    except NotADirectoryError:
        reason = _("it is not a folder")
    except (OSError, ValueError) as error:
        reason = failure_reason(error)
    else:
        return None
    return ModelError(
        _(
            "The folder of models {folder}, which {setting} names, cannot be read: {reason}",
            folder=folder,
            setting=MODELS_VARIABLE,
            reason=reason,
        )
    )


def _files(folder: Path) -> list[Path]:
    """What is called like a model in ``folder``, whatever it is; nothing if it cannot be read."""
    try:
        return sorted(path for path in folder.iterdir() if path.name.endswith(_ENDING))
    except (OSError, ValueError):
        return []


def _folders() -> list[Path]:
    folders = [resource_folder("models")]
    extra = os.environ.get(MODELS_VARIABLE)
    return [Path(extra), *folders] if extra else folders
