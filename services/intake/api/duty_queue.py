"""The queue of the duty desk: it records each reading before it shows anything.

Used by API and pages alike.
"""

import asyncio
from dataclasses import dataclass

from services.intake.api.dependencies import FrontDesk
from services.intake.api.diversion_actions import DiversionActions
from services.intake.domain.diversion import Diversion
from services.intake.domain.duty_desk import (
    DutyReader,
    DutyRow,
    DutyShown,
    row_on_duty,
    shown_on_duty,
)
from services.intake.store import QueueName, of_writer, rows
from shared.contracts.vocabulary import DiversionOutcome
from shared.platform.http.tokens import Person
from shared.platform.mongo.paging import Place


@dataclass(frozen=True, slots=True)
class DutyQueue:
    """The queue for persons with role `duty`, which the caller has checked."""

    desk: FrontDesk

    async def waiting(
        self, person: Person, standing: QueueName, *, after: Place | None = None
    ) -> tuple[list[DutyRow], Place | None]:
        """One page of rows, one per writer, ordered by their first diversions, and its end.

        Raises: DatabaseFault.
        """
        found, end = await rows(self.desk.documents, standing, after=after)
        shown = await self._shown(person, [row.newest for row in found])
        now = self.desk.now()
        return [
            row_on_duty(shown[row.newest], first=row.first, count=row.count, now=now)
            for row in found
            if row.newest in shown
        ], end

    async def of_writer(
        self, person: Person, number: str, *, standing: QueueName, after: Place | None = None
    ) -> tuple[list[DutyShown], Place | None]:
        """One page of that queue for the writer of `number`, oldest first, and its end.

        Raises: NotFound; DatabaseFault.
        """
        _, found = await self.desk.diversion(number)
        numbers, end = await of_writer(
            self.desk.documents, found.owner, waiting=standing, after=after
        )
        return [*(await self._shown(person, numbers)).values()], end

    async def one(self, person: Person, number: str) -> DutyShown:
        """Any diversion. Raises: NotFound."""
        normal, found = await self.desk.diversion(number)
        await self.desk.readings.note(person.staff_id, [normal])
        return shown_on_duty(normal, found, now=self.desk.now())

    async def readers(self, number: str) -> list[DutyReader]:
        """Who has opened it, and when first, in order of time. Raises: DatabaseFault."""
        found: dict[str, DutyReader] = {}
        for reading in await self.desk.readings.of(number):
            found.setdefault(reading["staff"], DutyReader(reading["staff"], reading["at"]))
        return list(found.values())

    async def see(self, person: Person, number: str, *, key: str) -> DutyShown:
        """A person has seen it; the first one counts. Raises: NotFound."""
        normal, _ = await DiversionActions(self.desk, person, key).see(number)
        return await self.one(person, normal)

    async def see_all(self, person: Person, number: str, *, until: Place, key: str) -> int:
        """A person has seen the writer's first page, up to `until`; returns how many were on it.

        Raises: NotFound; DatabaseFault.
        """
        _, found = await self.desk.diversion(number)
        numbers, _ = await of_writer(self.desk.documents, found.owner, waiting="unseen")
        states = await self.desk.letters.states(numbers)
        actions = DiversionActions(self.desk, person, key)
        seen = [
            actions.see(number)
            for number, state in states.items()
            if isinstance(state, Diversion) and (state.diverted_at, number) <= until
        ]
        return len(await asyncio.gather(*seen))

    async def resolve(
        self,
        person: Person,
        number: str,
        *,
        outcome: DiversionOutcome,
        reference: str | None,
        key: str,
    ) -> DutyShown:
        """Resolve it. Raises: NotFound; AlreadyDone; BadValue; IdReused."""
        actions = DiversionActions(self.desk, person, key)
        normal, _ = await actions.resolve(number, outcome, reference=reference)
        return await self.one(person, normal)

    async def _shown(self, person: Person, numbers: list[str]) -> dict[str, DutyShown]:
        """Those that exist, in that order, once the reading is recorded."""
        states = await self.desk.letters.states(numbers)
        found = {number: states[number] for number in numbers if number in states}
        await self.desk.readings.note(person.staff_id, found)
        now = self.desk.now()
        return {
            number: shown_on_duty(number, state, now=now)
            for number, state in found.items()
            if isinstance(state, Diversion)
        }
