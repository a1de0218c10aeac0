"""Sealing of identities again, once their bureaus can read them.

A bureau had no valid key when the letter came to it, or its key was retired since, usually because
it was lost.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator

from services.intake import store
from services.intake.domain import Command, IntakeState
from services.intake.domain.identity_sealing import SealIdentity, without_key
from shared.contracts.slugs import BUREAUS
from shared.kernel.errors import Refused
from shared.platform.letters.periodic import run_periodically
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import Collection
from shared.platform.repair.passes import each
from shared.platform.runtime.clock import Now
from shared.sealing.key_directory import KeyDirectory

LOG = logging.getLogger(__name__)

PAUSE_S = 5.0

Tell = Callable[[IdempotentCommand[Command]], Awaitable[IntakeState]]


class IdentityResealer:
    """Seals identities again under the newest key of the holder."""

    def __init__(self, letters: Collection, tell: Tell, *, book: KeyDirectory, now: Now) -> None:
        self._letters = letters
        self._tell = tell
        self._book = book
        self._now = now

    async def run(self) -> None:
        """Seal until cancelled; retries after database faults and lost races."""
        await run_periodically(
            self.seal, name="sealing identities", pause_s=PAUSE_S, page=store.MOST_IDENTITIES
        )

    async def seal(self) -> int:
        """Seal a page of what can be sealed now; returns how many letters it found.

        Raises: DatabaseFault, TooManyRaces.
        """
        found = await store.identities_under(self._letters, self._unreadable())
        await each({letter: self._seal_one(letter, kid) for letter, kid in found.items()})
        return len(found)

    async def _seal_one(self, letter: str, kid: str) -> None:
        """Execute the command; its rule knows whether this is done already."""
        name = f"identity-{self._now():%Y%m%dT%H%M%S%f}"
        try:
            await self._tell(IdempotentCommand(letter, SealIdentity(kid), name, kid))
        except Refused as no:
            LOG.warning("identity not sealed", extra={"letter": letter, "code": no.code})

    def _unreadable(self) -> Iterator[str]:
        """Kids under which nobody can read, for bureaus that have a valid key now."""
        at = self._now()
        for slug in BUREAUS:
            holder = f"bureau:{slug}"
            if self._book.lack(holder, at) is None:
                yield without_key(slug)
                for key in self._book.keys_of(holder):
                    if key.retired is not None and key.retired <= at:
                        yield key.kid
