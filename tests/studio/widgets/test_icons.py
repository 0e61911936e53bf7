import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage

from composer_app.resources import resource_folder
from composer_app.studio.widgets import icons
from composer_app.studio.widgets.theme import COLORS

# What the window asks for by name.
NEEDED = frozenset(
    (
        *("record", "play", "stop", "pause", "loop", "metronome", "open", "save", "export"),
        *("undo", "redo", "generate", "dice", "keyboard", "midi", "volume", "mute", "settings"),
        *("octave-up", "octave-down", "zoom-in", "zoom-out", "zoom-fit", "melody", "statistics"),
        *("info", "warning", "error", "close"),
    )
)


def colors_in(image: QImage) -> set[str]:
    """The colours of all opaque pixels."""
    image = image.convertToFormat(QImage.Format.Format_ARGB32)
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


@pytest.mark.parametrize("name", icons.icon_names())
def test_every_drawing_has_the_same_frame_and_weight(name: str) -> None:
    drawing = (resource_folder("assets") / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    assert 'viewBox="0 0 20 20"' in drawing
    assert re.findall(r'stroke-width="([^"]+)"', drawing) == ["1.5"]
    assert set(re.findall(r"#[0-9A-Fa-f]+", drawing)) == {"#000"}


@pytest.mark.parametrize("name", icons.icon_names())
def test_every_drawing_can_be_seen_and_keeps_clear_of_its_edges(name: str) -> None:
    image = icons.pixmap(name, 40).toImage()
    inked = [(x, y) for x in range(40) for y in range(40) if image.pixelColor(x, y).alpha() > 32]
    assert len(inked) > 20
    assert all(1 <= coordinate <= 38 for point in inked for coordinate in point)


def test_what_the_window_needs_is_there() -> None:
    assert set(icons.icon_names()) >= NEEDED


def test_an_icon_takes_its_colors_from_mode_and_state() -> None:
    icon = icons.icon("stop", COLORS.text, COLORS.accent)
    mode, state = QIcon.Mode, QIcon.State
    for shown, color in (
        ((mode.Normal, state.Off), COLORS.text),
        ((mode.Normal, state.On), COLORS.accent),
        ((mode.Disabled, state.Off), COLORS.disabled),
        ((mode.Disabled, state.On), COLORS.disabled),
    ):
        image = icon.pixmap(QSize(20, 20), *shown).toImage()
        assert colors_in(image) == {QColor(color).name()}


def test_an_icon_is_drawn_for_the_screens_ratio() -> None:
    pixmap = icons.pixmap("play", 20, ratio=2.0)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (40, 2.0)
    assert pixmap.deviceIndependentSize().width() == 20


def test_a_name_without_a_drawing_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        icons.icon("no-such-icon")


def test_the_applications_icon_keeps_its_own_colors() -> None:
    assert {256, 16} <= {size.width() for size in icons.app_icon().availableSizes()}
    assert len(colors_in(icons.app_icon().pixmap(64).toImage())) > 4
    assert "app" not in icons.icon_names()
