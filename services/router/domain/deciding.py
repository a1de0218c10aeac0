"""Which rule decides which command? One complete match for each kind of asker. Pure."""

from typing import TypeAlias, assert_never

from services.router.domain import (
    commitments,
    escalation,
    extensions,
    external_events,
    handling,
    questions,
    reclassification,
    replies,
    routing,
    signing,
    supervision,
    writer_requests,
)
from services.router.domain.commands import answering as of_answers
from services.router.domain.commands import deciding as of_desks
from services.router.domain.commands import holding as of_holders
from services.router.domain.commands import serving as of_services
from services.router.domain.commands import writing as of_writers
from services.router.domain.context import Matter
from services.router.domain.due_dates import Book
from services.router.domain.folding.apart import Apart
from services.router.domain.letter import Letter
from shared.contracts.event import Event

Events: TypeAlias = tuple[Event | Apart, ...]


def handled(command: of_holders.HoldingCommand, matter: Matter) -> Events:
    """What the holder does on the way."""
    match command:
        case of_holders.AcceptLetter():
            return (handling.accept(command, matter),)
        case of_holders.ReturnLetter():
            return routing.return_letter(command, matter)
        case of_holders.PassOnLetter():
            return (handling.pass_on(command, matter),)
        case of_holders.AcceptInUnit():
            return (handling.accept_in_unit(command, matter),)
        case of_holders.AddNote():
            return (handling.add_note(command, matter),)
        case of_holders.LinkLetter():
            return handling.link(command, matter)
        case _:
            assert_never(command)


def answered(command: of_answers.AnsweringCommand, matter: Matter) -> Events:
    """What the holder does to answer, and to keep what it promised."""
    match command:
        case of_answers.AskWriter():
            return (questions.ask(command, matter),)
        case of_answers.RequestMoreTime():
            return (extensions.request_more_time(command, matter),)
        case of_answers.ReplyToLetter():
            return replies.reply(command, matter)
        case of_answers.DeclineLetter():
            return replies.decline(command, matter)
        case of_answers.AnswerInstruction():
            return (commitments.answer_instruction(command, matter),)
        case of_answers.FulfilCommitment():
            return (commitments.fulfil(command, matter),)
        case of_answers.ProposePublication():
            return replies.propose(command, matter)
        case _:
            assert_never(command)


def placed(command: of_desks.RoutingCommand, matter: Matter) -> Events:
    """What the province's desks do with whose a letter is, and what it is."""
    match command:
        case of_desks.RouteLetter():
            return routing.route_by_hand(command, matter)
        case of_desks.ReclassifyLetter():
            return reclassification.reclassify(command, matter)
        case of_desks.ConsentReturn():
            return routing.consent_return(command, matter)
        case of_desks.RecallLetter():
            return routing.recall(command, matter)
        case of_desks.MarkPetition():
            return reclassification.mark_petition(command, matter)
        case of_desks.MarkDisclosure():
            return reclassification.mark_disclosure(command, matter)
        case _:
            assert_never(command)


def watched(command: of_desks.WatchingCommand, matter: Matter) -> Events:
    """What chiefs and supervisors do."""
    match command:
        case of_desks.SuperviseLetter():
            return supervision.supervise(command, matter)
        case of_desks.ReadLetter():
            return supervision.read(command, matter)
        case of_desks.Instruct():
            return supervision.instruct(command, matter)
        case of_desks.DecideExtension():
            return (extensions.decide_extension(command, matter),)
        case of_desks.SignAnswer():
            return signing.sign(command, matter)
        case of_desks.SendBack():
            return signing.send_back(command, matter)
        case _:
            assert_never(command)


def wanted(command: of_writers.WritingCommand, matter: Matter) -> Events:
    """What writers ask for."""
    match command:
        case of_writers.AnswerQuestion():
            return questions.answer(command, matter)
        case of_writers.AddToLetter():
            return questions.add(command, matter)
        case of_writers.RateLetter():
            return writer_requests.rate(command, matter)
        case of_writers.ReopenLetter():
            return writer_requests.reopen(command, matter)
        case of_writers.AppealRefusal():
            return writer_requests.appeal(command, matter)
        case of_writers.WithdrawLetter():
            return writer_requests.withdraw(command, matter)
        case _:
            assert_never(command)


def served(command: of_services.ServingCommand, letter: Letter, *, book: Book) -> Events:
    """What other services say."""
    match command:
        case of_services.PassIdentity() | of_services.WithholdIdentity():
            return external_events.tell_identity(command, letter)
        case of_services.NoteScan():
            return external_events.note_scan(command)
        case of_services.NotePublication():
            return external_events.note_publication(command, letter, book=book)
        case of_services.EraseLetter():
            return external_events.erase(command, letter)
        case _:
            assert_never(command)


def counted(command: of_services.ClockCommand, matter: Matter) -> Events:
    """What clocks propose, and what another calendar changes."""
    match command:
        case of_services.ConfirmClock():
            return escalation.confirm(command, matter)
        case of_services.RecountDues():
            return escalation.recount(command, matter)
        case _:
            assert_never(command)
