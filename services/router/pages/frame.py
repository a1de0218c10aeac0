"""What the router's pages share: where they are, guards, and refusals in words."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Depends

from services.router.api.dependencies import RouterDesk, StaffAction, letter_for
from shared.kernel.errors import Refused
from shared.platform.http.identity import on_page, staff
from shared.platform.http.tokens import Person
from shared.web.form_pages import new_key
from shared.web.language import N_

PLACE = "/desk"
"""All pages of staff are below this path."""
INBOX: Final = f"{PLACE}/inbox"
LETTERS: Final = f"{PLACE}/letters"
AtDesk = Annotated[
    Person, Depends(on_page(staff("bureau", "triage", "supervisor", "director", "auditor")))
]
"""Anybody who may see letters here; what they see of one is decided by the access policy."""

REFUSALS: Final[Mapping[str, str]] = {
    "already_done": N_("Somebody else has done something about it in the meantime. Look again."),
    "bad_value": N_("Something in the form is not valid. Check it."),
    "id_reused": N_("This form has been sent before with other content. Open it again."),
    "limit": N_("The limit for this is reached. Add a note, or talk to the province’s desk."),
    "not_allowed": N_(
        "The rules don’t allow this here. Go back to the letter to see what they do."
    ),
    "not_held": N_("Your bureau doesn’t hold the letter any more."),
    "out_of_order": N_(
        "The letter is in another state by now. Go back to it to see what is possible."
    ),
    "stale_assignment": N_("The letter has left your bureau in the meantime."),
    "too_late": N_("The last day for this has passed. Talk to the province’s desk."),
}
"""What to do instead, by the refusal's code."""


def refusal_text(refused: Refused) -> str:
    """Return what a person can do about a refusal."""
    return REFUSALS.get(refused.code, REFUSALS["not_allowed"])


async def action_on(
    letter: str, person: Person, *, desk: RouterDesk, key: str | None = None
) -> StaffAction:
    """Return the letter of a page and what this person can do about it. Raises: NotFound."""
    number, found, sight = await letter_for(person, letter, desk=desk)
    return StaffAction(number, found, sight, person, key or new_key(), desk)
