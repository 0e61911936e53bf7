"""The sentences a musician is told when something outside Composer is wrong.

Each error is raised at the edge (a file, a device, a model, a setting) with one complete
sentence: what is wrong, where, and what to do. The command line prints it and exits 2; the
studio shows it in its message bar. Whatever the sentence quotes, it is one line of visible letters.
"""

from composer_app.plain_text import one_line


class ComposerError(Exception):
    """Base of every error that is meant to be read by a person."""

    def __str__(self) -> str:
        return one_line(super().__str__())


class MidiFileError(ComposerError):
    """A MIDI file cannot be read, holds nothing usable, or cannot be written."""


class ProjectFileError(ComposerError):
    """A project file cannot be read, is damaged, or cannot be written."""


class FileChangedError(ComposerError):
    """A file is no longer what Composer has written there; ``gone`` if it is not there at all."""

    def __init__(self, sentence: str, *, gone: bool = False) -> None:
        super().__init__(sentence)
        self.gone = gone


class MelodyError(ComposerError):
    """A melody cannot be used: no notes, too long, or out of range."""


class ModelError(ComposerError):
    """A model file is missing, is not ONNX, or has the wrong inputs or outputs."""


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
