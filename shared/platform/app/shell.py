"""The shell: the parts that every service consists of, assembled from settings and rules.

A service's wiring adds only its web application and its own loops.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Generic

from shared.contracts.topics import RESENDS, bureau_of, group_prefix
from shared.platform.consumer.consumer import Consumer
from shared.platform.consumer.dead_letter_policy import (
    DeadLetterPolicy,
    Handled,
    Refuse,
    handled,
    is_parked,
)
from shared.platform.consumer.dead_letter_store import INDEXES as PARKED_INDEXES
from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.consumer.positions import Positions
from shared.platform.crypto.key_ring import KeyRing
from shared.platform.crypto.key_sets import opener_in
from shared.platform.crypto.trust_anchors import anchors_of
from shared.platform.kafka.bus import Bus
from shared.platform.kafka.kafka_options import consumer_options, kafka_options, producer_options
from shared.platform.letters.command_bus import CommandBus
from shared.platform.letters.event_log import MOVED_INDEXES, EventLog
from shared.platform.letters.foreign_replies import ForeignReplyCache
from shared.platform.letters.letters import Letters
from shared.platform.letters.seals import Seals
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import C, Record, S, ServiceDecider
from shared.platform.mongo.database import Collection, Database
from shared.platform.repair.backlog_metrics import BacklogMetrics
from shared.platform.repair.erasure import ErasureJob
from shared.platform.repair.fork_check import ForkCheck
from shared.platform.repair.gap_recovery import GapRecovery
from shared.platform.repair.incarnations import Incarnations
from shared.platform.repair.key_watch import KeyWatch
from shared.platform.repair.outbox_sweeper import OutboxSweeper
from shared.platform.repair.resends import Resends
from shared.platform.repair.stored_keys import KeptKeys
from shared.platform.runtime.clock import Now
from shared.platform.runtime.office_time import machine_time
from shared.platform.runtime.settings import ServiceSettings
from shared.sealing.envelopes import Sealer
from shared.sealing.key_directory import KeyDirectory

LETTERS = "letters"
LOG = "log"
ASKED = "asked"
STRANGERS = "strangers"
INCARNATIONS = "incarnations"
CURRENT = "current"
POSITIONS = "positions"
PARKED = "parked"
DROPPED = "dropped"
KEYS = "keys"

INDEXES = {LOG: MOVED_INDEXES, PARKED: PARKED_INDEXES}
"""Indexes of the shell's own collections."""


@dataclass(frozen=True, slots=True)
class Shell(Generic[C, S]):
    """Everything around a service's rules: storage, input and output."""

    rules: ServiceDecider[C, S]
    reads: Sequence[str]
    writes: Sequence[str]
    database: Database
    bus: Bus
    seals: Seals
    sender: Sender
    history: EventLog
    letters: Letters[C, S]
    commands: CommandBus[C, S]
    sweeper: OutboxSweeper
    measuring: BacklogMetrics
    erasing: ErasureJob
    incarnations: Incarnations
    positions: Positions
    parking: DeadLetterStore
    gaps: GapRecovery
    resends: Resends
    keys: KeyWatch
    fork_check: ForkCheck

    @property
    def documents(self) -> Collection:
        """The letters' documents."""
        return self.history.letters

    async def connect(self) -> None:
        """Connect to the broker, unless the database is behind what this service has sent.

        Raises: DatabaseBehind, BusFault, DatabaseFault.
        """
        await self.fork_check.check()
        await self.bus.start()

    def loops(self) -> Sequence[Callable[[], Awaitable[None]]]:
        """The loops that run as long as the process does."""
        parked = [topic for topic in self.reads if is_parked(topic) or bureau_of(topic)]
        return (
            self.commands.run,
            self.sweeper.run,
            self.measuring.run,
            self.erasing.run,
            self.erasing.run_parked,
            self.gaps.run,
            self.resends.run,
            self.keys.run,
            self.fork_check.run,
            partial(self.parking.watch, parked),
        )

    def consumer(self, ids: Mapping[str, str], *, refuse: Refuse | None = None) -> Consumer:
        """A consumer of all topics that the service reads, under these incarnations.

        `refuse`: tells bureaus about unreadable actions; only where actions are received.
        """
        return Consumer(
            self.bus,
            group=group_prefix(self.rules.service),
            positions=self.positions,
            incarnations=ids,
            topics=self.reads,
            read=self.seals.read,
            handle=self._handle,
            unusable=DeadLetterPolicy(self.parking, refuse=refuse),
        )

    def holds(self, letter: str, *, topic: str) -> bool:
        """Whether this process consumes the letter's partition of that topic."""
        reading = self.gaps.reading
        return reading is not None and self.bus.place_of(topic, letter.encode()) in reading.assigned

    def has_read_all(self) -> bool:
        """Whether this process has handled everything it found in its partitions."""
        reading = self.gaps.reading
        if reading is None or not reading.assigned:
            return False
        return all(reading.position(at) == reading.end(at) for at in reading.assigned)

    async def _handle(self, records: Sequence[Record]) -> Handled:
        """Apply records to letters, and answer requests for resends."""
        folds = await self.letters.process_batch(
            [record for record in records if not _is_request(record)]
        )
        await self.resends.answer([record for record in records if _is_request(record)])
        return handled(folds)


def build_shell(
    settings: ServiceSettings,
    rules: ServiceDecider[C, S],
    *,
    seals: Seals,
    reads: Sequence[str],
    writes: Sequence[str],
    now: Now,
) -> Shell[C, S]:
    """Build the shell of one service; nothing is connected yet."""
    return assemble(
        rules,
        seals,
        database=Database(settings.mongo_uri.get_secret_value(), settings.database),
        bus=Bus(
            kafka_options(settings),
            producer=producer_options(settings),
            consumer=consumer_options(settings),
        ),
        topics=(reads, writes),
        now=now,
    )


def assemble(  # noqa: PLR0913 - the one place where all parts meet
    rules: ServiceDecider[C, S],
    seals: Seals,
    *,
    database: Database,
    bus: Bus,
    topics: tuple[Sequence[str], Sequence[str]],
    now: Now,
    clock: Callable[[], float] = monotonic,
) -> Shell[C, S]:
    """Build the shell on this database and broker. `topics`: those read and those written."""
    (reads, writes), name = topics, rules.service
    keep, office, now = database.collection, now, machine_time(now)
    sender, parking = Sender(bus, clock=clock), DeadLetterStore(keep(PARKED), seals.ring, now=now)
    history = EventLog(keep(LETTERS), moved=keep(LOG), asked=keep(ASKED))
    strangers = ForeignReplyCache(keep(STRANGERS))
    letters = Letters(rules, seals, history=history, sender=sender, now=office, strangers=strangers)
    incarnations = Incarnations(bus, keep(INCARNATIONS), reads=reads, writes=writes)
    return Shell(
        rules=rules,
        reads=reads,
        writes=writes,
        database=database,
        bus=bus,
        seals=seals,
        sender=sender,
        history=history,
        letters=letters,
        commands=CommandBus(letters),
        sweeper=OutboxSweeper(history, sender, now=now),
        measuring=BacklogMetrics(history.letters, writes=writes, now=now),
        erasing=ErasureJob(history.letters, moved=keep(LOG), parking=parking, now=now),
        incarnations=incarnations,
        positions=Positions(keep(POSITIONS)),
        parking=parking,
        gaps=GapRecovery(
            history.letters, sender, service=name, reads=reads, holds=parking.holds, now=now
        ),
        resends=Resends(history, sender, incarnations=incarnations, writes=writes, clock=clock),
        keys=KeyWatch(bus, KeptKeys(keep(KEYS), seals.ring), seals=seals, now=office),
        fork_check=ForkCheck(bus, history.letters, notes=keep(CURRENT), writes=writes, now=now),
    )


def load_seals(settings: ServiceSettings, service: str, *, now: Now) -> Seals:
    """Load the private keys of `service`; public keys are loaded later. Raises: BadKeys."""
    keys = settings.keys_dir
    return Seals(
        service=service,
        ring=KeyRing.load(keys / f"{service}.ring.json"),
        sealer=Sealer(KeyDirectory(anchors_of(settings)), now=now),
        opener=opener_in(keys / f"{service}.private.jwks.json"),
    )


def _is_request(record: Record) -> bool:
    return record.raw.topic == RESENDS.name
