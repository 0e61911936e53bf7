"""The mix of a piece: how loud and where each of its tracks sounds, and which sound at all.

It belongs to the piece, and goes with it into its MIDI file: volume and pan are MIDI controllers 7
and 10, so that any synthesizer understands them. General MIDI makes the amplitude the square of the
volume: half the volume is a quarter of the amplitude.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from composer_app.music.composition import Composition
from composer_app.music.controls import Control

VOLUME_CONTROLLER: Final = 7
PAN_CONTROLLER: Final = 10
# What a General MIDI synthesizer begins with.
DEFAULT_VOLUME: Final = 100
CENTRE: Final = 64
FULL: Final = 127

# For each track the index that it had before, None for one that was not there.
TrackOrder = Sequence[int | None]


@dataclass(frozen=True, slots=True)
class TrackMix:
    """One track: ``volume`` 0-127, ``pan`` from 0 (left) over 64 (middle) to 127 (right).

    Raises ValueError for values outside these ranges.
    """

    volume: int = DEFAULT_VOLUME
    pan: int = CENTRE
    mute: bool = False
    solo: bool = False

    def __post_init__(self) -> None:
        for name, value in (("volume", self.volume), ("pan", self.pan)):
            if not 0 <= value <= FULL:
                raise ValueError(f"a {name} of {value} is outside 0-127")


@dataclass(frozen=True, slots=True)
class PieceMix:
    """All tracks, by their index; those beyond ``tracks`` are as :class:`TrackMix` has them.

    Two mixes are equal if they sound the same: what is as usual at the end is left out.
    """

    tracks: tuple[TrackMix, ...] = ()

    def __post_init__(self) -> None:
        tracks = list(self.tracks)
        while tracks and tracks[-1] == TrackMix():
            tracks.pop()
        object.__setattr__(self, "tracks", tuple(tracks))

    def track(self, index: int) -> TrackMix:
        """The mix of ``tracks[index]``."""
        return self.tracks[index] if index < len(self.tracks) else TrackMix()

    def with_track(self, index: int, track: TrackMix) -> "PieceMix":
        """The same mix with another setting for one track."""
        tracks = [self.track(other) for other in range(max(len(self.tracks), index + 1))]
        tracks[index] = track
        return PieceMix(tuple(tracks))

    @property
    def balance(self) -> "PieceMix":
        """Volumes and pans alone, which a file holds: nothing is muted or soloed."""
        return PieceMix(tuple(replace(track, mute=False, solo=False) for track in self.tracks))

    def reordered(self, order: TrackOrder) -> "PieceMix":
        """The mix of tracks that have come into another ``order``."""
        return PieceMix(tuple(TrackMix() if i is None else self.track(i) for i in order))

    def carried(
        self,
        before: Composition,
        after: Composition,
        remembered: "PieceMix",
        order: TrackOrder | None = None,
    ) -> "PieceMix":
        """This mix of ``before`` as that of ``after``, another state of the same piece.

        Volumes and pans stay with their tracks, whose ``order`` has changed if it is given. Mute
        and solo end with the notes of their track, so that nothing is silent for a reason that has
        been forgotten or cannot be seen. Where notes, or a track, come again, it is as
        ``remembered`` has it.
        """
        count = max(len(self.tracks), len(remembered.tracks), len(after.tracks))
        sources = range(count) if order is None else [*order, *[None] * (count - len(order))]
        tracks = []
        for index, source in zip(range(count), sources, strict=False):
            again = remembered.track(index)
            track = again if source is None else self.track(source)
            if not _sounds(after, index):
                track = replace(track, mute=False, solo=False)
            elif source is None or not _sounds(before, source):
                track = replace(track, mute=again.mute, solo=again.solo)
            tracks.append(track)
        return PieceMix(tuple(tracks))


def mixed(controls: Sequence[Control], volume: int, pan: int) -> list[Control]:
    """``controls`` of a track with its changes of volume and pan as the mix moves them.

    The first volume that is heard becomes ``volume`` and the first pan ``pan``; those that follow
    keep their proportion, or their distance, to it.
    """
    if not any(sets_volume(each) or sets_pan(each) for each in controls):
        return list(controls)
    volumes = (each.value for each in controls if sets_volume(each) and each.value)
    pans = (each.value for each in controls if sets_pan(each))
    loud, side = next(volumes, 0), next(pans, CENTRE)
    result = []
    for control in controls:
        value = control.value
        if sets_volume(control) and loud:
            value = min(FULL, round(value * volume / loud))
        elif sets_pan(control):
            value = min(FULL, max(0, value + pan - side))
        result.append(control if value == control.value else replace(control, value=value))
    return result


def volumes(controls: Sequence[Control]) -> tuple[Control, ...]:
    """Those of ``controls`` that say how loud the track is."""
    return tuple(control for control in controls if sets_volume(control))


def sets_volume(control: Control) -> bool:
    """Whether ``control`` says how loud the track is."""
    return control.number == VOLUME_CONTROLLER and control.kind == "controller"


def sets_pan(control: Control) -> bool:
    """Whether ``control`` says where the track sounds."""
    return control.number == PAN_CONTROLLER and control.kind == "controller"


USUAL_MIX: Final = PieceMix()


def order_with_first(index: int, tracks: int) -> TrackOrder:
    """The order of ``tracks`` tracks in which ``tracks[index]`` has come to the front."""
    return (index, *(other for other in range(tracks) if other != index))


def order_before(order: TrackOrder, tracks: int) -> TrackOrder:
    """The order that brings ``tracks`` tracks back to where they were before ``order``."""
    places = {source: index for index, source in enumerate(order) if source is not None}
    return tuple(places.get(index) for index in range(tracks))


def _sounds(composition: Composition, index: int) -> bool:
    """Whether there is a track of that index, with notes."""
    return index < len(composition.tracks) and bool(composition.tracks[index].notes)
