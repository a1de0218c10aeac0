"""The policy for unusable records: refused, parked or skipped, within limits.

A bureau's action is refused on its own topic. Records of our own services are parked, and so is any
record of a letter whose document can't be loaded. A request for a resend is skipped, because it
will be repeated. If a limit is reached, the topic is held back at that record and retried later.
"""

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
    """What remains after handling a batch."""

    unfit: Sequence[Faulty] = ()
    """Records to park before they are committed."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """Number of actions refused by a rule, by the topic that they came from."""


@dataclass(slots=True)
class Verdict:
    """What to do with faulty records."""

    park: list[Faulty] = field(default_factory=list)
    refuse: list[Faulty] = field(default_factory=list)
    cuts: dict[Partition, int] = field(default_factory=dict)
    """Offsets before which their partition stops."""
    holds: dict[str, float] = field(default_factory=dict)
    """Topics to hold back, with the duration in seconds."""


class DeadLetterPolicy:
    """Decides for one process, and keeps its limits."""

    def __init__(
        self,
        parking: DeadLetterStore,
        *,
        refuse: Refuse | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`refuse`: only where actions are received. `clock`: monotonic seconds."""
        self._parking = parking
        self._refuse = refuse
        self._clock = clock
        self._parked: defaultdict[str, DeadLetterLimit] = defaultdict(DeadLetterLimit)
        self._refused: defaultdict[str, RateLimit] = defaultdict(RateLimit)
        for bureau in BUREAUS if refuse else ():
            _show_none(bureau)

    async def judge(self, read: Iterable[Record | Faulty]) -> Verdict:
        """Decide about the faulty records among `read`, which is in order.

        Raises: DatabaseFault, before anything was decided: then it may be called again.
        """
        read = list(read)
        topics = {item.raw.topic for item in read if isinstance(item, Faulty) and _must_park(item)}
        parked = Counter({topic: await self._parking.count(topic) for topic in topics})
        verdict = Verdict()
        for item in read:
            if place_of(item.raw) in verdict.cuts:
                continue
            if isinstance(item, Faulty):
                self._judge_faulty(item, verdict, parked=parked)
            elif is_parked(item.raw.topic):
                self._parked[item.raw.topic].note_read()
        return verdict

    async def settle(self, verdict: Verdict) -> None:
        """Park and refuse as decided. Raises: DatabaseFault, BusFault; may be repeated."""
        if verdict.park:
            await self._parking.park(verdict.park)
        if verdict.refuse and self._refuse is not None:
            await self._refuse(verdict.refuse)
            for faulty in verdict.refuse:
                REFUSED.labels(bureau_of(faulty.raw.topic), "unreadable").inc()

    def spend(self, refused: Mapping[str, int]) -> dict[str, float]:
        """Count refusals by rules; return the topics to hold back, with seconds."""
        at = self._clock()
        for topic, count in refused.items():
            self._refused[topic].spend(count, at=at)
            REFUSED.labels(bureau_of(topic), "rule").inc(count)
        return {
            topic: self._refused[topic].wait(at=at)
            for topic in refused
            if self._refused[topic].is_spent(at=at)
        }

    def _judge_faulty(self, faulty: Faulty, verdict: Verdict, *, parked: Counter[str]) -> None:
        topic = faulty.raw.topic
        if _must_park(faulty):
            if self._parked[topic].take(parked[topic]):
                parked[topic] += 1
                verdict.park.append(faulty)
            else:
                self._hold(faulty, verdict, seconds=RETRY_S)
        elif bureau_of(topic) is not None:
            budget, at = self._refused[topic], self._clock()
            if budget.is_spent(at=at):
                self._hold(faulty, verdict, seconds=budget.wait(at=at))
            else:
                budget.spend(1, at=at)
                verdict.refuse.append(faulty)

    @staticmethod
    def _hold(faulty: Faulty, verdict: Verdict, *, seconds: float) -> None:
        verdict.cuts[place_of(faulty.raw)] = faulty.raw.offset
        verdict.holds[faulty.raw.topic] = seconds


def _show_none(bureau: Bureau) -> None:
    """Start the counters at 0, or the first refusal would not count as a rise."""
    for kind in ("unreadable", "rule"):
        REFUSED.labels(bureau, kind)


def handled(folds: Iterable[LetterTransaction[Any, Any]]) -> Handled:
    """Collect what these transactions left over."""
    unfit: list[Faulty] = []
    refused: Counter[str] = Counter()
    for fold in folds:
        unfit += [
            Faulty(unfit_record.raw, unfit_record.code, unfit_record.fault)
            for unfit_record in fold.unfit
        ]
        refused.update(entry.record.topic for entry in fold.log if _is_refusal(entry.type))
        refused.update(
            answer.topic
            for answer in fold.strangers
            if _is_refusal(dict(answer.headers)["ce_type"].decode())
        )
    return Handled(unfit, {_actions_topic(topic): count for topic, count in refused.items()})


def is_parked(topic: str) -> bool:
    """Whether unusable records of that topic are parked: our own topics, where order matters."""
    return mark_of(topic) is not None and BY_NAME[topic].is_internal


def _must_park(faulty: Faulty) -> bool:
    """Includes bureaus' actions on a letter that can't be loaded: that fault is ours (ADR-0031)."""
    return is_parked(faulty.raw.topic) or faulty.code == UNLOADABLE


def _is_refusal(kind: str) -> bool:
    return kind == ActionRefused.type


def _actions_topic(letters_topic: str) -> str:
    """The topic of the bureau's actions that are answered on this one."""
    bureau = bureau_of(letters_topic)
    return letters_topic if bureau is None else actions_of(bureau).name
