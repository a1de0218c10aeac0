"""How are commands that arrive one by one kept? Together.

HTTP requests and the service's own loops tell commands singly. Those that wait at the same moment
share one bulk write, each answered when its own write is journalled; sending follows in the
background, and what couldn't be sent is left to the sweeper.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Generic

from shared.platform.bus import BusFault
from shared.platform.database import DatabaseFault
from shared.platform.fold import Fold
from shared.platform.grouped import Grouped
from shared.platform.letters import Letters
from shared.platform.rules import C, S, Told

LOG = logging.getLogger(__name__)

LAST_SENDS_S = 3.0
MOST_GROUPS = 20
"""Groups of commands whose effects are sent together."""


class Commands(Generic[C, S]):
    """The door for commands with no record behind them."""

    def __init__(self, letters: Letters[C, S]) -> None:
        self._letters = letters
        self._grouped: Grouped[Told[C], S] = Grouped(self._keep)
        self._unsent: asyncio.Queue[list[Fold[C, S]]] = asyncio.Queue()

    async def tell(self, told: Told[C]) -> S:
        """The letter's state once the command is kept for good.

        Raises: Refused, by a rule or because too many wait; DatabaseFault, when it could not be
        kept (the same id may be told again: it happens once).
        """
        return await self._grouped.do(told)

    async def run(self) -> None:
        """Keep and send what is told until cancelled; what was told before that is still kept."""
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(self._send_all())
            try:
                await self._grouped.run()
            finally:
                await self._send_rest(sending)

    async def _send_rest(self, sending: asyncio.Task[None]) -> None:
        """Give what was kept last a moment to be sent; the sweeper has it otherwise."""
        if not sending.done():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._unsent.join(), LAST_SENDS_S)
            sending.cancel()

    async def _keep(self, told: Sequence[Told[C]]) -> Sequence[S | Exception]:
        folds = await self._letters.keep(told)
        self._unsent.put_nowait(folds)
        by_letter = {fold.letter: fold for fold in folds}
        return [
            by_letter[one.letter].refusals.get((one.id, one.content), by_letter[one.letter].state)
            for one in told
        ]

    async def _send_all(self) -> None:
        """Send in the order kept; a failed send stays `unsent` in its document for the sweeper.

        What waits goes together, or the sweeper would find it overdue and send it too.
        """
        while True:
            groups = [await self._unsent.get()]
            while len(groups) < MOST_GROUPS and not self._unsent.empty():
                groups.append(self._unsent.get_nowait())
            folds = [fold for group in groups for fold in group]
            try:
                await self._letters.send(folds)
            except (BusFault, DatabaseFault) as fault:
                LOG.warning("effects left to the sweeper", extra={"fault": type(fault).__name__})
            finally:
                for _ in groups:
                    self._unsent.task_done()
