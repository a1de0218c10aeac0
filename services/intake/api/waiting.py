"""The duty desk at work: it reads, which is recorded first, and acts. By API and by page alike."""

from __future__ import annotations

from dataclasses import dataclass

from services.intake.api.acting import Acting
from services.intake.api.desk import Desk
from services.intake.domain import Diversion, DutyShown, shown_on_duty
from services.intake.store import Waiting, queue
from shared.contracts.vocabulary import DiversionOutcome
from shared.platform.paging import Place
from shared.platform.tokens import Person


@dataclass(frozen=True, slots=True)
class DutyDesk:
    """The desk, for whoever has been let in."""

    desk: Desk

    async def waiting(
        self, person: Person, standing: Waiting, *, after: Place | None = None
    ) -> tuple[list[DutyShown], Place | None]:
        """One page of what waits so, oldest first, and where it ended. Raises: DatabaseFault."""
        desk = self.desk
        numbers, end = await queue(desk.documents, standing, after=after)
        states = await desk.letters.states(numbers)
        found = {number: states[number] for number in numbers if number in states}
        await desk.readings.note(person.staff_id, found)
        now = desk.now()
        return [
            shown_on_duty(number, state, now=now)
            for number, state in found.items()
            if isinstance(state, Diversion)
        ], end

    async def one(self, person: Person, number: str) -> DutyShown:
        """Any of them. Raises: NotFound."""
        normal, found = await self.desk.diversion(number)
        await self.desk.readings.note(person.staff_id, [normal])
        return shown_on_duty(normal, found, now=self.desk.now())

    async def see(self, person: Person, number: str, *, key: str) -> DutyShown:
        """A person has seen it; the first one counts. Raises: NotFound."""
        normal, _ = await Acting(self.desk, person, key).see(number)
        return await self.one(person, normal)

    async def resolve(
        self,
        person: Person,
        number: str,
        *,
        outcome: DiversionOutcome,
        reference: str | None,
        key: str,
    ) -> DutyShown:
        """This was done about it. Raises: NotFound; AlreadyDone; BadValue; IdReused."""
        acting = Acting(self.desk, person, key)
        normal, _ = await acting.resolve(number, outcome, reference=reference)
        return await self.one(person, normal)
