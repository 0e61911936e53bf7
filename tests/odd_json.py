"""JSON with something odd in it, as a reader must expect of a file that anybody may have made."""

import json
from typing import Any, Final

# JSON that is sound, or nearly, and means nothing.
ODD_TEXTS: Final = [
    *("null", "true", "0", "-1", "1.5", "1e999", "NaN", "-Infinity", '""', '"x"', "[]", "{}"),
    *("[null]", "[[]]", "[{}]", '{"a": 1}', "1" + "0" * 400, "1" * 5000, "[" * 100_000, '"', ""),
    '{"a":' * 50_000,
    "[" + ",".join(['"bach"'] * 50_000) + "]",
    '"\\ud800\\u001b[31m"',
]


def places(value: Any) -> list[tuple[Any, ...]]:
    """The path of every value inside ``value``, and of itself.

    Of the rows of a list that look alike, notes for instance, one is gone through: whoever reads
    them reads them in one way.
    """
    found: list[tuple[Any, ...]] = [()]
    if isinstance(value, list):
        seen = set()
        for index, inner in enumerate(value):
            looks = _looks(inner)
            if not isinstance(inner, (list, dict)) or looks not in seen:
                seen.add(looks)
                found += [(index, *path) for path in places(inner)]
    elif isinstance(value, dict):
        for key, inner in value.items():
            found += [(key, *path) for path in places(inner)]
    return found


def _looks(value: Any) -> object:
    """What rows have in common that differ by their numbers and words alone."""
    if isinstance(value, list):
        return tuple(map(_looks, value))
    if isinstance(value, dict):
        return tuple((key, _looks(inner)) for key, inner in value.items())
    return type(value)


def with_text_at(value: Any, path: tuple[Any, ...], odd: str) -> str:
    """``value`` as JSON, with ``odd`` instead of what is at ``path``."""
    if not path:
        return odd
    if isinstance(value, dict):
        rows = {k: with_text_at(v, path[1:], odd) if k == path[0] else json.dumps(v)
                for k, v in value.items()}  # fmt: skip
        return "{" + ",".join(f"{json.dumps(k)}:{v}" for k, v in rows.items()) + "}"
    items = [with_text_at(v, path[1:], odd) if i == path[0] else json.dumps(v)
             for i, v in enumerate(value)]  # fmt: skip
    return "[" + ",".join(items) + "]"
