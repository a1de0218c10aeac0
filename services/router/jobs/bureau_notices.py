"""What bureaus are sent on behalf of a record or an operator."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from services.router import metrics
from services.router.domain.actors import Command
from services.router.domain.resends import ShowToHolder
from services.router.store.documents import subject_for
from services.router.store.queries import held_by
from shared.contracts.slugs import Bureau
from shared.platform.app.service import Snapshots
from shared.platform.consumer.dead_letter_policy import Refuse
from shared.platform.letters.bad_actions import record_of
from shared.platform.letters.dead_letters import Faulty
from shared.platform.letters.letters import Letters
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import Collection
from shared.platform.runtime.clock import Now


def refuse_unreadable(letters: Letters[Any, Any]) -> Refuse:
    """Return what refuses actions that can't be read, each by its letter.

    The bureau that holds the letter gets a numbered reply, any other one a reply without a number.
    The same record gets the same reply again. Raises: DatabaseFault, BusFault.
    """

    async def tell(found: Sequence[Faulty]) -> None:
        records = [record_of(moved, letter=subject_for(_key(moved))) for moved in found]
        await letters.send(await letters.decide_and_store(records))
        for record in records:
            metrics.UNREADABLE_ACTIONS.labels(record.envelope.data.code).inc()

    return tell


def send_snapshots(letters: Collection, *, now: Now) -> Snapshots:
    """Return what sends a bureau a snapshot of each letter that it holds."""

    async def commands(bureau: Bureau, run: str) -> AsyncIterator[IdempotentCommand[Command]]:
        async for letter in held_by(letters, bureau):
            yield IdempotentCommand(
                letter, ShowToHolder(bureau, at=now()), id=f"snapshot-{run}", content=bureau
            )

    return commands


def _key(faulty: Faulty) -> str:
    return faulty.raw.key.decode("ascii", "replace")
