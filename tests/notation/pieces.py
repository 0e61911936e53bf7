"""Compositions of any kind, for hypothesis, and small scores in MusicXML."""

from dataclasses import replace

from hypothesis import strategies as st

from composer_app.music.composition import Composition, Track
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.meter_map import MeterChange, MeterMap
from composer_app.music.note import Note
from composer_app.music.pitch import Key
from composer_app.music.timing import (
    MAX_TEMPO,
    MIN_TEMPO,
    TICKS_PER_STEP,
    Meter,
    TempoChange,
    TempoMap,
)
from tests.music.chord_symbols import chord_symbols

METERS = st.sampled_from(
    [Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(7, 8), Meter(2, 2), Meter(3, 8), Meter(5, 4)]
)
KEYS = st.just(()) | st.builds(
    lambda sharps, minor: (KeyChange(0, Key.of_signature(sharps, minor=minor)),),
    st.integers(-7, 7),
    st.booleans(),
)
_LONGEST = 3 * 16


@st.composite
def tracks(draw: st.DrawFn, *, exact: bool = True) -> Track:
    """Notes that no note of their own pitch overlaps; on the grid unless ``exact``."""
    unit = 1 if exact else TICKS_PER_STEP
    most = _LONGEST * TICKS_PER_STEP // unit
    spans = draw(
        st.lists(
            st.tuples(st.integers(0, most), st.integers(1, most), st.integers(0, 127)), max_size=8
        )
    )
    notes: list[Note] = []
    ends: dict[int, tuple[int, int]] = {}
    for onset, length, pitch in sorted(spans):
        note = Note.at_ticks(
            onset * unit, (onset + length) * unit, pitch, draw(st.integers(1, 127))
        )
        last_step, last_tick = ends.get(pitch, (0, 0))
        if note.start >= last_step and note.onset_ticks >= last_tick:
            notes.append(note)
            ends[pitch] = (note.end, note.release_ticks)
    return Track(draw(st.text(max_size=12)), draw(st.integers(0, 127)), tuple(notes))


@st.composite
def written_meters(draw: st.DrawFn, steps: int) -> MeterMap:
    """Metres that change within ``steps`` steps, and an upbeat or none.

    None changes in the first bar, which would be written as an upbeat, and each to another one,
    since a bar in two parts is read as one.
    """
    first = draw(METERS)
    upbeat = draw(st.sampled_from((0, 240, 480, 960, 1440))) % first.ticks_per_bar
    begin = (upbeat + first.ticks_per_bar) // TICKS_PER_STEP
    changes = [MeterChange(0, first)]
    for step in sorted(draw(st.sets(st.integers(begin, max(begin, steps - 1)), max_size=2))):
        meter = draw(METERS)
        if meter != changes[-1].meter and step < steps:
            changes.append(MeterChange(step * TICKS_PER_STEP, meter))
    return MeterMap(tuple(changes), upbeat)


@st.composite
def compositions(draw: st.DrawFn, *, exact: bool = True) -> Composition:
    """A piece with at least one note."""
    found = draw(st.lists(tracks(exact=exact), min_size=1, max_size=5))
    if not any(track.notes for track in found):
        found[0] = Track(found[0].name, found[0].program, (Note(3, 60, 5),))
    tempos = draw(st.dictionaries(st.integers(1, 30), st.floats(MIN_TEMPO, MAX_TEMPO), max_size=3))
    changes = [TempoChange(0, draw(st.floats(MIN_TEMPO, MAX_TEMPO)))]
    piece = Composition(tuple(found), title=draw(st.text(max_size=20)))
    meters = draw(written_meters(piece.steps))
    changes += [TempoChange(s, bpm) for s, bpm in sorted(tempos.items()) if s < piece.steps]
    unheard = draw(st.booleans()) and not meters.upbeat
    return replace(
        piece,
        tempo=TempoMap(tuple(changes)),
        meters=meters.with_upbeat(None) if unheard else meters,
        keys=draw(KEYS),
        chords=draw(chord_symbols(max(0, piece.steps * TICKS_PER_STEP - 1))),
    )


def score(*parts: str, listed: str = "") -> bytes:
    """A score whose parts, P1, P2 ..., have these measures."""
    names = "".join(
        f'<score-part id="P{n}"><part-name>Part {n}</part-name></score-part>'
        for n in range(1, len(parts) + 1)
    )
    music = "".join(f'<part id="P{n}">{part}</part>' for n, part in enumerate(parts, 1))
    return (
        '<?xml version="1.0"?><score-partwise version="4.0">'
        f"<part-list>{listed or names}</part-list>{music}</score-partwise>"
    ).encode()


def measure(*content: str, number: int = 1) -> str:
    """A measure; in quarters unless its content says otherwise."""
    divisions = "<attributes><divisions>1</divisions></attributes>"
    return f'<measure number="{number}">{divisions}{"".join(content)}</measure>'


def note(name: str, duration: float = 1, more: str = "", *, before: str = "") -> str:
    """A note such as C4 or F#3, or a rest for R; ``more`` after and ``before`` within it."""
    if name == "R":
        what = "<rest/>"
    else:
        alter = {"#": 1, "b": -1}.get(name[1:-1], 0)
        what = f"<step>{name[0]}</step><alter>{alter}</alter><octave>{name[-1]}</octave>"
        what = f"<pitch>{what}</pitch>"
    lasts = f"<duration>{duration:g}</duration>" if duration else ""
    return f"<note>{before}{what}{lasts}{more}</note>"
