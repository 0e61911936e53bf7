"""The colours of the statistics pictures, taken from the palette of whatever theme is on."""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QGuiApplication, QPalette

from composer_app.studio.statistics.question import Part
from composer_app.studio.widgets.theme import mix, text_font, voice_color

_DARK_BELOW = 0.5


@dataclass(frozen=True, slots=True)
class PlotColors:
    """Colours as ``#rrggbb``, and the family of the type; plain data, so that threads may draw."""

    ground: str
    text: str
    muted: str
    line: str
    axis: str
    bar: str
    accent: str
    reference: str
    warning: str
    family: str

    @property
    def band(self) -> str:
        """One standard deviation to either side of the mean."""
        return mix(self.ground, self.text, 0.07).name()


def current_colors(part: Part = "all") -> PlotColors:
    """Those of the theme that is on; the application's palette, for style sheets change others."""
    return colors_of(QGuiApplication.palette(), text_font().family(), part)


def colors_of(palette: QPalette, family: str, part: Part = "all") -> PlotColors:
    """The colours on a panel: whatever theme made ``palette``, dark or light.

    The bars of a single track have the colour of its voice.
    """
    role = QPalette.ColorRole
    ground, text = palette.color(role.AlternateBase), palette.color(role.WindowText)
    dark = ground.lightnessF() < _DARK_BELOW
    muted = palette.color(role.PlaceholderText)
    voice = voice_color(part) if isinstance(part, int) else muted
    return PlotColors(
        ground=ground.name(),
        text=text.name(),
        muted=muted.name(),
        line=mix(ground, text, 0.1).name(),
        axis=mix(ground, text, 0.25).name(),
        bar=_readable(mix(ground, voice, 0.62), dark).name(),
        accent=palette.color(role.Highlight).name(),
        reference="#c9a4ff" if dark else "#7a35c8",
        warning="#ff8a70" if dark else "#b3261e",
        family=family,
    )


def _readable(color: QColor, dark: bool) -> QColor:
    """A little stronger on white, where pale colours fade."""
    return color if dark else color.darker(112)
