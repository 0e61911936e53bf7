"""Compositions of all kinds, with something in every place, for tests that try many."""

from hypothesis import strategies as st

from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.controls import Control
from composer_app.music.harmony.key_changes import KeyChange
from composer_app.music.note import Note
from composer_app.music.performing.performance import Performance, PerformedNote
from composer_app.music.pitch import Key
from composer_app.music.texts import TEXT_KINDS, Text
from composer_app.music.timing import (
    MAX_TEMPO,
    MIN_TEMPO,
    TICKS_PER_STEP,
    TempoChange,
    TempoMap,
)
from tests.music.chord_symbols import chord_symbols
from tests.music.meter_maps import meter_maps

NOTE = "00 90 3C 50  04 80 3C 00"  # C4, velocity 80, one beat of 4 ticks


@st.composite
def played_notes(draw: st.DrawFn, pitch: int, step: int) -> list[Note]:
    """Notes of one pitch that keep beside the grid, from ``step`` on."""
    notes: list[Note] = []
    gaps, lengths = st.integers(0, 700), st.integers(1, 1500)
    tick = step * TICKS_PER_STEP
    for gap, length in draw(st.lists(st.tuples(gaps, lengths), max_size=4)):
        note = Note.at_ticks(tick + gap, tick + gap + length, pitch)
        # A step holds one onset of a pitch.
        if not notes or note.start > notes[-1].start:
            notes.append(note)
            tick += gap + length
    return notes


# Volume, pan and instrument are those of the beginning until the first note; see
# test_beside_notes.
ticks = st.integers(0, 9999)
controls = st.lists(
    st.builds(
        Control,
        ticks,
        st.just("controller"),
        st.integers(0, 119).filter(lambda number: number not in (7, 10)),
        st.integers(0, 127),
    )
    | st.builds(Control, ticks, st.just("bend"), st.just(0), st.integers(-8192, 8191))
    | st.builds(Control, ticks, st.just("pressure"), st.just(0), st.integers(0, 127))
    | st.builds(Control, ticks, st.just("key pressure"), st.integers(0, 127), st.integers(0, 127)),
    max_size=6,
).map(tuple)
texts = st.lists(
    st.builds(Text, ticks, st.sampled_from(("lyrics", "text")), st.text(max_size=8)), max_size=3
).map(tuple)
keys = st.lists(
    st.builds(
        KeyChange,
        ticks,
        st.builds(
            lambda n, minor: Key.of_signature(n, minor=minor), st.integers(-7, 7), st.booleans()
        ),
    ),
    max_size=3,
).map(tuple)


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    """Notes that may sound together but never overlap in one pitch; repeats are frequent."""
    notes = []
    for pitch in draw(st.sets(st.integers(0, 127), max_size=3)):
        step = 0
        for gap, duration, velocity in draw(
            st.lists(
                st.tuples(st.integers(0, 5), st.integers(1, 9), st.integers(1, 127)), max_size=4
            )
        ):
            notes.append(Note(step + gap, pitch, duration, velocity))
            step += gap + duration
        notes += draw(played_notes(pitch, step))
    name, program = draw(st.text(max_size=8)), draw(st.integers(0, 127))
    drums = draw(st.sampled_from((False, False, False, True)))
    return Track(name, program, tuple(notes), draw(controls), draw(texts), drums)


performances = st.builds(
    lambda played, bpm: Performance(
        tuple(PerformedNote(60, 80, start, start + length) for start, length in played), bpm
    ),
    st.lists(st.tuples(st.floats(-1, 99), st.floats(0, 9)), max_size=4),
    st.floats(MIN_TEMPO, MAX_TEMPO),
)
tempo_maps = st.builds(
    lambda first, later: TempoMap(
        tuple(TempoChange(step, bpm) for step, bpm in sorted(({**later, 0: first}).items()))
    ),
    st.floats(MIN_TEMPO, MAX_TEMPO),
    st.dictionaries(st.integers(1, 200), st.floats(MIN_TEMPO, MAX_TEMPO), max_size=3),
)
compositions = st.builds(
    Composition,
    tracks=st.lists(tracks(), min_size=1, max_size=6).map(tuple),
    tempo=tempo_maps,
    meters=meter_maps(),
    title=st.text(max_size=12),
    origin=st.none()
    | st.builds(Origin, st.text(max_size=8), st.integers(0, 2**32 - 1), st.floats(0.1, 2.0)),
    performance=st.none() | performances,
    keys=keys,
    texts=st.lists(
        st.builds(Text, ticks, st.sampled_from(TEXT_KINDS), st.text(max_size=8)), max_size=3
    ).map(tuple),
    chords=chord_symbols(9999),
).filter(lambda piece: piece.note_count > 0)
