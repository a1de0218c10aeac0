"""Two corrections to aiokafka 0.14, which `bus` applies before any client is created.

- aiokafka decompresses a whole gzip batch: 1 MiB on the wire may become 1 GiB in memory.
- A poll that raises or is cancelled stays counted as under way. The consumer then never looks idle,
  and the client's own limit (`max_poll_interval_ms`) never takes its partitions away.
"""

import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from aiokafka.consumer.subscription_state import SubscriptionState
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatch
from aiokafka.record.legacy_records import LegacyRecordBatch

MOST_UNPACKED_BYTES = 2 * 1024 * 1024
"""Largest content of one gzip batch; brokers accept batches of up to 1 MiB on the wire."""
_GZIP = zlib.MAX_WBITS | 16


class BatchTooLarge(CorruptRecordException):  # type: ignore[misc]  # aiokafka has no types
    """The content of a gzip batch is larger than a consumer accepts."""


def apply() -> None:
    """Apply both corrections to this process; repeated calls change nothing."""
    for parser in (DefaultRecordBatch, LegacyRecordBatch):
        vars(import_module(parser.__module__))["gzip_decode"] = unpacked
    SubscriptionState.fetch_context = _fetch_context


def unpacked(packed: Any) -> bytes:
    """Decompress a gzip stream. Raises: BatchTooLarge; CorruptRecordException."""
    content = b""
    while packed:
        stream = zlib.decompressobj(_GZIP)
        content += stream.decompress(packed, MOST_UNPACKED_BYTES + 1 - len(content))
        if len(content) > MOST_UNPACKED_BYTES:
            raise BatchTooLarge(f"content of more than {MOST_UNPACKED_BYTES} bytes")
        if not stream.eof:
            raise CorruptRecordException("gzip stream without an end")
        packed = stream.unused_data
    return content


@contextmanager
def _fetch_context(state: Any) -> Iterator[None]:
    """Count a poll as under way for exactly as long as it lasts."""
    state._fetch_count += 1  # noqa: SLF001 - a method of the client's class, corrected
    try:
        yield
    finally:
        state._fetch_count -= 1  # noqa: SLF001 - as above
        if state._fetch_count == 0:  # noqa: SLF001 - as above
            state._last_fetch_ended = time.monotonic()  # noqa: SLF001 - as above
