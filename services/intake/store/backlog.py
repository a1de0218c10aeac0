"""Backlog of letters that wait for the broker, and the refusal when it is full."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.kernel.errors import Refused
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import Collection
from shared.platform.runtime.clock import Now


class Backlogged(Refused):
    """Too many letters wait to be sent; new ones are accepted again once they are.

    Requests about letters go on somewhat longer; emergencies and withdrawn consent always.
    """

    status = 503
    code = "backlog"


class Backlog:
    """The number of letters with events that the broker hasn't acknowledged.

    Counted in the database each second. What this process has accepted since is added, so that it
    never accepts more than there is room for; letters of other replicas in that second are not.
    A slow count is done less often: the database is needed for sending.
    """

    PAUSE_S = 1.0
    MOST_SHARE = 0.1
    """The largest share of time that counting may take."""
    LONGEST_PAUSE_S = 10.0
    """However long a count took: its result becomes stale."""
    RESERVE_SHARE = 0.2
    LEAST_RESERVE = 10
    """Room beyond the limit for requests about letters, which may have a time limit, and staff."""

    def __init__(self, letters: Collection, *, most: int, now: Now) -> None:
        self._letters = letters
        self._most = most
        self._most_of_all = most + max(self.LEAST_RESERVE, int(most * self.RESERVE_SHARE))
        self._now = now
        self._counted = 0
        self._under_way = 0
        self._since = 0

    @property
    def is_full(self) -> bool:
        """Whether no new letter may be accepted."""
        return self._waiting >= self._most

    def check_reserve(self) -> None:
        """Raises: Backlogged, if not even requests about letters may be accepted."""
        if self._waiting >= self._most_of_all:
            raise Backlogged

    @property
    def _waiting(self) -> int:
        return self._counted + self._since + self._under_way

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Accept a letter or request in the block; it is added until the database counts it."""
        self._under_way += 1
        try:
            yield
            self._since += 1
        finally:
            self._under_way -= 1

    async def count(self) -> None:
        """Count in the database. Raises: DatabaseFault."""
        since = self._since
        waiting = {"unsent_since": {"$lte": self._now()}}
        found = await self._letters.find(waiting, fields={"_id": 1}, limit=self._most_of_all)
        self._counted = len(found)
        self._since -= since

    async def run(self) -> None:
        """Count each second until cancelled; without the database nothing is accepted anyway."""
        await run_periodically(self.count, name="counting the backlog", pause_s=self.pause_after)

    @classmethod
    def pause_after(cls, seconds: float) -> float:
        """Delay after a count that took `seconds`, in seconds."""
        return min(max(cls.PAUSE_S, seconds / cls.MOST_SHARE), cls.LONGEST_PAUSE_S)
