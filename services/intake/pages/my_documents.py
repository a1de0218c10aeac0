"""What a writer takes away: the acceptance notice, the signed receipt, own files, all own data."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from services.intake.api.acceptance_notice import print_notice
from services.intake.api.dependencies import Desk
from services.intake.api.files import FileId, read_file_content
from services.intake.api.personal_data import download_my_data
from services.intake.api.receipts import read_receipt
from services.intake.pages.my_letters import MINE, Writer

router = APIRouter()
Number = Annotated[str, Path(max_length=40)]


@router.get(MINE + "/{letter}/notice")
async def show_notice(request: Request, person: Writer, desk: Desk, letter: Number) -> Response:
    """The acceptance notice, to be printed."""
    return await print_notice(request, letter, person, desk)


@router.get(MINE + "/{letter}/receipt.json")
async def save_receipt(person: Writer, desk: Desk, letter: Number) -> Response:
    """The signed receipt as a file."""
    receipt = await read_receipt(letter, person, desk)
    named = {"content-disposition": f'attachment; filename="receipt-{receipt.letter}.json"'}
    content = receipt.model_dump_json(indent=2)
    return Response(content, media_type="application/json", headers=named)


@router.get("/my/files/{file}")
async def show_file(person: Writer, desk: Desk, file: FileId) -> Response:
    """A file of the writer's own, cleaned."""
    return await read_file_content(file, person, desk)


@router.get("/my/data")
async def save_data(person: Writer, desk: Desk) -> Response:
    """All that is kept of the writer, as a file."""
    return await download_my_data(person, desk)
