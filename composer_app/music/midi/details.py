"""What Composer writes into a MIDI file for itself, as JSON in one text event, and reads again.

Anybody may have changed it: what is beyond use counts as unsaid.
"""

import json
from dataclasses import dataclass, replace
from typing import Final

from composer_app.music.composition import Composition, Origin
from composer_app.music.controls import Control
from composer_app.music.files.music_json import compact, listed, origin_from_json, whole
from composer_app.music.midi.events.track_parser import DETAILS_PREFIX
from composer_app.music.midi.file_time import TimedMessage, of_type
from composer_app.music.midi.writing import ESTIMATED
from composer_app.music.mix import VOLUME_CONTROLLER, PieceMix, TrackMix, volumes
from composer_app.music.performing.performance import Performance, from_details

_MAX_TEMPERATURE: Final = 1e6


@dataclass(frozen=True)
class Muted:
    """A track that is silent in the file: how loud it would be, and how that changes."""

    index: int
    volume: int
    changes: tuple[Control, ...] = ()


@dataclass(frozen=True)
class Details:
    """What our text event says, for which MIDI has no place."""

    title: str = ""
    origin: Origin | None = None
    performance: Performance | None = None
    melody_chosen: bool = False
    # In ticks; None where it was not known. Files from before there were any do not say it.
    upbeat: int | None = None
    has_upbeat: bool = False
    # Whether the key in the file is none that anybody gave.
    key_estimated: bool = False
    muted: tuple[Muted, ...] = ()
    # The chord symbols, as JSON has them; their markers stand in the file, too. None: nobody says.
    chords: object = None


def with_muted(
    composition: Composition, mix: PieceMix, muted: tuple[Muted, ...]
) -> tuple[Composition, PieceMix]:
    """With the volumes of ``muted`` tracks, unless somebody has made them loud in the file."""
    tracks = list(composition.tracks)
    for each in {each.index: each for each in muted}.values():
        if each.index >= len(tracks) or mix.track(each.index).volume:
            continue
        pan = mix.track(each.index).pan
        mix = mix.with_track(each.index, TrackMix(each.volume, pan, mute=True))
        track = tracks[each.index]
        if not any(volumes(track.controls)):
            tracks[each.index] = replace(track, controls=(*track.controls, *each.changes))
    return replace(composition, tracks=tuple(tracks)), mix


def is_ours(chunks: list[list[TimedMessage]]) -> bool:
    """Whether a file was written by Composer."""
    return any(
        message.text.startswith(DETAILS_PREFIX) for _tick, message in of_type(chunks, "text")
    )


def details_of(chunks: list[list[TimedMessage]], *, first_plays: bool) -> Details:
    """From our own text event, else the name of a chunk that is no track of its own.

    The first chunk is one, among others, if ``first_plays``.
    """
    for _tick, message in of_type(chunks, "text"):
        text = message.text
        if text.startswith(DETAILS_PREFIX):
            return _parse_details(text.removeprefix(DETAILS_PREFIX))
    first = chunks[0] if chunks else []
    names = [message.name for _, message in first if message.type == "track_name"]
    return Details(names[0]) if names and (len(chunks) == 1 or not first_plays) else Details()


def _parse_details(text: str) -> Details:
    """What our JSON says; what somebody changed beyond use counts as unsaid."""
    try:
        details = json.loads(text)
    except (ValueError, RecursionError):
        return Details()
    if not isinstance(details, dict):
        return Details()
    title, upbeat = details.get("title"), details.get("upbeat")
    return Details(
        title if isinstance(title, str) else "",
        _parse_origin(details.get("origin"), details.get("recipe")),
        from_details(details.get("performance")),
        details.get("melody_chosen") is True,
        upbeat if type(upbeat) is int and upbeat >= 0 else None,
        "upbeat" in details,
        details.get("key") == ESTIMATED,
        _parse_muted(details.get("muted")),
        details.get("chords", []),
    )


def _parse_origin(value: object, recipe: object) -> Origin | None:
    try:
        origin = origin_from_json(value)
    except ValueError:
        return None
    if not 0 <= origin.temperature <= _MAX_TEMPERATURE:
        return None
    # What the recipe says is looked at by whoever makes the take again.
    return replace(origin, recipe=compact(recipe)) if isinstance(recipe, dict) else origin


def _parse_muted(value: object) -> tuple[Muted, ...]:
    try:
        return tuple(_muted(row) for row in listed(value or []))
    except ValueError:
        return ()


def _muted(row: object) -> Muted:
    index, volume, changes = listed(row)
    if whole(index) < 0:
        raise ValueError(f"there is no track {index}")
    TrackMix(whole(volume))
    return Muted(
        whole(index),
        whole(volume),
        tuple(
            Control(whole(tick), "controller", VOLUME_CONTROLLER, whole(value))
            for tick, value in (listed(each) for each in listed(changes))
        ),
    )
