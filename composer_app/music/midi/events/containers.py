"""Finds the MIDI file in what it came in.

Sites send files packed by gzip, Windows put them into RIFF (.rmi), old Macintoshes set 128 bytes
of their own before them (MacBinary), and mails the lines of a letter.
"""

import zlib
from typing import Final

from composer_app.errors import MidiFileError
from composer_app.music.files.file_kind import kind_of, not_midi
from composer_app.music.midi.events.faults import Fault, Faults
from composer_app.translation import _

_GZIP: Final = b"\x1f\x8b\x08"
# zlib's number for data with gzip's header.
_GZIP_WINDOW: Final = 31
_HEADER: Final = b"MThd"
# A header is shorter than 256 bytes, so its length begins with zeros.
_SURE_HEADER: Final = b"MThd\0\0\0"
_TRACK: Final = b"MTrk"


def unwrapped(data: bytes, most: int, name: str, faults: Faults) -> bytes:
    """What is in ``data`` from the header of a MIDI file on.

    Nothing is unpacked to more than ``most`` bytes. Raises :class:`MidiFileError`, which says what
    the file ``name`` is where it is something else.
    """
    if data.startswith(_GZIP):
        data = _unpacked(data, most, name)
    if data.startswith(_HEADER):
        return data
    place = data.find(_SURE_HEADER)
    if place > 0:
        if data[:4] == b"RIFF":
            return _from_riff(data, place)
        faults[Fault.JUNK_BEFORE] += 1
        return data[place:]
    kind = kind_of(data)
    if kind is None and _TRACK in data:
        raise MidiFileError(
            _("{file} is damaged, its beginning is missing", file=name),
            _("get or export it once more"),
        )
    raise MidiFileError(*not_midi(kind, name))


def _from_riff(data: bytes, place: int) -> bytes:
    """The MIDI file at ``place``, without the chunks of RIFF behind it."""
    length = int.from_bytes(data[place - 4 : place], "little")
    if data[place - 8 : place - 4] == b"data" and 14 < length <= len(data) - place:
        return data[place : place + length]
    return data[place:]


def _unpacked(data: bytes, most: int, name: str) -> bytes:
    unpacking = zlib.decompressobj(_GZIP_WINDOW)
    try:
        unpacked = unpacking.decompress(data, most + 1)
    except zlib.error:
        raise MidiFileError(
            _("{file} is damaged, it cannot be unpacked", file=name),
            _("get or export it once more"),
        ) from None
    if len(unpacked) > most:
        raise MidiFileError(
            _(
                "{file} unpacks to more than {megabytes} MB, too large for a MIDI file of notes",
                file=name,
                megabytes=most // 1_000_000,
            ),
            _("choose another file"),
        )
    return unpacked
