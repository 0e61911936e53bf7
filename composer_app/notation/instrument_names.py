"""Which General MIDI program a part of a score is played with, by what it is called."""

import re
from typing import Final

from composer_app.music.instrumentation.instruments import INSTRUMENT_NAMES

# Programs count from 0. In the order in which they are looked for: "bass clarinet" is no bass.
_WORDS: Final = (
    (r"cor anglais|english horn|englischhorn", 69),
    (r"saxophone|saxophon|sax\b", 65),
    (r"clarinet|klarinette|clarinetto", 71),
    (r"bassoon|fagott?o?\b", 70),
    (r"oboe|hautbois", 68),
    (r"piccolo", 72),
    (r"recorder|blockflöte", 74),
    (r"flute|flöte|flauto|flûte", 73),
    (r"trombone|posaune", 57),
    (r"trumpet|trompete|tromba|trompette|cornet", 56),
    (r"tuba", 58),
    (r"horn\b|corno|\bcor\b", 60),
    (r"contrabass|double ?bass|kontrabass", 43),
    (r"cello", 42),
    (r"viola|bratsche", 41),
    (r"violin|violon|geige|fiddle", 40),
    (r"strings|streicher", 48),
    (r"bass guitar|electric bass", 33),
    (r"guitar|gitarre|chitarra", 24),
    (r"harpsichord|cembalo|clavecin", 6),
    (r"organ|orgel|orgue|organo", 19),
    (r"harp\b|harfe", 46),
    (r"accordion|akkordeon", 21),
    (r"piano|klavier|keyboard", 0),
    (
        r"soprano|sopran\b|\balto?\b|contralto|mezzo|tenore?\b|baritone?\b|\bbass[eo]?\b"
        r"|choir|chor\b|chorus|voices?\b|vocals?\b|stimmen?\b|\bsatb\b",
        52,
    ),
)
_PATTERNS: Final = tuple((re.compile(words, re.IGNORECASE), program) for words, program in _WORDS)
_BY_NAME: Final = {name.lower(): program for program, name in enumerate(INSTRUMENT_NAMES)}


def program_of(name: str, sound: str = "") -> int:
    """The program for a part called ``name``, or for a sound of MusicXML such as wind.flutes.flute.

    The piano (0) where nothing says more.
    """
    words = f"{sound.replace('.', ' ')} {name}"[:400]
    exact = _BY_NAME.get(name.strip().lower())
    if exact is not None:
        return exact
    return next((program for pattern, program in _PATTERNS if pattern.search(words)), 0)
