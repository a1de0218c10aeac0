"""What the routes depend on: the editorial desk with the publisher's parts, and who asks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Path, Request

from services.publisher.domain import Command
from services.publisher.domain.letter import PublisherLetter
from services.publisher.store import DayFigures
from shared.kernel.access_policy import can_view
from shared.kernel.errors import ForeignLetter, NotFound
from shared.platform.crypto.signing_keys import SigningKeys
from shared.platform.http.identity import fresh, staff
from shared.platform.http.tokens import Person
from shared.platform.http.visibility import viewer_of, visibility_filter
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import Collection, Document
from shared.platform.runtime.clock import Now

Editor = Annotated[Person, Depends(staff("editor"))]
FreshEditor = Annotated[Person, Depends(fresh(staff("editor")))]
LetterNumber = Annotated[str, Path(max_length=40)]
PublicationId = Annotated[str, Path(max_length=40)]


@dataclass(frozen=True, slots=True)
class DailyCounts:
    """The signed counts of each day's letters."""

    entries: Collection
    keys: SigningKeys


@dataclass(frozen=True, slots=True)
class EditorialDesk:
    """The publisher's parts as its routes need them."""

    documents: Collection
    tell: Callable[[IdempotentCommand[Command]], Awaitable[PublisherLetter]]
    state_of: Callable[[str], Awaitable[PublisherLetter | None]]
    figures: Callable[[], DayFigures | None]
    """The last count before today, if there is one."""
    daily: DailyCounts
    now: Now
    public_url: str = ""
    """Where everyone reads publications; empty: at this address."""

    async def letter(self, number: str, editor: Person) -> PublisherLetter:
        """The letter, if it has a draft that this editor may see. Raises: NotFound.

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

    def _may_see(self, letter: PublisherLetter, editor: Person) -> bool:
        known = letter.standing
        return known is not None and can_view(viewer_of(editor), known) != "nothing"


async def _editorial_desk(request: Request) -> EditorialDesk:
    desk: EditorialDesk = request.app.state.desk
    return desk


Desk = Annotated[EditorialDesk, Depends(_editorial_desk)]


def digest_of(editor: Person) -> str:
    """The editor in an idempotency key, where the store allows no dots."""
    return sha256(editor.sub.encode()).hexdigest()[:16]
