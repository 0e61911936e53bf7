"""Notes that keep beside the grid, for tests of what becomes of them."""

from hypothesis import strategies as st

from composer_app.music.note import Note


@st.composite
def played_lines(draw: st.DrawFn, most: int = 10) -> tuple[Note, ...]:
    """One note at a time, each somewhere beside the grid; often one begins where one ends."""
    notes: list[Note] = []
    tick = 0
    gaps, lengths = st.just(0) | st.integers(0, 700), st.integers(1, 1500)
    pitches, velocities = st.integers(0, 127), st.integers(1, 127)
    for gap, length in draw(st.lists(st.tuples(gaps, lengths), max_size=most)):
        onset = tick + gap
        note = Note.at_ticks(onset, onset + length, draw(pitches), draw(velocities))
        # A step has room for one onset.
        if not notes or note.start > notes[-1].start:
            notes.append(note)
            tick = onset + length
    return tuple(notes)
