"""Release of diversions: once one is resolved that way it becomes a letter, despite crashes.

The diversion's document says that its letter is due until the letter is stored under the number
that was drawn for it; then the diversion drops the words.
"""

import logging
from collections.abc import Awaitable, Callable

from services.intake import metrics, store
from services.intake.domain import Command, IntakeState
from services.intake.domain.diversion import Diversion, NoteLetterMade
from services.intake.domain.submission import SubmitLetter
from services.intake.store import FileRecords
from shared.kernel.errors import Refused
from shared.platform.letters.periodic import run_periodically
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import Collection
from shared.platform.repair.passes import each
from shared.platform.runtime.clock import Now

LOG = logging.getLogger(__name__)

PAUSE_S = 2.0

StateOf = Callable[[str], Awaitable[IntakeState | None]]
Tell = Callable[[IdempotentCommand[Command]], Awaitable[IntakeState]]


class DiversionReleaser:
    """Submits the letters of diversions that were no emergencies."""

    def __init__(
        self, letters: Collection, state_of: StateOf, *, files: FileRecords, tell: Tell, now: Now
    ) -> None:
        self._files = files
        self._letters = letters
        self._state_of = state_of
        self._tell = tell
        self._now = now

    async def run(self) -> None:
        """Release due letters until cancelled; retries after database faults and lost races."""
        await run_periodically(
            self.send, name="releasing letters", pause_s=PAUSE_S, page=store.MOST_LETTERS
        )

    async def send(self) -> int:
        """Release a page of due letters; returns how many diversions it found.

        Raises: DatabaseFault, TooManyRaces.
        """
        found = await store.letters_due(self._letters, self._now())
        await each({number: self._try(number) for number in found})
        return len(found)

    async def release(self, diversion: str) -> None:
        """Accept the letter that the diversion became, once; nothing if there is none.

        Raises: Refused, if too many wait; DatabaseFault, TooManyRaces.
        """
        state = await self._state_of(diversion)
        if not isinstance(state, Diversion) or (due := state.letter_to_send) is None:
            return
        number, letter = due
        files = [file.id for file in letter.attachments]
        await self._files.move(files, diversion=diversion, letter=number)
        await self._tell(
            IdempotentCommand(number, SubmitLetter(state.owner, letter), f"from-{diversion}")
        )
        await self._tell(IdempotentCommand(diversion, NoteLetterMade(), f"made-{number}"))
        metrics.SUBMITTED.labels(letter.channel, letter.category).inc()

    async def _try(self, diversion: str) -> None:
        try:
            await self.release(diversion)
        except Refused as no:
            LOG.warning("letter not released", extra={"letter": diversion, "code": no.code})
