"""What does a bureau send to ask for something? A function for each action, and how it is sent.

Pure. Each returns one of `shared.contracts.actions_v1` that has no id yet; `named` gives it the one
that follows from it. Whatever a bureau may not say raises a ValueError that doesn't repeat it.
"""

from clients.bureau.asking.answering import (
    Details,
    Refusal,
    answer,
    answer_to_instruction,
    detailed,
    keeping,
    more_time,
    promise,
    publication,
    question,
    refusal,
)
from clients.bureau.asking.holding import (
    acceptance,
    handing_back,
    link,
    note,
    passing_on,
    resend_request,
    unit_acceptance,
)
from clients.bureau.asking.made import Made
from clients.bureau.asking.records import action_id, again, is_resend, named, record_of

__all__ = [
    "Details",
    "Made",
    "Refusal",
    "acceptance",
    "action_id",
    "again",
    "answer",
    "answer_to_instruction",
    "detailed",
    "handing_back",
    "is_resend",
    "keeping",
    "link",
    "more_time",
    "named",
    "note",
    "passing_on",
    "promise",
    "publication",
    "question",
    "record_of",
    "refusal",
    "resend_request",
    "unit_acceptance",
]
