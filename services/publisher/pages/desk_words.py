"""Names of the editors' codes, and what a refusal means for an editor; all are messages."""

from collections.abc import Mapping
from typing import Final

from services.publisher.domain.editing import KEPT_FOR
from services.publisher.domain.letter import MarkKind, MarkReason, RejectReason
from shared.kernel.errors import Refused
from shared.rules.pii import DoubtRule
from shared.web.language import N_

MARK_KINDS: Final[Mapping[MarkKind, str]] = {
    "person": N_("A person’s name"),
    "place": N_("An address"),
    "workplace": N_("A workplace, school or class"),
    "account": N_("An account or a link"),
    "number": N_("A number"),
    "detail": N_("Another detail"),
}
MARK_REASONS: Final[Mapping[MarkReason, str]] = {
    "tells_who": N_("It reveals who somebody is"),
    "minor": N_("It is about a minor"),
    "officer": N_("It reveals which officer it was"),
    "not_needed": N_("Readers don’t need it"),
    "public_body": N_("It is an office or a public place"),
    "no_person": N_("It identifies nobody"),
    "mistaken": N_("It was hidden by mistake"),
}
REASONS_TO_HIDE: Final = [
    (code, name) for code, name in MARK_REASONS.items() if code not in KEPT_FOR
]
REASONS_TO_KEEP: Final = [(code, name) for code, name in MARK_REASONS.items() if code in KEPT_FOR]
REJECT_REASONS: Final[Mapping[RejectReason, str]] = {
    "not_general": N_("It concerns the writer alone"),
    "tells_who": N_("It can’t be told without revealing who it is"),
    "reply_unsuitable": N_("The reply answers too little for readers"),
    "duplicate": N_("A public reply says the same"),
}
DOUBT_RULES: Final[Mapping[DoubtRule, str]] = {
    "number": N_("Number of a person"),
    "account": N_("Account or e-mail"),
    "titled_name": N_("Name with a title"),
    "stated_name": N_("Name after “I am”"),
    "address": N_("Address below the street"),
    "link": N_("Link"),
    "birthday": N_("Date of birth"),
}
KIND_OF_RULE: Final[Mapping[DoubtRule, MarkKind]] = {
    "number": "number",
    "account": "account",
    "titled_name": "person",
    "stated_name": "person",
    "address": "place",
    "link": "account",
    "birthday": "detail",
}
"""What a rule's words most likely are."""
REFUSALS: Final[Mapping[str, str]] = {
    "limit": N_("The limit for this is reached."),
    "not_allowed": N_("Another editor must do this."),
    "out_of_order": N_("The letter has changed in the meantime. Look at it again."),
}
VALUES: Final[Mapping[str, str]] = {
    "words.title": N_("The title still shows somebody’s number. Hide it first."),
    "words.text": N_("The letter still shows somebody’s number. Hide it first."),
    "words.reply": N_("The reply still shows somebody’s number. Hide it first."),
    "text": N_("These words don’t occur in the draft."),
    "reason": N_("This reason doesn’t fit the decision."),
    "decision": N_("Somebody’s number can’t be kept visible."),
    "words": N_("With its marks the text is too long."),
}
"""What is wrong, by the field that a rule names."""


def refusal_text(refused: Refused) -> str:
    """What an editor can do about a refusal."""
    known = VALUES.get(str(refused)) if refused.code == "bad_value" else None
    return known or REFUSALS.get(refused.code, N_("This is not possible now."))
