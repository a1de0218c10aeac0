"""The patched client bounds what it unpacks, and a failed poll is no longer running."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import aiokafka
import pytest
from aiokafka.consumer.subscription_state import SubscriptionState
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.legacy_records import LegacyRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from shared.platform.kafka import aiokafka_patches
from shared.platform.kafka.aiokafka_patches import MOST_UNPACKED_BYTES, BatchTooLarge, unpacked

BOMB_BYTES = 64 * 1024 * 1024
GZIP = 1


@pytest.fixture(autouse=True)
def corrected() -> None:
    aiokafka_patches.apply()


def bomb(size: int) -> bytes:
    """That many zeros in a gzip stream."""
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    return packer.compress(bytes(size)) + packer.flush()


def values(packed: bytes) -> list[bytes | None]:
    """The values of the records of a batch, as the client parses it."""
    batch = MemoryRecords(packed).next_batch()
    assert batch is not None
    return [record.value for record in batch]


def packed(value: bytes) -> bytes:
    batch = DefaultRecordBatchBuilder(2, GZIP, False, -1, -1, 0, 10**9)
    batch.append(0, 0, b"key", value, [])
    return bytes(batch.build())


def packed_in_an_old_format(value: bytes) -> bytes:
    batch = LegacyRecordBatchBuilder(1, GZIP, 10**9)
    batch.append(0, 0, b"key", value)
    return bytes(batch.build())


def test_the_corrections_are_made_for_this_version() -> None:
    """After an update of the client: check that both patches are needed and still work."""
    assert aiokafka.__version__ == "0.14.0"


@pytest.mark.parametrize("pack", [packed, packed_in_an_old_format])
def test_a_batch_of_ordinary_size_is_unpacked(pack: Callable[[bytes], bytes]) -> None:
    assert values(pack(b"x" * 1_000_000)) == [b"x" * 1_000_000]


@pytest.mark.parametrize("pack", [packed, packed_in_an_old_format])
def test_a_batch_that_grows_too_large_is_refused_before_it_does(
    pack: Callable[[bytes], bytes],
) -> None:
    batch = pack(bytes(BOMB_BYTES))
    tracemalloc.start()
    try:
        with pytest.raises(BatchTooLarge):
            values(batch)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MOST_UNPACKED_BYTES


def test_so_is_one_in_several_gzip_streams() -> None:
    assert unpacked(gzip.compress(b"a") + gzip.compress(b"b")) == b"ab"
    with pytest.raises(BatchTooLarge):
        unpacked(bomb(MOST_UNPACKED_BYTES) + bomb(1))


@pytest.mark.parametrize("broken", [bomb(1000)[:-4], b"no gzip"])
def test_a_broken_stream_is_refused(broken: bytes) -> None:
    with pytest.raises((CorruptRecordException, zlib.error)):
        unpacked(broken)


async def test_a_poll_that_raises_is_over() -> None:
    """Or the client would never take partitions from a consumer that has stopped consuming."""
    state = SubscriptionState()

    def poll() -> None:
        with state.fetch_context():
            assert state.fetcher_idle_time == 0
            raise CorruptRecordException

    for _ in range(2):
        with pytest.raises(CorruptRecordException):
            poll()
    assert state.fetcher_idle_time > 0
