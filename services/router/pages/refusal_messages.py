"""Refusals of rules as sentences that say what to do instead."""

from collections.abc import Mapping
from typing import Final

from shared.kernel.errors import Refused
from shared.web.language import N_, Message

_SENTENCES: Final[Mapping[str, Message]] = {
    "out_of_order": N_(
        "The letter has moved on meanwhile. Read it again to see what can be done now."
    ),
    "stale_assignment": N_(
        "The letter has moved on meanwhile. Read it again to see what can be done now."
    ),
    "not_allowed": N_("You may not do this with this letter. Somebody else must."),
    "too_late": N_("A date in it has passed. Send it back so that it gets a new date."),
    "limit": N_("No more of these are possible for this letter."),
    "already_done": N_("This has been done already."),
    "id_reused": N_("This form was sent before with other content. Open it again."),
    "bad_value": N_("Something in the form can’t be accepted. Check each answer."),
}
_OTHER: Final = N_("This can’t be done now. Read the letter again.")


def refusal_message(refusal: Refused) -> Message:
    """Return what the person is told."""
    return _SENTENCES.get(refusal.code, _OTHER)
