"""What is heard of the mix of a piece: through the master volume, on the channels of a sink."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from composer_app.live.note_sink import DRUM_CHANNEL, LIVE_CHANNEL
from composer_app.music.mix import (
    DEFAULT_VOLUME,
    FULL,
    PAN_CONTROLLER,
    VOLUME_CONTROLLER,
    TrackMix,
)


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

    def controls(self, channels: Sequence[int]) -> Mapping[tuple[int, int], int]:
        """(channel, controller) -> value: for tracks on these ``channels``, keyboard and clicks.

        Where tracks share a channel, the first of them decides; it is silent when all are, but for
        the channel of the drums, where one may want to hear clicks.
        """
        controls = {
            (channel, VOLUME_CONTROLLER): self._scaled(DEFAULT_VOLUME)
            for channel in (LIVE_CHANNEL, DRUM_CHANNEL)
        }
        heard = {channel for index, channel in enumerate(channels) if self.audible(index)}
        for index, channel in reversed(list(enumerate(channels))):
            track = self.track(index)
            if channel in heard:
                controls[channel, VOLUME_CONTROLLER] = self._scaled(track.volume)
            elif channel != DRUM_CHANNEL:
                controls[channel, VOLUME_CONTROLLER] = 0
            controls[channel, PAN_CONTROLLER] = track.pan
        return controls

    def _scaled(self, volume: int) -> int:
        return round(volume * self.master / FULL)
