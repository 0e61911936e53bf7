import re

import pytest
from PySide6.QtGui import QColor, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from composer_app.resources import resource_folder
from composer_app.studio.widgets import theme
from composer_app.studio.widgets.theme import COLORS, VOICE_COLORS


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (COLORS.text, COLORS.background),
        (COLORS.text, COLORS.surface),
        (COLORS.text, COLORS.raised),
        (COLORS.text, COLORS.hover),
        (COLORS.text, COLORS.accent_soft),
        (COLORS.muted, COLORS.background),
        (COLORS.muted, COLORS.surface),
        (COLORS.muted, COLORS.raised),
        (COLORS.on_accent, COLORS.accent),
        (COLORS.on_accent, COLORS.accent_hover),
        (COLORS.on_accent, COLORS.accent_pressed),
        (COLORS.key_label, COLORS.key_white),
        (COLORS.muted, COLORS.key_black),
        *((color, COLORS.surface) for color in VOICE_COLORS),
    ],
)
def test_text_can_be_read(ink: str, ground: str) -> None:
    assert theme.contrast(ink, ground) >= 4.5


def test_contrast_of_black_and_white_is_the_greatest() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert theme.contrast("#777777", "#777777") == 1.0


def test_the_style_sheet_uses_only_the_tokens_colors() -> None:
    # Handles turn white under the mouse; everything else has a name.
    named = {str(value).upper() for value in vars_of(COLORS).values()} | {"#FFFFFF"}
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


def vars_of(tokens: theme.Tokens) -> dict[str, str]:
    return {name: getattr(tokens, name) for name in tokens.__dataclass_fields__}


def test_the_style_sheets_pictures_exist_and_are_drawn_in_the_tokens_colors() -> None:
    folder = resource_folder("assets") / "theme"
    named = set(vars_of(COLORS).values())
    pictures = set(re.findall(r"url\(theme:([^)]+)\)", theme.style_sheet()))
    assert pictures
    for name in pictures:
        colors = re.findall(r"#[0-9A-Fa-f]{6}", (folder / name).read_text(encoding="utf-8"))
        assert set(colors) <= named, name


def test_applying_the_theme_reaches_palette_and_type(qapp: QApplication) -> None:
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(COLORS.background)
    assert qapp.font().pixelSize() == theme.BASE_SIZE
    disabled = qapp.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert disabled == QColor(COLORS.disabled)


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
