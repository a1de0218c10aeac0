"""Answers to resend requests, and the refilling of recreated topics, from the log.

A resend sends log entries in order, byte for byte, and changes no mark. Only the topic's writer
answers; of its replicas, the one that reads the request. The request's offset is committed once the
answer is acknowledged, as for any other record.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Collection as Names
from functools import partial
from time import monotonic

from shared.contracts.resends_v1 import ALL, ResendRequested
from shared.platform.kafka.bus import BusFault
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import Record
from shared.platform.mongo.database import DatabaseFault
from shared.platform.repair.incarnations import Incarnations, resend_log
from shared.platform.runtime.shell_metrics import REQUESTS, RESENT

LOG = logging.getLogger(__name__)

WHOLE_TOPIC_S = 60.0
"""Minimum time between two resends of the same whole topic."""
PAUSE_S = 1.0

Ranges = list[tuple[int, int]]


class Resends:
    """Answers resend requests for one service."""

    def __init__(
        self,
        history: EventLog,
        sender: Sender,
        *,
        incarnations: Incarnations,
        writes: Names[str],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`writes`: the topics that it answers for. `clock`: monotonic seconds."""
        self._history = history
        self._sender = sender
        self._incarnations = incarnations
        self._writes = frozenset(writes)
        self._clock = clock
        self._may_repeat_at: dict[str, float] = {}
        self._whole: set[str] = set()
        self._is_wanted = asyncio.Event()
        self._ids: Mapping[str, str] = {}

    async def answer(self, records: Sequence[Record]) -> None:
        """Answer these requests; on return the answers are acknowledged.

        Whole topics are only noted in the database here, and sent by `run`. Ranges requested twice
        in a batch are sent once. Raises: BusFault, DatabaseFault.
        """
        requests = [request for record in records if (request := self._ours(record)) is not None]
        await self._note_whole([request.topic for request in requests if request.subject == ALL])
        ranges: dict[str, dict[str, Ranges]] = {}
        for request in requests:
            if request.subject != ALL:
                of_topic = ranges.setdefault(request.subject, {}).setdefault(request.topic, [])
                of_topic.append((request.from_sequence, request.to_sequence))
        for letter, wanted in ranges.items():
            await self._answer_letter(letter, wanted)

    async def fill(self, ids: Mapping[str, str]) -> int:
        """Send the whole log to every topic that lacks it under these ids; return the entry count.

        Acknowledgements under other ids no longer suppress duplicates, and `run` uses these ids
        from now on. Raises: BusFault, DatabaseFault.
        """
        if self._ids and ids != self._ids:
            await self._sender.begin_anew()
        self._ids = ids
        return await self._fill(await self._incarnations.remade(ids))

    async def run(self) -> None:
        """Resend requested whole topics, until cancelled."""
        while True:
            await self._is_wanted.wait()
            self._is_wanted.clear()
            try:
                await self._fill(frozenset(self._whole))
            except (BusFault, DatabaseFault) as fault:
                LOG.warning("topic not sent again yet", extra={"fault": type(fault).__name__})
                self._is_wanted.set()
                await asyncio.sleep(PAUSE_S)

    def _ours(self, record: Record) -> ResendRequested | None:
        """The request, if this service must answer it."""
        request = record.envelope.data
        if not isinstance(request, ResendRequested):
            REQUESTS.labels("unknown_type").inc()
            return None
        if request.topic not in self._writes or request.subject != record.letter:
            REQUESTS.labels("not_ours").inc()
            return None
        return request

    async def _note_whole(self, topics: Sequence[str]) -> None:
        """Mark `topics` as lacking the log, so that it is sent even if this process dies."""
        now = self._clock()
        new = {topic for topic in topics if now >= self._may_repeat_at.get(topic, now)}
        REQUESTS.labels("repeated").inc(len(topics) - len(new))
        if not new:
            return
        await self._incarnations.forget(new)
        self._may_repeat_at |= dict.fromkeys(new, now + WHOLE_TOPIC_S)
        self._whole |= new
        self._is_wanted.set()
        REQUESTS.labels("whole_topic").inc(len(new))

    async def _answer_letter(self, letter: str, wanted: Mapping[str, Ranges]) -> None:
        entries = (await self._history.of([letter])).get(letter)
        if entries is None:
            REQUESTS.labels("unknown_letter").inc(len(wanted))
            return
        records = [
            entry.record
            for entry in entries
            if any(
                first <= entry.sequence <= last
                for first, last in wanted.get(entry.record.topic, ())
            )
        ]
        await self._sender.resend(records)
        RESENT.inc(len(records))
        REQUESTS.labels("answered" if records else "nothing").inc(len(wanted))

    async def _fill(self, topics: frozenset[str]) -> int:
        if not topics:
            return 0
        checkpoint = await self._incarnations.checkpoint(topics, self._ids)
        count = await resend_log(
            self._history,
            self._sender,
            topics=topics,
            after=checkpoint.after,
            note=partial(self._incarnations.advance, checkpoint),
        )
        await self._incarnations.complete(checkpoint)
        self._whole -= topics
        LOG.info("log sent again", extra={"topics": len(topics), "records": count})
        return count
