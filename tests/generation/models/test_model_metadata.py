"""Numbers and lists in a model's metadata; what makes no sense is a ValueError."""

import pytest

from composer_app.generation.models.model_metadata import (
    json_list,
    known_styles,
    pitch_range,
    positive_number,
    whole_number,
)


def test_what_is_there_is_read() -> None:
    assert json_list({"a": '[1, "b"]'}, "a", "[]") == [1, "b"]
    assert json_list({}, "a", "[2]") == [2]
    assert known_styles({}) == ["bach"]
    assert known_styles({"styles": '["hymn", "bach"]'}) == ["hymn", "bach"]
    assert whole_number({"n": "16"}, "n", 1, 16) == 16
    assert positive_number({"n": "0.5"}, "n") == 0.5
    assert positive_number({}, "n") is None
    assert pitch_range({"lowest_pitch": "36", "highest_pitch": "83"}) == (36, 83)


@pytest.mark.parametrize(
    "text",
    [
        *("", "3", "null", "NaN", "{}", '"bach"', "[", "[1", "[" * 100_000, "1" * 5000),
        "[" + "0," * 100 + "0]",
    ],
    ids=lambda text: text[:8],
)
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_list({"a": text}, "a", "[]")
    with pytest.raises(ValueError, match=r"."):
        known_styles({"styles": text})


@pytest.mark.parametrize("text", ["[]", "[1]", "[null]", '["bach", {}]', '["bach", ["hymn"]]'])
def test_styles_are_names(text: str) -> None:
    with pytest.raises(ValueError, match="styles are names"):
        known_styles({"styles": text})


@pytest.mark.parametrize("text", [None, "", "x", "1.5", "0", "17", "-3", "inf", "9" * 5000])
def test_what_is_no_number_within_its_bounds_is_refused(text: str | None) -> None:
    metadata = {} if text is None else {"n": text}
    with pytest.raises(ValueError, match=r"."):
        whole_number(metadata, "n", 1, 16)


@pytest.mark.parametrize("text", ["", "much", "0", "-1", "nan", "inf", "1e999"])
def test_what_is_no_number_above_zero_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        positive_number({"n": text}, "n")


@pytest.mark.parametrize(
    ("lowest", "highest"), [("-1", "83"), ("36", "128"), ("84", "83"), ("36", "46")]
)
def test_a_range_that_is_none_is_refused(lowest: str, highest: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        pitch_range({"lowest_pitch": lowest, "highest_pitch": highest})
