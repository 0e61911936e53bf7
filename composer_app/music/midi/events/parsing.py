"""From the bytes of a MIDI file to its music, one stage after another; what was mended is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from composer_app.errors import MidiFileError
from composer_app.late_numpy import np
from composer_app.music.files.cancelling import Wanted, check
from composer_app.music.midi.events.chunks import MAX_TRACKS, parse_chunks
from composer_app.music.midi.events.containers import unwrapped
from composer_app.music.midi.events.faults import Fault, Faults, tempo_heard_clause
from composer_app.music.midi.events.messages import ParsedMidi, SetTempo, Timed
from composer_app.music.midi.events.note_ends import EndedNotes, with_ends
from composer_app.music.midi.reading.reading import MidiPiece, piece_from_midi
from composer_app.music.timing import MICROSECONDS_PER_MINUTE, TICKS_PER_BEAT
from composer_app.translation import _

if TYPE_CHECKING:
    from composer_app.music.midi.events.channel_events import Column
    from composer_app.music.midi.events.tempo_by_ear import HeardTempo

_EARLY_BEATS: Final = 0.05


def parsed_piece(
    data: bytes,
    max_bytes: int,
    max_steps: int,
    name: str,
    wanted: Wanted,
    *,
    tempo_by_ear: bool = True,
) -> MidiPiece:
    """The music in ``data``, as :func:`~composer_app.music.midi.file.parse_midi` has it.

    Unpacked it may have ``max_bytes``, and ``max_steps`` of music.
    """
    faults = Faults()
    bytes_of_it = unwrapped(data, max_bytes, name, faults)
    check(wanted)
    midi = parse_chunks(bytes_of_it, name, faults, wanted)
    if faults[Fault.CUT_TRACK] + faults[Fault.DAMAGED_TRACK] and not midi.events.struck.any():
        raise MidiFileError(_("{file} is damaged", file=name), _("get or export it once more"))
    notes = with_ends(midi, faults, wanted)
    if len(np.unique(notes.line)) > MAX_TRACKS:
        raise MidiFileError(
            _("{file} has more than {most:,} tracks", file=name, most=MAX_TRACKS),
            _("choose another file"),
        )
    heard = _heard(midi, notes) if midi.beats_unknown and tempo_by_ear else None
    said = faults.clauses()
    if heard is not None:
        check(wanted)
        midi, notes = _counted(midi, notes, heard)
        del faults[Fault.FILM_FRAMES]
        said = (tempo_heard_clause(heard.bpm), *faults.clauses())
    piece = piece_from_midi(midi, notes, max_steps, name, wanted)
    heard_bpm = None if heard is None else heard.bpm
    return replace(piece, mended=(*said, *piece.mended), heard_bpm=heard_bpm)


def _heard(midi: ParsedMidi, notes: EndedNotes) -> HeardTempo | None:
    """The tempo of a file whose beats, of half a second each, are none."""
    # Few files have to be listened to.
    from composer_app.music.midi.events.tempo_by_ear import tempo_by_ear

    second = 2 * midi.ticks_per_beat
    lengths = (notes.off - notes.on) / second
    return tempo_by_ear(notes.on / second, lengths, notes.velocity)


def _counted(
    midi: ParsedMidi, notes: EndedNotes, heard: HeardTempo
) -> tuple[ParsedMidi, EndedNotes]:
    """``midi`` and its notes counted in the beats that are heard, the first of which is as near to
    its start as leaves room for all that it says, but for settings.
    """
    second = 2 * midi.ticks_per_beat
    first = int(notes.on.min())
    beat = 60 / heard.bpm
    # A little before a beat is played on it.
    early = first / second + _EARLY_BEATS * beat
    start = heard.offset if heard.offset <= min(beat / 2, early) else heard.offset - beat
    ratio = TICKS_PER_BEAT / (beat * second)

    def place(tick: int) -> int:
        return max(0, round((tick - start * second) * ratio))

    def places(ticks: Column) -> Column:
        rounded: Column = np.rint((ticks - start * second) * ratio).astype(np.int64)
        return np.maximum(rounded, 0)

    tracks: list[list[Timed]] = [[(place(at), said) for at, said in each] for each in midi.tracks]
    tempo = SetTempo(round(MICROSECONDS_PER_MINUTE / heard.bpm))
    counted = ParsedMidi(
        TICKS_PER_BEAT,
        [[(0, tempo), *tracks[0]], *tracks[1:]],
        [place(end) for end in midi.ends],
        midi.events.at(places(midi.events.tick)),
    )
    return counted, notes.at(places(notes.on), places(notes.off))
