"""What people type for chords, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.errors import ChordError
from composer_app.music.chord_text.naming import chord_name, plain_name, symbol_name
from composer_app.music.chord_text.parsing import find_chord, parse_chord
from composer_app.music.harmony.chords import CHORD_QUALITIES, Chord, ChordSymbol, Quality
from composer_app.music.pitch import Key

# Quality and extensions behind a root, in every way that charts write them.
SUFFIXES = {
    "maj": ["", "M", "maj", "Maj", "major"],
    "min": ["m", "-", "min", "MIN", "mi", "−", "minor"],
    "dim": ["dim", "°", "o", "º", "mb5", "m(b5)", "Dim"],
    "aug": ["+", "aug", "+5", "(#5)"],
    "7": ["7", "dom7", "7no5"],
    "m7": ["m7", "-7", "min7", "mi7", "MI7"],
    "maj7": ["maj7", "M7", "Δ", "Δ7", "^", "^7", "ma7", "MAJ7", "Maj7", "j7", "(maj7)"],
    "m7b5": ["m7b5", "ø", "Ø7", "h7", "-7b5", "m7(b5)", "min7-5", "halfdim", "half-diminished7"],
    "dim7": ["dim7", "°7", "o7"],
    "6": ["6", "M6", "maj6", "add6"],
    "m6": ["m6", "-6", "min6"],
    "sus4": ["sus4", "sus", "4", "(sus4)"],
    "7sus4": ["7sus4", "7sus", "sus7", "sus4(7)"],
    "aug7": ["aug7", "+7", "7#5", "7+", "7+5", "7(♯5)"],
    "mMaj7": ["mMaj7", "mM7", "m(maj7)", "-Δ7", "mΔ", "min(maj7)", "m+7", "mmaj7"],
    "sus2": ["sus2", "2"],
    "5": ["5", "no3", "(omit3)"],
    "7 9": ["9", "7add9", "7/9"],
    "7 9 11": ["11"],
    "7 9 13": ["13"],
    "7 b9": ["7b9", "7(b9)", "7-9", "7♭9"],
    "7 #9": ["7#9", "7+9"],
    "7 9 #11": ["9#11", "9(#11)"],
    "7 b9 #11": ["7(b9,#11)", "7b9#11", "7 (b9 #11)"],
    "7 b5": ["7b5", "7-5"],
    "7 b5 #5 b9 #9": ["7alt", "alt"],
    "7 13": ["7add13", "7/6"],
    "m7 9": ["m9", "-9", "min9"],
    "m7 9 11": ["m11"],
    "m7 #5": ["m7#5"],
    "maj7 9": ["maj9", "M9", "Δ9"],
    "maj7 #11": ["maj7#11", "Δ#11", "maj7(+11)"],
    "maj7 #5": ["maj7#5", "+maj7"],
    "maj 9": ["add9", "add2", "(add9)"],
    "min 9": ["madd9", "m(add9)"],
    "maj 11": ["add4", "add11"],
    "maj b5": ["(b5)"],
    "min b13": ["mb6"],
    "6 9": ["6/9", "69", "6add9"],
    "m6 9": ["m6/9", "m69"],
    "7sus4 9": ["9sus4", "9sus", "sus9"],
    "7sus4 9 13": ["13sus4"],
    "sus4 9": ["sus4add9", "sus2sus4"],
    "sus4 maj7": ["maj7sus4"],
    "sus2 7": ["7sus2"],
    "dim maj7": ["°M7", "dim(maj7)"],
}
NO_CHORDS = [
    "",
    " ",
    "Go on",
    "C" * 41,
    "C/",
    "C/X",
    "C/9",
    "Am7/",
    "C#m7b",
    "Cadd",
    "Cno4",
]
NO_CHORDS += ["X", "I", "Hello", "C8", "Cx", "Hb", "Fs", "C7b7", "C77b", "Cmm", "C7dom", "Verse"]
NO_CHORDS += ["A1", "Cdim7#5", "Amen"]
CASES = [(suffix, expected) for expected, each in SUFFIXES.items() for suffix in each]


@pytest.mark.parametrize(("suffix", "expected"), CASES)
def test_the_quality_behind_a_root(suffix: str, expected: str) -> None:
    quality, *extensions = expected.split()
    for name, root in (("C", 0), ("F#", 6), ("B♭", 10)):
        symbol = parse_chord(f" {name}{suffix} ", 960)
        assert symbol == ChordSymbol(960, Chord.of_name(root, quality), tuple(extensions))


@pytest.mark.parametrize(
    ("text", "root", "bass"),
    [
        ("G7/B", 7, 11),
        ("Dm/F", 2, 5),
        ("C/Bb", 0, 10),
        ("C6/9/E", 0, 4),
        ("D/f#", 2, 6),
        ("Cb", 11, 11),
        ("B#", 0, 0),
        ("E##", 6, 6),
        ("Bbb", 9, 9),
        # H is B natural whoever writes it, and B is B.
        ("H7", 11, 11),
        ("B7", 11, 11),
        ("G/H", 7, 11),
        ("Fis", 6, 6),
        ("Es7", 3, 3),
        ("As/Es", 8, 3),
        ("Des", 1, 1),
        ("Cism", 1, 1),
        # Nothing English is meant by these alone; by those it is.
        ("As", 8, 8),
        ("Asus4", 9, 9),
        ("Esus4", 4, 4),
        ("Essus4", 3, 3),
        # A small letter where minor or major is said.
        ("am", 9, 9),
        ("bbm7", 10, 10),
        ("cmaj7", 0, 0),
    ],
)
def test_roots_and_basses(text: str, root: int, bass: int) -> None:
    chord = parse_chord(text).chord
    assert chord is not None
    assert (chord.root, chord.bass) == (root, bass)


@pytest.mark.parametrize("text", ["N.C.", "NC", "n.c.", "N. C.", "tacet"])
def test_no_chord(text: str) -> None:
    assert parse_chord(text, 3) == ChordSymbol(3, None)


@pytest.mark.parametrize(
    "text",
    NO_CHORDS,
)
def test_what_is_no_chord(text: str) -> None:
    assert find_chord(text) is None
    with pytest.raises(ChordError):
        parse_chord(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Zm", "“Zm” is no chord: write it as in C, Am, G7/B, Bbmaj7, F#m7b5, Csus4 or N.C."),
        ("g7", "“g7” is no chord: write G7 or Gm7."),
        ("bb", "“bb” is no chord: write Bb or Bbm."),
    ],
)
def test_the_sentence_says_what_to_write(text: str, sentence: str) -> None:
    with pytest.raises(ChordError) as caught:
        parse_chord(text)
    assert str(caught.value) == sentence


@given(st.text(alphabet="CGEBb#mMajdisu0123456799+-()/°øΔ.", max_size=12))
def test_any_text_is_a_chord_that_its_name_says_again_or_none(text: str) -> None:
    symbol = find_chord(text)
    if symbol is not None:
        assert find_chord(symbol_name(symbol)) == symbol
        assert find_chord(plain_name(symbol)) == symbol


@given(
    st.integers(0, 11),
    st.sampled_from(CHORD_QUALITIES),
    st.integers(0, 11),
    st.integers(0, 11),
    st.booleans(),
)
def test_a_name_in_any_key_is_read_as_the_same_chord(
    root: int, quality: Quality, bass: int, tonic: int, minor: bool
) -> None:
    chord = Chord(root, quality, bass)
    name = chord_name(chord, Key(tonic, minor))
    assert parse_chord(name).chord == chord
    assert "♯♯" not in name
    assert "♭♭" not in name
