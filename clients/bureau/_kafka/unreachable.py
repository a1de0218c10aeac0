"""What is said where the broker doesn't answer; the Kafka client's own faults go no further."""

from typing import Any

from aiokafka.errors import KafkaError


class Unreachable(Exception):
    """The broker doesn't answer, or refuses. Shows the kind of fault only."""


async def answered(work: Any) -> Any:
    """What the library's call gives back. Raises: Unreachable."""
    try:
        return await work
    except (KafkaError, OSError) as fault:
        raise Unreachable(type(fault).__name__) from fault
