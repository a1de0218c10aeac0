"""Hanging up ends in bounded time, and another's cancellation is not taken for ours."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import cast

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaConnectionError, KafkaError

from clients.bureau._kafka import connection as module
from clients.bureau._kafka.connection import Connection, TopicConsumer, Unreachable, _started
from clients.bureau.settings import BadSettings, BureauSettings, load


class Client:
    """Starts and stops on request, and notes that it was closed."""

    def __init__(self, ending: Callable[[], Awaitable[None]]) -> None:
        self.ending = ending
        self.fault: Exception | None = None
        self.is_hung_up = False

    async def start(self) -> None:
        if self.fault is not None:
            raise self.fault

    async def stop(self) -> None:
        await self.ending()

    async def hang_up(self) -> None:
        self.is_hung_up = True


async def at_once() -> None:
    """It stops as it should."""


async def never() -> None:
    """The broker doesn't answer the goodbye."""
    await asyncio.Event().wait()


async def cancelled() -> None:
    """A task of the client's own was cancelled, and it passes that on."""
    raise asyncio.CancelledError


async def refused() -> None:
    """The broker went away meanwhile."""
    raise KafkaConnectionError


async def visit(client: Client) -> str:
    async with _started(client, stop=client.stop, hang_up=client.hang_up):
        pass
    return "went on"


@pytest.mark.parametrize("ending", [at_once, never, cancelled, refused])
async def test_whoever_hangs_up_goes_on(
    ending: Callable[[], Awaitable[None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GOODBYE_S", 0.02)
    client = Client(ending)
    visiting = asyncio.create_task(visit(client))
    assert await asyncio.wait_for(visiting, 5) == "went on"
    assert client.is_hung_up == (ending is not at_once)


@pytest.mark.parametrize("ending", [never, cancelled])
async def test_our_own_cancellation_while_hanging_up_is_kept(
    ending: Callable[[], Awaitable[None]],
) -> None:
    is_stopping = asyncio.Event()

    async def told() -> None:
        is_stopping.set()
        try:
            await never()
        finally:
            await ending()

    client = Client(told if ending is cancelled else lambda: _then_never(is_stopping))
    visiting = asyncio.create_task(visit(client))
    await asyncio.wait_for(is_stopping.wait(), 5)
    visiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(visiting, 5)
    assert client.is_hung_up


async def test_our_own_cancellation_is_kept_where_the_client_takes_it_for_its_own() -> None:
    is_stopping = asyncio.Event()

    async def swallowing() -> None:
        with suppress(asyncio.CancelledError):
            await _then_never(is_stopping)

    visiting = asyncio.create_task(visit(Client(swallowing)))
    await asyncio.wait_for(is_stopping.wait(), 5)
    visiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(visiting, 5)


async def test_a_client_whose_connections_hang_too_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GOODBYE_S", 0.02)
    client = Client(never)
    visiting = asyncio.create_task(_visit_hanging(client))
    assert await asyncio.wait_for(visiting, 5) == "went on"


async def test_one_that_never_started_is_out_of_reach_and_hung_up() -> None:
    client = Client(refused)
    client.fault = KafkaConnectionError()
    with pytest.raises(Unreachable, match="KafkaConnectionError"):
        await visit(client)
    assert client.is_hung_up
    assert issubclass(KafkaConnectionError, KafkaError)


async def _then_never(begun: asyncio.Event) -> None:
    begun.set()
    await never()


async def _visit_hanging(client: Client) -> str:
    async with _started(client, stop=client.stop, hang_up=never):
        pass
    return "went on"


class Partitions:
    """A consumer's view of where its partitions end, and of where it reads."""

    def __init__(self, *ends: int | None) -> None:
        self._ends = ends

    def highwater(self, at: TopicPartition) -> int | None:
        end: int | None = self._ends[at.partition]
        return end

    async def position(self, at: TopicPartition) -> int:
        del at
        return 5


@pytest.mark.parametrize(
    ("ends", "has_caught_up"),
    [((5, 5), True), ((5, 0), True), ((5, 6), False), ((5, None), False), ((None, None), False)],
)
async def test_a_reader_has_caught_up_when_it_knows_all_ends_and_has_reached_them(
    ends: tuple[int | None, ...], *, has_caught_up: bool
) -> None:
    places = [("bureau.foshan.letters", number) for number in range(len(ends))]
    reading = TopicConsumer(cast("AIOKafkaConsumer", Partitions(*ends)), places)
    assert await reading.has_caught_up() is has_caught_up


@pytest.mark.parametrize("security", [None, "PLAINTEXT", "SASL_PLAINTEXT"])
def test_a_connection_without_tls_is_refused_outside_development(security: str | None) -> None:
    told = {"MAILBOX_KAFKA_BOOTSTRAP": "127.0.0.1:9"}
    if security:
        told["MAILBOX_KAFKA_SECURITY"] = security
    with pytest.raises(BadSettings, match="must be SASL_SSL or SSL outside MAILBOX_ENV=dev"):
        load(BureauSettings, told)
    load(BureauSettings, {**told, "MAILBOX_ENV": "dev"})
    load(BureauSettings, {**told, "MAILBOX_KAFKA_SECURITY": "SASL_SSL"})
    assert Connection("127.0.0.1:9").security == "SASL_SSL"
