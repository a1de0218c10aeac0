"""Commands without a record behind them, stored in batches and sent in the background.

HTTP requests and the service's loops execute commands one by one. Commands waiting at the same
moment share one bulk write, and each is answered once its own write is journalled. A bounded number
of effects is sent in the background; the outbox sweeper sends the rest.
"""

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
"""Letters that may wait here to be sent; while the broker is away, the sweeper handles any more."""


class CommandBus(Generic[C, S]):
    """Executes commands that arrive one by one."""

    def __init__(self, letters: Letters[C, S]) -> None:
        self._letters = letters
        self._grouped: MicroBatcher[IdempotentCommand[C], S] = MicroBatcher(self._store)
        self._unsent: asyncio.Queue[tuple[float, list[LetterTransaction[C, S]]]] = asyncio.Queue()
        """Stored transactions, with the event loop's time at which they were stored."""
        self._count_unsent = 0

    async def execute(self, command: IdempotentCommand[C]) -> S:
        """Return the letter's state once the command is stored durably.

        Raises: Refused, by a rule or because too many commands wait; DatabaseFault, if it could not
        be stored (executing the same id again is safe: it takes effect once).
        """
        return await self._grouped.submit(command)

    async def run(self) -> None:
        """Store and send commands until cancelled; those submitted earlier are still stored."""
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(self._send_all())
            try:
                await self._grouped.run()
            finally:
                await self._send_rest(sending)

    async def _send_rest(self, sending: asyncio.Task[None]) -> None:
        """Wait briefly for the last stored effects to be sent; the sweeper sends the rest."""
        if not sending.done():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._unsent.join(), LAST_SENDS_S)
            sending.cancel()

    async def _store(self, commands: Sequence[IdempotentCommand[C]]) -> Sequence[S | Exception]:
        """Store the commands together; if one of them causes a failure, store each alone."""
        try:
            return await self._store_together(commands)
        except DatabaseFault:
            raise
        except Exception:
            if len(commands) == 1:
                raise
            LOG.exception("commands are stored one by one", extra={"commands": len(commands)})
        return [await self._store_alone(command) for command in commands]

    async def _store_alone(self, command: IdempotentCommand[C]) -> S | Exception:
        try:
            return (await self._store_together([command]))[0]
        except Exception as fault:  # noqa: BLE001 - handed to the caller
            return fault

    async def _store_together(
        self, commands: Sequence[IdempotentCommand[C]]
    ) -> Sequence[S | Exception]:
        folds = await self._letters.decide_and_store(commands)
        self._queue_for_sending(folds)
        states = {fold.letter: fold.state for fold in folds}
        refusals = {
            (fold.letter, *name): no for fold in folds for name, no in fold.refusals.items()
        }
        return [
            refusals.get((command.letter, command.id, command.content), states[command.letter])
            for command in commands
        ]

    def _queue_for_sending(self, folds: list[LetterTransaction[C, S]]) -> None:
        if self._count_unsent + len(folds) <= MOST_UNSENT:
            self._count_unsent += len(folds)
            self._unsent.put_nowait((asyncio.get_running_loop().time(), folds))

    async def _send_all(self) -> None:
        """Send in the order stored; after a failure the sweeper finds `unsent` in the document.

        Waiting groups are sent together, or the sweeper would find them overdue and send them too.
        Groups that the sweeper has taken over (because the broker was away) are not sent here.
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
