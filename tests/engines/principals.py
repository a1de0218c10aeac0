"""The users of the cluster, each with its own password, and what the broker lets them do."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    KafkaError,
    NoError,
    NotCoordinatorForGroupError,
    TopicAuthorizationFailedError,
)

from shared.contracts.topics import BY_NAME
from shared.platform.kafka.kafka_options import kafka_options
from tests.support.reaching import kafka_of
from tests.support.stack import Servers

READ_MS = 500
ATTEMPTS = 50
PAUSE_S = 0.2


class Principal:
    """One user of the cluster."""

    def __init__(self, servers: Servers, name: str) -> None:
        engines = servers.stack.engines
        self.name = name
        self.environment: Mapping[str, str] = {
            **servers.environment,
            **engines.settings(),
            **engines.own(name),
        }
        self.client: dict[str, Any] = kafka_options(kafka_of(self.environment))

    async def may_write(self, *topics: str) -> set[str]:
        """Those of `topics` that accept a record of this user."""
        taken: set[str] = set()
        producer = AIOKafkaProducer(**self.client, acks="all", enable_idempotence=True)
        try:
            await producer.start()
        except ClusterAuthorizationFailedError:  # a user without any right to write is no producer
            await producer.stop()
            return taken
        try:
            for topic in topics:
                with suppress(TopicAuthorizationFailedError):
                    await producer.send_and_wait(topic, b"{}", key=b"GD-0", partition=0)
                    taken.add(topic)
        finally:
            await producer.stop()
        return taken

    async def may_read(self, *topics: str) -> set[str]:
        """Those of `topics` that this user can read."""
        read: set[str] = set()
        consumer = AIOKafkaConsumer(**self.client, enable_auto_commit=False)
        await consumer.start()
        try:
            for topic in topics:
                with suppress(TopicAuthorizationFailedError):
                    await _tried(consumer, topic)
                    read.add(topic)
        finally:
            await consumer.stop()
        return read

    async def ends(self, topic: str) -> bool:
        """Whether the broker tells this user the topic's end."""
        consumer = AIOKafkaConsumer(**self.client, enable_auto_commit=False)
        await consumer.start()
        try:
            return bool(await consumer.end_offsets([TopicPartition(topic, 0)]))
        finally:
            await consumer.stop()

    async def may_join(self, group: str, topic: str) -> bool:
        """Whether the user may join the group and commit an offset of the topic."""
        consumer = AIOKafkaConsumer(
            topic,
            **self.client,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        try:
            await consumer.start()
            await consumer.getmany(timeout_ms=READ_MS)
            await consumer.commit({TopicPartition(topic, 0): 0})
        except GroupAuthorizationFailedError:
            return False
        finally:
            await consumer.stop()
        return True

    async def may_look_at(self, group: str) -> bool:
        """Whether the broker describes the group to the user."""
        async with self._admin() as admin:
            try:
                await _coordinator(admin, group)
            except GroupAuthorizationFailedError:
                return False
            assert await _described(admin, group) == NoError.errno
        return True

    async def sees(self) -> set[str]:
        """Our topics that the broker lists."""
        async with self._admin() as admin:
            return set(await admin.list_topics()) & set(BY_NAME)

    async def enters(self) -> bool:
        """Whether the broker lets the user in at all."""
        admin = AIOKafkaAdminClient(**self.client, request_timeout_ms=5_000)
        try:
            await admin.start()
        except KafkaError:
            return False
        finally:
            await admin.close()
        return True

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(**self.client)
        await admin.start()
        try:
            yield admin
        finally:
            await admin.close()


async def _coordinator(admin: AIOKafkaAdminClient, group: str) -> None:
    """Repeat it until the broker knows: the first call creates a topic of its own.

    Raises: GroupAuthorizationFailedError.
    """
    for _ in range(ATTEMPTS):
        with suppress(GroupCoordinatorNotAvailableError):
            await admin.find_coordinator(group)
            return
        await asyncio.sleep(PAUSE_S)
    raise AssertionError("no coordinator")


async def _described(admin: AIOKafkaAdminClient, group: str) -> int:
    """The broker's error code for the group, once its coordinator has loaded its topic.

    Until then it answers that it is loading, or isn't the coordinator.
    """
    code: int
    for _ in range(ATTEMPTS):
        (answer,) = await admin.describe_consumer_groups([group])
        ((code, *_),) = answer.groups
        if code not in (GroupLoadInProgressError.errno, NotCoordinatorForGroupError.errno):
            break
        await asyncio.sleep(PAUSE_S)
    return code


async def _tried(consumer: AIOKafkaConsumer, topic: str) -> None:
    """Read some of the topic. Raises: TopicAuthorizationFailedError."""
    await consumer._client.set_topics([topic])
    if topic in consumer._client.cluster.unauthorized_topics:
        raise TopicAuthorizationFailedError(topic)
    first = TopicPartition(topic, 0)
    consumer.assign([first])
    await consumer.seek_to_beginning(first)
    await consumer.getmany(timeout_ms=READ_MS)
