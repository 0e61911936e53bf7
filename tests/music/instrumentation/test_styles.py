"""The styles and their ensembles."""

import pytest

from composer_app.music.composition import DEFAULT_PROGRAMS
from composer_app.music.instrumentation.instruments import INSTRUMENT_NAMES
from composer_app.music.instrumentation.styles import NOT_OFFERED, STYLES, Style, Tempo, style_named


def test_each_style_has_its_ensemble() -> None:
    played = {
        name: {INSTRUMENT_NAMES[program] for program in style.programs}
        for name, style in STYLES.items()
    }
    assert played == {
        "bach": {"Violin", "Viola", "Cello"},
        "hymn": {"Church organ"},
    }
    assert STYLES["bach"].programs == DEFAULT_PROGRAMS


def test_what_is_not_offered_is_no_style() -> None:
    assert NOT_OFFERED
    assert not set(NOT_OFFERED) & set(STYLES)


def test_a_style_that_is_not_known_is_played_as_usual() -> None:
    assert style_named("hymn") is STYLES["hymn"]
    jazz = style_named("jazz")
    assert (jazz.name, jazz.title) == ("jazz", "Jazz")
    assert (jazz.programs, jazz.tempo) == (STYLES["bach"].programs, STYLES["bach"].tempo)


@pytest.mark.parametrize(
    "programs", [(), (1, 2, 3), (1, 2, 3, 4, 5), (1, 2, 3, 128), (-1, 1, 1, 1)]
)
def test_programs_are_four_of_general_midi(programs: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="are not 4 programs"):
        Style("x", "X", "", programs, Tempo(60, 60, 60))


@pytest.mark.parametrize("tempo", [(3, 60, 70), (60, 59, 70), (60, 80, 70), (60, 80, 1001)])
def test_a_tempo_range_rises(tempo: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="does not rise"):
        Tempo(*tempo)
    assert str(Tempo(60, 80.5, 112.5)) == "60-112.5"
