"""Edits of a whole composition; each makes a new value and leaves the old one as it was."""

from dataclasses import replace

from composer_app.music.composition import Composition, Track
from composer_app.music.controls import without_other_sounds
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.meter_map import MeterChange, MeterMap
from composer_app.music.performing.melody_line import Line, melody_line
from composer_app.music.pitch import Key
from composer_app.music.timing import (
    MAX_TEMPO,
    MIN_TEMPO,
    TICKS_PER_STEP,
    Meter,
    TempoChange,
    TempoMap,
)
from composer_app.music.voices import MELODY


def with_tempo(composition: Composition, bpm: float) -> Composition:
    """The same music beginning at ``bpm``; later tempo changes keep their proportion to it."""
    ratio = bpm / composition.tempo.initial_bpm
    changes = tuple(
        TempoChange(change.step, min(MAX_TEMPO, max(MIN_TEMPO, change.bpm * ratio)))
        for change in composition.tempo.changes
    )
    return replace(composition, tempo=TempoMap(changes))


def with_meter(composition: Composition, meter: Meter, step: float = 0) -> Composition:
    """The same notes, counted in another metre at ``step``.

    It reaches from the change of metre before ``step`` to the one after it; an upbeat stays where
    it is still less than a bar. Where bars of equal metre follow each other without a short one
    between them, there is no change any more.
    """
    meters = composition.meters
    tick = max(0, step) * TICKS_PER_STEP
    index = max(i for i, change in enumerate(meters.changes) if change.tick <= tick)
    changes = list(meters.changes)
    changes[index] = replace(changes[index], meter=meter)
    changed = MeterMap(tuple(changes)).with_upbeat(meters.upbeat)
    return replace(composition, meters=changed.merged())


def with_meter_from(composition: Composition, meter: Meter, tick: int) -> Composition:
    """The same notes, counted in ``meter`` from ``tick`` on until the next change.

    A tick before the first downbeat means the beginning.
    """
    meters = composition.meters
    if tick <= (meters.upbeat or 0):
        return with_meter(composition, meter)
    kept = [change for change in meters.changes if change.tick != tick]
    changes = sorted([*kept, MeterChange(tick, meter)], key=lambda change: change.tick)
    return replace(composition, meters=MeterMap(tuple(changes), meters.upbeat).merged())


def with_upbeat(composition: Composition, steps: int) -> Composition:
    """The same notes, with the first downbeat at step ``steps``."""
    return replace(composition, meters=composition.meters.with_upbeat(steps * TICKS_PER_STEP))


def with_key(composition: Composition, key: Key | None) -> Composition:
    """The same music, written in ``key`` throughout; None: in the one that is heard in it."""
    return replace(composition, keys=() if key is None else (KeyChange(0, key),))


def with_the_rest(
    composition: Composition, source: Composition, melody: int = MELODY
) -> Composition:
    """``composition``, made of the melody of ``source``, with what that says besides notes.

    That is its keys, its texts, the chords that it is given, unless ``composition`` has chords of
    its own, and what its track number ``melody`` says to the melody's notes. An instrument that has
    been chosen anew plays them all.
    """
    given = tuple(symbol for symbol in source.chords if symbol.given)
    chords = composition.chords or given
    result = replace(composition, keys=source.keys, texts=source.texts, chords=chords)
    if melody >= len(source.tracks) or not composition.tracks:
        return result
    said, first = source.tracks[melody], composition.tracks[MELODY]
    controls = said.controls
    if said.program != first.program:
        controls = without_other_sounds(controls)
    first = replace(first, controls=controls, texts=said.texts)
    return replace(result, tracks=(first, *composition.tracks[1:]))


def with_melody_line(composition: Composition, line: Line) -> Composition:
    """The same notes, with the ``line`` of the melody's track alone in it.

    What else that track has follows in a track of its own after all others. What generated the
    composition no longer describes it.
    """
    first = composition.tracks[MELODY]
    chosen = melody_line(first.notes, composition.tempo, line)
    begun = {(note.onset_ticks, note.pitch) for note in chosen}
    rest = tuple(note for note in first.notes if (note.onset_ticks, note.pitch) not in begun)
    if not rest:
        return composition
    others = Track(f"{first.name} (other notes)".lstrip(), first.program, rest, first.controls)
    tracks = (replace(first, notes=chosen), *composition.tracks[1:], others)
    return replace(composition, tracks=tracks, origin=None, melody_chosen=True)


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
