"""Has the piece engraved while its score is shown, and links the score with what plays.

What engraves and what shows is imported when the score is first wanted, not with the window.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from composer_app.errors import ComposerError
from composer_app.studio.document.current_selection import CurrentSelection
from composer_app.studio.document.document import Document
from composer_app.studio.runtime.jobs import Jobs
from composer_app.studio.runtime.latest import Latest
from composer_app.studio.runtime.settings import Settings
from composer_app.studio.sound.playback_controller import PlaybackController

if TYPE_CHECKING:
    from composer_app.music.composition import Composition
    from composer_app.notation.writing.engraving_process import Drawn
    from composer_app.studio.score.engraved_score import EngravedScore, NoteIndex
    from composer_app.studio.score.engraver import Engraver
    from composer_app.studio.score.view import ScoreView

_log = logging.getLogger(__name__)
# The width of a window that somebody drags, and the zoom, come to rest first.
_REST_MS: Final = 80
# What takes longer than this is said.
_NOTICEABLE_MS: Final = 200
# Systems that are fetched at once: about as many as are seen.
_AT_ONCE: Final = 4

_EMPTY: Final = ("No notes yet", "Play something, or open a melody: its score appears here.")
_RECORDING: Final = ("Recording", "What you play is engraved when the recording ends.")
_ENGRAVING: Final = ("Engraving the score…",)
_FAILED: Final = "The score cannot be shown"


class ScoreController(QObject):
    """Drives the one score view, which :meth:`view` makes in a place of the window's.

    ``seekRequested(step)`` and ``notesTouched`` (a list of NoteKey) say what was clicked.
    """

    seekRequested = Signal(float)
    notesTouched = Signal(list)
    emptyActionRequested = Signal()

    def __init__(
        self,
        document: Document,
        chosen: CurrentSelection,
        playback: PlaybackController,
        jobs: Jobs,
        settings: Settings,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._chosen = chosen
        self._playback = playback
        self._jobs = jobs
        self._settings = settings
        self._view: ScoreView | None = None
        self._engraver: Engraver | None = None
        self._shown = self._recording = self._closed = False
        # What was asked for last: the piece, its number, and for which width.
        self._asked: tuple[Composition | None, float] = (None, 0.0)
        # What could not be engraved, and is not tried at another width.
        self._failed: Composition | None = None
        self._piece = -1
        self._work: Latest[EngravedScore | Drawn] = Latest(jobs, self, drops_stale=True)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._refresh)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_NOTICEABLE_MS)
        self._patience.timeout.connect(self._say_engraving)
        document.compositionChanged.connect(self._refresh)
        document.locksChanged.connect(self._show_locks)
        chosen.changed.connect(self._show_selection)
        playback.positionChanged.connect(self._follow_playback)
        playback.playingChanged.connect(self._follow_playback)

    def view(self, parent: QWidget, *, follow: bool) -> ScoreView:
        """The view, made in ``parent`` if there is none yet."""
        if self._view is None:
            from composer_app.studio.score.view import ScoreView

            self._view = ScoreView(self._settings.score_scale, parent)
            self._view.set_follow(follow)
            self._view.layoutWanted.connect(self._rest.start)
            self._view.seekRequested.connect(self.seekRequested)
            self._view.notesTouched.connect(self._touch)
            self._view.zoomChanged.connect(self._keep_scale)
            self._view.emptyActionRequested.connect(self.emptyActionRequested)
        return self._view

    @property
    def busy(self) -> bool:
        """Whether anything is still being engraved."""
        return self._work.busy or self._rest.isActive()

    def set_shown(self, shown: bool) -> None:
        """Whether somebody looks at the view; while nobody does, nothing is done for it."""
        self._shown = shown
        if shown:
            self._failed = None
            self._refresh()
            self._follow_playback()

    def set_follow(self, follow: bool) -> None:
        """Whether the view scrolls with the playhead."""
        if self._view is not None:
            self._view.set_follow(follow)

    def set_recording(self, recording: bool) -> None:
        """While one records, there is no piece to be shown."""
        self._recording = recording
        self._refresh()

    def zoom_in(self) -> None:
        """A step larger."""
        if self._view is not None:
            self._view.zoom_in()

    def zoom_out(self) -> None:
        """A step smaller."""
        if self._view is not None:
            self._view.zoom_out()

    def fit(self) -> None:
        """All of the piece, if it can be read then."""
        if self._view is not None:
            self._view.fit()

    def close(self) -> None:
        """Let nothing be engraved any more; whatever is, ends."""
        self._closed = True
        self._work.forget()
        if self._engraver is not None:
            self._engraver.close()

    # -- engraving -------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Show the piece as it is now, unless that is what is shown or on its way."""
        view = self._view
        if view is None or not self._shown or self._closed:
            return
        composition = self._document.composition
        notice = self._reason_for_none(composition)
        if notice is not None:
            self._forget()
            view.show_notice(*notice, inviting=notice is _EMPTY)
            return
        if self._failed is composition:
            return
        if self._asked[0] is composition and self._asked[1] == view.width_in_spaces:
            self._fetch()
            return
        self._engrave(view, composition, view.width_in_spaces)

    def _reason_for_none(self, composition: Composition) -> tuple[str, str] | None:
        """Title and hint of why there is no score; None where there is one."""
        if self._recording:
            return _RECORDING
        if not composition.note_count:
            return _EMPTY
        return None

    def _forget(self) -> None:
        self._asked = (None, 0.0)
        self._work.forget()
        self._patience.stop()

    def _engrave(self, view: ScoreView, composition: Composition, width: float) -> None:
        from composer_app.studio.score.engraved_score import EngravedScore
        from composer_app.studio.score.engraver import Engraver

        if self._engraver is None:
            self._engraver = Engraver()
        engraver = self._engraver
        self._asked = (composition, width)
        new = self._document.piece_number != self._piece
        near = self._playback.position if new else view.first_seen()

        def work() -> EngravedScore:
            score = EngravedScore(composition, width, engraver.lay_out(composition, width))
            score.add(engraver.draw(score.missing(score.index_of(near), _AT_ONCE)))
            return score

        self._work.ask(work, self._show, self._fail)
        self._patience.start()

    def _show(self, score: EngravedScore | Drawn) -> None:
        from composer_app.studio.roll.notes import describe_composition
        from composer_app.studio.score.engraved_score import EngravedScore

        view = self._view
        if view is None or not isinstance(score, EngravedScore):
            return
        self._patience.stop()
        new, self._piece = self._document.piece_number != self._piece, self._document.piece_number
        view.show_score(score, describe_composition(score.composition), from_start=new)
        self._show_selection()
        self._show_locks()
        self._follow_playback()
        self._fetch()

    def _fetch(self) -> None:
        """Ask for systems that are still to come, those that are seen first."""
        view, engraver = self._view, self._engraver
        if view is None or engraver is None or view.score is None or not self._shown:
            return
        if self._asked[0] is not view.score.composition or self._work.busy:
            return
        wanted = view.score.missing(view.nearest_to_see(), _AT_ONCE)
        if wanted:
            self._work.ask(lambda: engraver.draw(wanted), self._add, self._fail)

    def _add(self, drawn: EngravedScore | Drawn) -> None:
        from composer_app.notation.writing.engraving_process import Drawn

        if self._view is not None and isinstance(drawn, Drawn):
            self._view.add_systems(drawn)
            self._fetch()

    def _fail(self, error: Exception) -> None:
        self._patience.stop()
        # Whoever comes back to the score has it tried once more.
        self._failed, self._asked = self._asked[0], (None, 0.0)
        if self._view is None or self._closed:
            return
        sentence = str(error)
        if not isinstance(error, ComposerError):
            _log.error("A score could not be engraved.", exc_info=error)
            sentence = "Something unexpected went wrong; the piano roll shows the piece."
        self._view.show_notice(_FAILED, sentence)

    def _say_engraving(self) -> None:
        if self._view is not None and self._view.score is None:
            self._view.show_notice(*_ENGRAVING)

    # -- what is marked --------------------------------------------------------------------

    def _follow_playback(self, _: object = None) -> None:
        view = self._view
        if view is None or not self._shown:
            return
        step = self._playback.position
        view.set_playhead(step)
        if view.score is None:
            return
        sounding: frozenset[NoteIndex] = frozenset()
        if self._playback.playing:
            audible = self._playback.mix.audible
            sounding = frozenset(n for n in view.score.sounding(step) if audible(n[0]))
        view.set_sounding(sounding)

    def _show_selection(self, _: object = None) -> None:
        if self._view is not None and self._view.score is not None:
            selection = self._chosen.value
            notes = self._view.score.indices(selection.notes)
            self._view.set_selected(notes, selection.span)

    def _show_locks(self) -> None:
        if self._view is not None and self._view.score is not None:
            composition = self._view.score.composition
            tracks, meters = len(composition.tracks), composition.meters
            self._view.set_locked(self._document.locks.full_bars(tracks, meters))

    # -- what somebody does ----------------------------------------------------------------

    def _touch(self, notes: list[NoteIndex]) -> None:
        if self._view is not None and self._view.score is not None:
            score = self._view.score
            self.notesTouched.emit([(place[0], score.note(place)) for place in notes])

    def _keep_scale(self, scale: float) -> None:
        self._settings.score_scale = scale
