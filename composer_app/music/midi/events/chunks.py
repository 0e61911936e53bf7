"""From the bytes of a MIDI file to its tracks, whoever wrote it and whatever befell it since.

A file is a header and chunks, each with its length (Standard MIDI Files 1.0, 1988). Lengths are
believed where something follows that a chunk may be followed by; elsewhere a track reaches to its
end of track, or as far as the next track.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from composer_app.errors import MidiFileError
from composer_app.late_numpy import np
from composer_app.music.files.cancelling import Wanted, always_wanted, check
from composer_app.music.midi.events.channel_events import channel_events
from composer_app.music.midi.events.faults import Fault, Faults
from composer_app.music.midi.events.messages import Name, ParsedMidi, SetTempo, Text, Timed
from composer_app.music.midi.events.texts import decoded
from composer_app.music.midi.events.track_parser import (
    TEXTS,
    Allowance,
    ParsedTrack,
    TooManyMessagesError,
    parse_track,
)
from composer_app.translation import _

# A symphony has a third of that. So many are read in two or three seconds.
MAX_NOTES: Final = 150_000
MAX_MESSAGES: Final = 350_000
# Of these, texts and settings, which take longer than notes and commands.
MAX_SETTINGS: Final = 50_000
MAX_METRES: Final = 2_000
# As many as a project may have.
MAX_TRACKS: Final = 1_000

_HEADER, _TRACK = b"MThd", b"MTrk"
_PATTERNS: Final = 2
# Frames a second by the high byte of a division that counts film frames.
_FRAME_RATES: Final = {
    -24: Fraction(24),
    -25: Fraction(25),
    -29: Fraction(30_000, 1001),
    -30: Fraction(30),
}
_NAMES: Final = {kind for kind in TEXTS.values() if kind.endswith("_name")}
# A pattern whose end is further away than this from its last message ends with that.
_MOST_REST_BEATS: Final = 4


@dataclass(frozen=True)
class _Header:
    type: int
    tracks: int
    division: int
    # The place of the first chunk behind it.
    end: int


def parse_chunks(
    data: bytes, name: str, faults: Faults, wanted: Wanted = always_wanted
) -> ParsedMidi:
    """The tracks in ``data``, which begins with a header; notes what was mended in ``faults``.

    Sentences call the file ``name``. Raises :class:`MidiFileError`.
    """
    header = _header(data, name, faults)
    ticks_per_beat, stretch = _resolution(header.division, name, faults)
    try:
        tracks = _tracks(data, header.end, name, faults, wanted)
    except TooManyMessagesError:
        raise MidiFileError(
            _("{file} holds more notes and commands than Composer can read", file=name),
            _("choose a shorter piece"),
        ) from None
    check(wanted)
    events = channel_events(data, [(track.ticks, track.places) for track in tracks], faults)
    if np.count_nonzero(events.struck) > MAX_NOTES:
        raise MidiFileError(
            _("{file} holds more than {most:,} notes", file=name, most=MAX_NOTES),
            _("choose a shorter piece"),
        )
    if not tracks and header.tracks:
        raise MidiFileError(
            _("{file} is damaged, it ends too early", file=name), _("get or export it once more")
        )
    if len(tracks) != header.tracks:
        faults[Fault.TRACK_COUNT] += 1
    _put_texts(tracks)
    parsed = ParsedMidi(
        ticks_per_beat,
        [track.settings for track in tracks],
        [track.end for track in tracks],
        events,
    )
    if stretch:
        parsed = _without_tempo(parsed, stretch)
    if header.type == _PATTERNS and len(tracks) > 1:
        faults[Fault.PATTERNS] += 1
        parsed = _one_after_another(parsed)
    return parsed


def _header(data: bytes, name: str, faults: Faults) -> _Header:
    if len(data) < 14:
        raise MidiFileError(
            _("{file} is damaged, it ends too early", file=name), _("get or export it once more")
        )
    length = int.from_bytes(data[4:8], "big")
    end = 8 + length
    if length < 6 or end > len(data):
        faults[Fault.HEADER] += 1
        end = 14
    kind, tracks, division = (int.from_bytes(data[at : at + 2], "big") for at in (8, 10, 12))
    if kind > _PATTERNS:
        faults[Fault.UNKNOWN_TYPE] += 1
    return _Header(kind, tracks, division, end)


def _resolution(division: int, name: str, faults: Faults) -> tuple[int, int]:
    """Ticks in a beat, and by what to multiply ticks of film frames, 0 for ticks of a beat.

    A frame has no beats. At 120 BPM a beat is half a second, so that no tempo has to be known.
    """
    high = (division >> 8) - 256
    ticks = Fraction(division)
    stretch = 0
    if high in _FRAME_RATES:
        ticks = _FRAME_RATES[high] * (division & 0xFF) / 2
        stretch = ticks.denominator
        faults[Fault.FILM_FRAMES] += 1
    if not ticks:
        raise MidiFileError(
            _("{file} is damaged, a beat has no length", file=name),
            _("get or export it once more"),
        )
    return ticks.numerator, stretch


def _tracks(
    data: bytes, place: int, name: str, faults: Faults, wanted: Wanted
) -> list[ParsedTrack]:
    """All tracks from ``place`` on, with the chunks of other kinds left out."""
    allowance = Allowance(MAX_MESSAGES, MAX_SETTINGS, MAX_METRES, faults)
    tracks: list[ParsedTrack] = []
    while place + 8 <= len(data):
        allowance.spend()
        check(wanted)
        kind = data[place : place + 4]
        if kind == _TRACK:
            track, place = _track(data, place + 8, allowance)
            tracks.append(track)
            if track.fault is not None:
                faults[track.fault] += 1
            if len(tracks) > MAX_TRACKS:
                raise MidiFileError(
                    _("{file} has more than {most:,} tracks", file=name, most=MAX_TRACKS),
                    _("choose another file"),
                )
        elif kind == _HEADER:
            faults[Fault.SECOND_SONG] += 1
            break
        elif _is_chunk(data, place) and _may_follow(data, behind := _behind(data, place)):
            place = behind
        else:
            place = data.find(_TRACK, place)
            if place < 0:
                break
            faults[Fault.JUNK_BETWEEN] += 1
    return tracks


def _track(data: bytes, start: int, allowance: Allowance) -> tuple[ParsedTrack, int]:
    """The track whose first message is at ``start``, and the place of the chunk behind it."""
    said = _behind(data, start - 8)
    if _may_follow(data, said):
        track = parse_track(data, start, said, allowance)
        # A length that goes as far as the end of the file swallows the other tracks.
        swallowed = data.find(_TRACK, track.place, said) if track.fault is None else -1
        if swallowed < 0:
            return track, said
        allowance.faults[Fault.TRACK_LENGTH] += 1
        return track, swallowed
    following = data.find(_TRACK, start)
    stop = len(data) if following < 0 else following
    before = allowance.faults.copy()
    track = parse_track(data, start, stop, allowance)
    if track.fault is not None and start < said < stop:
        # What follows is no music: zeros to fill a block, or the like.
        allowance.faults.clear()
        allowance.faults.update(before)
        track = parse_track(data, start, said, allowance)
    if track.place != said:
        allowance.faults[Fault.TRACK_LENGTH] += 1
    return track, track.place


def _behind(data: bytes, place: int) -> int:
    """Where the chunk at ``place`` ends, as it says itself."""
    return place + 8 + int.from_bytes(data[place + 4 : place + 8], "big")


def _is_chunk(data: bytes, place: int) -> bool:
    """Whether a chunk of any kind may stand at ``place``: four letters, and room for it."""
    kind = data[place : place + 4]
    return (
        len(kind) == 4 and kind.isascii() and kind.isalnum() and _behind(data, place) <= len(data)
    )


def _may_follow(data: bytes, place: int) -> bool:
    """Whether a chunk may end at ``place``: with the file, or before another chunk."""
    at = data[place : place + 4]
    return place == len(data) or at in (_TRACK, _HEADER) or _is_chunk(data, place)


def _put_texts(tracks: list[ParsedTrack]) -> None:
    """Put the texts of all tracks among their settings."""
    texts = decoded([content for track in tracks for *_where, content in track.texts])
    text = iter(texts)
    for track in tracks:
        if not track.texts:
            continue
        settings: list[Timed] = []
        before = 0
        for index, tick, kind, _content in track.texts:
            settings.extend(track.settings[before:index])
            made = Name(kind, next(text)) if kind in _NAMES else Text(kind, next(text))
            settings.append((tick, made))
            before = index
        track.settings = settings + track.settings[before:]


def _without_tempo(parsed: ParsedMidi, stretch: int) -> ParsedMidi:
    """Ticks of film frames as ticks of a beat at 120 BPM; what else is said of tempo is no use."""
    tracks: list[list[Timed]] = [
        [(tick * stretch, message) for tick, message in track if not isinstance(message, SetTempo)]
        for track in parsed.tracks
    ]
    ends = [end * stretch for end in parsed.ends]
    events = parsed.events.at(parsed.events.tick * stretch)
    return ParsedMidi(parsed.ticks_per_beat, tracks, ends, events, beats_unknown=True)


def _one_after_another(parsed: ParsedMidi) -> ParsedMidi:
    """Patterns as one track, each from the first beat on after the one before."""
    song: list[Timed] = []
    beat, events = parsed.ticks_per_beat, parsed.events
    start, starts = 0, []
    for number, (track, end) in enumerate(zip(parsed.tracks, parsed.ends, strict=True)):
        starts.append(start)
        song += [(start + tick, message) for tick, message in track]
        behind = int(np.searchsorted(events.track, number, "right"))
        played = (
            int(events.tick[behind - 1]) if behind and events.track[behind - 1] == number else 0
        )
        last = max(track[-1][0] if track else 0, played)
        length = end if end <= last + _MOST_REST_BEATS * beat else last
        start += -(-length // beat) * beat
    moved = events.tick + np.array(starts, np.int64)[events.track]
    events = replace(events, tick=moved, track=np.zeros_like(events.track))
    return replace(parsed, tracks=[song], ends=[start], events=events)
