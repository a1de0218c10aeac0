"""Pages of a letter's files, for staff who see all of the letter.

Opening is recorded before anything is shown. A file is shown by itself, where nothing in it runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from starlette.responses import Response

from services.intake.api.dependencies import Desk, FrontDesk
from services.intake.api.file_access import ISOLATED, begun, clean_file, office, open_files, sent
from services.intake.api.files import FileId
from services.intake.domain.file_access import check_view, grant_until
from services.intake.domain.files import FileRecord
from services.intake.domain.identity_reveals import NeedsGrant
from services.intake.domain.letter import IntakeLetter, ShownFileState
from shared.contracts.bilingual import Bilingual
from shared.kernel.errors import NotFound
from shared.platform.http.identity import on_page, staff
from shared.platform.http.tokens import Person
from shared.web.rendering import page
from shared.web.vocabulary import file_type

PAGE: Final = "/files/{letter}"
PICTURES: Final = "image/"
router = APIRouter(include_in_schema=False)
Opener = Annotated[Person, Depends(on_page(staff("triage", "supervisor", "director", "bureau")))]


@dataclass(frozen=True, slots=True)
class FileShelf:
    """Somebody who sees all of a letter, at its files."""

    person: Person
    desk: FrontDesk
    number: str
    letter: IntakeLetter

    @classmethod
    async def of(cls, letter: str, person: Opener, *, desk: Desk) -> FileShelf:
        """Raises: NotFound, for a letter of which this person doesn't see all."""
        number, found = await desk.seen(person, letter)
        office(person, found)
        return cls(person, desk, number, found)

    async def open(self, file: str) -> FileRecord:
        """A file that this person opens, on record.

        Raises: NotFound; NeedsGrant; LimitReached; FileWaiting; FileWithheld.
        """
        if all(file != each.id for each in self.letter.files):
            raise NotFound
        check_view(self.letter, self.person.staff_id, at=self.desk.now())
        record = await clean_file(self.desk, file)
        await self._record([file])
        return record

    async def lines(self) -> list[ShelvedFile]:
        """The files as the page lists them; the pictures that it shows are opened, on record.

        Raises: LimitReached; DatabaseFault.
        """
        records = await self.desk.files.records.many([each.id for each in self.letter.files])
        lines = list(_lines(self.letter, records, is_open=self.is_open))
        if pictures := [each.id for each in lines if each.has_thumbnail]:
            await self._record(pictures)
        return lines

    @property
    def is_open(self) -> bool:
        """Whether this person may open the files now."""
        try:
            check_view(self.letter, self.person.staff_id, at=self.desk.now())
        except (NeedsGrant, NotFound):
            return False
        return True

    @property
    def can_ask(self) -> bool:
        """Whether this person can ask for a view of who wrote a masked letter."""
        return office(self.person, self.letter)[0] == "handler"

    async def _record(self, files: Iterable[str]) -> None:
        found = (self.number, self.letter)
        await open_files(self.desk, found, person=self.person, files=tuple(files))


@dataclass(frozen=True, slots=True)
class ShelvedFile:
    """A file on the page."""

    id: str
    type: Bilingual | str
    size: int
    """Bytes."""
    state: ShownFileState
    sent_at: datetime | None
    is_picture: bool
    can_open: bool
    has_thumbnail: bool
    """Whether the page shows one."""


Shelf = Annotated[FileShelf, Depends(FileShelf.of)]


@router.get(PAGE)
async def show_files(request: Request, shelf: Shelf) -> Response:
    """The files with what they look like, and the links to open them."""
    letter, now = shelf.letter, shelf.desk.now()
    shown = page(
        request,
        "files.html",
        number=shelf.number,
        letters_at=getattr(request.app.state, "letters_at", None),
        files=await shelf.lines(),
        is_open=shelf.is_open,
        is_withdrawn=letter.state == "withdrawn",
        can_ask=shelf.can_ask,
    )
    until = grant_until(letter, shelf.person.staff_id, at=now)
    if until is not None:
        left_s = int((until - now).total_seconds()) + 1
        shown.headers["refresh"] = f"{left_s};url={PAGE.format(letter=shelf.number)}"
    return shown


@router.get(PAGE + "/{file}")
async def show_content(shelf: Shelf, file: FileId) -> StreamingResponse:
    """The file by itself: a picture in the browser, a document to save."""
    record = await shelf.open(file)
    kind = "inline" if record.type.startswith(PICTURES) else "attachment"
    return await sent(shelf.desk, record, disposition=kind)


@router.get(PAGE + "/{file}/thumbnail")
async def show_thumbnail(shelf: Shelf, file: FileId) -> StreamingResponse:
    """A small picture of it. Raises: NotFound, if it has none."""
    record = await shelf.open(file)
    content = shelf.desk.files.thumbnail(record)
    if content is None:
        raise NotFound
    headers = {**ISOLATED, "content-length": str(record.thumbnail)}
    return StreamingResponse(await begun(content), headers=headers, media_type="image/jpeg")


def _lines(
    letter: IntakeLetter, records: Mapping[str, FileRecord], *, is_open: bool
) -> Iterator[ShelvedFile]:
    for file in letter.files:
        record = records.get(file.id)
        state = record.shown_state if record else file.state
        can_open = is_open and record is not None and state == "clean"
        yield ShelvedFile(
            file.id,
            file_type(file.type),
            file.size,
            state,
            record.uploaded_at if record else None,
            is_picture=file.type.startswith(PICTURES),
            can_open=can_open,
            has_thumbnail=can_open and record is not None and record.thumbnail > 0,
        )
