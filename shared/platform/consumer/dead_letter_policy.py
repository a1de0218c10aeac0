"""What becomes of records that can't be used? Refused, parked or passed over, within budgets.

What a bureau sends is refused on its own topic; what our own services write is parked, and so is
any record of a letter whose document can't be loaded; a request for a resend is passed over, since
it is asked for again. Where a budget is spent nothing of that happens: the topic is held back at
that record and tried again later.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from shared.contracts.bureau_v1 import ActionRefused
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.topics import BY_NAME, actions_of, bureau_of, mark_of
from shared.platform.consumer.batch import place_of
from shared.platform.consumer.dead_letter_limit import DeadLetterLimit, RateLimit
from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.consumer.partitions import RETRY_S
from shared.platform.kafka.bus import Partition
from shared.platform.letters.dead_letters import UNLOADABLE, Faulty
from shared.platform.letters.letter_transaction import LetterTransaction
from shared.platform.letters.service_decider import Record
from shared.platform.runtime.shell_metrics import REFUSED

Refuse = Callable[[Sequence[Faulty]], Awaitable[None]]
"""Tells bureaus that their actions could not be read."""


@dataclass(frozen=True, slots=True)
class Handled:
    """What handling a batch left over."""

    unfit: Sequence[Faulty] = ()
    """To be parked before they are committed."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """How many actions a rule refused, by the topic that they came on."""


@dataclass(slots=True)
class Verdict:
    """What is to become of faulty records."""

    park: list[Faulty] = field(default_factory=list)
    refuse: list[Faulty] = field(default_factory=list)
    cuts: dict[Partition, int] = field(default_factory=dict)
    """Records at which their partition goes no further."""
    holds: dict[str, float] = field(default_factory=dict)
    """Topics to hold back, for so many seconds."""


class DeadLetterPolicy:
    """Decides for one process, and keeps its budgets."""

    def __init__(
        self,
        parking: DeadLetterStore,
        *,
        refuse: Refuse | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`refuse`: only where actions come. `clock`: seconds that only go forward."""
        self._parking = parking
        self._refuse = refuse
        self._clock = clock
        self._parked: defaultdict[str, DeadLetterLimit] = defaultdict(DeadLetterLimit)
        self._refused: defaultdict[str, RateLimit] = defaultdict(RateLimit)
        for bureau in BUREAUS if refuse else ():
            _show_none(bureau)

    async def judge(self, read: Iterable[Record | Faulty]) -> Verdict:
        """What becomes of the faulty among `read`, which is in order. Raises: DatabaseFault.

        What was raised before nothing was decided: then it may be asked again.
        """
        read = list(read)
        topics = {one.raw.topic for one in read if isinstance(one, Faulty) and _is_to_park(one)}
        parked = Counter({topic: await self._parking.count(topic) for topic in topics})
        verdict = Verdict()
        for one in read:
            if place_of(one.raw) in verdict.cuts:
                continue
            if isinstance(one, Faulty):
                self._judge_one(one, verdict, parked=parked)
            elif is_parked(one.raw.topic):
                self._parked[one.raw.topic].note_read()
        return verdict

    async def settle(self, verdict: Verdict) -> None:
        """Park and refuse what is to be. Raises: DatabaseFault, BusFault; may be done again."""
        if verdict.park:
            await self._parking.park(verdict.park)
        if verdict.refuse and self._refuse is not None:
            await self._refuse(verdict.refuse)
            for one in verdict.refuse:
                REFUSED.labels(bureau_of(one.raw.topic), "unreadable").inc()

    def spend(self, refused: Mapping[str, int]) -> dict[str, float]:
        """Count what rules refused; the topics that are to be held back, for how many seconds."""
        at = self._clock()
        for topic, count in refused.items():
            self._refused[topic].spend(count, at=at)
            REFUSED.labels(bureau_of(topic), "rule").inc(count)
        return {
            topic: self._refused[topic].wait(at=at)
            for topic in refused
            if self._refused[topic].is_spent(at=at)
        }

    def _judge_one(self, one: Faulty, verdict: Verdict, *, parked: Counter[str]) -> None:
        topic = one.raw.topic
        if _is_to_park(one):
            if self._parked[topic].take(parked[topic]):
                parked[topic] += 1
                verdict.park.append(one)
            else:
                self._hold(one, verdict, seconds=RETRY_S)
        elif bureau_of(topic) is not None:
            budget, at = self._refused[topic], self._clock()
            if budget.is_spent(at=at):
                self._hold(one, verdict, seconds=budget.wait(at=at))
            else:
                budget.spend(1, at=at)
                verdict.refuse.append(one)

    @staticmethod
    def _hold(one: Faulty, verdict: Verdict, *, seconds: float) -> None:
        verdict.cuts[place_of(one.raw)] = one.raw.offset
        verdict.holds[one.raw.topic] = seconds


def _show_none(bureau: Bureau) -> None:
    """Begin at 0, or the first refusal would not count as a rise."""
    for kind in ("unreadable", "rule"):
        REFUSED.labels(bureau, kind)


def handled(folds: Iterable[LetterTransaction[Any, Any]]) -> Handled:
    """What these folds left over."""
    unfit: list[Faulty] = []
    refused: Counter[str] = Counter()
    for fold in folds:
        unfit += [Faulty(one.raw, one.code, one.fault) for one in fold.unfit]
        refused.update(entry.record.topic for entry in fold.log if _is_no(entry.type))
        refused.update(
            answer.topic
            for answer in fold.strangers
            if _is_no(dict(answer.headers)["ce_type"].decode())
        )
    return Handled(unfit, {_asking(topic): count for topic, count in refused.items()})


def is_parked(topic: str) -> bool:
    """Whether unusable records of that topic are parked: our own, where order counts."""
    return mark_of(topic) is not None and BY_NAME[topic].is_internal


def _is_to_park(one: Faulty) -> bool:
    """Also what a bureau asks of a letter that can't be loaded: the fault is ours (ADR-0031)."""
    return is_parked(one.raw.topic) or one.code == UNLOADABLE


def _is_no(kind: str) -> bool:
    return kind == ActionRefused.type


def _asking(letters_topic: str) -> str:
    """The topic on which the bureau asked that was answered on this one."""
    bureau = bureau_of(letters_topic)
    return letters_topic if bureau is None else actions_of(bureau).name
