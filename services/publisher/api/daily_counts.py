"""Routes for everyone: the signed count of each day's letters."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.publisher import store
from services.publisher.api.daily_counts_schemas import (
    CountOfDay,
    CountShown,
    CountsListed,
    CountWithLeaves,
)
from services.publisher.api.dependencies import Desk
from shared.contracts.fields import Day
from shared.kernel.errors import NotFound
from shared.platform.http.application import open_to_all
from shared.platform.http.public_keys import PublicKeysShown

router = APIRouter(prefix="/public/v1/figures")
After = Annotated[int, Query(ge=0, le=1_000_000_000)]


@router.get("/daily")
@open_to_all
async def list_counts(desk: Desk, after: After = 0) -> CountsListed:
    """The counts of all days. A missing day or a changed entry breaks the chain of `previous`."""
    entries, end = await store.entries_after(desk.daily.entries, after)
    return CountsListed(entries=[CountShown.model_validate(each) for each in entries], next=end)


@router.get("/daily/{day}")
@open_to_all
async def show_count(day: Annotated[Day, Path()], desk: Desk) -> CountOfDay:
    """One day's count with its leaves: whoever has a receipt sees whether the letter is counted."""
    found = await store.entries_of(desk.daily.entries, day)
    if not found:
        raise NotFound("count")
    return CountOfDay(
        entries=[
            CountWithLeaves(entry=CountShown.model_validate(each.entry), leaves=list(each.leaves))
            for each in found
        ]
    )


@router.get("/daily-keys", response_model_exclude_none=True)
@open_to_all
async def read_count_keys(desk: Desk) -> PublicKeysShown:
    """The public keys that check daily counts, retired ones included."""
    return PublicKeysShown.model_validate(desk.daily.keys.public_keys())
