"""Draws the small pictures of the style sheet, ticks and arrows, in the colours of each palette.

Run with ``python docs/make_theme_pictures.py`` after a change of composer_app/palette.py or of
assets/theme/shapes; a test sees whether it has been done. A style sheet takes such pictures from
files only.
"""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from string import Template

from composer_app.resources import resource_folder
from composer_app.studio.widgets.theme import PICTURES, SHAPES


def drawn() -> Iterator[tuple[Path, str]]:
    """Each file and what it is to hold."""
    shapes = sorted((resource_folder("assets") / "theme" / SHAPES).glob("*.svg"))
    for palette, folder in PICTURES.items():
        for shape in shapes:
            template = Template(shape.read_text(encoding="utf-8"))
            yield shape.parents[1] / folder / shape.name, template.substitute(asdict(palette))


def main() -> None:
    """Draw them all."""
    for path, text in drawn():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
