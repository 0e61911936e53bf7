"""The engraved score of a composition, as verovio draws it: SVG, one page or several.

The one module that knows verovio. What it is given is our own MusicXML and nothing else: at some
of the files that others made it ends the process (docs/notation.md).
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from composer_app.errors import ScoreFileError
from composer_app.music.composition import Composition
from composer_app.music.files.cancelling import Wanted, always_wanted, check
from composer_app.notation.bars import Bar, bars_of
from composer_app.notation.writing.marks import Mark
from composer_app.notation.writing.musicxml_writing import musicxml_bytes
from composer_app.notation.writing.score_shapes import Outlines, System, system_of
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
    # Words of a song stand apart, in units of half a staff space.
    "lyricWordSpace": 2.0,
    # The same music gives the same file.
    "xmlIdSeed": 1,
}
# In units of which a staff has 72.
_PAGE_MARGIN: Final = 350
_PICTURE_MARGIN: Final = 80
_SYSTEM_MARGIN: Final = 40
# The least that verovio takes.
_LOWEST_PAGE: Final = 100
_WIDEST_PAGE: Final = 100_000
# How many of verovio's units are from line to line of a staff.
_UNITS_PER_SPACE: Final = 18
# The quarter note of a tempo stands in a font for music that nobody else has.
_MUSIC_FONT: Final = re.compile(r' font-family="Leipzig"')
# Dots that only an editor would show.
_PLACEHOLDER: Final = re.compile(r"<g [^>]*placeholder[^>]*>\s*<ellipse[^>]*/>\s*</g>")
# Of a chord symbol, what its text says already; verovio says it once more.
_DEGREE: Final = re.compile(r'<degree print-object="no">.*?</degree>', re.DOTALL)
_QUARTER_IN_MUSIC_FONT: Final = "\ueca5"
_QUARTER: Final = "\N{QUARTER NOTE}"
# So do the accidentals of chord symbols.
_SIGNS: Final = str.maketrans(
    {
        _QUARTER_IN_MUSIC_FONT: _QUARTER,
        "\uea64": "\N{MUSIC FLAT SIGN}",
        "\uea65": "\N{MUSIC NATURAL SIGN}",
        "\uea66": "\N{MUSIC SHARP SIGN}",
    }
)
# Verovio leaves the room for chord symbols that they take in Times, and other fonts are wider.
_CHORD_SYMBOL: Final = re.compile(r'class="harm">.*?</text>')
_SIZE: Final = re.compile(r'(?<=font-size=")\d+')
_WIDER: Final = 0.82
# A sign among letters, which stands as large as signs before notes do.
_SIGN_OF_ITS_OWN: Final = re.compile(
    r'</tspan><tspan font-size="\d+px">([♭♮♯])(</tspan>)(<tspan font-size="\d+px">)?'
)


def engraved(
    composition: Composition,
    *,
    closed: bool = False,
    paged: bool = True,
    wanted: Wanted = always_wanted,
) -> list[str]:
    """The score of ``composition`` as SVG, page by page.

    Pages are A4 where it is ``paged``; else there is one as long as the music. ``closed`` is that
    of :func:`~composer_app.notation.writing.musicxml_writing.musicxml_bytes`. Raises
    :class:`ScoreFileError` where verovio is missing, and for what is too long to draw, and between
    two pages :class:`~composer_app.music.files.cancelling.FileCancelledError` for what is not
    ``wanted`` any more.
    """
    toolkit = _toolkit(composition, closed=closed, paged=paged)
    pages: list[str] = []
    for page in range(1, toolkit.getPageCount() + 1):
        check(wanted)
        svg = _PLACEHOLDER.sub("", _MUSIC_FONT.sub("", toolkit.renderToSVG(page)))
        svg = _SIGN_OF_ITS_OWN.sub(_as_a_letter, svg.translate(_SIGNS))
        pages.append(_CHORD_SYMBOL.sub(_narrower, svg))
    return pages


class SystemEngraver:
    """Engraves one composition after another, line by line, as wide as somebody's view is."""

    def __init__(self) -> None:
        self._toolkit: Any = None
        self._bars: Sequence[Bar] = ()

    def load(self, composition: Composition, width: float) -> list[int]:
        """Engrave ``composition`` in systems of ``width`` staff spaces.

        Returns the index of the first bar in each system. Raises as :func:`engraved`.
        """
        self._toolkit = None
        toolkit = _opened(composition, self._options(width))
        _load(toolkit, musicxml_bytes(composition, marked=True))
        self._toolkit, self._bars = toolkit, bars_of(composition)
        return self._first_bars()

    def lay_out(self, width: float) -> list[int]:
        """Break what was loaded into systems of another width; the first bar in each."""
        self._toolkit.setOptions(self._options(width))
        self._toolkit.redoLayout({})
        return self._first_bars()

    def _first_bars(self) -> list[int]:
        firsts = [0] * self._toolkit.getPageCount()
        for index, bar in reversed(list(enumerate(self._bars))):
            page = self._toolkit.getPageWithElement(Mark("bar", 0, index, bar.start).text)
            if page > 0:
                firsts[page - 1] = index
        return firsts

    def system(self, index: int, outlines: Outlines) -> System:
        """What is drawn of the system ``index``; glyphs that are new to ``outlines`` go there."""
        return system_of(self._toolkit.renderToSVG(index + 1), outlines)

    @staticmethod
    def _options(width: float) -> dict[str, Any]:
        """Pages so low that each holds one system."""
        margins = {f"pageMargin{side}": _SYSTEM_MARGIN for side in ("Top", "Bottom")}
        margins |= {f"pageMargin{side}": 0 for side in ("Left", "Right")}
        page_width = min(max(round(width * _UNITS_PER_SPACE), _LOWEST_PAGE), _WIDEST_PAGE)
        sizes = {"pageWidth": page_width, "pageHeight": _LOWEST_PAGE, "adjustPageHeight": True}
        return {**_OPTIONS, "scale": 100, "header": "none", **margins, **sizes}


def _as_a_letter(found: re.Match[str]) -> str:
    """A sign of the size of the letters before it, and in one with those after it."""
    sign, end, after = found.groups()
    return str(sign) if after else f"{sign}{end}"


def _narrower(symbol: re.Match[str]) -> str:
    return _SIZE.sub(lambda size: str(round(int(size[0]) * _WIDER)), symbol[0])


def _toolkit(composition: Composition, *, closed: bool, paged: bool) -> Any:
    height = PAGE_HEIGHT * 100 // _SCALE if paged else _TALLEST_PAGE
    margin = _PAGE_MARGIN if paged else _PICTURE_MARGIN
    margins = {f"pageMargin{side}": margin for side in ("Top", "Bottom", "Left", "Right")}
    sizes = {"pageHeight": height, "adjustPageHeight": not paged}
    toolkit = _opened(composition, {**_OPTIONS, **margins, **sizes})
    _load(toolkit, musicxml_bytes(composition, closed=closed))
    return toolkit


def _opened(composition: Composition, options: dict[str, Any]) -> Any:
    """A toolkit of verovio's with ``options`` that may draw ``composition``."""
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
    toolkit.setOptions(options)
    return toolkit


def _load(toolkit: Any, score: bytes) -> None:
    if not toolkit.loadData(_DEGREE.sub("", score.decode())):
        raise ScoreFileError(_("The score cannot be drawn"), _("export it as MusicXML"))
