"""What other programs write as MusicXML, and what is heard of it."""

import io
import zipfile

import pytest

from composer_app.errors import ScoreFileError
from composer_app.music.composition import Composition
from composer_app.music.timing import Meter
from composer_app.notation.piece_file import parse_piece
from tests.notation.pieces import measure, note, score

TIED = {kind: f'<tie type="{kind}"/>' for kind in ("start", "stop")}


def read(*parts: str, listed: str = "", repeats: bool = True) -> Composition:
    return parse_piece(score(*parts, listed=listed), "x.musicxml", repeats=repeats).composition


def heard(piece: Composition, track: int = 0) -> list[tuple[int, int, int]]:
    """(onset, length, pitch) in ticks, 960 a quarter."""
    return [
        (each.onset_ticks, each.release_ticks - each.onset_ticks, each.pitch)
        for each in sorted(piece.tracks[track].notes, key=lambda each: each.onset_ticks)
    ]


def pitches(piece: Composition, track: int = 0) -> list[int]:
    return [each.pitch for each in piece.tracks[track].notes]


def attributes(content: str) -> str:
    return f"<attributes>{content}</attributes>"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param([note("C4", 2), note("F#4", 1), note("Bb3", 1)],
                     [(0, 1920, 60), (1920, 960, 66), (2880, 960, 58)], id="notes"),
        pytest.param([note("C4", 4), note("E4", 4, before="<chord/>")],
                     [(0, 3840, 60), (0, 3840, 64)], id="a chord"),
        pytest.param([note("R", 1), note("C4", 0.5), note("D4", 0.5)],
                     [(960, 480, 60), (1440, 480, 62)], id="a rest"),
        pytest.param([note("C4", 2, TIED["start"]), note("C4", 2, TIED["stop"]), note("C4")],
                     [(0, 3840, 60), (3840, 960, 60)], id="a tie"),
        pytest.param([note("C4", 2, TIED["stop"]), note("D4", 2, TIED["start"])],
                     [(0, 1920, 60), (1920, 1920, 62)], id="ties to nothing"),
        pytest.param([attributes("<divisions>3</divisions>"), *(note("C4", 1), note("D4", 2))],
                     [(0, 320, 60), (320, 640, 62)], id="a triplet"),
        pytest.param([note("C4", 4), "<backup><duration>3</duration></backup>", note("G4", 1)],
                     [(0, 3840, 60), (960, 960, 67)], id="back"),
        pytest.param(["<forward><duration>1</duration></forward>", note("G4", 1)],
                     [(960, 960, 67)], id="forward"),
        pytest.param([note("C4", 2), note("B4", 0, before="<grace/>"), note("A4", 2)],
                     [(0, 1760, 60), (1760, 160, 71), (1920, 1920, 69)], id="a grace note"),
        pytest.param([note("B4", 0, before="<grace/>"), note("A4", 2)],
                     [(0, 160, 71), (160, 1760, 69)], id="a grace note with nothing before"),
        pytest.param([note("C4", 1), note("D4", 1, before="<cue/>"), note("E4", 1)],
                     [(0, 960, 60), (1920, 960, 64)], id="a cue"),
        pytest.param([attributes("<transpose><chromatic>-2</chromatic></transpose>"), note("D4")],
                     [(0, 960, 60)], id="a clarinet in B flat"),
        pytest.param(
            [attributes("<transpose><chromatic>0</chromatic><octave-change>-1</octave-change>"
                        "</transpose>"), note("C4")],
            [(0, 960, 48)], id="a double bass"),
    ],
)  # fmt: skip
def test_what_stands_in_a_bar_is_heard(
    content: list[str], expected: list[tuple[int, int, int]]
) -> None:
    assert heard(read(measure(*content))) == expected


def four(*names: str) -> str:
    return measure(*(note(name) for name in names))


def bar(name: str, *marks: str) -> str:
    return measure(*marks, note(name, 4))


def repeat(direction: str, ending: str = "", kind: str = "stop") -> str:
    end = f'<ending number="{ending}" type="{kind}"/>' if ending else ""
    sign = f'<repeat direction="{direction}"/>' if direction else ""
    return f"<barline>{end}{sign}</barline>"


def sound(name: str, value: str = "yes") -> str:
    return f'<direction><sound {name}="{value}"/></direction>'


def words(text: str) -> str:
    return f"<direction><direction-type><words>{text}</words></direction-type></direction>"


def sign(tag: str) -> str:
    return f"<direction><direction-type><{tag}/></direction-type></direction>"


C, D, E, F = 60, 62, 64, 65


@pytest.mark.parametrize(
    ("bars", "expected"),
    [
        pytest.param([bar("C4"), bar("D4", repeat("backward"))], [C, D, C, D], id="from the start"),
        pytest.param([bar("C4"), bar("D4", repeat("forward")), bar("E4", repeat("backward"))],
                     [C, D, E, D, E], id="from a sign"),
        pytest.param(
            [bar("C4"), bar("D4", repeat("", "1", "start"), repeat("backward", "1")),
             bar("E4", repeat("", "2", "start"), repeat("", "2")), bar("F4")],
            [C, D, C, E, F], id="two endings"),
        pytest.param(
            [bar("C4"), bar("D4", repeat("", "1, 2", "start"), repeat("backward", "1, 2")),
             bar("E4", repeat("", "3", "start"))],
            [C, D, C, D, C, E], id="three times"),
        pytest.param([bar("C4"), bar("D4", sound("fine")), bar("E4", sound("dacapo"))],
                     [C, D, E, C, D], id="da capo al fine"),
        pytest.param([bar("C4"), bar("D4", words("Fine")), bar("E4", words("D.C. al Fine"))],
                     [C, D, E, C, D], id="da capo in words"),
        pytest.param(
            [bar("C4"), bar("D4", sign("segno"), sign("coda")), bar("E4", words("D.S. al Coda")),
             bar("F4", sign("coda"))],
            [C, D, E, D, F], id="dal segno al coda"),
        pytest.param([bar("C4", repeat("backward")), bar("D4", words("D.C."))],
                     [C, C, D, C, D], id="no repeats after a jump"),
    ],
)  # fmt: skip
def test_repeats_are_played_out(bars: list[str], expected: list[int]) -> None:
    music = "".join(bars)

    assert pitches(read(music)) == expected
    assert pitches(read(music, repeats=False)) == [C, D, E, F][: len(bars)]


def test_a_tie_goes_on_into_the_bar_that_is_played_next() -> None:
    begin, end = note("C4", 4, TIED["start"]), note("C4", 4, TIED["stop"])

    assert heard(read(measure(begin) + measure(end))) == [(0, 7680, 60)]


@pytest.mark.parametrize(("meter", "length"), [((3, 4), 3), ((6, 8), 3), ((2, 2), 4)])
def test_the_metre_is_read(meter: tuple[int, int], length: int) -> None:
    time = f"<time><beats>{meter[0]}</beats><beat-type>{meter[1]}</beat-type></time>"

    piece = read(measure(attributes(time), note("C4", length)) + measure(note("D4", length)))

    assert piece.meter == Meter(*meter)
    assert [each.start for each in piece.tracks[0].notes] == [0, 4 * length]


def test_a_short_bar_is_as_long_as_its_notes() -> None:
    piece = read(measure(note("C4", 1)) + measure(note("D4", 4)))

    assert heard(piece) == [(0, 960, 60), (960, 3840, 62)]


def test_an_empty_bar_is_as_long_as_its_metre() -> None:
    piece = read(measure() + measure(note("D4", 4)))

    assert heard(piece) == [(3840, 3840, 62)]


def test_parts_play_together() -> None:
    piece = read(measure(note("C5", 4)) + measure(note("D5", 4)),
                 measure(note("C3", 2)) + measure(note("D3", 4)))  # fmt: skip

    # The second part's bar is not full, and the next one begins with the first part's.
    assert heard(piece, 1) == [(0, 1920, 48), (3840, 3840, 50)]
    assert [track.name for track in piece.tracks] == ["Part 1", "Part 2"]


@pytest.mark.parametrize(
    ("mark", "bpm"),
    [
        ('<sound tempo="72"/>', 72),
        (sound("tempo", "72"), 72),
        ("<direction><direction-type><metronome><beat-unit>quarter</beat-unit><beat-unit-dot/>"
         "<per-minute>c. 60</per-minute></metronome></direction-type></direction>", 90),
        ("", 120),
    ],
)  # fmt: skip
def test_the_tempo_is_read(mark: str, bpm: float) -> None:
    assert read(measure(mark, note("C4"))).tempo.initial_bpm == bpm


def in_voice(number: int, staff: int) -> str:
    return f"<voice>{number}</voice><staff>{staff}</staff>"


BACK = "<backup><duration>4</duration></backup>"


def test_a_closed_score_is_four_voices() -> None:
    voices = ((1, 1, "C5"), (2, 1, "G4"), (5, 2, "E3"), (6, 2, "C3"))
    bars = measure(
        BACK.join(note(name, 4, in_voice(number, staff)) for number, staff, name in voices)
    )

    piece = read(bars * 2)

    names = [(track.name, track.notes[0].pitch) for track in piece.tracks]
    assert names == [("Soprano", 72), ("Alto", 67), ("Tenor", 52), ("Bass", 48)]
    assert all(len(track.notes) == 2 for track in piece.tracks)


def test_a_piano_has_a_track_for_each_hand() -> None:
    right = note("C5", 4, in_voice(1, 1)) + note("E5", 4, in_voice(1, 1), before="<chord/>")
    left = note("C3", 4, in_voice(5, 2))

    piece = read(measure(right, BACK, left) * 3)

    assert [(track.name, len(track.notes)) for track in piece.tracks] == [
        ("Part 1 1", 6),
        ("Part 1 2", 3),
    ]


def test_instruments_are_those_that_the_score_names() -> None:
    listed = (
        '<score-part id="P1"><part-name>Solo</part-name><score-instrument id="I1">'
        '<instrument-name/></score-instrument><midi-instrument id="I1"><midi-program>74'
        '</midi-program><volume>50</volume></midi-instrument></score-part><score-part id="P2">'
        "<part-name>Clarinet in B♭</part-name></score-part>"
    )
    piece = parse_piece(
        score(measure(note("C4")), measure(note("C4")), listed=listed), "x.musicxml"
    )

    assert [track.program for track in piece.composition.tracks] == [73, 71]
    assert [piece.mix.track(i).volume for i in range(2)] == [64, 100]


def test_loudness_is_read() -> None:
    piece = read(measure(sound("dynamics", "50"), note("C4")))

    assert piece.tracks[0].notes[0].velocity == 45


def test_a_sign_says_how_loud_it_is() -> None:
    mark = "<direction><direction-type><dynamics><pp/></dynamics></direction-type></direction>"

    assert read(measure(mark, note("C4"))).tracks[0].notes[0].velocity == 33


def test_the_title_is_one_line() -> None:
    data = score(measure(note("C4"))).replace(
        b"<part-list>",
        b"<work><work-title>A\n&lt;b&gt;\xe2\x80\xaeB</work-title></work><part-list>",
    )

    assert parse_piece(data, "x.xml").composition.title == "A <b>B"


def test_a_score_may_go_bar_by_bar() -> None:
    inner = note("C4", 4)
    data = (
        '<score-timewise><part-list><score-part id="P1"><part-name>A</part-name></score-part>'
        f'</part-list><measure number="1"><part id="P1">{inner}</part></measure>'
        f'<measure number="2"><part id="P1">{inner}</part></measure></score-timewise>'
    ).encode()

    assert heard(parse_piece(data, "x.xml").composition) == [(0, 3840, 60), (3840, 3840, 60)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_whatever_its_letters_are_coded_as(encoding: str) -> None:
    text = score(measure(note("C4"))).decode().replace("Part 1", "Flöte")
    text = text.replace('version="1.0"', f'version="1.0" encoding="{encoding}"', 1)

    (track,) = parse_piece(text.encode(encoding), "x.xml").composition.tracks

    assert (track.name, track.program) == ("Flöte", 73)


def archive(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "/"), data)
    return buffer.getvalue()


def test_an_archive_says_which_member_is_the_score() -> None:
    container = b'<container><rootfiles><rootfile full-path="b.xml"/></rootfiles></container>'
    data = archive(
        **{"META-INF__container.xml": container, "a.xml": b"<a/>", "b.xml": score(four("C4"))}
    )

    assert pitches(parse_piece(data, "x.mxl").composition) == [60]


def test_an_archive_without_a_list_has_one_score() -> None:
    data = archive(**{"tune.musicxml": score(four("C4"))})

    assert pitches(parse_piece(data, "x.mxl").composition) == [60]


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ("tune.mscx", "is a file of MuseScore"),
        ("word__document.xml", "is a file of Word"),
        ("picture.png", "is an archive without a score"),
    ],
)
def test_an_archive_of_something_else_is_called_that(member: str, said: str) -> None:
    with pytest.raises(ScoreFileError, match=said):
        parse_piece(archive(**{member: b"x"}), "x.mxl")
