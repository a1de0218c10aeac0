"""Routes for drafts of letters, which their writer resumes on any device.

Drafts are not triaged: nobody reads them, and the duty desk gets nothing before a letter is sent.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Response, status

from services.intake.api.dependencies import Desk
from services.intake.api.drafts_schemas import (
    LetterDraft,
    LetterDraftList,
    LetterDraftShown,
    draft_line,
    draft_shown,
)
from services.intake.api.limited import limited, shows_limits
from services.intake.store.letter_drafts import DraftChanged, SavedLetterDraft
from shared.kernel.errors import NotFound
from shared.platform.http.identity import Citizen
from shared.platform.http.openapi import refuses

router = APIRouter(prefix="/v1/drafts", tags=["drafts"])

DraftId = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Chosen by the client, once for each letter."
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        pattern=r'^"[1-9][0-9]{0,8}"$',
        description="The `ETag` of the version that was changed; without it, the draft is new.",
    ),
]


_CHANGED: dict[int | str, dict[str, Any]] = refuses(DraftChanged(None)) | shows_limits(
    "drafts", on=200
)


@router.get("")
async def list_drafts(person: Citizen, desk: Desk) -> LetterDraftList:
    """The person's own drafts, the last changed first; there are at most ten."""
    found = await desk.drafts.all_of(desk.owner(person))
    return LetterDraftList(drafts=[draft_line(each) for each in found])


@router.get("/{draft}")
async def read_draft(
    draft: DraftId, person: Citizen, desk: Desk, response: Response
) -> LetterDraftShown:
    """A draft of the person's own, with its version as `ETag`."""
    found = await desk.drafts.read(desk.owner(person), draft)
    if found is None:
        raise NotFound
    return _tagged(found, response)


@router.put("/{draft}", responses=_CHANGED, dependencies=[Depends(limited("drafts"))])
async def save_draft(
    draft: DraftId,
    body: LetterDraft,
    person: Citizen,
    desk: Desk,
    response: Response,
    changed: IfMatch = None,
) -> LetterDraftShown:
    """Save a new draft, or with `If-Match` the next version of one.

    412 has the draft that is there instead, if it was changed elsewhere. A draft is kept for 30
    days without change, and erased when a letter is accepted that names it as `draft`.
    """
    content = body.model_dump_json(exclude_unset=True).encode()
    version = int(changed.strip('"')) if changed else 0
    try:
        saved = await desk.drafts.save(desk.owner(person), draft, content=content, version=version)
    except DraftChanged as other:
        present = other.present and draft_shown(other.present)
        other.members = {"draft": present and present.model_dump(mode="json")}
        raise
    return _tagged(saved, response)


@router.delete("/{draft}", status_code=status.HTTP_204_NO_CONTENT)
async def drop_draft(draft: DraftId, person: Citizen, desk: Desk) -> None:
    """Erase a draft of the person's own; nothing happens if there is none."""
    await desk.drafts.drop(desk.owner(person), draft)


def _tagged(saved: SavedLetterDraft, response: Response) -> LetterDraftShown:
    response.headers["etag"] = f'"{saved.version}"'
    return draft_shown(saved)
