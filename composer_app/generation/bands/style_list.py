"""The styles that are installed: files in assets/styles/, and in a folder of the user's.

The environment variable COMPOSER_STYLES names a further folder whose styles come first. Without it,
that is the folder ``composer/styles`` where the system keeps data of programs. What is wrong with a
file is that one's problem, and hides no other.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from composer_app.errors import StyleError
from composer_app.generation.bands.style_file import StyleFile, read_style
from composer_app.music.files.regular_file import is_folder
from composer_app.resources import resource_folder
from composer_app.translation import _

if TYPE_CHECKING:
    from composer_app.generation.bands.band_generator import BandGenerator

STYLES_VARIABLE: Final = "COMPOSER_STYLES"
_ENDING: Final = ".toml"
# The order in which styles are offered; others follow by their names.
_ORDER: Final = (
    "bach",
    "hymn",
    "swing",
    "ballad",
    "pop",
    "rock",
    "folk",
    "bossa",
    "waltz",
    "stride",
)


def installed_styles() -> tuple[StyleFile, ...]:
    """Every style that is found, in the order in which they are offered."""
    found: dict[str, StyleFile] = {}
    for folder in style_folders(os.environ):
        for path in _files(folder):
            style = read_style(path)
            # A damaged file of the user's leaves the style of that name as it is.
            if style.name not in found or found[style.name].problem is not None:
                found[style.name] = style
    return tuple(sorted(found.values(), key=_rank))


def find_style(name: str) -> StyleFile:
    """The style called ``name``, which can be used. :class:`StyleError` says why there is none."""
    styles = {style.name: style for style in installed_styles()}
    if name not in styles:
        raise StyleError(
            _(
                "There is no style named {style!r}: there are {known}",
                style=name,
                known=", ".join(styles),
            )
        )
    problem = styles[name].problem
    if problem is not None:
        raise problem.afresh()
    return styles[name]


def style_folders(environment: Mapping[str, str]) -> list[Path]:
    """Where styles are looked for, the user's folder first."""
    own = environment.get(STYLES_VARIABLE)
    if not own:
        data = environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
        own = str(Path(data) / "composer" / "styles")
    return [Path(own), resource_folder("assets") / "styles"]


def load_band(style: StyleFile, threads: int | None = None) -> "BandGenerator":
    """The band of ``style``, with the network that plans for it; ModelError where it is missing.

    Where the network of its drums is missing, these are played from patterns.
    """
    # onnxruntime is slow to import: only when a model is really wanted.
    from composer_app.generation.bands.band_generator import BandGenerator
    from composer_app.generation.models.catalog import find_drums, find_planner

    assert style.band is not None
    planner = find_planner(style.band.taste.model, threads)
    return BandGenerator(style, planner, find_drums(style.band.drums))


def described(style: StyleFile) -> dict[str, Any]:
    """What there is to know of ``style``, as plain data."""
    band = style.band
    return {
        "name": style.name,
        "title": style.title,
        "description": style.description,
        "licence": style.licence,
        "path": str(style.path),
        "problem": style.problem and str(style.problem),
        "model": style.model or (band.taste.model if band else ""),
        "band": band is not None,
        "tempo": [style.tempo.lowest, style.tempo.usual, style.tempo.highest],
        "meters": [str(meter) for meter in style.meters],
        "swing": band.swing if band else None,
        "programs": list(band.programs) if band else None,
    }


def _rank(style: StyleFile) -> tuple[int, str]:
    place = _ORDER.index(style.name) if style.name in _ORDER else len(_ORDER)
    return place, style.name


def _files(folder: Path) -> list[Path]:
    """The files of styles in ``folder``; none where it cannot be read."""
    if not is_folder(folder):
        return []
    try:
        return sorted(path for path in folder.iterdir() if path.name.endswith(_ENDING))
    except OSError:
        return []
