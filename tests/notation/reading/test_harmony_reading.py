"""Chord symbols of MusicXML, as notation programs write them."""

import xml.etree.ElementTree as ET

import pytest

from composer_app.music.chord_text.naming import plain_name
from composer_app.music.composition import Composition
from composer_app.notation.piece_file import parse_piece
from composer_app.notation.reading.harmony_reading import symbol_of_harmony
from tests.notation.pieces import measure, note, score


def harmony(root: str, kind: str, more: str = "", text: str | None = None) -> str:
    shown = "" if text is None else f' text="{text}"'
    alter = f"<root-alter>{len(root) - 1 if root[1:2] == '#' else -1}</root-alter>"
    return (
        f"<harmony><root><root-step>{root[0]}</root-step>{alter if root[1:] else ''}</root>"
        f"<kind{shown}>{kind}</kind>{more}</harmony>"
    )


def degree(value: int, alter: int, how: str) -> str:
    return (
        f"<degree><degree-value>{value}</degree-value><degree-alter>{alter}</degree-alter>"
        f"<degree-type>{how}</degree-type></degree>"
    )


def bass(step: str, alter: int = 0) -> str:
    return f"<bass><bass-step>{step}</bass-step><bass-alter>{alter}</bass-alter></bass>"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (harmony("C", "major"), "C"),
        (harmony("Bb", "major-seventh"), "Bbmaj7"),
        (harmony("F#", "half-diminished"), "F#m7b5"),
        (harmony("G", "dominant", bass("B")), "G7/B"),
        (harmony("D", "minor-seventh", bass("E", -1)), "Dm7/Eb"),
        (harmony("C", "dominant-ninth"), "C9"),
        (harmony("C", "minor-11th"), "Cm11"),
        (harmony("C", "major-13th"), "Cmaj13"),
        (harmony("C", "suspended-fourth", degree(7, 0, "add")), "C7sus4"),
        (harmony("C", "suspended-fourth", degree(7, 1, "add")), "Cmaj7sus4"),
        (harmony("C", "dominant", degree(9, -1, "add")), "C7(b9)"),
        (harmony("C", "dominant", degree(5, 1, "alter")), "Caug7"),
        (harmony("C", "dominant", degree(5, -1, "alter")), "C7(b5)"),
        (harmony("C", "major", degree(9, 0, "add")), "Cadd9"),
        (harmony("C", "major", degree(3, 0, "subtract")), "C5"),
        (
            harmony(
                "C",
                "dominant",
                "".join(degree(v, a, "alter") for v, a in [(5, -1), (5, 1)])
                + "".join(degree(9, a, "add") for a in (-1, 1)),
            ),
            "C7alt",
        ),
        # What has no kind of its own says it in its text.
        (harmony("C", "other", text="m7b5"), "Cm7b5"),
        (harmony("C", "other", text="???"), "C"),
        (harmony("C", "", text="7"), "C7"),
        (harmony("C", "min7"), "Cm7"),
        (harmony("C", "Neapolitan"), "C"),
        # Degrees without sense leave the kind.
        (harmony("C", "dominant", degree(8, 1, "add")), "C7"),
        (harmony("C", "none"), "N.C."),
        ("<harmony><kind>none</kind></harmony>", "N.C."),
    ],
)
def test_a_harmony_is_a_symbol(written: str, name: str) -> None:
    symbol = symbol_of_harmony(ET.fromstring(written), 5)
    assert symbol is not None
    assert (symbol.tick, plain_name(symbol)) == (5, name)


@pytest.mark.parametrize(
    "written",
    [
        "<harmony/>",
        "<harmony><function>V</function><kind>major</kind></harmony>",
        harmony("X", "major"),
        "<harmony><root><root-step/></root><kind>major</kind></harmony>",
    ],
)
def test_what_has_no_root_is_none(written: str) -> None:
    assert symbol_of_harmony(ET.fromstring(written), 0) is None


def row(*parts: str, repeats: bool = True) -> list[tuple[float, str]]:
    """(beat, name) of the symbols of a score."""
    piece: Composition = parse_piece(score(*parts), "a.musicxml", repeats=repeats).composition
    return [(symbol.tick / 960, plain_name(symbol)) for symbol in piece.chords]


WHOLE = note("C4", 4)
C, G, AM = (harmony(root, kind) for root, kind in (("C", "major"), ("G", "major"), ("A", "minor")))


def late(written: str, quarters: float) -> str:
    return written.replace("</harmony>", f"<offset>{quarters}</offset></harmony>")


def test_symbols_stand_where_they_are_written() -> None:
    first = measure(C, note("C4", 2), G, note("D4", 1), late(AM, 0.5), note("E4", 1))
    assert row(first + measure(late(C, 2), WHOLE)) == [(0, "C"), (2, "G"), (3.5, "Am"), (6, "C")]
    # What is beyond its bar, or stands before it, has no place.
    assert row(measure(late(C, 9), late(G, -1), WHOLE)) == [(0, "G")]
    # After going back they stand where one has gone back to.
    back = "<backup><duration>4</duration></backup>"
    assert row(measure(WHOLE, back, late(G, 1))) == [(1, "G")]


def test_the_symbols_of_the_first_part_count() -> None:
    assert row(measure(WHOLE), measure(C, WHOLE), measure(G, WHOLE)) == [(0, "C")]


def test_a_transposing_part_sounds_elsewhere() -> None:
    attributes = (
        "<attributes><divisions>1</divisions>"
        "<transpose><chromatic>-2</chromatic></transpose></attributes>"
    )
    assert row(measure(attributes, harmony("D", "dominant", bass("F", 1)), WHOLE)) == [(0, "C7/E")]


def test_repeats_play_chords_again() -> None:
    begin, end = (
        f'<barline><repeat direction="{direction}"/></barline>'
        for direction in ("forward", "backward")
    )
    played = measure(C, WHOLE) + measure(begin, WHOLE) + measure(G, WHOLE, end) + measure(AM, WHOLE)
    # In the second bar the chord of the first one goes on, the second time too.
    assert row(played) == [(0, "C"), (8, "G"), (12, "C"), (16, "G"), (20, "Am")]
    assert row(played, repeats=False) == [(0, "C"), (8, "G"), (12, "Am")]
