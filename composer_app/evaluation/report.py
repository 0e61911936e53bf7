"""The table of an evaluation as text, Markdown or HTML, with pictures of the first takes."""

import base64
import html
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from composer_app.errors import SettingError
from composer_app.evaluation.evaluating import Outcome
from composer_app.evaluation.excerpts import composition_of
from composer_app.evaluation.table import Evaluation
from composer_app.file_arguments import is_standard, write_output
from composer_app.generation.batch import prepare_folder
from composer_app.palette import LIGHT
from composer_app.translation import _

_ENDINGS: Final = (".html", ".md")
_MOST_PICTURES: Final = 4
_LEGEND: Final = (
    "The composer's distances are those of these pieces to his training pieces; all others are"
    " distances to the composer's own pieces. Bars retrieved and random paste are floors: real"
    " accompaniments, bar by bar after the melody or at random. A two-sample test of .5 cannot"
    " tell the pieces from the composer's. NLL, in nats, is of the composer's own notes under a"
    " network that is not told where phrases end within the piece, as it is when it composes."
)
_STYLE: Final = (
    "body{font:16px/1.5 sans-serif;max-width:1100px;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse}td,th{padding:.2em .8em;text-align:right}"
    f"td:first-child{{text-align:left}}tr:nth-child(even){{background:{LIGHT.raised}}}"
    "img{width:100%}"
)


def headline(evaluation: Evaluation) -> str:
    """What was measured, in a line."""
    pieces = "1 piece" if evaluation.pieces == 1 else f"{evaluation.pieces} pieces"
    takes = "1 take" if evaluation.takes == 1 else f"{evaluation.takes} takes"
    return (
        f"{evaluation.model} on {pieces} of '{evaluation.split}' ({evaluation.style}),"
        f" {takes} each at temperature {evaluation.temperature:g},"
        f" {evaluation.seconds:.3f} s a take (median)"
    )


def table_lines(evaluation: Evaluation) -> list[str]:
    """The metrics as a table in plain text, line by line."""
    head, lines = evaluation.cells()
    rows = [
        f"{line[0]:42}" + "".join(f"{cell:>16}" for cell in line[1:]) for line in [head, *lines]
    ]
    return [headline(evaluation), *rows, *evaluation.notes]


def check_report(path: Path) -> None:
    """Raise a :class:`ComposerError` where no report can be written to ``path``."""
    if not is_standard(path) and path.suffix.lower() not in _ENDINGS:
        raise SettingError(
            _("--report takes a file that ends in .html or .md, not {file}", file=path)
        )
    prepare_folder(path, make=False)


def write_report(outcome: Outcome, path: Path) -> None:
    """Write ``outcome`` to ``path``, .html with its pictures inside or .md with files beside it.

    On standard output it is HTML. Raises a :class:`ComposerError` where that is not possible.
    """
    pictures = draw_pictures(outcome)
    if path.suffix.lower() == ".md":
        files = []
        for index, (title, png) in enumerate(pictures, 1):
            picture = path.with_name(f"{path.stem}-{index}.png")
            write_output(picture, png)
            files.append((title, picture.name))
        write_output(path, markdown(outcome.evaluation, files).encode())
    else:
        write_output(path, page(outcome.evaluation, pictures).encode())


def draw_pictures(outcome: Outcome) -> list[tuple[str, bytes]]:
    """``(title, PNG)`` of the first takes, each followed by what the composer wrote."""
    # matplotlib is slow to import: only when something is drawn.
    from composer_app.roll_picture import draw_roll

    pictures = []
    for each, take in list(zip(outcome.excerpts, outcome.takes, strict=True))[:_MOST_PICTURES]:
        versions = [(outcome.evaluation.model, take)]
        if each.complete:
            versions.append(("the composer", each.grid))
        for who, grid in versions:
            title = f"{each.name}, {who}"
            pictures.append((title, draw_roll(composition_of(grid, each.meter, title))))
    return pictures


def markdown(evaluation: Evaluation, pictures: Sequence[tuple[str, str]]) -> str:
    """The report as Markdown; ``pictures`` are titles and file names."""
    head, lines = evaluation.cells()
    table = [_row(head), _row(["---", *["---:"] * (len(head) - 1)]), *map(_row, lines)]
    parts = [f"# {evaluation.model}", headline(evaluation) + ".", "\n".join(table), _LEGEND]
    parts += evaluation.notes
    parts += [f"![{_escaped(title)}]({name.replace(' ', '%20')})" for title, name in pictures]
    return "\n\n".join(parts) + "\n"


def page(evaluation: Evaluation, pictures: Sequence[tuple[str, bytes]]) -> str:
    """The report as a single HTML page; ``pictures`` are titles and PNGs."""
    head, lines = evaluation.cells()
    table = "\n".join(
        ["<table>", _html_row("th", head), *(_html_row("td", line) for line in lines), "</table>"]
    )
    words = [headline(evaluation) + ".", _LEGEND, *evaluation.notes]
    first, *rest = [f"<p>{html.escape(sentence)}</p>" for sentence in words]
    images = [
        f"<figure><figcaption>{html.escape(title)}</figcaption>"
        f'<img alt="{html.escape(title)}" src="data:image/png;base64,'
        f'{base64.b64encode(png).decode()}"></figure>'
        for title, png in pictures
    ]
    name = html.escape(evaluation.model)
    opening = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        f"<style>{_STYLE}</style></head><body>\n<h1>{name}</h1>"
    )
    return "\n".join([opening, first, table, *rest, *images, "</body></html>"]) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_escaped(cell) for cell in cells) + " |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("[", "\\[").replace("]", "\\]")


def _html_row(tag: str, cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"
