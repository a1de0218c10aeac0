"""The page that checks a receipt: in the browser, or from the receipt alone without scripts.

The text of a letter never leaves the browser: its field has no name, and only the script shows it.
"""

from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.intake.api.dependencies import Desk
from shared.kernel.letter_receipts import LONGEST, leaf_of, receipt_in
from shared.platform.crypto.signing_keys import NotAuthentic, verify
from shared.platform.http.application import open_to_all
from shared.web.forms import fields_of
from shared.web.language import N_, Message
from shared.web.rendering import page

RECEIPTS: Final = "/receipts"
router = APIRouter(include_in_schema=False)

VALID: Final = N_("This receipt is genuine: the mailbox has received this letter.")
UNREADABLE: Final = N_("This is not a receipt. Paste the whole file, from { to }.")
FORGED: Final = N_("This receipt is not genuine, or it was changed.")


@router.get(RECEIPTS)
@open_to_all
async def show_form(request: Request) -> Response:
    """The empty form."""
    return _page(request)


@router.post(RECEIPTS)
@open_to_all
async def check(request: Request, desk: Desk) -> Response:
    """Check the receipt that a browser without scripts sent. Nothing is stored."""
    given = (await fields_of(request)).get("receipt")
    try:
        receipt = receipt_in(given)
    except ValueError:
        return _page(request, errors={"receipt": UNREADABLE}, given=given[:LONGEST])
    try:
        verify(receipt, desk.receipts.public_keys(), at="received_at")
    except NotAuthentic:
        return _page(request, says=FORGED, kind="warning", given=given)
    return _page(request, says=VALID, kind="success", receipt=receipt, given=given)


def _page(
    request: Request,
    *,
    says: Message | str = "",
    kind: str = "",
    receipt: dict[str, str] | None = None,
    **values: Any,
) -> Response:
    at = datetime.fromisoformat(receipt["received_at"]) if receipt else None
    return page(
        request,
        "receipts.html",
        status=422 if values.get("errors") else 200,
        says=says,
        kind=kind,
        receipt=receipt,
        received_at=at,
        leaf=leaf_of(receipt["letter"], receipt["text_sha256"]) if receipt else "",
        words={"valid": VALID, "unreadable": UNREADABLE, "forged": FORGED},
        **{"given": "", "errors": {}, **values},
    )
