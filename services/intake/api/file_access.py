"""Routes by which bureaus' systems fetch files, and people see who opened them."""

import base64
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from services.intake.api.dependencies import Desk, FrontDesk
from services.intake.api.files import FileId
from services.intake.api.files_schemas import HANDED_OUT
from services.intake.api.reveals import WATCHERS
from services.intake.domain.file_access import (
    FetchFile,
    FileWaiting,
    FileWithheld,
    ViewFiles,
    check_fetch,
    check_view,
    is_viewed,
)
from services.intake.domain.files import FileRecord
from services.intake.domain.identity_reveals import NeedsGrant
from services.intake.domain.letter import FileFetch, FileView, IntakeLetter
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Role
from shared.kernel.errors import NotFound
from shared.platform.http.identity import bureau_system, staff
from shared.platform.http.openapi import refuses
from shared.platform.http.tokens import Person

router = APIRouter()

FETCH: Final = "/v1/bureau-files"
System = Annotated[Person, Depends(bureau_system())]
Watcher = Annotated[Person, Depends(staff(*WATCHERS))]
ISOLATED: Final = {
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
}
"""A browser runs nothing in a file, and no other site shows it."""
SUFFIXES: Final = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
}


class FileViewShown(BaseModel):
    """A member of staff who opened files on one day."""

    staff: str
    """Opaque id."""
    role: Role
    bureau: Bureau | None
    viewed_at: datetime
    """When the first of them was opened on that day."""
    files: tuple[str, ...]


class FileFetchShown(BaseModel):
    """The first time that a holder got a file."""

    bureau: Bureau
    assignment: int
    fetched_at: datetime | None
    file: str


class FileLog(BaseModel):
    """Who got the files of one letter."""

    letter: str
    views: list[FileViewShown]
    fetches: list[FileFetchShown]


@router.get(
    f"{FETCH}/{{letter}}/{{file}}",
    tags=["files"],
    response_class=StreamingResponse,
    responses={**refuses(FileWaiting(), FileWithheld(), NeedsGrant()), **HANDED_OUT},
)
async def fetch_bureau_file(
    letter: str, file: FileId, person: System, desk: Desk
) -> StreamingResponse:
    """A file of a letter that the bureau works on, for the bureau's own system. Recorded.

    Letters that the bureau doesn't hold or that have ended, unknown letters and unknown files are
    all 404. 409 `waiting`: the file is still being checked. 410 `file_refused`: nobody gets it. 403
    `needs_grant`: files of masked letters (complaints, reports) can show who wrote them, and only
    handlers with a granted view see them, on a page. `Repr-Digest` (RFC 9530) has the SHA-256.
    """
    bureau = person.system_of
    if bureau is None:
        raise NotFound
    number, found = await desk.letter(letter)
    check_fetch(found, bureau, file=file)
    record = await clean_file(desk, file)
    if not any(
        (each.file, each.bureau, each.assignment) == (file, bureau, found.assignment)
        for each in found.fetches
    ):
        key = f"fetch-{file}-{bureau}-{found.assignment}"
        await desk.tell(number, FetchFile(file, bureau, desk.now()), request=(key, ""))
    return await sent(desk, record, disposition="attachment")


@router.get("/v1/letters/{letter}/file-log", tags=["files"])
async def read_file_log(letter: str, person: Watcher, desk: Desk) -> FileLog:
    """Which bureaus fetched files of the letter, and who of the staff opened them."""
    number, found = await desk.seen(person, letter, least="course")
    return FileLog(
        letter=number,
        views=[view_shown(each) for each in found.file_views],
        fetches=[fetch_shown(each) for each in found.fetches],
    )


def view_shown(view: FileView) -> FileViewShown:
    """The entry as auditors see it."""
    return FileViewShown(**vars(view))


def fetch_shown(fetched: FileFetch) -> FileFetchShown:
    """The entry, which names no person."""
    return FileFetchShown(**vars(fetched))


async def clean_file(desk: FrontDesk, file: str) -> FileRecord:
    """The record of a file that may be handed out.

    Raises: NotFound, also once it was erased; FileWaiting; FileWithheld.
    """
    record = await desk.files.record(file)
    if record is None:
        raise NotFound
    if record.shown_state == "waiting":
        raise FileWaiting
    if record.shown_state != "clean":
        raise FileWithheld
    return record


async def open_files(
    desk: FrontDesk, found: tuple[str, IntakeLetter], *, person: Person, files: tuple[str, ...]
) -> None:
    """Record that somebody opens these files of a letter of which they see all.

    Raises: NotFound; NeedsGrant; LimitReached.
    """
    number, letter = found
    role, bureau = office(person, letter)
    command = ViewFiles(files, role, bureau, person.staff_id, desk.now())
    check_view(letter, command.staff, at=command.at)
    if is_viewed(letter, command):
        return
    key = desk.blind.of("file-view", command.staff, f"{command.at:%Y%m%d}", *files)
    await desk.tell(number, command, request=(f"file-view-{key}", ""))


def office(person: Person, letter: IntakeLetter) -> tuple[Role, Bureau | None]:
    """The role in which somebody who sees all of the letter opens its files.

    Raises: NotFound, for anybody else.
    """
    bureau: Bureau = letter.bureau or "province"
    within: tuple[Role, ...] = ("handler", "chief")
    for role in within:
        if any(
            claim.startswith(f"bureau:{bureau}:") and claim.endswith(f":{role}")
            for claim in person.roles
        ):
            return role, bureau
    desks: tuple[Role, ...] = ("supervisor", "triage", "director")
    for role in desks:
        if role in person.roles:
            return role, None
    raise NotFound


async def sent(desk: FrontDesk, record: FileRecord, *, disposition: str) -> StreamingResponse:
    """The file as a response, which holds one chunk at a time. Raises: StorageAway; CannotOpen."""
    name = f"{record.id}{SUFFIXES.get(record.type, '')}"
    digest = base64.b64encode(bytes.fromhex(record.sha256)).decode()
    headers = {
        **ISOLATED,
        "content-disposition": f'{disposition}; filename="{name}"',
        "content-length": str(record.size),
        "repr-digest": f"sha-256=:{digest}:",
    }
    content = await begun(desk.files.content(record))
    return StreamingResponse(content, headers=headers, media_type=record.type)


async def begun(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same content, once its first chunk is read.

    A fault until then is answered by a problem, and not by a response that breaks off.
    """
    first = await anext(content, b"")

    async def whole() -> AsyncIterator[bytes]:
        yield first
        async for chunk in content:
            yield chunk

    return whole()
