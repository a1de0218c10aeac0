"""The lists of the editors' desk: letters by what editors have done with their copies."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

from services.publisher.domain.letter import NEW_COPY
from shared.platform.mongo.database import Collection, Document
from shared.platform.mongo.paging import EVER, Listing, Place

DeskList: TypeAlias = Literal[
    "candidates", "in_work", "proposed", "changes", "published", "problems", "newer", "withdrawn",
    "rejected",
]  # fmt: skip
DESK_LISTS: tuple[DeskList, ...] = get_args(DeskList)
ON_A_PAGE = 20
MOST_SHOWN = 1_000
"""Counts stop here."""
KIND = "state.draft.kind"
EDITION = "state.draft.work.edition"


@dataclass(frozen=True, slots=True)
class _DeskListing:
    """How a list is found, and its order."""

    listing: Listing
    where: Mapping[str, object]


_OLDEST = Listing("copied_at", 1, ON_A_PAGE)
_NEWEST = Listing("published_at", -1, ON_A_PAGE)
_LISTINGS: Mapping[DeskList, _DeskListing] = MappingProxyType(
    {
        "candidates": _DeskListing(_OLDEST, {KIND: "copied", EDITION: {"$in": [NEW_COPY, None]}}),
        "in_work": _DeskListing(_OLDEST, {KIND: "copied", EDITION: {"$gt": NEW_COPY}}),
        "proposed": _DeskListing(_OLDEST, {KIND: "proposed"}),
        "changes": _DeskListing(_NEWEST, {"state.draft.change.number": {"$gt": 0}}),
        "published": _DeskListing(_NEWEST, {}),
        "problems": _DeskListing(Listing("problem_at", 1, ON_A_PAGE), {}),
        "newer": _DeskListing(_OLDEST, {KIND: "published"}),
        "withdrawn": _DeskListing(Listing("taken_down_at", -1, ON_A_PAGE), {}),
        "rejected": _DeskListing(Listing("rejected_at", -1, ON_A_PAGE), {}),
    }
)


async def desk_list(
    letters: Collection,
    name: DeskList,
    *,
    seen: Document,
    filters: Mapping[str, str],
    after: Place | None = None,
) -> tuple[list[str], Place | None]:
    """Letter numbers of one page of a list, and its end if more follow. Raises: DatabaseFault.

    `seen`: the filter for what the editor may find. `filters`: values by field of the state.
    """
    chosen = _LISTINGS[name]
    where = {
        **chosen.where,
        **{f"state.{field}": value for field, value in filters.items()},
        **seen,
    }
    return await chosen.listing.page(letters, _from_ever(chosen, where), after=after)


async def count_desk_lists(letters: Collection, *, seen: Document) -> dict[DeskList, int]:
    """How many letters are in each list, at most `MOST_SHOWN`. Raises: DatabaseFault."""
    return {
        name: await letters.count(
            _from_ever(_LISTINGS[name], {**_LISTINGS[name].where, **seen}), most=MOST_SHOWN
        )
        for name in DESK_LISTS
    }


def _from_ever(chosen: _DeskListing, where: Document) -> Document:
    return {chosen.listing.at: EVER, **where}
