"""The route for messages that the gateway did not accept before they expired."""

from fastapi import APIRouter

from services.notifier import store
from services.notifier.api.dependencies import Documents, Supervisor
from services.notifier.api.given_up_messages_schemas import (
    GivenUpPage,
    LetterNotTold,
    message_shown,
)
from shared.platform.http.parameters import After
from shared.platform.http.visibility import viewer_of, visibility_filter
from shared.platform.mongo.paging import place, written

router = APIRouter()


@router.get("/v1/messages/given-up")
async def show_given_up(
    supervisor: Supervisor, documents: Documents, after: After = None
) -> GivenUpPage:
    """Letters with a message to writer or staff that was given up, if the person may see them."""
    found, end = await store.given_up(
        documents,
        seen=visibility_filter(viewer_of(supervisor), least="all"),
        after=place(after) if after else None,
    )
    letters = tuple(
        LetterNotTold(letter=each.letter, messages=tuple(map(message_shown, each.messages)))
        for each in found
    )
    return GivenUpPage(letters=letters, next=written(end) if end else None)
