"""The table of an evaluation as text, Markdown or HTML, with pictures of the first takes."""

import base64
import html
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from composer_app.errors import SettingError
from composer_app.evaluation.evaluating import Outcome
from composer_app.evaluation.excerpts import composition_of
from composer_app.evaluation.section import Section, Table
from composer_app.evaluation.table import Evaluation
from composer_app.file_arguments import is_standard, write_output
from composer_app.generation.batch import prepare_folder
from composer_app.palette import LIGHT
from composer_app.translation import _

_ENDINGS: Final = (".html", ".md")
_MOST_PICTURES: Final = 4
_FIRST_COLUMN: Final = 42
_NARROW: Final = 11
_LEGEND: Final = (
    "The composer's distances are those of these pieces to his training pieces; all others are"
    " distances to the composer's own pieces. Bars retrieved and random paste are floors: real"
    " accompaniments, bar by bar after the melody or at random. A two-sample test of .5 cannot"
    " tell the pieces from the composer's. NLL, in nats, is of the composer's own notes under a"
    " network that is not told where phrases end within the piece, as it is when it composes. The"
    " linear test's figures for the composer are those of his own pieces against each other."
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
    return [headline(evaluation), *_text_rows(evaluation.cells(), 16), *evaluation.notes]


def section_lines(sections: Sequence[Section]) -> list[str]:
    """Further tables in plain text, each below its heading and an empty line."""
    return [
        line for heading, table in sections for line in ("", heading, *_text_rows(table, _NARROW))
    ]


def _text_rows(table: Table, width: int) -> list[str]:
    head, lines = table
    first = max(_FIRST_COLUMN, *(len(line[0]) + 2 for line in lines)) if lines else _FIRST_COLUMN
    return [
        f"{line[0]:{first}}" + "".join(f"{cell:>{width}}" for cell in line[1:])
        for line in [head, *lines]
    ]


def check_report(path: Path) -> None:
    """Raise a :class:`ComposerError` where no report can be written to ``path``."""
    if not is_standard(path) and path.suffix.lower() not in _ENDINGS:
        raise SettingError(
            _("--report takes a file that ends in .html or .md, not {file}", file=path)
        )
    prepare_folder(path, make=False)


def write_report(
    model: str, outcome: Outcome | None, path: Path, sections: Sequence[Section] = ()
) -> None:
    """Write ``outcome`` to ``path``, .html with its pictures inside or .md with files beside it.

    Below it stand the tables of ``sections``; without an ``outcome`` they are all there is. On
    standard output it is HTML. Raises a :class:`ComposerError` where that is not possible.
    """
    pictures = [] if outcome is None else draw_pictures(outcome)
    evaluation = None if outcome is None else outcome.evaluation
    if path.suffix.lower() == ".md":
        files = []
        for index, (title, png) in enumerate(pictures, 1):
            picture = path.with_name(f"{path.stem}-{index}.png")
            write_output(picture, png)
            files.append((title, picture.name))
        write_output(path, markdown(model, evaluation, files, sections).encode())
    else:
        write_output(path, page(model, evaluation, pictures, sections).encode())


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


def markdown(
    model: str,
    evaluation: Evaluation | None,
    pictures: Sequence[tuple[str, str]],
    sections: Sequence[Section] = (),
) -> str:
    """The report as Markdown; ``pictures`` are titles and file names."""
    parts = [f"# {model}"]
    if evaluation is not None:
        parts += [headline(evaluation) + ".", markdown_table(evaluation.cells()), _LEGEND]
        parts += evaluation.notes
    for heading, table in sections:
        parts += [_escaped(heading) + ".", markdown_table(table)]
    parts += [f"![{_escaped(title)}]({name.replace(' ', '%20')})" for title, name in pictures]
    return "\n\n".join(parts) + "\n"


def markdown_table(table: Table) -> str:
    """``table`` in Markdown."""
    head, lines = table
    return "\n".join([_row(head), _row(["---", *["---:"] * (len(head) - 1)]), *map(_row, lines)])


def page(
    model: str,
    evaluation: Evaluation | None,
    pictures: Sequence[tuple[str, bytes]],
    sections: Sequence[Section] = (),
) -> str:
    """The report as a single HTML page; ``pictures`` are titles and PNGs."""
    parts = []
    if evaluation is not None:
        words = [headline(evaluation) + ".", _LEGEND, *evaluation.notes]
        first, *rest = map(_paragraph, words)
        parts += [first, _html_table(evaluation.cells()), *rest]
    for heading, table in sections:
        parts += [_paragraph(heading + "."), _html_table(table)]
    parts += [
        f"<figure><figcaption>{html.escape(title)}</figcaption>"
        f'<img alt="{html.escape(title)}" src="data:image/png;base64,'
        f'{base64.b64encode(png).decode()}"></figure>'
        for title, png in pictures
    ]
    name = html.escape(model)
    opening = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        f"<style>{_STYLE}</style></head><body>\n<h1>{name}</h1>"
    )
    return "\n".join([opening, *parts, "</body></html>"]) + "\n"


def _paragraph(sentence: str) -> str:
    return f"<p>{html.escape(sentence)}</p>"


def _html_table(table: Table) -> str:
    head, lines = table
    rows = [_html_row("th", head), *(_html_row("td", line) for line in lines)]
    return "\n".join(["<table>", *rows, "</table>"])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_escaped(cell) for cell in cells) + " |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("[", "\\[").replace("]", "\\]")


def _html_row(tag: str, cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"
