from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.music.pitch import is_black_key
from composer_app.studio.keyboard.geometry import LOUDEST, SOFTEST, KeyboardGeometry

KEYS = KeyboardGeometry(41, 72, 760.0, 130.0)
SHAPES = list(KEYS.shapes())


def test_the_keyboard_has_32_keys_from_f2_to_c5() -> None:
    assert [key.pitch for key in SHAPES] == list(range(41, 73))
    assert [key.pitch for key in SHAPES if key.black] == [
        pitch for pitch in range(41, 73) if is_black_key(pitch)
    ]
    assert KEYS.white_count == 19


def test_white_keys_fill_the_width_side_by_side() -> None:
    whites = [key for key in SHAPES if not key.black]
    assert whites[0].x == 0
    for left, right in pairwise(whites):
        assert left.x + left.width == pytest.approx(right.x)
    assert whites[-1].x + whites[-1].width == pytest.approx(KEYS.width)


@pytest.mark.parametrize("black", [key for key in SHAPES if key.black], ids=lambda key: key.pitch)
def test_a_black_key_stands_over_the_seam_of_its_neighbours(black: object) -> None:
    key = KEYS.key(black.pitch)  # type: ignore[attr-defined]
    seam = KEYS.key(key.pitch + 1).x
    assert key.x < seam < key.x + key.width
    assert key.x > KEYS.key(key.pitch - 1).x
    assert key.height < KEYS.height


@given(
    x=st.floats(0, 759.99),
    y=st.floats(0, 129.99),
)
def test_every_point_belongs_to_one_key(x: float, y: float) -> None:
    pitch = KEYS.pitch_at(x, y)
    assert pitch is not None
    assert KEYS.key(pitch).contains(x, y)
    blacks = [key.pitch for key in SHAPES if key.black and key.contains(x, y)]
    assert blacks in ([], [pitch])


@pytest.mark.parametrize(("x", "y"), [(-0.1, 10), (760, 10), (100, -1), (100, 130)])
def test_beside_the_keyboard_there_is_no_key(x: float, y: float) -> None:
    assert KEYS.pitch_at(x, y) is None


def test_below_the_black_keys_only_white_ones_are_met() -> None:
    met = {KEYS.pitch_at(x, 125.0) for x in range(760)}
    assert met == {key.pitch for key in SHAPES if not key.black}


@pytest.mark.parametrize("pitch", [60, 61])
def test_lower_is_louder(pitch: int) -> None:
    height = KEYS.key(pitch).height
    velocities = [KEYS.velocity_at(pitch, y) for y in range(-5, round(height) + 5)]
    assert velocities == sorted(velocities)
    assert (velocities[0], velocities[-1]) == (SOFTEST, LOUDEST)


@pytest.mark.parametrize("pitch", [40, 73])
def test_a_pitch_off_the_keyboard_is_refused(pitch: int) -> None:
    with pytest.raises(ValueError, match=f"pitch {pitch} is not on the keyboard"):
        KEYS.key(pitch)


@pytest.mark.parametrize("ends", [(42, 72), (41, 70), (60, 60)])
def test_a_keyboard_begins_and_ends_with_white_keys(ends: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="from white key to white key"):
        KeyboardGeometry(*ends, 100.0, 100.0)
