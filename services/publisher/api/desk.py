"""What the routes work with: the parts of the publisher."""

from collections.abc import Awaitable, Callable

from services.publisher.domain import Command, Letter
from shared.kernel.errors import NotFound
from shared.platform.clock import Now
from shared.platform.database import Collection
from shared.platform.rules import Told


class Desk:
    """What the routes work with."""

    def __init__(
        self,
        documents: Collection,
        tell: Callable[[Told[Command]], Awaitable[Letter]],
        *,
        state_of: Callable[[str], Awaitable[Letter | None]],
        now: Now,
    ) -> None:
        self.documents = documents
        self.tell = tell
        self.now = now
        self._state_of = state_of

    async def letter(self, number: str) -> Letter:
        """The letter, if there is or was a draft of it. Raises: NotFound."""
        letter = await self._state_of(number)
        if letter is None or letter.draft is None:
            raise NotFound("draft")
        return letter
