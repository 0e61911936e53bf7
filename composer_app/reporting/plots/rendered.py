"""What is asked of whoever draws the statistics, and what comes back. No matplotlib."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer_app.reporting.plots.colors import PlotColors
from composer_app.reporting.plots.picture import Picture


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a picture is to stand: pixels at 100 %, pixels of the screen for each, colours.

    ``heading`` and ``caption`` are lines over the diagram, for pictures that stand alone.
    """

    width: int
    height: int
    ratio: float
    colors: PlotColors
    heading: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class RenderedPlot:
    """A drawn picture: ``pixels`` (height, width, 4) RGBA of the screen, opaque.

    ``box`` is left, top, width and height of the axes in pixels at 100 %; ``x`` and ``y`` their
    limits.
    """

    pixels: NDArray[np.uint8]
    frame: Frame
    box: tuple[float, float, float, float]
    x: tuple[float, float]
    y: tuple[float, float]
    picture: Picture

    @property
    def ratio(self) -> float:
        """Pixels of the screen for each at 100 %."""
        return self.frame.ratio
