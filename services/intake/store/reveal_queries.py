"""Letters with reveals or opened files, and those with a request that waits for a decision."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, NamedTuple

from services.intake.domain.identity_reveals import standing, waits
from services.intake.domain.letter import IntakeLetter, Reveal
from shared.platform.http.visibility import marks
from shared.platform.mongo.database import Collection, Document, Index
from shared.platform.mongo.paging import EVER, Listing, Place

REVEAL_FIELDS = ("reveal_step_at", "reveal_waits_since", "open_to", "kept_from")
REVEAL_INDEXES = (
    Index((("reveal_step_at", 1), ("_id", 1)), sparse=True),
    Index((("reveal_waits_since", 1), ("_id", 1)), sparse=True),
)

_LISTS = {
    "any": Listing(at="reveal_step_at", direction=1, most=50),
    "waiting": Listing(at="reveal_waits_since", direction=1, most=50),
}


class RevealFilter(NamedTuple):
    """Which letters with reveals to find."""

    which: Literal["any", "waiting"]
    since: datetime | None = None


def reveal_fields(letter: IntakeLetter) -> Document:
    """Index fields of a letter with reveals or opened files; none for any other."""
    steps = [*_steps(letter.reveals), *_openings(letter)]
    if not steps:
        return {}
    waiting = [each.requested_at for each in letter.reveals if waits(each, letter)]
    return {
        "reveal_step_at": max(steps),
        "reveal_waits_since": min(filter(None, waiting), default=None),
        **marks(standing(letter)),
    }


async def letters_with_reveals(
    letters: Collection, wanted: RevealFilter, *, seen: Document, after: Place | None = None
) -> tuple[list[str], Place | None]:
    """One page of letter numbers among those that match `seen`, and its end."""
    listing = _LISTS[wanted.which]
    begins: Any = {"$gte": wanted.since} if wanted.since else EVER
    return await listing.page(letters, {listing.at: begins, **seen}, after=after)


def _openings(letter: IntakeLetter) -> Iterable[datetime]:
    """When files were fetched and opened."""
    yield from (each.viewed_at for each in letter.file_views)
    yield from (each.fetched_at for each in letter.fetches if each.fetched_at)


def _steps(given: Iterable[Reveal]) -> Iterable[datetime]:
    """When anything happened; for reveals without a time, the sign-in shortly before."""
    for each in given:
        times = (each.requested_at, each.revealed_at or each.signed_in_at)
        yield from filter(None, (*times, each.decision and each.decision.decided_at))
