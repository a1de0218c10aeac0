"""Bounded field types of single values in events."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

MOST = 2**53 - 1
"""Largest integer that every JSON reader keeps exact."""


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)
"""The form of an instant in headers and data; digits beyond microseconds are cut off."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def instant_of(text: str) -> datetime:
    """Parse an instant. Raises: ValueError, which doesn't repeat the text."""
    if not _INSTANT.fullmatch(text):
        raise ValueError("an instant ends with Z and has up to nine decimals")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("an instant outside the calendar") from None


def _parsed(value: object) -> object:
    if isinstance(value, str):
        return instant_of(value)
    return _no_number(value)


def _day(value: object) -> object:
    if not isinstance(value, str):
        return _no_number(value)
    if not _DAY.fullmatch(value):
        raise ValueError("a day is written as 2026-12-08")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("a day outside the calendar") from None


def _no_number(value: object) -> object:
    if not isinstance(value, int | float):
        return value
    raise ValueError("an instant or a day is written as text, never as a number")


def _in_utc(instant: datetime) -> datetime:
    if instant.tzinfo is UTC:
        return instant
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("an instant outside the calendar") from None


Instant: TypeAlias = Annotated[AwareDatetime, BeforeValidator(_parsed), AfterValidator(_in_utc)]
"""An instant in UTC, sent with `Z`; other offsets and naive ones are refused."""

Day: TypeAlias = Annotated[date, BeforeValidator(_day)]
"""A civil date of Asia/Shanghai."""

Flag: TypeAlias = Annotated[bool, Field(strict=True)]
Count: TypeAlias = Annotated[int, Field(strict=True, ge=0, le=MOST)]
Ordinal: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=MOST)]
Share: TypeAlias = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]

Code: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.:\-]{0,63}$")]
"""A code from a list that is data elsewhere: an evidence code, a rule, a campaign."""
OpaqueId: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}$")]
"""An id without meaning to its readers: a staff member, a request, an attachment."""
Version: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,31}$")]
Sha256: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
DistrictCode: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
"""A county-level code of GB/T 2260."""
Month: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
MediaType: TypeAlias = Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9][a-z0-9.+\-]{0,99}$")]
PublicPath: TypeAlias = Annotated[str, Field(pattern=r"^/[A-Za-z0-9/_\-]{1,127}$")]
EventType: TypeAlias = Annotated[str, Field(pattern=r"^gd\.mailbox\.[a-z_.]{1,80}\.v[0-9]{1,3}$")]
TopicName: TypeAlias = Annotated[str, Field(pattern=r"^[a-z]+(\.[a-z]+){1,2}$", max_length=64)]
