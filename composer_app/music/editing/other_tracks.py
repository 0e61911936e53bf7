"""The tracks of a file that are none of the four voices, once voices have been written.

They are somebody's work, and stay in the piece after the four, with names and instruments. They do
not sound: what is written knows nothing of them, and two settings of one melody at a time are none.
Drums go on, since they clash with no harmony.
An improved piece is another thing, for its voices have sounded with the other tracks before.

A MIDI file can say that a track is silent only by its volume, which is 0 then.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from composer_app.music.composition import Composition
from composer_app.music.mix import DEFAULT_VOLUME, PieceMix
from composer_app.music.voices import FOUR, MELODY, has_our_voices, left_out


def other_tracks(
    composition: Composition, melody: int = MELODY, *, around: bool = False
) -> tuple[int, ...]:
    """Indices of the tracks with notes that stay when voices are written beneath the melody.

    Voices that Composer has written make way for new ones. So do a file's own alto, tenor and bass
    where a person has them improved, or something written ``around`` them. Nothing else does.
    """
    if around or (melody == MELODY and has_our_voices(composition)):
        return left_out(composition, melody)
    tracks = enumerate(composition.tracks)
    return tuple(index for index, track in tracks if track.notes and index != melody)


def with_other_tracks(
    voices: Composition, before: Composition, others: Sequence[int]
) -> Composition:
    """The four ``voices``, and after them the tracks of ``before`` with the indices ``others``."""
    kept = tuple(before.tracks[index] for index in others)
    return replace(voices, tracks=(*voices.tracks, *kept))


def voices_alone(composition: Composition) -> Composition:
    """Without the tracks after the four voices, where these are Composer's."""
    if not has_our_voices(composition):
        return composition
    return replace(composition, tracks=composition.tracks[:FOUR])


def without_other_tracks(composition: Composition) -> Composition:
    """Only the melody and, where there are any, the voices that Composer has written."""
    if has_our_voices(composition):
        return voices_alone(composition)
    return replace(composition, tracks=composition.tracks[: MELODY + 1])


def unheard(piece: Composition) -> tuple[int, ...]:
    """Indices of the tracks after the four voices that new ones would clash with: all but drums."""
    return tuple(index for index in piece.pitched_tracks if index >= FOUR)


def silenced(mix: PieceMix, tracks: Collection[int]) -> PieceMix:
    """``mix`` with those of ``tracks`` muted that are not."""
    for index in tracks:
        mix = mix.with_track(index, replace(mix.track(index), mute=True))
    return mix


def mix_for_file(composition: Composition, mix: PieceMix) -> PieceMix:
    """``mix`` as a file has it: nothing is soloed, and of what is muted only other tracks are."""
    others = range(FOUR, len(composition.tracks)) if has_our_voices(composition) else ()
    return PieceMix(
        tuple(
            replace(track, mute=track.mute and index in others, solo=False)
            for index, track in enumerate(mix.tracks)
        )
    )


def mix_from_file(composition: Composition, mix: PieceMix) -> PieceMix:
    """The mix of a file, whose other tracks are muted if they are silent.

    What Composer has written says so itself, and how loud they would be.
    """
    for index in range(FOUR, len(composition.tracks)) if has_our_voices(composition) else ():
        if mix.track(index).volume == 0:
            silent = replace(mix.track(index), volume=DEFAULT_VOLUME, mute=True)
            mix = mix.with_track(index, silent)
    return mix
