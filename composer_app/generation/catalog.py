"""The models that are installed: ``NAME.onnx`` in models/, and in a folder of the user's.

The environment variable COMPOSER_MODELS names a further folder whose models come first.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from composer_app.errors import ModelError
from composer_app.generation.generator import Generator
from composer_app.generation.model_file import read_metadata
from composer_app.resources import resource_folder

DEFAULT_MODEL: Final = "bach"
MODELS_VARIABLE: Final = "COMPOSER_MODELS"
_FORMAT: Final = "1"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model file and what it says of itself; ``problem`` says why it cannot be used."""

    name: str
    path: Path
    title: str = ""
    description: str = ""
    technique: str = ""
    problem: str | None = None


def installed_models() -> tuple[ModelInfo, ...]:
    """Every model found, by name, with the default one first. Loads none of them."""
    found: dict[str, ModelInfo] = {}
    for folder in _folders():
        for path in sorted(folder.glob("*.onnx")):
            found.setdefault(path.stem, describe(path))
    return tuple(sorted(found.values(), key=lambda m: (m.name != DEFAULT_MODEL, m.name)))


def describe(path: Path) -> ModelInfo:
    """What the model at ``path`` says of itself, or what is wrong with it."""
    name = path.stem
    try:
        metadata = read_metadata(path)
    except ModelError as error:
        return ModelInfo(name, path, title=name, problem=str(error))
    if "technique" not in metadata or "format" not in metadata:
        problem = f"{path.name} is an ONNX file, but not a model made for Composer."
        return ModelInfo(name, path, title=name, problem=problem)
    problem_or_none = None
    if metadata["format"] != _FORMAT or metadata["technique"] != "refining":
        problem_or_none = f"{path.name} was made for another version of Composer."
    return ModelInfo(
        name,
        path,
        metadata.get("title", "") or name,
        metadata.get("description", ""),
        metadata["technique"],
        problem_or_none,
    )


def load_generator(name: str = DEFAULT_MODEL, threads: int | None = None) -> Generator:
    """The generator ``name``: an installed model, or the path of an .onnx file.

    ``threads`` for inference; None leaves the choice to the generator. Raises
    :class:`ModelError` if there is no such model or it cannot be used.
    """
    info = _find(name)
    if info.problem is not None:
        raise ModelError(info.problem)
    # onnxruntime is slow to import: only when a model is really wanted.
    from composer_app.generation.refining_generator import RefiningGenerator

    return RefiningGenerator(info.path, threads)


def _find(name: str) -> ModelInfo:
    if name.endswith(".onnx"):
        return describe(Path(name))
    models = installed_models()
    for model in models:
        if model.name == name:
            return model
    names = ", ".join(model.name for model in models)
    raise ModelError(
        f"There is no model named {name!r}: installed are {names}."
        if names
        else "No model is installed: models/ is empty; install Composer again."
    )


def _folders() -> list[Path]:
    folders = [resource_folder("models")]
    extra = os.environ.get(MODELS_VARIABLE)
    return [Path(extra), *folders] if extra else folders
