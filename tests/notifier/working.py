"""The notifier's loops on a stage, and fake gateways."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, cast

import httpx

from services.notifier.domain.decide import Command
from services.notifier.domain.deliveries import Delivery
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.partition_ownership import Holds
from services.notifier.domain.quiet_hours import QuietHours
from services.notifier.jobs.clock_firing import ClockFiring
from services.notifier.jobs.message_delivery import MessageDelivery
from services.notifier.jobs.message_gateway import Addresses, MessageGateway
from services.notifier.store import Share
from shared.contracts.topics import PROGRESS, SUBMITTED
from shared.contracts.words import Contact
from shared.kernel.offices import Offices
from shared.platform.runtime import data_files
from tests.notifier.story import LETTER, PHONE, replied, submitted
from tests.support.memory_shell import MemoryShell
from tests.support.samples import sample as sample

FIRED = "gd.mailbox.clock.fired.v1"
CONTACT = Contact(phone=PHONE)

OurStage = MemoryShell[Command, NotifierLetter]


def alone(_: str) -> bool:
    """Every letter belongs to the only replica."""
    return True


def share(stage: OurStage, holds: Holds = alone, *, is_urgent: bool = False) -> Share:
    """One lane of a replica that holds these letters."""
    return Share(stage.documents, holds, is_urgent)


def firing(stage: OurStage, holds: Holds = alone, *, is_urgent: bool = False) -> ClockFiring:
    """The loop that fires clocks, for passes by hand."""
    lane = share(stage, holds, is_urgent=is_urgent)
    return ClockFiring(lane, stage.commands.execute, now=stage.now, pause_s=0.001)


async def settled(stage: OurStage) -> None:
    """Wait until events are sent in the background."""
    await stage.commands._unsent.join()


ADDRESSES = Addresses(
    writers="https://mailbox.example",
    desks="https://desk.example",
    duty="https://duty.example/duty",
    editors="https://editors.example",
)
EXAMPLE = data_files.offices()
Answer = Callable[[httpx.Request], httpx.Response | Coroutine[None, None, httpx.Response]]


class ScriptedGateway:
    """A gateway that answers with these statuses, then 202, and records requests; 0: time-out."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        status = self.statuses.pop(0) if self.statuses else 202
        if status == 0:
            raise httpx.ConnectTimeout("seeded")
        return httpx.Response(status)


def delivering(
    stage: OurStage,
    phone: Answer,
    offices: Offices = EXAMPLE,
    *,
    holds: Holds = alone,
    is_urgent: bool = False,
) -> MessageDelivery:
    """The loop that delivers messages, for passes by hand."""
    client = httpx.AsyncClient(
        transport=httpx.MockTransport(cast("Any", phone)), base_url="https://gateway.example"
    )
    return MessageDelivery(
        share(stage, holds, is_urgent=is_urgent),
        stage.letters.state,
        execute=stage.commands.execute,
        gateway=MessageGateway(
            client,
            offices,
            addresses=ADDRESSES,
            quiet=QuietHours(),
            now=stage.now,
        ),
        now=stage.now,
        pause_s=0.001,
    )


async def a_reply(stage: OurStage, contact: Contact | None = CONTACT, at: str = LETTER) -> None:
    """Add a letter with this contact that has a reply."""
    await stage.hear(SUBMITTED.name, at, submitted(contact))
    await stage.hear(PROGRESS.name, at, replied())


class BusyGateway:
    """A gateway that gives the same answer to every request, and records their keys."""

    def __init__(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.headers = dict(headers or {})
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.headers["Idempotency-Key"])
        return httpx.Response(self.status, headers=self.headers)


async def messages(stage: OurStage, letter: str = LETTER) -> tuple[Delivery, ...]:
    """Return all messages about a letter."""
    state: NotifierLetter | None = await stage.letters.state(letter)
    assert state is not None
    return state.deliveries
