"""Translates the Kafka client's errors to `Unreachable`."""

from typing import Any

from aiokafka.errors import KafkaError


class Unreachable(Exception):
    """The broker doesn't answer or refuses. Shows only the class of the error."""


async def answered(work: Any) -> Any:
    """The result of the client's call. Raises: Unreachable."""
    try:
        return await work
    except (KafkaError, OSError) as fault:
        raise Unreachable(type(fault).__name__) from fault
