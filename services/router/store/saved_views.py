"""Saved views of the inbox: the filters that a person has named, at most twenty, sealed.

{ _id: opaque id of the person, version, content: sealed JSON }
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from secrets import token_hex
from typing import Final

from shared.kernel.errors import AlreadyDone, LimitReached
from shared.platform.crypto.key_ring import KeyRing
from shared.platform.mongo.database import Collection, Insert, Update

VIEWS: Final = "desk_views"
CONTENT: Final = "saved_views"
MOST_VIEWS: Final = 20


@dataclass(frozen=True)
class SavedView:
    """Filters under a name."""

    id: str
    name: str
    filters: Mapping[str, str]


class SavedViews:
    """The views of all staff. Every method raises DatabaseFault if the database fails."""

    def __init__(self, views: Collection, ring: KeyRing) -> None:
        self._views = views
        self._ring = ring

    async def of(self, staff: str) -> Sequence[SavedView]:
        """Return this person's views, oldest first."""
        return (await self._read(staff))[1]

    async def add(self, staff: str, *, name: str, filters: Mapping[str, str]) -> str:
        """Save a view, replacing one of that name; return its id.

        Raises: LimitReached, AlreadyDone.
        """
        version, views = await self._read(staff)
        others = [view for view in views if view.name != name]
        if len(others) >= MOST_VIEWS:
            raise LimitReached("at most twenty views")
        new = SavedView(token_hex(8), name, filters)
        await self._write(staff, [*others, new], version)
        return new.id

    async def remove(self, staff: str, view: str) -> None:
        """Delete a view, if there is one. Raises: AlreadyDone."""
        version, views = await self._read(staff)
        await self._write(staff, [one for one in views if one.id != view], version)

    async def _read(self, staff: str) -> tuple[int, list[SavedView]]:
        found = await self._views.one({"_id": staff})
        if found is None:
            return 0, []
        plain = self._ring.open(found["content"], letter=staff, field=CONTENT)
        return found["version"], [SavedView(**one) for one in json.loads(plain)]

    async def _write(self, staff: str, views: Sequence[SavedView], version: int) -> None:
        """Raises: AlreadyDone, if the views were changed meanwhile."""
        plain = json.dumps([asdict(view) for view in views]).encode()
        content = self._ring.seal(plain, letter=staff, field=CONTENT)
        new = {"version": version + 1, "content": content}
        if version:
            where = {"_id": staff, "version": version}
            done = (await self._views.write([Update(where, {"$set": new})])).matched
        else:
            done = not (await self._views.write([Insert({"_id": staff, **new})])).taken
        if not done:
            raise AlreadyDone("changed in another window")
