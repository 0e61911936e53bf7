"""The colours: two palettes that can be read, and no colour anywhere else."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from composer_app.palette import DARK, LIGHT, Palette, contrast, mix

COLOR = re.compile(r"#[0-9A-Fa-f]{6}|#[0-9A-Fa-f]{3}")
PALETTES = pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
READ = [
    ("text", "background"),
    ("text", "surface"),
    ("text", "raised"),
    ("text", "hover"),
    ("text", "accent_soft"),
    ("muted", "background"),
    ("muted", "surface"),
    ("muted", "raised"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_accent", "accent_pressed"),
    ("key_label", "key_white"),
    ("key_black_label", "key_black"),
    ("reference", "surface"),
    ("outlier", "surface"),
    ("warning", "surface"),
    ("success", "surface"),
    ("accent", "surface"),
]


@PALETTES
@pytest.mark.parametrize(("ink", "ground"), READ)
def test_text_can_be_read(palette: Palette, ink: str, ground: str) -> None:
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= 4.5


@PALETTES
def test_the_voices_can_be_told_and_read(palette: Palette) -> None:
    colors = [palette.track(index) for index in range(9)]
    assert len(set(colors[:8])) == 8
    assert colors[8] == colors[0]
    for color in colors:
        assert contrast(color, palette.surface) >= 4.5
    for color in palette.voices:
        assert contrast(palette.on_note, color) >= 4.5


@PALETTES
def test_every_colour_is_one(palette: Palette) -> None:
    for field in fields(palette):
        value = getattr(palette, field.name)
        for color in value if isinstance(value, tuple) else (value,):
            assert re.fullmatch(r"#[0-9A-F]{6}", color), field.name


def test_contrast_of_black_and_white_is_the_greatest() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#777777") == 1.0


def test_mixing_colours() -> None:
    assert mix("#000000", "#FFFFFF", 0.0) == "#000000"
    assert mix("#000000", "#FFFFFF", 1.0) == "#ffffff"
    assert mix("#000000", "#FF0000", 0.5) == "#800000"
    assert mix("#102030", "#304050", 0.25) == "#182838"


def colors_in(source: str) -> Iterator[str]:
    """Colours in the strings of ``source``, docstrings aside."""
    tree = ast.parse(source)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield from COLOR.findall(node.value)


def test_no_colour_stands_anywhere_else(repository: Path) -> None:
    found = [
        f"{path.relative_to(repository)}: {color}"
        for folder in ("composer_app", "docs", "benchmarks", "scripts")
        for path in sorted((repository / folder).rglob("*.py"))
        if path.name != "palette.py"
        for color in colors_in(path.read_text(encoding="utf-8"))
    ]
    assert found == []
    sheet = (repository / "assets" / "theme" / "studio.qss").read_text(encoding="utf-8")
    assert COLOR.findall(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)) == []


def test_a_colour_that_stands_elsewhere_is_noticed() -> None:
    source = "def f():\n    '''Of #AAAAAA.'''\n    return ['#15171C', f'a{1}{{color:#fff}}', '# 1']"
    assert list(colors_in(source)) == ["#15171C", "#fff"]


def test_the_icon_of_the_application_has_the_dark_palette(repository: Path) -> None:
    drawing = (repository / "assets" / "icons" / "app.svg").read_text(encoding="utf-8")
    assert set(COLOR.findall(drawing)) == {DARK.surface, DARK.line, *DARK.voices}
