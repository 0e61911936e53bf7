"""From a parsed MIDI file, whoever wrote it, to a composition on the grid of sixteenths.

Notes keep their micro-timing: each sounds where the file has it, to the nearest tick of ours. In
files that count 960 ticks a beat, as our own do, and in those whose ticks are a whole number of
ours, that is exactly there, so that a composition that is written and read again is the same. What
touches in a file touches here, since the same tick of a file is always the same tick of ours.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from composer_app.errors import MidiFileError
from composer_app.music.composition import Composition, Track
from composer_app.music.files.cancelling import Wanted, always_wanted, check
from composer_app.music.midi.beside_notes import (
    BesideNotes,
    keys_of,
    of_a_track,
    of_the_piece,
    texts_of,
)
from composer_app.music.midi.chord_rows import chord_row
from composer_app.music.midi.default_key import is_by_default
from composer_app.music.midi.details import details_of, is_ours, with_muted
from composer_app.music.midi.drums import is_melody
from composer_app.music.midi.file_time import (
    Grid,
    TimedMessage,
    capped_clause,
    meters_of,
    of_type,
    own_meters,
    tempo_map,
)
from composer_app.music.midi.messages import ParsedMidi
from composer_app.music.midi.track_parser import DETAILS_PREFIX
from composer_app.music.midi.writing import DRUM_CHANNEL
from composer_app.music.mix import (
    CENTRE,
    DEFAULT_VOLUME,
    PAN_CONTROLLER,
    VOLUME_CONTROLLER,
    PieceMix,
    TrackMix,
)
from composer_app.music.note import Note, without_overlaps
from composer_app.music.texts import Text
from composer_app.music.timing import Meter
from composer_app.translation import Message, _

# What drums are called in a file that does not name them.
_DRUMS: Final = "Drums"
# Volume and pan, each with what a synthesizer begins with.
_CONTROLLERS: Final = {VOLUME_CONTROLLER: DEFAULT_VOLUME, PAN_CONTROLLER: CENTRE}


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


@dataclass
class _Channel:
    """What one channel plays within one chunk."""

    program: int | None = None
    # Volume and pan by their controllers, as far as they are said.
    controls: dict[int, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    # Notes that still sound, by pitch: (tick, velocity), the one struck first in front. Unlike a
    # key, a file may strike a pitch twice and release it twice: both notes are meant.
    held: dict[int, deque[tuple[int, int]]] = field(default_factory=lambda: defaultdict(deque))
    struck: bool = False
    drums: bool = False

    def take(self, tick: int, message: Any, grid: Grid) -> None:
        """Heed a message of this channel."""
        if message.type == "program_change":
            if not self.struck:  # later changes would need tracks of their own
                self.program = message.program
        elif message.type == "control_change" and message.control in _CONTROLLERS:
            # A track that fades in begins in silence, but is not meant to stay there.
            if not self.struck or self.controls.get(message.control) == 0:
                self.controls[message.control] = message.value
        elif message.type == "note_on":
            self.struck = True
            self.held[message.note].append((tick, message.velocity))
        elif message.type == "note_off" and self.held[message.note]:
            on, velocity = self.held[message.note].popleft()
            self.notes.append(grid.note(message.note, velocity, on, tick))


def piece_from_midi(
    midi: ParsedMidi, max_steps: int, name: str, wanted: Wanted = always_wanted
) -> MidiPiece:
    """The notes of ``midi``, one track for each channel of each chunk, in the file's order.

    Every note has its note-off, in its own chunk. Tempo changes and time signatures may stand in
    any chunk. Raises :class:`MidiFileError`, which calls the file ``name``, for no notes, or more
    than ``max_steps``. Of volume and pan a track has what is in force when its first note is
    struck.
    """
    chunks = midi.tracks
    grid = Grid(midi.ticks_per_beat)
    _check_length(chunks, grid, max_steps, name)
    ours = is_ours(chunks)
    details = details_of(chunks)
    texts = [texts_of(chunk, grid.ticks, DETAILS_PREFIX) for chunk in chunks]
    row = chord_row(chunks, texts, grid.ticks, details.chords)
    texts = [row.without(index, words) for index, words in enumerate(texts)]
    parts = _parts(chunks, texts, grid, wanted, ours=ours)
    check(wanted)
    drums = any(track.drums and track.notes for track in parts.tracks)
    starts = [n.start for track in parts.tracks if not track.drums for n in track.notes]
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


def _check_length(chunks: list[list[TimedMessage]], grid: Grid, max_steps: int, name: str) -> None:
    # What else stands far behind the last note takes no bars.
    last_tick = max((tick for tick, _message in of_type(chunks, "note_off")), default=0)
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
    texts: list[tuple[Text, ...]],
    grid: Grid,
    wanted: Wanted,
    *,
    ours: bool,
) -> _Parts:
    """What the chunks play, and what is said in them; ``texts`` are their words."""
    programs, controls = _first_programs(chunks), _first_controls(chunks)
    check(wanted)
    beside = BesideNotes.of(chunks, grid.ticks, ours=ours)
    parts = _Parts()
    for index, chunk in enumerate(chunks):
        check(wanted)
        playing = _playing(chunk, grid, programs, ours=ours)
        found = list(_tracks(chunk, playing, programs, controls, len(parts.tracks) + 1))
        singers = [each for each, track, _mix in found if not track.drums]
        singers = singers or [each for each, _track, _mix in found]
        alone = len(singers) == 1
        words = texts[index]
        parts.texts += of_the_piece(words) if alone else words
        for channel, track, mix in found:
            said = beside.controls(index, channel, track.program, controls)
            sung = of_a_track(words) if alone and channel in singers else ()
            parts.tracks.append(replace(track, controls=said, texts=sung))
            parts.mixes.append(mix)
    return parts


def _first_programs(chunks: list[list[TimedMessage]]) -> dict[int, int]:
    """Each channel's first instrument; some files choose them all in a chunk without notes."""
    programs: dict[int, int] = {}
    for _tick, message in of_type(chunks, "program_change"):
        programs.setdefault(message.channel, message.program)
    return programs


def _first_controls(chunks: list[list[TimedMessage]]) -> dict[tuple[int, int], int]:
    """The first volume and pan, by channel and controller, that are set up for other chunks.

    A chunk that plays on a channel speaks for itself alone, since tracks may share a channel.
    """
    controls: dict[tuple[int, int], int] = {}
    for chunk in chunks:
        playing = {message.channel for _, message in chunk if message.type == "note_on"}
        for _tick, message in of_type([chunk], "control_change"):
            if message.control in _CONTROLLERS and message.channel not in playing:
                controls.setdefault((message.channel, message.control), message.value)
    return controls


def _playing(
    chunk: list[TimedMessage], grid: Grid, programs: dict[int, int], *, ours: bool
) -> dict[int, _Channel]:
    """The channels of ``chunk`` that become tracks; see :func:`_tracks`.

    Channel 10 is drums in a file of ours, and mostly in others.
    """
    channels = _channels(chunk, grid)
    tenth = channels.get(DRUM_CHANNEL)
    if tenth is not None and not ours:
        name = _name_of(chunk) if len(channels) == 1 else None
        chosen = programs.get(DRUM_CHANNEL) if tenth.program is None else tenth.program
        tenth.drums = not is_melody(tenth.notes, chosen, name or "")
        if not tenth.notes:
            del channels[DRUM_CHANNEL]
    elif tenth is not None:
        tenth.drums = True
    playing = {index: channel for index, channel in channels.items() if channel.notes}
    return channels if not playing and len(channels) == 1 else playing


def _name_of(chunk: list[TimedMessage]) -> str | None:
    return next((message.name for _, message in chunk if message.type == "track_name"), None)


def _tracks(
    chunk: list[TimedMessage],
    playing: dict[int, _Channel],
    programs: dict[int, int],
    controls: dict[tuple[int, int], int],
    number: int,
) -> Iterator[tuple[int, Track, TrackMix]]:
    """The tracks of ``chunk``, which become number ``number`` and on, and how they sound.

    Each comes with its channel, of those that are ``playing``. Drums beside others are called so.

    A chunk without notes that chooses one instrument is an empty track; one that chooses none
    or several is only there to set things up.
    """
    name = _name_of(chunk)
    pitched = sum(not channel.drums for channel in playing.values())
    for place, (index, channel) in enumerate(sorted(playing.items())):
        if channel.drums and (name is None or pitched):
            track_name = _DRUMS
        elif pitched > 1:
            track_name = f"Channel {index + 1}"
        else:
            track_name = f"Track {number + place}" if name is None else name
        program = programs.get(index, 0) if channel.program is None else channel.program
        volume, pan = (
            channel.controls.get(controller, controls.get((index, controller), usual))
            for controller, usual in _CONTROLLERS.items()
        )
        notes = tuple(without_overlaps(channel.notes))
        track = Track(track_name, program, notes, drums=channel.drums)
        yield index, track, TrackMix(volume, pan)


def _channels(chunk: list[TimedMessage], grid: Grid) -> dict[int, _Channel]:
    """What each channel plays in ``chunk``; silent ones only with a program."""
    channels: dict[int, _Channel] = defaultdict(_Channel)
    for tick, message in chunk:
        if not message.is_meta and hasattr(message, "channel"):
            channels[message.channel].take(tick, message, grid)
    return {
        index: channel
        for index, channel in channels.items()
        if channel.notes or channel.program is not None
    }
