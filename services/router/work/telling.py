"""What a bureau is told that could not ask in words that can be read, or that missed something.

All of this is caused by a record or by an operator.
"""

from collections.abc import AsyncIterator, Sequence

from services.router import metrics
from services.router.domain import Command, ShowToHolder
from services.router.store import held_by, subject_for
from shared.contracts.bureau_v1 import ActionRefused
from shared.contracts.envelope import envelope
from shared.contracts.slugs import Bureau
from shared.contracts.topics import bureau_of, letters_of
from shared.contracts.vocabulary import ActionRefusal
from shared.platform.bus import Outbound
from shared.platform.clock import Now
from shared.platform.database import Collection
from shared.platform.kept import outbound
from shared.platform.parked import Faulty
from shared.platform.rules import Told
from shared.platform.sender import Sender
from shared.platform.service import Snapshots
from shared.platform.unusable import Refuse


def tell_unreadable(sender: Sender, *, now: Now) -> Refuse:
    """What is done about actions that can't be read: their bureaus are told, all in one flush.

    Whatever it is asked for twice within a minute is sent once. Raises: BusFault.
    """

    async def tell(found: Sequence[Faulty]) -> None:
        await sender.send([], again=[_refusal(one, now) for one in found])
        for one in found:
            metrics.UNREADABLE_ACTIONS.labels(_code(one)).inc()

    return tell


def show_all(letters: Collection) -> Snapshots:
    """How a bureau is told anew of each letter that it holds."""

    async def commands(bureau: Bureau, run: str) -> AsyncIterator[Told[Command]]:
        async for letter in held_by(letters, bureau):
            yield Told(letter, ShowToHolder(bureau), id=f"snapshot-{run}", content=bureau)

    return commands


def _refusal(faulty: Faulty, now: Now) -> Outbound:
    raw = faulty.raw
    bureau = bureau_of(raw.topic)
    if bureau is None:
        raise ValueError(f"{raw.topic} is no bureau's topic")
    topic = letters_of(bureau).name
    said = envelope(
        topic,
        subject_for(raw.key.decode("ascii", "replace")),
        data=ActionRefused(code=_code(faulty)),
        time=now(),
        cause=f"{raw.partition}-{raw.offset}",
    )
    return outbound(said, topic)


def _code(faulty: Faulty) -> ActionRefusal:
    if faulty.code == "bad_envelope":
        return "bad_envelope"
    return "too_large" if faulty.detail == "too_large" else "unreadable"
