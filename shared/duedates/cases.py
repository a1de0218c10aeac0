"""One case per line of the clerk's file, validated; faults name fields."""

from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal

from pydantic import Field, PlainValidator
from pydantic_core import PydanticCustomError

from shared.contracts.vocabulary import Category
from shared.kernel.working_days import MOST_DAYS, PausePeriod, civil_date
from shared.platform.runtime.json_lines import BadLine, Id, JsonLine, checked, object_on

MOST_PAUSES: Final = 100
FIELDS: Final = frozenset({"id", "received", "limit", "amount", "unit", "category", "paused"})


def _instant(value: object) -> datetime:
    """An instant in a year that every zone can express."""
    try:
        instant = datetime.fromisoformat(value if isinstance(value, str) else "")
        civil_date(instant)
    except (ValueError, OverflowError):
        raise PydanticCustomError(
            "instant", "an instant with its zone is needed, such as 2026-03-02T10:00:00+08:00"
        ) from None
    return instant


def _pause(value: object) -> PausePeriod:
    """A pair of instants; the second may be null."""
    if not isinstance(value, list) or len(value) != 2:
        raise PydanticCustomError("pause", "two instants are needed: from and to, or from and null")
    began_at, ended_at = _instant(value[0]), None if value[1] is None else _instant(value[1])
    if ended_at is not None and ended_at < began_at:
        raise PydanticCustomError("pause", "it ends before it begins")
    return PausePeriod(began_at, ended_at)


class LimitAsked(JsonLine):
    """A number of working days (`wd`) or natural days (`d`)."""

    amount: int = Field(ge=1, le=MOST_DAYS)
    unit: Literal["wd", "d"]


Instant = Annotated[datetime, PlainValidator(_instant)]
Pauses = Annotated[
    list[Annotated[PausePeriod, PlainValidator(_pause)]], Field(max_length=MOST_PAUSES)
]
"""Times in which the letter waited for its writer."""


class DueDateCase(JsonLine):
    """A question for a due date with a given limit."""

    id: Id
    received: Instant
    limit: LimitAsked
    paused: Pauses = Field(default_factory=list)


class LetterCase(JsonLine):
    """A question for a reply's due date, with the limit from the policies."""

    id: Id
    received: Instant
    category: Category
    paused: Pauses = Field(default_factory=list)


def case_of(line: bytes) -> DueDateCase | LetterCase:
    """The case on a line; a limit takes precedence over a category. Raises: BadLine."""
    content = object_on(line, fields=FIELDS)
    if "paused" not in content and (likely := get_close_matches("paused", content, n=1)):
        raise BadLine(f"paused: is it meant by {likely[0]!r}?")
    return checked(content, _kind(content))


def _kind(said: Mapping[str, Any]) -> type[DueDateCase | LetterCase]:
    return LetterCase if "category" in said and "limit" not in said else DueDateCase
