"""Erasures that a ledger records, done again in a restored database.

The copy may be older than the erasures, and even than the end of the letters. Nothing is sent: the
database may be behind its topics. Doing it twice changes nothing.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.contracts.vocabulary import Erasable
from shared.platform.letters.letters import Letters
from shared.platform.repair.erasure import ErasureJob


@dataclass(frozen=True, slots=True)
class PastErasure:
    """One line of the ledger."""

    letter: str
    what: tuple[Erasable, ...]
    at: datetime
    """When it was decided (UTC)."""


class ErasureReplay:
    """Does past erasures again in one service."""

    def __init__(
        self,
        letters: Letters[Any, Any],
        job: ErasureJob,
        *,
        forgets: Callable[[Sequence[PastErasure]], Awaitable[None]] | None = None,
    ) -> None:
        """`forgets`: deletes what stands elsewhere of these letters, by the states before."""
        self._letters = letters
        self._job = job
        self._forgets = forgets

    async def apply(self, ledger: Sequence[PastErasure]) -> Counter[str]:
        """Count the lines that `changed` the database and those `known` or without a letter here.

        Raises: DatabaseFault, TooManyRaces; what is done by then stays done.
        """
        if self._forgets is not None:
            await self._forgets(ledger)
        counts: Counter[str] = Counter()
        for past in ledger:
            has_changed = await self._letters.forget(past.letter, past.what, at=past.at)
            counts["changed" if has_changed else "known"] += 1
        while await self._job.erase():
            pass
        await self._job.erase_parked()
        return counts
