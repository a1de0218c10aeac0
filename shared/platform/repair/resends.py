"""What is sent again when others ask for it, and when a topic was made anew? What the log holds.

A resend sends log entries as they were, byte for byte, in their order, and changes no mark. Who may
answer is who writes the topic; of its replicas, the one that reads the request. The offset of a
request is committed once its answer is acknowledged, as with every other record.
"""

from __future__ import annotations

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
"""A whole topic is sent again at most once in this time."""
PAUSE_S = 1.0

Ranges = list[tuple[int, int]]


class Resends:
    """The answers of one service."""

    def __init__(
        self,
        history: EventLog,
        sender: Sender,
        *,
        incarnations: Incarnations,
        writes: Names[str],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`writes`: the topics that it answers for. `clock`: seconds that only go forward."""
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
        """Answer these requests; when it returns, the answers are acknowledged.

        A whole topic is only noted down, in the database, and sent by `run`. What is asked twice in
        a batch is sent once. Raises: BusFault, DatabaseFault.
        """
        requests = [one for record in records if (one := self._ours(record)) is not None]
        await self._note_whole([one.topic for one in requests if one.subject == ALL])
        ranges: dict[str, dict[str, Ranges]] = {}
        for one in requests:
            if one.subject != ALL:
                of_topic = ranges.setdefault(one.subject, {}).setdefault(one.topic, [])
                of_topic.append((one.from_sequence, one.to_sequence))
        for letter, wanted in ranges.items():
            await self._answer_letter(letter, wanted)

    async def fill(self, ids: Mapping[str, str]) -> int:
        """Send the whole log to every topic that lacks it under these ids; how many entries.

        What was acknowledged under others damps nothing, whichever replica fills the topics; and
        from then on `run` works under these. Raises: BusFault, DatabaseFault.
        """
        if self._ids and ids != self._ids:
            await self._sender.begin_anew()
        self._ids = ids
        return await self._fill(await self._incarnations.remade(ids))

    async def run(self) -> None:
        """Send whole topics again that were asked for, until cancelled."""
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
        """The request, if this service is the one to answer it."""
        asked = record.envelope.data
        if not isinstance(asked, ResendRequested):
            REQUESTS.labels("unknown_type").inc()
            return None
        if asked.topic not in self._writes or asked.subject != record.letter:
            REQUESTS.labels("not_ours").inc()
            return None
        return asked

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
