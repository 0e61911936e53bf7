"""ABC tunes, as people write them, and what is heard of them."""

import pytest

from composer_app.music.chord_text.naming import plain_name
from composer_app.music.composition import Composition
from composer_app.music.timing import Meter
from composer_app.notation.piece_file import parse_piece

HEAD = "X:1\nT:Tune\nM:4/4\nL:1/4\nK:C\n"


def read(text: str, *, repeats: bool = True) -> Composition:
    return parse_piece(text.encode(), "x.abc", repeats=repeats).composition


def heard(text: str, head: str = HEAD) -> list[tuple[float, float, int]]:
    """(onset, length, pitch) in quarters."""
    (track,) = read(head + text).tracks
    return sorted(
        (n.onset_ticks / 960, (n.release_ticks - n.onset_ticks) / 960, n.pitch) for n in track.notes
    )


def pitches(text: str, head: str = HEAD, *, repeats: bool = True) -> list[int]:
    return [
        note.pitch for track in read(head + text, repeats=repeats).tracks for note in track.notes
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C,Cc c'", [48, 60, 72, 84]),
        ("C,, B", [36, 71]),
        ("^F _B =F", [66, 70, 65]),
        ("^F F|F", [66, 66, 65]),
        ("^F f", [66, 77]),
        ("^^C __D", [62, 60]),
        ("[CEG]", [60, 64, 67]),
        ('"Am"A "^text with CDE"B', [69, 71]),
        ("!trill!C !f!D", [60, 62]),
        ("C % a comment with DEF\nE", [60, 64]),
        ("(CD) .E ~F TG", [60, 62, 64, 65, 67]),
        ("C\\\nD", [60, 62]),
        ("C y D", [60, 62]),
    ],
)
def test_letters_are_pitches(text: str, expected: list[int]) -> None:
    assert pitches(text) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("G", [66, 71]),
        ("F", [65, 70]),
        ("Am", [65, 71]),
        ("A minor", [65, 71]),
        ("Ador", [66, 71]),
        ("D Mixolydian", [66, 71]),
        ("Bb", [65, 70]),
        ("F#m", [66, 71]),
        ("Hp", [66, 71]),
        ("none", [65, 71]),
        ("C ^f _B", [66, 70]),
        ("C transpose=-12", [53, 59]),
    ],
)
def test_the_key_alters_them(key: str, expected: list[int]) -> None:
    assert pitches("FB", f"X:1\nL:1/4\nK:{key}\n") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C2 D/ E/2", [(0, 2, 60), (2, 0.5, 62), (2.5, 0.5, 64)]),
        ("C3/2 D// z E", [(0, 1.5, 60), (1.5, 0.25, 62), (2.75, 1, 64)]),
        ("C>D E<F", [(0, 1.5, 60), (1.5, 0.5, 62), (2, 0.5, 64), (2.5, 1.5, 65)]),
        ("C>>D", [(0, 1.75, 60), (1.75, 0.25, 62)]),
        ("(3CDE F", [(0, 2 / 3, 60), (2 / 3, 2 / 3, 62), (4 / 3, 2 / 3, 64), (2, 1, 65)]),
        ("(3:2:2 C2D E", [(0, 4 / 3, 60), (4 / 3, 2 / 3, 62), (2, 1, 64)]),
        ("C-C|C", [(0, 2, 60), (2, 1, 60)]),
        ("^F-|F F", [(0, 2, 66), (2, 1, 65)]),
        ("[C2E2]3/2 D", [(0, 3, 60), (0, 3, 64), (3, 1, 62)]),
        ("[CE]-[CE]", [(0, 2, 60), (0, 2, 64)]),
        ("C2{d}E", [(0, 11 / 6, 60), (11 / 6, 1 / 6, 74), (2, 1, 64)]),
        ("C4|Z2|D4", [(0, 4, 60), (12, 4, 62)]),
        ("C4&E2", [(0, 2, 64), (0, 4, 60)]),
        ("C[L:1/8]D [M:3/4]E", [(0, 1, 60), (1, 0.5, 62), (1.5, 0.5, 64)]),
    ],
)
def test_numbers_are_lengths(text: str, expected: list[tuple[float, float, int]]) -> None:
    assert [tuple(map(pytest.approx, each)) for each in expected] == heard(text)


C, D, E, F, G = 60, 62, 64, 65, 67


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C4|D4:|", [C, D, C, D]),
        ("C4|:D4|E4:|F4", [C, D, E, D, E, F]),
        ("|:C4|D4:|\n|:E4:|", [C, D, C, D, E, E]),
        ("|:C4::D4:|", [C, C, D, D]),
        ("|:C4|1 D4:|2 E4|]F4", [C, D, C, E, F]),
        ("|:C4|[1 D4:|[2 E4||F4", [C, D, C, E, F]),
        ("|:C4|1,2 D4:|3 E4|]", [C, D, C, D, C, E]),
        ("|:C4|1 D4|E4:|2 F4:|G4", [C, D, E, C, F, G]),
        ("C4|!fine!D4|E4!D.C.!|]", [C, D, E, C, D]),
        ("C4|!segno!D4|E4|!D.S.!F4|]", [C, D, E, F, D, E, F]),
    ],
)
def test_repeats_are_played_out(text: str, expected: list[int]) -> None:
    assert pitches(text) == expected


def test_each_bar_is_there_once_where_repeats_are_not_wanted() -> None:
    assert pitches("|:C4|1 D4:|2 E4|]", repeats=False) == [C, D, E]


def test_metre_tempo_title_and_length_are_read() -> None:
    piece = read('X:1\nT:A Tune\nM:6/8\nQ:"Fast" 3/8=80\nK:G\nG6|')

    assert (piece.meter, piece.tempo.initial_bpm, piece.title) == (Meter(6, 8), 120, "A Tune")
    assert piece.tracks[0].notes[0].duration == 12


@pytest.mark.parametrize(
    ("meter", "steps"), [("C", 2), ("C|", 2), ("2/4", 1), ("3/4", 2), ("6/8", 2), ("none", 2)]
)
def test_the_usual_length_goes_by_the_metre(meter: str, steps: int) -> None:
    assert read(f"X:1\nM:{meter}\nK:C\nC").tracks[0].notes[0].duration == steps


def test_voices_are_tracks() -> None:
    piece = read(
        'X:1\nM:4/4\nL:1/4\nV:S name="Soprano"\nV:B name="Bass" clef=bass\nK:C\n'
        "V:S\ncdef|\nV:B\nC,4|\n[V:S]g4|\n[V:B]G,,4|"
    )

    assert [(t.name, [n.pitch for n in t.notes]) for t in piece.tracks] == [
        ("Soprano", [72, 74, 76, 77, 79]),
        ("Bass", [48, 43]),
    ]
    assert [note.start for note in piece.tracks[1].notes] == [0, 16]


def test_the_first_tune_of_a_book_is_read() -> None:
    book = f"% a book\n\n{HEAD}C4|\n\nX:2\nT:Other\nK:C\nD4|"

    assert read(book).title == "Tune"
    assert pitches("C4|\n\nX:2\nK:C\nD4|") == [60]


def test_older_letters_are_read() -> None:
    text = HEAD.replace("Tune", "Für Elise").encode("latin-1") + b"C"

    assert parse_piece(text, "x.abc").composition.title == "Für Elise"


def test_what_a_tune_is_shows_in_its_letters() -> None:
    assert parse_piece(f"{HEAD}C".encode(), "tune.txt").composition.note_count == 1


def test_the_instrument_may_be_said() -> None:
    assert read(f"%%MIDI program 73\n{HEAD}C").tracks[0].program == 0
    assert read(HEAD.replace("K:C", "%%MIDI program 73\nK:C") + "C").tracks[0].program == 73


def test_quoted_chords_are_symbols() -> None:
    tune = (
        'X:1\nM:4/4\nL:1/4\nK:G\nV:1\n"G"GA"^slowly"B"D7/F#"c|"nonsense"d4|"Em7" "C"e2"Bb"f2|\n'
        'V:2\n"A"G4|G4|G4|\n'
    )
    piece = parse_piece(tune.encode(), "a.abc").composition
    found = [(symbol.tick / 960, plain_name(symbol)) for symbol in piece.chords]
    assert found == [(0, "G"), (3, "D7/F#"), (8, "C"), (10, "Bb")]


def sung(text: str, head: str = HEAD) -> list[tuple[float, str]]:
    """What is sung, with the quarters where it stands."""
    return [
        (each.tick / 960, each.text)
        for track in read(head + text).tracks
        for each in track.texts
        if each.kind == "lyrics"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CDEF|\nw: doh re mi fa", [(0, "doh "), (1, "re "), (2, "mi "), (3, "fa")]),
        # Syllables of a word, with hyphens as people write them.
        ("CDEF|\nw: A-ma-zing grace", [(0, "A"), (1, "ma"), (2, "zing "), (3, "grace")]),
        ("CDEF|\nw: A- ma- zing grace", [(0, "A"), (1, "ma"), (2, "zing "), (3, "grace")]),
        ("CDEF|\nw: time -- is", [(0, "time "), (3, "is")]),
        # A note that goes on with a syllable, and one without.
        ("CDEF|\nw: la_ * so", [(0, "la "), (3, "so")]),
        # A bar line goes on with the next bar, wherever the words are.
        ("CDEF|GABc|\nw: la | so", [(0, "la "), (4, "so")]),
        ("CDEF|GABc|\nw: a b c d|e", [(0, "a "), (1, "b "), (2, "c "), (3, "d "), (4, "e")]),
        ("CDEF|G4|c4|\nw: la || so", [(0, "la "), (8, "so")]),
        # Words of one note, a hyphen that is one, letters with signs.
        ("C2D2|\nw: of~the mid\\-day", [(0, "of the "), (2, "mid-day")]),
        ("C2D2|\nw: f\\\"ur &eacute;t\\'e", [(0, "für "), (2, "été")]),
        # Rests and grace notes have no words, a chord has one, a tie two.
        ("Cz{e}[EG]F|\nw: a b c", [(0, "a "), (2, "b "), (3, "c")]),
        ("C-CEF|\nw: a _ b c", [(0, "a "), (2, "b "), (3, "c")]),
        # Words go to the line above; too few and too many are no harm.
        ("CDEF|\nGABc|\nw: so la", [(4, "so "), (5, "la")]),
        ("CDEF|\nw: do\nGABc|\nw: so la ti do re", None),
        # A line that goes on, and words that do.
        ("C2D2|\\\nGABc|\nw: a b c\n+: d", [(0, "a "), (2, "b "), (4, "c "), (5, "d")]),
        ("CDEF|\nw: a b \\\nw: c", [(0, "a "), (1, "b "), (2, "c")]),
        # Of a repeat the second verse; where there is one, it comes again.
        ("|:C4:|\nw: one\nw: two", [(0, "one"), (4, "/two")]),
        ("|:C4:|\nw: one", [(0, "one"), (4, "/one")]),
        # Lines begin anew.
        ("C4|\nw: one\nD4|\nw: two", [(0, "one"), (4, "/two")]),
        ("C4|\nw: un-\nD4|\nw: til", [(0, "un"), (4, "til")]),
        # What is no word to a note.
        ("C4|\nW: words below", []),
        ("C4|\nN: a note\n+: that goes on", []),
        ("w: nobody sings\nC4|", []),
        ("C4|\nw: - la", []),
    ],
)
def test_words_are_sung_to_their_notes(text: str, expected: list[tuple[float, str]] | None) -> None:
    found = sung(text)
    assert found == expected if expected is not None else [t for t, _ in found] == [0, 4, 5, 6, 7]


def test_each_voice_has_words_of_its_own() -> None:
    tune = "V:1\nC4|\nw: high\nV:2\nE4|\nw: low\n[V:1]D4|\n[V:2]F4|\nw: deep\n"
    tracks = read(HEAD + tune).tracks
    assert [[each.text for each in track.texts] for track in tracks] == [["high"], ["low", "/deep"]]


def test_a_title_may_have_accents() -> None:
    assert read("X:1\nT:L\\'a-bas \\AA se &amp; Stra\\sse\nK:C\nC").title == "Lá-bas Å se & Straße"
