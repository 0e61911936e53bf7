"""The mix: how loud and where each track sounds, and which tracks sound at all.

Volume and pan are MIDI controllers 7 and 10, so that any synthesizer understands them. General
MIDI makes the amplitude the square of the volume: half the volume is a quarter of the amplitude.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from composer_app.live.note_sink import DRUM_CHANNEL, LIVE_CHANNEL, track_channel

VOLUME_CONTROLLER: Final = 7
PAN_CONTROLLER: Final = 10
# What a General MIDI synthesizer begins with.
DEFAULT_VOLUME: Final = 100
CENTRE: Final = 64
FULL: Final = 127


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
class Mix:
    """All tracks, and the ``master`` volume (0-127) of everything that sounds.

    Tracks beyond ``tracks`` are as :class:`TrackMix` has them. Raises ValueError for a master
    volume outside its range.
    """

    tracks: tuple[TrackMix, ...] = ()
    master: int = FULL

    def __post_init__(self) -> None:
        if not 0 <= self.master <= FULL:
            raise ValueError(f"a master volume of {self.master} is outside 0-127")

    def track(self, index: int) -> TrackMix:
        """The mix of ``tracks[index]``."""
        return self.tracks[index] if index < len(self.tracks) else TrackMix()

    def with_track(self, index: int, track: TrackMix) -> "Mix":
        """The same mix with another setting for one track."""
        length = max(len(self.tracks), index + 1)
        tracks = [self.track(other) for other in range(length)]
        tracks[index] = track
        return replace(self, tracks=tuple(tracks))

    def audible(self, index: int) -> bool:
        """Whether a track sounds: not muted, and soloed if any track is."""
        track = self.track(index)
        soloing = any(other.solo and not other.mute for other in self.tracks)
        return not track.mute and (track.solo or not soloing)

    def controls(self, tracks: int) -> Mapping[tuple[int, int], int]:
        """(channel, controller) -> value, for ``tracks`` tracks, the keyboard and the drums.

        Where tracks share a channel, the first of them decides; it is silent when all are.
        """
        controls = {
            (channel, VOLUME_CONTROLLER): self._scaled(DEFAULT_VOLUME)
            for channel in (LIVE_CHANNEL, DRUM_CHANNEL)
        }
        for index in reversed(range(tracks)):
            channel, track = track_channel(index), self.track(index)
            sharing = (other for other in range(tracks) if track_channel(other) == channel)
            heard = any(self.audible(other) for other in sharing)
            volume = self._scaled(track.volume) if heard else 0
            controls[channel, VOLUME_CONTROLLER] = volume
            controls[channel, PAN_CONTROLLER] = track.pan
        return controls

    def _scaled(self, volume: int) -> int:
        return round(volume * self.master / FULL)
