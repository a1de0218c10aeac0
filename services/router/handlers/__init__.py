"""Kafka in: from an opened envelope to a command, in one table by type."""

from services.router.handlers import bureau_actions, service_events, writer_requests
from services.router.handlers.action_replies import answer
from services.router.handlers.service_events import read_ahead
from shared.contracts import actions_v1 as actions
from shared.contracts import submitted_v1 as submitted
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.published_v1 import LetterPublished
from shared.platform.letters.service_decider import Handlers

HANDLERS: Handlers = {
    submitted.LetterSubmitted: service_events.on_letter_submitted,
    submitted.AnswerSubmitted: writer_requests.on_answer_submitted,
    submitted.AdditionSubmitted: writer_requests.on_addition_submitted,
    submitted.RatingSubmitted: writer_requests.on_rating_submitted,
    submitted.ReopeningRequested: writer_requests.on_reopening_requested,
    submitted.AppealRequested: writer_requests.on_appeal_requested,
    submitted.WithdrawalRequested: writer_requests.on_withdrawal_requested,
    submitted.IdentitySealed: service_events.on_identity_sealed,
    submitted.IdentityWithheld: service_events.on_identity_withheld,
    submitted.AttachmentScanned: service_events.on_attachment_scanned,
    submitted.LetterErased: service_events.on_letter_erased,
    ClockFired: service_events.on_clock_fired,
    LetterPublished: service_events.on_letter_published,
    actions.Accept: bureau_actions.on_accept,
    actions.Return: bureau_actions.on_return,
    actions.Decline: bureau_actions.on_decline,
    actions.PassOn: bureau_actions.on_pass_on,
    actions.UnitAccept: bureau_actions.on_unit_accept,
    actions.Note: bureau_actions.on_note,
    actions.Ask: bureau_actions.on_ask,
    actions.RequestExtension: bureau_actions.on_request_extension,
    actions.Reply: bureau_actions.on_reply,
    actions.AnswerInstruction: bureau_actions.on_answer_instruction,
    actions.Fulfil: bureau_actions.on_fulfil,
    actions.Link: bureau_actions.on_link,
    actions.ProposePublication: bureau_actions.on_propose_publication,
    actions.RequestResend: bureau_actions.on_request_resend,
}

__all__ = ["HANDLERS", "answer", "read_ahead"]
