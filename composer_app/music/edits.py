"""Edits of a whole composition; each makes a new value and leaves the old one as it was."""

from dataclasses import replace

from composer_app.music.composition import Composition
from composer_app.music.timing import MAX_TEMPO, MIN_TEMPO, Meter, TempoChange, TempoMap
from composer_app.music.voices import MELODY


def with_tempo(composition: Composition, bpm: float) -> Composition:
    """The same music beginning at ``bpm``; later tempo changes keep their proportion to it."""
    ratio = bpm / composition.tempo.initial_bpm
    changes = tuple(
        TempoChange(change.step, min(MAX_TEMPO, max(MIN_TEMPO, change.bpm * ratio)))
        for change in composition.tempo.changes
    )
    return replace(composition, tempo=TempoMap(changes))


def with_meter(composition: Composition, meter: Meter) -> Composition:
    """The same notes, counted in another metre."""
    return replace(composition, meter=meter)


def with_melody_track(composition: Composition, track: int) -> Composition:
    """The same tracks with ``tracks[track]`` moved to the front, where the melody stands.

    What generated the composition no longer describes it, so its origin is forgotten. That the
    melody has been chosen is remembered.
    """
    if track == MELODY:
        return replace(composition, melody_chosen=True)
    tracks = list(composition.tracks)
    tracks.insert(MELODY, tracks.pop(track))
    return replace(composition, tracks=tuple(tracks), origin=None, melody_chosen=True)
