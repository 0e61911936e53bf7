"""New, open, recent files and samples: every way to another piece.

Reading happens in a thread; the music goes on meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from composer_app.errors import ComposerError
from composer_app.music.composition import Composition
from composer_app.music.editing.edits import with_melody_track
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.meter_map import MeterMap
from composer_app.music.midi.events.faults import mended_sentence
from composer_app.music.mix import order_with_first
from composer_app.studio.document.document import Document
from composer_app.studio.document.undo_offer import in_place_of, settle, undo_offer
from composer_app.studio.files.file_errors import FileErrors
from composer_app.studio.files.other_windows import open_in_another_window
from composer_app.studio.files.read_piece import ReadPiece, opened_sentence, read_piece
from composer_app.studio.files.under_way import FileWork, UnderWay
from composer_app.studio.messages.bar import MessageAction, MessageBar, Tone
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.widgets.file_dialogs import FileDialogs

if TYPE_CHECKING:
    from composer_app.music.melody_evidence.ranking import Ranking

_MENDED: Final = "mended"
_OTHERS: Final = "others"
# Beside this one; more are asked for.
_MOST_WINDOWS: Final = 4
# Letters that a button has room for.
_LONGEST_NAME: Final = 20


class OpeningController(QObject):
    """Carries out the commands of the File menu that bring another piece."""

    def __init__(
        self,
        document: Document,
        settings: Settings,
        jobs: Jobs,
        dialogs: FileDialogs,
        errors: FileErrors,
        under_way: UnderWay,
        bar: MessageBar,
        choose_melody: Callable[[], None],
        parent: QWidget,
        open_elsewhere: Callable[[Path], bool] = open_in_another_window,
    ) -> None:
        super().__init__(parent)
        self._open_elsewhere = open_elsewhere
        self._document = document
        self._settings = settings
        self._jobs = jobs
        self._dialogs = dialogs
        self._errors = errors
        self._under_way = under_way
        self._bar = bar
        self._choose_melody = choose_melody
        self._window = parent
        # What was asked for last: an older file that is still being read is not wanted.
        self._opening: FileWork | None = None

    def new(self) -> None:
        """Begin an empty piece in the same tempo and metre."""
        self._ask_for_another()
        recorded = settle(self._document)
        current = self._document.composition
        if current.note_count or not self._document.as_saved:
            empty = Composition(tempo=current.tempo, meters=MeterMap.constant(current.meter))
            self._document.begin(empty, "New")
            instead, undo = in_place_of(current, self._document, recorded=recorded)
            self._bar.tell(f"A new piece{instead}.", Tone.INFO, *undo, goes_on=True)

    def ask_open(self) -> None:
        """Ask for projects or MIDI files and open them."""
        self.open_all(self._dialogs.ask_open(self._window, self._settings.music_folder))

    def open_all(self, paths: Sequence[Path]) -> None:
        """Open the first of ``paths`` here and the others in windows of their own.

        Where that would be a crowd of windows, it is asked for first.
        """
        if not paths:
            return
        first, *others = paths
        self.open(first)
        if len(others) <= _MOST_WINDOWS:
            self._open_others(others)
            return
        self._bar.show_persistent(
            _OTHERS,
            f"{len(others)} more files are to be opened, each in a window of its own.",
            Tone.INFO,
            MessageAction("Open Them", lambda: self._open_others(others)),
        )

    def _open_others(self, paths: Sequence[Path]) -> None:
        self._bar.clear(_OTHERS)
        failed = [path.name for path in paths if not self._open_elsewhere(path)]
        if failed:
            self._bar.tell(
                f"No other window can be opened for {', '.join(failed)}.", Tone.ERROR, names=failed
            )

    def open(self, path: Path, *, tempo_by_ear: bool = True) -> None:
        """Open ``path``; the piece that was open can be had back with undo.

        Where it names no tempo, that is heard in its notes if ``tempo_by_ear``.

        If something else is opened or begun before it has been read, it is not opened any more.
        """
        self._ask_for_another()
        work = self._opening = self._under_way.begin(
            "Opening", path, lambda: self._say_cancelled(path)
        )

        def opened(read: ReadPiece) -> None:
            if not end():
                return
            piece, ranking = read.piece, read.ranking
            self._settings.remember_file(path)
            titled = replace(piece.composition, title=piece.composition.title or path.stem)
            recorded, before = settle(self._document), self._document.composition
            actions: list[MessageAction] = []
            if ranking is None:
                piece = replace(piece, composition=titled)
                self._document.begin_project(piece, f"Open {path.name}", path)
            else:
                order = order_with_first(ranking.best, len(titled.tracks))
                self._document.begin(
                    with_melody_track(titled, ranking.best),
                    f"Open {path.name}",
                    path,
                    mix=piece.mix.reordered(order),
                )
                actions = self._other_melodies(titled, ranking, two_parts=read.two_parts)
            instead, undo = in_place_of(before, self._document, recorded=recorded)
            self._say_what_was_mended(path, read)
            sentence, names = opened_sentence(path, titled, ranking, instead)
            self._bar.tell(sentence, Tone.SUCCESS, *actions, *undo, names=names, goes_on=True)

        def failed(error: Exception) -> None:
            if end():
                self._errors.report(error, path)

        def end() -> bool:
            self._under_way.end(work)
            return work.wanted()

        self._jobs.run(
            self,
            lambda: read_piece(path, work.wanted, tempo_by_ear=tempo_by_ear),
            opened,
            failed,
        )

    def _say_cancelled(self, path: Path) -> None:
        sentence = f"Opening {path.name} was cancelled, and what you have here is as it was."
        self._bar.tell(sentence, names=[path.name], goes_on=True)

    def _other_melodies(
        self, read: Composition, ranking: Ranking, *, two_parts: bool
    ) -> list[MessageAction]:
        """What takes the next best track of a piece that was ``read``, if it may be the melody.

        And what lets one see and hear all that may be, or the ``two_parts`` of the melody's track.
        """
        choose = MessageAction("Choose Melody…", self._choose_melody)
        if ranking.clear or ranking.next_best is None:
            return [choose] if two_parts else []
        place = order_with_first(ranking.best, len(read.tracks)).index(ranking.next_best)
        name = read.tracks[ranking.next_best].name
        called = f"“{name}”" if 0 < len(name) <= _LONGEST_NAME else f"Track {ranking.next_best + 1}"

        def take() -> None:
            before = self._document.composition
            order = order_with_first(place, len(before.tracks))
            self._document.replace(with_melody_track(before, place), "Choose Melody", order=order)
            self._bar.tell(
                f"{called} is the melody now.",
                Tone.SUCCESS,
                undo_offer(self._document),
                names=[name],
                goes_on=True,
            )

        return [MessageAction(f"Take {called} Instead", take), choose]

    def open_sample(self, sample_id: str) -> None:
        """Begin a piece with one of the sample melodies."""
        try:
            melody = load_sample(sample_id)
        except ComposerError as error:
            self._errors.report(error)
            return
        self._ask_for_another()
        recorded, before = settle(self._document), self._document.composition
        self._document.begin(Composition.from_melody(melody), f"Open {melody.title}")
        instead, undo = in_place_of(before, self._document, recorded=recorded)
        sentence = f"Opened the sample melody {melody.title}{instead}."
        self._bar.tell(sentence, Tone.SUCCESS, *undo, names=[melody.title], goes_on=True)

    def _ask_for_another(self) -> None:
        """Whatever is being opened is not wanted any more."""
        if self._opening is not None:
            self._opening.drop()
            self._under_way.end(self._opening)

    def _say_what_was_mended(self, path: Path, read: ReadPiece) -> None:
        if read.mended:
            document = self._document
            actions = []
            if read.heard_bpm is not None:
                actions = [
                    MessageAction("Count at 120 BPM", lambda: self.open(path, tempo_by_ear=False))
                ]
            self._bar.show_persistent(
                _MENDED,
                str(mended_sentence(path.name, read.mended)),
                Tone.WARNING,
                *actions,
                about=lambda: document.piece_number,
                names=[path.name],
            )
