"""The records of the topics. One consumer over all of them, without a group."""

from collections import Counter
from collections.abc import Iterable, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.contracts.topics import BY_NAME
from shared.platform.kafka.bus import Bus
from shared.platform.kafka.kafka_options import consumer_options, kafka_options, producer_options
from shared.platform.runtime.settings import KafkaSettings

QUIET_POLLS = 3
POLL_MS = 200

Name = tuple[str, str, str]
"""Topic, key and event id."""


def bus_of(settings: Mapping[str, str]) -> Bus:
    """A bus as a service would have it, from environment variables."""
    fields = {
        name.removeprefix("MAILBOX_").lower(): value
        for name, value in settings.items()
        if name.startswith("MAILBOX_KAFKA_") or name == "MAILBOX_ENV"
    }
    kafka = KafkaSettings.model_validate(fields)
    return Bus(
        kafka_options(kafka), producer=producer_options(kafka), consumer=consumer_options(kafka)
    )


def partitions(names: Iterable[str]) -> list[TopicPartition]:
    """All partitions of those topics."""
    return [
        TopicPartition(name, number) for name in names for number in range(BY_NAME[name].partitions)
    ]


async def records(bus: Bus, names: Iterable[str]) -> Counter[Name]:
    """How often each record is on those topics. Raises: BusFault."""
    consumer = bus.consumer()
    await consumer.start()
    found: Counter[Name] = Counter()
    quiet = 0
    try:
        consumer.assign(ours := partitions(names))
        await consumer.seek_to_beginning(*ours)
        while quiet < QUIET_POLLS:
            batch = await consumer.getmany(timeout_ms=POLL_MS)
            # On a busy machine an answer may take longer than some polls.
            has_ended = [await _is_at_end(consumer, at) for at in ours]
            quiet = quiet + 1 if all(has_ended) and not batch else 0
            for fetched in batch.values():
                found.update(
                    (one.topic, one.key.decode(), dict(one.headers)["ce_id"].decode())
                    for one in fetched
                )
    finally:
        await consumer.stop()
    return found


async def _is_at_end(consumer: AIOKafkaConsumer, at: TopicPartition) -> bool:
    """Whether all was handed out that a partition had when it was fetched from last."""
    end = consumer.highwater(at)
    return end is not None and await consumer.position(at) >= end
