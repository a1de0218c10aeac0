"""Reasons to refuse an action, in the router's order."""

from clients.bureau.check.desk import InventedLetter
from clients.bureau.check.rules import RULES
from clients.bureau.check.transcript import RESEND, HeardRecord
from shared.contracts.event import Action
from shared.contracts.vocabulary import ActionRefusal

OF_FAULTS: dict[str, ActionRefusal] = {
    **dict.fromkeys(
        ("bad_headers", "wrong_source", "wrong_subject", "bad_id", "bad_sequence"),
        "unreadable",
    ),
    **dict.fromkeys(("bad_json", "not_utf8"), "unreadable"),
    **dict.fromkeys(("bad_value", "clear_words", "not_this_topic"), "unreadable"),
    "too_large": "too_large",
    "unknown_type": "unknown_type",
    **dict.fromkeys(
        ("wrong_reader", "unknown_key", "wrong_header", "not_opened", "bad_content"),
        "bad_envelope",
    ),
    **dict.fromkeys(("too_long", "text_too_long"), "bad_envelope"),
    **dict.fromkeys(("no_words", "no_finding", "bad_characters", "blank"), "bad_value"),
}
"""Faults for which the router refuses; the check reports the others itself."""


def of_faults(heard: HeardRecord) -> ActionRefusal | None:
    """The reason to refuse the action whatever its letter; None if there is none."""
    return next((OF_FAULTS[fault] for fault in heard.faults if fault in OF_FAULTS), None)


def why_not(letter: InventedLetter, heard: HeardRecord, *, action: Action) -> ActionRefusal | None:
    """The reason to refuse the action for the letter's present state; None if there is none."""
    if not letter.is_held:
        return "not_held"
    if heard.assignment != letter.assignment:
        return "stale_assignment"
    if heard.kind == RESEND:
        return None
    if letter.refuses is not None:
        return letter.refuses
    rule = RULES.get(type(action))
    if rule is None:
        return "bad_value"
    return None if letter.state in rule.states else "out_of_order"
