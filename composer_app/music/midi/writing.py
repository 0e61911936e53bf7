"""From a composition to a parsed MIDI file, type 1, one chunk per track.

Tempo, metre, title and origin stand in the first chunk beside the first track's notes, so that
four tracks are four chunks in every other program. MIDI has no place for a title beside a
track's name, nor for where a take came from, nor for what was played before it was quantized: they
are JSON in one text event.
"""

import json
from typing import TYPE_CHECKING, Any, Final

from composer_app.music.composition import Composition, Track
from composer_app.music.midi.track_parser import DETAILS_PREFIX
from composer_app.music.mix import (
    CENTRE,
    DEFAULT_VOLUME,
    PAN_CONTROLLER,
    USUAL_MIX,
    VOLUME_CONTROLLER,
    PieceMix,
    TrackMix,
)
from composer_app.music.music_json import origin_to_json
from composer_app.music.performance import to_details
from composer_app.music.timing import TICKS_PER_BEAT, TICKS_PER_STEP

# mido takes longer to import than a window may take to open, so who writes imports it.
if TYPE_CHECKING:
    import mido

DRUM_CHANNEL: Final = 9

_MICROSECONDS_PER_MINUTE: Final = 60_000_000
_CHANNELS: Final = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)
# At the same tick: settings, then the ends of notes, then beginnings.
_SETTING, _OFF, _ON = range(3)

_Event = tuple[int, int, "mido.Message | mido.MetaMessage"]


def midi_from_composition(composition: Composition, mix: PieceMix = USUAL_MIX) -> "mido.MidiFile":
    """``composition`` as a MIDI file in memory; each track has a channel of its own.

    From the sixteenth track on channels are shared, since MIDI has no more. Volume and pan of a
    track stand at its beginning where ``mix`` does not have them as usual.
    """
    import mido

    chunks = []
    for index, track in enumerate(composition.tracks or (Track(""),)):
        events = _track_events(track, _CHANNELS[index % len(_CHANNELS)], mix.track(index))
        if index == 0:
            events.extend(_shared_events(composition))
        chunks.append(_chunk(events))
    return mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT, tracks=chunks)


def to_wire(text: str) -> str:
    """``text`` so that mido, which writes Latin-1, puts it into the file as UTF-8."""
    return text.encode("utf-8", "replace").decode("latin-1")


def _track_events(track: Track, channel: int, mix: TrackMix) -> list[_Event]:
    import mido

    events: list[_Event] = [
        (0, _SETTING, mido.MetaMessage("track_name", name=to_wire(track.name))),
        (0, _SETTING, mido.Message("program_change", channel=channel, program=track.program)),
    ]
    for controller, value, usual in (
        (VOLUME_CONTROLLER, mix.volume, DEFAULT_VOLUME),
        (PAN_CONTROLLER, mix.pan, CENTRE),
    ):
        if value != usual:
            control = mido.Message(
                "control_change", channel=channel, control=controller, value=value
            )
            events.append((0, _SETTING, control))
    for note in track.notes:
        on = mido.Message("note_on", channel=channel, note=note.pitch, velocity=note.velocity)
        off = mido.Message("note_off", channel=channel, note=note.pitch, velocity=0)
        events.append((note.onset_ticks, _ON, on))
        events.append((note.release_ticks, _OFF, off))
    return events


def _shared_events(composition: Composition) -> list[_Event]:
    import mido

    meter = composition.meter
    details: dict[str, Any] = {
        "title": composition.title,
        "origin": origin_to_json(composition.origin) if composition.origin else None,
    }
    if composition.origin is not None and composition.origin.recipe:
        details["recipe"] = json.loads(composition.origin.recipe)
    if composition.melody_chosen:
        details["melody_chosen"] = True
    if composition.performance is not None:
        details["performance"] = to_details(composition.performance)
    text = DETAILS_PREFIX + json.dumps(details, ensure_ascii=False)
    metre = mido.MetaMessage(
        "time_signature", numerator=meter.numerator, denominator=meter.denominator
    )
    events: list[_Event] = [
        (0, _SETTING, mido.MetaMessage("text", text=to_wire(text))),
        (0, _SETTING, metre),
    ]
    for change in composition.tempo.changes:
        tempo = mido.MetaMessage("set_tempo", tempo=round(_MICROSECONDS_PER_MINUTE / change.bpm))
        events.append((change.step * TICKS_PER_STEP, _SETTING, tempo))
    return events


def _chunk(events: list[_Event]) -> "mido.MidiTrack":
    """Events with absolute ticks as a chunk, whose messages carry the ticks between them."""
    import mido

    chunk = mido.MidiTrack()
    before = 0
    for tick, _, message in sorted(events, key=lambda event: event[:2]):
        chunk.append(message.copy(time=tick - before))
        before = tick
    return chunk
