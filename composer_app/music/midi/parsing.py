"""From the bytes of a MIDI file to its music, one stage after another; what was mended is said."""

from dataclasses import replace

from composer_app.errors import MidiFileError
from composer_app.music.files.cancelling import Wanted, check
from composer_app.music.midi.chunks import MAX_TRACKS, parse_chunks
from composer_app.music.midi.containers import unwrapped
from composer_app.music.midi.faults import Fault, Faults
from composer_app.music.midi.messages import NoteOn, ParsedMidi
from composer_app.music.midi.note_ends import with_ends
from composer_app.music.midi.reading import MidiPiece, piece_from_midi
from composer_app.translation import _


def parsed_piece(
    data: bytes, max_bytes: int, max_steps: int, name: str, wanted: Wanted
) -> MidiPiece:
    """The music in ``data``, as :func:`~composer_app.music.midi.file.parse_midi` has it.

    Unpacked it may have ``max_bytes``, and ``max_steps`` of music.
    """
    faults = Faults()
    bytes_of_it = unwrapped(data, max_bytes, name, faults)
    check(wanted)
    midi = parse_chunks(bytes_of_it, name, faults, wanted)
    if faults[Fault.CUT_TRACK] + faults[Fault.DAMAGED_TRACK] and not _has_notes(midi):
        raise MidiFileError(_("{file} is damaged", file=name), _("get or export it once more"))
    midi = with_ends(midi, faults, wanted)
    piece = piece_from_midi(midi, max_steps, name, wanted)
    if len(piece.composition.tracks) > MAX_TRACKS:
        raise MidiFileError(
            _("{file} has more than {most:,} tracks", file=name, most=MAX_TRACKS),
            _("choose another file"),
        )
    return replace(piece, mended=(*faults.clauses(), *piece.mended))


def _has_notes(midi: ParsedMidi) -> bool:
    return any(isinstance(message, NoteOn) for track in midi.tracks for _tick, message in track)
