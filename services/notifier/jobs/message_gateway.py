"""Where messages leave by: the gateway that reaches writers by phone, WeChat, e-mail, and staff."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from services.notifier.domain import Channel, Delivery, Desk, Letter, QuietHours, text_of
from shared.kernel.offices import NAMED, Offices
from shared.kernel.working_days import civil_date
from shared.platform.runtime.clock import Now

LOG = logging.getLogger(__name__)

TRY_AGAIN = frozenset({401, 403, 408, 425, 429})
"""Client errors that say nothing against the message: our credentials, or the gateway's haste."""
SAYS_WHEN = frozenset({429, 503})
"""Statuses whose `Retry-After` counts."""
LONGEST_REST = timedelta(hours=1)
"""For how long at most one 503 keeps all messages back; then they are tried again."""
_SECONDS = re.compile(r"[0-9]{1,9}")


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


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway said to one request."""

    status: int | None
    """None: it wasn't reached."""
    retry_at: datetime | None = None
    """Before then it asks not to be tried again."""

    @property
    def is_taken(self) -> bool:
        """Whether the gateway has taken the message."""
        return self.status is not None and self.status // 100 == 2

    @property
    def is_refused(self) -> bool:
        """Whether it never will."""
        return self.status is not None and self.status // 100 == 4 and self.status not in TRY_AGAIN


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
        self._rests_until: datetime | None = None

    @property
    def is_resting(self) -> bool:
        """Whether it has said by 503 that nobody is to ask before a time that is still to come."""
        return self._rests_until is not None and self._now() < self._rests_until

    def held_until(self, delivery: Delivery) -> datetime | None:
        """The end of the quiet hours, if it is quiet now and the message is no call."""
        now = self._now()
        until = self._quiet.after(now)
        return until if until > now and delivery.message != "page" else None

    async def send(self, letter: str, state: Letter, *, delivery: Delivery) -> Sequence[Answer]:
        """Hand one message to everyone it is for, at once, each under a key of their own.

        The gateway's answer for each. Empty: the writer left neither phone nor WeChat nor e-mail,
        or nobody holds the office.
        """
        lang = state.lang if delivery.to is None else "zh"
        text = text_of(delivery, lang, letter=letter, where=self._where.of(delivery))
        posts = (self._post(key, to, text) for key, to in self._addresses(state, delivery))
        return await asyncio.gather(*posts)

    def _addresses(
        self, state: Letter, delivery: Delivery
    ) -> Sequence[tuple[str, tuple[Channel, str]]]:
        """Keys and addresses: the writer's one, or one for each who holds the office.

        Whom the letter complains of is not told of it.
        """
        if delivery.to is None:
            return [(delivery.id, state.address)] if state.address else []
        officer = state.about.officer if state.about else None
        return [
            (f"{delivery.id}/{staff}", ("staff", staff))
            for staff in self._holders(delivery.to)
            if staff != officer
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

    async def _post(self, key: str, to: tuple[Channel, str], text: str) -> Answer:
        channel, address = to
        try:
            answer = await self._client.post(
                "/messages",
                headers={"Idempotency-Key": key},
                json={"to": address, "channel": channel, "text": text},
            )
        except httpx.HTTPError as fault:
            LOG.warning("gateway not reached", extra={"fault": type(fault).__name__})
            return Answer(None)
        return self._noted(answer)

    def _noted(self, answer: httpx.Response) -> Answer:
        """The answer; a 503 that says until when lets the whole gateway rest."""
        now, status = self._now(), answer.status_code
        said = answer.headers.get("Retry-After") if status in SAYS_WHEN else None
        retry_at = said and retry_after(said, now)
        if retry_at and status == 503:
            self._rests_until = min(retry_at, now + LONGEST_REST)
        return Answer(status, retry_at or None)


def retry_after(said: str, now: datetime) -> datetime | None:
    """The instant that a `Retry-After` names: seconds, or a date of HTTP (RFC 9110, 10.2.3).

    None of what is neither or has passed.
    """
    if _SECONDS.fullmatch(said):
        at = now + timedelta(seconds=int(said))
    else:
        try:
            at = parsedate_to_datetime(said)
        except ValueError:
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if at > now else None
