import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer_app.music.performing.performance import (
    Grid,
    Performance,
    PerformedNote,
    Quantization,
    Reduction,
    from_details,
    to_details,
)
from composer_app.music.timing import Meter

NOTE = PerformedNote(60, 80, 0.0, 0.5)


@pytest.mark.parametrize(
    "note",
    [
        (-1, 80, 0, 1),
        (128, 80, 0, 1),
        (60, 0, 0, 1),
        (60, 128, 0, 1),
        (60, 80, 1, 0.5),
        (60, 80, float("nan"), 1),
        (60, 80, 0, float("inf")),
    ],
)
def test_a_performed_note_must_make_sense(note: tuple[int, int, float, float]) -> None:
    with pytest.raises(ValueError, match=r"pitch|velocity|ends"):
        PerformedNote(*note)


@pytest.mark.parametrize("strength", [-1, 101])
def test_strength_is_a_percentage(strength: int) -> None:
    with pytest.raises(ValueError, match="strength"):
        Quantization(strength=strength)


@pytest.mark.parametrize("bpm", [0.0, 3.9, 1000.1, float("nan")])
def test_a_performance_has_a_tempo_that_music_has(bpm: float) -> None:
    with pytest.raises(ValueError, match="tempo"):
        Performance((NOTE,), bpm)


def test_notes_stand_in_the_order_of_their_onsets() -> None:
    late = PerformedNote(62, 80, 1.0, 2.0)
    assert Performance((late, NOTE), 100).notes == (NOTE, late)


performed_notes = st.builds(
    lambda pitch, velocity, start, length: PerformedNote(pitch, velocity, start, start + length),
    st.integers(0, 127),
    st.integers(1, 127),
    st.floats(-2, 300),
    st.floats(0, 9),
)
performances = st.builds(
    Performance,
    st.lists(performed_notes, max_size=12).map(tuple),
    st.floats(10, 600),
    st.builds(Meter, st.integers(1, 12), st.sampled_from((4, 8))),
    st.builds(Quantization, st.sampled_from(Grid), st.integers(0, 100), st.sampled_from(Reduction)),
)


@given(performances)
def test_a_performance_survives_json(performance: Performance) -> None:
    assert from_details(json.loads(json.dumps(to_details(performance)))) == performance


@pytest.mark.parametrize(
    "change",
    [
        {"bpm": "fast"},
        {"bpm": 3},
        {"bpm": 10**400},
        {"meter": [4]},
        {"meter": [4, 3]},
        {"view": ["1/5", 100, "top"]},
        {"view": ["1/8", 500, "top"]},
        {"view": ["1/8", 100, "bottom"]},
        {"notes": 5},
        {"notes": [[60, 80, 0.0]]},
        {"notes": [[60, 80, 0.0, float("nan")]]},
        {"notes": [[200, 80, 0.0, 1.0]]},
        {"notes": [[60, 80, 0, 1]] * 20_001},
    ],
)
def test_details_that_somebody_spoilt_are_no_performance(change: dict[str, object]) -> None:
    details = to_details(Performance((NOTE,), 100))
    assert from_details(details) is not None
    assert from_details({**details, **change}) is None
    assert from_details(None) is None
