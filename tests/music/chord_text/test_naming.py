"""Names of chords by the key, and of their notes."""

import pytest

from composer_app.music.chord_text.naming import chord_name, plain_name, symbol_name, tone_names
from composer_app.music.chord_text.parsing import parse_chord
from composer_app.music.pitch import Key


def key(text: str) -> Key:
    """``Eb`` major, ``F#m`` minor."""
    chord = parse_chord(text).chord
    assert chord is not None
    return Key(chord.root, chord.quality.name == "min")


@pytest.mark.parametrize(
    ("in_key", "typed", "name"),
    [
        ("C", "Bb", "B♭"),
        ("C", "A#", "B♭"),
        ("C", "G#", "A♭"),
        ("C", "F#m7b5", "F♯m7♭5"),
        ("C", "Dbdim7", "C♯dim7"),
        ("C", "C#", "D♭"),
        ("C", "A7/C#", "A7/C♯"),
        ("C", "Fm/G#", "Fm/A♭"),
        ("C", "Ab/D#", "A♭/E♭"),
        ("E", "Ab", "G♯"),
        ("Eb", "G#", "A♭"),
        ("Eb", "D", "D"),
        ("F#", "A#m", "A♯m"),
        ("Db", "Gb", "G♭"),
        ("F#m", "E#dim", "E♯dim"),
        ("Cm", "B7", "B7"),
        ("Cm", "G#", "A♭"),
        ("Cm", "Ebdim", "E♭dim"),
        ("Am", "G#dim7", "G♯dim7"),
        ("Am", "Bb", "B♭"),
        ("C", "C/C#", "C/C♯"),
        ("B", "Db", "C♯"),
        ("F#", "C", "C"),
        ("C", "Gmin7", "Gm7"),
        ("C", "CΔ9", "Cmaj9"),
        ("C", "C-Δ", "Cm(maj7)"),
        ("C", "C7b13", "C7(♭13)"),
        ("C", "C7sus2", "C7sus2"),
        ("C", "N.C.", "N.C."),
    ],
)
def test_a_name_is_spelt_by_the_key(in_key: str, typed: str, name: str) -> None:
    assert symbol_name(parse_chord(typed), key(in_key)) == name


def test_the_plain_name_has_letters_that_every_program_reads() -> None:
    assert plain_name(parse_chord("A♭7(♭9)/E♭")) == "Ab7(b9)/Eb"
    assert chord_name(None) == "N.C."


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("F#m7b5", "F♯ A C E"),
        ("G7/B", "G B D F"),
        ("C/D", "D C E G"),
        ("Bdim7", "B D F A♭"),
        ("Caug", "C E G♯"),
        ("Bbm", "B♭ D♭ F"),
        ("D5", "D A"),
    ],
)
def test_the_notes_by_name(typed: str, names: str) -> None:
    chord = parse_chord(typed).chord
    assert chord is not None
    assert " ".join(tone_names(chord)) == names
