"""The statistics as pictures and tables that leave the window: copied, or saved as files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QRectF, QSize, Signal
from PySide6.QtGui import QColor, QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from composer_app.music.files.safe_file import failure_reason, write_whole
from composer_app.music.voices import main_tracks_called
from composer_app.reporting.plots.colors import PlotColors
from composer_app.studio.runtime.file_writer import FileWriter
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.statistics import comparison as style_comparison
from composer_app.studio.statistics.comparison import StyleComparison
from composer_app.studio.statistics.likeness_page import copy_sentence
from composer_app.studio.statistics.likeness_view import LikenessView
from composer_app.studio.statistics.panel import StatisticsPanel
from composer_app.studio.statistics.plots.colors import current_colors
from composer_app.studio.statistics.plots.runner import new_plotter
from composer_app.studio.widgets.file_dialogs import FileDialogs, plain_name
from composer_app.studio.widgets.theme import text_font

if TYPE_CHECKING:
    from composer_app.analysis.fitting import GoodnessOfFit
    from composer_app.reporting.plots.picture import Picture

KINDS: Final = {".png": "PNG picture", ".svg": "SVG picture", ".csv": "CSV table"}
_SIZE: Final = (900, 560)
_RATIO: Final = 2.0
_MARGIN: Final = 24
_WIDTH: Final = 720


class StatisticsExport(QObject):
    """Copies and saves what the panel shows.

    ``told`` carries a sentence and the name in it, ``failed`` a sentence.
    """

    told = Signal(str, str)
    copied = Signal()
    failed = Signal(str)

    def __init__(
        self,
        panel: StatisticsPanel,
        jobs: Jobs,
        writer: FileWriter,
        dialogs: FileDialogs,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._panel = panel
        self._jobs = jobs
        self._writer = writer
        self._dialogs = dialogs
        self._settings = settings
        self._clipboard = QGuiApplication.clipboard()
        panel.copyRequested.connect(self.copy)
        panel.saveRequested.connect(self.ask)

    def copy(self) -> None:
        """Put the picture onto the clipboard."""
        work = self._work(".png")
        if work is not None:
            self._jobs.run(self, work, self._put, self._fail)

    def ask(self) -> None:
        """Ask for a name, and save."""
        if self._work(".csv") is None:
            return
        likeness = self._panel.shows_likeness
        name = "Likeness" if likeness else self._panel.distribution.question.feature.title
        suggestion = self._settings.music_folder / f"{plain_name(name)}.png"
        path = self._dialogs.ask_save_as(self._panel.window(), "Save Statistics", suggestion, KINDS)
        if path is not None:
            self.save(path)

    def save(self, path: Path) -> None:
        """Save as the kind of file that ``path`` ends as."""
        work = self._work(path.suffix.lower())
        if work is not None:
            write = partial(_write, work, path)
            self._writer.run(self, path, write, self._say_saved, self._fail)

    def holds_clipboard(self) -> bool:
        """Whether it is a picture that the clipboard has."""
        return self._clipboard.mimeData().hasImage()

    # -- inside ----------------------------------------------------------------------------

    def _work(self, kind: str) -> partial[bytes] | None:
        """What makes the bytes of a file; None, and a sentence, where there is nothing."""
        if self._panel.shows_likeness:
            comparison = self._panel.likeness.comparison
            # Widgets and fonts are the GUI thread's, and quick.
            if comparison is not None:
                return partial(bytes, likeness_file(comparison, kind))
        else:
            page = self._panel.distribution
            colors = current_colors(page.question.part)
            if page.picture is not None:
                return partial(distribution_file, page.picture, page.goodness, colors, kind)
        self.failed.emit("There are no statistics to save yet: play or open some music.")
        return None

    def _put(self, data: bytes) -> None:
        image = QImage.fromData(QByteArray(data))
        self._clipboard.setImage(image)
        self.copied.emit()

    def _say_saved(self, path: Path) -> None:
        self.told.emit(f"Saved {path.name}.", path.name)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, ImportError):
            self.failed.emit("The picture cannot be drawn: matplotlib could not be loaded.")
        elif isinstance(error, OSError):
            reason = failure_reason(error)
            self.failed.emit(f"The statistics could not be saved: {reason}. Choose another place.")
        else:
            raise error


def distribution_file(
    picture: Picture, goodness: GoodnessOfFit | None, colors: PlotColors, kind: str
) -> bytes:
    """The histogram as the bytes of a ".png", ".svg" or ".csv"."""
    from composer_app.reporting.plots import words
    from composer_app.reporting.plots.rendered import Frame

    if kind == ".csv":
        return words.table(picture).encode()
    numbers = "   ".join(f"{name} {text}" for name, text in words.figures(picture)[:3])
    sentences = (
        words.plain_sentence(picture, goodness),
        words.selection_sentence(picture),
        words.reference_sentence(picture),
    )
    caption = "\n".join([numbers, *(each for each in sentences if each)])
    heading = f"{picture.feature.title}: {_part(picture)}"
    frame = Frame(*_SIZE, _RATIO, colors, heading, caption)
    return new_plotter().written(picture, frame, kind.removeprefix("."))


def likeness_file(comparison: StyleComparison, kind: str) -> bytes:
    """The strip of percentiles as the bytes of a ".png", ".svg" or ".csv"; on the GUI thread."""
    if kind == ".csv":
        return style_comparison.table(comparison).encode()
    view = LikenessView()
    view.resize(_WIDTH, 10)
    view.set_comparison(comparison)
    head = 96
    size = QSize(_WIDTH + 2 * _MARGIN, view.height() + head + _MARGIN)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if kind == ".svg":
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(size)
        generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
        generator.setTitle(_likeness_title(comparison))
        _paint_likeness(QPainter(generator), view, comparison, size, head)
    else:
        image = QImage(size * _RATIO, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_RATIO)
        _paint_likeness(QPainter(image), view, comparison, size, head)
        QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    return bytes(buffer.data().data())


def _paint_likeness(
    painter: QPainter, view: LikenessView, comparison: StyleComparison, size: QSize, head: int
) -> None:
    colors = view.colors
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(0, 0, size.width(), size.height(), QColor(colors.ground))
    painter.setPen(QColor(colors.text))
    painter.setFont(text_font(20, bold=True))
    painter.drawText(_MARGIN, 38, _likeness_title(comparison))
    painter.setFont(text_font(12))
    painter.setPen(QColor(colors.muted))
    lines = [comparison.likeness.sentence, copy_sentence(comparison)]
    for index, line in enumerate(lines):
        painter.drawText(_MARGIN, 60 + 18 * index, line)
    painter.translate(_MARGIN, head)
    view.paint(painter, QRectF(view.rect()))
    painter.end()


def _likeness_title(comparison: StyleComparison) -> str:
    title = comparison.composition.title or "This piece"
    return f"{title} beside {comparison.likeness.title}"


def _part(picture: Picture) -> str:
    question = picture.question
    if isinstance(question.part, int):
        return question.composition.tracks[question.part].name or f"track {question.part + 1}"
    every = main_tracks_called(question.composition)
    return {"all": every, "melody": "the melody"}[question.part]


def _write(work: partial[bytes], path: Path) -> Path:
    data = work()
    write_whole(path, data)
    return path
