"""Creates missing topics and records an incarnation id for each.

`python -m shared.platform.app.topic_bootstrap` is idempotent: it creates the topics of the contract
that the broker lacks, with the contract's partitions and retention, and writes a random id for each
topic without one into the compacted `mailbox.topics`. Nothing else ever creates a topic.
"""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pydantic import Field

from shared.contracts import topics as contract
from shared.contracts.envelope import envelope
from shared.contracts.topics_v1 import TopicCreated
from shared.platform.kafka.bus import Bus, BusFault
from shared.platform.kafka.kafka_options import kafka_options, producer_options
from shared.platform.letters.stored_letter import outbound
from shared.platform.repair.incarnations import incarnation_ids
from shared.platform.runtime.clock import utc_now
from shared.platform.runtime.settings import KafkaSettings, load
from shared.terminal import speak_plainly

TIMESTAMP_TYPE, BY_THE_BROKER = "message.timestamp.type", "LogAppendTime"
FOREIGN = {"compression.type": "uncompressed", TIMESTAMP_TYPE: BY_THE_BROKER}
"""Of topics that outsiders write: the broker unpacks what it takes, so that our client needs none
of their codecs and opens no bomb, and stamps each record itself, so that none can be backdated."""
CREATED = (0, 36)
"""Kafka's codes for: created, and: existed already."""


class CannotCreate(Exception):
    """The broker refused to make a topic."""


async def bootstrap(
    client: dict[str, Any], producer: dict[str, Any], *, replication: int, remake: bool
) -> int:
    """Make what is missing; the number of topics that got a new incarnation id.

    `remake`: delete and make anew a topic whose partitions differ from the contract, as one that a
    broker invented for an early producer; for development only, since what it holds is lost.
    Raises: CannotCreate; BusFault.
    """
    bus = Bus(client, producer=producer, consumer={})
    admin = AIOKafkaAdminClient(**client)
    await admin.start()
    await bus.start()
    try:
        wrong = await _wrong_partitions(bus)
        if wrong and not remake:
            raise CannotCreate(f"{wrong[0]} has other partitions than the contract says")
        if wrong:
            await admin.delete_topics(wrong)
        await _create(admin, replication)
        known = incarnation_ids(
            await bus.read_all(contract.TOPICS.name, contract.TOPICS.partitions)
        )
        new = [one.name for one in contract.ALL if one.name in wrong or one.name not in known]
        await _write_ids(bus, new)
        return len(new)
    finally:
        await bus.stop()
        await admin.close()


async def _wrong_partitions(bus: Bus) -> list[str]:
    found = await bus.partitions([one.name for one in contract.ALL])
    wanted = {one.name: one.partitions for one in contract.ALL}
    return [topic for topic, count in found.items() if count != wanted[topic]]


async def _create(admin: AIOKafkaAdminClient, replication: int) -> None:
    answer = await admin.create_topics(
        [
            NewTopic(
                name=one.name,
                num_partitions=one.partitions,
                replication_factor=copies(one, replication=replication),
                topic_configs=configs(one, replication=replication),
            )
            for one in contract.ALL
        ]
    )
    for name, code, *_ in answer.topic_errors:
        if code not in CREATED:
            raise CannotCreate(f"{name}: Kafka error {code}")


def copies(topic: contract.Topic, *, replication: int) -> int:
    """How many copies of the topic a cluster keeps that can keep `replication` of any."""
    return min(replication, topic.replication)


def configs(topic: contract.Topic, *, replication: int) -> dict[str, str]:
    """What the broker is told about the topic: one copy fewer than there are must be enough."""
    retention = -1 if topic.retention is None else round(topic.retention.total_seconds() * 1000)
    enough = max(1, min(topic.min_in_sync, copies(topic, replication=replication) - 1))
    return (FOREIGN if topic.is_foreign else {}) | {
        "cleanup.policy": "compact" if topic.compacted else "delete",
        "retention.ms": str(retention),
        "min.insync.replicas": str(enough),
    }


async def _write_ids(bus: Bus, topics: Sequence[str]) -> None:
    now = utc_now()
    said = [
        envelope(
            contract.TOPICS.name,
            topic,
            data=TopicCreated(
                topic=topic,
                incarnation=str(uuid.uuid4()),
                partitions=contract.BY_NAME[topic].partitions,
                created_at=now,
            ),
            time=now,
        )
        for topic in topics
    ]
    faults = await bus.send([outbound(one, contract.TOPICS.name) for one in said])
    for fault in faults:
        if fault is not None:
            raise fault


class BootstrapSettings(KafkaSettings):
    """Where the broker is, and how many copies it can keep."""

    topics_replication: int = Field(default=3, ge=1, le=9)


def main() -> int:
    """Make the topics and say how many were new."""
    settings = load(BootstrapSettings)
    try:
        count = asyncio.run(
            bootstrap(
                kafka_options(settings),
                producer_options(settings),
                replication=settings.topics_replication,
                remake=settings.is_development,
            )
        )
    except (CannotCreate, BusFault) as fault:
        sys.stderr.write(f"topics: {fault}\n")
        return 1
    sys.stdout.write(f"topics: {len(contract.ALL)} as the contract says, {count} new\n")
    return 0


if __name__ == "__main__":
    speak_plainly()
    sys.exit(main())
