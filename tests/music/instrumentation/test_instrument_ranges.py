"""How low and how high instruments play."""

import pytest

from composer_app.music.instrumentation.instrument_ranges import playable_range
from composer_app.music.instrumentation.instruments import INSTRUMENT_NAMES
from composer_app.music.instrumentation.styles import STYLES


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("Violin", 55, 103), ("Viola", 48, 91), ("Cello", 36, 84), ("Flute", 60, 96)],
)
def test_the_open_string_or_the_lowest_hole_is_the_lowest_note(
    name: str, low: int, high: int
) -> None:
    assert playable_range(INSTRUMENT_NAMES.index(name)) == (low, high)


def test_every_instrument_plays_an_octave_and_what_plays_anything_a_piano_s_keys() -> None:
    for program in range(128):
        low, high = playable_range(program)
        assert 21 <= low < low + 12 <= high <= 108
    assert playable_range(INSTRUMENT_NAMES.index("Grand piano")) == (21, 108)


@pytest.mark.parametrize("style", STYLES.values(), ids=str)
def test_the_ensembles_of_styles_can_play_four_voices(style: object) -> None:
    *_, tenor, bass = style.programs  # type: ignore[attr-defined]
    assert playable_range(bass)[0] <= 40
    assert playable_range(tenor)[0] <= 48
