"""Draws the picture of docs/phrasing.md anew: how loud the notes of a take are, even and phrased.

Run ``.venv/bin/python docs/make_phrasing_picture.py``.
"""

from pathlib import Path
from typing import Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationSettings
from composer_app.generation.models.catalog import DEFAULT_MODEL, load_generator
from composer_app.generation.phrasing.phrases import phrases_of
from composer_app.music.files.sample_melodies import load_sample
from composer_app.palette import DARK

IMAGE: Final = Path(__file__).resolve().parent / "images" / "phrasing.png"
DEPTHS: Final = (0.0, 0.5, 1.0)
TITLES: Final = ("even (0)", "natural (0.5)", "expressive (1)")
SEED: Final = 7
DPI: Final = 100
BODY, SMALL = 15, 13


def main() -> int:
    """Draw it; returns 0."""
    melody, generator = load_sample("ode_to_joy"), load_generator(DEFAULT_MODEL)
    figure = Figure(figsize=(16, 6.4), dpi=DPI, facecolor=DARK.background)
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(DEPTHS), sharey=True)
    for axes, depth, title in zip(panels, DEPTHS, TITLES, strict=True):
        piece = compose(melody, generator, GenerationSettings(SEED, phrasing=depth))
        bar = piece.meter.steps_per_bar
        axes.set_facecolor(DARK.surface)
        for phrase in phrases_of(melody.notes, piece.meters, piece.tempo):
            axes.axvline(phrase.start / bar + 1, color=DARK.line_strong, linewidth=1.5)
            axes.axvline(phrase.peak / bar + 1, color=DARK.line_strong, linestyle=":")
        for track, colour in zip(piece.tracks, DARK.voices, strict=False):
            for note in track.notes:
                axes.plot(
                    [note.onset / bar + 1, note.release / bar + 1],
                    [note.velocity] * 2,
                    color=colour,
                    linewidth=4,
                    solid_capstyle="butt",
                )
            axes.plot([], [], color=colour, linewidth=4, label=track.name)
        axes.set_title(title, color=DARK.text, fontsize=BODY)
        axes.set_xlabel("bar", color=DARK.muted, fontsize=SMALL)
        axes.set_xticks(range(1, piece.bars + 1))
        axes.tick_params(colors=DARK.muted, labelsize=SMALL)
        for spine in axes.spines.values():
            spine.set_color(DARK.line_strong)
    panels[0].set_ylabel("velocity", color=DARK.muted, fontsize=SMALL)
    panels[0].legend(
        loc="lower left", fontsize=SMALL, labelcolor=DARK.text, facecolor=DARK.surface,
        edgecolor=DARK.line_strong,
    )  # fmt: skip
    figure.tight_layout()
    figure.savefig(IMAGE, facecolor=DARK.background)
    print(IMAGE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
