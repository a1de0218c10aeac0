"""The routes by which writers change what is theirs alone to decide: done at once."""

from fastapi import APIRouter, status

from services.intake.api.asker import Asking
from services.intake.api.bodies import NewConsent, NewContact
from services.intake.api.dependencies import who_writes
from services.intake.domain.contact import ChangeContact
from services.intake.domain.publication_copy import ChangeConsent

router = APIRouter()

DONE = status.HTTP_204_NO_CONTENT


@router.post("/{letter}/consent", status_code=DONE)
async def consent(letter: str, body: NewConsent, asker: Asking) -> None:
    """Allow publication, or take that back, which takes down what is published."""
    await asker.change(
        letter, "consent", body=body, make=lambda owner: ChangeConsent(owner, body.to_publish)
    )


@router.post("/{letter}/contact", status_code=DONE)
async def contact(letter: str, body: NewContact, asker: Asking) -> None:
    """Be reached in another way; what isn't given is not used any more, but for the address."""
    identity, contact = who_writes(asker.person, body)
    await asker.change(
        letter,
        "contact",
        body=body,
        make=lambda owner: ChangeContact(owner, contact, identity),
    )
