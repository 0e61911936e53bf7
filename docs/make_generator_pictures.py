"""Draws the pictures of docs/generators.md anew.

The networks' pictures come from the shapes that pass through them, the curves from docs/curves,
the examples from a corpus. Run ``.venv/bin/python docs/make_generator_pictures.py`` (it needs
torch; ``make setup`` installs it), with build/bach.npz as a further argument for the examples;
how it is made is in docs/training.md.
"""

import csv
import io
import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import torch
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.ticker import MaxNLocator
from PIL import Image
from torch import Tensor, nn

from composer_app.analysis.heard_chords import with_heard_chords
from composer_app.evaluation.excerpts import EXCERPT_STEPS, composition_of, excerpts_of
from composer_app.generation.composing import compose
from composer_app.generation.generator import GenerationSettings
from composer_app.generation.models.catalog import load_generator
from composer_app.music.composition import VOICE_NAMES
from composer_app.palette import DARK
from composer_app.roll_picture import draw_roll
from composer_app.training.config import VOICES, OnePassConfig, RefiningConfig
from composer_app.training.corpora.corpus import load_corpus
from composer_app.training.export import example_gan_inputs
from composer_app.training.networks.classic_gan import ClassicGenerator
from composer_app.training.networks.one_pass_networks import OnePassGenerator
from composer_app.training.networks.one_pass_plan import PORTIONS, strong_beats
from composer_app.training.networks.one_pass_stages import (
    STAGES,
    Cells,
    Context,
    Stage,
    plain_context,
)
from composer_app.training.networks.refining_unet import RefiningUNet

IMAGES: Final = Path(__file__).resolve().parent / "images"
CURVES: Final = Path(__file__).resolve().parent / "curves"
BACKGROUND, EMPTY, LINE = DARK.background, DARK.surface, DARK.line_strong
TEXT, MUTED = DARK.text, DARK.muted
COLOURS: Final = DARK.voices
DPI: Final = 100
POINT: Final = 72 / DPI
WIDTH: Final = 1600
# Readable where the picture is shown at half its size.
TITLE, BODY, SMALL = 34, 26, 23
WINDOW: Final = 64
SEED: Final = 1
# Middles of the two sides and of the levels of a U-Net.
CENTRES: Final = (330.0, WIDTH - 330.0)
ROWS: Final = (250.0, 418.0, 586.0, 754.0, 922.0)
COLOUR_COUNT: Final = 96
LEVELS: Final = ("the beats", "the eighths", "the sixteenths")


@dataclass(frozen=True, slots=True)
class Box:
    """What leaves a part of a network: ``steps`` of time with ``channels`` each.

    ``more`` is what the label says besides; ``parts`` are the blocks within.
    """

    steps: int
    channels: int
    parts: int = 1
    more: str = ""


class Watch:
    """Records the shape of what leaves each part of a network."""

    def __init__(self) -> None:
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.runs = 0

    def on(self, name: str, module: nn.Module) -> None:
        """Remember what leaves ``module`` as ``name``."""

        def hook(_module: nn.Module, _given: tuple[Any, ...], out: Tensor) -> None:
            self.shapes[name] = tuple(out.shape)
            self.runs += 1

        module.register_forward_hook(hook)

    def all(self, name: str, modules: nn.ModuleList) -> None:
        """Each of ``modules``, as ``name`` and its index."""
        for index, module in enumerate(modules):
            self.on(f"{name}{index}", module)


def main() -> int:
    """Draw every picture; returns 0."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    save(refining_picture(), "refining-unet")
    save(classic_picture(), "classic-unet")
    save(stages_picture(), "one-pass-stages")
    save(curves_picture(), "training-curves")
    if len(sys.argv) > 1:
        draw_examples(Path(sys.argv[1]))
    return 0


def save(figure: Figure, name: str) -> None:
    """Write ``figure`` into docs/images."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor=BACKGROUND)
    # A few colours are enough for flat areas and their edges, and make a small file.
    with Image.open(buffer) as picture:
        picture.convert("RGB").quantize(COLOUR_COUNT, dither=Image.Dither.NONE).save(
            IMAGES / f"{name}.png", optimize=True
        )
    print(IMAGES / f"{name}.png")


def canvas(height: int) -> tuple[Figure, Axes]:
    """A figure 1600 pixels wide whose axes count pixels from the upper left corner."""
    figure = empty_figure(height)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    axes.set_axis_off()
    return figure, axes


def empty_figure(height: int) -> Figure:
    """A dark figure 1600 pixels wide."""
    figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor=BACKGROUND)
    FigureCanvasAgg(figure)
    return figure


def write(axes: Axes, x: float, y: float, text: str, **more: Any) -> None:
    """Text of ``size`` pixels at a place, in the middle unless told otherwise."""
    size = more.pop("size", BODY)
    style = {"color": TEXT, "ha": "center", "va": "center"} | more
    axes.text(x, y, text, fontsize=size * POINT, **style)


def arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
    """An arrow from ``start`` to ``end``, in pixels."""
    axes.add_patch(
        FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=20, lw=2.2, color=colour)
    )


def million(module: nn.Module) -> str:
    """The number of weights in words."""
    return f"{sum(p.numel() for p in module.parameters()) / 1e6:.1f} million weights"


def refining_shapes(network: RefiningUNet) -> tuple[Watch, tuple[Tensor, ...]]:
    """What passes through ``network`` for a window of 64 steps, and its outputs."""
    watch = Watch()
    watch.on("stem", network.stem)
    watch.all("down", network.down_blocks)
    watch.all("up", network.up_blocks)
    watch.on("head", network.head)
    cells, steps = torch.zeros(1, WINDOW, VOICES), torch.zeros(1, WINDOW, dtype=torch.long)
    with torch.no_grad():
        out = network.eval()(
            cells.long(), cells, cells, cells, steps, steps, torch.ones(1, WINDOW), steps
        )
    return watch, out


def refining_picture() -> Figure:
    """The refining network: a U-Net over time with pitches as channels."""
    network = RefiningUNet(RefiningConfig())
    watch, (pitch, *_) = refining_shapes(network)

    def box(name: str, blocks: nn.Module) -> Box:
        _, channels, steps = watch.shapes[name]
        count = sum(1 for _ in blocks.children())
        more = "1 block" if count == 1 else f"{count} blocks"
        return Box(steps, channels, count, more)

    left = [box(f"down{i}", blocks) for i, blocks in enumerate(network.down_blocks)]
    right = [box(f"up{i}", blocks) for i, blocks in enumerate(network.up_blocks)][::-1]
    figure, axes = canvas(1080)
    write(axes, WIDTH / 2, 46, "The refining network", size=TITLE, weight="bold")
    facts = f"{million(network)} · a window of {WINDOW} steps (4 bars) · any length will do"
    write(axes, WIDTH / 2, 92, facts, color=MUTED)
    stem = network.stem
    into = f"known cells, place in the bar, style\n{stem.in_channels} numbers a step"
    out = f"probabilities for each cell: {pitch.shape[3]} pitches (one a rest)"
    out += f"\nand struck or held, {VOICES} voices"
    draw_u(axes, left, right, (into, out), "added", "residual blocks", "")
    return figure


def classic_picture() -> Figure:
    """The published generator: a U-Net over the picture of a piano roll."""
    network, watch = ClassicGenerator(), Watch()
    watch.all("down", network.downs)
    watch.all("up", network.ups)
    watch.on("last", network.last)
    condition, noise = torch.zeros(1, 32, 128, 1), torch.zeros(1, 2, 8, 512)
    with torch.no_grad():
        out = network.eval()(condition, noise)

    def box(shape: Sequence[int], more: str = "") -> Box:
        channels, steps, pitches = shape
        return Box(steps, channels, 1, f"{steps} × {pitches} × {channels}{more}")

    downs = [box(watch.shapes[f"down{i}"][1:]) for i in range(len(network.downs))]
    ups = [box(watch.shapes[f"up{i}"][1:]) for i in range(len(network.ups))][::-1]
    roll = tuple(condition.shape[1:])
    left = [box((roll[2], *roll[:2])), *downs]
    right = [box(watch.shapes["last"][1:]), *ups]
    figure, axes = canvas(1080)
    write(axes, WIDTH / 2, 46, "The published design", size=TITLE, weight="bold")
    facts = f"{million(network)} · labels: steps × pitches × channels · one run, no choices inside"
    write(axes, WIDTH / 2, 92, facts, color=MUTED)
    into = f"a picture of the melody\n{roll[0]} steps (2 bars) × {roll[1]} pitches"
    four = f"a picture of {out.shape[3]} voices\na note where it is above 0"
    z = " × ".join(str(n) for n in noise.shape[1:])
    draw_u(axes, left, right, (into, four), "set beside", "convolutions", f"noise z, {z}")
    return figure


def draw_u(
    axes: Axes,
    left: Sequence[Box],
    right: Sequence[Box],
    ends: tuple[str, str],
    joined: str,
    parts: str,
    noise: str,
) -> None:
    """Levels below each other: ``left`` going down (one more, the last), ``right`` going up.

    ``ends`` say what goes in and comes out, ``joined`` what is done along the dashed lines.
    """
    size = Sizes(left[0].steps, max(box.channels for box in left))
    bottom = len(left) - 1
    for level, box in enumerate(left[:-1]):
        draw_box(axes, box, size(box), CENTRES[0], ROWS[level], COLOURS[1])
        draw_box(axes, right[level], size(right[level]), CENTRES[1], ROWS[level], COLOURS[2])
        draw_join(axes, box, right[level], level, size)
    draw_box(axes, left[-1], size(left[-1]), WIDTH / 2, ROWS[bottom], COLOURS[0])
    text = left[-1].more
    if "×" not in text:
        text = f"{left[-1].steps} steps × {left[-1].channels} channels, {text}"
    write(axes, WIDTH / 2, ROWS[bottom] - size(left[-1])[1] / 2 - 22, text, size=SMALL)
    draw_arrows(axes, left, size, CENTRES[0], down=True)
    draw_arrows(axes, [*right, left[-1]], size, CENTRES[1], down=False)
    for x, end in zip(CENTRES, ends, strict=True):
        write(axes, x, 165, end, size=SMALL)
    if noise:
        write(axes, WIDTH / 2, ROWS[bottom] + 76, noise, color=COLOURS[0])
    foot = f"width: steps of time    height: channels    dashed: {joined}    boxes: {parts}"
    write(axes, WIDTH / 2, 1046, foot, size=SMALL, color=MUTED)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Pixels for a box, where ``widest`` are the most steps and ``most`` the most channels."""

    widest: int
    most: int

    def __call__(self, box: Box) -> tuple[float, float]:
        """Width and height."""
        return 500.0 * box.steps / self.widest, 34.0 + 76.0 * box.channels / self.most


def draw_box(
    axes: Axes, box: Box, size: tuple[float, float], x: float, y: float, colour: str
) -> None:
    """A box around its middle, divided into its parts."""
    width, height = size[0] / box.parts, size[1]
    for part in range(box.parts):
        place = (x - size[0] / 2 + part * width, y - height / 2)
        axes.add_patch(Rectangle(place, width, height, fc=colour, ec=BACKGROUND, lw=2.5))


def draw_arrows(axes: Axes, boxes: Sequence[Box], size: Sizes, x: float, *, down: bool) -> None:
    """From each level of a side to the next; the last of ``boxes`` stands in the middle."""
    for level, (box, below) in enumerate(itertools.pairwise(boxes)):
        start = (x, ROWS[level] + size(box)[1] / 2 + 4)
        end = (x, ROWS[level + 1] - size(below)[1] / 2 - 4)
        if level == len(boxes) - 2:
            beside = size(below)[0] / 2 + 6
            end = (WIDTH / 2 + (-beside if down else beside), ROWS[level + 1])
        arrow(axes, *((start, end) if down else (end, start)), MUTED)


def draw_join(axes: Axes, left: Box, right: Box, level: int, size: Sizes) -> None:
    """The dashed line across a level, and what stands at both its ends."""
    y = ROWS[level]
    start = CENTRES[0] + size(left)[0] / 2 + 8
    end = CENTRES[1] - size(right)[0] / 2 - 8
    shapes = "×" in left.more
    # The published design joins nothing to its own input.
    if level or not shapes:
        axes.plot([start, end - 12], [y, y], color=LINE, lw=2, ls=(0, (5, 4)))
        write(axes, end - 4, y, "▸", color=MUTED, size=SMALL, ha="right")
    if shapes:
        write(axes, start + 6, y - 22, left.more, size=SMALL, ha="left")
        write(axes, end - 6, y - 22, right.more, size=SMALL, ha="right")
    else:
        plain = f"{left.steps} steps × {left.channels} channels"
        write(axes, WIDTH / 2, y - 22, plain, size=SMALL)
        write(axes, WIDTH / 2, y + 24, f"{left.more} down, {right.more} up", size=SMALL)


def stages_picture() -> Figure:
    """What each stage of the one-pass generator writes in a bar, and what it knows."""
    generator, watch = OnePassGenerator(OnePassConfig()), Watch()
    watch.on("head", generator.network.head)
    watch.on("row_head", generator.planner.row_head)
    watch.all("level", generator.network.down_blocks)
    with torch.no_grad():
        inputs = example_gan_inputs(1, WINDOW)
        del inputs["style"]
        generator.eval()(**inputs)
    heads = watch.runs - len(generator.network.down_blocks) * len(STAGES) - PORTIONS
    levels = [watch.shapes[f"level{i}"][1] for i in range(len(generator.network.down_blocks))]

    figure, axes = canvas(1310)
    write(axes, WIDTH / 2, 46, "The one-pass generator", size=TITLE, weight="bold")
    facts = (
        f"a planner of {million(generator.planner)}, run {PORTIONS} times, and one network of"
        f" {million(generator.network)}, run {heads} times, inside one graph"
    )
    write(axes, WIDTH / 2, 92, facts, color=MUTED)
    draw_plan(axes, 150, 190)
    for number, stage in enumerate(STAGES):
        column, row = (number + 1) % 2, (number + 1) // 2
        draw_stage(axes, number, stage, 150 + column * 770, 190 + row * 228)
    x, y = 150 + 770, 150 + 4 * 228
    key = (
        (COLOURS[0], 1.0, "solid: written in this stage"),
        (COLOURS[0], 0.38, "dim: known from before"),
        (EMPTY, 1.0, "dark: not known yet"),
    )
    for line, (colour, strength, text) in enumerate(key):
        top = y + 2 + 40 * line
        axes.add_patch(Rectangle((x, top), 34, 24, fc=colour, alpha=strength, ec="none"))
        write(axes, x + 52, top + 12, text, ha="left", size=SMALL)
    inside = f"channels of its levels: {', '.join(map(str, levels))}"
    write(axes, x, y + 146, inside, ha="left", size=SMALL, color=MUTED)
    bar = "each picture: one bar of 16 sixteenths"
    write(axes, x, y + 180, bar, ha="left", size=SMALL, color=MUTED)
    return figure


def plain_bar() -> Context:
    """One bar of 4/4."""
    row = torch.zeros(1, 16, dtype=torch.long)
    return plain_context(torch.arange(16)[None], row, torch.ones(1, 16))


def draw_plan(axes: Axes, left: float, top: float) -> None:
    """The chords of a bar, and the order in which they are drawn."""
    title = "the plan: one chord for each beat, in two runs"
    write(axes, left, top - 22, title, ha="left")
    write(axes, left - 14, top + 18, VOICE_NAMES[0], ha="right", size=SMALL, color=MUTED)
    write(axes, left - 14, top + 58, "Chords", ha="right", size=SMALL, color=MUTED)
    strong = strong_beats(plain_bar())[0].tolist()
    for step in range(16):
        place = (left + 38 * step, top)
        axes.add_patch(Rectangle(place, 34, 36, fc=COLOURS[0], alpha=0.38, ec="none"))
    for beat in range(4):
        place = (left + 152 * beat, top + 40)
        axes.add_patch(Rectangle(place, 148, 36, fc=DARK.accent, alpha=1.0, ec="none"))
        turn = "1" if strong[4 * beat] else "2"
        write(axes, place[0] + 74, place[1] + 18, turn, size=SMALL, color=EMPTY)


def draw_stage(axes: Axes, number: int, stage: Stage, left: float, top: float) -> None:
    """A bar as four rows of sixteen cells."""
    cells = Cells(plain_bar())
    known = cells.known(number)[0]
    names = [VOICE_NAMES[voice].lower() for voice in stage.voices]
    voices = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    turn = "" if stage.turn is None else ", again, in turns"
    title = f"{number + 1}  {LEVELS[stage.level]}: {voices}{turn}"
    write(axes, left, top - 22, title, ha="left")
    for voice in range(VOICES):
        y = top + 40 * voice
        here = cells.of(stage, voice)[0].tolist() if voice in stage.voices else [False] * 16
        write(axes, left - 14, y + 18, VOICE_NAMES[voice], ha="right", size=SMALL, color=MUTED)
        for step in range(16):
            stands = bool(known[step, voice] > 0)
            colour = COLOURS[voice] if here[step] or stands else EMPTY
            strength = 1.0 if here[step] or not stands else 0.38
            place = (left + 38 * step, y)
            axes.add_patch(Rectangle(place, 34, 36, fc=colour, alpha=strength, ec="none"))


def read_curve(name: str) -> dict[str, list[tuple[float, float]]]:
    """Each column of docs/curves/NAME.csv as (iteration, value) where it has one."""
    with (CURVES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        column: [(float(row["iteration"]), float(row[column])) for row in rows if row[column]]
        for column in rows[0]
        if column != "iteration"
    }


def curves_picture() -> Figure:
    """Small multiples: how each network learnt."""
    figure = empty_figure(1500)
    grid = figure.add_gridspec(
        3, 2, left=0.075, right=0.975, top=0.95, bottom=0.06, hspace=0.52, wspace=0.19
    )
    refining = {name.rpartition("_")[2]: curve for name, curve in read_curve("refining").items()}
    distilled = read_curve("one-pass-distillation")
    adversarial, classic = read_curve("one-pass-adversarial"), read_curve("classic")
    teachers = "Refining, three teachers: Bach's validation loss"
    draw_curves(figure.add_subplot(grid[0, 0]), teachers, read_curve("teachers"))
    draw_curves(figure.add_subplot(grid[0, 1]), "Refining, their pupil: validation loss", refining)
    axes = figure.add_subplot(grid[1, 0])
    draw_curves(axes, "One-pass, distillation: KL to teacher", {"": distilled["distill_kl"]})
    axes.set_yscale("log")
    axes.set_yticks([0.1, 0.2, 0.4], ["0.1", "0.2", "0.4"])
    axes.minorticks_off()
    named = {"Wasserstein": adversarial["wasserstein"], "KL to teacher": adversarial["anchor_kl"]}
    draw_curves(figure.add_subplot(grid[1, 1]), "One-pass, against the critic", named)
    axes = figure.add_subplot(grid[2, 0])
    draw_curves(axes, "Published: Wasserstein estimate", {"": classic["wasserstein"]})
    axes.set_yscale("log")
    axes.set_yticks([10, 30, 100, 300], ["10", "30", "100", "300"])
    axes.minorticks_off()
    empty = {"": classic["empty_bar_rate"]}
    draw_curves(figure.add_subplot(grid[2, 1]), "Published: share of empty bars", empty)
    return figure


def draw_curves(axes: Axes, title: str, curves: dict[str, list[tuple[float, float]]]) -> None:
    """Lines against the iteration; their names stand at their ends."""
    axes.set_facecolor(EMPTY)
    axes.set_title(title, color=TEXT, fontsize=BODY * POINT, loc="left", pad=14)
    for colour, (name, curve) in zip(COLOURS[1:], curves.items(), strict=False):
        xs, ys = zip(*curve, strict=True)
        axes.plot(xs, ys, color=colour, lw=3, marker="o", ms=4 if len(xs) < 60 else 0)
        style: dict[str, Any] = {"color": colour, "fontsize": SMALL * POINT, "weight": "bold"}
        # Below its line where the name above would run into the next line's.
        above = [other[-1][1] - ys[-1] for other in curves.values() if other[-1][1] > ys[-1]]
        close = bool(above) and min(above) < (max(ys) - min(ys)) / 8
        axes.annotate(
            name,
            (xs[-1], ys[-1]),
            (0, -12 if close else 12),
            textcoords="offset points",
            ha="right",
            va="top" if close else "baseline",
            **style,
        )
    axes.margins(y=0.18)
    axes.grid(color=LINE, lw=0.6, alpha=0.6)
    axes.tick_params(colors=MUTED, labelsize=SMALL * POINT, length=0, pad=8)
    axes.set_xlabel("iteration", color=MUTED, fontsize=SMALL * POINT)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    for spine in axes.spines.values():
        spine.set_visible(False)


def draw_examples(corpus: Path) -> None:
    """The first validation chorale that gives eight whole bars of 4/4: Bach's, and ours."""
    cuts = excerpts_of(load_corpus(corpus, "valid"))
    cut = next(c for c in cuts if c.grid.steps == EXCERPT_STEPS and str(c.meter) == "4/4")
    title = cut.name.removesuffix(".mxl").replace("bwv", "BWV ")
    bach = with_heard_chords(composition_of(cut.grid, cut.meter, f"{title}: Bach"))
    save_bytes(draw_roll(bach), "example-bach")
    ours = compose(cut.melody, load_generator("bach"), GenerationSettings(seed=SEED))
    save_bytes(draw_roll(replace(ours, title=f"{title}: Composer")), "example-composer")


def save_bytes(picture: bytes, name: str) -> None:
    """Write a PNG into docs/images."""
    path = IMAGES / f"{name}.png"
    path.write_bytes(picture)
    print(path)


if __name__ == "__main__":
    sys.exit(main())
