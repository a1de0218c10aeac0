"""How does a bureau read its topic at its own pace and keep its place? One reader of one topic.

Everything is read from the beginning, what was delivered in an earlier run only to know where each
letter stood. A place is kept when nothing of its partition waits for its turn.
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
    """A reading with its bookmarks, in the order of each letter."""

    def __init__(
        self,
        reading: TopicConsumer,
        marks: Bookmarks,
        *,
        on_unreadable: Callable[[Unread], None],
    ) -> None:
        """`on_unreadable`: is told of every record that can't be read."""
        self._reading = reading
        self._marks = marks
        self._on_unreadable = on_unreadable
        self._order = ArrivalBuffer()
        self._gaps = GapRequests()

    async def turn(self) -> AsyncGenerator[Arrived, None]:
        """What has come, words still sealed; each counts as done when the next is asked for.

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
        """What the bureau should ask for now; it counts as asked."""
        return self._gaps.due(self._order, time.monotonic())

    async def keep(self) -> None:
        """Keep the places of all that is done with. Raises: Unreachable."""
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
        """Notice a topic that was made anew while or before it was read."""
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
