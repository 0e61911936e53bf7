"""What was played is seen as one note at a time on the grid, by rules that are written down."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.live.quantization import (
    CHORD_SECONDS,
    attached,
    melody_notes,
    melody_of,
    with_performance,
)
from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.note import Note
from composer_app.music.performance import (
    Grid,
    Performance,
    PerformedNote,
    Quantization,
    Reduction,
)
from composer_app.music.timing import Meter, TempoMap

# At 150 BPM a step lasts a tenth of a second, which keeps the tables readable.
BPM = 150
LATEST = Quantization(Grid.OFF, reduction=Reduction.LATEST)


def line(
    view: Quantization, *notes: tuple[int, float, float], meter: Meter | None = None
) -> list[tuple[int, int, int]]:
    """(start, pitch, duration) of what (pitch, start, end) in seconds is seen as."""
    played = tuple(PerformedNote(pitch, 80, start, end) for pitch, start, end in notes)
    seen = melody_notes(Performance(played, BPM, meter or Meter(), view))
    return [(note.start, note.pitch, note.duration) for note in seen]


@pytest.mark.parametrize(
    ("why", "played", "melody"),
    [
        ("nothing was played", [], []),
        ("to the nearest step", [(60, 0.04, 0.37), (62, 0.46, 0.8)], [(0, 60, 4), (5, 62, 3)]),
        ("at least one step", [(60, 0.0, 0.01)], [(0, 60, 1)]),
        ("legato is cut", [(60, 0.0, 0.52), (62, 0.4, 0.8)], [(0, 60, 4), (4, 62, 4)]),
        (
            "a covered note does not return",
            [(60, 0, 0.9), (72, 0.2, 0.4)],
            [(0, 60, 2), (2, 72, 2)],
        ),
        ("the last of a chord", [(64, 0.0, 0.5), (60, 0.01, 0.5)], [(0, 60, 5)]),
        (
            "a chord cuts what came before",
            [(50, 0, 0.9), (64, 0.4, 0.5), (60, 0.41, 0.5)],
            [(0, 50, 4), (4, 60, 1)],
        ),
        ("repeated notes stay apart", [(60, 0, 0.1), (60, 0.1, 0.2)], [(0, 60, 1), (1, 60, 1)]),
        ("a little early is on the downbeat", [(60, -0.04, 0.2)], [(0, 60, 2)]),
        (
            "played within the count-in",
            [(60, -0.07, 0.2), (62, -0.4, -0.3), (64, 0.3, 0.4)],
            [(3, 64, 1)],
        ),
        ("early and gone before the downbeat", [(60, -0.04, -0.01)], [(0, 60, 1)]),
        (
            "order of striking counts, not of listing",
            [(62, 0.2, 0.3), (60, 0.0, 0.2)],
            [(0, 60, 2), (2, 62, 1)],
        ),
    ],
)
def test_latest_note_wins(
    why: str, played: list[tuple[int, float, float]], melody: list[tuple[int, int, int]]
) -> None:
    assert line(LATEST, *played) == melody, why


@pytest.mark.parametrize(
    ("why", "played", "melody"),
    [
        ("the highest, whichever came first", [(64, 0.0, 0.5), (60, 0.01, 0.5)], [(0, 64, 5)]),
        ("the highest, though it came last", [(60, 0.0, 0.5), (64, 0.03, 0.5)], [(0, 64, 5)]),
        (
            "later than the window is no chord",
            [(64, 0.0, 0.5), (60, 0.14, 0.5)],
            [(0, 64, 1), (1, 60, 4)],
        ),
        (
            "the window begins with the first note, and does not wander",
            [(70, 0.0, 0.5), (60, 0.03, 0.5), (62, 0.06, 0.5)],
            [(0, 70, 1), (1, 62, 4)],
        ),
        (
            "chord after chord",
            [(60, 0, 0.4), (64, 0.01, 0.4), (67, 0.02, 0.4), (59, 0.4, 0.8), (65, 0.4, 0.8)],
            [(0, 67, 4), (4, 65, 4)],
        ),
    ],
)
def test_of_a_chord_the_top_note_counts(
    why: str, played: list[tuple[int, float, float]], melody: list[tuple[int, int, int]]
) -> None:
    assert line(Quantization(Grid.OFF), *played) == melody, why


@pytest.mark.parametrize(
    ("grid", "strength", "starts"),
    [
        # Played at 0.6, 5.3, 10.9 and 17.4 sixteenths.
        (Grid.OFF, 100, [1, 5, 11, 17]),
        (Grid.SIXTEENTH, 100, [1, 5, 11, 17]),
        (Grid.EIGHTH, 100, [0, 6, 10, 18]),
        (Grid.QUARTER, 100, [0, 4, 12, 16]),
        (Grid.QUARTER, 50, [0, 5, 11, 17]),
        (Grid.QUARTER, 0, [1, 5, 11, 17]),
        # Triplets at 0, 1.33, 2.67, 4, 5.33 and 10.67; 17.33 is 1.33 after the bar line.
        (Grid.EIGHTH_TRIPLET, 100, [0, 5, 11, 17]),
        # 0, 2.67, 5.33, 8, 10.67; 16 and 18.67.
        (Grid.QUARTER_TRIPLET, 100, [0, 5, 11, 19]),
    ],
)
def test_onsets_are_drawn_to_the_grid(grid: Grid, strength: int, starts: list[int]) -> None:
    played = [(60, at / 10, at / 10 + 0.2) for at in (0.6, 5.3, 10.9, 17.4)]
    assert [start for start, _, _ in line(Quantization(grid, strength), *played)] == starts


def test_three_in_the_time_of_two_stand_as_near_as_sixteenths_allow() -> None:
    thirds = [(60 + i, i * 0.4 / 3, (i + 1) * 0.4 / 3) for i in range(6)]
    starts = [start for start, _, _ in line(Quantization(Grid.EIGHTH_TRIPLET), *thirds)]
    assert starts == [0, 1, 3, 4, 5, 7]


def test_the_grid_begins_anew_with_every_bar() -> None:
    # A bar of 3/4 is no whole number of quarter triplets: a note near the bar line goes to it.
    played = [(60, 1.19, 1.5), (62, 1.45, 1.8)]
    seen = line(Quantization(Grid.QUARTER_TRIPLET), *played, meter=Meter(3, 4))
    assert [start for start, _, _ in seen] == [12, 15]


def test_a_coarse_grid_swallows_nothing() -> None:
    eighths = [(60 + i, i * 0.2, i * 0.2 + 0.2) for i in range(4)]
    seen = line(Quantization(Grid.QUARTER), *eighths)
    assert [pitch for _, pitch, _ in seen] == [60, 61, 62, 63]


def test_what_was_legato_stays_legato_and_lengths_move_with_their_onsets() -> None:
    seen = line(Quantization(Grid.QUARTER), (60, 0.06, 0.31), (62, 0.31, 0.6), (64, 1.1, 1.2))
    assert seen == [(0, 60, 4), (4, 62, 3), (12, 64, 1)]


def test_a_note_that_stays_may_keep_the_one_before_where_it_was() -> None:
    # To triplets these would go to 3, 4 and 4; so the second stays at 3, and the first at 2.
    played = [(60, 0.22, 0.3), (62, 0.34, 0.4), (64, 0.41, 0.5)]
    seen = line(Quantization(Grid.EIGHTH_TRIPLET), *played)
    assert [(start, pitch) for start, pitch, _ in seen] == [(2, 60), (3, 62), (4, 64)]


def test_melody_carries_velocity_tempo_meter_and_title() -> None:
    performance = Performance((PerformedNote(60, 33, 0.0, 0.5),), 90, Meter(3, 4))
    melody = melody_of(performance, "Evening")
    assert melody.notes == (Note(0, 60, 3, 33),)
    assert (melody.tempo, melody.meter) == (TempoMap.constant(90), Meter(3, 4))
    assert melody.title == "Evening"


PERFORMANCE = Performance((PerformedNote(60, 80, 0.0, 0.29), PerformedNote(64, 80, 0.31, 0.6)), BPM)
COARSE = Performance(PERFORMANCE.notes, BPM, view=Quantization(Grid.QUARTER))


def test_another_view_changes_the_melody_and_nothing_else() -> None:
    bass = Track("Bass", 42, (Note(0, 40, 8),))
    before = with_performance(
        Composition((Track("Soprano", 7), bass), TempoMap.constant(60), title="T"), PERFORMANCE
    )
    before = Composition(
        before.tracks, before.tempo, before.meter, "T", Origin("bach", 1, 1.0), PERFORMANCE
    )
    after = with_performance(before, COARSE)
    assert [note.start for note in before.tracks[0].notes] == [0, 3]
    assert [note.start for note in after.tracks[0].notes] == [0, 4]
    assert (after.tracks[0].name, after.tracks[0].program) == ("Soprano", 7)
    assert (after.tracks[1:], after.tempo, after.title) == ((bass,), before.tempo, "T")
    assert (before.origin, after.origin) == (Origin("bach", 1, 1.0), None)
    assert with_performance(before, PERFORMANCE).origin == before.origin
    assert with_performance(Composition(), COARSE).tracks[0].notes == after.tracks[0].notes


def test_an_edited_melody_is_more_than_a_view() -> None:
    piece = with_performance(Composition(), PERFORMANCE)
    assert attached(piece) == PERFORMANCE
    edited = Composition((Track("", 0, (Note(0, 61, 4),)),), performance=PERFORMANCE)
    assert attached(edited) is None
    assert attached(Composition(performance=PERFORMANCE)) is None
    assert attached(Composition(piece.tracks)) is None


# -- properties ------------------------------------------------------------------------------

notes_played = st.lists(
    st.tuples(st.integers(0, 127), st.floats(-2, 20), st.floats(0, 3)).map(
        lambda note: PerformedNote(note[0], 80, note[1], note[1] + note[2])
    ),
    max_size=40,
).map(tuple)
meters = st.sampled_from((Meter(4, 4), Meter(3, 4), Meter(2, 4), Meter(6, 8)))
views = st.builds(
    Quantization, st.sampled_from(Grid), st.integers(0, 100), st.sampled_from(Reduction)
)
performances = st.builds(Performance, notes_played, st.floats(20, 300), meters, views)


@given(performances)
def test_any_playing_is_seen_as_one_note_at_a_time(performance: Performance) -> None:
    seen = melody_notes(performance)
    assert all(a.end <= b.start for a, b in pairwise(seen))
    assert len(seen) <= len(performance.notes)
    assert {n.pitch for n in seen} <= {n.pitch for n in performance.notes}


@st.composite
def separate(draw: st.DrawFn, apart: float = 1.0) -> Performance:
    """Played without overlap, onsets more than ``apart`` steps apart, after the downbeat."""
    bpm = draw(st.floats(20, 300))
    step = 15 / bpm
    gaps = st.floats(apart + 0.01, 9.0)
    at, notes = draw(st.floats(0, 8)), []
    for pitch, gap, share in draw(
        st.lists(st.tuples(st.integers(0, 127), gaps, st.floats(0, 1)), min_size=1, max_size=20)
    ):
        notes.append(PerformedNote(pitch, 80, at * step, (at + gap * share) * step))
        # Notes closer than the window of a chord are one, at whatever tempo.
        at += max(gap, 1.1 * CHORD_SECONDS / step)
    return Performance(tuple(notes), bpm, draw(meters))


def seen_through(performance: Performance, view: Quantization) -> tuple[Note, ...]:
    return melody_notes(Performance(performance.notes, performance.bpm, performance.meter, view))


@given(separate(), views)
def test_what_was_played_without_overlap_is_all_there(
    performance: Performance, view: Quantization
) -> None:
    seen = seen_through(performance, view)
    assert [note.pitch for note in seen] == [note.pitch for note in performance.notes]


@given(separate(), views)
def test_no_strength_leaves_notes_where_they_were_played(
    performance: Performance, view: Quantization
) -> None:
    seen = seen_through(performance, Quantization(view.grid, 0, view.reduction))
    step = 15 / performance.bpm
    for note, played in zip(seen, performance.notes, strict=True):
        assert abs(note.start - played.start / step) <= 0.5 + 1e-3


@given(
    separate(apart=4.0),
    st.sampled_from((Grid.OFF, Grid.SIXTEENTH, Grid.EIGHTH, Grid.QUARTER)),
    st.sampled_from(Reduction),
)
def test_quantizing_what_is_quantized_changes_nothing(
    performance: Performance, grid: Grid, reduction: Reduction
) -> None:
    # Of notes closer than the grid, one stays beside it, and says no longer where it came from.
    view = Quantization(grid, 100, reduction)
    once = seen_through(performance, view)
    assert all(note.start % (grid.steps or 1) == 0 for note in once)
    step = 15 / performance.bpm
    again = tuple(PerformedNote(n.pitch, n.velocity, n.start * step, n.end * step) for n in once)
    assert seen_through(Performance(again, performance.bpm, performance.meter), view) == once
