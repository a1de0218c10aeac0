"""Route by which a writer sees who has seen their identity and files."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.intake.api.dependencies import Desk
from services.intake.api.wording import ACCESSES
from services.intake.domain.access_log import Access, AccessKind, access_log
from services.intake.domain.letter import IntakeLetter
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import RevealReason, Role
from shared.platform.http.identity import Citizen

router = APIRouter(prefix="/v1/letters", tags=["letters"])

PAGE: Final = 50
MOST: Final = 10_000
Skip = Annotated[int, Query(ge=0, le=MOST, description="Where the last page ended: its `next`.")]


class AccessShown(BaseModel):
    """An access to the writer's identity or files: by which office, never by whom."""

    what: AccessKind
    at: datetime | None
    """None: before this was recorded."""
    bureau: Bureau | None
    role: Role | None
    """None: the bureau's own system."""
    reason: RevealReason | None
    """Why the identity was requested or shown."""
    files: list[str]
    zh: str
    en: str


class AccessLog(BaseModel):
    """One page of the accesses to one letter, oldest first."""

    letter: str
    accesses: list[AccessShown]
    next: int | None
    """Pass this as `after` to get the next page."""


@router.get("/{letter}/access-log")
async def read_access_log(letter: str, person: Citizen, desk: Desk, after: Skip = 0) -> AccessLog:
    """Who has seen the identity and files of a letter of the writer's own, fifty on a page."""
    number, found = await desk.own_letter(person, letter)
    shown = accesses_shown(found)
    end = after + PAGE
    return AccessLog(
        letter=number,
        accesses=shown[after:end],
        next=end if len(shown) > end else None,
    )


def accesses_shown(letter: IntakeLetter) -> list[AccessShown]:
    """Every access to a letter, oldest first."""
    return [_shown(access) for access in access_log(letter)]


def _shown(access: Access) -> AccessShown:
    wording = ACCESSES[access.what]
    return AccessShown(
        what=access.what,
        at=access.at,
        bureau=access.bureau,
        role=access.role,
        reason=access.reason,
        files=list(access.files),
        zh=wording.zh,
        en=wording.en,
    )
