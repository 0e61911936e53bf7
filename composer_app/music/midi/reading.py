"""From a parsed MIDI file, whoever wrote it, to a composition on the grid of sixteenths.

Notes of other programs' files are quantized. Those of our own keep their micro-timing, so that
a composition that is written and read again is the same.
"""

import json
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from composer_app.errors import MidiFileError
from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.midi.drums import is_melody
from composer_app.music.midi.writing import DETAILS_PREFIX, DRUM_CHANNEL
from composer_app.music.mix import (
    CENTRE,
    DEFAULT_VOLUME,
    PAN_CONTROLLER,
    VOLUME_CONTROLLER,
    PieceMix,
    TrackMix,
)
from composer_app.music.music_json import compact, origin_from_json
from composer_app.music.note import Note
from composer_app.music.performance import Performance, from_details
from composer_app.music.timing import (
    MAX_TEMPO,
    MIN_TEMPO,
    STEPS_PER_BEAT,
    TICKS_PER_BEAT,
    Meter,
    TempoChange,
    TempoMap,
)
from composer_app.translation import _

if TYPE_CHECKING:
    import mido

# What the MIDI file specification assumes where a file says nothing.
_UNSAID_BPM: Final = 120.0
_MICROSECONDS_PER_MINUTE: Final = 60_000_000

_MAX_TEMPERATURE: Final = 1e6
# Volume and pan, each with what a synthesizer begins with.
_CONTROLLERS: Final = {VOLUME_CONTROLLER: DEFAULT_VOLUME, PAN_CONTROLLER: CENTRE}

_TimedMessage = tuple[int, Any]


@dataclass(frozen=True)
class _Details:
    """What MIDI has no place for."""

    title: str = ""
    origin: Origin | None = None
    performance: Performance | None = None
    melody_chosen: bool = False


@dataclass(frozen=True)
class MidiPiece:
    """What a file holds: the music, and how loud and where its tracks sound."""

    composition: Composition
    mix: PieceMix


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

    def take(self, tick: int, message: Any, grid: "_Grid") -> None:
        """Heed a message of this channel."""
        if message.type == "program_change":
            if not self.struck:  # later changes would need tracks of their own
                self.program = message.program
        elif message.type == "control_change" and message.control in _CONTROLLERS:
            # A track that fades in begins in silence, but is not meant to stay there.
            if not self.struck or self.controls.get(message.control) == 0:
                self.controls[message.control] = message.value
        elif message.type == "note_on" and message.velocity > 0:
            self.struck = True
            self.held[message.note].append((tick, message.velocity))
        elif message.type in ("note_on", "note_off") and self.held[message.note]:
            on, velocity = self.held[message.note].popleft()
            self.notes.append(grid.note(message.note, velocity, on, tick))


def piece_from_midi(midi: "mido.MidiFile", max_steps: int, name: str) -> MidiPiece:
    """The notes of ``midi``, one track for each channel of each chunk, in the file's order.

    Tempo changes and the first time signature may stand in any chunk. Raises
    :class:`MidiFileError`, which calls the file ``name``, for SMPTE time, type 2, no notes, or more
    than ``max_steps``. Of volume and pan a track has what is in force when its first note is
    struck.
    """
    _check_header(midi, name)
    chunks = [_timed(chunk) for chunk in midi.tracks]
    grid = _Grid(midi.ticks_per_beat, _ours(midi.ticks_per_beat, chunks))
    last_tick = max((chunk[-1][0] for chunk in chunks if chunk), default=0)
    if grid.step(last_tick) > max_steps:
        most = max_steps // Meter().steps_per_bar
        raise MidiFileError(
            _("{file} is longer than {most:,} bars", file=name, most=most),
            _("choose a shorter piece"),
        )
    programs, controls = _first_programs(chunks), _first_controls(chunks)
    tracks: list[Track] = []
    mixes: list[TrackMix] = []
    for chunk in chunks:
        for track, mix in _tracks(chunk, grid, programs, controls, len(tracks) + 1):
            tracks.append(track)
            mixes.append(mix)
    if not any(track.notes for track in tracks):
        drums = any(_is_drum_hit(message) for chunk in chunks for _tick, message in chunk)
        raise MidiFileError(
            _("{file} holds no notes but those of drums", file=name)
            if drums
            else _("{file} holds no notes", file=name),
            _("choose a file with a melody"),
        )
    details = _details(chunks)
    composition = Composition(
        tuple(tracks),
        _tempo_map(chunks, grid),
        _meter(chunks),
        details.title,
        details.origin,
        details.performance,
        details.melody_chosen,
    )
    return MidiPiece(composition, PieceMix(tuple(mixes)))


def from_wire(text: str) -> str:
    """Undo mido's Latin-1: UTF-8 where the bytes are, as most programs write today."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return text


@dataclass(frozen=True)
class _Grid:
    ticks_per_beat: int
    # Whether the file's ticks are those of micro-timing.
    exact: bool

    def step(self, tick: int) -> int:
        """The nearest sixteenth, halves up."""
        return (2 * STEPS_PER_BEAT * tick + self.ticks_per_beat) // (2 * self.ticks_per_beat)

    def note(self, pitch: int, velocity: int, on: int, off: int) -> Note:
        if self.exact:
            return Note.at_ticks(on, max(off, on + 1), pitch, velocity)
        start = self.step(on)
        return Note(start, pitch, max(1, self.step(off) - start), velocity)


def _check_header(midi: "mido.MidiFile", name: str) -> None:
    if midi.type == 2:
        raise MidiFileError(
            _("{file} is a MIDI file of type 2, whose tracks do not belong together", file=name),
            _("export it as type 0 or 1"),
        )
    if midi.type not in (0, 1):
        raise MidiFileError(
            _("{file} is damaged, its type is unknown", file=name), _("get or export it once more")
        )
    if midi.ticks_per_beat < 0:
        raise MidiFileError(
            _("{file} counts time in film frames (SMPTE) instead of beats", file=name),
            _("export it with ticks per beat"),
        )
    if midi.ticks_per_beat == 0:
        raise MidiFileError(
            _("{file} is damaged, a beat has no length", file=name),
            _("get or export it once more"),
        )


def _timed(chunk: Iterable[Any]) -> list[_TimedMessage]:
    messages = list(chunk)
    return list(zip(accumulate(message.time for message in messages), messages, strict=True))


def _of_type(chunks: list[list[_TimedMessage]], kind: str) -> list[_TimedMessage]:
    """Messages of one type in all chunks, by time; at the same tick in the file's order."""
    found = [timed for chunk in chunks for timed in chunk if timed[1].type == kind]
    return sorted(found, key=lambda timed: timed[0])


def _first_programs(chunks: list[list[_TimedMessage]]) -> dict[int, int]:
    """Each channel's first instrument; some files choose them all in a chunk without notes."""
    programs: dict[int, int] = {}
    for _tick, message in _of_type(chunks, "program_change"):
        programs.setdefault(message.channel, message.program)
    return programs


def _first_controls(chunks: list[list[_TimedMessage]]) -> dict[tuple[int, int], int]:
    """The first volume and pan, by channel and controller, that are set up for other chunks.

    A chunk that plays on a channel speaks for itself alone, since tracks may share a channel.
    """
    controls: dict[tuple[int, int], int] = {}
    for chunk in chunks:
        playing = {message.channel for _, message in chunk if message.type == "note_on"}
        for _tick, message in _of_type([chunk], "control_change"):
            if message.control in _CONTROLLERS and message.channel not in playing:
                controls.setdefault((message.channel, message.control), message.value)
    return controls


def _is_drum_hit(message: Any) -> bool:
    return bool(
        message.type == "note_on" and message.channel == DRUM_CHANNEL and message.velocity > 0
    )


def _tracks(
    chunk: list[_TimedMessage],
    grid: _Grid,
    programs: dict[int, int],
    controls: dict[tuple[int, int], int],
    number: int,
) -> Iterator[tuple[Track, TrackMix]]:
    """The tracks of ``chunk``, which become number ``number`` and on, and how they sound.

    A chunk without notes that chooses one instrument is an empty track; one that chooses none
    or several is only there to set things up.
    """
    channels = _channels(chunk, grid)
    name = next(
        (from_wire(message.name) for _, message in chunk if message.type == "track_name"), None
    )
    if (tenth := channels.get(DRUM_CHANNEL)) is not None:
        chosen = programs.get(DRUM_CHANNEL) if tenth.program is None else tenth.program
        if not is_melody(tenth.notes, chosen, name or "" if len(channels) == 1 else ""):
            del channels[DRUM_CHANNEL]
    playing = {index: channel for index, channel in channels.items() if channel.notes}
    if not playing and len(channels) == 1:
        playing = channels
    for place, (index, channel) in enumerate(sorted(playing.items())):
        if len(playing) > 1:
            track_name = f"Channel {index + 1}"
        else:
            track_name = f"Track {number + place}" if name is None else name
        program = programs.get(index, 0) if channel.program is None else channel.program
        volume, pan = (
            channel.controls.get(controller, controls.get((index, controller), usual))
            for controller, usual in _CONTROLLERS.items()
        )
        track = Track(track_name, program, tuple(_without_overlaps(channel.notes)))
        yield track, TrackMix(volume, pan)


def _channels(chunk: list[_TimedMessage], grid: _Grid) -> dict[int, _Channel]:
    """What each channel plays in ``chunk``; silent ones only with a program."""
    channels: dict[int, _Channel] = defaultdict(_Channel)
    for tick, message in chunk:
        if not message.is_meta and hasattr(message, "channel"):
            channels[message.channel].take(tick, message, grid)
    end = chunk[-1][0] if chunk else 0
    for channel in channels.values():
        for pitch, held in channel.held.items():
            channel.notes.extend(grid.note(pitch, velocity, on, end) for on, velocity in held)
    return {
        index: channel
        for index, channel in channels.items()
        if channel.notes or channel.program is not None
    }


def _without_overlaps(notes: Iterable[Note]) -> Iterator[Note]:
    """Let a note that is struck again while it sounds end there; of twins keep the longer."""
    last: dict[int, Note] = {}
    for note in sorted(notes):
        before = last.get(note.pitch)
        if before is not None and before.start < note.start:
            yield before.cut_at(note.onset_ticks)
        # Of notes that begin together the order puts the longer, then the louder one last.
        last[note.pitch] = note
    yield from last.values()


def _tempo_map(chunks: list[list[_TimedMessage]], grid: _Grid) -> TempoMap:
    tempos = {0: _UNSAID_BPM}
    for tick, message in _of_type(chunks, "set_tempo"):
        bpm = _MICROSECONDS_PER_MINUTE / max(message.tempo, 1)
        tempos[grid.step(tick)] = min(max(bpm, MIN_TEMPO), MAX_TEMPO)
    return TempoMap(tuple(TempoChange(step, bpm) for step, bpm in sorted(tempos.items())))


def _meter(chunks: list[list[_TimedMessage]]) -> Meter:
    for _tick, message in _of_type(chunks, "time_signature"):
        try:
            return Meter(message.numerator, message.denominator)
        except ValueError:
            break
    return Meter()


def _ours(ticks_per_beat: int, chunks: list[list[_TimedMessage]]) -> bool:
    """Whether a file was written by Composer, counting as it does now."""
    return ticks_per_beat == TICKS_PER_BEAT and any(
        from_wire(message.text).startswith(DETAILS_PREFIX)
        for _tick, message in _of_type(chunks, "text")
    )


def _details(chunks: list[list[_TimedMessage]]) -> _Details:
    """From our own text event, else the name of a chunk that is no track of its own."""
    for _tick, message in _of_type(chunks, "text"):
        text = from_wire(message.text)
        if text.startswith(DETAILS_PREFIX):
            return _parse_details(text.removeprefix(DETAILS_PREFIX))
    first = chunks[0]
    names = [from_wire(message.name) for _, message in first if message.type == "track_name"]
    plays = any(message.type == "note_on" for _, message in first)
    return _Details(names[0]) if names and (len(chunks) == 1 or not plays) else _Details()


def _parse_details(text: str) -> _Details:
    """What our JSON says; what somebody changed beyond use counts as unsaid."""
    try:
        details = json.loads(text)
    except (ValueError, RecursionError):
        return _Details()
    if not isinstance(details, dict):
        return _Details()
    title = details.get("title")
    return _Details(
        title if isinstance(title, str) else "",
        _parse_origin(details.get("origin"), details.get("recipe")),
        from_details(details.get("performance")),
        details.get("melody_chosen") is True,
    )


def _parse_origin(value: object, recipe: object) -> Origin | None:
    try:
        origin = origin_from_json(value)
    except ValueError:
        return None
    if not 0 <= origin.temperature <= _MAX_TEMPERATURE:
        return None
    # What the recipe says is looked at by whoever makes the take again.
    return replace(origin, recipe=compact(recipe)) if isinstance(recipe, dict) else origin
