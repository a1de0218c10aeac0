"""Route for the acceptance notice (受理通知书), which a writer prints on one page.

It says nothing of what was written or by whom: paper lies about. It holds its own styles, because
frontends on other origins fetch it with the writer's token and show it themselves.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, Protocol, TypeAlias

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from services.intake.api.dependencies import Desk
from services.intake.domain.letter import IntakeLetter
from services.intake.domain.writer_view import receipt_of
from shared.contracts.bilingual import Bilingual
from shared.contracts.slugs import Bureau
from shared.contracts.values import Receipt
from shared.contracts.vocabulary import Category, DayKind, Entry
from shared.kernel.errors import OutOfOrder
from shared.kernel.working_days import GUANGDONG
from shared.platform.http.identity import Citizen
from shared.platform.runtime import data_files

router = APIRouter(prefix="/v1/letters", tags=["letters"])

NEVER_ACCEPTED: Final = ("declined", "withdrawn")
PageLanguage: TypeAlias = Literal["zh-CN", "en"]


class Printing(Protocol):
    """Makes a document to be printed from a template. Implemented by `shared.web`."""

    def __call__(
        self, request: Request, name: str, *, lang: PageLanguage | None = None, **values: Any
    ) -> Response:
        """The document in that language, or in the request's."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """How the due day was counted."""

    begins_after: date | None
    counted: int
    skipped: tuple[date, ...]
    paused: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class AcceptanceNotice:
    """What is printed."""

    letter: str
    received_at: datetime
    received_time: str
    mailbox: Bureau | None
    """None: the letter is addressed to no bureau."""
    category: Category
    entry: Entry | None
    state: Bilingual
    bureau: Bureau | None
    reply_due_on: date | None
    is_provisional: bool
    count: DayCount | None
    """None if no receipt explains the day."""
    printed_at: datetime
    page: str | None
    """The address of the letter's page, for its QR code; None where writers have no pages."""


@router.get("/{letter}/notice", response_class=HTMLResponse)
async def print_notice(
    request: Request, letter: str, person: Citizen, desk: Desk, lang: PageLanguage | None = None
) -> Response:
    """The acceptance notice of a letter of the writer's own, as a page to be printed.

    In Chinese or English, by `lang` or `Accept-Language`. 409 for a letter that was declined or
    withdrawn.
    """
    number, found = await desk.own_letter(person, letter)
    if found.state in NEVER_ACCEPTED:
        raise OutOfOrder(f"accepted while {found.state}")
    printing: Printing = request.app.state.printed
    notice = acceptance_notice(
        number, found, printed_at=desk.now(), page=letter_page(request, number)
    )
    return printing(request, "acceptance_notice", lang=lang, notice=notice)


def letter_page(request: Request, number: str) -> str | None:
    """The address of a letter's page, which only its writer can open; None without such pages."""
    site: str | None = getattr(request.app.state, "writers_pages_at", None)
    return f"{site}/my/letters/{number}" if site else None


def acceptance_notice(
    number: str, letter: IntakeLetter, *, printed_at: datetime, page: str | None
) -> AcceptanceNotice:
    """What the notice of that letter says."""
    status, receipt = data_files.categories().statuses[letter.state], receipt_of(letter)
    return AcceptanceNotice(
        letter=number,
        received_at=letter.received_at,
        received_time=letter.received_at.astimezone(GUANGDONG).strftime("%H:%M"),
        mailbox=letter.addressed_to,
        category=letter.category,
        entry=letter.entry,
        state=Bilingual(status.writer_zh, status.en),
        bureau=letter.bureau,
        reply_due_on=letter.reply_due_on,
        is_provisional=letter.reply_is_provisional,
        count=day_count(receipt) if receipt and receipt.days else None,
        printed_at=printed_at,
        page=page,
    )


def day_count(receipt: Receipt) -> DayCount:
    """The receipt in few words; its days stand in order."""

    def days(kind: DayKind) -> tuple[date, ...]:
        return tuple(each.day for each in receipt.days if each.kind == kind)

    return DayCount(
        next(iter(days("zero")), None), len(days("counted")), days("skipped"), days("paused")
    )
