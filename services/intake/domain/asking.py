"""What do writers ask, and what do they decide alone? Requests and changes of a letter. Pure."""

from dataclasses import replace
from typing import assert_never

from services.intake.domain.commands import (
    AddToLetter,
    AnswerQuestion,
    Ask,
    AskAppeal,
    AskRating,
    AskReopening,
    AskWithdrawal,
    Change,
    ChangeConsent,
    ChangeContact,
)
from services.intake.domain.letter import Letter
from services.intake.domain.pii_spans import marked_for
from services.intake.domain.publication_copy import copy_of_reply
from shared.contracts.event import Event
from shared.contracts.submitted_v1 import (
    AdditionSubmitted,
    AnswerSubmitted,
    AppealRequested,
    ConsentChanged,
    ContactChanged,
    RatingSubmitted,
    ReopeningRequested,
    WithdrawalRequested,
)
from shared.kernel.errors import LimitReached

MOST_REQUESTS = 50
"""Requests that one letter can take, so that its document stays small."""
MOST_ADDITIONS = 20
"""Of which so many may be additions: there must be room left to appeal or to withdraw."""
MOST_CONTACTS = 5
"""Changes of the contact: every value that was ever given is looked for in every copy."""

MOST_CONSENTS = 5
"""Times that consent is given after the letter was sent. Taking it back is never refused."""


def ask(command: Ask, letter: Letter) -> Event:
    """The request as it goes to the router, own values marked in its words.

    Raises: LimitReached.
    """
    _check_room(command, letter)
    request_id = command.request_id
    match command:
        case AskRating(solved=solved, score=score, words=said):
            words = marked_for(letter, said) if said else None
            return RatingSubmitted(request_id=request_id, solved=solved, score=score, words=words)
        case AskWithdrawal(reason=reason):
            return WithdrawalRequested(request_id=request_id, reason=reason)
        case AnswerQuestion() | AddToLetter() | AskReopening() | AskAppeal():
            return _in_words(command, letter)
        case _:
            assert_never(command)


def change(command: Change, letter: Letter) -> tuple[Event, ...]:
    """What the writer decides alone; nothing if it is so already. Raises: LimitReached."""
    match command:
        case ChangeConsent(to_publish=to_publish):
            return _consent(letter, to_publish=to_publish)
        case ChangeContact():
            return _contact(command, letter)
        case _:
            assert_never(command)


def _check_room(command: Ask, letter: Letter) -> None:
    additions = sum(one.kind == "addition" for one in letter.requests)
    is_one_more = isinstance(command, AddToLetter) and additions >= MOST_ADDITIONS
    if is_one_more or len(letter.requests) >= MOST_REQUESTS:
        raise LimitReached


def _in_words(
    command: AnswerQuestion | AddToLetter | AskReopening | AskAppeal, letter: Letter
) -> Event:
    request_id, words = command.request_id, marked_for(letter, command.words)
    match command:
        case AnswerQuestion(question=question):
            return AnswerSubmitted(request_id=request_id, question=question, words=words)
        case AddToLetter():
            return AdditionSubmitted(request_id=request_id, words=words)
        case AskReopening():
            return ReopeningRequested(request_id=request_id, words=words)
        case AskAppeal():
            return AppealRequested(request_id=request_id, words=words)
        case _:
            assert_never(command)


def _consent(letter: Letter, *, to_publish: bool) -> tuple[Event, ...]:
    """Consent that comes after the reply brings the copy that the reply couldn't.

    So does consent given again: the publisher has thrown its copy away by then.
    """
    if to_publish == letter.consent_to_publish:
        return ()
    if to_publish and letter.consents >= MOST_CONSENTS:
        raise LimitReached
    changed = ConsentChanged(to_publish=to_publish)
    copy = copy_of_reply(replace(letter, consent_to_publish=to_publish))
    return (changed, copy) if copy else (changed,)


def _contact(command: ChangeContact, letter: Letter) -> tuple[Event, ...]:
    """The new contact, and the identity that goes with it unless that was erased."""
    identity = letter.identity and command.identity
    if identity and letter.identity and identity.address is None:
        identity = identity.model_copy(update={"address": letter.identity.address})
    if (command.contact, identity) == (letter.contact, letter.identity):
        return ()
    if max(len(letter.earlier_contacts), len(letter.earlier_identities)) >= MOST_CONTACTS:
        raise LimitReached
    return (ContactChanged(contact=command.contact, identity=identity),)
