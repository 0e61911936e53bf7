"""From the bytes of one track to messages, as leniently as players are.

The standard forbids to go on with running status after a system exclusive or meta event, and asks
for data bytes below 128, for a value in each setting and for an end: whatever lacks these still has
one meaning only, and is read. Where a track makes no sense any more, it ends.

Every message costs the same whatever it says, so what is counted against files that would take
minutes is messages: four megabytes may hold a million.
"""

from dataclasses import dataclass, field
from typing import Final

from composer_app.music.midi.faults import Fault, Faults
from composer_app.music.midi.messages import (
    ChannelMessage,
    ChannelPressure,
    ControlChange,
    KeyPressure,
    KeySignature,
    MidiMessage,
    NoteOff,
    NoteOn,
    PitchBend,
    Port,
    ProgramChange,
    SetTempo,
    Timed,
    TimeSignature,
    XfChord,
)
from composer_app.music.midi.xf_chords import chord_of_xf

# A text that is ours holds what was played; another one is a name or a line.
DETAILS_PREFIX: Final = "composer-app "
MAX_DETAILS_BYTES: Final = 4_000_000
_MOST_TEXT_BYTES: Final = 20_000

TEXTS: Final = {
    1: "text",
    2: "copyright",
    3: "track_name",
    4: "instrument_name",
    5: "lyrics",
    6: "marker",
    7: "cue_marker",
    8: "program_name",
    9: "device_name",
}
_PORT, _END, _TEMPO, _METER, _KEY = 0x21, 0x2F, 0x51, 0x58, 0x59
_OF_A_MAKER: Final = 0x7F
# Data bytes of commands that have no place in a file.
_STRAY_DATA: Final = {0xF1: 1, 0xF2: 2, 0xF3: 1}
_MAX_POWER: Final = 7
# From seven flats to seven sharps.
_MAJORS: Final = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
_MINORS: Final = ("Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#")


class TooManyMessagesError(Exception):
    """A file holds more messages than are read."""


class _DamageError(Exception):
    """What follows cannot be told apart."""


class _Known(dict[int, "ChannelMessage | None"]):
    """Channel messages by their bytes, each made once; None is what nobody can use."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self._faults = faults

    def __missing__(self, key: int) -> ChannelMessage | None:
        if key < 0x800000:
            # There was no command yet that could be going on.
            raise _DamageError
        made = _channel_message(key >> 16, key & 0xFF, key >> 8 & 0xFF, self._faults)
        self[key] = made
        return made


class Allowance:
    """What all tracks of a file share: how much is still read, and which messages are known.

    A text takes longer than another message until its letters are known, and a metre until its
    bars are; they are counted as both.
    """

    def __init__(self, messages: int, texts: int, metres: int, faults: Faults) -> None:
        self.left = messages
        self.texts = texts
        self.metres = metres
        self.faults = faults
        self.known = _Known(faults)

    def spend(self) -> None:
        """Count one message; raises :class:`TooManyMessagesError`."""
        if self.left <= 0:
            raise TooManyMessagesError
        self.left -= 1


@dataclass
class ParsedTrack:
    """What the bytes of a track say."""

    messages: list[Timed] = field(default_factory=list)
    # Texts, which are decoded once all are known: where each belongs in messages, its kind, bytes.
    texts: list[tuple[int, int, str, bytes]] = field(default_factory=list)
    # The tick where it ends, and the place in the file of the first byte behind it.
    end: int = 0
    place: int = 0
    # How it ends: None as it should.
    fault: Fault | None = None


def parse_track(data: bytes, start: int, stop: int, allowance: Allowance) -> ParsedTrack:
    """The track whose messages are bytes ``start`` to ``stop`` of ``data``, up to its end.

    Raises :class:`TooManyMessagesError`.
    """
    parser = _TrackParser(data, start, stop, allowance)
    track = parser.track
    try:
        track.fault = parser.parse()
    except IndexError:
        track.fault = Fault.CUT_TRACK
    except _DamageError:
        track.fault = Fault.DAMAGED_TRACK
    last = track.messages[-1][0] if track.messages else 0
    track.end, track.place = max(parser.tick, last), min(parser.place, stop)
    return track


class _TrackParser:
    def __init__(self, data: bytes, start: int, stop: int, allowance: Allowance) -> None:
        self.data = data
        self.place = start
        self.tick = 0
        self.track = ParsedTrack()
        self._stop = stop
        self._allowance = allowance

    def parse(self) -> Fault | None:
        """Read up to the end; what is wrong with that, if anything."""
        data, stop, known = self.data, self._stop, self._allowance.known
        add = self.track.messages.append
        place, tick, status = self.place, 0, 0
        # This goes round for each message of a file: what is not needed here is not kept here.
        for left in range(self._allowance.left, 0, -1):
            if place >= stop:
                return self._leave(place, tick, left, Fault.UNENDED_TRACK)
            delta = data[place]
            place += 1
            if delta >= 0x80:
                self._leave(place - 1, tick, left - 1)
                delta = self._number()
                place = self.place
            tick += delta
            byte = data[place]
            if byte >= 0xF0:
                self._leave(place, tick, left - 1)
                if self._system(byte):
                    return None
                place = self.place
                continue
            if byte >= 0x80:
                status = byte
                place += 1
            key = status << 16 | data[place]
            place += 1
            if not 0xC0 <= status < 0xE0:
                key |= data[place] << 8
                place += 1
            if place > stop:
                return self._leave(place, tick, left, Fault.CUT_TRACK)
            message = known[key]
            if message is not None:
                add((tick, message))
        raise TooManyMessagesError

    def _leave(self, place: int, tick: int, left: int, fault: Fault | None = None) -> Fault | None:
        """Note how far the loop has come."""
        self.place, self.tick, self._allowance.left = place, tick, left
        return fault

    def _number(self) -> int:
        """A number of 7 bits to the byte, at most 4 bytes."""
        value = 0
        for _ in range(4):
            byte = self.data[self.place]
            self.place += 1
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
        raise _DamageError

    def _system(self, status: int) -> bool:
        """Read what belongs to no channel; whether it is the end."""
        self.place += 1
        if status == 0xFF:
            return self._meta()
        if status not in (0xF0, 0xF7):
            self._allowance.faults[Fault.STRAY_COMMAND] += 1
            self.place += _STRAY_DATA.get(status, 0)
            return False
        begin = self.place
        end = self._number() + self.place
        if end > self._stop:
            # Written as it goes over a cable, without its length.
            end = self.data.find(b"\xf7", begin, self._stop) + 1
            if not end:
                raise IndexError
        self.place = end
        return False

    def _meta(self) -> bool:
        kind = self.data[self.place]
        self.place += 1
        if kind == _END:
            # Its length is 0, if it is there at all.
            self.place += 1
            return True
        length = self._number()
        end = self.place + length
        cut = end > self._stop
        content = self.data[self.place : min(end, self._stop, self.place + MAX_DETAILS_BYTES)]
        if kind in TEXTS:
            self._add_text(TEXTS[kind], content)
        else:
            message = _setting(kind, content, self._allowance.faults)
            if isinstance(message, TimeSignature):
                self._allowance.metres -= 1
                if self._allowance.metres < 0:
                    raise TooManyMessagesError
            if message is not None:
                self.track.messages.append((self.tick, message))
        self.place = end
        if cut:
            raise IndexError
        return False

    def _add_text(self, kind: str, content: bytes) -> None:
        self._allowance.texts -= 1
        if self._allowance.texts < 0:
            raise TooManyMessagesError
        if not content.startswith(DETAILS_PREFIX.encode()):
            content = content[:_MOST_TEXT_BYTES]
        self.track.texts.append((len(self.track.messages), self.tick, kind, content))


def _channel_message(status: int, first: int, second: int, faults: Faults) -> ChannelMessage | None:
    """The message of these bytes; None where it is of no use."""
    kind, channel = status & 0xF0, status & 0x0F
    if first > 127 and kind in (0x80, 0x90, 0xA0, 0xB0, 0xC0):
        faults[Fault.NO_SUCH_NOTE] += 1
        return None
    if first > 127 or second > 127:
        faults[Fault.HIGH_BYTE] += 1
        first, second = min(first, 127), min(second, 127)
    message: ChannelMessage
    if kind == 0x80 or (kind == 0x90 and second == 0):
        message = NoteOff(channel, first)
    elif kind == 0x90:
        message = NoteOn(channel, first, second)
    elif kind == 0xA0:
        message = KeyPressure(channel, first, second)
    elif kind == 0xB0:
        message = ControlChange(channel, first, second)
    elif kind == 0xC0:
        message = ProgramChange(channel, first)
    elif kind == 0xD0:
        message = ChannelPressure(channel, first)
    else:
        message = PitchBend(channel, (second << 7 | first) - 8192)
    return message


def _setting(kind: int, content: bytes, faults: Faults) -> MidiMessage | None:
    """The message of a meta event without text; None for one that says nothing of the music."""
    if kind == _OF_A_MAKER:
        symbol = chord_of_xf(content, 0)
        return None if symbol is None else XfChord(symbol)
    needed = {_PORT: 1, _TEMPO: 3, _METER: 2, _KEY: 2}.get(kind)
    if needed is None:
        return None
    if len(content) < needed:
        faults[Fault.EMPTY_SETTING] += 1
        return None
    if kind == _PORT:
        return Port(content[0])
    if kind == _TEMPO:
        return SetTempo(int.from_bytes(content[:3], "big"))
    if kind == _METER:
        numerator, power = content[:2]
        if numerator == 0 or power > _MAX_POWER:
            faults[Fault.METRE] += 1
            return None
        return TimeSignature(numerator, 2**power)
    return _key_signature(content[0], content[1], faults)


def _key_signature(byte: int, mode: int, faults: Faults) -> KeySignature | None:
    """The key of ``byte`` sharps, flats as a negative number; ``mode`` is 1 for minor.

    Eight sharps and more sound as what is written with 12 fewer, that is as four flats and fewer.
    """
    sharps = byte - 256 if byte > 127 else byte
    spelt = sharps - 12 * (sharps > 7) + 12 * (sharps < -7)
    if spelt != sharps or mode not in (0, 1):
        faults[Fault.KEY] += 1
    if not -7 <= spelt <= 7:
        return None
    return KeySignature(f"{_MINORS[spelt + 7]}m" if mode == 1 else _MAJORS[spelt + 7])
