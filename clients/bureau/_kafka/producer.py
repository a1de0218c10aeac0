"""The producer of a bureau's actions, replaced when the broker rejects it."""

import asyncio
from collections.abc import Awaitable, Callable

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidProducerEpoch,
    OutOfOrderSequenceNumber,
    ProducerFenced,
    UnknownProducerId,
)

from clients.bureau._kafka.unreachable import Unreachable, answered
from shared.contracts.envelope import KafkaRecord

CANNOT_GO_ON = (
    InvalidProducerEpoch,
    OutOfOrderSequenceNumber,
    ProducerFenced,
    UnknownProducerId,
)


class ActionProducer:
    """A connected producer that is replaced by a new one when the broker rejects it.

    A broker checks the sequence numbers of an idempotent producer. After a gap, or when the cluster
    was recreated, it rejects everything that follows, and the library keeps trying.
    """

    def __init__(
        self, producer: AIOKafkaProducer, *, another: Callable[[], Awaitable[AIOKafkaProducer]]
    ) -> None:
        self._producer = producer
        self._another = another
        self._replacing = asyncio.Lock()

    async def send(self, topic: str, record: KafkaRecord) -> None:
        """Send, and return when all replicas have the record. Raises: Unreachable."""
        producer = self._producer
        try:
            await answered(_sent(producer, topic, record))
        except Unreachable as fault:
            if not isinstance(fault.__cause__, CANNOT_GO_ON):
                raise
            await answered(_sent(await self._instead_of(producer), topic, record))

    async def _instead_of(self, former: AIOKafkaProducer) -> AIOKafkaProducer:
        """The next producer; `former` stays open for pending sends. Raises: Unreachable."""
        async with self._replacing:
            if self._producer is former:
                self._producer = await self._another()
            return self._producer


async def _sent(producer: AIOKafkaProducer, topic: str, record: KafkaRecord) -> None:
    key, value, headers = record
    await producer.send_and_wait(topic, value, key=key, headers=list(headers))
