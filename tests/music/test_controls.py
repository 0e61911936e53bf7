import pytest

from composer_app.music.composition import Composition, Track
from composer_app.music.controls import Control, ControlKind, in_order, pedal_up_after
from composer_app.music.note import Note

DOWN, UP = 127, 0


@pytest.mark.parametrize(
    ("tick", "kind", "number", "value"),
    [
        (-1, "bend", 0, 0),
        (0, "bend", 0, 8192),
        (0, "bend", 1, 0),
        (0, "controller", 120, 0),
        (0, "controller", 1, 128),
        (0, "controller", 1, -1),
        (0, "key pressure", 128, 0),
        (0, "volume", 0, 0),
    ],
)
def test_there_is_no_such_control(tick: int, kind: ControlKind, number: int, value: int) -> None:
    with pytest.raises(ValueError, match=r"control|outside|no number"):
        Control(tick, kind, number, value)


def test_controls_at_one_tick_stay_in_their_order_but_a_first_bank() -> None:
    range_of_bend = [Control(5, "controller", number, 0) for number in (101, 100, 6, 38)]
    early = Control(0, "bend", 0, 7)
    bank = Control(0, "controller", 32, 1)
    assert in_order([*range_of_bend, early, bank]) == (bank, early, *range_of_bend)


@pytest.mark.parametrize(
    ("pedal", "until"),
    [
        ([], 100),
        ([(0, DOWN), (50, UP)], 100),
        ([(0, DOWN), (150, UP)], 150),
        ([(0, DOWN), (150, 64), (200, 63)], 200),
        ([(0, DOWN)], 100),
        ([(120, DOWN), (150, UP)], 100),
        ([(100, DOWN), (150, UP)], 150),
    ],
)
def test_a_pedal_lets_sound_on(pedal: list[tuple[int, int]], until: int) -> None:
    controls = [Control(tick, "controller", 64, value) for tick, value in pedal]
    assert pedal_up_after(controls, 100) == until


def test_a_piece_sounds_until_its_pedal_comes_up() -> None:
    notes = (Note(0, 60, 4),)
    for up, steps in ((1920, 8.0), (10**6, 68.0)):
        pedal = (Control(0, "controller", 64, DOWN), Control(up, "controller", 64, UP))
        assert Composition((Track("", 0, notes, pedal),)).sounding_steps == steps
    assert Composition((Track("", 0, notes),)).sounding_steps == 4


def test_an_instrument_that_is_chosen_plays_throughout() -> None:
    bend = Control(3, "bend", 0, 7)
    said = (Control(0, "controller", 0, 1), bend, Control(4, "program", 0, 9))
    piece = Composition((Track("", 5, (Note(0, 60, 4),), said),)).with_program(0, 6)
    assert (piece.tracks[0].program, piece.tracks[0].controls) == (6, (bend,))
