"""Where messages leave by: the gateway that reaches writers by phone, WeChat, e-mail, and staff."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx

from services.notifier.domain import Channel, Delivery, Desk, Letter, QuietHours, text_of
from shared.kernel.offices import NAMED, Offices
from shared.kernel.working_days import civil_date
from shared.platform.runtime.clock import Now

LOG = logging.getLogger(__name__)

TRY_AGAIN = frozenset({401, 403, 408, 425, 429})
"""Client errors that say nothing against the message: our credentials, or the gateway's haste."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where whoever is told reads on: an address for writers, and for each kind of staff."""

    writers: str
    desks: str
    duty: str
    editors: str

    def of(self, delivery: Delivery) -> str:
        """The address that stands in that message."""
        if delivery.to is None:
            return self.writers
        if delivery.message == "page":
            return self.duty
        return self.editors if delivery.to.name == "editors" else self.desks


class Gateway:
    """Where messages leave by; it takes each idempotency key once."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        offices: Offices,
        *,
        addresses: Addresses,
        quiet: QuietHours,
        now: Now,
    ) -> None:
        """`client`: its base address is the gateway's."""
        self._client = client
        self._offices = offices
        self._where = addresses
        self._quiet = quiet
        self._now = now

    def held_until(self, delivery: Delivery) -> datetime | None:
        """The end of the quiet hours, if it is quiet now and the message is no call."""
        now = self._now()
        until = self._quiet.after(now)
        return until if until > now and delivery.message != "page" else None

    async def send(self, letter: str, state: Letter, *, delivery: Delivery) -> Sequence[int | None]:
        """Hand one message to everyone it is for, at once, each under a key of their own.

        The gateway's status for each, None where it can't be reached. Empty: the writer left
        neither phone nor WeChat nor e-mail, or nobody holds the office.
        """
        lang = state.lang if delivery.to is None else "zh"
        text = text_of(delivery, lang, letter=letter, where=self._where.of(delivery))
        posts = (self._post(key, to, text) for key, to in self._addresses(state, delivery))
        return await asyncio.gather(*posts)

    def _addresses(
        self, state: Letter, delivery: Delivery
    ) -> Sequence[tuple[str, tuple[Channel, str]]]:
        """Keys and addresses: the writer's one, or one for each who holds the office."""
        if delivery.to is None:
            return [(delivery.id, state.address)] if state.address else []
        return [
            (f"{delivery.id}/{staff}", ("staff", staff)) for staff in self._holders(delivery.to)
        ]

    def _holders(self, desk: Desk) -> Sequence[str]:
        """Who is told today; where nobody holds the office, whoever is told for the province.

        Nobody stands in for the department's inspection: the rest of it may not know.
        """
        today = civil_date(self._now())
        found = self._offices.contacts(desk.name, desk.bureau, on=today, unit=desk.unit)
        if found or desk.name == NAMED:
            return found
        return self._offices.contacts("office", "province", on=today)

    async def _post(self, key: str, to: tuple[Channel, str], text: str) -> int | None:
        channel, address = to
        try:
            answer = await self._client.post(
                "/messages",
                headers={"Idempotency-Key": key},
                json={"to": address, "channel": channel, "text": text},
            )
        except httpx.HTTPError as fault:
            LOG.warning("gateway not reached", extra={"fault": type(fault).__name__})
            return None
        return answer.status_code


def is_taken(status: int | None) -> bool:
    """Whether the gateway has taken the message."""
    return status is not None and status // 100 == 2


def is_refused(status: int | None) -> bool:
    """Whether it never will."""
    return status is not None and status // 100 == 4 and status not in TRY_AGAIN
