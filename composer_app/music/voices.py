"""Which tracks of a piece are melody, alto, tenor and bass: said here, and nowhere else.

A piece that Composer holds has its melody in its first track (:data:`MELODY`), also while that
has no notes; the mixer moves another track there. A file that somebody else made may have it
anywhere: :func:`find_melody` says where, and whoever reads the file puts that track in front or
works with its index.

The other voices are found by :func:`voice_tracks`. Of the two rules that there have been, the one
that took the first three other tracks let the order of a file decide, which says nothing: a choir
with a piano in front of it was compared by its piano. The other one looks at the music, and is the
one that stands here: the tracks with the most notes, from high to low. Heights are weighted by
duration, as the melody's are, so that a bass with a short flourish remains the bass.
"""

from typing import Final

from composer_app.music.composition import BAND_NAMES, VOICE_NAMES, Composition, Track

# The index of the melody's track in a piece that Composer holds.
MELODY: Final = 0

# How many voices there are, the melody among them.
FOUR: Final = len(VOICE_NAMES)

VoiceTracks = tuple[int | None, int | None, int | None]

_OTHERS: Final = tuple(name.lower() for name in VOICE_NAMES[1:])


def find_melody(composition: Composition) -> int:
    """Index of the track that most likely has the melody, in a piece just read.

    In a take of Composer's, and in a piece whose melody has been chosen, it is the first one with
    notes; else that for which most evidence speaks
    (:func:`~composer_app.music.melody_evidence.ranking.rank_melodies`). 0 where no track has notes.
    """
    # What looks at notes takes longer to import than a window may take to open.
    from composer_app.music.melody_evidence.ranking import rank_melodies

    return rank_melodies(composition).best


def has_our_voices(composition: Composition) -> bool:
    """Whether the first four tracks are a melody and three that Composer has written beneath it.

    They are an alto, a tenor and a bass, or a band's chords, bass and drums. Another program may
    have put the tracks of a take into another order, but kept their names.
    """
    names = tuple(track.name for track in composition.tracks[1:FOUR])
    return composition.origin is not None and names in (VOICE_NAMES[1:], BAND_NAMES[1:])


def has_a_band(composition: Composition) -> bool:
    """Whether the tracks beneath the melody are those of a band that Composer has written."""
    return has_our_voices(composition) and composition.tracks[1].name == BAND_NAMES[1]


def voice_tracks(composition: Composition, melody: int = MELODY) -> VoiceTracks:
    """Indices of the tracks that are alto, tenor and bass; None for a voice that is missing.

    ``melody`` is the index of the melody's track, which is none of them; nor is a track without
    notes. The voices that Composer has written are known. Other tracks keep the places that they
    are named for, as "Alto", "Tenor" and "Bass", where no name occurs twice and either all three
    are there or no track has another name. Else they are the three with the most notes, from high
    to low (by the mean of pitches weighted by duration); of two the tenor is missing, and one alone
    is the bass. The first ones of equals. Drums are no voice.
    """
    tracks = composition.tracks
    if melody == MELODY and has_our_voices(composition):
        alto, tenor, bass = (i if tracks[i].notes else None for i in range(1, FOUR))
        return alto, tenor, bass
    others = [i for i in composition.pitched_tracks if i != melody and tracks[i].notes]
    named = [i for i in others if tracks[i].name.lower() in _OTHERS]
    places = {tracks[i].name.lower(): i for i in named}
    unique = len(places) == len(named)
    if unique and named and (len(named) == len(others) or len(named) == len(_OTHERS)):
        alto, tenor, bass = (places.get(name) for name in _OTHERS)
        return alto, tenor, bass
    largest = sorted(others, key=lambda i: -len(tracks[i].notes))[: len(_OTHERS)]
    match sorted(largest, key=lambda i: -_height(tracks[i])):
        case [alto, tenor, bass]:
            return alto, tenor, bass
        case [alto, bass]:
            return alto, None, bass
        case [bass]:
            return None, None, bass
    return None, None, None


def left_out(composition: Composition, melody: int = MELODY) -> tuple[int, ...]:
    """Indices of the tracks with notes that are neither the melody nor alto, tenor or bass."""
    voices = (melody, *voice_tracks(composition, melody))
    tracks = enumerate(composition.tracks)
    return tuple(index for index, track in tracks if track.notes and index not in voices)


def four_voices(composition: Composition, melody: int = MELODY) -> tuple[Track, ...]:
    """The tracks of melody, alto, tenor and bass, one without notes for a voice that is missing."""
    tracks = composition.tracks
    found = (melody, *voice_tracks(composition, melody))
    return tuple(
        Track(name) if index is None or index >= len(tracks) else tracks[index]
        for name, index in zip(VOICE_NAMES, found, strict=True)
    )


def main_tracks(composition: Composition) -> tuple[int, ...]:
    """Indices of the tracks that a piece is measured by: where Composer has written voices they are
    the four, without what stands after them, muted perhaps; else all but drums."""
    if has_our_voices(composition):
        return tuple(index for index in range(FOUR) if not composition.tracks[index].drums)
    return composition.pitched_tracks


def main_tracks_called(composition: Composition) -> str:
    """What :func:`main_tracks` are called in a sentence."""
    if len(main_tracks(composition)) == len(composition.tracks):
        return "all tracks"
    if has_a_band(composition):
        return "melody, chords and bass"
    return "the four voices" if has_our_voices(composition) else "all but the drums"


def all_four_sound(composition: Composition, melody: int = MELODY) -> bool:
    """Whether there are a melody, an alto, a tenor and a bass, each with notes."""
    return all(track.notes for track in four_voices(composition, melody))


def _length(track: Track) -> int:
    return sum(note.duration for note in track.notes)


def _height(track: Track) -> float:
    return sum(note.pitch * note.duration for note in track.notes) / _length(track)
