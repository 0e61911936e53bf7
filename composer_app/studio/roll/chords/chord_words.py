"""What the row of chords and its tooltips say of a piece. No Qt but the row's own values."""

from composer_app.music.chord_text.naming import symbol_name, tone_names
from composer_app.music.chord_text.numerals import roman_numeral
from composer_app.music.composition import Composition
from composer_app.music.harmony.chords import ChordSymbol
from composer_app.music.pitch import Key
from composer_app.music.timing import TICKS_PER_STEP
from composer_app.studio.roll.chords.chord_row import ShownChord


def shown_chords(composition: Composition) -> list[ShownChord]:
    """The chord symbols of ``composition``, each until the next one or the end of the piece."""
    keyed = composition.chords_in_keys()
    if not keyed:
        return []
    last = composition.steps * TICKS_PER_STEP
    ends = [*(min(symbol.tick, last) for symbol, _key in keyed[1:]), last]
    return [
        ShownChord(
            symbol.tick / TICKS_PER_STEP,
            end / TICKS_PER_STEP,
            symbol_name(symbol, key),
            roman_numeral(symbol.chord, key),
            symbol.given,
            describe_chord(symbol, key),
        )
        for (symbol, key), end in zip(keyed, ends, strict=True)
        if symbol.tick < end
    ]


def describe_chord(symbol: ChordSymbol, key: Key) -> str:
    """Its name, numeral and notes, and whether it is given, in three lines."""
    source = "given" if symbol.given else "heard in the notes, or planned"
    if symbol.chord is None:
        return f"No chord\n{source}"
    bass = ", with another bass" if symbol.chord.inversion is None else ""
    notes = " ".join(tone_names(symbol.chord, key))
    numeral = roman_numeral(symbol.chord, key)
    return f"{symbol_name(symbol, key)}: {numeral} in {key.name}\n{notes}{bass}\n{source}"
