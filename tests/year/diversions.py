"""Diverted emergencies: intake emits them, and the duty desk sees each in the end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from services.intake.domain.diversion import SeeDiversion
from shared.kernel.letter_number import new_diversion_number, new_letter_number
from tests.intake.diversions import divert
from tests.year.days import DAY, moment_of
from tests.year.street import Street, later
from tests.year.town import Town


@dataclass
class Divider:
    """Those who write of emergencies by mistake, and the duty desk."""

    town: Town
    lot: Random

    def moments(self, first: date, last: date, count: int) -> Iterator[datetime]:
        """When something is diverted, at any hour."""
        days = (last - first).days + 1
        for _ in range(count):
            day = first + DAY * self.lot.randrange(days)
            yield moment_of(day, 0) + timedelta(seconds=self.lot.randrange(86_400))

    async def divert(self, street: Street) -> None:
        """An emergency that somebody sees within the first calls."""
        number, becomes = (
            new_diversion_number(self.lot.randbytes(10)),
            new_letter_number(self.lot.randbytes(10)),
        )
        at = self.town.now()
        await self._tell(number, divert(at, number=number, becomes=becomes))
        seen_at = at + timedelta(minutes=self.lot.randrange(22), seconds=self.lot.randrange(20, 59))
        street.plan(seen_at, later(self._see, number))

    async def _see(self, number: str) -> None:
        await self._tell(number, SeeDiversion("d-1", self.town.now()))

    async def _tell(self, number: str, command: Any) -> None:
        intake = self.town.one("intake")
        await intake.tell(number, command, f"{type(command).__name__}-{number}")
        await intake.quiet()
