"""What the tracks of a MIDI file say: settings and texts, one small value for each.

The names of kinds and fields are mido's. A setting has no time of its own: a track is a list of
pairs of tick and setting. What channels play is a table (:mod:`channel_events`).
"""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from composer_app.music.harmony.chords import ChordSymbol
from composer_app.music.midi.events.channel_events import ChannelEvents


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the kind ``type``: text, copyright, lyrics, marker or cue_marker."""

    type: str
    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the kind ``type``: track_name, instrument_name, program_name or device_name."""

    type: str
    name: str


@dataclass(frozen=True, slots=True)
class SetTempo:
    """From here on a beat lasts ``tempo`` microseconds; 0 in files that mean no harm."""

    tempo: int
    type: ClassVar = "set_tempo"


@dataclass(frozen=True, slots=True)
class TimeSignature:
    """From here on a bar has ``numerator`` notes of one ``denominator``-th, 1 to 128."""

    numerator: int
    denominator: int
    type: ClassVar = "time_signature"


@dataclass(frozen=True, slots=True)
class KeySignature:
    """From here on the music is in ``key``, written as mido does: Bb, F#m."""

    key: str
    type: ClassVar = "key_signature"


@dataclass(frozen=True, slots=True)
class Port:
    """What follows in this track goes to another set of 16 channels."""

    port: int
    type: ClassVar = "midi_port"


@dataclass(frozen=True, slots=True)
class XfChord:
    """From here on the harmony is ``symbol``, whose own tick says nothing."""

    symbol: ChordSymbol
    type: ClassVar = "chord"


# What is said beside the messages of channels.
Setting: TypeAlias = Text | Name | SetTempo | TimeSignature | KeySignature | Port | XfChord
# A setting and when it comes, in ticks from the start.
Timed: TypeAlias = tuple[int, Setting]


@dataclass
class ParsedMidi:
    """A file as its bytes have it: tracks of settings, and what their channels do."""

    ticks_per_beat: int
    # Of each track its settings and texts, in the order of their ticks.
    tracks: list[list[Timed]]
    # The tick at which each track ends: no sooner than its last message.
    ends: list[int]
    # What all of them play.
    events: ChannelEvents
    # Whether its ticks are of film frames: then nobody knows the beats, and one is half a second.
    beats_unknown: bool = False
