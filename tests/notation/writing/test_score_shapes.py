"""What verovio draws is known as shapes: each sign of the piece, where it stands, and the words."""

import io
import pickle
from collections import Counter
from dataclasses import replace

import pytest

from composer_app.errors import ScoreFileError
from composer_app.music.composition import VOICE_NAMES, Composition, Track
from composer_app.music.meter_map import MeterChange, MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter
from composer_app.notation.bars import bars_of
from composer_app.notation.writing import engraving
from composer_app.notation.writing.engraving import SystemEngraver
from composer_app.notation.writing.engraving_process import Drawing, Drawn, Layout, serve
from composer_app.notation.writing.marks import Mark, mark_of
from composer_app.notation.writing.score_shapes import STAFF_SPACE, Outlines, System, system_of

# A note that is tied over the bar line, a rest, a chord, and an upbeat.
TUNE = Composition(
    (
        Track("Soprano", 0, (Note(0, 67, 4), Note(4, 72, 24), Note(32, 64, 4), Note(32, 67, 4))),
        Track("Bass", 0, tuple(Note(4 * i, 43 + i % 5, 4) for i in range(9))),
    ),
    meters=MeterMap((MeterChange(0, Meter(4, 4)),), 960),
)
FOUR = Composition(
    tuple(
        Track(name, 52, tuple(Note(4 * i, 74 - 7 * v, 4) for i in range(64)))
        for v, name in enumerate(VOICE_NAMES)
    )
)


def drawn(piece: Composition, width: float = 60) -> tuple[list[int], list[System], Outlines]:
    engraver, outlines = SystemEngraver(), Outlines()
    firsts = engraver.load(piece, width)
    return firsts, [engraver.system(i, outlines) for i in range(len(firsts))], outlines


def test_every_note_and_bar_of_the_piece_is_marked_where_it_is_written() -> None:
    _, systems, _ = drawn(TUNE)

    marks = [mark for system in systems for mark in system.marks if mark.kind == "note"]
    seen = Counter((mark.track, mark.number) for mark in marks)
    notes = {(t, n) for t, track in enumerate(TUNE.tracks) for n in range(len(track.notes))}
    assert set(seen) == notes
    # Six beats from the second of an upbeat on: a whole note and a half, tied.
    assert sorted(mark.tick for mark in marks if (mark.track, mark.number) == (0, 1)) == [960, 4800]
    assert {number for system in systems for number in system.bars} == set(range(3))


def test_drums_have_signs_of_their_own() -> None:
    drums = Track("Drums", 0, (Note(0, 36, 1), Note(0, 42, 1), Note(4, 38, 1)), drums=True)
    _, systems, _ = drawn(replace(TUNE, tracks=(drums, *TUNE.tracks)))
    marks = [mark for system in systems for mark in system.marks]
    assert {mark.track for mark in marks} == {0, 1, 2}
    struck = [mark for mark in marks if mark.track == 0 and mark.kind == "note"]
    assert sorted(mark.number for mark in struck) == [0, 1, 2]


def test_heads_are_where_their_bar_is_and_above_one_another_as_they_sound() -> None:
    _, (system,), _ = drawn(TUNE, 120)

    starts = [bar.start for bar in bars_of(TUNE)]
    for owner, (left, top, right, bottom) in system.heads.items():
        mark = system.marks[owner]
        assert right - left > STAFF_SPACE / 2
        assert bottom > top
        bar = max(index for index, start in enumerate(starts) if start <= mark.tick)
        box = system.bars[bar]
        assert box[0] < left < right < box[2]
    # The chord: its upper note stands higher.
    tops = {system.marks[o].number: box[1] for o, box in system.heads.items()
            if system.marks[o].track == 0 and system.marks[o].tick == 32 * 240}  # fmt: skip
    assert tops[3] < tops[2]


def test_systems_are_as_wide_as_is_asked_for_and_stand_alone() -> None:
    firsts, systems, outlines = drawn(FOUR, 60)

    assert firsts == sorted(set(firsts))
    assert firsts[0] == 0
    assert len(firsts) > 2
    for index, system in enumerate(systems):
        assert min(system.bars) == firsts[index]
        assert system.width == pytest.approx(60 * STAFF_SPACE, rel=0.01)
        assert {glyph.name for glyph in system.glyphs} <= set(outlines)
        assert sum(line.staff for line in system.lines) == 20 * len(system.bars)


def test_another_width_needs_no_other_reading() -> None:
    engraver = SystemEngraver()
    wide = engraver.load(FOUR, 120)
    narrow = engraver.lay_out(60)
    assert len(narrow) > len(wide)
    assert narrow == SystemEngraver().load(FOUR, 60)


def test_words_keep_their_style_and_signs_of_the_music_font_become_letters() -> None:
    _, (first, *_), _ = drawn(replace(FOUR, title="A & B"))

    words = {each.text.replace("\xa0", " "): each for each in first.words}
    assert words["Soprano"].anchor == "end"
    assert words["♩ = 100"].bold
    assert all(each.size > STAFF_SPACE for each in first.words)


SVG = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
<defs><g id="E0A4-1"><path transform="scale(1,-1)" d="M0 0h100v50h-100z"/></g></defs>
<svg viewBox="0 0 2000 1000"><g class="page-margin" transform="translate(500, 100)">
<g id="b0-0-0" class="measure"><g class="staff"><path d="M0 180 L900 180" stroke-width="13"/>
<g id="n0-0-0" class="note"><g class="notehead">
<use xlink:href="#E0A4-1" transform="translate(20, 30) scale(2, 2)"/></g>
<g class="dots"><ellipse cx="10" cy="20" rx="4" ry="2"/></g></g></g>
<g class="beam"><polygon points="0,0 10,0 10,5 0,5"/></g>
<g class="slur"><path d="M0,0 C1,2 3,4 5,6"/></g>
<g class="tempo"><rect x="1" y="2" width="3" height="4"/>
<text x="5" y="6" font-size="0px"><tspan><tspan font-size="40px">a </tspan></tspan>
<tspan font-size="20px">b</tspan></text></g>
<g class="note placeholder"><ellipse cx="1" cy="1" rx="1" ry="1"/></g></g></g></svg></svg>"""


def test_shapes_stand_where_their_groups_have_moved_them() -> None:
    outlines: Outlines = {}
    system = system_of(SVG, outlines)

    assert (system.width, system.height) == (2000, 1000)
    assert outlines["E0A4"][:4] == (("M", 0, 0), ("L", 100, 0), ("L", 100, -50), ("L", 0, -50))
    (glyph,) = system.glyphs
    assert (glyph.x, glyph.y, glyph.scale, glyph.owner) == (520, 130, 2, 0)
    assert system.marks == [Mark("note", 0, 0, 0)]
    assert system.heads == {0: (520, 30, 720, 130)}
    (line,) = system.lines
    assert line[:5] == (500, 280, 1400, 280, 13)
    assert line.staff
    assert system.bars == {0: (500, 280, 1400, 280)}
    dot, beam, slur, box = (shape.outline for shape in system.shapes)
    assert dot[0] == ("M", 514, 120)
    assert beam[2] == ("L", 510, 105)
    assert slur == (("M", 500, 100), ("C", 501, 102, 503, 104, 505, 106))
    assert box[2] == ("L", 504, 106)
    assert [shape.owner for shape in system.shapes] == [0, -1, -1, -1]
    (words,) = system.words
    assert (words.x, words.y, words.text, words.bold) == (505, 106, "a b", True)


@pytest.mark.parametrize("mark", [Mark("note", 3, 12, 960), Mark("rest", 0, 2, 0),
                                  Mark("bar", 0, 7, 26880)])  # fmt: skip
def test_a_mark_is_read_as_it_was_written(mark: Mark) -> None:
    assert mark_of(mark.text) == mark


@pytest.mark.parametrize("text", ["", "n0-1", "x0-1-2", "n0-1-2-3", "note", "n0--1-2"])
def test_other_ids_mark_nothing(text: str) -> None:
    assert mark_of(text) is None


def asked(*requests: object) -> list[object]:
    """What the process answers."""
    answers = io.BytesIO()
    serve(io.BytesIO(b"".join(pickle.dumps(each) for each in requests)), answers)
    answers.seek(0)
    return [pickle.load(answers) for _ in requests]


def test_the_process_draws_what_it_has_laid_out() -> None:
    firsts, again, first, second = asked(
        Layout(FOUR, 120), Layout(None, 60), Drawing([0]), Drawing([1, 0])
    )
    assert isinstance(firsts, list)
    assert isinstance(again, list)
    assert len(again) > len(firsts)
    assert isinstance(first, Drawn)
    assert isinstance(second, Drawn)
    assert set(second.systems) == {0, 1}
    assert second.systems[0] == first.systems[0]
    assert {glyph.name for glyph in second.systems[1].glyphs} <= set(second.outlines)


def test_the_process_says_what_is_too_long_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engraving, "MAX_NOTES", 20)
    refused, firsts = asked(Layout(FOUR, 60), Layout(TUNE, 60))
    assert isinstance(refused, ScoreFileError)
    assert "takes too long to draw" in str(refused)
    assert firsts
