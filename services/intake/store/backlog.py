"""How many letters wait for the broker, and when is it too many?"""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.kernel.errors import Refused
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import Collection
from shared.platform.runtime.clock import Now


class Backlogged(Refused):
    """So much waits to be sent that no new letter is taken in; it will be again by itself."""

    status = 503
    code = "backlog"


class Backlog:
    """How many letters have something that the broker hasn't acknowledged.

    Counted in the documents each second; what this process let in since is added, so that no
    second lets in more than there is room for. Other replicas' letters of that second are not.
    Where counting takes long it is done less often: the database is needed for sending them.
    """

    PAUSE_S = 1.0
    MOST_SHARE = 0.1
    """Of its time that may be spent on counting."""
    LONGEST_PAUSE_S = 10.0
    """However long a count took, as when the database stood still: what it said grows stale."""

    def __init__(self, letters: Collection, *, most: int, now: Now) -> None:
        self._letters = letters
        self._most = most
        self._now = now
        self._counted = 0
        self._under_way = 0
        self._since = 0

    @property
    def is_full(self) -> bool:
        """Whether no new letter may be taken in."""
        return self._counted + self._since + self._under_way >= self._most

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Take in one letter during the block; it counts until it was counted in the documents."""
        self._under_way += 1
        try:
            yield
            self._since += 1
        finally:
            self._under_way -= 1

    async def count(self) -> None:
        """Count anew. Raises: DatabaseFault."""
        since = self._since
        waiting = {"unsent_since": {"$lte": self._now()}}
        found = await self._letters.find(waiting, fields={"_id": 1}, limit=self._most)
        self._counted = len(found)
        self._since -= since

    async def run(self) -> None:
        """Count each second until cancelled; while the database is away nothing comes in anyway."""
        await run_periodically(self.count, name="counting the backlog", pause_s=self.pause_after)

    @classmethod
    def pause_after(cls, seconds: float) -> float:
        """How long to wait after a count that took so long, in seconds."""
        return min(max(cls.PAUSE_S, seconds / cls.MOST_SHARE), cls.LONGEST_PAUSE_S)
