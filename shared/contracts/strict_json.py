"""The strict JSON reader for Kafka and HTTP.

Each name occurs once per object, numbers are finite, and nothing follows the value. A number
without a fraction is an integer however it is written, as in JSON Schema.
"""

import json
from math import isfinite
from typing import Any


class NotStrict(ValueError):
    """The text is not strict JSON. Reveals nothing of it."""


def normalised(raw: bytes) -> bytes:
    """Rewrite whole numbers such as `1.0` and `1e2` as `1` and `100`.

    Returns the same bytes if there are none. Raises: NotStrict.
    """
    rewritten: list[str] = []

    def number(digits: str) -> float | int:
        value = float(digits)
        if not isfinite(value):
            raise NotStrict
        if not value.is_integer():
            return value
        rewritten.append(digits)
        return int(value)

    try:
        value = json.loads(
            raw.decode(), object_pairs_hook=_once, parse_constant=_refuse, parse_float=number
        )
    except (ValueError, RecursionError):
        raise NotStrict from None
    return json.dumps(value, separators=(",", ":")).encode() if rewritten else raw


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotStrict
    return found


def _refuse(_: str) -> Any:
    raise NotStrict
