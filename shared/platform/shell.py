"""The parts that every service is made of, put together once: from settings and rules to a shell.

A service's wiring adds its web face and its own loops, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic

from shared.contracts.topics import group_prefix
from shared.platform.bus import Bus
from shared.platform.clock import Now
from shared.platform.commands import Commands
from shared.platform.consumer import Consumer, Told, stop_there
from shared.platform.database import Collection, Database
from shared.platform.history import MOVED_INDEXES, History
from shared.platform.incarnations import Incarnations
from shared.platform.jwe import Opener, Sealer
from shared.platform.letters import Letters
from shared.platform.positions import Positions
from shared.platform.rules import C, Record, Rules, S
from shared.platform.sealing import KeyRing
from shared.platform.seals import Seals
from shared.platform.sender import Sender
from shared.platform.settings import (
    ServiceSettings,
    consumer_options,
    kafka_options,
    producer_options,
)
from shared.platform.strangers import Strangers
from shared.platform.sweeper import Sweeper

LETTERS = "letters"
LOG = "log"
ASKED = "asked"
STRANGERS = "strangers"
INCARNATIONS = "incarnations"
POSITIONS = "positions"

INDEXES = {LOG: MOVED_INDEXES}
"""Of the shell's own collections."""


@dataclass(frozen=True, slots=True)
class Shell(Generic[C, S]):
    """What carries a service's rules: where it keeps, how it hears and how it says."""

    rules: Rules[C, S]
    reads: Sequence[str]
    database: Database
    bus: Bus
    seals: Seals
    sender: Sender
    documents: Collection
    history: History
    letters: Letters[C, S]
    commands: Commands[C, S]
    sweeper: Sweeper
    incarnations: Incarnations

    def consumer(self, ids: Mapping[str, str], *, unreadable: Told = stop_there) -> Consumer:
        """A consumer of all that the service hears, under these incarnations of its topics."""
        return Consumer(
            self.bus,
            group=group_prefix(self.rules.service),
            positions=Positions(self.database.collection(POSITIONS)),
            incarnations=ids,
            topics=self.reads,
            read=self.seals.read,
            handle=partial(_handle, self.letters),
            unreadable=unreadable,
        )


def build_shell(
    settings: ServiceSettings,
    rules: Rules[C, S],
    *,
    seals: Seals,
    reads: Sequence[str],
    writes: Sequence[str],
    now: Now,
) -> Shell[C, S]:
    """The shell of one service; nothing is connected yet."""
    database = Database(settings.mongo_uri.get_secret_value(), settings.database)
    bus = Bus(
        kafka_options(settings),
        producer=producer_options(settings),
        consumer=consumer_options(settings),
    )
    sender = Sender(bus)
    history = History(
        database.collection(LETTERS),
        moved=database.collection(LOG),
        asked=database.collection(ASKED),
    )
    strangers = Strangers(database.collection(STRANGERS))
    letters = Letters(rules, seals, history=history, sender=sender, now=now, strangers=strangers)
    return Shell(
        rules=rules,
        reads=reads,
        database=database,
        bus=bus,
        seals=seals,
        sender=sender,
        documents=history.letters,
        history=history,
        letters=letters,
        commands=Commands(letters),
        sweeper=Sweeper(history, sender, now=now),
        incarnations=Incarnations(
            bus, database.collection(INCARNATIONS), reads=reads, writes=writes
        ),
    )


def load_seals(settings: ServiceSettings, service: str) -> Seals:
    """The keys of `service`, from its folder. Raises: BadKeys."""
    keys = settings.keys_dir
    return Seals(
        service=service,
        ring=KeyRing.load(keys / f"{service}.ring.json"),
        sealer=Sealer.load(keys / "public.jwks.json"),
        opener=Opener.load(keys / f"{service}.private.jwks.json"),
    )


async def _handle(letters: Letters[C, S], records: Sequence[Record]) -> None:
    await letters.tell_many(records)
