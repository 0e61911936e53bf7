"""Chords as Yamaha's XF format has them in MIDI files: meta events of seven bytes.

"XF Format Specifications" (Yamaha, version 2.01, 1999): FF 7F 07 43 7B 01, and then root and type
of the chord, and of its bass. A root is a note from C, 1, to B, 7, and in the upper half of its
byte an accidental, of which 3 is none. Yamaha's keyboards play such chords, and MuseScore shows
those that stand in a track with notes.
"""

from typing import Final

from composer_app.music.chord_text.naming import bass_place, root_place
from composer_app.music.harmony.chords import Chord, ChordSymbol, Quality
from composer_app.music.harmony.spelling import name_on_fifths, natural_semitone
from composer_app.music.pitch import OCTAVE, Key

XF_CHORD: Final = bytes((0x43, 0x7B, 0x01))
_LENGTH: Final = 7
_NOTES: Final = "CDEFGAB"
_NATURAL: Final = 3
_MOST_SIGNS: Final = 6
_NONE: Final = 127
_CANCELLED: Final = 34
# Quality and extensions of each type. An octave alone is a fifth without its fifth.
_TYPES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("maj", ()),
    ("6", ()),
    ("maj7", ()),
    ("maj7", ("#11",)),
    ("maj", ("9",)),
    ("maj7", ("9",)),
    ("6", ("9",)),
    ("aug", ()),
    ("min", ()),
    ("m6", ()),
    ("m7", ()),
    ("m7b5", ()),
    ("min", ("9",)),
    ("m7", ("9",)),
    ("m7", ("11",)),
    ("mMaj7", ()),
    ("mMaj7", ("9",)),
    ("dim", ()),
    ("dim7", ()),
    ("7", ()),
    ("7sus4", ()),
    ("7", ("b5",)),
    ("7", ("9",)),
    ("7", ("#11",)),
    ("7", ("13",)),
    ("7", ("b9",)),
    ("7", ("b13",)),
    ("7", ("#9",)),
    ("maj7", ("#5",)),
    ("aug7", ()),
    ("5", ()),
    ("5", ()),
    ("sus4", ()),
    ("sus2", ()),
)


def chord_of_xf(content: bytes, tick: int) -> ChordSymbol | None:
    """The symbol that the bytes of a meta event say, at ``tick``; None where they say no chord."""
    if len(content) < _LENGTH or not content.startswith(XF_CHORD):
        return None
    root, kind, bass = content[3:6]
    if kind == _CANCELLED:
        return ChordSymbol(tick, None)
    pitch_class = _pitch_class(root)
    if pitch_class is None or kind >= len(_TYPES):
        return None
    quality, extensions = _TYPES[kind]
    lowest = _pitch_class(bass)
    chord = Chord.of_name(pitch_class, quality, pitch_class if lowest is None else lowest)
    return ChordSymbol(tick, chord, extensions)


def xf_of_chord(symbol: ChordSymbol, key: Key) -> bytes:
    """The bytes that say ``symbol``, whose names are those of ``key``, as nearly as XF can."""
    chord = symbol.chord
    if chord is None:
        return XF_CHORD + bytes((_NONE, _CANCELLED, _NONE, _NONE))
    kind = _type(chord.quality, symbol.extensions)
    root, bass = _note(root_place(chord, key)), _NONE
    if chord.bass != chord.root:
        bass = _note(bass_place(chord, key))
    return XF_CHORD + bytes((root, kind, bass, _NONE if bass == _NONE else kind))


def _type(quality: Quality, extensions: tuple[str, ...]) -> int:
    if (quality.name, extensions) in _TYPES:
        return _TYPES.index((quality.name, extensions))
    return _TYPES.index((quality.name, ()))


def _pitch_class(byte: int) -> int | None:
    signs, note = divmod(byte, 16)
    if not 1 <= note <= len(_NOTES) or signs > _MOST_SIGNS:
        return None
    return (natural_semitone(_NOTES[note - 1]) + signs - _NATURAL) % OCTAVE


def _note(place: int) -> int:
    step, alter = name_on_fifths(place)
    return 16 * (alter + _NATURAL) + _NOTES.index(step) + 1
