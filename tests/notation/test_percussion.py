"""Drums in scores: which ones they are, where they stand, and that nothing is lost of them."""

import re
from dataclasses import replace

import pytest

from composer_app.errors import ScoreFileError
from composer_app.music.composition import Composition, Track
from composer_app.music.instrumentation.instruments import DRUM_NAMES
from composer_app.music.mix import PieceMix, TrackMix
from composer_app.music.note import Note
from composer_app.notation.percussion import DrumPlace, drum_at, drum_named, place_of_drum
from composer_app.notation.piece_file import parse_piece
from composer_app.notation.writing.musicxml_writing import musicxml_bytes
from tests.notation.pieces import measure, note, score

# A bar and a half: a flam, a stroke beside the grid, a long cymbal, a drum that has no place.
BEAT = (
    *(Note(2 * i, 42, 1) for i in range(12)),
    *(Note(8 * i, 36, 1, 100) for i in range(3)),
    *(
        Note.at_ticks(960 * i + shift, 960 * i + shift + 10, 38)
        for i, shift in ((1, 0), (1, 15), (3, -9))
    ),
    Note(0, 49, 24),
    Note(5, 77, 1),
    Note(6, 3, 1),
)
DRUMS = Track("Drums", 16, BEAT, drums=True)
TUNE = Track("Tune", 73, tuple(Note(4 * i, 60 + i, 4) for i in range(6)))


def struck(*content: str, players: str = "") -> list[tuple[float, int]]:
    """(quarter, drum) of the drum track of a bar with a tune of one note."""
    data = score(measure(note("C4")), measure(*content)).decode()
    if players:
        data = re.sub('(<score-part id="P2">.*?)</score-part>', rf"\1{players}</score-part>", data)
    tracks = parse_piece(data.encode(), "x.xml").composition.tracks
    (drums,) = [track for track in tracks if track.drums]
    return [(each.onset_ticks / 960, each.pitch) for each in drums.notes]


def sign(step: str, octave: int, rest: str = "") -> str:
    place = f"<display-step>{step}</display-step><display-octave>{octave}</display-octave>"
    return f"<note><unpitched>{place}</unpitched><duration>1</duration>{rest}</note>"


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_drums_are_the_same_when_they_are_read_again(place: int, *, closed: bool) -> None:
    others = [TUNE, replace(TUNE, name="Second")]
    tracks = (*others[:place], DRUMS, *others[place:])
    mix = PieceMix(tuple(TrackMix(20 + index, 30) for index in range(3)))
    data = musicxml_bytes(Composition(tracks), mix, closed=closed)
    read = parse_piece(data, "x.musicxml")
    # In a closed score the voices come first.
    order = [*range(3)] if not closed else [*(i for i in range(3) if i != place), place]
    assert read.composition.tracks == tuple(tracks[index] for index in order)
    assert read.mix == mix.reordered(order)
    assert not read.mended


def test_a_kit_without_strokes_is_a_part_all_the_same() -> None:
    piece = Composition((TUNE, Track("Silent", 8, drums=True)))
    assert parse_piece(musicxml_bytes(piece), "x.musicxml").composition.tracks == piece.tracks


def test_drums_stand_on_lines_of_their_own() -> None:
    data = musicxml_bytes(Composition((DRUMS, TUNE))).decode()
    drums = data[data.index('<part id="P1">') : data.index('<part id="P2">')]
    assert "<sign>percussion</sign>" in drums
    for nothing in ("<pitch>", "<accidental>", "<fifths>", "<backup>"):
        assert nothing not in drums
    # The bass drum in the lowest space; cymbals have crosses.
    assert "<display-step>F</display-step>" in drums
    assert "<notehead>x</notehead>" in drums
    for name, number in (("Bass drum 1", 37), ("Closed hi hat", 43), ("Drum 3", 4)):
        assert f"<instrument-name>{name}</instrument-name>" in data
        assert f"<midi-unpitched>{number}</midi-unpitched>" in data
    assert data.count("<midi-channel>10</midi-channel>") == len({each.pitch for each in BEAT})


PLAYERS = (
    '<score-instrument id="a"><instrument-name>Anything</instrument-name></score-instrument>'
    '<score-instrument id="b"><instrument-name>Open Hi-Hat</instrument-name></score-instrument>'
    '<midi-instrument id="a"><midi-channel>10</midi-channel>'
    "<midi-unpitched>57</midi-unpitched></midi-instrument>"
    '<midi-instrument id="b"><midi-channel>10</midi-channel></midi-instrument>'
)


@pytest.mark.parametrize(
    ("content", "players", "expected"),
    [
        # Which drum it is says its player, by number or by name,
        ([sign("C", 5, '<instrument id="a"/>')], PLAYERS, [(0, 56)]),
        ([sign("C", 5, '<instrument id="b"/>')], PLAYERS, [(0, 46)]),
        # else the place where it stands, and the head that it has.
        ([sign("C", 5), sign("F", 4)], PLAYERS, [(0, 38), (1, 36)]),
        ([sign("G", 5, "<notehead>x</notehead>")], "", [(0, 42)]),
        ([sign("G", 5, "<notehead>cross</notehead>")], "", [(0, 42)]),
        ([sign("A", 2)], "", [(0, 38)]),
        (["<note><unpitched/><duration>1</duration></note>"], "", [(0, 38)]),
        # Rests are none, whoever has them.
        ([note("R", 1), sign("D", 5)], "", [(1, 47)]),
        # What is written as the pitches that a synthesizer knows.
        ([note("C2", 1), note("D2", 1)], PLAYERS, [(0, 36), (1, 38)]),
    ],
)
def test_a_drum_is_known_by_its_player_or_its_place(
    content: list[str], players: str, expected: list[tuple[float, int]]
) -> None:
    assert struck(*content, players=players) == expected


def test_the_key_is_not_that_of_drums() -> None:
    key = "<attributes><key><fifths>{}</fifths></key>{}</attributes>"
    clef = "<clef><sign>percussion</sign></clef>"
    drums = measure(key.format(0, clef), sign("C", 5))
    data = score(drums, measure(key.format(3, ""), note("A4")))
    assert [change.key.sharps for change in parse_piece(data, "x.xml").composition.keys] == [3]


def test_a_score_of_drums_alone_holds_no_melody() -> None:
    with pytest.raises(ScoreFileError, match="no notes but those of drums"):
        parse_piece(musicxml_bytes(Composition((DRUMS,))), "x.musicxml")


def test_places_and_names_are_those_of_one_drum_each() -> None:
    for drum, name in DRUM_NAMES.items():
        assert drum_named(name.replace("Hi ", "HI-")) in (drum, None)
        assert drum_named(name) == drum
    known = [drum for drum in range(128) if drum_at(place_of_drum(drum)) == drum]
    assert {35, 36, 37, 38, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 57} <= set(known)
    assert drum_at(DrumPlace("C", 5, "")) == 38
