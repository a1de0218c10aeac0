"""Strict readers for plain data (parsed JSON or YAML).

Each reader reports the place of a fault as a path such as `clocks[3].limit.amount`. All of them
raise BadData.
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from shared.kernel.errors import BadData

T = TypeVar("T")


def a_map(value: object, where: str) -> Mapping[str, object]:
    """Read a mapping with text keys."""
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return value
    raise BadData(f"{where}: a mapping with text keys is needed")


def only(row: Mapping[str, object], *names: str, where: str) -> Mapping[str, object]:
    """The same mapping if it has no other keys, so that a misspelt one is not overlooked."""
    if unknown := sorted(set(row) - set(names)):
        raise BadData(f"{where}: {unknown[0]} is not known here")
    return row


def rows(value: object, where: str) -> list[tuple[str, Mapping[str, object]]]:
    """Read a list of mappings, each with its own path."""
    return [
        (f"{where}[{number}]", a_map(row, f"{where}[{number}]"))
        for number, row in enumerate(a_list(value, where))
    ]


def a_list(value: object, where: str) -> list[object]:
    """Read a list of anything."""
    if isinstance(value, list):
        return value
    raise BadData(f"{where}: a list is needed")


def a_text(value: object, where: str) -> str:
    """Read a text that is not blank."""
    if isinstance(value, str) and value.strip():
        return value
    raise BadData(f"{where}: a text is needed")


def texts(value: object, where: str) -> tuple[str, ...]:
    """Read a list of texts."""
    return tuple(a_text(text, f"{where}[{n}]") for n, text in enumerate(a_list(value, where)))


def a_number(value: object, where: str) -> int:
    """Read a whole number from 1 upwards."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise BadData(f"{where}: a whole number from 1 is needed")


def a_flag(value: object, where: str) -> bool:
    """Read true or false."""
    if isinstance(value, bool):
        return value
    raise BadData(f"{where}: true or false is needed")


def a_day(value: object, where: str) -> date:
    """Read a calendar day in the form 2026-02-14."""
    try:
        return date.fromisoformat(a_text(value, where))
    except ValueError:
        raise BadData(f"{where}: a day such as 2026-02-14 is needed") from None


def days(value: object, where: str) -> dict[date, str]:
    """Read a mapping from days to the name of what makes them special."""
    return {
        a_day(day, f"{where}.{day}"): a_text(name, f"{where}.{day}")
        for day, name in a_map(value, where).items()
    }


def one_of(value: object, *known: str, where: str) -> str:
    """Read one of a few words."""
    if isinstance(value, str) and value in known:
        return value
    raise BadData(f"{where}: {' or '.join(known)} is needed")


def maybe(
    row: Mapping[str, object], key: str, *, where: str, read: Callable[[object, str], T]
) -> T | None:
    """Read an optional key of the row; None if it is missing or null."""
    return None if row.get(key) is None else read(row[key], f"{where}.{key}")


def by_key(pairs: list[tuple[str, T]], where: str) -> Mapping[str, T]:
    """Build a mapping from at least one pair, with unique keys."""
    found = dict(pairs)
    if not found or len(found) < len(pairs):
        raise BadData(f"{where}: each name once, and at least one")
    return MappingProxyType(found)
