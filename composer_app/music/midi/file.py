"""Standard MIDI files on disk: reading what others wrote, writing our own whole.

The bytes are parsed and made by mido; what they mean is in :mod:`reading` and
:mod:`writing`. Everything that can be wrong with a file ends as a
:class:`MidiFileError` whose sentence names it.
"""

import io
from pathlib import Path
from typing import Final

from composer_app.errors import MidiFileError
from composer_app.music.composition import Composition
from composer_app.music.midi.reading import MidiPiece, piece_from_midi
from composer_app.music.midi.writing import midi_from_composition
from composer_app.music.mix import USUAL_MIX, PieceMix
from composer_app.music.regular_file import open_regular
from composer_app.music.safe_file import FileState, cannot_write, failure_reason, write_whole
from composer_app.translation import Message, _

# mido takes about a second and 100 MB of memory for each megabyte; a symphony has less than one.
MAX_FILE_BYTES: Final = 4_000_000
# 20,000 bars of 4/4. Far more than anybody harmonises, few enough to draw and count.
MAX_STEPS: Final = 320_000

# No number in a MIDI file has more than 4 bytes. This leaves room for text of bytes above 127,
# which mido reads one at a time as well.
_LONGEST_HIGH_RUN: Final = 4096


class UnwritableMidiError(Exception):
    """There can be no MIDI file of a composition; ``reason`` is the end of a sentence."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


class _GuardedBytes(io.BytesIO):
    """Bytes for mido that stop an endless variable-length number.

    mido accepts such numbers of any length; in a megabyte of continuation bytes it would
    compute with millions of digits for minutes.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._high_run = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self._high_run = self._high_run + 1 if data >= b"\x80" else 0
        if self._high_run > _LONGEST_HIGH_RUN:
            raise ValueError("a number without end")
        return data


def read_midi(path: str | Path) -> Composition:
    """The music of the standard MIDI file ``path``, as :func:`parse_midi` has it.

    Raises :class:`MidiFileError`, at once also for what is no file, such as a pipe.
    """
    return read_midi_piece(path).composition


def read_midi_piece(path: str | Path) -> MidiPiece:
    """The music of ``path`` with its mix; raises as :func:`read_midi`."""
    return parse_midi(_read_bytes(Path(path)), str(path))


def parse_midi(data: bytes, name: str) -> MidiPiece:
    """The music in the bytes of a MIDI file (type 0 or 1), on the grid of sixteenths, and its mix.

    Every track is free of overlapping notes of equal pitch. Drums (channel 10) are left out:
    their numbers are not pitches. ``name`` is what sentences call it. Raises
    :class:`MidiFileError`, also for a file without notes.
    """
    if not data:
        raise MidiFileError(_("{file} is empty", file=name), _("choose another MIDI file"))
    if len(data) > MAX_FILE_BYTES:
        raise MidiFileError(
            _(
                "{file} is larger than {megabytes} MB, too large for a MIDI file of notes",
                file=name,
                megabytes=MAX_FILE_BYTES // 1_000_000,
            ),
            _("choose another file"),
        )
    if not data.startswith(b"MThd"):
        raise MidiFileError(
            _("{file} is not a MIDI file", file=name), _("choose a file that ends in .mid")
        )
    # It takes longer to import than a window may take to open.
    import mido

    try:
        # clip: loudness of 128 and more, as some programs write it, becomes 127.
        midi = mido.MidiFile(file=_GuardedBytes(data), clip=True)
    except EOFError:
        raise MidiFileError(
            _("{file} is damaged, it ends too early", file=name), _("get or export it once more")
        ) from None
    except Exception as error:
        # mido answers damage with whatever went wrong inside: ValueError, OSError, KeyError,
        # IndexError, its own KeySignatureError ...
        raise MidiFileError(
            _("{file} is damaged", file=name), _("get or export it once more")
        ) from error
    return piece_from_midi(midi, MAX_STEPS, name)


def write_midi(
    composition: Composition,
    path: str | Path,
    mix: PieceMix = USUAL_MIX,
    *,
    only_over: FileState | None = None,
) -> FileState:
    """Write ``composition`` to ``path`` as a MIDI file of type 1 with one chunk per track.

    :func:`read_midi_piece` gives back an equal composition and the balance of ``mix`` where it has
    notes and no track holds overlapping notes of equal pitch. An earlier file is replaced in one
    go or left as it was; with ``only_over`` it is replaced only in that state. Returns the state
    of the new file. Raises :class:`MidiFileError`, and :class:`FileChangedError` where the earlier
    file is in another state.
    """
    path = Path(path)
    try:
        return write_whole(path, midi_bytes(composition, mix), only_over=only_over)
    except UnwritableMidiError as error:
        raise MidiFileError(
            _("{file} was not written: {reason}", file=path, reason=error.reason)
        ) from None
    except (OSError, ValueError) as error:
        raise MidiFileError(*cannot_write(path, error)) from error


def midi_bytes(composition: Composition, mix: PieceMix = USUAL_MIX) -> bytes:
    """What :func:`write_midi` writes. Raises :class:`UnwritableMidiError` for a piece too long."""
    if composition.steps > MAX_STEPS:
        raise UnwritableMidiError(
            _("{bars} bars are more than Composer can read back", bars=composition.bars)
        )
    buffer = io.BytesIO()
    midi_from_composition(composition, mix).save(file=buffer)
    data = buffer.getvalue()
    if len(data) > MAX_FILE_BYTES:
        raise UnwritableMidiError(
            _("{notes:,} notes are more than Composer can read back", notes=composition.note_count)
        )
    return data


def _read_bytes(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            return file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise MidiFileError(
            _("{file} cannot be opened: {reason}", file=path, reason=failure_reason(error)),
            _("choose another file"),
        ) from error
