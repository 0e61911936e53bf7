"""Keys that go down and up become notes, by rules that everybody shares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.live.recording.heard_notes import HeardNote, HeardNotes, KeyEvent

# Pitch, velocity or 0 for a release, seconds.
Event = tuple[int, int, float]


def hear(heard: HeardNotes, events: list[Event]) -> HeardNotes:
    for pitch, velocity, at in events:
        heard.note_on(pitch, velocity, at)
    return heard


@pytest.mark.parametrize(
    ("events", "notes"),
    [
        ([(60, 80, 0.0), (60, 0, 1.0)], [HeardNote(60, 80, 0.0, 1.0)]),
        ([(60, 80, 0.0)], [HeardNote(60, 80, 0.0)]),
        # Struck again while it is held,
        (
            [(60, 80, 0.0), (60, 70, 1.0), (60, 0, 2.0)],
            [HeardNote(60, 80, 0.0, 1.0), HeardNote(60, 70, 1.0, 2.0)],
        ),
        # released twice, or without having been struck,
        ([(60, 80, 0.0), (60, 0, 1.0), (60, 0, 2.0)], [HeardNote(60, 80, 0.0, 1.0)]),
        ([(60, 0, 0.0)], []),
        # another one,
        ([(60, 80, 0.0), (62, 0, 1.0)], [HeardNote(60, 80, 0.0)]),
        # or before it was struck.
        ([(60, 80, 1.0), (60, 0, 0.5)], [HeardNote(60, 80, 1.0, 1.0)]),
    ],
)
def test_keys_become_notes(events: list[Event], notes: list[HeardNote]) -> None:
    heard = hear(HeardNotes(), events)
    assert list(heard.notes) == notes
    assert heard.holding == any(note.up is None for note in notes)


def test_a_held_note_grows_and_never_ends_before_it_began() -> None:
    note = HeardNote(60, 80, 2.0)
    assert (note.end(3.0), note.end(1.0)) == (3.0, 2.0)
    assert HeardNote(60, 80, 2.0, 2.5).end(9.0) == 2.5


def test_only_so_many_are_kept_and_old_ones_are_forgotten() -> None:
    heard = hear(HeardNotes(most=3), [(60 + i, 80, float(i)) for i in range(5)])
    assert [note.pitch for note in heard.notes] == [62, 63, 64]
    # One that was dropped while held can still be released.
    heard.note_off(60, 6.0)
    heard.forget_before(3.0)
    assert [note.pitch for note in heard.notes] == [63, 64]
    heard.release_all(9.0)
    assert [note.up for note in heard.notes] == [9.0, 9.0]
    heard.clear()
    assert not heard.notes
    assert not heard.holding


events = st.lists(
    st.tuples(st.integers(60, 63), st.sampled_from((0, 0, 70, 80)), st.floats(0, 9)), max_size=20
)


@given(events)
def test_who_is_told_the_events_hears_the_same_notes(events: list[Event]) -> None:
    told: list[KeyEvent] = []
    heard = hear(HeardNotes(tell=told.append), events)
    other = hear(HeardNotes(), [(event.pitch, event.velocity, event.at) for event in told])
    assert other.notes == heard.notes
    assert heard.events == len(told)
    # What means nothing is not told.
    down: set[int] = set()
    for event in told:
        assert (event.pitch in down) == (event.velocity == 0)
        (down.add if event.velocity else down.discard)(event.pitch)


@given(events)
def test_another_number_of_events_says_that_notes_differ(events: list[Event]) -> None:
    heard = HeardNotes()
    for pitch, velocity, at in events:
        before, number = [*map(repr, heard.notes)], heard.events
        heard.note_on(pitch, velocity, at)
        if [*map(repr, heard.notes)] != before:
            assert heard.events > number
        else:
            assert heard.events == number
