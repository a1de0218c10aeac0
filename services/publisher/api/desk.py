"""What the routes work with: the parts of the publisher."""

from collections.abc import Awaitable, Callable

from services.publisher.domain import Command, Letter
from services.publisher.store import DayFigures
from shared.kernel.access_policy import can_view
from shared.kernel.errors import ForeignLetter, NotFound
from shared.platform.http.tokens import Person
from shared.platform.http.visibility import viewer_of, visibility_filter
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import Collection, Document
from shared.platform.runtime.clock import Now


class Desk:
    """What the routes work with."""

    def __init__(
        self,
        documents: Collection,
        tell: Callable[[IdempotentCommand[Command]], Awaitable[Letter]],
        *,
        state_of: Callable[[str], Awaitable[Letter | None]],
        figures: Callable[[], DayFigures | None],
        now: Now,
    ) -> None:
        """`figures`: what was counted on the last day before today, as far as there is one."""
        self.documents = documents
        self.tell = tell
        self.now = now
        self.figures = figures
        self.state_of = state_of

    async def letter(self, number: str, editor: Person) -> Letter:
        """The letter, if there is or was a draft of it that this editor may see. Raises: NotFound.

        Nobody reads the copy of a complaint about themself, their unit or their bureau.
        """
        letter = await self.state_of(number)
        if letter is None or letter.draft is None:
            raise NotFound("draft")
        if not self._may_see(letter, editor):
            raise ForeignLetter("draft")
        return letter

    def seen_by(self, editor: Person) -> Document:
        """The filter for drafts that this editor may see."""
        return visibility_filter(viewer_of(editor), least="copy")

    def _may_see(self, letter: Letter, editor: Person) -> bool:
        known = letter.standing
        return known is not None and can_view(viewer_of(editor), known) != "nothing"
