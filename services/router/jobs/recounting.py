"""Which letters have other dates by the calendar of now, and are told so."""

from collections.abc import AsyncIterator

from services.router.domain import (
    Book,
    Letter,
    OfficeCommand,
    OfficeState,
    RecountDues,
    decide,
)
from services.router.store import with_dates
from shared.platform.app.service import Recounts
from shared.platform.letters.letters import Letters
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import Collection
from shared.platform.runtime.clock import Now

TOGETHER = 100
"""Letters that are loaded together."""


def recount_all(
    letters: Letters[OfficeCommand, OfficeState], documents: Collection, *, book: Book, now: Now
) -> Recounts:
    """How every letter is found whose dates are others now; the rest is only read.

    It is looked for until nothing is found any more: a letter whose dates move meanwhile may be
    passed by once.
    """

    async def commands(run: str) -> AsyncIterator[IdempotentCommand[OfficeCommand]]:
        done: set[str] = set()
        before = -1
        while len(done) > before:
            before = len(done)
            async for number in _wrong(letters, documents, book=book, now=now):
                if number not in done:
                    done.add(number)
                    yield IdempotentCommand(
                        number, RecountDues(now()), f"calendar-{run}", book.calendar.version
                    )

    return commands


async def _wrong(
    letters: Letters[OfficeCommand, OfficeState], documents: Collection, *, book: Book, now: Now
) -> AsyncIterator[str]:
    """Letters of which some date is another by the calendar of now."""
    async for numbers in with_dates(documents, together=TOGETHER):
        states = await letters.states(numbers)
        for number in numbers:
            state = states.get(number)
            if isinstance(state, Letter) and decide(RecountDues(now()), state, book=book):
                yield number
