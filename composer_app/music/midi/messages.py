"""What the tracks of a MIDI file say, one small value for each message.

The names of kinds and fields are mido's, so that a message read here and one made by mido are
looked at in the same way. A message has no time of its own: a track is a list of pairs of tick and
message. Values that are equal are often one object, since files repeat themselves.
"""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from composer_app.music.chords import ChordSymbol


@dataclass(frozen=True, slots=True)
class NoteOn:
    """A note is struck; ``velocity`` is 1-127."""

    channel: int
    note: int
    velocity: int
    type: ClassVar = "note_on"
    is_meta: ClassVar = False


@dataclass(frozen=True, slots=True)
class NoteOff:
    """A note is let go, said in either of the two ways that MIDI has."""

    channel: int
    note: int
    type: ClassVar = "note_off"
    is_meta: ClassVar = False


@dataclass(frozen=True, slots=True)
class ControlChange:
    """Controller number ``control`` goes to ``value`` (0-127)."""

    channel: int
    control: int
    value: int
    type: ClassVar = "control_change"
    is_meta: ClassVar = False


@dataclass(frozen=True, slots=True)
class ProgramChange:
    """Another instrument (0-127)."""

    channel: int
    program: int
    type: ClassVar = "program_change"
    is_meta: ClassVar = False


@dataclass(frozen=True, slots=True)
class PitchBend:
    """The pitch wheel stands at ``pitch``, -8192 to 8191."""

    channel: int
    pitch: int
    type: ClassVar = "pitchwheel"
    is_meta: ClassVar = False


@dataclass(frozen=True, slots=True)
class ChannelPressure:
    """All keys of a channel are pressed by ``value`` (0-127)."""

    channel: int
    value: int
    type: ClassVar = "aftertouch"
    is_meta: ClassVar = False


@dataclass(frozen=True, slots=True)
class KeyPressure:
    """One key is pressed by ``value`` (0-127)."""

    channel: int
    note: int
    value: int
    type: ClassVar = "polytouch"
    is_meta: ClassVar = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the kind ``type``: text, copyright, lyrics, marker or cue_marker."""

    type: str
    text: str
    is_meta: ClassVar = True


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the kind ``type``: track_name, instrument_name, program_name or device_name."""

    type: str
    name: str
    is_meta: ClassVar = True


@dataclass(frozen=True, slots=True)
class SetTempo:
    """From here on a beat lasts ``tempo`` microseconds; 0 in files that mean no harm."""

    tempo: int
    type: ClassVar = "set_tempo"
    is_meta: ClassVar = True


@dataclass(frozen=True, slots=True)
class TimeSignature:
    """From here on a bar has ``numerator`` notes of one ``denominator``-th, 1 to 128."""

    numerator: int
    denominator: int
    type: ClassVar = "time_signature"
    is_meta: ClassVar = True


@dataclass(frozen=True, slots=True)
class KeySignature:
    """From here on the music is in ``key``, written as mido does: Bb, F#m."""

    key: str
    type: ClassVar = "key_signature"
    is_meta: ClassVar = True


@dataclass(frozen=True, slots=True)
class Port:
    """What follows in this track goes to another set of 16 channels."""

    port: int
    type: ClassVar = "midi_port"
    is_meta: ClassVar = True


@dataclass(frozen=True, slots=True)
class XfChord:
    """From here on the harmony is ``symbol``, whose own tick says nothing."""

    symbol: ChordSymbol
    type: ClassVar = "chord"
    is_meta: ClassVar = True


# What a synthesizer hears.
ChannelMessage: TypeAlias = (
    NoteOn | NoteOff | ControlChange | ProgramChange | PitchBend | ChannelPressure | KeyPressure
)
MidiMessage: TypeAlias = (
    ChannelMessage | Text | Name | SetTempo | TimeSignature | KeySignature | Port | XfChord
)
# A message and when it comes, in ticks from the start.
Timed: TypeAlias = tuple[int, MidiMessage]


@dataclass
class ParsedMidi:
    """A file as its bytes have it: tracks of messages, in the order of their ticks."""

    ticks_per_beat: int
    tracks: list[list[Timed]]
    # The tick at which each track ends: no sooner than its last message.
    ends: list[int]
    # Whether its ticks are of film frames: then nobody knows the beats, and one is half a second.
    beats_unknown: bool = False
