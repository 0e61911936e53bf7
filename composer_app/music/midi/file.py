"""Standard MIDI files on disk: reading what others wrote, writing our own whole.

Whatever a player plays is read: :mod:`containers` finds the file in what it came in, :mod:`chunks`
its tracks, :mod:`track_parser` the messages in them, :mod:`note_ends` the end of every note, and
what they had to mend is said. What the messages mean is in :mod:`reading`, and how they
are made in :mod:`writing`, where mido makes bytes of them. Everything that makes a file unusable
ends as a :class:`MidiFileError` whose sentence names it.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Final

from composer_app.errors import MidiFileError
from composer_app.music.composition import Composition
from composer_app.music.files.cancelling import Wanted, always_wanted, check
from composer_app.music.files.regular_file import open_regular
from composer_app.music.files.safe_file import FileState, cannot_write, failure_reason, write_whole
from composer_app.music.mix import USUAL_MIX, PieceMix
from composer_app.translation import Message, _

# What parses and writes takes longer to import than a window may take to open.
if TYPE_CHECKING:
    from composer_app.music.midi.reading.reading import MidiPiece

# Notes and commands are counted (chunks.MAX_MESSAGES). This bounds what else is in a file: texts,
# samples for synthesizers, padding.
MAX_FILE_BYTES: Final = 32_000_000
# 20,000 bars of 4/4. Far more than anybody harmonises, few enough to draw and count.
MAX_STEPS: Final = 320_000


class UnwritableMidiError(Exception):
    """There can be no MIDI file of a composition; ``reason`` is the end of a sentence."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


def read_midi(path: str | Path) -> Composition:
    """The music of the standard MIDI file ``path``, as :func:`parse_midi` has it.

    Raises :class:`MidiFileError`, at once also for what is no file, such as a pipe.
    """
    return read_midi_piece(path).composition


def read_midi_piece(path: str | Path) -> MidiPiece:
    """The music of ``path`` with its mix; raises as :func:`read_midi`."""
    return parse_midi(_read_bytes(Path(path)), str(path))


def parse_midi(
    data: bytes, name: str, wanted: Wanted = always_wanted, *, tempo_by_ear: bool = True
) -> MidiPiece:
    """The music in the bytes of a MIDI file, on the grid of sixteenths, its mix, what was mended.

    Every track is free of overlapping notes of equal pitch. Those of channel 10 are drums, unless
    they are a melody by mistake. The beats of a file that counts film frames are heard in its notes
    if ``tempo_by_ear``; else, and where none are heard, they are those of 120 BPM. ``name`` is what
    sentences call it. Raises :class:`MidiFileError`, also for a file without notes of a pitch, and
    :class:`~composer_app.music.files.cancelling.FileCancelledError` soon after it is not
    ``wanted`` any more.
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
    from composer_app.music.midi.events.parsing import parsed_piece

    return parsed_piece(data, MAX_FILE_BYTES, MAX_STEPS, name, wanted, tempo_by_ear=tempo_by_ear)


def write_midi(
    composition: Composition,
    path: str | Path,
    mix: PieceMix = USUAL_MIX,
    *,
    only_over: FileState | None = None,
    wanted: Wanted = always_wanted,
) -> FileState:
    """Write ``composition`` to ``path`` as a MIDI file of type 1 with one chunk per track.

    :func:`read_midi_piece` gives back an equal composition and the balance of ``mix`` where it has
    notes and no track holds overlapping notes of equal pitch. An earlier file is replaced in one
    go or left as it was; with ``only_over`` it is replaced only in that state. Returns the state
    of the new file. Raises :class:`MidiFileError`, and :class:`FileChangedError` where the earlier
    file is in another state, and
    :class:`~composer_app.music.files.cancelling.FileCancelledError`, with nothing written, where it
    is not ``wanted`` any more.
    """
    path = Path(path)
    try:
        data = midi_bytes(composition, mix)
        check(wanted)
        return write_whole(path, data, only_over=only_over)
    except UnwritableMidiError as error:
        raise MidiFileError(
            _("{file} was not written: {reason}", file=path, reason=error.reason)
        ) from None
    except (OSError, ValueError) as error:
        raise MidiFileError(*cannot_write(path, error)) from error


def midi_bytes(composition: Composition, mix: PieceMix = USUAL_MIX) -> bytes:
    """What :func:`write_midi` writes. Raises :class:`UnwritableMidiError` for a piece too long."""
    from composer_app.music.midi.events.chunks import (
        MAX_MESSAGES,
        MAX_METRES,
        MAX_NOTES,
        MAX_SETTINGS,
        MAX_TRACKS,
    )
    from composer_app.music.midi.events.track_parser import MAX_DETAILS_BYTES
    from composer_app.music.midi.writing import midi_from_composition

    if composition.steps > MAX_STEPS:
        raise UnwritableMidiError(
            _("{bars} bars are more than Composer can read back", bars=composition.bars)
        )
    midi = midi_from_composition(composition, mix)
    chunks = len(midi.tracks)
    # Each chunk counts as a message, and has an end.
    messages = sum(map(len, midi.tracks)) + 2 * chunks
    if chunks > MAX_TRACKS or composition.note_count > MAX_NOTES or messages > MAX_MESSAGES:
        raise UnwritableMidiError(
            _("{notes:,} notes are more than Composer can read back", notes=composition.note_count)
        )
    settings = sum(message.is_meta for track in midi.tracks for message in track)
    if settings > MAX_SETTINGS or len(composition.meters.changes) > MAX_METRES:
        raise UnwritableMidiError(
            _("{count:,} texts and settings are more than Composer can read back", count=settings)
        )
    texts = [message.text for message in midi.tracks[0] if message.type == "text"]
    if any(len(text) > MAX_DETAILS_BYTES for text in texts):
        raise UnwritableMidiError(_("what was played is more than Composer can read back"))
    buffer = io.BytesIO()
    midi.save(file=buffer)
    return buffer.getvalue()


def _read_bytes(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            return file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise MidiFileError(
            _("{file} cannot be opened: {reason}", file=path, reason=failure_reason(error)),
            _("choose another file"),
        ) from error
