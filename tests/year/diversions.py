"""Diverted emergencies, as intake will say them: no service of ours says so yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from shared.contracts.diverted_v1 import DutySeen, LetterDiverted
from shared.contracts.envelope import envelope
from shared.contracts.event import Event
from shared.contracts.topics import DIVERTED
from shared.contracts.values import By
from shared.kernel.letter_number import new_diversion_number
from shared.platform.database import Insert, Update
from shared.platform.kept import outbound
from shared.platform.shell import LETTERS
from tests.year.days import DAY, moment_of
from tests.year.street import Street, later
from tests.year.town import Town

PAGED_AFTER = timedelta(minutes=5)


@dataclass
class Divider:
    """The part of intake that diverts, until there is one."""

    town: Town
    lot: Random

    def moments(self, first: date, last: date, count: int) -> Iterator[datetime]:
        """When something is diverted, at any hour."""
        days = (last - first).days + 1
        for _ in range(count):
            day = first + DAY * self.lot.randrange(days)
            yield moment_of(day, 0) + timedelta(seconds=self.lot.randrange(86_400))

    async def divert(self, street: Street) -> None:
        """An emergency, that somebody sees within the first calls."""
        number, at = new_diversion_number(self.lot.randbytes(10)), self.town.now()
        said = LetterDiverted(
            diverted_at=at,
            threshold="stop",
            reasons=("words.threat",),
            see_by=at + PAGED_AFTER,
        )
        await self._say(number, said, 1)
        seen_at = at + timedelta(minutes=self.lot.randrange(22), seconds=self.lot.randrange(20, 59))
        street.plan(seen_at, later(self._see, number))

    async def _see(self, number: str) -> None:
        seen = DutySeen(by=By(role="duty", staff="d-1"), seen_at=self.town.now())
        await self._say(number, seen, 2)

    async def _say(self, number: str, event: Event, sequence: int) -> None:
        at, cause = self.town.now(), f"diverted-{number}-{sequence}"
        made = envelope(
            DIVERTED.name, number, data=event, time=at, sequence=sequence, cause=cause
        ).traced(None, sequence)
        record = outbound(made, DIVERTED.name)
        entry: dict[str, Any] = {
            "topic": DIVERTED.name,
            "sequence": sequence,
            "type": event.type,
            "cause": cause,
            "at": at,
            "key": record.key,
            "value": record.value,
            "headers": [list(one) for one in record.headers],
        }
        letters = self.town.database("intake").collection(LETTERS)
        if sequence == 1:
            common = {"_id": number, "version": 1, "by": "0" * 32, "heard": {}, "early": {}}
            kept = {"seen": {}, "state": {"kind": "diversion"}, "log": [entry]}
            await letters.write([Insert(common | kept | {"sent": {"diverted": 1}})])
        else:
            change = {
                "$set": {"sent.diverted": sequence, "version": sequence},
                "$push": {"log": {"$each": [entry]}},
            }
            await letters.write([Update({"_id": number}, change)])
        while self.town.broker.append(record) is not None:
            continue
