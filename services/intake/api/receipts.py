"""Signed receipts of letters: the writer's, and the keys that check them."""

from fastapi import APIRouter

from services.intake.api.dependencies import Desk, FrontDesk
from services.intake.api.receipts_schemas import SignedReceipt
from services.intake.domain.letter import IntakeLetter
from shared.kernel.errors import OutOfOrder
from shared.kernel.letter_receipts import receipt_of, text_digest
from shared.platform.http.application import open_to_all
from shared.platform.http.identity import Citizen
from shared.platform.http.openapi import refuses
from shared.platform.http.public_keys import PublicKeysShown

router = APIRouter(prefix="/v1/letters", tags=["letters"])
keys = APIRouter(prefix="/v1/receipt-keys", tags=["receipts"])


@router.get("/{letter}/receipt", responses=refuses(OutOfOrder()))
async def read_receipt(letter: str, person: Citizen, desk: Desk) -> SignedReceipt:
    """The receipt of a letter of the writer's own, the same bytes each time.

    409 `out_of_order` once the words were erased: a receipt that the writer kept stays valid.
    """
    number, found = await desk.own_letter(person, letter)
    receipt = signed_receipt(desk, number, letter=found)
    if receipt is None:
        raise OutOfOrder
    return receipt


@keys.get("", response_model_exclude_none=True)
@open_to_all
async def read_keys(desk: Desk) -> PublicKeysShown:
    """The public keys that check receipts, retired ones included."""
    return PublicKeysShown.model_validate(desk.receipts.public_keys())


def signed_receipt(desk: FrontDesk, number: str, *, letter: IntakeLetter) -> SignedReceipt | None:
    """The receipt of a letter; None if its words were erased."""
    if (words := letter.words) is None:
        return None
    digest = text_digest(words.subject, words.body, salt=words.salt)
    at = letter.received_at
    content = receipt_of(number, at, text_sha256=digest, salt=words.salt)
    return SignedReceipt.model_validate(desk.receipts.sign(content, at=at))
