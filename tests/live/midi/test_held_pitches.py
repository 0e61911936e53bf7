"""Several keys on one pitch: the first to go down is heard, the last to go up silences it."""

from hypothesis import given
from hypothesis import strategies as st

from composer_app.live.midi.held_pitches import HeldPitches


def test_of_two_keys_on_a_pitch_the_last_to_go_up_silences_it() -> None:
    held: HeldPitches[str] = HeldPitches()
    assert held.strike("mouse", 60)
    assert not held.strike("letter", 60), "it sounds already"
    assert held.sounding == {60}
    assert held.let_go("mouse") is None
    assert held.sounding == {60}
    assert held.let_go("letter") == 60
    assert held.sounding == set()


def test_a_key_that_is_up_lets_go_of_nothing() -> None:
    held: HeldPitches[str] = HeldPitches()
    assert held.let_go("mouse") is None
    held.strike("mouse", 60)
    assert held.let_go("letter") is None
    assert (held.keys, held.pitch_of("mouse"), held.pitch_of("letter")) == (("mouse",), 60, None)
    held.clear()
    assert (held.keys, held.sounding) == ((), frozenset())


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(60, 62)), max_size=40))
def test_what_sounds_is_what_was_struck_and_not_silenced(
    moves: list[tuple[bool, int, int]],
) -> None:
    held: HeldPitches[int] = HeldPitches()
    sounding: set[int] = set()
    for down, key, pitch in moves:
        if down and key not in held.keys:
            assert held.strike(key, pitch) == (pitch not in sounding)
            sounding.add(pitch)
        elif not down:
            silenced = held.let_go(key)
            if silenced is not None:
                sounding.remove(silenced)
        assert held.sounding == sounding
    for key in held.keys:
        held.let_go(key)
    assert not held.sounding
