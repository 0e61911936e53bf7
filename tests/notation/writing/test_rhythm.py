"""Notes are written as musicians read them."""

import pytest

from composer_app.music.harmony.spelling import spelled
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.timing import Meter
from composer_app.notation.bars import Bar
from composer_app.notation.writing.rhythm import Rhythm

SHORT = {"whole": "1", "half": "2", "quarter": "4", "eighth": "8", "16th": "16", "32nd": "32"}
COMMON = Meter(4, 4)


def written(notes: list[Note], meter: Meter = COMMON, upbeat: int = 0) -> str:
    """Bars as text: "4" is a quarter, "r" a rest, "~" a tie, "." a dot, "t" of a tuplet."""
    length = meter.ticks_per_bar
    bars = [Bar(0, upbeat, meter, upbeat=True)] if upbeat else []
    while not bars or bars[-1].end < max(note.release_ticks for note in notes):
        start = bars[-1].end if bars else 0
        bars.append(Bar(start, length, meter))
    rhythm = Rhythm(notes, bars)
    voices = []
    for voice in rhythm.voices:
        in_bars = []
        for signs in rhythm.signs(voice):
            in_bars.append(
                " ".join(
                    ("" if s.notes else "r")
                    + ("bar" if s.whole_bar else SHORT[s.value or ""] + "." * s.dots)
                    + ("t" if s.tuplet else "")
                    + ("~" if s.tied_to else "")
                    for s in signs
                )
            )
            assert sum(sign.ticks for sign in signs) in (length, upbeat)
        voices.append(" | ".join(in_bars))
    return " & ".join(voices)


def steps(*spans: tuple[int, int]) -> list[Note]:
    return [Note(start, 60, duration) for start, duration in spans]


def ticks(*spans: tuple[int, int]) -> list[Note]:
    return [Note.at_ticks(onset, onset + length, 60) for onset, length in spans]


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        (steps((0, 16)), "1"),
        (steps((0, 4), (4, 8), (12, 4)), "4 2 4"),
        (steps((0, 6), (6, 2), (8, 8)), "4. 8 2"),
        (steps((0, 2), (2, 4), (6, 2), (8, 8)), "8 4 8 2"),
        (steps((6, 4)), "r4 r8 8~ 8 r8 r4"),
        (steps((0, 5)), "4~ 16 r8. r2"),
        (steps((12, 8)), "r2 r4 4~ | 4 r4 r2"),
        (steps((16, 16)), "rbar | 1"),
        (steps((0, 1), (1, 3)), "16 8. r4 r2"),
        (ticks((0, 320), (320, 320), (640, 320)), "8t 8t 8t r4 r2"),
        (ticks((0, 640), (640, 320)), "4t 8t r4 r2"),
        (ticks((0, 640)), "4t r8t r4 r2"),
        (ticks((0, 160), (160, 160), (320, 160), (480, 480)), "16t 16t 16t 8.t r4 r2"),
        (ticks((0, 120), (120, 120), (240, 720)), "32 32 8. r4 r2"),
        (ticks((3, 955), (961, 950)), "4 4 r2"),
        (ticks((0, 320), (320, 1600)), "8t 4t~ 4 r2"),
    ],
)
def test_note_values(notes: list[Note], expected: str) -> None:
    assert written(notes) == expected


def test_what_stands_on_no_grid_is_written_on_sixteenths() -> None:
    assert written(ticks((190, 640), (1155, 800))) == "r16 8 r16 r16 8. r2"


@pytest.mark.parametrize(
    ("meter", "notes", "expected"),
    [
        (Meter(6, 8), steps((0, 12)), "2."),
        (Meter(6, 8), steps((0, 6), (6, 2), (8, 4)), "4. 8 4"),
        (Meter(6, 8), steps((4, 4)), "r4 8~ 8 r4"),
        (Meter(3, 4), steps((0, 12)), "2."),
        (Meter(3, 4), steps((4, 8)), "r4 2"),
        (Meter(2, 2), steps((0, 4), (4, 8), (12, 4)), "4 2 4"),
        (Meter(7, 8), steps((0, 14)), "2.~ 8"),
        (Meter(3, 8), steps((0, 6)), "4."),
    ],
)
def test_note_values_show_the_metre(meter: Meter, notes: list[Note], expected: str) -> None:
    assert written(notes, meter) == expected


def test_an_upbeat_is_the_end_of_a_bar() -> None:
    assert written(steps((0, 4), (4, 16)), upbeat=960) == "4 | 1"
    assert written(steps((0, 2), (2, 4), (6, 16)), upbeat=1440) == "8 4 | 1"


def test_chords_and_voices() -> None:
    assert written([Note(0, 60, 8), Note(0, 64, 8), Note(8, 60, 8)]) == "2 2"
    assert written([Note(0, 60, 16), Note(4, 64, 4)]) == "1 & r4 4 r2"


def beams(notes: list[Note], meter: Meter) -> list[str]:
    rhythm = Rhythm(notes, [Bar(0, meter.ticks_per_bar, meter)])
    short = {"begin": "[", "continue": "-", "end": "]", "forward hook": ">", "backward hook": "<"}
    return ["".join(short[b] for b in sign.beams) for sign in rhythm.signs(rhythm.voices[0])[0]]


@pytest.mark.parametrize(
    ("notes", "meter", "expected"),
    [
        (steps(*((2 * i, 2) for i in range(8))), Meter(4, 4), "[ - - ] [ - - ]"),
        (steps(*((2 * i, 2) for i in range(6))), Meter(6, 8), "[ - ] [ - ]"),
        (steps(*((2 * i, 2) for i in range(6))), Meter(3, 4), "[ ] [ ] [ ]"),
        (steps((0, 3), (3, 1), (4, 4), (8, 8)), Meter(4, 4), "[ ]<  "),
        (steps((0, 1), (1, 2), (3, 1), (4, 4), (8, 8)), Meter(4, 4), "[> - ]<  "),
        (steps((0, 2), (4, 2), (8, 8)), Meter(4, 4), "    "),
    ],
)
def test_beams_join_beats(notes: list[Note], meter: Meter, expected: str) -> None:
    assert " ".join(beams(notes, meter)) == expected


@pytest.mark.parametrize(
    ("key", "fifths", "names"),
    [
        (Key(0), 0, "C C# D Eb E F F# G G# A Bb B"),
        (Key(9, minor=True), 0, "C C# D D# E F F# G G# A Bb B"),
        (Key(0, minor=True), -3, "C Db D Eb E F F# G Ab A Bb B"),
        (Key(2), 2, "C C# D D# E F F# G G# A A# B"),
        (Key(3), -3, "C Db D Eb E F Gb G Ab A Bb B"),
        (Key(6), 6, "B# C# Cx D# E E# F# Fx G# A A# B"),
        (Key(10, minor=True), -5, "C Db D Eb E F Gb G Ab A Bb Cb"),
    ],
)
def test_pitches_are_spelled_by_the_key(key: Key, fifths: int, names: str) -> None:
    signs = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "x"}
    assert key.sharps == fifths
    found = [spelled(60 + i, fifths, minor=key.minor) for i in range(12)]
    assert " ".join(each.step + signs[each.alter] for each in found) == names


def test_octaves_count_from_the_letter() -> None:
    assert (spelled(60, 6).step, spelled(60, 6).octave) == ("B", 3)
    assert (spelled(59, -5, minor=True).step, spelled(59, -5, minor=True).octave) == ("C", 4)
    assert spelled(60, 0).octave == 4
