"""How is plain data (parsed JSON or YAML) read without guessing? Pure.

Each reader says where the fault lies, as a path such as `clocks[3].limit.amount`.
Raises: BadData, everywhere.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from shared.kernel.errors import BadData

T = TypeVar("T")


def a_map(value: object, where: str) -> Mapping[str, object]:
    """A mapping with text keys."""
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return value
    raise BadData(f"{where}: a mapping with text keys is needed")


def rows(value: object, where: str) -> list[tuple[str, Mapping[str, object]]]:
    """A list of mappings, each with its own path."""
    return [
        (f"{where}[{number}]", a_map(row, f"{where}[{number}]"))
        for number, row in enumerate(a_list(value, where))
    ]


def a_list(value: object, where: str) -> list[object]:
    """A list of anything."""
    if isinstance(value, list):
        return value
    raise BadData(f"{where}: a list is needed")


def a_text(value: object, where: str) -> str:
    """A text that is not blank."""
    if isinstance(value, str) and value.strip():
        return value
    raise BadData(f"{where}: a text is needed")


def texts(value: object, where: str) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(a_text(text, f"{where}[{n}]") for n, text in enumerate(a_list(value, where)))


def a_number(value: object, where: str) -> int:
    """A whole number from 1 upwards."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise BadData(f"{where}: a whole number from 1 is needed")


def a_day(value: object, where: str) -> date:
    """A calendar day written as 2026-02-14."""
    try:
        return date.fromisoformat(a_text(value, where))
    except ValueError:
        raise BadData(f"{where}: a day such as 2026-02-14 is needed") from None


def days(value: object, where: str) -> dict[date, str]:
    """A mapping from days to the name of what makes them special."""
    return {
        a_day(day, f"{where}.{day}"): a_text(name, f"{where}.{day}")
        for day, name in a_map(value, where).items()
    }


def by_key(pairs: list[tuple[str, T]], where: str) -> Mapping[str, T]:
    """At least one pair, and each key once."""
    found = dict(pairs)
    if not found or len(found) < len(pairs):
        raise BadData(f"{where}: each name once, and at least one")
    return MappingProxyType(found)
