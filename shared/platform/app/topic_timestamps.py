"""The check that the broker itself stamps the records of topics that outsiders write."""

import logging
from collections.abc import Iterable

from shared.contracts.topics import BY_NAME
from shared.platform.app.topic_bootstrap import BY_THE_BROKER, TIMESTAMP_TYPE
from shared.platform.kafka.bus import Bus
from shared.platform.repair.incarnations import TopicsMissing

LOG = logging.getLogger(__name__)


async def check_timestamps(bus: Bus, topics: Iterable[str]) -> None:
    """Return if only our own services can choose timestamps on `topics`.

    Raises: TopicsMissing, if others can; BusFault.
    """
    foreign = [topic for topic in topics if BY_NAME[topic].is_foreign]
    found = await bus.setting(TIMESTAMP_TYPE, foreign) if foreign else {}
    wrong = [topic for topic in foreign if found.get(topic) != BY_THE_BROKER]
    if wrong:
        LOG.error(
            "topics let their writers choose the time: run python -m shared.access apply",
            extra={"topic": min(wrong), "topics": len(wrong)},
        )
        raise TopicsMissing(f"{min(wrong)} has not {TIMESTAMP_TYPE}={BY_THE_BROKER}")
