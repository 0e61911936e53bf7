"""What a musician is told when something outside Composer is wrong.

Each error is raised at the edge (a file, a device, a model, a setting) and says what has happened
and, where something can be done, what that is. Both are messages with named fields
(:mod:`composer_app.translation`). Some fields are known to everybody: what the error is about
(``file``, ``folder``, ``device``, ``setting`` or ``model``), and the ``command`` to type. The
sentence is made where it is read: the command line prints it and exits 2; the studio shows it in
its message bar. Whatever the sentence quotes, it is one line of visible letters.
"""

from copy import copy
from typing import Final, Self

from composer_app.plain_text import one_line
from composer_app.translation import Message, _

# The fields that say what an error is about; the first that is there is meant.
_PLACES: Final = ("file", "folder", "device", "setting", "model")
# What ends with these is a sentence already.
_ENDS: Final = (".", "?", "!")


class ComposerError(Exception):
    """Base of every error that is meant to be read by a person.

    ``what`` has happened and the ``remedy`` are clauses without a full stop. ``what`` may end with
    the reason, after a colon. Errors of one kind that say the same are equal.
    """

    def __init__(self, what: Message, remedy: Message | None = None) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    @property
    def where(self) -> str:
        """The file, folder, device, setting or model that the error is about; may be empty."""
        found = (self.what.fields[name] for name in _PLACES if name in self.what.fields)
        return one_line(str(next(found, "")))

    @property
    def command(self) -> str | None:
        """The line to type that mends it, where there is one."""
        command = self.remedy.fields.get("command") if self.remedy else None
        return None if command is None else one_line(str(command))

    def afresh(self) -> Self:
        """One that says the same, to be kept or raised once more.

        It has no traceback, which would keep alive all that was at hand when something failed.
        """
        return copy(self)

    def __str__(self) -> str:
        return one_line(str(self._sentence()))

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.args == getattr(other, "args", ())

    def __hash__(self) -> int:
        return hash((type(self), self.args))

    def _sentence(self) -> Message:
        what, remedy = self.what, self.remedy
        last = remedy or what
        # A full stop would be copied along with a line to type.
        ends = last.template.endswith("{command}") or str(last).endswith(_ENDS)
        if remedy is None:
            return what if ends else _("{what}.", what=what)
        # A reason comes after a colon, and two of them make no sentence.
        if ": " in what.template:
            if ends:
                return _("{what}; {remedy}", what=what, remedy=remedy)
            return _("{what}; {remedy}.", what=what, remedy=remedy)
        if ends:
            return _("{what}: {remedy}", what=what, remedy=remedy)
        return _("{what}: {remedy}.", what=what, remedy=remedy)


class MidiFileError(ComposerError):
    """A MIDI file cannot be read, holds nothing usable, or cannot be written."""


class ScoreFileError(ComposerError):
    """A file of written music (MusicXML, ABC) or a picture of a score is not read or not made."""


class ProjectFileError(ComposerError):
    """A project file cannot be read, is damaged, or cannot be written."""


class FileChangedError(ComposerError):
    """A file is no longer what Composer has written there; ``gone`` if it is not there at all."""

    def __init__(self, what: Message, remedy: Message | None = None, *, gone: bool = False) -> None:
        super().__init__(what, remedy)
        self.gone = gone


class MelodyError(ComposerError):
    """A melody cannot be used: no notes, too long, or out of range."""


class ChordError(ComposerError):
    """A chord symbol or a row of them is not what anybody understands."""


class ModelError(ComposerError):
    """A model file is missing, is not ONNX, or has the wrong inputs or outputs."""


class StyleError(ComposerError):
    """A style cannot be found or used."""


class DeviceError(ComposerError):
    """A MIDI port, sound device or SoundFont is missing or stopped working."""


class SettingError(ComposerError):
    """An option or setting has a value that cannot be used."""


class StreamError(ComposerError):
    """Standard input or output is closed, or cannot be read or written."""


class CorpusError(ComposerError):
    """Training data is missing or damaged."""


class ProfileError(ComposerError):
    """A reference profile or the index of known passages is missing or damaged."""
