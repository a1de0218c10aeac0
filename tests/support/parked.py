"""Parked records of a service over doubles, an operator who handles them, and crashes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.dead_letters import Faulty
from shared.platform.letters.letters import Letters
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import ServiceDecider
from shared.platform.repair.dead_letter_replay import DeadLetterReplay, Outcome
from shared.platform.repair.drops import DropLog
from tests.support.builders import (
    LETTER,
    PROGRESS_TOPIC,
    SUBMITTED_TOPIC,
    Diary,
    Note,
    asked,
    decide,
    rules,
)
from tests.support.doubles import Memory
from tests.support.replicas import World, ids


def event(number: int) -> str:
    """The id of an event of the letter."""
    return f"{SUBMITTED_TOPIC}/{LETTER}/{number}"


class Killed(BaseException):
    """The process ends here; none of its code catches this."""


class Killer:
    """Ends the work at its n-th step: the start or the end of an outward call."""

    def __init__(self) -> None:
        self.at, self.steps = 0, 0

    def watch(self, owner: Any, *names: str) -> None:
        """Count the calls of these methods."""
        for name in names:
            setattr(owner, name, self._stepping(getattr(owner, name)))

    def _stepping(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def stepped(*given: Any, **more: Any) -> Any:
            self._step()
            result = await call(*given, **more)
            self._step()
            return result

        return stepped

    def _step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise Killed


@dataclass
class Stage:
    """A service's store and broker, and its parked records."""

    world: World = field(default_factory=World)
    parked: Memory = field(default_factory=Memory)
    dropped: Memory = field(default_factory=Memory)
    killer: Killer = field(default_factory=Killer)

    def __post_init__(self) -> None:
        self.parking = DeadLetterStore(self.parked, self.world.seals.ring, now=self.world.clock)
        self.drops = DropLog(self.dropped, self.world.seals.ring, now=self.world.clock)
        for store in (self.world.documents, self.world.moved, self.parked, self.dropped):
            self.killer.watch(store, "find", "write")
        self.killer.watch(self.world.bus, "send")

    async def hear(self, *raw: Inbound) -> None:
        """One of the service's replicas processes these."""
        await self.world.replica().hear(*raw)

    async def park(self, *raw: Inbound) -> None:
        """Make the records readable that an older version could not read."""
        await self.parking.park([Faulty(one, "unreadable", "bad_value") for one in raw])

    def operator(self, given: ServiceDecider[Note, Diary] | None = None) -> DeadLetterReplay:
        """A process that an operator has just started, with these rules."""
        replica = self.world.replica()
        letters = Letters(
            given or rules(),
            self.world.seals,
            history=replica.history,
            sender=Sender(self.world.bus, clock=self.world.clock.seconds),
            now=self.world.clock,
        )
        return DeadLetterReplay(
            self.parking,
            letters,
            documents=self.world.documents,
            seals=self.world.seals,
            drops=self.drops,
        )

    async def tried(self, what: str, number: int, *, dies_at: int = 0) -> Outcome | None:
        """One process replays or drops; None: it was killed at that step."""
        self.killer.at, self.killer.steps = dies_at, 0
        operator = self.operator()
        work = operator.replay if what == "replay" else operator.drop
        try:
            return await work(event(number))
        except Killed:
            return None
        finally:
            self.killer.at = 0

    async def sweep(self) -> None:
        """The service's sweeper sends unsent events."""
        self.world.clock.pass_by(seconds=6)
        await self.world.replica().sweeper.sweep()

    def said(self, topic: str = PROGRESS_TOPIC) -> list[str]:
        """Ids on the topic without repeats; a repeat must be identical."""
        records = self.world.bus.records(topic)
        assert len(set(records)) == len(set(ids(records)))
        return list(dict.fromkeys(ids(records)))

    def is_settled(self) -> bool:
        """Whether nothing is left to send, await or handle."""
        document = self.world.document()
        return not (
            self.parked.kept or "unsent" in document or document["early"] or "gap_since" in document
        )


def both(sequence: int) -> Inbound:
    """An event that also goes to the bureau."""
    return asked(sequence, f"both-{sequence}")


def choking_on(what: str) -> ServiceDecider[Note, Diary]:
    """The diary's rules with a fault in them."""

    def faulty(command: Note, state: Diary) -> tuple[Any, ...]:
        if command.what == what:
            raise KeyError(what)
        return decide(command, state)

    return replace(rules(), decide=faulty)
