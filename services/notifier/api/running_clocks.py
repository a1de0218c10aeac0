"""The route for clocks that pass soon or have passed."""

from fastapi import APIRouter

from services.notifier import store
from services.notifier.api.dependencies import Documents, Supervisor
from services.notifier.api.running_clocks_schemas import ClocksShown, LetterShown, clock_shown
from shared.platform.http.parameters import After, Moment
from shared.platform.http.visibility import viewer_of, visibility_filter
from shared.platform.mongo.paging import place, written

router = APIRouter()


@router.get("/v1/clocks")
async def show_clocks(
    supervisor: Supervisor, documents: Documents, due_before: Moment, after: After = None
) -> ClocksShown:
    """Letters with a running clock that passes before then, if the person may see them."""
    found, end = await store.passing_before(
        documents,
        due_before,
        seen=visibility_filter(viewer_of(supervisor), least="all"),
        after=place(after) if after else None,
    )
    letters = tuple(
        LetterShown(
            letter=each.letter,
            passes_at=each.passes_at,
            clocks=tuple(map(clock_shown, each.clocks)),
        )
        for each in found
    )
    return ClocksShown(letters=letters, next=written(end) if end else None)
