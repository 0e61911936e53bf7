"""What sessions that have ended left unsaved is offered back, one after the other."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread
from typing import Final

from PySide6.QtCore import QObject

from composer_app.plain_text import one_line
from composer_app.studio.document.document import Document
from composer_app.studio.document.moments import day_and_time
from composer_app.studio.document.recovery import Recovery
from composer_app.studio.document.recovery_folder import Found, LeftOver
from composer_app.studio.document.undo_offer import in_place_of, settle
from composer_app.studio.messages.bar import MessageAction, MessageBar, Tone
from composer_app.studio.messages.messages import now
from composer_app.studio.runtime.jobs import Jobs

_log = logging.getLogger(__name__)
_LEFT_OVER: Final = "left-over"


class BringBack(QObject):
    """Looks for left-overs in a thread, and asks in the message bar.

    ``clock`` says what day and time it is.
    """

    def __init__(
        self,
        document: Document,
        jobs: Jobs,
        recovery: Recovery,
        bar: MessageBar,
        parent: QObject,
        clock: Callable[[], datetime] = now,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._jobs = jobs
        self._recovery = recovery
        self._bar = bar
        self._clock = clock

    def start(self) -> None:
        """Offer what there is, and remove what is of no use to anybody."""
        self.offer()
        # Looks into folders of other disks as well, which may not answer: nothing waits for it.
        Thread(target=self._tidy, name="tidy", daemon=True).start()

    def offer(self, then: Callable[[], None] = lambda: None) -> None:
        """Offer the newest piece or recording that was left over, ``then`` say what is new."""

        def ask(found: Found) -> None:
            self._ask(found)
            then()

        self._jobs.run(self, self._recovery.look, ask, self._note_failure)

    # -- inside ----------------------------------------------------------------------------

    def _ask(self, found: Found) -> None:
        newest = found.newest
        if newest is None:
            self._bar.clear(_LEFT_OVER)
        else:
            title = shown_title(found.composition.title)
            self._bar.show_persistent(
                _LEFT_OVER,
                self._question(found, newest, title),
                Tone.INFO,
                MessageAction("Bring Back", lambda: self._restore(found, newest)),
                MessageAction("Discard", lambda: self._discard(newest)),
                names=[title],
            )
        if found.damaged:
            files = "file is" if found.damaged == 1 else f"{found.damaged} files are"
            self._bar.tell(
                "Not all unsaved work can come back, because some of it is damaged: its"
                f" {files} kept in {found.aside}.",
                Tone.WARNING,
                names=[str(found.aside)],
            )

    def _question(self, found: Found, newest: LeftOver, title: str) -> str:
        composition = found.composition
        bars = "1 bar" if composition.bars == 1 else f"{composition.bars:,} bars"
        then = datetime.fromtimestamp(newest.changed, UTC).astimezone()
        moment = day_and_time(then, self._clock())
        more = f" ({found.more} more after it)" if found.more else ""
        if newest.is_recording:
            what = f"A recording ({bars}, {moment}) was cut short"
        else:
            what = f"“{title}” ({bars}, {moment}) was not saved"
        return f"{what} when Composer last ended{more}: shall it come back?"

    def _restore(self, found: Found, left: LeftOver) -> None:
        mine = self._recovery.claim(left)
        if mine is None:
            self.offer(
                lambda: self._bar.tell("Another window of Composer has brought it back already.")
            )
            return
        recorded, before = settle(self._document), self._document.composition
        self._document.begin(found.composition, "Bring Back", saved=False, mix=found.mix)
        # Its own recovery file must exist before the old one goes.
        if self._recovery.finish() is None:
            self._recovery.discard(mine)
        moment = self._document.moment()
        instead, undo = in_place_of(before, self._document, recorded=recorded)
        name = shown_title(found.composition.title)

        def say_so() -> None:
            if self._document.moment() == moment:
                sentence = f"{name} is back{instead}."
                self._bar.tell(sentence, Tone.SUCCESS, *undo, names=[name], goes_on=True)

        self.offer(say_so)

    def _discard(self, left: LeftOver) -> None:
        self._recovery.discard(left)
        self.offer()

    def _tidy(self) -> None:
        try:
            self._recovery.tidy()
        except Exception:
            _log.warning("What was left over could not be tidied up.", exc_info=True)

    @staticmethod
    def _note_failure(error: Exception) -> None:
        _log.error("What was left over could not be looked at.", exc_info=error)


def shown_title(title: str) -> str:
    """What to call a piece with this ``title``."""
    return one_line(title) or "Untitled"
