"""What a bureau is told that could not ask in words that can be read, or that missed something.

All of this is caused by a record or by an operator.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from services.router import metrics
from services.router.domain import Command, ShowToHolder
from services.router.store import held_by, subject_for
from shared.contracts.slugs import Bureau
from shared.platform.app.service import Snapshots
from shared.platform.consumer.dead_letter_policy import Refuse
from shared.platform.letters.bad_actions import record_of
from shared.platform.letters.dead_letters import Faulty
from shared.platform.letters.letters import Letters
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import Collection


def tell_unreadable(letters: Letters[Any, Any]) -> Refuse:
    """What is done about actions that can't be read: each is refused by its letter.

    The bureau that holds the letter gets a numbered answer, any other one without a number. The
    same record again gets the same answer. Raises: DatabaseFault, BusFault.
    """

    async def tell(found: Sequence[Faulty]) -> None:
        records = [record_of(one, letter=subject_for(_key(one))) for one in found]
        await letters.send(await letters.decide_and_store(records))
        for one in records:
            metrics.UNREADABLE_ACTIONS.labels(one.envelope.data.code).inc()

    return tell


def show_all(letters: Collection) -> Snapshots:
    """How a bureau is told anew of each letter that it holds."""

    async def commands(bureau: Bureau, run: str) -> AsyncIterator[IdempotentCommand[Command]]:
        async for letter in held_by(letters, bureau):
            yield IdempotentCommand(
                letter, ShowToHolder(bureau), id=f"snapshot-{run}", content=bureau
            )

    return commands


def _key(faulty: Faulty) -> str:
    return faulty.raw.key.decode("ascii", "replace")
