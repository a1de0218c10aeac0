"""The four services as processes that exchange events over one broker, under one clock."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from services.intake import store as intake_store
from services.intake import wiring as intake
from services.notifier import store as notifier_store
from services.notifier import wiring as notifier
from services.notifier.domain.notification_policy import NotificationPolicy
from services.publisher import store as publisher_store
from services.publisher import wiring as publisher
from services.publisher.domain.publication import ProblemDeadlines
from services.router import wiring as router
from services.router.domain.due_dates import Rulebook as RouterBook
from services.router.store import documents as router_store
from shared.contracts.vocabulary import SERVICES
from shared.platform.app.shell import ASKED, LETTERS, LOG
from shared.platform.app.shell import INDEXES as COLLECTIONS
from shared.platform.letters.document_mapper import INDEXES as SHELL_INDEXES
from shared.platform.letters.sender import ACKNOWLEDGED_WITHIN
from shared.platform.letters.service_decider import ServiceDecider
from shared.platform.repair.backlog_metrics import GAP_PATIENCE
from shared.platform.runtime import data_files
from tests.support.broker import Broker
from tests.support.doubles import Clock
from tests.support.indexed import IndexedDatabase
from tests.support.sealed_shell import BLIND, seals
from tests.year.processes import House, Process

STORES: Mapping[str, Any] = {
    "intake": intake_store,
    "router": router_store,
    "notifier": notifier_store,
    "publisher": publisher_store,
}
MOST_TURNS = 1_000


@cache
def rules_of(service: str) -> ServiceDecider[Any, Any]:
    """The rules of one service, as its wiring makes them."""
    calendar, policies = data_files.calendar(), data_files.policies()
    match service:
        case "intake":
            return intake.rules(seals("intake"), BLIND)
        case "router":
            return router.rules(RouterBook(calendar, policies, data_files.offices()))
        case "notifier":
            return notifier.rules(NotificationPolicy(calendar, policies))
        case _:
            return publisher.rules(ProblemDeadlines(calendar, policies))


@dataclass
class Town:
    """The processes, and what each reads."""

    now: Clock
    broker: Broker
    houses: Mapping[str, House]
    processes: dict[str, list[Process]]
    """Those that run now, by service."""

    def one(self, service: str) -> Process:
        """A process of that service that takes commands."""
        return self.processes[service][0]

    def database(self, service: str) -> IndexedDatabase:
        """The documents of a service."""
        return self.houses[service].database

    async def turn(self) -> int:
        """Every process handles new records once; returns their number."""
        count = 0
        for running in tuple(self.processes.values()):
            for process in running:
                count += await process.take()
                await process.quiet()
        return count

    async def look_after(self) -> None:
        """Every process sends what has stayed unacknowledged, and requests missing events."""
        for running in self.processes.values():
            for process in running:
                await process.look_after()

    def looked_after_at(self) -> datetime | None:
        """When that is worth trying next; None while nothing is unsent or missing."""
        found = []
        for service, running in self.processes.items():
            letters = self.database(service).collection(LETTERS)
            unsent, gap = letters.first("unsent_since"), letters.first("gap_since")
            if unsent is not None and running:
                found.append(unsent + ACKNOWLEDGED_WITHIN)
            if gap is not None and running:
                found.append(gap + GAP_PATIENCE)
        return min(found, default=None)


@asynccontextmanager
async def built(at: datetime) -> AsyncIterator[Town]:
    """A town with one process of each service, to the end of the block."""
    now = Clock(at)
    broker = Broker(now)
    houses: dict[str, House] = {service: await _house(service, broker, now) for service in SERVICES}
    town = Town(now, broker, houses, {name: [Process(one)] for name, one in houses.items()})
    try:
        yield town
    finally:
        for running in town.processes.values():
            for process in running:
                await process.die()


async def _house(service: str, broker: Broker, now: Clock) -> House:
    store = STORES[service]
    topics: tuple[Sequence[str], Sequence[str]] = (store.READS, store.WRITES)
    house = House(rules_of(service), seals(service), topics, broker, now)
    letters = house.database.collection(LETTERS)
    await letters.index((*SHELL_INDEXES, *store.INDEXES[LETTERS]))
    for name in (LOG, ASKED):
        await house.database.collection(name).index(COLLECTIONS.get(name, ()))
    return house
