"""What was played is seen as one note at a time on the grid, by rules that are written down."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from composer_app.music.composition import Composition, Origin, Track
from composer_app.music.note import Note
from composer_app.music.performing.performance import (
    Grid,
    Performance,
    PerformedNote,
    Quantization,
    Reduction,
)
from composer_app.music.performing.quantization import (
    CHORD_SECONDS,
    attached,
    composition_of,
    melody_notes,
    melody_of,
    with_performance,
)
from composer_app.music.timing import TICKS_PER_STEP, Meter, TempoMap

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


def test_both_rules_can_be_undone() -> None:
    # A chord, and a note that is held into the next two, the second of which is of its own pitch.
    played = (60, 0.0, 0.5), (64, 0.01, 0.6), (65, 0.4, 1.0), (67, 0.8, 1.2), (65, 0.9, 1.2)
    everything = Quantization(Grid.OFF, reduction=Reduction.ALL)
    seen = [(0, 60, 5), (0, 64, 6), (4, 65, 5), (8, 67, 4), (9, 65, 3)]
    assert line(everything, *played) == seen
    assert [(onset, release) for _, onset, release in sound(everything, *played)] == [
        pytest.approx(times, abs=0.003) for times in ((0, 5), (0.1, 6), (4, 9), (8, 12), (9, 12))
    ]
    melody = [(0, 64, 4), (4, 65, 4), (8, 67, 1), (9, 65, 3)]
    assert line(Quantization(Grid.OFF), *played) == melody


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


def sound(view: Quantization, *notes: tuple[int, float, float]) -> list[tuple[int, float, float]]:
    """(pitch, onset, release) in steps of what (pitch, start, end) in seconds sounds as."""
    played = tuple(PerformedNote(pitch, 80, start, end) for pitch, start, end in notes)
    seen = melody_notes(Performance(played, BPM, quantization=view))
    return [(note.pitch, note.onset, note.release) for note in seen]


THIRDS = pytest.approx([4 * i / 3 for i in range(7)], abs=1e-9)


@pytest.mark.parametrize("off_by", [0.0, 0.03, -0.03])
def test_triplets_sound_as_thirds_of_a_beat(off_by: float) -> None:
    wrong = (0.0, off_by, -off_by)
    onsets = [i * 0.4 / 3 + wrong[i % 3] for i in range(6)]
    played = [(60 + i, at, at + 0.13) for i, at in enumerate(onsets)]
    seen = sound(Quantization(Grid.EIGHTH_TRIPLET), *played)
    assert [pitch for pitch, _, _ in seen] == [60, 61, 62, 63, 64, 65]
    assert [onset for _, onset, _ in seen] + [seen[-1][2]] == THIRDS
    assert [release for _, _, release in seen] == [onset for _, onset, _ in seen[1:]] + [8.0]


def test_a_triplet_that_is_let_go_lasts_triplets() -> None:
    seen = sound(Quantization(Grid.EIGHTH_TRIPLET), (60, 0.0, 0.1), (62, 0.41, 0.65))
    assert seen == [(60, 0.0, pytest.approx(4 / 3)), (62, 4.0, pytest.approx(4 + 8 / 3))]
    seen = sound(Quantization(Grid.QUARTER_TRIPLET), (60, 0.27, 0.5))
    assert seen == [(60, pytest.approx(8 / 3), pytest.approx(16 / 3))]


def test_off_sounds_as_it_was_played() -> None:
    played = (60, 0.03, 0.21), (62, 0.27, 0.27), (64, 0.38, 0.9), (65, 0.83, 1.0)
    assert sound(Quantization(Grid.OFF), *played) == [
        (60, pytest.approx(0.3), pytest.approx(2.1)),
        (62, pytest.approx(2.7, abs=0.003), pytest.approx(2.7, abs=0.005)),
        (64, pytest.approx(3.8), pytest.approx(8.3)),
        (65, pytest.approx(8.3), pytest.approx(10.0)),
    ]


def test_half_the_strength_is_half_way() -> None:
    played = (60, 0.06, 0.31), (62, 0.47, 0.85), (64, 0.85, 1.0)
    assert sound(Quantization(Grid.QUARTER), *played) == [(60, 0, 2), (62, 4, 8), (64, 8, 9)]
    assert sound(Quantization(Grid.QUARTER, 50), *played) == [
        (60, pytest.approx(0.3), pytest.approx((3.1 + 2) / 2, abs=0.005)),
        (62, pytest.approx(4.35, abs=0.005), pytest.approx(8.25, abs=0.005)),
        (64, pytest.approx(8.25, abs=0.005), 9.5),
    ]


@pytest.mark.parametrize(
    ("why", "at", "onsets"),
    [
        ("to the one before, which is free", (0, 1.6, 2.3), (0, 359 / 240, 2.3)),
        ("to the one after, where that is nearer", (0, 1.9, 2.45), (0, 1.9, 2.5)),
        ("to the one after, where that is free", (0.8, 1.6, 2.4), (0.8, 1.6, 2.5)),
        ("nowhere without leaving where they were", (1.0, 1.6, 2.2, 3.0), (1.0, 2.2, 3.0)),
        ("nowhere: less than half a sixteenth apart", (0, 1.9, 2.3), (0, 2.3)),
        ("to the one after, the latest of two", (0, 1.9, 2.45, 2.46), (0, 1.9, 2.5)),
        ("to the one before, where the one after is taken", (1.6, 2.4, 3), (359 / 240, 2.4, 3)),
    ],
)
def test_two_onsets_in_a_sixteenth(
    why: str, at: tuple[float, ...], onsets: tuple[float, ...]
) -> None:
    played = [(60 + i, onset / 10, onset / 10 + 0.01) for i, onset in enumerate(at)]
    heard = [onset for _, onset, _ in sound(LATEST, *played)]
    assert heard == pytest.approx(list(onsets), abs=0.003), why


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
COARSE = Performance(PERFORMANCE.notes, BPM, quantization=Quantization(Grid.QUARTER))


def test_another_view_changes_the_melody_and_nothing_else() -> None:
    bass = Track("Bass", 42, (Note(0, 40, 8),))
    before = with_performance(
        Composition((Track("Soprano", 7), bass), TempoMap.constant(60), title="T"), PERFORMANCE
    )
    before = Composition(
        before.tracks, before.tempo, before.meters, "T", Origin("bach", 1, 1.0), PERFORMANCE
    )
    after = with_performance(before, COARSE)
    assert [note.start for note in before.tracks[0].notes] == [0, 3]
    assert [note.start for note in after.tracks[0].notes] == [0, 4]
    assert (after.tracks[0].name, after.tracks[0].program) == ("Soprano", 7)
    assert (after.tracks[1:], after.tempo, after.title) == ((bass,), before.tempo, "T")
    assert (before.origin, after.origin) == (Origin("bach", 1, 1.0), None)
    assert with_performance(before, PERFORMANCE).origin == before.origin
    # Voices follow from the melody on the grid, not from how it sounds beside it.
    as_played = with_performance(before, replace(PERFORMANCE, quantization=Quantization(Grid.OFF)))
    assert as_played.tracks[0].notes != before.tracks[0].notes
    assert as_played.origin == before.origin
    assert with_performance(Composition(), COARSE).tracks[0].notes == after.tracks[0].notes


def test_generating_takes_the_top_line_of_all_notes_and_stays_their_view() -> None:
    chord = Performance(
        (PerformedNote(60, 80, 0.0, 0.4), PerformedNote(64, 80, 0.0, 0.8)),
        BPM,
        quantization=Quantization(reduction=Reduction.ALL),
    )
    piece = composition_of(chord, "Chord", 7)
    assert [note.pitch for note in piece.tracks[0].notes] == [60, 64]
    assert (piece.title, piece.tracks[0].program, piece.performance) == ("Chord", 7, chord)
    assert [note.pitch for note in piece.melody().notes] == [64]
    generated = replace(piece, tracks=(replace(piece.tracks[0], notes=piece.melody().notes),))
    assert attached(piece) == attached(generated) == chord
    again = replace(generated, origin=Origin("bach", 1, 1.0))
    assert with_performance(again, chord).tracks == piece.tracks
    assert with_performance(again, chord).origin == again.origin, "the melody is the same"


def test_the_top_line_of_what_was_played_together_overlaps_nothing() -> None:
    # Both stand at sixteenth 4; the higher one, which counts, was struck before the first ended.
    played = ((60, 0.0, 0.4), (60, 0.4, 0.5), (67, 0.37, 0.5))
    notes = tuple(PerformedNote(pitch, 80, start, end) for pitch, start, end in played)
    view = Quantization(Grid.OFF, reduction=Reduction.ALL)
    first, second = melody_of(Performance(notes, BPM, quantization=view)).notes
    assert (first.pitch, second.pitch) == (60, 67)
    assert first.release_ticks == second.onset_ticks == 888


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


@example(
    Performance(
        (PerformedNote(60, 80, 16.25, 16.25), PerformedNote(61, 80, 16.5, 16.5)),
        20.0,
        Meter(4, 4),
        Quantization(Grid.OFF, 0, Reduction.ALL),
    )
)
@given(performances)
def test_any_playing_is_seen_as_one_note_at_a_time(performance: Performance) -> None:
    seen = melody_of(performance).notes
    if performance.quantization.reduction is not Reduction.ALL:
        assert seen == melody_notes(performance)
        assert all(a.end <= b.start for a, b in pairwise(seen))
    # On the grid several short notes of a line may share a sixteenth; they sound one by one.
    assert all(a.release_ticks <= b.onset_ticks for a, b in pairwise(seen))
    assert len(seen) <= len(performance.notes)
    assert {n.pitch for n in seen} <= {n.pitch for n in performance.notes}


@given(performances)
def test_all_notes_overlap_none_of_their_own_pitch(performance: Performance) -> None:
    everything = replace(
        performance, quantization=replace(performance.quantization, reduction=Reduction.ALL)
    )
    seen = melody_notes(everything)
    assert list(seen) == sorted(seen)
    assert {note.pitch for note in seen} == {
        note.pitch for note in performance.notes if note.start > -max(7.5 / performance.bpm, 0.06)
    }
    for pitch in {note.pitch for note in seen}:
        line = tuple(note for note in seen if note.pitch == pitch)
        assert all(a.release_ticks <= b.onset_ticks for a, b in pairwise(line))
        alone = tuple(note for note in performance.notes if note.pitch == pitch)
        latest = replace(everything.quantization, reduction=Reduction.LATEST)
        assert line == seen_through(replace(everything, notes=alone), latest)


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
    seen = [note.pitch for note in seen_through(performance, view)]
    played = [note.pitch for note in performance.notes]
    if view.reduction is Reduction.ALL:
        # Each pitch is drawn to the grid by itself: notes may come together there.
        seen, played = sorted(seen), sorted(played)
    assert seen == played


# Half a tick, in steps, and what rounding to microseconds adds to it.
TICK = 0.5 / TICKS_PER_STEP + 1e-4


@given(separate(), views)
def test_no_strength_leaves_notes_where_they_were_played(
    performance: Performance, view: Quantization
) -> None:
    seen = seen_through(performance, Quantization(view.grid, 0, view.reduction))
    step = 15 / performance.bpm
    following = [*(played.start for played in performance.notes[1:]), float("inf")]
    for note, played, then in zip(seen, performance.notes, following, strict=True):
        onset, end = played.start / step, min(played.end, then) / step
        assert abs(note.onset - onset) <= TICK
        assert abs(note.release - max(end, onset + 1 / TICKS_PER_STEP)) <= 2 * TICK


@given(performances, st.sampled_from((Grid.SIXTEENTH, Grid.EIGHTH, Grid.QUARTER)))
def test_at_full_strength_everything_is_on_the_grid(performance: Performance, grid: Grid) -> None:
    seen = seen_through(
        performance, Quantization(grid, reduction=performance.quantization.reduction)
    )
    assert all(note == note.on_grid for note in seen)


@given(separate(apart=4.0), st.sampled_from(Grid), st.integers(0, 100))
def test_strength_is_the_share_of_the_way_to_the_grid(
    performance: Performance, grid: Grid, strength: int
) -> None:
    share = 0 if grid is Grid.OFF else strength / 100
    played, seen, full = (
        seen_through(performance, Quantization(grid, percent)) for percent in (0, strength, 100)
    )
    for a, b, c in zip(played, seen, full, strict=True):
        way = c.onset_ticks - a.onset_ticks
        if abs(way) <= (grid.ticks or 0) // 2:  # else it stays with its sixteenth at one of them
            assert abs(b.onset_ticks - a.onset_ticks - share * way) <= 0.5 + 1e-9


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
    assert all(note.onset_ticks % (grid.ticks or 1) == 0 for note in once)
    step = 15 / performance.bpm
    again = tuple(
        PerformedNote(n.pitch, n.velocity, n.onset * step, n.release * step) for n in once
    )
    assert seen_through(Performance(again, performance.bpm, performance.meter), view) == once
