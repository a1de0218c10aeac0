"""Blind indexes for letters that were stored before look-ups by document or phone existed."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from services.intake.domain import IntakeState
from services.intake.store import LOOK_UP_FIELDS, look_up_fields
from shared.platform.crypto.key_ring import BlindIndex
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import Collection, Document, Update
from shared.platform.mongo.paging import EVER

AT_ONCE: Final = 200
PAUSE_S: Final = 0.5
REST_S: Final = 6 * 3_600.0
"""Between two passes over all letters; while an old replica still writes, there are new ones."""

StatesOf = Callable[[Sequence[str]], Awaitable[dict[str, IntakeState]]]


class LookUpFiller:
    """Passes over all letters in order of their numbers and fills in missing indexes."""

    def __init__(self, letters: Collection, states_of: StatesOf, *, blind: BlindIndex) -> None:
        self._letters = letters
        self._states_of = states_of
        self._blind = blind
        self._after = ""

    async def run(self) -> None:
        """Fill until cancelled; retries after database faults."""
        await run_periodically(self.fill, name="filling look-ups", pause_s=self._pause)

    def _pause(self, _: float) -> float:
        return PAUSE_S if self._after else REST_S

    async def fill(self) -> int:
        """Fill one page of letters; returns how many got an index. Raises: DatabaseFault."""
        fields = dict.fromkeys(("version", "by", *LOOK_UP_FIELDS), 1)
        where = {"_id": {"$gt": self._after}, "received_at": EVER}
        page = await self._letters.find(where, fields=fields, sort=(("_id", 1),), limit=AT_ONCE)
        self._after = page[-1]["_id"] if len(page) == AT_ONCE else ""
        missing = {each["_id"]: each for each in page if not set(LOOK_UP_FIELDS) & each.keys()}
        if not missing:
            return 0
        states = await self._states_of(list(missing))
        changes = [
            Update(_as_read(missing[number]), {"$set": found})
            for number, state in states.items()
            if (found := look_up_fields(state, self._blind))
        ]
        await self._letters.write(changes)
        return len(changes)


def _as_read(document: Document) -> Document:
    """The document unless it was changed since: then it has its index already."""
    return {name: document[name] for name in ("_id", "version", "by")}
