"""The engraved score of a composition, as verovio draws it: SVG, one page or several.

The one module that knows verovio. What it is given is our own MusicXML and nothing else: at some
of the files that others made it ends the process (docs/notation.md).
"""

import re
from pathlib import Path
from typing import Any, Final

from composer_app.errors import ScoreFileError
from composer_app.music.composition import Composition
from composer_app.notation.writing.musicxml_writing import musicxml_bytes
from composer_app.translation import _

# A4 in tenths of a millimetre, and how large a staff is drawn: 7 mm.
PAGE_WIDTH: Final = 2100
PAGE_HEIGHT: Final = 2970
_SCALE: Final = 60
_TALLEST_PAGE: Final = 60_000
# What a page of choral music takes to draw, a hundred times.
MAX_NOTES: Final = 40_000
_OPTIONS: Final[dict[str, Any]] = {
    "scale": _SCALE,
    "pageWidth": PAGE_WIDTH * 100 // _SCALE,
    "breaks": "auto",
    "header": "auto",
    "footer": "none",
    "svgViewBox": True,
    "svgFormatRaw": True,
    "smuflTextFont": "none",
    # The same music gives the same file.
    "xmlIdSeed": 1,
}
# In units of which a staff has 72.
_PAGE_MARGIN: Final = 350
_PICTURE_MARGIN: Final = 80
# The quarter note of a tempo stands in a font for music that nobody else has.
_MUSIC_FONT: Final = re.compile(r' font-family="Leipzig"')
# Dots that only an editor would show.
_PLACEHOLDER: Final = re.compile(r"<g [^>]*placeholder[^>]*>\s*<ellipse[^>]*/>\s*</g>")
_QUARTER_IN_MUSIC_FONT: Final = "\ueca5"
_QUARTER: Final = "\N{QUARTER NOTE}"


def engraved(composition: Composition, *, closed: bool = False, paged: bool = True) -> list[str]:
    """The score of ``composition`` as SVG, page by page.

    Pages are A4 where it is ``paged``; else there is one as long as the music. ``closed`` is that
    of :func:`~composer_app.notation.writing.musicxml_writing.musicxml_bytes`. Raises
    :class:`ScoreFileError` where verovio is missing, and for what is too long to draw.
    """
    toolkit = _toolkit(composition, closed=closed, paged=paged)
    pages: list[str] = []
    for page in range(1, toolkit.getPageCount() + 1):
        svg = _PLACEHOLDER.sub("", _MUSIC_FONT.sub("", toolkit.renderToSVG(page)))
        pages.append(svg.replace(_QUARTER_IN_MUSIC_FONT, _QUARTER))
    return pages


def _toolkit(composition: Composition, *, closed: bool, paged: bool) -> Any:
    try:
        import verovio
    except ImportError:
        raise ScoreFileError(
            _("Scores are drawn by verovio, which is not installed"),
            _('install it with "{command}"', command="pip install verovio"),
        ) from None
    if composition.note_count > MAX_NOTES:
        raise ScoreFileError(
            _("A score of more than {most:,} notes takes too long to draw", most=MAX_NOTES),
            _("choose a shorter piece"),
        )
    # Verovio knows in the thread alone that imported it where its fonts are.
    verovio.setDefaultResourcePath(str(Path(verovio.__file__).parent / "data"))
    toolkit = verovio.toolkit()
    height = PAGE_HEIGHT * 100 // _SCALE if paged else _TALLEST_PAGE
    margin = _PAGE_MARGIN if paged else _PICTURE_MARGIN
    margins = {f"pageMargin{side}": margin for side in ("Top", "Bottom", "Left", "Right")}
    sizes = {"pageHeight": height, "adjustPageHeight": not paged}
    toolkit.setOptions({**_OPTIONS, **margins, **sizes})
    if not toolkit.loadData(musicxml_bytes(composition, closed=closed).decode()):
        raise ScoreFileError(_("The score cannot be drawn"), _("export it as MusicXML"))
    return toolkit
