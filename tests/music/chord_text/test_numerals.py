"""Roman numerals in major and minor, as a teacher of harmony would write them."""

import pytest

from composer_app.music.chord_text.numerals import roman_numeral
from composer_app.music.chord_text.parsing import parse_chord
from composer_app.music.chord_text.progression import parse_progression
from composer_app.music.pitch import Key

C, A_MINOR, E_FLAT = Key(0), Key(9, minor=True), Key(3)


@pytest.mark.parametrize(
    ("key", "chords", "numerals"),
    [
        (C, "C Dm Em F G Am Bdim", "I ii iii IV V vi vii°"),
        (C, "C/E C/G G7 G7/B G7/D G7/F", "I6 I6/4 V7 V6/5 V4/3 V4/2"),
        (C, "Dm7 Dm7/F Cmaj7 Fmaj7/A Bm7b5 Bm7b5/D", "ii7 ii6/5 Imaj7 IVmaj6/5 viiø7 viiø6/5"),
        (C, "D D7 D7/F# E7 A7 B7 C7", "V/V V7/V V6/5/V V7/vi V7/ii V7/iii V7/IV"),
        (C, "C#dim7 D#dim F#m7b5 F#dim/A G#dim7", "vii°7/ii vii°/iii viiø7/V vii°6/V vii°4/2"),
        (C, "Bdim7 Ddim7 Fdim7 Ebdim7 Cdim7", "vii°7 vii°6/5 vii°4/3 vii°7/iii vii°4/3/V"),
        (C, "Ab Bb Eb Db/F Fm Gm", "♭VI ♭VII ♭III ♭II6 iv v"),
        (
            C,
            "Csus4 G7sus4 C6 Dm6 Caug G7#5 Cm(maj7) C5",
            "Isus4 V7sus4 I(add6) ii(add6) I+ V+7 imaj7 I5",
        ),
        (C, "C/D Csus4/F N.C.", "I/D Isus4/F N.C."),
        (A_MINOR, "Am Bdim C Dm E Em F G G#dim", "i ii° III iv V v VI VII vii°"),
        (A_MINOR, "E7 E7/G# Bm7b5/D G#dim7 Am/C Am/E", "V7 V6/5 iiø6/5 vii°7 i6 i6/4"),
        (A_MINOR, "A A7 B7 G7 C7 D F#m7b5 Bb/D", "I V7/iv V7/V V7/III V7/VI IV ♯viø7 ♭II6"),
        (
            A_MINOR,
            "D#dim7 C#dim7 Adim7",
            "vii°7/V vii°7/iv vii°4/3/V",
        ),
        (E_FLAT, "Eb Bb7/D Cm F7/A Ab", "I V6/5 vi V6/5/V IV"),
    ],
)
def test_numerals(key: Key, chords: str, numerals: str) -> None:
    found = [roman_numeral(parse_chord(text).chord, key) for text in chords.split()]
    assert " ".join(found) == numerals


def test_the_row_of_an_example() -> None:
    bars = parse_progression("C | G7/B | Am F | C").bars
    symbols = [slot.symbol for bar in bars for slot in bar if slot.symbol]
    assert [roman_numeral(each.chord, C) for each in symbols] == ["I", "V6/5", "vi", "IV", "I"]
