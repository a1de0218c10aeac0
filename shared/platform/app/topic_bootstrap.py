"""Topic bootstrap: creates missing topics and records an incarnation id for each.

`python -m shared.platform.app.topic_bootstrap` is idempotent: it creates the contract's topics that
the broker lacks, with the contract's partitions and retention, and writes a random id for each
topic without one to the compacted `mailbox.topics`. Nothing else ever creates a topic.
"""

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
"""Settings of topics that outsiders write: the broker decompresses records, so that our client
needs none of their codecs and decompresses no bomb, and stamps them itself, so that none can be
backdated."""
CREATED = (0, 36)
"""Kafka's codes for "created" and "already exists"."""


class CannotCreate(Exception):
    """The broker refused to create a topic."""


async def bootstrap(
    client: dict[str, Any], producer: dict[str, Any], *, replication: int, remake: bool
) -> int:
    """Create what is missing; return the number of topics with a new incarnation id.

    `remake`: delete and recreate a topic with other partitions than the contract, such as one that
    the broker created automatically; for development only, since its content is lost.
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
        new = [
            topic.name for topic in contract.ALL if topic.name in wrong or topic.name not in known
        ]
        await _write_ids(bus, new)
        return len(new)
    finally:
        await bus.stop()
        await admin.close()


async def _wrong_partitions(bus: Bus) -> list[str]:
    found = await bus.partitions([topic_of_contract.name for topic_of_contract in contract.ALL])
    wanted = {
        topic_of_contract.name: topic_of_contract.partitions for topic_of_contract in contract.ALL
    }
    return [topic for topic, count in found.items() if count != wanted[topic]]


async def _create(admin: AIOKafkaAdminClient, replication: int) -> None:
    answer = await admin.create_topics(
        [
            NewTopic(
                name=topic.name,
                num_partitions=topic.partitions,
                replication_factor=copies(topic, replication=replication),
                topic_configs=configs(topic, replication=replication),
            )
            for topic in contract.ALL
        ]
    )
    for name, code, *_ in answer.topic_errors:
        if code not in CREATED:
            raise CannotCreate(f"{name}: Kafka error {code}")


def copies(topic: contract.Topic, *, replication: int) -> int:
    """The topic's replication factor in a cluster with `replication` copies at most."""
    return min(replication, topic.replication)


def configs(topic: contract.Topic, *, replication: int) -> dict[str, str]:
    """The topic's settings in the broker; writing must succeed with one copy missing."""
    retention = -1 if topic.retention is None else round(topic.retention.total_seconds() * 1000)
    enough = max(1, min(topic.min_in_sync, copies(topic, replication=replication) - 1))
    return (FOREIGN if topic.is_foreign else {}) | {
        "cleanup.policy": "compact" if topic.compacted else "delete",
        "retention.ms": str(retention),
        "min.insync.replicas": str(enough),
    }


async def _write_ids(bus: Bus, topics: Sequence[str]) -> None:
    now = utc_now()
    events = [
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
    faults = await bus.send([outbound(event, contract.TOPICS.name) for event in events])
    for fault in faults:
        if fault is not None:
            raise fault


class BootstrapSettings(KafkaSettings):
    """The broker's address, and the number of copies it can keep."""

    topics_replication: int = Field(default=3, ge=1, le=9)


def main() -> int:
    """Create the topics and print how many were new."""
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
