"""Keyset paging of long lists: the next page starts after an instant and an id.

Entries of the same instant are ordered by id, so that none is left out between two pages.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal

from shared.kernel.errors import BadValue
from shared.platform.mongo.database import Collection, Document

Place = tuple[datetime, str]
"""The end of a page: the last entry's instant and id."""

PLACE = r"^([0-9]{8}T[0-9]{6}\.[0-9]{6}Z)~([A-Z0-9-]{1,40})$"
"""The form of a place in the next page's URL."""
EVER: Mapping[str, datetime] = MappingProxyType({"$gte": datetime(1970, 1, 1, tzinfo=UTC)})
"""A filter that matches any instant."""
_TIME = "%Y%m%dT%H%M%S.%f"


def written(place: Place) -> str:
    """Format a place for the next page's URL."""
    at, entry = place
    return f"{at.astimezone(UTC).strftime(_TIME)}Z~{entry}"


def place(text: str) -> Place:
    """Parse the output of `written`. Raises: BadValue."""
    found = re.fullmatch(PLACE, text)
    if found is None:
        raise BadValue("after")
    try:
        at = datetime.strptime(found[1], f"{_TIME}%z")
    except ValueError:
        raise BadValue("after") from None
    return at, found[2]


def place_or_start(after: str | None) -> Place | None:
    """Where a page begins; None, at the start, without a place or for an invalid one."""
    try:
        return place(after) if after else None
    except BadValue:
        return None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list sorted by the instant in `at` and then by `_id`, oldest (1) or newest (-1) first."""

    at: str
    direction: Literal[1, -1]
    most: int
    """Entries per page."""

    async def page(
        self, documents: Collection, where: Mapping[str, Any], *, after: Place | None
    ) -> tuple[list[str], Place | None]:
        """The `_id`s of one page of the matches, and its end if more follow."""
        beyond = "$gt" if self.direction == 1 else "$lt"
        found: list[Document] = []
        rest = dict(where)
        if after is not None:
            tied = {**where, self.at: after[0], "_id": {beyond: after[1]}}
            found = await self._sorted(documents, tied, most=self.most + 1)
            rest[self.at] = {beyond: after[0]}
        if len(found) <= self.most:
            found += await self._sorted(documents, rest, most=self.most + 1 - len(found))
        shown = found[: self.most]
        end = (shown[-1][self.at], shown[-1]["_id"]) if len(found) > self.most else None
        return [entry["_id"] for entry in shown], end

    async def _sorted(
        self, documents: Collection, where: Mapping[str, Any], *, most: int
    ) -> list[Document]:
        sort = ((self.at, self.direction), ("_id", self.direction))
        return await documents.find(where, fields={self.at: 1}, sort=sort, limit=most)
