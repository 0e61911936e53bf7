import io
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from composer_app.analysis.features import FEATURES, LENGTH, PITCH, SOUNDING, Feature
from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from composer_app.music.pitch import pitch_name
from composer_app.reporting.plots import drawing
from composer_app.reporting.plots.colors import PlotColors
from composer_app.reporting.plots.picture import Picture, picture_of
from composer_app.reporting.plots.plot import Plotter
from composer_app.reporting.plots.question import Against, Question
from composer_app.reporting.plots.rendered import Frame, RenderedPlot

DARK = PlotColors(
    ground="#101010", text="#ffffff", muted="#909090", line="#303030", axis="#505050",
    bar="#00ff00", accent="#0000ff", reference="#ff00ff", warning="#ff0000", family="none",
)  # fmt: skip
FRAME = Frame(300, 200, 1.0, DARK)
NOTES = tuple(Note(4 * i, 60 + i % 8, 4) for i in range(40))
PIECE = Composition((Track("Soprano", notes=NOTES),))
AXES = Figure().subplots()
BACH = Against("style", "Bach", style="bach")


def shown(feature: Feature = PITCH, **more: object) -> Picture:
    picture = picture_of(Question(PIECE, feature, **more))  # type: ignore[arg-type]
    assert picture is not None
    return picture


def color_at(rendered: RenderedPlot, value: float, height: float) -> tuple[int, ...]:
    left, top, width, tall = (edge * rendered.ratio for edge in rendered.box)
    x = left + (value - rendered.x[0]) / (rendered.x[1] - rendered.x[0]) * width
    y = top + tall * (1 - (height - rendered.y[0]) / (rendered.y[1] - rendered.y[0]))
    return tuple(rendered.pixels[round(y), round(x), :3].tolist())


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_bars_stand_where_the_plate_says(ratio: float) -> None:
    rendered = Plotter().draw(shown(), Frame(300, 200, ratio, DARK))
    assert rendered.pixels.shape == (200 * ratio, 300 * ratio, 4)
    # Beside the middle, where there may be the line of the mean, and below the curve.
    assert color_at(rendered, 60.3, 0.4) == (0, 255, 0)
    assert color_at(rendered, 67.3, 0.4) == (0, 255, 0)
    assert color_at(rendered, 60.3, 5.6) != (0, 255, 0), "five notes each"


def test_a_name_is_no_formula() -> None:
    against = Against("take", r"$\frac{$", take=PIECE)
    rendered = Plotter().draw(shown(against=against), Frame(300, 300, 1.0, DARK, heading="$x"))
    assert rendered.pixels.shape == (300, 300, 4)


def test_the_selection_is_drawn_inside_the_bars() -> None:
    chosen = frozenset((0, note) for note in NOTES if note.pitch == 62)
    rendered = Plotter().draw(shown(selected=chosen), FRAME)
    assert color_at(rendered, 62.3, 1.0) == (0, 0, 255)
    assert color_at(rendered, 61.3, 1.0) == (0, 255, 0)


def test_the_axes_are_drawn_anew_only_when_they_change() -> None:
    plotter = Plotter()
    plotter.draw(shown(), FRAME)
    plotter.draw(shown(sample=False), FRAME)
    assert plotter.backgrounds == 1
    plotter.draw(shown(LENGTH), FRAME)
    plotter.draw(shown(LENGTH), Frame(320, 200, 1.0, DARK))
    assert plotter.backgrounds == 3


@settings(deadline=None)
@given(st.floats(1, 5000), st.booleans())
def test_heights_are_marked_at_whole_numbers_up_to_a_round_one(top: float, few: bool) -> None:
    round_top = drawing.nice(top)
    assert top <= round_top <= max(2.0, 1.5 * top)
    axes = AXES
    drawing.mark_heights(axes, round_top, few=few)
    ticks = axes.yaxis.get_major_locator()()
    assert ticks[0] == 0
    assert ticks[-1] == round_top
    assert 2 <= len(ticks) <= (4 if few else 5)
    assert (np.asarray(ticks) == np.round(ticks)).all()


def test_no_axis_of_percentages_goes_beyond_a_hundred() -> None:
    picture = shown(SOUNDING)
    rendered = Plotter().draw(picture, FRAME)
    assert picture.heights.max() == 100
    assert rendered.y[1] == pytest.approx(106)


@pytest.mark.parametrize(
    ("left", "right", "names"),
    [
        (59.5, 65.5, "C4 D4 E4 F4"),
        (58.0, 76.0, "C4 E4 G4 C5"),
        (47.5, 72.5, "C3 E3 G3 C4 E4 G4 C5"),
        (59.5, 79.5, "C4 E4 G4 C5 E5 G5"),
        (35.5, 84.5, "C2 C3 C4 C5 C6"),
        (20.5, 108.5, "C1 C3 C5 C7"),
        (60.6, 61.4, "C♯4"),
    ],
)
def test_pitches_are_named_as_musicians_look_for_them(
    left: float, right: float, names: str
) -> None:
    found = [pitch_name(pitch) for pitch in drawing.named_pitches(left, right)]
    assert found == names.split()


def test_a_file_is_drawn_as_the_window_is() -> None:
    picture = shown(against=BACH)
    rendered = Plotter().draw(picture, FRAME)
    left, top, width, height = rendered.box
    figure = Figure((300 / 72, 200 / 72), dpi=72)
    box = (left / 300, 1 - (top + height) / 200, width / 300, height / 200)
    drawing.draw_picture(figure.add_axes(box), picture, DARK, height)
    file = io.BytesIO()
    figure.savefig(file, facecolor=DARK.ground)
    with Image.open(file) as image:
        pixels = np.asarray(image)
    inside = slice(round(top), round(top + height)), slice(round(left), round(left + width))
    assert np.array_equal(pixels[inside], rendered.pixels[inside])


def test_artists_leave_nothing_behind() -> None:
    chosen = frozenset((0, note) for note in NOTES[:9])
    used, fresh = Plotter(), Plotter()
    used.draw(shown(selected=chosen, against=BACH), FRAME)
    for feature in FEATURES:
        if (picture := picture_of(Question(PIECE, feature))) is not None:
            used.draw(picture, FRAME)
    again, once = used.draw(shown(), FRAME), fresh.draw(shown(), FRAME)
    assert np.array_equal(again.pixels, once.pixels)
    assert not np.array_equal(used.draw(shown(LENGTH), FRAME).pixels, once.pixels)


def test_another_theme_is_another_picture() -> None:
    light = PlotColors(
        **{**{name: getattr(DARK, name) for name in PlotColors.__slots__}, "ground": "#ffffff"}
    )
    plotter = Plotter()
    plotter.draw(shown(), FRAME)
    rendered = plotter.draw(shown(), Frame(300, 200, 1.0, light))
    assert rendered.pixels[0, 0, :3].tolist() == [255, 255, 255]


def test_files() -> None:
    frame = Frame(600, 400, 2.0, DARK, "Pitch: all tracks", "40 notes\nand a sentence")
    png = Plotter().written(shown(against=BACH), frame, "png")
    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (1200, 800)
        pixels = np.asarray(image.convert("RGB"))
    assert (pixels == (0, 255, 0)).all(axis=2).any(), "the bars"
    svg = Plotter().written(shown(against=BACH), frame, "svg")
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert b"#00ff00" in svg, "the bars"
