"""Are the topics of a check on the broker, and may they be made? The shell's door to them."""

from collections.abc import Iterable

from aiokafka.admin import NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from clients.bureau.connection import Connection, Unreachable, answered
from shared.contracts.slugs import Bureau
from shared.contracts.topics import KEYS, Topic, actions_of, letters_of

BROKERS_DEFAULT = -1
"""As many copies as the broker makes by itself."""


def needed(bureau: Bureau) -> tuple[Topic, ...]:
    """What the check writes and reads."""
    return letters_of(bureau), actions_of(bureau), KEYS


async def visible(connection: Connection) -> frozenset[str]:
    """Names of all topics that are shown to us. Raises: Unreachable."""
    async with connection.administering() as admin:
        return frozenset(await answered(admin.list_topics()))


async def make(connection: Connection, topics: Iterable[Topic]) -> None:
    """Create them, with as many partitions as in production. Raises: Unreachable."""
    wanted = [
        NewTopic(
            name=topic.name,
            num_partitions=topic.partitions,
            replication_factor=BROKERS_DEFAULT,
            replica_assignments={},
            topic_configs={"cleanup.policy": "compact"} if topic.compacted else {},
        )
        for topic in topics
    ]
    async with connection.administering() as admin:
        answer = await answered(admin.create_topics(wanted))
        for _, code, *_ in answer.topic_errors:
            if code not in {0, TopicAlreadyExistsError.errno}:
                raise Unreachable(for_code(code).__name__)
