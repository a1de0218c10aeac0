"""A reader of one bureau's topic at the caller's pace, with committed positions.

It reads from the beginning; events delivered in an earlier run only restore each letter's sequence.
A position is committed when no event of its partition waits for earlier ones.
"""

import time
from collections.abc import AsyncGenerator, Callable, Iterator

from clients.bureau._kafka.bookmarks import Bookmarks
from clients.bureau._kafka.connection import TopicConsumer
from clients.bureau._kafka.record import Raw
from clients.bureau._store.gap_requests import GapRequests, MissingEvents
from clients.bureau._store.reorder_buffer import ArrivalBuffer
from clients.bureau.arrivals import Arrived, Unread, read


class Reader:
    """Delivers the events of each letter in order, and commits positions."""

    def __init__(
        self,
        reading: TopicConsumer,
        marks: Bookmarks,
        *,
        on_unreadable: Callable[[Unread], None],
    ) -> None:
        """`on_unreadable`: called for every unreadable record."""
        self._reading = reading
        self._marks = marks
        self._on_unreadable = on_unreadable
        self._order = ArrivalBuffer()
        self._gaps = GapRequests()

    async def turn(self) -> AsyncGenerator[Arrived, None]:
        """New arrivals with sealed words; each is done when the next one is requested.

        Raises: Unreachable.
        """
        for record in await self._reading.poll():
            if self._marks.is_other(record):
                await self._begin_again()
                break
            for arrived in self._due(record):
                yield arrived
            self._marks.finish(record)
        for late in self._order.overdue(time.monotonic()):
            self._gaps.note(late)
            yield late
        await self._check()
        await self.keep()

    def missing(self) -> list[MissingEvents]:
        """Missing events to request now; they count as requested."""
        return self._gaps.due(self._order, time.monotonic())

    async def keep(self) -> None:
        """Commit the positions of all that is done. Raises: Unreachable."""
        waiting = frozenset(arrived.partition for arrived in self._order.held())
        await self._reading.keep(self._marks.take_finished(without=waiting))

    def _due(self, record: Raw) -> Iterator[Arrived]:
        found = read(record)
        if isinstance(found, Unread):
            self._on_unreadable(found)
        elif self._marks.is_read(record.partition, record.offset, topic=record.topic):
            self._order.note(found)
        else:
            for arrived in self._order.take(found, time.monotonic()):
                self._gaps.note(arrived)
                yield arrived

    async def _check(self) -> None:
        """Detect a topic that was recreated while or before it was read."""
        if await self._reading.rewound():
            self._marks.begin_again()
        elif await self._reading.has_caught_up():
            for place in self._reading.places:
                if self._marks.is_cut_short(place, await self._reading.position(place)):
                    await self._begin_again()
                    return

    async def _begin_again(self) -> None:
        self._marks.begin_again()
        self._order.forget()
        self._gaps.forget()
        await self._reading.rewind(self._reading.places)
