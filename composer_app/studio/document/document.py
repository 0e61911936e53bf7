"""The document: the one composition being worked on, and the only way to change it."""

import itertools
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from composer_app.music.composition import Composition
from composer_app.music.mix import USUAL_MIX, PieceMix, TrackMix, TrackOrder, order_before
from composer_app.project.locks import Locks
from composer_app.project.piece import Piece
from composer_app.project.take import Take
from composer_app.studio.widgets.shown_text import shown_name, without_mnemonic

_UNDO_LIMIT: Final = 500
_NEVER_MERGED: Final = -1


@dataclass(eq=False)
class _Home:
    """Where a piece lives: its file, and what that file holds as far as we know.

    All states of one piece in the undo history share this object, so that saving is known to
    all of them, and so that no take is lost by going back. ``ours`` is true once Composer itself
    has written ``path``. ``whole`` says that the file is a project, which holds more than music.
    """

    number: int
    path: Path | None
    saved: Piece
    ours: bool = False
    whole: bool = False
    takes: tuple[Take, ...] = ()
    loop: tuple[float, float] | None = None


@dataclass
class _State:
    """A state of a piece in the undo history.

    ``mix`` is how the piece sounded when this state was left, or sounds while it is the current
    one. Changing it is no step of its own, and makes no other state of it.
    """

    composition: Composition
    home: _Home
    locks: Locks
    # The take that the composition is, unchanged.
    take: Take | None = None
    mix: PieceMix = field(default=USUAL_MIX, compare=False)


class Document(QObject):
    """Holds a :class:`Composition`; every change is an undoable replacement of the whole.

    Opening another piece is such a change too, so that nothing is lost by it. What is locked
    against generating goes with each state, so that undoing brings the locks back as well.

    The mix belongs to the piece. Changing it is not undone, as in any mixer: volumes and pans stay
    as they are while edits are undone, and another piece has its own
    (:meth:`PieceMix.carried` says what becomes of mute and solo).
    """

    compositionChanged = Signal()
    locksChanged = Signal()
    mixChanged = Signal()
    # The path, the name or the modified mark has changed.
    stateChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        empty = Composition()
        self._numbers = itertools.count()
        self._merge_ids_given = 0
        self._state = _State(empty, _Home(next(self._numbers), None, Piece()), Locks.none())
        self._undo_stack = QUndoStack(self)
        self._undo_stack.setUndoLimit(_UNDO_LIMIT)
        self._moment = 0
        self._finish: Callable[[], bool] = _nothing_under_way

    def moment(self) -> int:
        """Another number after every edit, undo, redo, lock and begun piece.

        What was said of an earlier moment tells of the past.
        """
        return self._moment

    @property
    def composition(self) -> Composition:
        """What is being worked on."""
        return self._state.composition

    @property
    def locks(self) -> Locks:
        """What of the composition stays as it is when something is generated."""
        return self._state.locks

    @property
    def take(self) -> Take | None:
        """The take that the composition is, unchanged; None where it is none."""
        return self._state.take

    @property
    def takes(self) -> tuple[Take, ...]:
        """All takes of the piece, in the order in which they were made."""
        return self._state.home.takes

    @property
    def loop(self) -> tuple[float, float] | None:
        """From which step up to which the piece is looped, whether or not that is switched on."""
        return self._state.home.loop

    def set_loop(self, loop: tuple[float, float] | None) -> None:
        """Loop the piece so; that is no edit, and is not undone."""
        self._state.home.loop = loop
        self.stateChanged.emit()

    @property
    def piece(self) -> Piece:
        """All that a project file holds of it."""
        state = self._state
        return Piece(
            state.composition, state.locks, self.takes, state.take, state.mix, state.home.loop
        )

    @property
    def mix(self) -> PieceMix:
        """How loud and where each track of the piece sounds, and which sound at all."""
        return self._state.mix

    @property
    def undo_stack(self) -> QUndoStack:
        """To be looked at; push through :meth:`replace`, and go back by :meth:`undo`."""
        return self._undo_stack

    @property
    def piece_number(self) -> int:
        """Tells the pieces of this session apart."""
        return self._state.home.number

    @property
    def path(self) -> Path | None:
        """The file of the piece, None when it has none yet."""
        return self._state.home.path

    @property
    def save_path(self) -> Path | None:
        """Where saving may write without asking: a file that Composer itself has written.

        A file that was only opened may hold what Composer does not keep.
        """
        home = self._state.home
        return home.path if home.ours else None

    @property
    def modified(self) -> bool:
        """Whether there is music, or something decided about it, that no file holds."""
        return self.composition.note_count > 0 and not self.as_saved

    @property
    def as_saved(self) -> bool:
        """Whether piece and balance are what its file holds; without notes and a file, they are.

        A saved piece whose notes have all been deleted is not, though no music would be lost.
        """
        composition, home = self._state.composition, self._state.home
        saved = home.saved.composition
        if composition.note_count == saved.note_count == 0:
            return True
        if home.whole:
            return self.piece.holds_as_much_as(home.saved)
        return composition == saved and self.mix.balance == home.saved.mix.balance

    @property
    def name(self) -> str:
        """What to call the piece."""
        name = self.path.name if self.path else self.composition.title
        return shown_name(name) or "Untitled"

    def new_merge_id(self) -> int:
        """A number for a series of edits that undo as one; nobody else ever gets it.

        Take one for each kind of edit (a tempo that is being turned) or for each gesture (a drag).
        """
        self._merge_ids_given += 1
        return self._merge_ids_given - 1

    def replace(
        self,
        composition: Composition,
        text: str,
        merge_id: int | None = None,
        locks: Locks | None = None,
        take: Take | None = None,
        order: TrackOrder | None = None,
        muted: Collection[int] = (),
    ) -> None:
        """Make ``composition`` the current one, undoable as ``text``.

        Consecutive replacements with the same ``merge_id``, one of :meth:`new_merge_id`, undo as
        one. Raises ValueError for a number that was not given out. Where ``locks`` are not
        given, those stay that are on what stays. ``take`` is what the composition is, if a model
        has just written it; the piece keeps it whatever is undone, unless it has such a one.
        ``order`` says which track each one was, for the mix to stay with it; they have their
        places when it is omitted. The tracks with the indices ``muted`` are muted by it, and sound
        again when it is undone.
        """
        if merge_id is not None and not 0 <= merge_id < self._merge_ids_given:
            raise ValueError(f"{merge_id} is no number of new_merge_id")
        if composition != self.composition:
            if locks is None:
                locks = self.locks.surviving(self.composition, composition)
            home = self._state.home
            known = next((each for each in home.takes if each.is_of(composition)), None)
            if known is None and take is not None:
                home.takes = (*home.takes, take)
                known = take
            sources = range(len(composition.tracks)) if order is None else order
            # What a person has muted stays so when this is undone.
            silenced = [
                index
                for index in muted
                if (source := sources[index]) is None or not self.mix.track(source).mute
            ]
            after = _State(composition, home, locks, known)
            self._push(after, text, merge_id, order, silenced)

    def set_mix(self, mix: PieceMix) -> None:
        """Sound like this from now on; no step of undo."""
        before = self.mix
        if mix != before:
            self._state.mix = mix
            self.mixChanged.emit()
            if mix.balance != before.balance:
                self.stateChanged.emit()

    def set_track_mix(self, track: int, mix: TrackMix) -> None:
        """The mix of one track; no step of undo."""
        self.set_mix(self.mix.with_track(track, mix))

    def set_locks(self, locks: Locks, text: str) -> None:
        """Lock just ``locks``, undoable as ``text``."""
        if locks != self.locks:
            self._push(replace(self._state, locks=locks), text, None)

    def begin(
        self,
        composition: Composition,
        text: str,
        path: Path | None = None,
        *,
        saved: bool = True,
        mix: PieceMix = USUAL_MIX,
    ) -> None:
        """Begin another piece with its ``mix``, undoable as ``text``.

        ``saved`` says that it can be had again.

        What is under way becomes part of the piece that is left, so that undo brings it back.
        """
        self.settle()
        known = Piece(composition, mix=mix) if saved else Piece()
        home = _Home(next(self._numbers), path, known)
        self._push(_State(composition, home, Locks.none(), mix=mix), text, None)

    def begin_project(self, piece: Piece, text: str, path: Path | None) -> None:
        """Begin ``piece``, undoable as ``text``; with a ``path`` it is as that project holds it.

        Without, no file holds it.
        """
        self.settle()
        home = _Home(
            next(self._numbers),
            path,
            piece if path is not None else Piece(),
            ours=path is not None,
            whole=path is not None,
            takes=piece.takes,
            loop=piece.loop,
        )
        state = _State(piece.composition, home, piece.locks, piece.take, piece.mix)
        self._push(state, text, None)

    def settle_with(self, finish: Callable[[], bool]) -> None:
        """Let ``finish`` end what is under way, such as a recording, and add its music here.

        It returns whether anything was under way.
        """
        self._finish = finish

    def settle(self) -> bool:
        """Take in the music of what is under way, which ends by it; whether there was such."""
        return self._finish()

    def undo(self) -> None:
        """Take the last change back. What is under way ends, and is what is taken back."""
        before = self._state
        if not self.settle() or self._state is not before:
            self._undo_stack.undo()

    def redo(self) -> None:
        """Bring back what was taken back last. What is under way only ends."""
        if not self.settle():
            self._undo_stack.redo()

    def mark_saved(self, path: Path, saved: Piece, *, whole: bool) -> None:
        """Note that Composer has written ``saved``, a state of the current piece, to ``path``.

        ``whole`` if that is a project and holds all of it.
        """
        home = self._state.home
        home.path, home.saved, home.ours, home.whole = path, saved, True, whole
        self.stateChanged.emit()

    def _push(
        self,
        after: _State,
        text: str,
        merge_id: int | None,
        order: TrackOrder | None = None,
        muted: Collection[int] = (),
    ) -> None:
        merge = _NEVER_MERGED if merge_id is None else merge_id
        self._undo_stack.push(_Replace(self, self._state, after, text, merge, order, muted))

    def _enter(self, state: _State, order: TrackOrder | None, mutes: Mapping[int, bool]) -> None:
        """Make ``state`` the present; ``mutes`` says of some tracks whether they are muted."""
        before, self._state = self._state, state
        self._moment += 1
        other_locks = state.locks != before.locks
        if state.home is before.home:
            state.mix = before.mix.carried(before.composition, state.composition, state.mix, order)
        for index, mute in mutes.items():
            track = replace(state.mix.track(index), mute=mute)
            state.mix = state.mix.with_track(index, track)
        if state.mix != before.mix:
            # First, so that no track is heard for a moment that is to be silent.
            self.mixChanged.emit()
        if state.composition is not before.composition or state.home is not before.home:
            self.compositionChanged.emit()
            self.stateChanged.emit()
        elif other_locks:
            self.stateChanged.emit()
        if other_locks:
            self.locksChanged.emit()


def _nothing_under_way() -> bool:
    return False


class _Replace(QUndoCommand):
    def __init__(
        self,
        document: Document,
        before: _State,
        after: _State,
        text: str,
        merge_id: int,
        order: TrackOrder | None,
        muted: Collection[int],
    ) -> None:
        super().__init__(without_mnemonic(text))
        self._document = document
        self._before = before
        self._after = after
        self._merge_id = merge_id
        self._order = order
        self._muted = tuple(muted)

    def id(self) -> int:
        return self._merge_id

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Replace) or other._after.home is not self._after.home:
            return False
        if self._order is not None or other._order is not None:
            return False
        if self._muted or other._muted:
            return False
        self._after = other._after
        # What has come back to where it began leaves nothing to be undone.
        self.setObsolete(self._after == self._before)
        return True

    def redo(self) -> None:
        self._document._enter(self._after, self._order, dict.fromkeys(self._muted, True))

    def undo(self) -> None:
        tracks = len(self._before.composition.tracks)
        back = None if self._order is None else order_before(self._order, tracks)
        sources = range(tracks) if self._order is None else self._order
        sound = {source: False for index in self._muted if (source := sources[index]) is not None}
        self._document._enter(self._before, back, sound)
