"""How are commands that arrive one by one kept? Together.

HTTP requests and the service's own loops tell commands singly. Those that wait at the same moment
share one bulk write, each answered when its own write is journalled; sending follows in the
background, a bounded number at a time, and what isn't sent so is left to the sweeper.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Generic

from shared.platform.kafka.bus import BusFault
from shared.platform.letters.letter_transaction import LetterTransaction
from shared.platform.letters.letters import Letters
from shared.platform.letters.micro_batcher import MicroBatcher
from shared.platform.letters.sender import ACKNOWLEDGED_WITHIN
from shared.platform.letters.service_decider import C, IdempotentCommand, S
from shared.platform.mongo.database import DatabaseFault

LOG = logging.getLogger(__name__)

LAST_SENDS_S = 3.0
MOST_GROUPS = 20
"""Groups of commands whose effects are sent together."""
MOST_UNSENT = 2_000
"""Letters that wait here to be sent; with the broker away the sweeper alone has those beyond."""


class CommandBus(Generic[C, S]):
    """The door for commands with no record behind them."""

    def __init__(self, letters: Letters[C, S]) -> None:
        self._letters = letters
        self._grouped: MicroBatcher[IdempotentCommand[C], S] = MicroBatcher(self._keep)
        self._unsent: asyncio.Queue[tuple[float, list[LetterTransaction[C, S]]]] = asyncio.Queue()
        """What was kept, and when by the loop's clock."""
        self._count_unsent = 0

    async def execute(self, told: IdempotentCommand[C]) -> S:
        """The letter's state once the command is kept for good.

        Raises: Refused, by a rule or because too many wait; DatabaseFault, when it could not be
        kept (the same id may be told again: it happens once).
        """
        return await self._grouped.submit(told)

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

    async def _keep(self, told: Sequence[IdempotentCommand[C]]) -> Sequence[S | Exception]:
        """Keep them together; when that fails for a reason of one of them, each alone."""
        try:
            return await self._keep_together(told)
        except DatabaseFault:
            raise
        except Exception:
            if len(told) == 1:
                raise
            LOG.exception("commands are kept one by one", extra={"commands": len(told)})
        return [await self._keep_alone(one) for one in told]

    async def _keep_alone(self, told: IdempotentCommand[C]) -> S | Exception:
        try:
            return (await self._keep_together([told]))[0]
        except Exception as fault:  # noqa: BLE001 - handed to whoever asked
            return fault

    async def _keep_together(self, told: Sequence[IdempotentCommand[C]]) -> Sequence[S | Exception]:
        folds = await self._letters.decide_and_store(told)
        self._have_sent(folds)
        states = {fold.letter: fold.state for fold in folds}
        refusals = {
            (fold.letter, *name): no for fold in folds for name, no in fold.refusals.items()
        }
        return [refusals.get((one.letter, one.id, one.content), states[one.letter]) for one in told]

    def _have_sent(self, folds: list[LetterTransaction[C, S]]) -> None:
        if self._count_unsent + len(folds) <= MOST_UNSENT:
            self._count_unsent += len(folds)
            self._unsent.put_nowait((asyncio.get_running_loop().time(), folds))

    async def _send_all(self) -> None:
        """Send in the order kept; a failed send stays `unsent` in its document for the sweeper.

        What waits goes together, or the sweeper would find it overdue and send it too; what the
        sweeper has by now, after the broker was away, isn't sent here.
        """
        while True:
            groups = [await self._unsent.get()]
            while len(groups) < MOST_GROUPS and not self._unsent.empty():
                groups.append(self._unsent.get_nowait())
            oldest = asyncio.get_running_loop().time() - ACKNOWLEDGED_WITHIN.total_seconds()
            try:
                await self._letters.send(
                    [fold for at, group in groups if at > oldest for fold in group]
                )
            except (BusFault, DatabaseFault) as fault:
                LOG.warning("effects left to the sweeper", extra={"fault": type(fault).__name__})
            finally:
                self._count_unsent -= sum(len(group) for _, group in groups)
                for _ in groups:
                    self._unsent.task_done()
