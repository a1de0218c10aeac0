"""What each record asks of the router. Pure: from an opened envelope to a command."""

from services.router.handlers import bureaus, services, writers
from services.router.handlers.answers import answer
from services.router.handlers.services import read_ahead
from shared.contracts.actions_v1 import (
    Accept,
    AnswerInstruction,
    Ask,
    Decline,
    Fulfil,
    Link,
    Note,
    PassOn,
    ProposePublication,
    Reply,
    RequestExtension,
    RequestResend,
    Return,
    UnitAccept,
)
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.submitted_v1 import (
    AdditionSubmitted,
    AnswerSubmitted,
    AppealRequested,
    AttachmentScanned,
    IdentitySealed,
    IdentityWithheld,
    LetterErased,
    LetterSubmitted,
    RatingSubmitted,
    ReopeningRequested,
    WithdrawalRequested,
)
from shared.platform.letters.service_decider import Handlers

HANDLERS: Handlers = {
    LetterSubmitted: services.on_letter_submitted,
    AnswerSubmitted: writers.on_answer_submitted,
    AdditionSubmitted: writers.on_addition_submitted,
    RatingSubmitted: writers.on_rating_submitted,
    ReopeningRequested: writers.on_reopening_requested,
    AppealRequested: writers.on_appeal_requested,
    WithdrawalRequested: writers.on_withdrawal_requested,
    IdentitySealed: services.on_identity_sealed,
    IdentityWithheld: services.on_identity_withheld,
    AttachmentScanned: services.on_attachment_scanned,
    LetterErased: services.on_letter_erased,
    ClockFired: services.on_clock_fired,
    LetterPublished: services.on_letter_published,
    Accept: bureaus.on_accept,
    Return: bureaus.on_return,
    Decline: bureaus.on_decline,
    PassOn: bureaus.on_pass_on,
    UnitAccept: bureaus.on_unit_accept,
    Note: bureaus.on_note,
    Ask: bureaus.on_ask,
    RequestExtension: bureaus.on_request_extension,
    Reply: bureaus.on_reply,
    AnswerInstruction: bureaus.on_answer_instruction,
    Fulfil: bureaus.on_fulfil,
    Link: bureaus.on_link,
    ProposePublication: bureaus.on_propose_publication,
    RequestResend: bureaus.on_request_resend,
}

__all__ = ["HANDLERS", "answer", "read_ahead"]
