"""Which track of a piece most likely has the melody, which could have it instead, and why.

Each track has a score, the sum of what speaks for it and against it, in nats: a track whose score
is higher by 1 is e times as likely to have the melody. What counts, and how much:

- the notes (:mod:`~composer_app.music.melody_evidence.notes`): being the highest line, one note at
  a time, moving by step, without leaps, often, in a varied rhythm, and not widely. These weights
  (:mod:`~composer_app.music.melody_evidence.weights`) are fitted, as a conditional logit
  (McFadden 1974), to music whose melody is known;
- the name, the words that are sung, the instrument, the place in the file, and whether a part
  plays seldom. No corpus at hand has these as people's files have them, so their weights
  are set by hand, from the rule that what a file says outweighs what its notes suggest.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Final

from composer_app.music.composition import Composition, Track
from composer_app.music.melody_evidence.names import NameKind, kind_of_name
from composer_app.music.melody_evidence.notes import NoteEvidence, note_evidence
from composer_app.music.melody_evidence.weights import WEIGHTS
from composer_app.music.timing import nearest_step
from composer_app.translation import Message, _

# What a name says. Nothing in the notes outweighs a melody's, whatever a part does.
_NAMES: Final = {
    NameKind.MELODY: 25.0,
    NameKind.LEADING: 12.0,
    NameKind.SINGING: 3.0,
    NameKind.INSTRUMENT: 1.5,
    NameKind.NOTHING: 0.0,
    NameKind.BENEATH: -4.0,
}
# For a track of which each note has a syllable, and each syllable a note.
_WORDS: Final = 25.0
# Fewer syllables are no song.
_LEAST_SUNG: Final = 4
# For the instruments of General MIDI, counted from 0: what plays tunes, and what hardly does.
_TUNEFUL: Final = 1.5
_ACCOMPANYING: Final = -1.5
_BASSES: Final = -4.0
_PROGRAMS: Final = (
    (range(32, 40), _BASSES),
    (range(48, 52), _ACCOMPANYING),  # strings
    (range(88, 104), _ACCOMPANYING),  # pads and effects
    (range(112, 128), _BASSES),  # percussion and noises
    ((47, 55), _BASSES),  # timpani, orchestra hit
    ((22, 40, 53, 56, 59, 110), _TUNEFUL),  # harmonica, violin, voice, trumpets, fiddle
    (range(64, 67), _TUNEFUL),  # saxophones
    ((68, 71), _TUNEFUL),  # oboe, clarinet
    (range(72, 80), _TUNEFUL),  # flutes
    (range(80, 88), _TUNEFUL),  # leads
)
# Many programs put the melody first, and karaoke files on channel 4.
_FIRST: Final = 0.3
_CHANNELS: Final = {"Channel 1": 0.3, "Channel 4": 0.5}
# For a part that hardly plays at all.
_SELDOM: Final = -20.0
# What tells two parts apart by less is no reason to name.
_WORTH_NAMING: Final = 0.7
# What the file itself says so clearly that nobody need be asked.
_CLEAR: Final = 8.0
_NAME, _SUNG, _INSTRUMENT, _PLACE, _RARE = "name", "words", "instrument", "place", "seldom"
_REASONS: Final = {
    "top": _("it is the highest line"),
    "single": _("it plays one note at a time"),
    "stepwise": _("it moves by step"),
    "leaps": _("it leaps least"),
    "busy": _("it moves most"),
    "rhythm": _("its rhythm varies most"),
    "wide": _("it keeps to a narrow range"),
    _RARE: _("it plays throughout"),
    _NAME: _("its name suggests it"),
    _SUNG: _("the words are sung to it"),
    _INSTRUMENT: _("its instrument plays melodies"),
    _PLACE: _("it comes first"),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A track that may have the melody: its index, and what each evidence adds to its score."""

    track: int
    evidence: dict[str, float]

    @property
    def score(self) -> float:
        """In nats."""
        return sum(self.evidence.values())


@dataclass(frozen=True, slots=True)
class Ranking:
    """The tracks with notes, the most likely melody first.

    ``known`` says why, where nobody had to look: it is a take, or the melody has been chosen.
    """

    candidates: tuple[Candidate, ...]
    known: Message | None = None

    @property
    def best(self) -> int:
        """Index of the melody's track; 0 where no track has notes."""
        return self.candidates[0].track if self.candidates else 0

    @property
    def next_best(self) -> int | None:
        """Index of the track that would be taken instead; None where there is no other."""
        return self.candidates[1].track if len(self.candidates) > 1 else None

    @property
    def clear(self) -> bool:
        """Whether the file itself says so: nobody need be asked whether it is right."""
        if self.known is not None or len(self.candidates) < 2:
            return True
        ahead = self._ahead()
        return ahead[_NAME] + ahead[_SUNG] >= _CLEAR

    @property
    def reason(self) -> Message:
        """Why it is the first one and not the second, in a clause."""
        if self.known is not None:
            return self.known
        if len(self.candidates) < 2:
            return _("no other track has notes")
        ahead = self._ahead()
        if ahead[_NAME] >= _CLEAR:
            return _("it is named for a melody")
        if ahead[_SUNG] >= _CLEAR:
            return _REASONS[_SUNG]
        evidence = [candidate.evidence for candidate in self.candidates]
        said = [
            _REASONS[name]
            for name in sorted(ahead, key=lambda name: -ahead[name])
            # "The highest line" is one that none of the others is above.
            if ahead[name] >= _WORTH_NAMING and evidence[0][name] == max(e[name] for e in evidence)
        ]
        match said:
            case [most, more, *_less]:
                return _("{most}, and {more}", most=most, more=more)
            case [only]:
                return only
        if sum(ahead.values()) >= _WORTH_NAMING:
            return _("it moves most like a melody")
        return _("nothing tells it from the others, and it comes first")

    def speaks_for(self, candidate: Candidate) -> Message:
        """What speaks for one of the candidates beside all others, in a clause."""
        others = [each.evidence for each in self.candidates if each is not candidate]
        if not others:
            return _("no other track has notes")
        leads = {
            name: value - fmean(other[name] for other in others)
            for name, value in candidate.evidence.items()
            # Where it stands in the piece by now is no reason.
            if name != _PLACE and value >= max(other[name] for other in others)
        }
        said = [name for name, lead in leads.items() if lead >= _WORTH_NAMING]
        said.sort(key=lambda name: -leads[name])
        match [_REASONS[name] for name in said]:
            case [most, more, *_less]:
                return _("{most}, and {more}", most=most, more=more)
            case [only]:
                return only
        return _("others are more like a melody")

    def _ahead(self) -> dict[str, float]:
        """By how much each evidence speaks for the first, and not the second."""
        first, second = (candidate.evidence for candidate in self.candidates[:2])
        return {name: value - second[name] for name, value in first.items()}


def rank_melodies(composition: Composition) -> Ranking:
    """The tracks with notes of ``composition`` but for drums, the most likely melody first.

    In a take of Composer's, and in a piece whose melody has been chosen, it is the first track.
    Of equals it is the first one.
    """
    tracks = composition.tracks
    sounding = [index for index in composition.pitched_tracks if tracks[index].notes]
    sung = _sung(composition)
    candidates = _candidates(composition, sounding, sung)
    known = None
    if composition.origin is not None:
        known = _("Composer has written the other voices beneath it")
    elif composition.melody_chosen:
        known = _("it was chosen for it")
    candidates.sort(key=lambda each: -each.score)
    if known is not None:
        candidates.sort(key=lambda each: each.track != sounding[0])
    # What would be taken if the first were not there: an alto is the highest line then.
    without = [index for index in sounding if index != candidates[0].track]
    scores = {each.track: each.score for each in _candidates(composition, without, sung)}
    rest = sorted(candidates[1:], key=lambda each: -scores[each.track])
    return Ranking((*candidates[:1], *rest), known)


def _sung(composition: Composition) -> frozenset[int]:
    """The steps at which there are words to be sung, whichever track of the file holds them.

    Karaoke files have them as texts of a track without notes; titles and remarks are few.
    """
    texts = [*composition.texts, *(text for track in composition.tracks for text in track.texts)]
    for kind in ("lyrics", "text"):
        steps = frozenset(nearest_step(each.tick) for each in texts if each.kind == kind)
        if len(steps) >= _LEAST_SUNG:
            return steps
    return frozenset()


def _candidates(
    composition: Composition, indices: Sequence[int], sung: frozenset[int]
) -> list[Candidate]:
    """The tracks with these ``indices``, as if there were no others."""
    tracks = [composition.tracks[index] for index in indices]
    return [
        Candidate(index, _evidence(track, notes, sung, first=index == indices[0]))
        for index, track, notes in zip(indices, tracks, note_evidence(tracks), strict=True)
    ]


def _evidence(
    track: Track, notes: NoteEvidence, sung: frozenset[int], *, first: bool
) -> dict[str, float]:
    measured = asdict(notes)
    kind = kind_of_name(track.name)
    place = (_FIRST if first else 0.0) + _CHANNELS.get(track.name, 0.0)
    return {
        **{name: weight * measured[name] for name, weight in WEIGHTS.items()},
        _RARE: _SELDOM * notes.seldom,
        _NAME: _NAMES[kind],
        _SUNG: _WORDS * _agreement(track, sung),
        _INSTRUMENT: _instrument(track.program),
        _PLACE: place,
    }


def _agreement(track: Track, sung: frozenset[int]) -> float:
    """How well the notes' beginnings and the syllables agree, 0 to 1: the F1 score."""
    begun = {note.start for note in track.notes}
    return 2 * len(begun & sung) / (len(begun) + len(sung)) if sung else 0.0


def _instrument(program: int) -> float:
    return next((weight for programs, weight in _PROGRAMS if program in programs), 0.0)
