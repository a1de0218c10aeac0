"""The message gateway: sends messages by phone, WeChat and e-mail, and to staff."""

import asyncio
import logging
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from services.notifier.domain.deliveries import Channel, Delivery, Desk
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.messages import text_of
from services.notifier.domain.quiet_hours import QuietHours
from shared.kernel.offices import NAMED, Offices
from shared.kernel.working_days import civil_date
from shared.platform.runtime.clock import Now

LOG = logging.getLogger(__name__)

TRY_AGAIN = frozenset({401, 403, 408, 425, 429})
"""Client errors that aren't the message's fault: credentials, time-outs and rate limits."""
SAYS_WHEN = frozenset({429, 503})
"""Statuses whose `Retry-After` is honoured."""
LONGEST_REST = timedelta(hours=1)
"""How long a 503 may hold back all messages."""
_SECONDS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses named in messages: one for writers and one for each kind of staff."""

    writers: str
    desks: str
    duty: str
    editors: str

    def of(self, delivery: Delivery) -> str:
        """Return the address to name in that message."""
        if delivery.to is None:
            return self.writers
        if delivery.message == "page":
            return self.duty
        return self.editors if delivery.to.name == "editors" else self.desks


@dataclass(frozen=True, slots=True)
class GatewayAnswer:
    """The gateway's answer to one request."""

    status: int | None
    """None: the gateway wasn't reached."""
    retry_at: datetime | None = None
    """When the gateway allows the next attempt, if it says so."""

    @property
    def is_taken(self) -> bool:
        """Whether the gateway has accepted the message."""
        return self.status is not None and self.status // 100 == 2

    @property
    def is_refused(self) -> bool:
        """Whether it never will accept it."""
        return self.status is not None and self.status // 100 == 4 and self.status not in TRY_AGAIN


class MessageGateway:
    """Sends messages; the gateway accepts each idempotency key once."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        offices: Offices,
        *,
        addresses: Addresses,
        quiet: QuietHours,
        now: Now,
    ) -> None:
        """`client`: with the gateway's base address."""
        self._client = client
        self._offices = offices
        self._where = addresses
        self._quiet = quiet
        self._now = now
        self._rests_until: datetime | None = None

    @property
    def is_resting(self) -> bool:
        """Whether a 503 has asked for no requests until an instant in the future."""
        return self._rests_until is not None and self._now() < self._rests_until

    def held_until(self, delivery: Delivery) -> datetime | None:
        """Return the end of the quiet hours, if it is quiet now and the message can wait."""
        now = self._now()
        until = self._quiet.after(now)
        return until if until > now and not delivery.is_urgent else None

    async def send(
        self, letter: str, state: NotifierLetter, *, delivery: Delivery
    ) -> Sequence[GatewayAnswer]:
        """Send one message to all its recipients at once, each with a key of its own.

        Returns the gateway's answers. Empty: the writer left neither phone nor WeChat nor e-mail,
        or nobody holds the office.
        """
        lang = state.lang if delivery.to is None else "zh"
        text = text_of(delivery, lang, letter=letter, where=self._where.of(delivery))
        posts = (self._post(key, to, text) for key, to in self._addresses(state, delivery))
        return await asyncio.gather(*posts)

    def _addresses(
        self, state: NotifierLetter, delivery: Delivery
    ) -> Sequence[tuple[str, tuple[Channel, str]]]:
        """Return keys and addresses: the writer's, or one for each holder of the office.

        An officer whom the letter complains about gets no message, nor does anybody who declared a
        conflict of interest.
        """
        if delivery.to is None:
            return [(delivery.id, state.address)] if state.address else []
        officer = state.about.officer if state.about else None
        return [
            (f"{delivery.id}/{staff}", ("staff", staff))
            for staff in self._holders(delivery.to, without=state.conflicted)
            if staff != officer
        ]

    def _holders(self, desk: Desk, *, without: Collection[str]) -> Sequence[str]:
        """Return today's holders of the office; if there are none, those of the province's office.

        Nobody replaces the department's inspection: the rest of the department may not know.
        """
        today = civil_date(self._now())
        found = self._offices.contacts(desk.name, desk.bureau, on=today, unit=desk.unit)
        able = [staff for staff in found if staff not in without]
        if able or desk.name == NAMED:
            return able
        office = self._offices.contacts("office", "province", on=today)
        return [staff for staff in office if staff not in without]

    async def _post(self, key: str, to: tuple[Channel, str], text: str) -> GatewayAnswer:
        channel, address = to
        try:
            answer = await self._client.post(
                "/messages",
                headers={"Idempotency-Key": key},
                json={"to": address, "channel": channel, "text": text},
            )
        except httpx.HTTPError as fault:
            LOG.warning("gateway not reached", extra={"fault": type(fault).__name__})
            return GatewayAnswer(None)
        return self._noted(answer)

    def _noted(self, answer: httpx.Response) -> GatewayAnswer:
        """Return the answer; a 503 with `Retry-After` stops all messages until then."""
        now, status = self._now(), answer.status_code
        header = answer.headers.get("Retry-After") if status in SAYS_WHEN else None
        retry_at = header and retry_after(header, now)
        if retry_at and status == 503:
            self._rests_until = min(retry_at, now + LONGEST_REST)
        return GatewayAnswer(status, retry_at or None)


def retry_after(header: str, now: datetime) -> datetime | None:
    """Return the instant of a `Retry-After`: seconds, or an HTTP date. Source: RFC 9110, 10.2.3.

    None if it is neither or has passed.
    """
    if _SECONDS.fullmatch(header):
        at = now + timedelta(seconds=int(header))
    else:
        try:
            at = parsedate_to_datetime(header)
        except ValueError:
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if at > now else None
