"""A producer that the cluster refuses is replaced, once, and no record is lost."""

import asyncio
from collections import deque
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaTimeoutError, OutOfOrderSequenceNumber

from shared.platform.kafka.producer import CANNOT_GO_ON, Outbound, Producer

RECORD = Outbound("letters.progress", b"k", b"v", ())


class Client:
    """One producer of the client's, as far as it is used here."""

    def __init__(self, cluster: "Cluster", options: dict[str, Any]) -> None:
        self.options = options
        self.is_open = False
        self._cluster = cluster
        self._txn_manager = SimpleNamespace(producer_id=-1)

    async def start(self) -> None:
        await asyncio.sleep(0)
        if self._cluster.is_away:
            raise KafkaConnectionError
        self._txn_manager.producer_id = self._cluster.ids.popleft()
        self.is_open = True

    async def stop(self) -> None:
        await asyncio.sleep(0)
        self.is_open = False

    async def send(self, topic: str, value: bytes, **_: Any) -> asyncio.Future[Any]:
        under_way: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        fault = self._cluster.fault_for(self._txn_manager.producer_id)
        if fault is None:
            self._cluster.taken.append((self._txn_manager.producer_id, topic, value))
            under_way.set_result(None)
        else:
            under_way.set_exception(fault)
        return under_way


class Cluster:
    """Gives producers their ids, and refuses some of them."""

    def __init__(self) -> None:
        self.ids = deque([1000, 1001, 1002, 1003])
        self.refused: dict[int, Exception] = {}
        self.taken: list[tuple[int, str, bytes]] = []
        self.made: list[Client] = []
        self.is_away = False

    def fault_for(self, producer: int) -> Exception | None:
        return self.refused.get(producer)

    def __call__(self, **options: Any) -> Any:
        self.made.append(Client(self, options))
        return self.made[-1]

    def open_ids(self) -> list[int]:
        return [one._txn_manager.producer_id for one in self.made if one.is_open]


def producing(cluster: Cluster, *, idempotent: bool = True) -> Producer:
    """A producer on it."""
    return Producer({"enable_idempotence": idempotent}, make=cluster)


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


@pytest.mark.parametrize("fault", CANNOT_GO_ON)
async def test_after_a_fault_that_never_ends_by_itself_another_takes_over(
    cluster: Cluster, fault: type[Exception]
) -> None:
    ours = producing(cluster)
    await ours.start()
    cluster.refused[1000] = fault()
    (told,) = await ours.send([RECORD])
    assert type(told) is fault
    assert await ours.send([RECORD]) == [None]
    assert cluster.taken == [(1001, RECORD.topic, RECORD.value)]
    await ours.stop()
    assert cluster.open_ids() == []


async def test_a_fault_that_passes_replaces_nobody(cluster: Cluster) -> None:
    ours = producing(cluster)
    await ours.start()
    cluster.refused[1000] = KafkaTimeoutError()
    await ours.send([RECORD])
    assert len(cluster.made) == 1
    await ours.stop()


async def test_many_who_are_refused_at_once_replace_it_once(cluster: Cluster) -> None:
    ours = producing(cluster)
    await ours.start()
    cluster.refused[1000] = OutOfOrderSequenceNumber()
    await asyncio.gather(*(ours.send([RECORD]) for _ in range(20)))
    await asyncio.sleep(0.01)
    assert cluster.open_ids() == [1001]
    await ours.stop()


async def test_without_a_cluster_the_former_stays_and_is_replaced_later(cluster: Cluster) -> None:
    ours = producing(cluster)
    await ours.start()
    cluster.refused[1000] = OutOfOrderSequenceNumber()
    cluster.is_away = True
    (told,) = await ours.send([RECORD])
    assert isinstance(told, OutOfOrderSequenceNumber)
    cluster.is_away = False
    await ours.send([RECORD])
    assert await ours.send([RECORD]) == [None]
    await ours.stop()
    assert cluster.open_ids() == []


async def test_on_a_cluster_made_anew_it_goes_on_under_an_id_that_it_did_not_have(
    cluster: Cluster,
) -> None:
    ours = producing(cluster)
    await ours.start()
    cluster.ids = deque([1000, 1001])
    await ours.renew()
    assert await ours.send([RECORD]) == [None]
    assert [producer for producer, *_ in cluster.taken] == [1001]
    await ours.stop()
    assert cluster.open_ids() == []


async def test_without_numbers_there_is_nothing_to_renew(cluster: Cluster) -> None:
    ours = producing(cluster, idempotent=False)
    await ours.start()
    await ours.renew()
    assert len(cluster.made) == 1
    await ours.stop()


async def test_renewing_where_the_cluster_is_away_is_a_fault(cluster: Cluster) -> None:
    ours = producing(cluster)
    await ours.start()
    cluster.is_away = True
    with pytest.raises(KafkaConnectionError):
        await ours.renew()
    cluster.is_away = False
    assert await ours.send([RECORD]) == [None]
    await ours.stop()


async def test_what_was_not_started_acknowledges_nothing_and_renews_nothing(
    cluster: Cluster,
) -> None:
    ours = producing(cluster)
    await ours.renew()
    assert not ours.is_started
    assert all(fault is not None for fault in await ours.send([RECORD]))
    assert cluster.made == []
