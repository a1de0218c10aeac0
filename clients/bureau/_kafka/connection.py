"""Connections to the broker, and consumers of whole topics.

Consumers assign their partitions instead of joining a group, so that they start without a
rebalance. Reading a topic never creates it.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata

from clients.bureau._kafka.producer import ActionProducer as ActionProducer
from clients.bureau._kafka.record import Raw
from clients.bureau._kafka.unreachable import Unreachable as Unreachable
from clients.bureau._kafka.unreachable import answered as answered

Security: TypeAlias = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Place: TypeAlias = tuple[str, int]
"""Topic and partition."""

REQUEST_MS = 10_000
LINGER_MS = 5
POLL_MS = 200
QUIET_S = 1.0
GOODBYE_S = 3.0
"""Longest time for a client to close when the broker doesn't answer."""


class NoTopic(Exception):
    """The topic doesn't exist, or this bureau may not see it."""


def utc_now() -> datetime:
    """Now, by this machine's clock."""
    return datetime.now(UTC)  # noqa: TID251 - a bureau has no shared.platform: this is its one clock


@dataclass(frozen=True, slots=True)
class Connection:
    """Address and credentials of one bureau at the broker."""

    bootstrap: str
    """`host:port`, or several separated by commas."""
    security: Security = "SASL_SSL"
    """Plain text is for development only."""
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    mechanism: str = "SCRAM-SHA-512"
    ca_file: Path | None = None
    """CA file for the broker's certificate; None: the system's authorities."""
    is_idempotent: bool = True
    """Whether the broker supports idempotent producers; the local one doesn't."""

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": self.security,
            "request_timeout_ms": REQUEST_MS,
        }
        if self.security.endswith("SSL"):
            options["ssl_context"] = ssl.create_default_context(cafile=self.ca_file)
        if self.security.startswith("SASL"):
            options["sasl_mechanism"] = self.mechanism
            options["sasl_plain_username"] = self.username
            options["sasl_plain_password"] = self.password
        return options

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[ActionProducer]:
        """A producer for the block. Raises: Unreachable."""
        async with AsyncExitStack() as stack:

            async def another() -> AIOKafkaProducer:
                return await stack.enter_async_context(self._producing())

            yield ActionProducer(await another(), another=another)

    @asynccontextmanager
    async def _producing(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(
            **self._options(),
            acks="all",
            linger_ms=LINGER_MS,
            enable_idempotence=self.is_idempotent,
        )
        async with _started(producer, stop=producer.stop, hang_up=producer.client.close):
            yield producer

    async def kept(self, group: str, places: Iterable[Place]) -> dict[Place, tuple[int, str]]:
        """The committed positions of `group`, with their marks. Raises: Unreachable."""
        wanted = [TopicPartition(*place) for place in places]
        async with self.administering() as admin:
            found = await answered(admin.list_consumer_group_offsets(group, partitions=wanted))
        return {
            tuple(at): (one.offset, one.metadata) for at, one in found.items() if one.offset >= 0
        }

    @asynccontextmanager
    async def administering(self) -> AsyncIterator[AIOKafkaAdminClient]:
        """An admin client for the block. Raises: Unreachable."""
        admin = AIOKafkaAdminClient(**self._options())
        hang_up = admin._client.close  # noqa: SLF001 - as for consumers
        async with _started(admin, stop=admin.close, hang_up=hang_up):
            yield admin

    @asynccontextmanager
    async def reading(
        self, topics: Sequence[str], *, group: str | None = None
    ) -> AsyncIterator["TopicConsumer"]:
        """A consumer of whole topics for the block, from their beginning.

        `group`: consumer group for committed positions; None: nothing is committed.
        Raises: Unreachable; NoTopic.
        """
        consumer = AIOKafkaConsumer(
            **self._options(),
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=POLL_MS,
        )
        hang_up = consumer._client.close  # noqa: SLF001 - it has no door of its own for that
        async with _started(consumer, stop=consumer.stop, hang_up=hang_up):
            yield await TopicConsumer.of(consumer, topics)


class TopicConsumer:
    """A consumer of all partitions of its topics."""

    def __init__(self, consumer: AIOKafkaConsumer, places: Iterable[Place]) -> None:
        self._consumer = consumer
        self.places = tuple(places)
        self._last_came = time.monotonic()

    @classmethod
    async def of(cls, consumer: AIOKafkaConsumer, topics: Sequence[str]) -> Self:
        """The consumer with all partitions of `topics` assigned. Raises: NoTopic; Unreachable."""
        known = await answered(consumer.topics())
        if missing := sorted(set(topics) - set(known)):
            raise NoTopic(missing[0])
        await answered(consumer._client.set_topics(topics))  # noqa: SLF001 - or no partition is known
        places = [
            TopicPartition(topic, partition)
            for topic in topics
            for partition in sorted(consumer.partitions_for_topic(topic) or ())
        ]
        consumer.assign(places)
        await answered(consumer.seek_to_beginning(*places))
        return cls(consumer, [tuple(place) for place in places])

    async def poll(self, timeout_ms: int = POLL_MS) -> list[Raw]:
        """New records, in order within each partition. Raises: Unreachable."""
        batches = await answered(self._consumer.getmany(timeout_ms=timeout_ms))
        records = [record for batch in batches.values() for record in batch]
        if records:
            self._last_came = time.monotonic()
        return records

    async def has_caught_up(self) -> bool:
        """Whether every partition has been read to its end.

        End offsets aren't requested, because one of the supported brokers reports them too low. A
        partition without a broker counts as unread.
        """
        for place in self.places:
            high = self._consumer.highwater(TopicPartition(*place))
            if high is None or await self.position(place) < high:
                return False
        return True

    async def rewound(self) -> list[Place]:
        """Seek to the beginning of recreated topics, which end before the current position.

        A broker without a disk loses its topics at a restart; the router then sends all again.
        """
        anew: list[Place] = []
        if time.monotonic() - self._last_came < QUIET_S:
            return anew
        for place in self.places:
            high = self._consumer.highwater(TopicPartition(*place))
            if high is not None and high < await self.position(place):
                anew.append(place)
        if anew:
            await self.rewind(anew)
        return anew

    async def rewind(self, places: Iterable[Place]) -> None:
        """Seek these partitions to their beginning. Raises: Unreachable."""
        again = [TopicPartition(*place) for place in places]
        await answered(self._consumer.seek_to_beginning(*again))
        self._last_came = time.monotonic()

    async def position(self, place: Place) -> int:
        """The next offset to read. Raises: Unreachable."""
        return int(await answered(self._consumer.position(TopicPartition(*place))))

    async def keep(self, positions: Mapping[Place, tuple[int, str]]) -> None:
        """Commit these positions with their marks. Raises: Unreachable."""
        offsets = {
            TopicPartition(*place): OffsetAndMetadata(offset, mark)
            for place, (offset, mark) in positions.items()
        }
        if offsets:
            await answered(self._consumer.commit(offsets))


Ending: TypeAlias = Callable[[], Awaitable[None]]


@asynccontextmanager
async def _started(client: Any, *, stop: Ending, hang_up: Ending) -> AsyncIterator[None]:
    try:
        await answered(client.start())
        yield
    finally:
        await _ended(stop, hang_up)


async def _ended(stop: Ending, hang_up: Ending) -> None:
    """Stop a client in bounded time, even when the broker is gone.

    The client's own `stop` may then raise the CancelledError of an internal task and leave its
    connections open. That error must not be mistaken for a cancellation of the caller, and the
    client must not swallow a real one.
    """
    try:
        async with asyncio.timeout(GOODBYE_S):
            await stop()
    except (TimeoutError, KafkaError, asyncio.CancelledError):
        await _hung_up(hang_up)
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def _hung_up(hang_up: Ending) -> None:
    with suppress(TimeoutError, KafkaError):
        async with asyncio.timeout(GOODBYE_S):
            await hang_up()
