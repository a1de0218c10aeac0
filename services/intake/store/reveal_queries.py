"""Letters by what staff did to learn who wrote them: what waits for a decision, and all of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, NamedTuple

from services.intake.domain.letter import IntakeLetter, Reveal
from services.intake.domain.reveals import standing, waits
from shared.platform.database import Collection, Document, Index
from shared.platform.paging import EVER, Listing, Place
from shared.platform.seen import marks

REVEAL_FIELDS = ("reveal_step_at", "reveal_waits_since", "open_to", "kept_from")
REVEAL_INDEXES = (
    Index((("reveal_step_at", 1), ("_id", 1)), sparse=True),
    Index((("reveal_waits_since", 1), ("_id", 1)), sparse=True),
)

_LISTS = {
    "any": Listing(at="reveal_step_at", direction=1, most=50),
    "waiting": Listing(at="reveal_waits_since", direction=1, most=50),
}


class Revealed(NamedTuple):
    """Which letters are asked for."""

    which: Literal["any", "waiting"]
    since: datetime | None = None


def reveal_fields(letter: IntakeLetter) -> Document:
    """What a letter with requests or reveals is looked up by; nothing of any other."""
    if not letter.reveals:
        return {}
    waiting = [one.requested_at for one in letter.reveals if waits(one, letter)]
    return {
        "reveal_step_at": max(_steps(letter.reveals)),
        "reveal_waits_since": min(filter(None, waiting), default=None),
        **marks(standing(letter)),
    }


async def reveals(
    letters: Collection, asked: Revealed, *, seen: Document, after: Place | None = None
) -> tuple[list[str], Place | None]:
    """One page of the numbers of such letters among those in `seen`, and where it ended."""
    listing = _LISTS[asked.which]
    begins: Any = {"$gte": asked.since} if asked.since else EVER
    return await listing.page(letters, {listing.at: begins, **seen}, after=after)


def _steps(given: Iterable[Reveal]) -> Iterable[datetime]:
    """When anything happened; of reveals without a time, the sign-in shortly before."""
    for one in given:
        times = (one.requested_at, one.revealed_at or one.signed_in_at)
        yield from filter(None, (*times, one.decision and one.decision.decided_at))
