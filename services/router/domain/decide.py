"""What each command causes: `decide`, one table by type of command."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from services.router.domain import (
    commitments,
    conflicts,
    escalation,
    extensions,
    external_events,
    handling,
    questions,
    reclassification,
    registration,
    replies,
    resends,
    routing,
    signing,
    supervision,
    writer_requests,
)
from services.router.domain.actors import Command, HolderCommand
from services.router.domain.context import DecisionContext
from services.router.domain.due_dates import Rulebook
from services.router.domain.evolve import evolve
from services.router.domain.letter import Letter, LetterState, UnknownLetter
from shared.contracts.event import Event
from shared.kernel.errors import NotFound, NotHeld
from shared.kernel.working_days import civil_date

Events: TypeAlias = tuple[Event | external_events.InternalEvent | resends.ResendFrom, ...]
Rule: TypeAlias = Callable[[Any, DecisionContext], Events]

RULES: Final[Mapping[type[Command], Rule]] = {
    commitments.FulfilCommitment: commitments.fulfil,
    conflicts.DeclareConflict: conflicts.declare,
    escalation.ConfirmClock: escalation.confirm,
    escalation.RecountDues: escalation.recount,
    extensions.DecideExtension: extensions.decide_extension,
    extensions.RequestMoreTime: extensions.request_more_time,
    external_events.EraseContent: external_events.erase,
    external_events.PassIdentity: external_events.tell_identity,
    external_events.RecordPublication: external_events.note_publication,
    external_events.RecordScan: external_events.note_scan,
    external_events.WithholdIdentity: external_events.tell_identity,
    handling.AcceptInUnit: handling.accept_in_unit,
    handling.AcceptLetter: handling.accept,
    handling.AddNote: handling.add_note,
    handling.LinkLetter: handling.link,
    handling.PassOnLetter: handling.pass_on,
    questions.AskWriter: questions.ask,
    questions.AttachAddition: questions.add,
    questions.RecordAnswer: questions.answer,
    reclassification.MarkDisclosure: reclassification.mark_disclosure,
    reclassification.MarkPetition: reclassification.mark_petition,
    reclassification.ReclassifyLetter: reclassification.reclassify,
    replies.DeclineLetter: replies.decline,
    replies.ProposePublication: replies.propose,
    replies.ReplyToLetter: replies.reply,
    resends.ResendToHolder: resends.resend,
    resends.ShowToHolder: resends.show,
    routing.ConsentReturn: routing.consent_return,
    routing.RecallLetter: routing.recall,
    routing.ReturnLetter: routing.return_letter,
    routing.RouteLetter: routing.route_by_hand,
    signing.SendBack: signing.send_back,
    signing.SignAnswer: signing.sign,
    supervision.AnswerInstruction: supervision.answer_instruction,
    supervision.Instruct: supervision.instruct,
    supervision.ReadLetter: supervision.read,
    supervision.SuperviseLetter: supervision.supervise,
    writer_requests.AppealRefusal: writer_requests.appeal,
    writer_requests.RateLetter: writer_requests.rate,
    writer_requests.ReopenLetter: writer_requests.reopen,
    writer_requests.WithdrawLetter: writer_requests.withdraw,
}
"""The rule for each command about a registered letter; a test shows that none is missing."""


def decide(command: Command, state: LetterState, *, rulebook: Rulebook) -> Events:
    """Return what `command` causes in `state`; nothing when it has already happened.

    A letter lives under the version of the policies that was in force on its day of receipt.

    Raises: NotFound, NotHeld, StaleAssignment, OutOfOrder, BadValue, NotAllowed, LimitReached,
    TooLate.
    """
    if isinstance(command, registration.ReceiveLetter) and isinstance(state, UnknownLetter):
        in_force = rulebook.on(civil_date(command.letter.received_at))
        return registration.receive(command, in_force, evolve=evolve)
    if not isinstance(state, Letter):
        raise NotHeld if isinstance(command, HolderCommand) else NotFound
    if isinstance(command, registration.ReceiveLetter):
        return ()
    in_force = rulebook.under(state.policy_version)
    context = DecisionContext(state, in_force, command.by, command.at, evolve)
    return RULES[type(command)](command, context)
