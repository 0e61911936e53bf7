"""What the name of a track says of its part, in the languages that MIDI files are named in."""

import re
import unicodedata
from enum import Enum
from typing import Final


class NameKind(Enum):
    """What a track is called for."""

    # The melody, or whoever sings it.
    MELODY = "melody"
    # What is mostly a melody: the highest voice of a choir, what leads, a theme.
    LEADING = "leading"
    # What stands beneath a melody, or beside it.
    BENEATH = "beneath"
    # A voice, or a hand or desk that plays melodies; often, but of any part.
    SINGING = "singing"
    # An instrument that plays one note at a time, and melodies more often than others do.
    INSTRUMENT = "instrument"
    NOTHING = ""


# Words are separated by "|" and stand alone in a name: "Themed bells" has no theme. The first kind
# of which there is one counts.
_WORDS: Final = {
    NameKind.MELODY: (
        "melody|melodie|melodia|melodía|mélodie|melodi|melodien|melodija|melodielinie|melody line"
        "|melodiestimme|vocal|vocals|vox|vocalist|singer|sing|singing|singstimme|gesang|chant"
        "|chanteur|chanteuse|canto|cantante|cantus|cantus firmus|tune|zang|sång|sang|śpiew|wokal"
        "|ének|zpěv|laulu|мелодия|вокал|メロディ|主旋律|旋律|歌|ボーカル|ヴォーカル|人声|主唱|멜로디|보컬"
    ),
    NameKind.LEADING: (
        "soprano|sopran|soprane|soprani|superius|descant|discant|diskant|treble|dessus|сопрано"
        "|ソプラノ|女高音|lead|leader|theme|thema|tema|thème|solo|soli|solist|soloist|соло|тема|ソロ"
        "|リード|独奏"
    ),
    NameKind.BENEATH: (
        "bass|basso|basse|bassi|bassline|baixo|bajo|contrabass|contrabasso|kontrabass|бас|ベース"
        "|贝斯|베이스|drum|drums|drum kit|percussion|perc|schlagzeug|batterie|bateria|batería"
        "|batteria|ударные|ドラム|accompaniment|accomp|acc|begleitung|begl|accompagnement"
        "|accompagnamento|acompañamiento|acompanhamento|аккомпанемент|伴奏|lh|l.h.|left|left hand"
        "|linke hand|main gauche|mano sinistra|mano izquierda|chord|chords|akkord|akkorde|accords"
        "|accordi|acordes|comp|comping|rhythm|rhythmus|strum|pad|pads|string|strings|streicher"
        "|cordes|archi|cuerdas|arp|arpeggio|backing|background|harmony|harmonies|harmonie|choir"
        "|chor|chorus|coro|cello|violoncello|viola|bratsche|tuba|timpani|alto|altus|alt|tenor"
        "|tenore|ténor|альт|тенор|counterpoint|secondo"
    ),
    NameKind.SINGING: (
        "voice|voz|voix|voce|stimme|голос|rh|r.h.|right hand|rechte hand|main droite|mano destra"
        "|mano derecha|violin 1|violin i|violin1|1st violin|first violin|violine 1|violine i"
        "|1. violine|violino 1|violino i|violon 1|violon i"
    ),
    NameKind.INSTRUMENT: (
        "flute|flöte|flûte|flauto|flauta|piccolo|recorder|blockflöte|oboe|hautbois|clarinet"
        "|clarinette|clarinetto|klarinette|trumpet|trompete|trompette|tromba|trompeta|cornet"
        "|violin|violine|violino|violon|geige|fiddle|sax|saxophone|saxophon|harmonica|whistle"
        "|ocarina|フルート|笛|バイオリン"
    ),
}
# "Backing vocals", "Lead bass", "Counter melody": these take back what the others say.
_TAKES_BACK: Final = (
    "backing|background|back|backup|bgv|bg|counter|harmony|harmonies|choir|chor|chorus|bass|drum"
    "|drums|pad|pads|accompaniment|begleitung"
)
# "Soprano 2" may be all the soprano there is, but gives way to another.
_SECOND: Final = "second|secondo|zweite|2nd|2|ii|3rd|3|iii"
# "Alto sax" is no alto.
_SAXOPHONES: Final = re.compile(r"\b(alto?|tenor|bariton|baritone)[ -]?(?=sax)")


def _pattern(words: str) -> re.Pattern[str]:
    """Finds any of ``words``: alone, but for those that are written without blanks between."""
    spaced: list[str] = []
    unspaced: list[str] = []
    for word in sorted(words.split("|"), key=len, reverse=True):
        (unspaced if word[0] > "\u3000" else spaced).append(re.escape(_folded(word)))
    alone = rf"(?<![^\W_])(?:{'|'.join(spaced)})(?![^\W_])"
    return re.compile("|".join([alone, *unspaced]))


def _folded(name: str) -> str:
    """Small letters of usual width: old Japanese programs write narrow ones."""
    return unicodedata.normalize("NFKC", name).casefold()


_PATTERNS: Final = {kind: _pattern(words) for kind, words in _WORDS.items()}
_BACK: Final = _pattern(_TAKES_BACK)
_NEXT: Final = _pattern(_SECOND)


def kind_of_name(name: str) -> NameKind:
    """What ``name`` says of a part; :attr:`NameKind.NOTHING` where it says nothing."""
    folded = _SAXOPHONES.sub("", _folded(name))
    for kind, pattern in _PATTERNS.items():
        if pattern.search(folded):
            if kind not in (NameKind.MELODY, NameKind.LEADING):
                return kind
            if _BACK.search(folded):
                return NameKind.BENEATH
            return NameKind.SINGING if _NEXT.search(folded) else kind
    return NameKind.NOTHING
