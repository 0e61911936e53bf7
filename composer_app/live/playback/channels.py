"""On which channels of a sink the tracks of a composition sound."""

from composer_app.live.note_sink import DRUM_CHANNEL, track_channel
from composer_app.music.composition import Composition


def channel_of(composition: Composition, track: int) -> int:
    """The channel (0-15) of ``tracks[track]``; drums have theirs, which the clicks share."""
    return DRUM_CHANNEL if composition.tracks[track].drums else track_channel(track)


def channels_of(composition: Composition) -> tuple[int, ...]:
    """The channel of each track; some share one."""
    return tuple(channel_of(composition, track) for track in range(len(composition.tracks)))
