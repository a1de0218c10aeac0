"""Where messages leave by: the gateway that reaches writers by phone, WeChat and e-mail."""

from __future__ import annotations

import logging

import httpx

from services.notifier.domain import Delivery, Letter, text_of

LOG = logging.getLogger(__name__)


class Gateway:
    """Where messages leave by; it takes each idempotency key once."""

    def __init__(self, client: httpx.AsyncClient, *, mailbox_url: str) -> None:
        """`client`: its base address is the gateway's. `mailbox_url`: where writers read on."""
        self._client = client
        self._mailbox_url = mailbox_url

    async def send(self, letter: str, state: Letter, *, delivery: Delivery) -> int | None:
        """Hand one message over; the gateway's status, or none when it can't be reached.

        Raises: NoChannel, when the writer left no way to be reached.
        """
        if state.address is None:
            raise NoChannel
        channel, to = state.address
        text = text_of(delivery.message, state.lang, letter=letter, where=self._mailbox_url)
        try:
            answer = await self._client.post(
                "/messages",
                headers={"Idempotency-Key": delivery.id},
                json={"to": to, "channel": channel, "text": text},
            )
        except httpx.HTTPError as fault:
            LOG.warning("gateway not reached", extra={"fault": type(fault).__name__})
            return None
        return answer.status_code


class NoChannel(Exception):
    """The writer left neither phone nor WeChat nor e-mail."""
