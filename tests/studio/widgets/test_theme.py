import re
import runpy
from pathlib import Path

import pytest
from PySide6.QtCore import QDir
from PySide6.QtGui import QColor, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QStyle, QWidget
from pytestqt.qtbot import QtBot

from composer_app import palette
from composer_app.palette import LIGHT, Palette
from composer_app.resources import resource_folder
from composer_app.studio.widgets import theme
from composer_app.studio.widgets.theme import COLORS


def test_the_style_sheet_uses_only_the_palettes_colors() -> None:
    named = {str(value).upper() for value in vars_of(COLORS).values()}
    assert set(re.findall(r"#[0-9A-Fa-f]{6}\b", theme.style_sheet())) <= named
    assert "$" not in theme.style_sheet()


def test_no_rule_holds_for_every_widget() -> None:
    # Making the window took half as long again with one; palette and font reach as far.
    rules = re.sub(r"/\*.*?\*/", "", theme.style_sheet(), flags=re.DOTALL)
    selectors = {
        name.strip() for names in re.findall(r"([^{}]+)\{", rules) for name in names.split(",")
    }
    assert "QLabel" in selectors
    assert not selectors & {"QWidget", "*", ".QWidget"}


def vars_of(colors: Palette) -> dict[str, object]:
    return {name: getattr(colors, name) for name in colors.__dataclass_fields__}


@pytest.mark.parametrize("colors", theme.PICTURES)
def test_the_style_sheets_pictures_are_there_in_the_colors_of_every_palette(
    colors: Palette,
) -> None:
    folder = resource_folder("assets") / "theme" / theme.PICTURES[colors]
    pictures = set(re.findall(r"url\(theme:([^)]+)\)", theme.style_sheet()))
    assert pictures == {path.name for path in folder.iterdir()}
    for name in pictures:
        drawn = re.findall(r"#[0-9A-Fa-f]{6}", (folder / name).read_text(encoding="utf-8"))
        assert drawn, name
        assert set(drawn) <= set(vars_of(colors).values()), name


def test_the_pictures_are_those_that_are_drawn_of_the_shapes(repository: Path) -> None:
    maker = runpy.run_path(str(repository / "docs" / "make_theme_pictures.py"))
    drawn = list(maker["drawn"]())
    assert len(drawn) == 2 * len(list((repository / "assets" / "theme" / "shapes").iterdir()))
    for path, text in drawn:
        assert path.read_text(encoding="utf-8") == text, "run docs/make_theme_pictures.py"


def test_the_applications_pictures_are_those_of_its_palette(qapp: QApplication) -> None:
    (folder,) = QDir.searchPaths("theme")
    assert Path(folder).name == theme.PICTURES[COLORS]


def test_applying_the_theme_reaches_palette_and_type(qapp: QApplication) -> None:
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(COLORS.background)
    assert qapp.font().pixelSize() == theme.BASE_SIZE
    disabled = qapp.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert disabled == QColor(COLORS.disabled)


def test_every_palette_can_dress_the_window() -> None:
    light = theme.palette(LIGHT)
    assert light.color(QPalette.ColorRole.Window) == QColor(LIGHT.background)
    assert light.color(QPalette.ColorRole.WindowText) == QColor(LIGHT.text)


def test_figures_stand_still() -> None:
    metrics = QFontMetricsF(theme.numeral_font(theme.LARGE_SIZE, bold=True))
    assert len({metrics.horizontalAdvance(digit * 4) for digit in "0123456789"}) == 1


def test_a_role_changes_how_a_widget_looks(qtbot: QtBot) -> None:
    label = QLabel("Choose a model")
    qtbot.addWidget(label)
    theme.set_role(label, "title")
    label.ensurePolished()
    assert label.font().pixelSize() == theme.MEDIUM_SIZE
    theme.set_role(label, "display")
    assert label.font().pixelSize() == theme.LARGE_SIZE


def test_a_container_paints_its_ground(qtbot: QtBot) -> None:
    panel = QWidget()
    qtbot.addWidget(panel)
    theme.set_role(panel, "panel")
    panel.resize(8, 8)
    assert panel.grab().toImage().pixelColor(4, 4) == QColor(COLORS.surface)


def test_the_first_eight_tracks_differ_in_color() -> None:
    colors = [theme.voice_color(track).name() for track in range(9)]
    assert len(set(colors[:8])) == 8
    assert colors[8] == colors[0]


def test_mixing_colors() -> None:
    assert theme.mix("#000000", "#FFFFFF", 0.0) == QColor("#000000")
    assert theme.mix("#000000", "#FFFFFF", 1.0) == QColor("#FFFFFF")
    assert theme.mix("#000000", "#FF0000", 0.5).red() == pytest.approx(128, abs=1)
    assert theme.with_alpha("#FF0000", 0.25).alphaF() == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("share", [0.0, 0.07, 0.1, 0.25, 0.5, 0.62, 1.0])
def test_the_palette_mixes_as_qt_does(share: float) -> None:
    for color in (*COLORS.voices, COLORS.text, COLORS.muted, COLORS.accent):
        mixed = theme.mix(COLORS.surface, color, share).name()
        assert palette.mix(COLORS.surface, color, share) == mixed


def test_buttons_of_dialogs_have_no_pictures_of_the_desktop(qtbot: QtBot) -> None:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    box.ensurePolished()
    hint = QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons
    assert not box.style().styleHint(hint, None, box)
