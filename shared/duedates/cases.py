"""What does a line of the clerk's file ask? One case a line, checked, faults named by field."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError
from pydantic_core import PydanticCustomError

from shared.contracts.vocabulary import Category
from shared.kernel.working_days import MOST_DAYS, Pause, civil_date

MOST_PAUSES: Final = 100
HALVES: Final = re.compile("[\ud800-\udfff]")
"""Halves of characters, which JSON can name and no file can hold."""


class BadLine(Exception):
    """A line that can't be answered: a sentence for each fault, naming the field, no value."""

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults


def _id(value: object) -> str | int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value and not HALVES.search(value):
        return value
    raise PydanticCustomError("id", "a text or a whole number is needed")


def _instant(value: object) -> datetime:
    """An instant of a year that every zone can write."""
    try:
        instant = datetime.fromisoformat(value if isinstance(value, str) else "")
        civil_date(instant)
    except (ValueError, OverflowError):
        raise PydanticCustomError(
            "instant", "an instant with its zone is needed, such as 2026-03-02T10:00:00+08:00"
        ) from None
    return instant


def _pause(value: object) -> Pause:
    """A pair of instants; the second may be null."""
    if not isinstance(value, list) or len(value) != 2:
        raise PydanticCustomError("pause", "two instants are needed: from and to, or from and null")
    began_at, ended_at = _instant(value[0]), None if value[1] is None else _instant(value[1])
    if ended_at is not None and ended_at < began_at:
        raise PydanticCustomError("pause", "it ends before it begins")
    return Pause(began_at, ended_at)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", hide_input_in_errors=True)


class LimitAsked(_Strict):
    """So many working days (`wd`) or natural days (`d`)."""

    amount: int = Field(ge=1, le=MOST_DAYS)
    unit: Literal["wd", "d"]


Id = Annotated[str | int, PlainValidator(_id)]
"""Whatever the clerk knows the case by; it is given back as it is."""
Instant = Annotated[datetime, PlainValidator(_instant)]
Pauses = Annotated[list[Annotated[Pause, PlainValidator(_pause)]], Field(max_length=MOST_PAUSES)]
"""Times in which the letter waited for its writer."""


class Case(_Strict):
    """One question: when is that due?"""

    id: Id
    received: Instant
    limit: LimitAsked
    paused: Pauses = Field(default_factory=list)


class LetterCase(_Strict):
    """The same where the policies say the limit: when is a reply to such a letter due?"""

    id: Id
    received: Instant
    category: Category
    paused: Pauses = Field(default_factory=list)


def case_of(line: bytes) -> Case | LetterCase:
    """The case on a line; a limit goes before a category. Raises: BadLine."""
    said = _object(line)
    if "paused" not in said and (likely := get_close_matches("paused", said, n=1)):
        raise BadLine(f"paused: is it meant by {likely[0]!r}?")
    try:
        return _kind(said).model_validate(said)
    except ValidationError as invalid:
        raise BadLine(*dict.fromkeys(_sentences(invalid))) from None


def _kind(said: Mapping[str, Any]) -> type[Case | LetterCase]:
    return LetterCase if "category" in said and "limit" not in said else Case


def _object(line: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(line.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refused)
    except BadLine:
        raise
    except (ValueError, RecursionError):
        raise BadLine("the line: a JSON object in UTF-8 is needed") from None
    if not isinstance(said, dict):
        raise BadLine("the line: a JSON object in UTF-8 is needed")
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if twice := [name for number, name in enumerate(names) if name in names[:number]]:
        raise BadLine(f"{twice[0]}: stands twice")
    return dict(pairs)


def _refused(constant: str) -> float:
    raise ValueError(constant)


def _sentences(invalid: ValidationError) -> Iterator[str]:
    for error in invalid.errors(include_url=False, include_context=False, include_input=False):
        said = "it is missing" if error["type"] == "missing" else error["msg"]
        yield f"{_field(error['loc'])}: {said[:1].lower()}{said[1:]}"


def _field(place: tuple[int | str, ...]) -> str:
    """`limit.amount`, `paused[1]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)[1:]
