"""The colours of the statistics pictures, made from those of a palette."""

from dataclasses import dataclass
from functools import lru_cache

from composer_app.palette import Palette, mix
from composer_app.reporting.plots.question import Part


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
        return mix(self.ground, self.text, 0.07)


@lru_cache(maxsize=64)
def colors_of(palette: Palette, family: str, part: Part = "all") -> PlotColors:
    """The colours of ``palette`` on a panel.

    The bars of a single track have the colour of its voice.
    """
    ground, text = palette.surface, palette.text
    voice = palette.track(part) if isinstance(part, int) else palette.muted
    return PlotColors(
        ground=ground,
        text=text,
        muted=palette.muted,
        line=mix(ground, text, 0.1),
        axis=mix(ground, text, 0.25),
        bar=mix(ground, voice, 0.62),
        accent=palette.accent,
        reference=palette.reference,
        warning=palette.outlier,
        family=family,
    )
