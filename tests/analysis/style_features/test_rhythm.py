"""When notes are struck, of rhythms written out."""

import pytest

from composer_app.analysis.style_features.rhythm import rhythm_features, runs_of_eighths
from tests.analysis.style_features.fragments import Line, held, reading_of

QUARTER: Line = [(55, 4)]
EIGHTHS: Line = [(55, 2), (57, 2)]


def tenor(line: Line, bar_steps: int = 16) -> dict[str, tuple[float, float]]:
    steps = sum(length for _, length in line)
    reading = reading_of(
        held(72, steps), held(64, steps), line, held(48, steps), bar_steps=bar_steps
    )
    return {name: tuple(count) for name, count in rhythm_features(reading).items()}  # type: ignore[misc]


def test_attacks_by_place() -> None:
    features = tenor([*EIGHTHS, *QUARTER, *EIGHTHS, (55, 3), (57, 1), (55, 8), (57, 8)])
    assert features["tenor: struck on downbeats"] == (2, 2)
    assert features["tenor: struck on strong beats"] == (2, 2)
    assert features["tenor: struck on weak beats"] == (2, 4)
    assert features["tenor: struck on off-beats of strong beats"] == (2, 4)
    assert features["tenor: struck on off-beats of weak beats"] == (0, 4)
    assert features["tenor: struck on sixteenths before beats"] == (1, 8)
    assert features["tenor: held over beats"] == (2, 7)
    assert features["tenor: held over bar lines"] == (0, 1)
    assert features["alto: held over bar lines"] == (1, 1)
    assert features["tenor: eighths"] == (4, 9)
    assert features["tenor: dotted eighths"] == (1, 9)
    assert features["tenor: half notes"] == (2, 9)
    assert features["tenor: eighths after eighths"] == (2, 4)


def test_a_bar_of_three_has_one_strong_beat() -> None:
    features = tenor([*QUARTER, *QUARTER, (55, 4)], bar_steps=12)
    assert features["tenor: struck on weak beats"] == (2, 2)
    assert features["tenor: struck on strong beats"] == (0, 0)


@pytest.mark.parametrize(
    ("line", "lengths"),
    [
        ([*EIGHTHS * 3, *QUARTER, *EIGHTHS], [3, 1]),
        ([*QUARTER, *EIGHTHS * 4], [4]),
        ([*QUARTER * 4], []),
    ],
)
def test_runs_of_eighths(line: Line, lengths: list[int]) -> None:
    steps = sum(length for _, length in line)
    reading = reading_of(held(72, steps), held(64, steps), line, held(48, steps))
    assert runs_of_eighths(reading).tolist() == lengths
    features = rhythm_features(reading)
    assert features["beats in a run of eighths"] == (sum(lengths), len(lengths))
    long = sum(length >= 4 for length in lengths)
    assert features["runs of eighths of four beats and more"] == (long, len(lengths))


def test_who_strikes_together_and_hands_on() -> None:
    reading = reading_of(
        [(72, 2), (74, 2), (76, 4), (77, 4), (76, 4)],
        [(64, 2), (65, 2), (64, 4), (64, 2), (65, 2), (64, 4)],
        [(55, 2), (57, 2), (55, 2), (57, 2), (55, 8)],
        held(48, 16),
    )
    features = rhythm_features(reading)
    assert features["alto and tenor: off-beats struck together"] == (1, 3)
    assert features["soprano and alto: off-beats struck together"] == (1, 2)
    assert features["off-beats without the melody that a lower voice strikes"] == (2, 3)
    # The tenor goes on after its own first off-beat; the alto takes over from its second.
    assert features["tenor: off-beats after its own off-beats"] == (1, 2)
    assert features["alto: off-beats handed on"] == (1, 2)
    assert features["off-beats struck by 2 lower voices"] == (1, 3)


def test_bars_that_repeat_a_rhythm() -> None:
    features = tenor([*QUARTER * 4, *QUARTER * 4, *EIGHTHS * 4])
    # Alto and bass are silent after the first bar's one note, and so are alike from then on.
    assert features["voices that repeat the rhythm of the bar before"] == (3, 6)
    assert features["bars without off-beats"] == (2, 3)
    assert features["attacks a bar of the lower voices"] == (6 + 4 + 8, 3)
    assert features["attacks a bar, change to the next bar"] == (2 + 4, 2)
    alone = tenor([*QUARTER * 4])
    assert alone["bars without off-beats"] == (0, 0)
    assert list(alone) == list(features)
