"""From a parsed MIDI file, whoever wrote it, to a composition on the grid of sixteenths.

Notes keep their micro-timing: each sounds where the file has it, to the nearest tick of ours. In
files that count 960 ticks a beat, as our own do, and in those whose ticks are a whole number of
ours, that is exactly there, so that a composition that is written and read again is the same. What
touches in a file touches here, since the same tick of a file is always the same tick of ours.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from composer_app.errors import MidiFileError
from composer_app.music.composition import Composition, Track
from composer_app.music.files.cancelling import Wanted, always_wanted, check
from composer_app.music.midi.chord_rows import chord_row
from composer_app.music.midi.details import details_of, is_ours, with_muted
from composer_app.music.midi.events.messages import ParsedMidi
from composer_app.music.midi.events.note_ends import EndedNotes
from composer_app.music.midi.events.track_parser import DETAILS_PREFIX
from composer_app.music.midi.file_time import (
    Grid,
    TimedMessage,
    capped_clause,
    meters_of,
    own_meters,
    tempo_map,
)
from composer_app.music.midi.reading.beside_notes import (
    BesideNotes,
    keys_of,
    of_a_track,
    of_the_piece,
    texts_of,
)
from composer_app.music.midi.reading.channels import MIXED, Channel, Lines
from composer_app.music.midi.reading.default_key import is_by_default
from composer_app.music.midi.reading.drums import is_melody
from composer_app.music.midi.writing import DRUM_CHANNEL
from composer_app.music.mix import PieceMix, TrackMix
from composer_app.music.texts import Text
from composer_app.music.timing import Meter
from composer_app.translation import Message, _

# What drums are called in a file that does not name them.
_DRUMS: Final = "Drums"


@dataclass(frozen=True)
class MidiPiece:
    """What a file holds: the music, and how loud and where its tracks sound.

    ``mended`` are clauses on what is not taken as the file has it; the tempo is ``heard_bpm``, by
    ear, where it names none.
    """

    composition: Composition
    mix: PieceMix
    mended: tuple[Message, ...] = ()
    heard_bpm: float | None = None


def piece_from_midi(
    midi: ParsedMidi,
    notes: EndedNotes,
    max_steps: int,
    name: str,
    wanted: Wanted = always_wanted,
) -> MidiPiece:
    """The ``notes`` of ``midi``, one track for each channel of each chunk, in the file's order.

    Tempo changes and time signatures may stand in
    any chunk. Raises :class:`MidiFileError`, which calls the file ``name``, for no notes, or more
    than ``max_steps``. Of volume and pan a track has what is in force when its first note is
    struck.
    """
    chunks = midi.tracks
    grid = Grid(midi.ticks_per_beat)
    _check_length(notes, grid, max_steps, name)
    ours = is_ours(chunks)
    details = details_of(chunks, first_plays=bool((notes.track == 0).any()))
    texts = [texts_of(chunk, grid.ticks, DETAILS_PREFIX) for chunk in chunks]
    row = chord_row(chunks, texts, grid.ticks, details.chords)
    texts = [row.without(index, words) for index, words in enumerate(texts)]
    check(wanted)
    lines = Lines.of(midi.events, notes, len(chunks))
    parts = _parts(chunks, lines, texts, grid, wanted, ours=ours)
    check(wanted)
    drums = any(track.drums and track.notes for track in parts.tracks)
    starts = [t.notes[0].start for t in parts.tracks if t.notes and not t.drums]
    if not starts and not (ours and drums):
        raise MidiFileError(
            _("{file} holds no notes but those of drums", file=name)
            if drums
            else _("{file} holds no notes", file=name),
            _("choose a file with a melody"),
        )
    if details.has_upbeat:
        meters = own_meters(chunks, grid, details.upbeat)
    else:
        first = min(starts, default=0)
        meters = meters_of(chunks, grid, rests_first=first > 0)
    tempo, capped = tempo_map(chunks, grid)
    composition = Composition(
        tuple(parts.tracks),
        tempo,
        meters,
        details.title,
        details.origin,
        details.performance,
        details.melody_chosen,
        () if details.key_estimated else keys_of(chunks, grid.ticks),
        tuple(parts.texts),
        row.symbols,
    )
    composition, mix = with_muted(composition, PieceMix(tuple(parts.mixes)), details.muted)
    changes = [capped_clause()] if capped else []
    if not ours and is_by_default(composition):
        composition = replace(composition, keys=())
        changes.append(_("its key signature, C major, does not fit its notes and is left out"))
    return MidiPiece(composition, mix, tuple(changes))


def _check_length(notes: EndedNotes, grid: Grid, max_steps: int, name: str) -> None:
    # What else stands far behind the last note takes no bars.
    last_tick = int(notes.off.max(initial=0))
    if grid.step(last_tick) > max_steps:
        most = max_steps // Meter().steps_per_bar
        raise MidiFileError(
            _("{file} is longer than {most:,} bars", file=name, most=most),
            _("choose a shorter piece"),
        )


@dataclass
class _Parts:
    """The tracks of a file and their mixes, and what is said of the piece."""

    tracks: list[Track] = field(default_factory=list)
    mixes: list[TrackMix] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


def _parts(
    chunks: list[list[TimedMessage]],
    lines: Lines,
    texts: list[tuple[Text, ...]],
    grid: Grid,
    wanted: Wanted,
    *,
    ours: bool,
) -> _Parts:
    """What the chunks play, and what is said in them; ``texts`` are their words."""
    programs, levels = lines.first_programs(), lines.first_levels()
    played = lines.channels(grid)
    check(wanted)
    beside = BesideNotes.of(lines, grid, ours=ours)
    parts = _Parts()
    for index, chunk in enumerate(chunks):
        check(wanted)
        heard = _heard(played.get(index, {}), _name_of(chunk), programs, ours=ours)
        singers = [channel for channel, drums in heard if not drums]
        singers = singers or [channel for channel, _drums in heard]
        alone = len(singers) == 1
        words = texts[index]
        parts.texts += of_the_piece(words) if alone else words
        sung = of_a_track(words) if alone else ()
        for place, (number, drums) in enumerate(heard):
            channel = played[index][number]
            name = _track_name(_name_of(chunk), heard, place, len(parts.tracks) + 1)
            program = programs.get(number, 0) if channel.program is None else channel.program
            said = beside.controls(index, number, program, levels)
            own = sung if number in singers else ()
            parts.tracks.append(Track(name, program, channel.notes, said, own, drums))
            parts.mixes.append(_mix(channel, number, levels))
    return parts


def _heard(
    channels: dict[int, Channel], name: str | None, programs: dict[int, int], *, ours: bool
) -> list[tuple[int, bool]]:
    """The channels of a chunk called ``name`` that become tracks, and whether each is drums.

    A chunk without notes that chooses one instrument is an empty track; one that chooses none
    or several is only there to set things up. Channel 10 is drums in a file of ours, and mostly in
    others.
    """
    tenth = channels.get(DRUM_CHANNEL)
    drums = tenth is not None
    if tenth is not None and not ours:
        chosen = programs.get(DRUM_CHANNEL) if tenth.program is None else tenth.program
        drums = not is_melody(tenth.notes, chosen, (len(channels) == 1 and name) or "")
        if not tenth.notes:
            channels = {number: each for number, each in channels.items() if each is not tenth}
    playing = [number for number, channel in channels.items() if channel.notes]
    heard = list(channels) if not playing and len(channels) == 1 else playing
    return [(number, drums and number == DRUM_CHANNEL) for number in heard]


def _name_of(chunk: list[TimedMessage]) -> str | None:
    return next((message.name for _, message in chunk if message.type == "track_name"), None)


def _track_name(name: str | None, heard: list[tuple[int, bool]], place: int, number: int) -> str:
    """What the track of the channel at ``place`` is called, which is ``number`` of the piece.

    Drums beside others are called so.
    """
    channel, drums = heard[place]
    pitched = sum(not drums for _channel, drums in heard)
    if drums and (name is None or pitched):
        return _DRUMS
    if pitched > 1:
        return f"Channel {channel + 1}"
    return f"Track {number}" if name is None else name


def _mix(channel: Channel, number: int, levels: dict[tuple[int, int], int]) -> TrackMix:
    """Volume and pan of channel ``number``, which has its own or those of ``levels``."""
    volume, pan = (
        channel.controls.get(controller, levels.get((number, controller), usual))
        for controller, usual in MIXED.items()
    )
    return TrackMix(volume, pan)
