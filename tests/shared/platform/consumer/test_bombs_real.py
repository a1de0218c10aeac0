"""A batch that unpacks to a huge size stops its own bureau, and no other."""

import asyncio
from functools import partial
from pathlib import Path

import pytest
from aiokafka import TopicPartition

from shared.contracts.topics import actions_of
from shared.platform.kafka.bus import Outbound
from shared.platform.kafka.kafka_options import kafka_options
from tests.support.bombs import bomb, write
from tests.support.routers import router_process
from tests.support.stack import Servers
from tests.support.waiting import until_true

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

CONTAINER_BYTES = 512 * 1024 * 1024
"""The router's limit in deploy/k8s."""
PAUSED = 'mailbox_consumer_undecodable_partitions{bureau="guangzhou"}'
ANSWERED = 'mailbox_consumer_actions_refused_total{bureau="foshan",kind="unreadable"}'


@pytest.mark.slow
async def test_a_bomb_stops_its_own_bureau_alone(own_servers: Servers, tmp_path: Path) -> None:
    """1 MiB of gzip took the router to 2.3 GB, and all bureaus with it."""
    at = TopicPartition(actions_of("guangzhou").name, 0)
    batch = await asyncio.to_thread(bomb, 2 * CONTAINER_BYTES)
    assert await write(kafka_options(own_servers.kafka), at, batch) == 0
    async with router_process(own_servers, tmp_path) as router:
        await until_true(partial(router.shows, PAUSED, 1.0))
        bus = own_servers.bus()
        await bus.start()
        assert await bus.send([Outbound(actions_of("foshan").name, b"GD-1", b"{", ())]) == [None]
        await bus.stop()
        await until_true(partial(router.shows, ANSWERED, 1.0))
        assert await router.shows(PAUSED, 1.0)
        assert router.most_memory() < CONTAINER_BYTES
