"""Music as values that JSON has, and back: notes, metre, tempo, melodies, whole compositions.

What is read may have been written by anybody: everything that is not as it should be raises
:class:`ValueError`, whose words are for a log and not for a person.
"""

from __future__ import annotations

import json
import math
from dataclasses import astuple
from typing import TYPE_CHECKING, Any, Final, TypeVar

from composer_app.late_numpy import np
from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.controls import CONTROL_KINDS, Control
from composer_app.music.harmony.chord_wishes import ChordWishes
from composer_app.music.harmony.chords import Chord, ChordSpan, ChordSymbol
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.melody import Melody
from composer_app.music.meter_map import MeterChange, MeterMap
from composer_app.music.note import Note
from composer_app.music.performing.performance import from_details, to_details
from composer_app.music.pitch import Key
from composer_app.music.texts import TEXT_KINDS, Text
from composer_app.music.timing import Meter, TempoChange, TempoMap

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A note without micro-timing leaves its two shifts out.
_PLAIN: Final = 4
_WHOLE: Final = 6
# Far more than a piece can have, few enough for ticks to be counted.
_MOST_STEPS: Final = 2**31

Kind = TypeVar("Kind", bound=str)


def compact(value: object) -> str:
    """JSON in one line, without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def whole(value: object) -> int:
    """``value`` if it is a whole number; true and false are none."""
    if type(value) is not int:
        raise ValueError(f"{value!r} is not a whole number")
    return value


def number(value: object) -> float:
    """``value`` as a float if it is a finite number."""
    if type(value) not in (int, float):
        raise ValueError(f"{value!r} is not a number")
    assert isinstance(value, int | float)
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        raise ValueError("a number without end")
    return result


def text(value: object) -> str:
    """``value`` if it is a text."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a text")
    return value


def listed(value: object) -> list[Any]:
    """``value`` if it is a list."""
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is not a list")
    return value


def fields(value: object) -> dict[str, Any]:
    """``value`` if it is an object with named fields."""
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is not an object")
    return value


def notes_to_json(notes: tuple[Note, ...]) -> list[list[int]]:
    """[start, pitch, duration, velocity] in steps, with the two shifts in ticks where not 0."""
    rows = []
    for note in notes:
        row = list(astuple(note))
        rows.append(row if note.onset_shift or note.end_shift else row[:_PLAIN])
    return rows


def notes_from_json(value: object) -> tuple[Note, ...]:
    """What :func:`notes_to_json` made."""
    notes = []
    for row in listed(value):
        numbers = [whole(each) for each in listed(row)]
        if len(numbers) not in (_PLAIN, _WHOLE):
            raise ValueError(f"{numbers} are not the numbers of a note")
        notes.append(Note(*numbers))
    return tuple(notes)


def meter_to_json(meter: Meter) -> list[int]:
    """[numerator, denominator]."""
    return [meter.numerator, meter.denominator]


def meter_from_json(value: object) -> Meter:
    """What :func:`meter_to_json` made."""
    numerator, denominator = (whole(each) for each in listed(value))
    return Meter(numerator, denominator)


def meters_to_json(meters: MeterMap) -> dict[str, Any]:
    """``meter`` at the start, and what else there is of changes and an upbeat.

    Each of ``meter_changes`` is [tick, numerator, denominator]; ``upbeat`` is in ticks.
    """
    row: dict[str, Any] = {"meter": meter_to_json(meters.initial)}
    if not meters.is_constant:
        row["meter_changes"] = [
            [change.tick, *meter_to_json(change.meter)] for change in meters.changes[1:]
        ]
    if meters.upbeat is not None:
        row["upbeat"] = meters.upbeat
    return row


def meters_from_json(row: dict[str, Any]) -> MeterMap:
    """What :func:`meters_to_json` made, among other fields."""
    changes = [MeterChange(0, meter_from_json(row.get("meter")))]
    for each in listed(row.get("meter_changes", [])):
        tick, *meter = listed(each)
        changes.append(MeterChange(whole(tick), meter_from_json(meter)))
    upbeat = row.get("upbeat")
    return MeterMap(tuple(changes), None if upbeat is None else whole(upbeat))


def tempo_to_json(tempo: TempoMap) -> list[list[float]]:
    """[step, beats a minute] of each change; a step beside the grid has a fraction."""
    return [[change.step, change.bpm] for change in tempo.changes]


def tempo_from_json(value: object) -> TempoMap:
    """What :func:`tempo_to_json` made."""
    pairs = (listed(each) for each in listed(value))
    return TempoMap(tuple(TempoChange(_step(step), number(bpm)) for step, bpm in pairs))


def _step(value: object) -> float:
    """A step, with a fraction perhaps."""
    step = number(value)
    if not 0 <= step < _MOST_STEPS:
        raise ValueError(f"there is no step {value!r}")
    return step


def spans_to_json(cells: NDArray[np.bool_]) -> list[list[int]]:
    """[first step, step after] of each run of true ``cells`` (T,)."""
    edges = np.flatnonzero(np.diff(cells, prepend=False, append=False))
    spans: list[list[int]] = edges.reshape(-1, 2).tolist()
    return spans


def spans_from_json(value: object, most: int) -> list[slice]:
    """What :func:`spans_to_json` made of at most ``most`` steps."""
    spans = []
    for span in listed(value):
        start, end = (whole(each) for each in listed(span))
        if not 0 <= start < end <= most:
            raise ValueError(f"there are no steps {start} to {end}")
        spans.append(slice(start, end))
    return spans


def melody_to_json(melody: Melody) -> dict[str, Any]:
    """An object with title, metre, tempo and notes."""
    return {
        "title": melody.title,
        **meters_to_json(melody.meters),
        "tempo": tempo_to_json(melody.tempo),
        "notes": notes_to_json(melody.notes),
    }


def melody_from_json(value: object) -> Melody:
    """What :func:`melody_to_json` made."""
    row = fields(value)
    return Melody(
        notes_from_json(row.get("notes")),
        tempo_from_json(row.get("tempo")),
        meters_from_json(row),
        text(row.get("title")),
    )


def controls_to_json(controls: tuple[Control, ...]) -> list[list[Any]]:
    """[tick, kind, number, value] of each."""
    return [list(astuple(control)) for control in controls]


def controls_from_json(value: object) -> tuple[Control, ...]:
    """What :func:`controls_to_json` made."""
    rows = (listed(row) for row in listed(value))
    return tuple(
        Control(whole(tick), _one_of(kind, CONTROL_KINDS), whole(number), whole(setting))
        for tick, kind, number, setting in rows
    )


def texts_to_json(texts: tuple[Text, ...]) -> list[list[Any]]:
    """[tick, kind, text] of each."""
    return [list(astuple(each)) for each in texts]


def texts_from_json(value: object) -> tuple[Text, ...]:
    """What :func:`texts_to_json` made."""
    rows = (listed(row) for row in listed(value))
    return tuple(
        Text(whole(tick), _one_of(kind, TEXT_KINDS), text(words)) for tick, kind, words in rows
    )


def keys_to_json(keys: tuple[KeyChange, ...]) -> list[list[Any]]:
    """[tick, sharps, whether it is minor] of each; flats are sharps below 0."""
    return [[change.tick, change.key.sharps, change.key.minor] for change in keys]


def keys_from_json(value: object) -> tuple[KeyChange, ...]:
    """What :func:`keys_to_json` made."""
    rows = (listed(row) for row in listed(value))
    return tuple(
        KeyChange(whole(tick), Key.of_signature(whole(sharps), minor=minor is True))
        for tick, sharps, minor in rows
    )


def chords_to_json(chords: tuple[ChordSymbol, ...]) -> list[list[Any]]:
    """[tick, root, quality, bass, extensions, whether it is given]; roots of N.C. are null."""
    return [_chord_row(each) for each in chords]


def chords_from_json(value: object) -> tuple[ChordSymbol, ...]:
    """What :func:`chords_to_json` made."""
    return tuple(_chord_symbol(listed(row)) for row in listed(value))


def wishes_to_json(wishes: ChordWishes) -> list[list[Any]]:
    """Chords as :func:`chords_to_json` writes them, each with the tick where it ends."""
    return [[*_chord_row(span.symbol), span.end] for span in wishes.spans]


def wishes_from_json(value: object) -> ChordWishes:
    """What :func:`wishes_to_json` made."""
    rows = [listed(row) for row in listed(value)]
    return ChordWishes(tuple(ChordSpan(_chord_symbol(row[:-1]), whole(row[-1])) for row in rows))


def _chord_row(symbol: ChordSymbol) -> list[Any]:
    chord = symbol.chord
    names = [chord.root, chord.quality.name, chord.bass] if chord else [None, "", None]
    return [symbol.tick, *names, list(symbol.extensions), symbol.given]


def _chord_symbol(row: list[Any]) -> ChordSymbol:
    tick, root, quality, bass, extensions, given = row
    chord = None if root is None else Chord.of_name(whole(root), text(quality), whole(bass))
    more = tuple(text(each) for each in listed(extensions))
    return ChordSymbol(whole(tick), chord, more, given is True)


def _one_of(value: object, kinds: tuple[Kind, ...]) -> Kind:
    kind = next((each for each in kinds if each == value), None)
    if kind is None:
        raise ValueError(f"{value!r} is none of {kinds}")
    return kind


def origin_to_json(origin: Origin) -> dict[str, Any]:
    """An object; the recipe, which is JSON already, is not in it."""
    return {"model": origin.model, "seed": origin.seed, "temperature": origin.temperature}


def origin_from_json(value: object) -> Origin:
    """What :func:`origin_to_json` made."""
    row = fields(value)
    warmth = number(row.get("temperature"))
    return Origin(text(row.get("model")), whole(row.get("seed")), warmth)


def composition_to_json(composition: Composition) -> dict[str, Any]:
    """An object with title, metre, tempo, tracks, origin and performance.

    What few pieces have, such as lyrics, is in it where there is some.
    """
    origin, performance = composition.origin, composition.performance
    rare = {
        "keys": keys_to_json(composition.keys),
        "texts": texts_to_json(composition.texts),
        "chords": chords_to_json(composition.chords),
    }
    return {
        "title": composition.title,
        **meters_to_json(composition.meters),
        "tempo": tempo_to_json(composition.tempo),
        "tracks": [_track_to_json(each) for each in composition.tracks],
        "origin": None if origin is None else origin_to_json(origin),
        "performance": None if performance is None else to_details(performance),
        "melody_chosen": composition.melody_chosen,
        **{name: rows for name, rows in rare.items() if rows},
    }


def composition_from_json(value: object) -> Composition:
    """What :func:`composition_to_json` made."""
    row = fields(value)
    origin, performance = row.get("origin"), None
    if row.get("performance") is not None:
        performance = from_details(row["performance"])
        if performance is None:
            raise ValueError("what was performed is not as it should be")
    return Composition(
        tuple(_track(each) for each in listed(row.get("tracks"))),
        tempo_from_json(row.get("tempo")),
        meters_from_json(row),
        text(row.get("title")),
        None if origin is None else origin_from_json(origin),
        performance,
        row.get("melody_chosen") is True,
        keys_from_json(row.get("keys", [])),
        texts_from_json(row.get("texts", [])),
        chords_from_json(row.get("chords", [])),
    )


def _track_to_json(track: Track) -> dict[str, Any]:
    rare = {"controls": controls_to_json(track.controls), "texts": texts_to_json(track.texts)}
    return {
        "name": track.name,
        "program": track.program,
        "notes": notes_to_json(track.notes),
        **({"drums": True} if track.drums else {}),
        **{name: rows for name, rows in rare.items() if rows},
    }


def _track(value: object) -> Track:
    row = fields(value)
    return Track(
        text(row.get("name")),
        whole(row.get("program")),
        notes_from_json(row.get("notes")),
        controls_from_json(row.get("controls", [])),
        texts_from_json(row.get("texts", [])),
        row.get("drums") is True,
    )
