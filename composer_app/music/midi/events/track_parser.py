"""From the bytes of one track to its messages, as leniently as players are.

The standard forbids to go on with running status after a system exclusive or meta event, and asks
for data bytes below 128, for a value in each setting and for an end: whatever lacks these still has
one meaning only, and is read. Where a track makes no sense any more, it ends.

Every message costs the same whatever it says, so what is counted against files that would take
minutes is messages: four megabytes may hold a million.
"""

from dataclasses import dataclass, field
from typing import Final

from composer_app.music.midi.events.faults import Fault, Faults
from composer_app.music.midi.events.messages import (
    KeySignature,
    Port,
    SetTempo,
    Setting,
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


class Allowance:
    """What all tracks of a file share: how much is still read.

    A text takes longer than another message until its letters are known, a tempo or a key until it
    is understood, and a metre until its bars are; they are counted as both.
    """

    def __init__(self, messages: int, settings: int, metres: int, faults: Faults) -> None:
        self.left = messages
        self.settings = settings
        self.metres = metres
        self.faults = faults

    def spend(self) -> None:
        """Count one message; raises :class:`TooManyMessagesError`."""
        if self.left <= 0:
            raise TooManyMessagesError
        self.left -= 1

    def spend_setting(self) -> None:
        """Count one text or setting; raises :class:`TooManyMessagesError`."""
        if self.settings <= 0:
            raise TooManyMessagesError
        self.settings -= 1


@dataclass
class ParsedTrack:
    """What the bytes of a track say."""

    # Of each message of a channel its tick, and the place of its first data byte.
    ticks: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    settings: list[Timed] = field(default_factory=list)
    # Texts, which are decoded once all are known: where each belongs in settings, its kind, bytes.
    texts: list[tuple[int, int, str, bytes]] = field(default_factory=list)
    # The tick where it ends, and the place in the file of the first byte behind it.
    end: int = 0
    place: int = 0
    # How it ends: None as it should.
    fault: Fault | None = None

    @property
    def last(self) -> int:
        """The tick of its last message, 0 where it has none."""
        last = self.ticks[-1] if self.ticks else 0
        return max(last, self.settings[-1][0] if self.settings else 0)


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
    track.end = max(parser.tick, track.last)
    track.place = min(parser.place, stop)
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
        data, stop = self.data, self._stop
        add_tick, add_place = self.track.ticks.append, self.track.places.append
        place, tick, size = self.place, 0, 0
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
            if byte >= 0x80:
                if byte >= 0xF0:
                    self._leave(place, tick, left - 1)
                    if self._system(byte):
                        return None
                    place = self.place
                    continue
                size = 1 if 0xC0 <= byte < 0xE0 else 2
                place += 1
            elif not size:
                # There was no command yet that could be going on.
                raise _DamageError
            behind = place + size
            if behind > stop:
                return self._leave(behind, tick, left, Fault.CUT_TRACK)
            add_tick(tick)
            add_place(place)
            place = behind
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
                self._allowance.spend_setting()
                self.track.settings.append((self.tick, message))
        self.place = end
        if cut:
            raise IndexError
        return False

    def _add_text(self, kind: str, content: bytes) -> None:
        self._allowance.spend_setting()
        if not content.startswith(DETAILS_PREFIX.encode()):
            content = content[:_MOST_TEXT_BYTES]
        self.track.texts.append((len(self.track.settings), self.tick, kind, content))


def _setting(kind: int, content: bytes, faults: Faults) -> Setting | None:
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
