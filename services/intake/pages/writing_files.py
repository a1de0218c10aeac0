"""The page of a letter's files: each is received as it arrives, and named in the draft."""

from collections.abc import Mapping
from contextlib import suppress
from re import fullmatch
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.intake.api.dependencies import Desk
from services.intake.api.drafts import DraftId
from services.intake.api.files import FileId
from services.intake.api.files_schemas import LONGEST_NAME, file_name, uploaded
from services.intake.domain.files import MAX_FILE, MOST_FILES
from services.intake.pages.my_letters import Writer
from services.intake.pages.start import WRITE
from services.intake.pages.writing_desk import WritingDesk
from services.intake.pages.writing_steps import STEPS
from shared.kernel.errors import BadValue, NotFound, Refused
from shared.web.forms import fields_of
from shared.web.language import N_
from shared.web.uploads import MOST_BEFORE, UploadForm

router = APIRouter()
UPLOAD: Final = f"{WRITE}/files"
UPLOADS: Final = {UPLOAD: MAX_FILE + MOST_BEFORE}
"""Paths that accept forms with a file, and their most bytes."""
DRAFT: Final = r"[A-Za-z0-9_-]{1,64}"
FILE_REFUSALS: Final[Mapping[str, str]] = {
    "file_type": N_("Only photos (JPEG, PNG, WebP, HEIC) and PDF can be sent."),
    "file_broken": N_(
        "Choose a file. If you have chosen one, it can’t be read and may be damaged."
    ),
    "file_encrypted": N_("The file is protected by a password. Remove the password first."),
    "file_complex": N_("The file is too complex. Send a smaller version, or a photo of it."),
    "too_large": N_("The file is larger than 10 MB."),
    "limit": N_("You have uploaded too many files that belong to no letter. Remove some first."),
}
NOT_TAKEN: Final = N_("The file could not be taken. Please try again.")
TOO_MANY: Final = N_("A letter can have ten files at most. Remove one first.")


@router.get(WRITE + "/{draft}/files")
async def show(request: Request, person: Writer, desk: Desk, draft: DraftId) -> Response:
    """The files, and the form for one more."""
    return await show_files(await WritingDesk.of(request, person=person, desk=desk, draft=draft))


@router.post(UPLOAD)
async def add_file(request: Request, person: Writer, desk: Desk) -> Response:
    """Receive one file as it arrives, and name it in the letter."""
    form = await UploadForm.of(request)
    draft = form.fields.get("draft")
    if not fullmatch(DRAFT, draft):
        raise BadValue("draft")
    writing = await WritingDesk.of(request, person=person, desk=desk, draft=draft)
    had = writing.content.files or ()
    if len(had) >= MOST_FILES:
        return await show_files(writing, error=TOO_MANY, status=409)
    try:
        name = file_name(quote(form.file_name[:LONGEST_NAME]))
        record = await desk.files.receive(desk.owner(person), form.content(), name=name)
    except Refused as refused:
        return await show_files(
            writing, error=FILE_REFUSALS.get(refused.code, NOT_TAKEN), status=refused.status
        )
    content = writing.content.model_copy(update={"files": (*had, record.id)})
    await writing.save(content, version=writing.version)
    return RedirectResponse(writing.address("files"), status_code=303)


@router.post(WRITE + "/{draft}/files/{file}/remove")
async def remove_file(
    request: Request, person: Writer, desk: Desk, draft: DraftId, file: FileId
) -> Response:
    """Delete a file of the letter."""
    await fields_of(request)
    writing = await WritingDesk.of(request, person=person, desk=desk, draft=draft)
    kept = tuple(each for each in writing.content.files or () if each != file)
    content = writing.content.model_copy(update={"files": kept})
    await writing.save(content, version=writing.version)
    with suppress(NotFound):
        await desk.files.remove(desk.owner(person), file)
    return RedirectResponse(writing.address("files"), status_code=303)


async def show_files(
    writing: WritingDesk, *, error: str | None = None, status: int = 200
) -> Response:
    """The files of the letter, and the form for one more."""
    ids, owner = writing.content.files or (), writing.desk.owner(writing.person)
    records = await writing.desk.files.records.many(ids)
    files = [
        uploaded(records[each]) for each in ids if each in records and records[each].owner == owner
    ]
    steps = writing.steps
    return writing.page(
        "write_files.html",
        status=status,
        step=STEPS["files"],
        files=files,
        errors={"file": error} if error else {},
        number=steps.index("files") + 1,
        total=len(steps),
        back=writing.address(steps[steps.index("files") - 1]),
        onwards=writing.after("files"),
        most=MOST_FILES,
        most_bytes=MAX_FILE,
        too_large=FILE_REFUSALS["too_large"],
    )
