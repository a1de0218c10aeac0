"""Topics of a check: whether they exist, and creating them."""

from collections.abc import Iterable

from aiokafka.admin import NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from clients.bureau._kafka.connection import Connection, Unreachable, answered
from shared.contracts.slugs import Bureau
from shared.contracts.topics import KEYS, Topic, actions_of, letters_of


def needed(bureau: Bureau) -> tuple[Topic, ...]:
    """The topics that the check writes and reads."""
    return letters_of(bureau), actions_of(bureau), KEYS


async def visible(connection: Connection) -> frozenset[str]:
    """Names of all visible topics. Raises: Unreachable."""
    async with connection.administering() as admin:
        return frozenset(await answered(admin.list_topics()))


async def make(connection: Connection, topics: Iterable[Topic]) -> None:
    """Create them as in production, with at most as many replicas as brokers.

    Raises: Unreachable.
    """
    async with connection.administering() as admin:
        cluster = await answered(admin.describe_cluster())
        brokers = len(cluster["brokers"])
        wanted = [
            NewTopic(
                name=topic.name,
                num_partitions=topic.partitions,
                replication_factor=min(topic.replication, brokers),
                topic_configs={"cleanup.policy": "compact"} if topic.compacted else {},
            )
            for topic in topics
        ]
        answer = await answered(admin.create_topics(wanted))
        for _, code, *_ in answer.topic_errors:
            if code not in {0, TopicAlreadyExistsError.errno}:
                raise Unreachable(for_code(code).__name__)
