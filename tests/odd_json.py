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
    """The path of every value inside ``value``, and of itself."""
    found: list[tuple[Any, ...]] = [()]
    if isinstance(value, list):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        for key, inner in value.items():
            found += [(key, *path) for path in places(inner)]
    return found


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
