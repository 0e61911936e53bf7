"""The mix of a piece: what belongs to which track, and what becomes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.music.composition import Composition, Track
from composer_app.music.controls import Control
from composer_app.music.editing.edits import with_melody_track
from composer_app.music.mix import PieceMix, TrackMix, mixed, order_before, order_with_first
from composer_app.music.note import Note

NOTES = (Note(0, 60, 4),)
LOUD, SOFT, LEFT = TrackMix(120), TrackMix(20), TrackMix(pan=0)
MUTED, SOLO = TrackMix(60, mute=True), TrackMix(solo=True)


def piece(*sounding: bool) -> Composition:
    tracks = (Track(str(i), 0, NOTES if sounds else ()) for i, sounds in enumerate(sounding))
    return Composition(tuple(tracks))


@pytest.mark.parametrize("values", [(128, 64), (-1, 64), (100, 128), (100, -1)])
def test_impossible_values_are_refused(values: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="outside 0-127"):
        TrackMix(*values)


def test_mixes_that_sound_the_same_are_equal() -> None:
    assert PieceMix((LOUD, TrackMix())) == PieceMix((LOUD,))
    assert PieceMix((TrackMix(), LOUD)) != PieceMix((LOUD,))
    assert PieceMix().with_track(2, SOFT).tracks == (TrackMix(), TrackMix(), SOFT)
    assert PieceMix((SOFT,)).with_track(0, TrackMix()) == PieceMix()
    assert PieceMix((SOFT,)).track(5) == TrackMix()


def test_the_balance_silences_nobody() -> None:
    assert PieceMix((LOUD, MUTED, SOLO)).balance == PieceMix((LOUD, TrackMix(60)))


def test_a_track_takes_its_mix_along_to_the_front() -> None:
    mix, order = PieceMix((LOUD, SOFT, LEFT)), order_with_first(2, 4)
    assert mix.reordered(order) == PieceMix((LEFT, LOUD, SOFT))
    before = piece(True, True, True, True)
    after = with_melody_track(before, 2)
    assert [track.name for track in after.tracks] == ["2", "0", "1", "3"]
    moved = mix.carried(before, after, PieceMix(), order)
    assert moved == mix.reordered(order)
    assert moved.carried(after, before, PieceMix(), order_before(order, 4)) == mix


@given(st.integers(1, 8), st.data())
def test_an_order_can_be_gone_back(count: int, data: st.DataObject) -> None:
    order = order_with_first(data.draw(st.integers(0, count - 1)), count)
    mix = PieceMix(tuple(TrackMix(volume) for volume in range(count)))
    assert mix.reordered(order).reordered(order_before(order, count)) == mix


def test_volumes_stay_while_mute_and_solo_end_with_the_notes() -> None:
    both, one, mix = piece(True, True), piece(True, False), PieceMix((SOLO, MUTED))
    assert mix.carried(both, both, PieceMix()) == mix
    without = mix.carried(both, one, PieceMix())
    assert without == PieceMix((SOLO, TrackMix(60)))
    # New notes are heard; those that come back are as they were, at the volume of now.
    assert without.carried(one, both, PieceMix()) == without
    louder = without.with_track(1, TrackMix(90))
    assert louder.carried(one, both, mix) == PieceMix((SOLO, TrackMix(90, mute=True)))


def test_a_track_that_was_not_there_is_as_it_was_remembered() -> None:
    three, order = piece(True, True, True), (0, None, 1)
    mix = PieceMix((LOUD, MUTED))
    assert mix.carried(piece(True, True), three, PieceMix(), order) == PieceMix(
        (LOUD, TrackMix(), MUTED)
    )
    remembered = PieceMix((SOFT, SOFT, SOFT))
    assert mix.carried(piece(True, True), three, remembered, order) == PieceMix((LOUD, SOFT, MUTED))


def test_changes_of_volume_keep_their_proportion_and_those_of_pan_their_distance() -> None:
    said = [
        Control(tick, "controller", number, value)
        for tick, number, value in [(0, 7, 0), (1, 7, 40), (2, 7, 100), (0, 10, 60), (2, 10, 120)]
    ]
    other = Control(3, "controller", 11, 5)
    assert [each.value for each in mixed([*said, other], 40, 60)] == [0, 40, 100, 60, 120, 5]
    assert [each.value for each in mixed([*said, other], 20, 50)] == [0, 20, 50, 50, 110, 5]
    assert [each.value for each in mixed([*said, other], 80, 127)] == [0, 80, 127, 127, 127, 5]
    assert [each.value for each in mixed([*said, other], 0, 0)] == [0, 0, 0, 0, 60, 5]
    silent = Control(0, "controller", 7, 0)
    assert mixed([silent], 90, 64) == [silent]
