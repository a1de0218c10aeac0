"""Routes by which writers upload files, before a letter names them."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response, status
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from services.intake import metrics
from services.intake.api.dependencies import Desk
from services.intake.api.files_schemas import (
    HANDED_OUT,
    UPLOADED,
    FileName,
    UploadedFile,
    file_name,
    uploaded,
)
from services.intake.api.limited import limited, shows_limits
from services.intake.domain.files import (
    MAX_FILE,
    BrokenFile,
    ComplexFile,
    EncryptedFile,
    NotAnAcceptedType,
)
from shared.kernel.errors import OutOfOrder, Refused
from shared.platform.http.identity import Citizen
from shared.platform.http.openapi import refuses

PATH = "/v1/files"
UPLOADS = {PATH: MAX_FILE}
router = APIRouter(prefix=PATH, tags=["files"])

FileId = Annotated[str, Path(pattern=r"^f[0-9a-f]{32}$")]
SANDBOX = {
    "content-disposition": "inline",
    "content-security-policy": "default-src 'none'; sandbox",
}
"""A browser shows a file, and lets nothing in it run."""


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    openapi_extra=UPLOADED,
    responses=refuses(NotAnAcceptedType(), BrokenFile(), EncryptedFile(), ComplexFile())
    | shows_limits("uploads", on=201),
    dependencies=[Depends(limited("uploads"))],
)
async def upload_file(
    request: Request, person: Citizen, desk: Desk, response: Response, name: FileName = None
) -> UploadedFile:
    """Upload a picture (JPEG, PNG, WebP, HEIC) or a PDF document of at most 10 MiB.

    What isn't visible is removed: where and with what a picture was taken, and a document's
    scripts, forms and embedded files. HEIC becomes JPEG. Then it waits for the malware scanner.

    A file that no letter names within a day is deleted; a person may have thirty of them.
    """
    owner, named = desk.owner(person), file_name(name)
    try:
        record = await desk.files.receive(owner, _body(request), name=named)
    except Refused as no:
        metrics.FILES_REFUSED.labels(no.code).inc()
        raise
    metrics.FILES_RECEIVED.labels(record.type).inc()
    response.headers["location"] = f"{PATH}/{record.id}"
    return uploaded(record)


@router.get("/{file}")
async def read_file(file: FileId, person: Citizen, desk: Desk) -> UploadedFile:
    """A file of the sender's own: its state, and the letter that it belongs to."""
    record = await desk.files.own(desk.owner(person), file)
    return uploaded(record)


@router.get(
    "/{file}/content",
    response_class=StreamingResponse,
    responses={**refuses(OutOfOrder()), **HANDED_OUT},
)
async def read_file_content(file: FileId, person: Citizen, desk: Desk) -> StreamingResponse:
    """The cleaned file, once the scanner found nothing in it."""
    record = await desk.files.own(desk.owner(person), file)
    if record.state != "clean":
        raise OutOfOrder("read a file that is not clean")
    length = {"content-length": str(record.size)}
    content = desk.files.content(record)
    return StreamingResponse(content, headers=SANDBOX | length, media_type=record.type)


@router.delete("/{file}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_file(file: FileId, person: Citizen, desk: Desk) -> None:
    """Delete a file that belongs to no letter."""
    await desk.files.remove(desk.owner(person), file)


async def _body(request: Request) -> AsyncIterator[bytes]:
    """The body as it arrives. Raises: BrokenFile, if the sender goes away."""
    try:
        async for piece in request.stream():
            yield piece
    except ClientDisconnect:
        raise BrokenFile from None
