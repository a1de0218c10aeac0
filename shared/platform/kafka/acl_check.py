"""The check at each start in production that the broker denies what its rules forbid.

A cluster without access rules looks like one with rules as long as everyone behaves. So a service
tries to read a topic that it may not read, and continues only if it is denied: a bureau's letters,
or for the router, which may read what it writes to bureaus, diverted emergencies.
"""

from collections.abc import Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import TopicAuthorizationFailedError, for_code

from shared.contracts.topics import DIVERTED, Right, letters_of, rights
from shared.platform.kafka.bus import hang_up, let_go

CANDIDATES = (letters_of("province").name, DIVERTED.name)
"""Every service may not read at least one of them."""
TRIAL_MS = 3_000
"""How long the read is tried."""


class AclMissing(Exception):
    """The broker lets a service read a topic that it may not read. Names the topic."""

    def __init__(self, topic: str) -> None:
        super().__init__(topic)
        self.topic = topic

    def __str__(self) -> str:
        return (
            f"the broker lets this service read {self.topic}, which it may not read: it has no "
            "access rules, or this is the wrong user (python -m shared.access show)"
        )


async def verify_acl_denies(client: Mapping[str, Any], service: str) -> None:
    """Return once a forbidden read was denied.

    `client`: keyword arguments of aiokafka, from the settings. Raises: AclMissing; BusFault, if it
    could not be determined.
    """
    topic = _forbidden(service)
    if not await _is_hidden(client, topic) and await _may_read(client, topic):
        raise AclMissing(topic)


def _forbidden(service: str) -> str:
    """A topic that the service may not read."""
    allowed = rights()
    return next(topic for topic in CANDIDATES if Right(service, "read", topic) not in allowed)


async def _is_hidden(client: Mapping[str, Any], topic: str) -> bool:
    """Whether the broker forbids even describing the topic. Raises: BusFault."""
    admin = AIOKafkaAdminClient(**client)
    try:
        await admin.start()
        (found,) = await admin.describe_topics([topic])
    finally:
        await hang_up(admin)
    code = found["error_code"]
    if code not in (0, TopicAuthorizationFailedError.errno):
        raise for_code(code)(topic)
    return bool(code)


async def _may_read(client: Mapping[str, Any], topic: str) -> bool:
    """Try to read the topic; return whether records could be fetched. Raises: BusFault."""
    consumer = AIOKafkaConsumer(**client, enable_auto_commit=False)
    try:
        await consumer.start()
        first = TopicPartition(topic, 0)
        consumer.assign([first])
        await consumer.seek_to_beginning(first)
        await consumer.getmany(timeout_ms=TRIAL_MS)
    except TopicAuthorizationFailedError:
        return False
    finally:
        await let_go(consumer)
    return True
