"""Where the statistics pictures are drawn: threads of the jobs, which import matplotlib there."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from composer_app.reporting.plots.picture import Picture
    from composer_app.reporting.plots.plot import Plotter
    from composer_app.reporting.plots.rendered import Frame, RenderedPlot

PLOT_MODULE: Final = "composer_app.reporting.plots.plot"


class PlotRunner:
    """Draws for one widget. Called in threads, by one at a time."""

    def __init__(self) -> None:
        self._plotter: Plotter | None = None

    def prepare(self) -> None:
        """Import matplotlib, which takes long; ImportError where there is none."""
        self._open()

    def draw(self, picture: Picture, frame: Frame) -> RenderedPlot:
        """``picture`` as pixels."""
        return self._open().draw(picture, frame)

    def _open(self) -> Plotter:
        if self._plotter is None:
            self._plotter = new_plotter()
        return self._plotter


def new_plotter() -> Plotter:
    """A plotter of one's own, for a file; ImportError where there is no matplotlib."""
    return cast("Plotter", importlib.import_module(PLOT_MODULE).Plotter())
