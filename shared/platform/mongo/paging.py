"""How are long lists shown page by page? By where the last page ended: an instant and an id.

Entries of one instant are told apart by their ids, so that none is left out between two pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal

from shared.kernel.errors import BadValue
from shared.platform.mongo.database import Collection, Document

Place = tuple[datetime, str]
"""Where a page ended: the last entry's instant and id."""

PLACE = r"^([0-9]{8}T[0-9]{6}\.[0-9]{6}Z)~([A-Z0-9-]{1,40})$"
"""How the address of a next page looks."""
EVER: Mapping[str, datetime] = MappingProxyType({"$gte": datetime(1970, 1, 1, tzinfo=UTC)})
"""The filter for any instant."""
_TIME = "%Y%m%dT%H%M%S.%f"


def written(place: Place) -> str:
    """A place in a list as the address of the next page names it."""
    at, entry = place
    return f"{at.astimezone(UTC).strftime(_TIME)}Z~{entry}"


def place(text: str) -> Place:
    """The place that `written` had named. Raises: BadValue."""
    found = re.fullmatch(PLACE, text)
    if found is None:
        raise BadValue("after")
    try:
        at = datetime.strptime(found[1], f"{_TIME}%z")
    except ValueError:
        raise BadValue("after") from None
    return at, found[2]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list sorted by the instant in `at` and then by `_id`, oldest (1) or newest (-1) first."""

    at: str
    direction: Literal[1, -1]
    most: int
    """Entries on a page."""

    async def page(
        self, documents: Collection, where: Mapping[str, Any], *, after: Place | None
    ) -> tuple[list[str], Place | None]:
        """The `_id`s of one page of what matches `where`, and where it ended if more follows."""
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
        return [one["_id"] for one in shown], end

    async def _sorted(
        self, documents: Collection, where: Mapping[str, Any], *, most: int
    ) -> list[Document]:
        sort = ((self.at, self.direction), ("_id", self.direction))
        return await documents.find(where, fields={self.at: 1}, sort=sort, limit=most)
