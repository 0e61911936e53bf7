"""Chord symbols of all kinds, as names can say them."""

from dataclasses import replace

from hypothesis import strategies as st

from composer_app.music.chord_text.parsing import parse_chord
from composer_app.music.harmony.chords import ChordSymbol

# Every quality, and what names say beyond them.
SUFFIXES = (
    *("", "m", "dim", "aug", "7", "m7", "maj7", "m7b5", "dim7", "6", "m6", "sus4", "7sus4", "aug7"),
    *("m(maj7)", "sus2", "5", "9", "13", "11", "7b9", "7#9", "7alt", "7(b9,#11)", "9#11", "7b5"),
    *("m9", "m11", "m13", "m7#5", "maj9", "maj7#11", "maj7#5", "add9", "madd9", "6/9", "m6/9"),
    *("9sus4", "13sus4", "maj7sus4", "7sus2", "dim(maj7)", "(b5)", "add11", "7add13", "aug7(b9)"),
    *("m(b13)", "sus4add9", "m(maj9)", "5add9", "7no3"),
)


def symbol(text: str, tick: int = 0, *, given: bool = True) -> ChordSymbol:
    """The symbol that ``text`` says, at ``tick``."""
    return replace(parse_chord(text, tick), given=given)


def chord_symbols(last_tick: int) -> st.SearchStrategy[tuple[ChordSymbol, ...]]:
    """Symbols from the start up to ``last_tick``, in order."""
    roots = st.sampled_from(["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"])
    chords = st.builds(
        lambda root, suffix, bass: f"{root}{suffix}{bass}",
        roots,
        st.sampled_from(SUFFIXES),
        st.just("") | roots.map("/{}".format),
    )
    symbols = st.builds(
        lambda tick, text, given: symbol(text, tick, given=given),
        st.integers(0, last_tick),
        chords | st.just("N.C."),
        st.booleans(),
    )
    return st.lists(symbols, max_size=4, unique_by=lambda each: each.tick).map(
        lambda found: tuple(sorted(found, key=lambda each: each.tick))
    )
