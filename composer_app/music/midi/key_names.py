"""Keys as mido calls them: ``Eb`` is E flat major, ``F#m`` is F sharp minor."""

from typing import Final

from composer_app.music.pitch import Key

# From F on a fifth up is a sharp more.
_LETTERS: Final = "FCGDAEB"
_MINOR_TONIC: Final = 3


def key_name(key: Key) -> str:
    """What mido calls ``key``."""
    fifths = key.sharps + 1 + (_MINOR_TONIC if key.minor else 0)
    letter, accidental = _LETTERS[fifths % 7], {-1: "b", 0: "", 1: "#"}[fifths // 7]
    return f"{letter}{accidental}{'m' if key.minor else ''}"


def key_of_name(name: str) -> Key | None:
    """The key that mido calls ``name``; None for what is no key."""
    tonic, minor = name.removesuffix("m"), name.endswith("m")
    letter, accidentals = tonic[:1], tonic[1:]
    if letter not in _LETTERS or not letter or set(accidentals) - {"#", "b"}:
        return None
    fifths = _LETTERS.index(letter) + 7 * (accidentals.count("#") - accidentals.count("b"))
    return Key.of_signature(fifths - 1 - (_MINOR_TONIC if minor else 0), minor=minor)
