"""The real broker counts a batch as large as it is unpacked, and refuses what is too large."""

import asyncio

import pytest
from aiokafka import TopicPartition

from shared.contracts.topics import actions_of
from tests.engines.principals import Principal
from tests.support.bombs import bomb, write
from tests.support.stack import Servers

pytestmark = [pytest.mark.engines, pytest.mark.real, pytest.mark.timeout(300)]

OURS = TopicPartition(actions_of("zhuhai").name, 0)
TAKEN, UNKNOWN, TOO_LARGE = 0, -1, 10
MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("size", "code"),
    [
        pytest.param(MIB // 2, TAKEN, id="half a MiB"),
        pytest.param(2 * MIB, TOO_LARGE, id="2 MiB"),
        pytest.param(64 * MIB, TOO_LARGE, id="64 MiB"),
        pytest.param(1024 * MIB, UNKNOWN, id="more than the broker's heap"),
    ],
)
async def test_a_batch_counts_as_large_as_it_is_unpacked(
    cluster: Servers, size: int, code: int
) -> None:
    """A reader therefore never gets a bomb, whichever client it uses."""
    bureau = Principal(cluster, "bureau:zhuhai")
    batch = await asyncio.to_thread(bomb, size)
    assert len(batch) < MIB
    assert await write(bureau.client, OURS, batch) == code
    assert await write(bureau.client, OURS, bomb(1)) == TAKEN, "the broker goes on"
