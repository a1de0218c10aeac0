"""The process's Kafka producer, which is replaced when it can't continue.

An idempotent producer numbers its batches under an id assigned by the cluster, and the client uses
both forever. A batch that was refused permanently leaves a gap in the numbers, and a recreated
cluster may assign an id that is still in use: from then on every batch is refused as out of order,
and one of two that look alike is taken for the other (ADR-0020).
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidProducerEpoch,
    InvalidProducerIdMapping,
    KafkaError,
    OutOfOrderSequenceNumber,
    ProducerFenced,
    UnknownProducerId,
)

Headers = tuple[tuple[str, bytes], ...]

MAX_REQUEST_BYTES = 900_000
CANNOT_GO_ON = (
    InvalidProducerEpoch,
    InvalidProducerIdMapping,
    OutOfOrderSequenceNumber,
    ProducerFenced,
    UnknownProducerId,
)

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outbound:
    """One record to send."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers


class Producer:
    """The current producer of one process, and former ones that are still finishing."""

    def __init__(
        self,
        options: Mapping[str, Any],
        *,
        make: Callable[..., AIOKafkaProducer] = AIOKafkaProducer,
    ) -> None:
        """`options`: keyword arguments of aiokafka's producer."""
        self._options = dict(options)
        self._make = make
        self._present: AIOKafkaProducer | None = None
        self._renewing = asyncio.Lock()
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def is_started(self) -> bool:
        """Whether there is a producer to send with."""
        return self._present is not None

    async def start(self) -> None:
        """Connect. Raises: KafkaError."""
        self._present = await self._started()

    async def stop(self) -> None:
        """Send what is under way, and disconnect."""
        async with self._renewing:
            last, self._present = self._present, None
        if last is not None:
            await last.stop()
        await asyncio.gather(*self._leaving)

    async def send(self, records: Sequence[Outbound]) -> list[BaseException | None]:
        """Send all, in order for each key; return for each record None or its fault.

        On return, a producer that could not continue has been replaced, if the cluster is
        available.
        """
        producer = self._present
        if producer is None:
            return [KafkaError("not started") for _ in records]
        under_way = [await _enqueue(producer, record) for record in records]
        results = await asyncio.gather(*under_way, return_exceptions=True)
        if any(isinstance(result, CANNOT_GO_ON) for result in results):
            LOG.warning("producer can't continue, replaced")
            await self._replace(producer)
        return [result if isinstance(result, BaseException) else None for result in results]

    async def renew(self) -> None:
        """Continue with a new producer id for a recreated cluster. Raises: KafkaError."""
        if self._present is not None and self._options.get("enable_idempotence"):
            await self._renewed(self._present)

    async def _replace(self, producer: AIOKafkaProducer) -> None:
        try:
            await self._renewed(producer)
        except KafkaError as fault:
            LOG.warning("producer not replaced yet", extra={"fault": type(fault).__name__})

    async def _renewed(self, former: AIOKafkaProducer) -> None:
        """Replace `former`, unless another task already has. Raises: KafkaError."""
        async with self._renewing:
            if self._present is not former:
                return
            self._present = await self._started()
            self._retire(former)
            if _id(self._present) == _id(former):
                same, self._present = self._present, await self._started()
                self._retire(same)

    async def _started(self) -> AIOKafkaProducer:
        producer = self._make(**self._options, max_request_size=MAX_REQUEST_BYTES)
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return producer

    def _retire(self, producer: AIOKafkaProducer) -> None:
        """Let a producer finish what is under way, because callers wait for it."""
        leaving = asyncio.create_task(producer.stop())
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)


async def _enqueue(producer: AIOKafkaProducer, record: Outbound) -> asyncio.Future[Any]:
    under_way: asyncio.Future[Any]
    try:
        under_way = await producer.send(
            record.topic, record.value, key=record.key, headers=list(record.headers)
        )
    except KafkaError as fault:
        under_way = asyncio.get_running_loop().create_future()
        under_way.set_exception(fault)
    return under_way


def _id(producer: AIOKafkaProducer) -> int:
    return int(producer._txn_manager.producer_id)  # noqa: SLF001 - no public access to it
