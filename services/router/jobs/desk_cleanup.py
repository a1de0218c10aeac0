"""Deletes drafts and claims of letters that their desk no longer works on."""

from collections.abc import AsyncIterator
from typing import Final

from services.router.domain.actors import Command
from services.router.domain.letter import Letter, LetterState
from services.router.store.desk_stores import DeskStores
from services.router.store.inbox import AT_DESK
from shared.platform.letters.letters import Letters
from shared.platform.letters.periodic import run_periodically

PAUSE_S: Final = 60.0


class DeskCleanup:
    """Keeps nothing that somebody wrote about a letter longer than the desk needs it."""

    def __init__(self, letters: Letters[Command, LetterState], stores: DeskStores) -> None:
        self._letters = letters
        self._stores = stores

    async def run(self) -> None:
        """Clean up until cancelled."""
        await run_periodically(self.clean, name="cleaning up the desks", pause_s=PAUSE_S)

    async def clean(self) -> int:
        """Clean up once; return how many drafts and claims were deleted. Raises: DatabaseFault."""
        count = 0
        for kept in (self._stores.drafts, self._stores.claims):
            async for group in kept.all():
                gone = [letter async for letter in self._over(group)]
                await kept.drop(gone)
                count += len(gone)
        return count

    async def _over(self, group: dict[str, int]) -> AsyncIterator[str]:
        """Those that are answered, ended, erased, or elsewhere."""
        states = await self._letters.states(list(group))
        for letter, assignment in group.items():
            state = states.get(letter)
            if not (
                isinstance(state, Letter)
                and state.words is not None
                and state.state in AT_DESK
                and state.assignment == assignment
            ):
                yield letter
