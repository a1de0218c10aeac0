"""Which partitions does this process hold back, and until when? They stay assigned and paused."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.contracts.topics import bureau_of
from shared.platform.shell_metrics import PAUSED_PARTITIONS, STOPPED_PARTITIONS

LOG = logging.getLogger(__name__)


class Held:
    """Partitions that are held back, each until an instant of `clock`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: dict[TopicPartition, float] = {}

    def hold(self, consumer: AIOKafkaConsumer, partitions: Iterable[TopicPartition], *,
             seconds: float) -> None:
        """Take nothing more of these for so long."""
        ours = [at for at in partitions if at in consumer.assignment()]
        consumer.pause(*ours)
        self._until.update(dict.fromkeys(ours, self._clock() + seconds))
        self._show()

    def release(self, consumer: AIOKafkaConsumer) -> None:
        """Go on with those whose time has come."""
        now = self._clock()
        due = [at for at, until in self._until.items() if until <= now]
        for at in due:
            del self._until[at]
        if due:
            consumer.resume(*(at for at in due if at in consumer.assignment()))
            self._show()

    def resume_others(self, consumer: AIOKafkaConsumer) -> None:
        """Go on with all that isn't held back."""
        consumer.resume(*(consumer.assignment() - self._until.keys()))

    def clear(self) -> None:
        """Hold nothing back: what was assigned anew is looked at anew."""
        self._until.clear()
        self._show()

    def __contains__(self, at: TopicPartition) -> bool:
        return at in self._until

    def _show(self) -> None:
        of_bureaus = sum(1 for at in self._until if bureau_of(at.topic))
        PAUSED_PARTITIONS.set(of_bureaus)
        STOPPED_PARTITIONS.set(len(self._until) - of_bureaus)
