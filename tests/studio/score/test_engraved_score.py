"""Where systems, times and notes of an engraved piece are."""

import pytest

from composer_app.music.composition import Composition, Track
from composer_app.music.note import Note
from tests.studio.score.engraved import engraved, quarters

LONG = quarters(16)


def test_systems_that_are_to_come_are_taken_to_be_as_high_as_the_others() -> None:
    whole, part = engraved(LONG), engraved(LONG, systems=1)

    assert len(whole) == len(part) > 3
    assert part.height_of(3) == part.height_of(0)
    assert part.height == pytest.approx(whole.height, rel=0.1)
    assert [whole.index_at(whole.top(i) + 1) for i in range(len(whole))] == list(range(len(whole)))
    assert whole.index_at(-5) == 0
    assert whole.index_at(whole.height + 5) == len(whole) - 1
    assert whole.within(whole.top(1) + 1, whole.top(2) + 1) == range(1, 3)


def test_what_is_missing_comes_from_what_is_seen_on_and_then_upward() -> None:
    part = engraved(LONG, systems=2)
    assert part.missing(3, 2) == [3, 4]
    assert part.missing(len(part) - 1, 3) == [len(part) - 1, len(part) - 2, len(part) - 3]
    assert engraved(LONG).missing(0, 4) == []


def test_time_goes_from_left_to_right_and_from_system_to_system() -> None:
    score = engraved(LONG)
    places = [(score.index_of(step), score.x_of(step)) for step in range(LONG.steps)]
    assert all(x is not None for _, x in places)
    assert places == sorted(places)
    assert places[-1][0] == len(score) - 1
    # Between two quarters, half-way.
    first, between, second = (score.x_of(step) for step in (0, 2, 4))
    assert first is not None
    assert second is not None
    assert between == pytest.approx((first + second) / 2)
    assert engraved(LONG, systems=1).x_of(LONG.steps - 1) is None


@pytest.mark.parametrize("step", [0, 4, 20, 63])
def test_a_place_is_the_sign_that_is_nearest(step: int) -> None:
    score = engraved(LONG, 400)
    x = score.x_of(step)
    assert x is not None
    assert score.step_at(0, x) == 4 * round(step / 4 - 0.01)


def test_a_bar_of_rests_has_a_beginning_as_well() -> None:
    tune = Composition((Track("Tune", 0, (Note(0, 60, 16), Note(32, 60, 16))),))
    score = engraved(tune, 200)
    first, rest, last = (score.x_of(step) for step in (0, 16, 32))
    assert first is not None
    assert rest is not None
    assert last is not None
    assert first < rest < last


def test_notes_are_found_where_their_heads_are() -> None:
    score = engraved(LONG)
    system = score.systems[1]
    for owner, box in system.heads.items():
        mark = system.marks[owner]
        x, y = (box[0] + box[2]) / 360, (box[1] + box[3]) / 360
        assert score.note_at(1, x, y) == (mark.track, mark.number)
    assert score.note_at(1, 0.0, 0.0) is None
    assert score.owners(1, [(0, 0)]) == []
    ((owner, note),) = score.owners(0, [(2, 1)])
    assert (score.systems[0].marks[owner][1:3], note) == ((2, 1), (2, 1))


def test_what_sounds_is_what_plays_at_a_step() -> None:
    tune = Composition(
        (
            Track("Long", 0, (Note(0, 40, 64),)),
            Track("Short", 0, (Note(0, 60, 2), Note(2, 62, 2, onset_shift=60))),
        )
    )
    score = engraved(tune)
    assert score.sounding(0) == {(0, 0), (1, 0)}
    assert score.sounding(2.2) == {(0, 0)}
    assert score.sounding(2.3) == {(0, 0), (1, 1)}
    assert score.sounding(63.9) == {(0, 0)}
    assert score.sounding(64) == set()


def test_notes_are_known_by_what_they_are() -> None:
    score = engraved(LONG)
    note = LONG.tracks[1].notes[5]
    assert score.indices([(1, note), (0, note), (9, note)]) == {(1, 5)}
    assert score.note((1, 5)) == note


def test_bars_are_found_by_their_steps() -> None:
    score = engraved(LONG, 400)
    boxes = score.bars_between(0, (16, 48))
    assert len(boxes) == 2
    assert boxes[0][2] == pytest.approx(boxes[1][0])
    assert score.staves(0)[0] == pytest.approx(boxes[0][1])
    assert score.staves(0)[1] == pytest.approx(boxes[0][3])


def test_one_goes_from_onset_to_onset() -> None:
    score = engraved(LONG)
    step, notes = score.next_onset(0, 1) or (0, [])
    assert (step, len(notes)) == (4, 4)
    assert (score.next_onset(5, 1) or (0,))[0] == 8
    assert (score.next_onset(5, -1) or (0,))[0] == 4
    assert (score.next_onset(4, -1) or (1,))[0] == 0
    assert score.next_onset(0, -1) is None
    assert score.next_onset(LONG.steps, 1) is None
