"""Chords that are heard in notes."""

from composer_app.analysis.heard_chords import heard_chords, with_heard_chords
from composer_app.music.chord_text.naming import plain_name
from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter
from tests.music.chord_symbols import symbol


def chords(*spans: tuple[int, int, str]) -> tuple[Note, ...]:
    """Pitches that sound from one step to another."""
    return tuple(
        Note(start, int(pitch), end - start)
        for start, end, pitches in spans
        for pitch in pitches.split()
    )


def heard(piece: Composition) -> list[tuple[int, str]]:
    return [(each.tick // 240, plain_name(each)) for each in heard_chords(piece)]


def piece(notes: tuple[Note, ...], meters: MeterMap | None = None) -> Composition:
    return Composition((Track("Piano", 0, notes),), meters=meters or MeterMap())


def test_a_chord_lasts_until_another_is_heard() -> None:
    notes = chords((0, 8, "48 64 67 72"), (8, 16, "47 62 65 67"), (16, 32, "48 64 67"))
    assert heard(piece(notes)) == [(0, "C"), (8, "G7/B"), (16, "C")]
    assert all(not each.given for each in heard_chords(piece(notes)))


def test_two_notes_that_the_chord_has_change_nothing() -> None:
    notes = chords((0, 4, "48 52 57"), (4, 8, "48 52"), (8, 12, "50 53 57"))
    assert heard(piece(notes)) == [(0, "Am/C"), (8, "Dm")]
    # Without a chord before them they are heard as what they may be.
    assert heard(piece(chords((0, 4, "48 52")))) == [(0, "C")]


def test_silence_ends_a_chord_when_it_lasts() -> None:
    notes = chords((0, 4, "48 52 55"), (16, 20, "48 52 55"))
    assert heard(piece(notes)) == [(0, "C")]
    long = chords((0, 4, "48 52 55"), (40, 44, "48 52 55"))
    assert heard(piece(long)) == [(0, "C"), (16, "N.C."), (40, "C")]


def test_beats_are_those_of_the_metre_after_the_upbeat() -> None:
    notes = chords((0, 2, "55 59 62"), (2, 8, "48 52 55"), (8, 14, "53 57 60"))
    meters = MeterMap.constant(Meter(6, 8), 480)
    assert heard(piece(notes, meters)) == [(0, "G"), (2, "C"), (8, "F")]


def test_one_line_has_no_chords() -> None:
    assert heard(piece(tuple(Note(i, 60 + i, 1) for i in range(8)))) == []
    assert heard(Composition()) == []


def test_tracks_that_are_silent_are_not_listened_to() -> None:
    voices = tuple(
        Track(name, 0, (Note(0, pitch, 8),))
        for name, pitch in (("Soprano", 72), ("Alto", 67), ("Tenor", 64), ("Bass", 48))
    )
    other = Track("Organ", 0, chords((0, 8, "50 54 57 61")))
    made = Composition((*voices, other), origin=Origin("bach", 0, 1.0))
    assert heard(made) == [(0, "C")]


def test_symbols_that_are_there_stay() -> None:
    given = Composition(piece(chords((0, 4, "48 52 55"))).tracks, chords=(symbol("F#m7", 0),))
    assert with_heard_chords(given) is given
    assert with_heard_chords(Composition(given.tracks)).chords == heard_chords(given)
