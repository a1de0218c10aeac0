"""The simulated bureaus fetch the files of each letter that they have accepted."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Final, TypeAlias

from clients.bureau.arrivals import Arrived
from clients.bureau.attachments import AttachmentFetcher, FileAccess, NotFetched
from clients.bureau.simulate.figures import SimulationMetrics
from clients.bureau.simulate.held import BureauLetter
from shared.contracts.slugs import Bureau
from shared.contracts.values import Attachment
from shared.contracts.vocabulary import State

WORKED_ON: Final[tuple[State, ...]] = ("handling", "supplement", "signing")
LOOK_S: Final = 0.2
MOST_TRIES: Final = 60
"""Attempts at one file while it is being checked or intake is out of reach."""

FileName: TypeAlias = tuple[Bureau, str, str]
"""Bureau, letter and file."""

_log = logging.getLogger(__name__)


class FileFetching:
    """Fetches each file once, compares it with its announcement, and throws it away."""

    def __init__(
        self, access: Callable[[Bureau], FileAccess], *, figures: SimulationMetrics
    ) -> None:
        """`access`: raises BadSettings for a bureau without a client."""
        self._access = access
        self._figures = figures
        self._files: dict[tuple[Bureau, str], dict[str, Attachment]] = defaultdict(dict)
        self._due: dict[FileName, float] = {}
        """When a file is fetched next, in monotonic seconds."""
        self._tries: dict[FileName, int] = defaultdict(int)
        self._fetchers: dict[Bureau, AttachmentFetcher] = {}

    def note(self, arrived: Arrived, held: BureauLetter, *, now: float) -> None:
        """Take in an event after which the letter is `held`; `now` in monotonic seconds."""
        name = (held.bureau, held.letter)
        files = self._files[name]
        files |= {file.id: file for file in getattr(arrived.event, "attachments", ())}
        is_worked_on = held.state in WORKED_ON and not held.is_over
        for file in files:
            if is_worked_on and not held.is_by_hand:
                if (*name, file) not in self._tries:
                    self._due.setdefault((*name, file), now)
            else:
                self._due.pop((*name, file), None)

    async def run(self, stopping: asyncio.Event) -> None:
        """Fetch what is due until `stopping` is set. Raises: BadSettings."""
        async with AsyncExitStack() as stack:
            while not stopping.is_set():
                now = time.monotonic()
                for name in [name for name, at in self._due.items() if at <= now]:
                    fetcher = await self._fetcher(name[0], stack)
                    await self.fetch(name, fetcher, now=now)
                await asyncio.sleep(LOOK_S)

    async def fetch(self, name: FileName, fetcher: AttachmentFetcher, *, now: float) -> None:
        """Fetch one file, now or again later."""
        bureau, letter, file = name
        self._tries[name] += 1
        self._due.pop(name, None)
        try:
            await fetcher.fetch(letter, self._files[bureau, letter][file], write=len)
        except NotFetched as no:
            self._figures.count("files", outcome=no.why)
            if no.again_after_s is not None and self._tries[name] < MOST_TRIES:
                self._due[name] = now + no.again_after_s
            elif no.why != "masked":
                _log.warning("file not fetched", extra={"code": no.why})
        else:
            self._figures.count("files", outcome="fetched")

    async def _fetcher(self, bureau: Bureau, stack: AsyncExitStack) -> AttachmentFetcher:
        if bureau not in self._fetchers:
            fetcher = AttachmentFetcher(self._access(bureau))
            self._fetchers[bureau] = await stack.enter_async_context(fetcher)
        return self._fetchers[bureau]
