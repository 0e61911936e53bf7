"""From a composition to a parsed MIDI file, type 1: a chunk for the whole, then one for each track.

What concerns all tracks (tempo, metre, key, markers, the title) stands in a first chunk that has no
notes, and nothing of it is said again. Programs that write notation take such a chunk as that of
the conductor, and give its metre and key to every part. Beside the notes of a first track they take
them for that track's alone (music21 reads 4/4 in all others then); said again in each chunk, a key
comes twice in every part, and pretty_midi calls the file invalid.

MIDI has no place for where a take came from, nor for what was played before it was quantized: they
are JSON in one text event.
"""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from composer_app.music.composition import Composition, Track
from composer_app.music.controls import Control
from composer_app.music.files.music_json import chords_to_json, origin_to_json
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.meter_map import MeterMap, meter_of_ticks
from composer_app.music.midi.chord_rows import marker_texts
from composer_app.music.midi.events.track_parser import DETAILS_PREFIX
from composer_app.music.midi.key_names import key_name
from composer_app.music.midi.xf_chords import xf_of_chord
from composer_app.music.mix import (
    CENTRE,
    DEFAULT_VOLUME,
    PAN_CONTROLLER,
    USUAL_MIX,
    VOLUME_CONTROLLER,
    PieceMix,
    TrackMix,
    mixed,
    volumes,
)
from composer_app.music.performing.performance import to_details
from composer_app.music.texts import Text, TextKind
from composer_app.music.timing import MICROSECONDS_PER_MINUTE, TICKS_PER_BEAT, Meter
from composer_app.music.voices import MELODY

# mido takes longer to import than a window may take to open, so who writes imports it.
if TYPE_CHECKING:
    import mido

DRUM_CHANNEL: Final = 9
# What our JSON says of a key that nobody gave.
ESTIMATED: Final = "estimated"

_CHANNELS: Final = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)
# At the same tick: settings and texts, then the ends of notes, which what changes then no longer
# concerns, then the changes, then beginnings.
_SETTING, _OFF, _CONTROL, _ON = range(4)
_META_TYPES: Final[dict[TextKind, str]] = {
    "lyrics": "lyrics",
    "text": "text",
    "marker": "marker",
    "cue": "cue_marker",
    "copyright": "copyright",
}

_Event = tuple[int, int, "mido.Message | mido.MetaMessage"]


def midi_from_composition(composition: Composition, mix: PieceMix = USUAL_MIX) -> "mido.MidiFile":
    """``composition`` as a MIDI file in memory; each track has a channel of its own, drums theirs.

    From the sixteenth track on channels are shared, since MIDI has no more. Volume and pan of a
    track stand at its beginning where ``mix`` does not have them as usual. One that is muted has
    the volume 0 throughout, and our text event says what it would have.
    """
    import mido

    chunks = [_chunk(_shared_events(composition, mix))]
    for index, track in enumerate(composition.tracks):
        channel = DRUM_CHANNEL if track.drums else _CHANNELS[index % len(_CHANNELS)]
        events = _track_events(track, channel, mix.track(index))
        if index == MELODY:
            events += _xf_events(composition)
        chunks.append(_chunk(events))
    return mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT, tracks=chunks)


def to_wire(text: str) -> str:
    """``text`` so that mido, which writes Latin-1, puts it into the file as UTF-8."""
    return text.encode("utf-8", "replace").decode("latin-1")


def _track_events(track: Track, channel: int, mix: TrackMix) -> list[_Event]:
    import mido

    volume = 0 if mix.mute else mix.volume
    controls = mixed(track.controls, volume, mix.pan)
    banks = [control for control in controls if control.is_bank and control.tick == 0]
    program = Control(0, "program", 0, track.program)
    begins = {control.subject for control in controls if control.tick == 0}
    balance = [
        Control(0, "controller", number, value)
        for number, value, usual in (
            (VOLUME_CONTROLLER, volume, DEFAULT_VOLUME),
            (PAN_CONTROLLER, mix.pan, CENTRE),
        )
        if value != usual and ("controller", number) not in begins
    ]
    events: list[_Event] = [
        (0, _SETTING, mido.MetaMessage("track_name", name=to_wire(track.name))),
        *((0, _SETTING, _message(each, channel)) for each in (*banks, program, *balance)),
        *(
            (control.tick, _CONTROL, _message(control, channel))
            for control in controls[len(banks) :]
        ),
        *_text_events(track.texts),
    ]
    for note in track.notes:
        on = mido.Message("note_on", channel=channel, note=note.pitch, velocity=note.velocity)
        off = mido.Message("note_off", channel=channel, note=note.pitch, velocity=0)
        events.append((note.onset_ticks, _ON, on))
        events.append((note.release_ticks, _OFF, off))
    return events


def _message(control: Control, channel: int) -> "mido.Message":
    import mido

    match control.kind:
        case "controller":
            return mido.Message(
                "control_change", channel=channel, control=control.number, value=control.value
            )
        case "bend":
            return mido.Message("pitchwheel", channel=channel, pitch=control.value)
        case "pressure":
            return mido.Message("aftertouch", channel=channel, value=control.value)
        case "key pressure":
            return mido.Message(
                "polytouch", channel=channel, note=control.number, value=control.value
            )
        case "program":
            return mido.Message("program_change", channel=channel, program=control.value)


def _text_events(texts: Iterable[Text]) -> list[_Event]:
    import mido

    return [
        (each.tick, _SETTING, mido.MetaMessage(_META_TYPES[each.kind], text=to_wire(each.text)))
        for each in texts
    ]


def _xf_events(composition: Composition) -> list[_Event]:
    """The chord symbols for keyboards of Yamaha, and for MuseScore, which looks beside notes."""
    import mido

    return [
        (
            symbol.tick,
            _SETTING,
            mido.MetaMessage("sequencer_specific", data=xf_of_chord(symbol, key)),
        )
        for symbol, key in composition.chords_in_keys()
    ]


def _key_events(composition: Composition) -> list[_Event]:
    """The keys that the piece says, or the one that is heard in it."""
    import mido

    keys = composition.keys
    if not keys and composition.note_count:
        keys = (KeyChange(0, composition.estimated_key()),)
    return [
        (each.tick, _SETTING, mido.MetaMessage("key_signature", key=key_name(each.key)))
        for each in keys
    ]


def _shared_events(composition: Composition, mix: PieceMix) -> list[_Event]:
    import mido

    details: dict[str, Any] = {
        "title": composition.title,
        "origin": origin_to_json(composition.origin) if composition.origin else None,
        "upbeat": composition.meters.upbeat,
    }
    if composition.origin is not None and composition.origin.recipe:
        details["recipe"] = json.loads(composition.origin.recipe)
    if composition.melody_chosen:
        details["melody_chosen"] = True
    if not composition.keys:
        details["key"] = ESTIMATED
    if muted := list(_muted(composition, mix)):
        details["muted"] = muted
    if composition.chords:
        details["chords"] = chords_to_json(composition.chords)
    if composition.performance is not None:
        details["performance"] = to_details(composition.performance)
    text = DETAILS_PREFIX + json.dumps(details, ensure_ascii=False)
    title = mido.MetaMessage("track_name", name=to_wire(composition.title))
    events: list[_Event] = [
        *([(0, _SETTING, title)] if composition.title else []),
        (0, _SETTING, mido.MetaMessage("text", text=to_wire(text))),
        *_key_events(composition),
        *_text_events(composition.texts),
        *_text_events(marker_texts(composition)),
    ]
    for tick, meter in meters_to_signatures(composition.meters):
        signature = mido.MetaMessage(
            "time_signature", numerator=meter.numerator, denominator=meter.denominator
        )
        events.append((tick, _SETTING, signature))
    for change in composition.tempo.changes:
        tempo = mido.MetaMessage("set_tempo", tempo=round(MICROSECONDS_PER_MINUTE / change.bpm))
        events.append((change.ticks, _SETTING, tempo))
    return events


def _muted(composition: Composition, mix: PieceMix) -> Iterator[list[Any]]:
    """[track, volume, [[tick, volume] ...]] of each that is muted: what it would be, and become."""
    for index, track in enumerate(composition.tracks):
        balance = mix.track(index)
        if balance.mute:
            changes = mixed(volumes(track.controls), balance.volume, balance.pan)
            yield [index, balance.volume, [[each.tick, each.value] for each in changes]]


def meters_to_signatures(meters: MeterMap) -> list[tuple[int, Meter]]:
    """``(tick, metre)`` of each time signature that a file has to say.

    An upbeat is a short first bar with a signature of its own, as notation programs write it; one
    that no signature can say, such as five 64ths, is left to the details.
    """
    signatures = [(change.tick, change.meter) for change in meters.changes]
    if meters.upbeat:
        short = meter_of_ticks(meters.upbeat)
        if short is not None:
            signatures[0] = (0, short)
            signatures.insert(1, (meters.upbeat, meters.initial))
    return signatures


def _chunk(events: list[_Event]) -> "mido.MidiTrack":
    """Events with absolute ticks as a chunk, whose messages carry the ticks between them."""
    import mido

    chunk = mido.MidiTrack()
    before = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        chunk.append(message.copy(time=tick - before))
        before = tick
    return chunk
