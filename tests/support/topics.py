"""A broker after topic bootstrap: the diary's topics, and their incarnation ids."""

from typing import TypeVar

from shared.contracts.envelope import envelope
from shared.contracts.topics import BY_NAME, RESENDS, TOPICS
from shared.contracts.topics_v1 import TopicCreated
from shared.platform.kafka.bus import Outbound
from shared.platform.letters.stored_letter import outbound
from tests.support.builders import READS, WRITES
from tests.support.doubles import START, MemoryBus

BusT = TypeVar("BusT", bound=MemoryBus)

EVERY = frozenset((*READS, *WRITES))


def created(topic: str, incarnation: str) -> Outbound:
    """The record that topic bootstrap writes about a topic."""
    data = TopicCreated(
        topic=topic,
        incarnation=incarnation,
        partitions=BY_NAME[topic].partitions,
        created_at=START,
    )
    return outbound(envelope(TOPICS.name, topic, data=data, time=START), TOPICS.name)


def bootstrapped(bus: BusT, incarnation: str = "i-1") -> BusT:
    """The same broker with all topics under one id."""
    for topic in EVERY | {RESENDS.name, TOPICS.name}:
        bus.topics.setdefault(topic, [])
    bus.topics[TOPICS.name] += [
        created(topic, incarnation) for topic in sorted(EVERY | {RESENDS.name})
    ]
    return bus
