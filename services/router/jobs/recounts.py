"""Recounts of due dates by the current calendar, for operators."""

from collections.abc import AsyncIterator

from services.router.domain.actors import Command
from services.router.domain.decide import decide
from services.router.domain.due_dates import Rulebook
from services.router.domain.escalation import RecountDues
from services.router.domain.letter import Letter, LetterState
from services.router.store.queries import with_dates
from shared.platform.app.service import Recounts
from shared.platform.letters.letters import Letters
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import Collection
from shared.platform.runtime.clock import Now

TOGETHER = 100
"""Letters loaded together."""


def recount_all(
    letters: Letters[Command, LetterState],
    documents: Collection,
    *,
    rulebook: Rulebook,
    now: Now,
) -> Recounts:
    """Return what yields a command for every letter with changed dates; others are only read.

    It repeats until it finds nothing more: a letter whose dates move meanwhile may be missed once.
    """

    async def commands(run: str) -> AsyncIterator[IdempotentCommand[Command]]:
        done: set[str] = set()
        before = -1
        while len(done) > before:
            before = len(done)
            async for number in _wrong(letters, documents, rulebook=rulebook, now=now):
                if number not in done:
                    done.add(number)
                    yield IdempotentCommand(
                        number, RecountDues(at=now()), f"calendar-{run}", rulebook.calendar.version
                    )

    return commands


async def _wrong(
    letters: Letters[Command, LetterState],
    documents: Collection,
    *,
    rulebook: Rulebook,
    now: Now,
) -> AsyncIterator[str]:
    """Letters with a date that the current calendar changes."""
    async for numbers in with_dates(documents, together=TOGETHER):
        states = await letters.states(numbers)
        for number in numbers:
            state = states.get(number)
            if isinstance(state, Letter) and decide(
                RecountDues(at=now()), state, rulebook=rulebook
            ):
                yield number
